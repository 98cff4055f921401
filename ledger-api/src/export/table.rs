//! One event a line as CSV (RFC 4180): a byte order mark, CRLF, no text that acts as a formula. The payload is the last
//! column and begins with a brace.

use std::io::Write;

use ledger_core::evidence::forms::csv;
use ledger_core::journal::{Entry, Journal, JournalError};

use super::{ExportError, each_entry, payload};

/// The columns of an event, in CSV and workbook alike.
pub const COLUMNS: [&str; 9] =
    ["position", "recorded_at", "business_day", "type", "stream", "key", "actor", "fingerprint", "payload"];

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    out.write_all(csv::BYTE_ORDER_MARK.as_bytes())?;
    out.write_all(COLUMNS.join(",").as_bytes())?;
    out.write_all(b"\r\n")?;
    let mut line = String::new();
    each_entry(journal, until, progress, |entry| {
        line.clear();
        line.push_str(&entry.position.to_string());
        for text in texts(entry)? {
            line.push(',');
            csv::push_text(&mut line, &text);
        }
        line.push_str("\r\n");
        out.write_all(line.as_bytes()).map_err(ExportError::from)
    })
    .await?;
    Ok(out.flush()?)
}

/// What stands in the columns after the position.
pub(super) fn texts(entry: &Entry) -> Result<[String; 8], JournalError> {
    let event = entry.event()?;
    Ok([
        entry.command.recorded_at.to_string(),
        event.day().map(|day| day.to_string()).unwrap_or_default(),
        entry.event_type.clone(),
        event.stream().to_string(),
        entry.command.key.to_string(),
        entry.command.actor.to_string(),
        entry.command.fingerprint.to_string(),
        payload(entry)?.to_owned(),
    ])
}
