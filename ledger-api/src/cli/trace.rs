//! `nuanxin replay --trace`: why a figure is what it is, event by event, straight from the journal. Lines are written as
//! they are found, so that a long history needs no more memory than a short one.

use std::io::Write;
use std::process::ExitCode;

use ledger_core::journal::url::JournalUrl;
use projections::audit::trace::{Subject, TraceLine, Tracer};
use projections::walk::walk;

use super::as_of::{AsOfArgs, Cut};
use super::{CliError, CliResult, progress};
use crate::app;
use crate::audit_sheet::trace::{TraceEndJson, TraceLineJson, foot, head, row};

/// Traces a subject up to a position.
///
/// # Errors
/// [`CliError`]; a subject that the journal does not know is unusable input.
pub async fn run(subject: Subject, past: &AsOfArgs, until: Option<u64>, json: bool, url: &JournalUrl) -> CliResult {
    let journal = app::open_journal_to_read(url).await?;
    let cut = past.cut(journal.as_ref(), until).await?;
    let mut tracer = Tracer::new(journal.as_ref(), subject.clone(), cut.as_of).await?;
    let mut out = Out { subject: &subject, json, head: None, lines: 0, failed: None };
    let bar = progress::bar(cut.until, "tracing");
    out.begin(&cut);
    walk(journal.as_ref(), cut.until, &mut |at| bar.set_position(at), &mut |entry, event| {
        if let Some(line) = tracer.entry(entry, event) {
            bar.suspend(|| out.line(&line));
        }
    })
    .await?;
    bar.finish_and_clear();
    let end = tracer.finish();
    if !end.known {
        return Err(CliError::input(format!("the journal knows no {subject} up to position {}", cut.until)));
    }
    if json {
        let end =
            serde_json::to_string(&TraceEndJson::from(&end)).map_err(|error| CliError::failed(error.to_string()))?;
        out.write(&format!("],\"end\":{end}}}\n"));
    } else {
        let clock = cut.in_words();
        let as_of = end.as_of.map_or_else(|| "-".to_owned(), |day| day.to_string());
        out.write(&foot(&end));
        out.write(&format!("as of      {as_of}\nclock      {clock}\nposition   {}\n", cut.until));
    }
    match out.failed {
        Some(error) => Err(CliError::failed(format!("the trace cannot be written: {error}"))),
        None => Ok(ExitCode::SUCCESS),
    }
}

struct Out<'a> {
    subject: &'a Subject,
    json: bool,
    /// What stands before the first line and was not written yet.
    head: Option<String>,
    lines: u64,
    failed: Option<std::io::Error>,
}

impl Out<'_> {
    fn begin(&mut self, cut: &Cut) {
        // What comes before the first line waits for it: an unknown subject leaves stdout empty.
        if self.json {
            let recorded = cut.recorded_as_of.map_or_else(|| "null".to_owned(), |time| format!("\"{time}\""));
            let subject = serde_json::to_string(&self.subject.to_string()).unwrap_or_default();
            self.head = Some(format!(
                "{{\"subject\":{subject},\"position\":{},\"clock\":\"{}\",\"recorded_as_of\":{recorded},\"lines\":[",
                cut.until,
                cut.clock()
            ));
        } else {
            self.head = Some(head(self.subject));
        }
    }

    fn line(&mut self, line: &TraceLine) {
        let text = if self.json {
            match serde_json::to_string(&TraceLineJson::from(line)) {
                Ok(text) if self.lines == 0 => text,
                Ok(text) => format!(",{text}"),
                Err(error) => {
                    self.failed.get_or_insert(std::io::Error::other(error));
                    return;
                }
            }
        } else {
            row(self.subject, line)
        };
        self.lines += 1;
        self.write(&text);
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_some() {
            return;
        }
        let head = self.head.take().unwrap_or_default();
        let mut out = std::io::stdout().lock();
        if let Err(error) = out.write_all(head.as_bytes()).and_then(|()| out.write_all(text.as_bytes())) {
            self.failed = Some(error);
        }
    }
}
