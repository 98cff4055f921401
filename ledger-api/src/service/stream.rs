//! Walking a stream from its beginning, a page at a time: no stream is held in memory whole.

use ledger_core::domain::event::StreamId;
use ledger_core::journal::{Entry, Journal, JournalError};

/// Entries read at once.
const PAGE: usize = 1_000;

/// Shows every entry of a stream, in order.
///
/// # Errors
/// [`JournalError`], of the journal or of whoever looks.
pub(super) async fn each_entry(
    journal: &dyn Journal,
    stream: &StreamId,
    mut each: impl FnMut(&Entry) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut after = 0;
    loop {
        let entries = journal.read_stream(stream, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.position;
        entries.iter().try_for_each(&mut each)?;
    }
}
