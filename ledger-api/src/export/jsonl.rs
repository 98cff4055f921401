//! One event a line, as in a bundle's events.jsonl.

use std::io::Write;

use ledger_core::evidence::forms::event_line::EventLine;
use ledger_core::evidence::hash::Hash;
use ledger_core::journal::Journal;

use super::{ExportError, each_entry, payload};

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    let mut line = Vec::new();
    each_entry(journal, until, progress, |entry| {
        line.clear();
        EventLine {
            position: entry.position,
            recorded_at: entry.command.recorded_at.to_string().into(),
            key: entry.command.key.as_str().into(),
            fingerprint: entry.command.fingerprint.to_string().into(),
            actor: entry.command.actor.as_str().into(),
            event_type: entry.event_type.as_str().into(),
            payload: payload(entry)?.into(),
            leaf: Hash::from_bytes(entry.leaf).to_string().into(),
        }
        .write_into(&mut line)?;
        out.write_all(&line).map_err(ExportError::from)
    })
    .await?;
    Ok(out.flush()?)
}
