//! How many people administer the district. With one alone nobody gives approvers and administrators a second word, and
//! whoever relies on the ledger is told so.

use chrono::NaiveDate;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::journal::{Journal, JournalError};

/// Entries of the directory read at once.
const PAGE: usize = 1_000;

/// Whether a single person administers the district on a day.
///
/// # Errors
/// [`JournalError`].
pub async fn is_one_alone(journal: &dyn Journal, day: NaiveDate) -> Result<bool, JournalError> {
    let (mut directory, mut after) = (Directory::default(), 0);
    loop {
        let entries = journal.read_stream(&StreamId::Directory, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(directory.people_on(day) == 1) };
        after = last.position;
        for entry in &entries {
            if let Event::Directory(event) = entry.event()? {
                directory.evolve(&event);
            }
        }
    }
}
