//! How many people administer the district. With one alone nobody gives approvers and administrators a second word, and
//! whoever relies on the ledger is told so.

use chrono::NaiveDate;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::{Event, StreamId};
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
    Ok(directory.people_on(day) == 1)
}
