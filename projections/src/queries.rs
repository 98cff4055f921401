//! Questions that views answer. Each file answers one kind.

pub mod account;
pub mod appraisal;
pub mod branch;
mod card_words;
pub mod catalogue;
pub mod credit;
pub mod hold;
mod programmes;
pub mod publicity;
pub mod redemption;
pub mod register;
pub mod selection;
mod site;
pub mod statements;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::journal::Entry;

use crate::error::ViewError;
use crate::fold::View;
use crate::handle::Views;

pub use programmes::SlipRecord;

/// Events of a stream read at once.
const PAGE: usize = 1_000;

/// An answer, and the one position it was given at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<T> {
    /// The answer includes everything up to here and nothing after it.
    pub position: u64,
    /// The answer.
    pub value: T,
}

impl<T> At<T> {
    /// What follows from the answer, at the same position.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> At<U> {
        At { position: self.position, value: map(self.value) }
    }
}

/// A page of a list, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, with their keys.
    pub rows: Vec<(String, T)>,
    /// The key to ask on from; none at the end.
    pub next: Option<String>,
    /// The one position the page is of.
    pub position: u64,
}

impl Views {
    pub(crate) async fn rows_under<V: View>(&self, prefix: &str) -> Result<At<Vec<(String, V::Row)>>, ViewError> {
        let Page { rows, position, .. } = self.page_of::<V>(prefix, "", usize::MAX, |_| true).await?;
        Ok(At { position, value: rows })
    }

    /// The rows that belong to an id, keyed by what follows it.
    async fn rows_of<V: View>(&self, id: &str) -> Result<At<Vec<(String, V::Row)>>, ViewError> {
        let prefix = format!("{id}/");
        let rows = self.rows_under::<V>(&prefix).await?;
        Ok(rows.map(|rows| rows.into_iter().map(|(key, row)| (behind(&prefix, &key), row)).collect()))
    }

    /// A page of the rows that belong to an id, of those that `keep` wants, keyed by what follows it.
    async fn page_under<V: View>(
        &self,
        id: &str,
        after: &str,
        limit: usize,
        keep: impl Fn(&V::Row) -> bool + Send + Sync,
    ) -> Result<Page<V::Row>, ViewError> {
        let prefix = format!("{id}/");
        let after = if after.is_empty() { String::new() } else { format!("{prefix}{after}") };
        let mut page = self.page_of::<V>(&prefix, &after, limit, keep).await?;
        page.rows.iter_mut().for_each(|(key, _)| *key = behind(&prefix, key));
        page.next = page.next.map(|next| behind(&prefix, &next));
        Ok(page)
    }

    /// The entries of the command with a key, in order; none where no command has it.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn entries_of(&self, key: &Key) -> Result<Vec<Entry>, ViewError> {
        let found = self.journal().find(std::slice::from_ref(key)).await?;
        let Some(command) = found.into_iter().next().flatten() else { return Ok(Vec::new()) };
        Ok(self.journal().read_commands(&[command]).await?.into_iter().next().unwrap_or_default())
    }

    /// Gives every event of a worker's own stream up to a position, in order; none for a text that names no worker.
    pub(crate) async fn each_event_of(
        &self,
        worker: &str,
        until: u64,
        each: &mut (dyn FnMut(u64, &Event) + Send),
    ) -> Result<(), ViewError> {
        let Ok(worker) = WorkerId::new(worker) else { return Ok(()) };
        self.each_entry_of(&StreamId::Worker(worker), 0, until, &mut |entry, event| each(entry.position, &event)).await
    }

    /// Gives every entry of a stream behind a position, up to another one, in order.
    async fn each_entry_of(
        &self,
        stream: &StreamId,
        mut after: u64,
        until: u64,
        each: &mut (dyn FnMut(&Entry, Event) + Send),
    ) -> Result<(), ViewError> {
        loop {
            let entries = self.journal().read_stream(stream, after, PAGE).await?;
            for entry in entries.iter().take_while(|entry| entry.position <= until) {
                each(entry, entry.event()?);
            }
            match entries.last() {
                Some(last) if entries.len() == PAGE && last.position < until => after = last.position,
                _ => return Ok(()),
            }
        }
    }

    pub(crate) async fn page<V: View>(
        &self,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Page<V::Row>, ViewError> {
        self.page_of::<V>(prefix, after, limit, |_| true).await
    }
}

/// What follows a prefix in a key that has it.
fn behind(prefix: &str, key: &str) -> String {
    key.strip_prefix(prefix).unwrap_or(key).to_owned()
}
