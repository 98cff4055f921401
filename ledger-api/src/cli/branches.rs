//! The Party branches that a journal names: for telling a branch without services from one that was mistyped.

use std::collections::BTreeSet;

use ledger_core::domain::worker::event::{CardStep, WorkerEvent};
use ledger_core::journal::{Journal, JournalError};

use crate::export::each_entry;

/// Every branch in which a card was issued, or into which one moved, up to a position.
///
/// # Errors
/// [`JournalError`].
pub(super) async fn branches(journal: &dyn Journal, until: u64) -> Result<BTreeSet<String>, JournalError> {
    let mut found = BTreeSet::new();
    each_entry(journal, until, &|_| {}, |entry| {
        // Told by the type first: few entries are about cards, and each need not be decoded.
        if !entry.event_type.starts_with("Card") {
            return Ok(());
        }
        let event = entry.event()?;
        let step = event.as_worker().and_then(WorkerEvent::as_card_step);
        found.extend(step.and_then(CardStep::branch).map(ToString::to_string));
        Ok::<(), JournalError>(())
    })
    .await?;
    Ok(found)
}

/// The branches as a message names them.
pub(super) fn listed(branches: &BTreeSet<String>) -> String {
    if branches.is_empty() {
        return "the journal names no branch yet".to_owned();
    }
    let names: Vec<&str> = branches.iter().map(String::as_str).collect();
    format!("the branches are: {}", names.join(", "))
}
