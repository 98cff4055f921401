//! Reading a journal from its beginning to a position, page by page: what every fold outside the views does.

use ledger_core::domain::event::Event;
use ledger_core::journal::{Entry, Journal, JournalError};

/// Entries read at once: a few megabytes, and no long stay between two pages.
const PAGE: usize = 4_000;

/// Gives every entry up to a position with its event, in order, and after each page the position reached.
///
/// # Errors
/// [`JournalError`], also [`JournalError::Damaged`] where the journal ends before.
pub async fn walk(
    journal: &dyn Journal,
    until: u64,
    reached: &mut (dyn FnMut(u64) + Send),
    each: &mut (dyn FnMut(&Entry, &Event) + Send),
) -> Result<(), JournalError> {
    let mut at = 0;
    while at < until {
        let wanted = usize::try_from(until - at).unwrap_or(PAGE).min(PAGE);
        let entries = journal.read(at, wanted).await?;
        let Some(last) = entries.last() else {
            let what = format!("the journal ends at {at}, though its head says {until}");
            return Err(JournalError::Damaged { position: at.saturating_add(1), what });
        };
        for entry in &entries {
            each(entry, &entry.event()?);
        }
        at = last.position;
        reached(at);
        // A server answers others between two pages.
        tokio::task::yield_now().await;
    }
    Ok(())
}
