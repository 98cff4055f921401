//! Views in memory: what the real view stores are compared with.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use projections::ViewError;
use projections::store::{Checkpoint, Stored, ViewChanges, ViewStore};

#[derive(Default)]
struct Rows {
    checkpoint: Checkpoint,
    views: BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>,
}

/// Views that live as long as their process.
#[derive(Default)]
pub(crate) struct MemoryViews(Mutex<Rows>);

impl MemoryViews {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ViewStore for MemoryViews {
    async fn checkpoint(&self) -> Result<Checkpoint, ViewError> {
        Ok(self.rows().checkpoint)
    }

    async fn get_with_checkpoint(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        let rows = self.rows();
        let view = rows.views.get(view);
        let found = keys.iter().map(|key| view.and_then(|view| view.get(key)).cloned()).collect();
        Ok(Stored { checkpoint: rows.checkpoint.position, rows: found })
    }

    async fn scan_with_checkpoint(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Stored<Vec<(String, Vec<u8>)>>, ViewError> {
        let rows = self.rows();
        let found = rows.views.get(view).into_iter().flatten();
        let found = found.filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after).take(limit);
        let found = found.map(|(key, row)| (key.clone(), row.clone())).collect();
        Ok(Stored { checkpoint: rows.checkpoint.position, rows: found })
    }

    async fn write(&self, from: Checkpoint, to: Checkpoint, changes: Vec<ViewChanges>) -> Result<(), ViewError> {
        let mut rows = self.rows();
        if rows.checkpoint != from {
            return Err(ViewError::Moved);
        }
        rows.checkpoint = to;
        for (view, changes) in changes {
            let view = rows.views.entry(view).or_default();
            for (key, row) in changes {
                match row {
                    Some(row) => view.insert(key, row),
                    None => view.remove(&key),
                };
            }
        }
        Ok(())
    }

    async fn restart(&self, from: Checkpoint) -> Result<(), ViewError> {
        let mut rows = self.rows();
        if rows.checkpoint != from {
            return Err(ViewError::Moved);
        }
        *rows = Rows::default();
        Ok(())
    }
}
