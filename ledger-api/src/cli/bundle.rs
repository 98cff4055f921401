//! `nuanxin bundle`: evidence that an auditor takes away.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Datelike, Months, NaiveDate};
use clap::Args;
use ledger_core::domain::ids::WorkerId;
use ledger_core::evidence::bundle::manifest::Period;
use ledger_core::evidence::note::SignedNote;
use ledger_core::journal::url::JournalUrl;

use super::export::Partial;
use super::key::open_audit;
use super::say::say;
use super::verify::store_of;
use super::{CliError, CliResult, progress};
use crate::app;
use crate::asked_recorded::asked_date;
use crate::audit::AuditError;
use crate::bundle::{self, BundleError, Coverage, Request};

/// Published checkpoints read at once.
const CHECKPOINTS_PAGE: usize = 1_000;

/// Arguments of `bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// The file to write; it must not exist
    out: PathBuf,
    /// Only from this position on
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    /// Only up to this position
    #[arg(long, value_name = "POSITION")]
    to: Option<u64>,
    /// Only a period of business time: 2024, 2024-Q1, 2024-03, 2024-03-05 or two days with .. between
    #[arg(long, value_name = "PERIOD", value_parser = period, conflicts_with_all = ["from", "to"])]
    period: Option<Period>,
    /// Only what concerns one worker, with the proof that nothing is missing
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to", "period"])]
    worker: Option<WorkerId>,
    /// Count the journal up to this position; default: all
    #[arg(long, value_name = "POSITION")]
    at: Option<u64>,
    /// Closing date of the plain-text journal (YYYY-MM-DD); default: the last business day given
    #[arg(long, value_name = "DATE", value_parser = asked_date)]
    as_of: Option<NaiveDate>,
    /// A signed checkpoint of this journal to put in beside those published here; may be given several times
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: BundleArgs, url: &JournalUrl) -> CliResult {
    if args.out.exists() {
        return Err(CliError::input(format!("{} exists; a bundle never overwrites", args.out.display())));
    }
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    let size = args.at.unwrap_or(head);
    if size > head {
        return Err(CliError::input(format!("the journal ends at position {head}; {size} does not exist yet")));
    }
    let coverage = match (args.worker, args.period, args.from, args.to) {
        (Some(worker), ..) => Coverage::Worker(worker),
        (None, Some(period), ..) => Coverage::Period(period),
        (None, None, None, None) => Coverage::Journal,
        (None, None, from, to) => Coverage::Positions { from: from.unwrap_or(1), to: to.unwrap_or(size) },
    };
    let mut checkpoints = published(url).await?;
    // What a worker's bundle rests on; a server without keys leaves it to whoever compares with a whole bundle.
    if matches!(coverage, Coverage::Worker(_)) && size > 0 && store_of(url).await?.is_some() {
        match open_audit(url).await?.sign_streams(size).await {
            Ok(note) => checkpoints.push(note),
            Err(AuditError::NoKey) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Of one size the one given counts: it may bear a cosignature that came by another way.
    for path in &args.checkpoints {
        checkpoints.push(read_note(path)?);
    }
    let request = Request { coverage, size, as_of: args.as_of, checkpoints };
    let bar = progress::bar(size, "bundling");
    let mut partial = Partial::create(&args.out)?;
    let manifest = bundle::write(journal.as_ref(), &request, &mut partial.out, &|at| bar.set_position(at)).await?;
    partial.keep()?;
    bar.finish_and_clear();
    say!("{} of {} entries in {}", manifest.events, manifest.size, args.out.display());
    say!("root       {}\nstreams    {}", manifest.root, manifest.streams_root);
    match manifest.checkpoints.last() {
        Some(last) => say!("signed     through position {last}"),
        None => say!("signed     nothing signed yet"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The checkpoints that were published beside the journal.
async fn published(url: &JournalUrl) -> Result<Vec<SignedNote>, CliError> {
    let Some(store) = store_of(url).await? else { return Ok(Vec::new()) };
    let mut notes = Vec::new();
    let mut after = 0;
    loop {
        let page = store.list(after, CHECKPOINTS_PAGE).await.map_err(AuditError::from)?;
        let Some(last) = page.last() else { return Ok(notes) };
        after = last.size;
        notes.extend(page.into_iter().map(|published| published.note));
    }
}

fn read_note(path: &Path) -> Result<SignedNote, CliError> {
    let unreadable = |what: String| CliError::input(format!("{}: {what}", path.display()));
    let bytes = super::read_named(path)?;
    SignedNote::parse(&bytes).map_err(|error| unreadable(error.to_string()))
}

/// Reads `2024`, `2024-Q1`, `2024-03`, `2024-03-05` or `DAY..DAY`.
fn period(text: &str) -> Result<Period, String> {
    let unread = || "write 2024, 2024-Q1, 2024-03, 2024-03-05 or 2024-03-05..2024-04-04".to_owned();
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let months = |first: NaiveDate, count: u32| {
        let last = first.checked_add_months(Months::new(count)).and_then(|end| end.pred_opt());
        last.map(|last| Period { first, last })
    };
    let (year, rest) = text.split_once('-').unwrap_or((text, ""));
    let january = || year.parse().ok().filter(|_| year.len() == 4).and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1));
    let found = if let Some((first, last)) = text.split_once("..") {
        day(first)
            .zip(day(last))
            .map(|(first, last)| Period { first, last })
            .filter(|period| period.first <= period.last)
    } else if !text.contains('-') {
        january().and_then(|first| months(first, 12))
    } else if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter = quarter.parse::<u32>().ok().filter(|quarter| (1..=4).contains(quarter));
        let first = quarter.and_then(|quarter| january()?.with_month(quarter * 3 - 2));
        first.and_then(|first| months(first, 3))
    } else if let Some(only) = day(text) {
        Some(Period { first: only, last: only })
    } else {
        day(&format!("{text}-01")).and_then(|first| months(first, 1))
    };
    found.ok_or_else(unread)
}

impl From<BundleError> for CliError {
    fn from(error: BundleError) -> CliError {
        match error {
            BundleError::Journal(error) => error.into(),
            BundleError::Asked(what) => CliError::input(what),
            other => CliError::failed(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::period;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let days = |text: &str| period(text).map(|period| format!("{} {}", period.first, period.last)).ok();
        for (text, expected) in [
            ("2024", "2024-01-01 2024-12-31"),
            ("2024-Q1", "2024-01-01 2024-03-31"),
            ("2023-Q4", "2023-10-01 2023-12-31"),
            ("2024-02", "2024-02-01 2024-02-29"),
            ("2024-02-03", "2024-02-03 2024-02-03"),
            ("2024-02-03..2024-03-04", "2024-02-03 2024-03-04"),
        ] {
            assert_eq!(days(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "24", "2024-Q5", "2024-13", "2024-02-30", "2024-03-04..2024-02-03", "..", "2024-"] {
            assert_eq!(days(text), None, "{text}");
        }
    }
}
