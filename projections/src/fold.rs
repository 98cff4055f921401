//! What a view is: rows by key, each folded by a pure function; and the cache that carries rows along the journal.

use std::collections::{BTreeMap, HashMap};

use ledger_core::domain::event::Event;
use ledger_core::journal::Entry;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ViewError;

/// Rows kept in memory for each view.
const CACHED_ROWS_MAX: usize = 100_000;

/// A view: which rows an event touches, and how each row changes. No clock, no other rows, no other view.
pub trait View: Send + Sync + 'static {
    /// One row. A row that equals its default after folding is deleted.
    type Row: Serialize + DeserializeOwned + Default + PartialEq + Clone + Send + Sync;

    /// The view's name: its table is `view_` + name.
    const NAME: &'static str;

    /// Whether every touched key is new, so that nothing has to be looked up.
    const ALWAYS_NEW: bool = false;

    /// The keys of the rows an event touches.
    fn keys(entry: &Entry, event: &Event) -> Vec<String>;

    /// Folds the event into one of those rows.
    fn fold(row: &mut Self::Row, key: &str, entry: &Entry, event: &Event);
}

/// A changed row: its key, and its new bytes or that it is gone.
pub type Change = (String, Option<Vec<u8>>);

/// A view with its cache, behind one face for the runner.
pub trait Folder: Send {
    /// The view's name.
    fn name(&self) -> &'static str;
    /// Of the rows an event touches, those that must be looked up first.
    fn missing(&self, entry: &Entry, event: &Event) -> Vec<String>;
    /// Takes a looked-up row in.
    ///
    /// # Errors
    /// [`ViewError::Row`] when it cannot be read.
    fn load(&mut self, key: String, bytes: Option<Vec<u8>>) -> Result<(), ViewError>;
    /// Folds an event.
    fn fold(&mut self, entry: &Entry, event: &Event);
    /// The rows changed since the last call.
    ///
    /// # Errors
    /// [`ViewError::Row`] when one cannot be written.
    fn changes(&mut self) -> Result<Vec<Change>, ViewError>;
    /// Forgets everything in memory.
    fn forget(&mut self);
}

struct Cached<R> {
    row: R,
    changed: bool,
}

/// The cache of one view.
pub struct Cache<V: View> {
    rows: HashMap<String, Cached<V::Row>>,
}

impl<V: View> Default for Cache<V> {
    fn default() -> Cache<V> {
        Cache { rows: HashMap::new() }
    }
}

impl<V: View> Folder for Cache<V> {
    fn name(&self) -> &'static str {
        V::NAME
    }

    fn missing(&self, entry: &Entry, event: &Event) -> Vec<String> {
        if V::ALWAYS_NEW {
            return Vec::new();
        }
        V::keys(entry, event).into_iter().filter(|key| !self.rows.contains_key(key)).collect()
    }

    fn load(&mut self, key: String, bytes: Option<Vec<u8>>) -> Result<(), ViewError> {
        let row = match bytes {
            None => V::Row::default(),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| ViewError::Row {
                view: V::NAME,
                key: key.clone(),
                what: error.to_string(),
            })?,
        };
        self.rows.insert(key, Cached { row, changed: false });
        Ok(())
    }

    fn fold(&mut self, entry: &Entry, event: &Event) {
        for key in V::keys(entry, event) {
            let cached =
                self.rows.entry(key.clone()).or_insert_with(|| Cached { row: V::Row::default(), changed: false });
            V::fold(&mut cached.row, &key, entry, event);
            cached.changed = true;
        }
    }

    fn changes(&mut self) -> Result<Vec<Change>, ViewError> {
        let gone = V::Row::default();
        // In the order of keys, so that a wide batch walks the table's tree once.
        let mut changes = BTreeMap::new();
        for (key, cached) in self.rows.iter_mut().filter(|(_, cached)| cached.changed) {
            cached.changed = false;
            let bytes = if cached.row == gone {
                None
            } else {
                let written = serde_json::to_vec(&cached.row);
                Some(written.map_err(|error| ViewError::Row {
                    view: V::NAME,
                    key: key.clone(),
                    what: error.to_string(),
                })?)
            };
            changes.insert(key.clone(), bytes);
        }
        if V::ALWAYS_NEW || self.rows.len() > CACHED_ROWS_MAX {
            self.rows.clear();
        }
        Ok(changes.into_iter().collect())
    }

    fn forget(&mut self) {
        self.rows.clear();
    }
}
