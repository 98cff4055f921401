//! One event a line, as in a bundle's events.jsonl.

use std::io::Write;

use ledger_core::journal::Journal;

use super::{ExportError, each_entry, event_line};

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    let mut line = Vec::new();
    each_entry(journal, until, progress, |entry| {
        line.clear();
        event_line(entry)?.write_into(&mut line)?;
        out.write_all(&line).map_err(ExportError::from)
    })
    .await?;
    Ok(out.flush()?)
}
