//! Whether what somebody names by its number is there.

use ledger_core::domain::event::StreamId;
use ledger_core::journal::{Journal, JournalError};

/// Whether anything was ever recorded of a stream.
///
/// # Errors
/// [`JournalError`].
pub async fn is_known(journal: &dyn Journal, stream: &StreamId) -> Result<bool, JournalError> {
    let found = journal.load(std::slice::from_ref(stream), true).await?;
    Ok(found.iter().any(|stored| stored.snapshot.is_some() || !stored.events.is_empty()))
}
