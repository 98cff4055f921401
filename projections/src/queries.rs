//! Questions that views answer. Each file answers one kind.

pub mod account;
pub mod appraisal;
pub mod branch;
pub mod catalogue;
pub mod credit;
pub mod redemption;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::journal::Entry;

use crate::error::ViewError;
use crate::fold::{View, decode_row};
use crate::handle::Views;

/// Rows read at once while walking a view.
const PAGE: usize = 1_000;

/// A page of a list, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, with their keys.
    pub rows: Vec<(String, T)>,
    /// The key to ask on from; none at the end.
    pub next: Option<String>,
}

impl Views {
    pub(crate) async fn row<V: View>(&self, key: &str) -> Result<Option<V::Row>, ViewError> {
        let rows = self.store().get(V::NAME, &[key.to_owned()]).await?;
        match rows.into_iter().next().flatten() {
            Some(bytes) => decode_row::<V>(key, &bytes).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) async fn rows_under<V: View>(&self, prefix: &str) -> Result<Vec<(String, V::Row)>, ViewError> {
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.store().scan(V::NAME, prefix, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(rows) };
            after.clone_from(last);
            for (key, bytes) in &page {
                rows.push((key.clone(), decode_row::<V>(key, bytes)?));
            }
        }
    }

    /// The entries of the command with a key, in order; none where no command has it.
    pub(crate) async fn entries_of(&self, key: &Key) -> Result<Vec<Entry>, ViewError> {
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
        let stream = StreamId::Worker(worker);
        let mut after = 0;
        loop {
            let entries = self.journal().read_stream(&stream, after, PAGE).await?;
            for entry in entries.iter().take_while(|entry| entry.position <= until) {
                each(entry.position, &entry.event()?);
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
        let stored = self.store().scan(V::NAME, prefix, after, limit.saturating_add(1)).await?;
        let more = stored.len() > limit;
        let rows = stored
            .iter()
            .take(limit)
            .map(|(key, bytes)| Ok((key.clone(), decode_row::<V>(key, bytes)?)))
            .collect::<Result<Vec<_>, ViewError>>()?;
        let next = if more { rows.last().map(|(key, _)| key.clone()) } else { None };
        Ok(Page { rows, next })
    }
}
