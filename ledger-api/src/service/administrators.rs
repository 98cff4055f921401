//! How many people administer the district. With one alone nobody gives approvers and administrators a second word, and
//! whoever relies on the ledger is told so.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::{Journal, JournalError};

use super::stream::each_entry;

/// Whether a single person administers the district on a day.
///
/// # Errors
/// [`JournalError`].
pub async fn is_one_alone(journal: &dyn Journal, day: NaiveDate) -> Result<bool, JournalError> {
    let mut directory = Directory::default();
    each_entry(journal, &StreamId::Directory, |entry| {
        if let Event::Directory(event) = entry.event()? {
            directory.evolve(&event);
        }
        Ok(())
    })
    .await?;
    // Two of them are one person where the id of the one went on under that of the other.
    let mut kept = BTreeMap::new();
    for worker in directory.workers().cloned().collect::<Vec<_>>() {
        each_entry(journal, &StreamId::Worker(worker), |entry| {
            if let Some(merged) = entry.event()?.as_worker().and_then(WorkerEvent::as_handed_over) {
                kept.insert(merged.worker.clone(), merged.into.clone());
            }
            Ok(())
        })
        .await?;
    }
    Ok(directory.people_on(day, &kept) == 1)
}
