//! What a view is: rows by key, each folded by a pure function; and the cache that carries rows along the journal.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};

use ledger_core::domain::event::Event;
use lru::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use crate::error::ViewError;

/// Rows kept in memory for each view.
const CACHED_ROWS_MAX: usize = 200_000;

/// A view: which rows an event touches, and how each row changes. No clock, no other rows, no other view.
pub trait View: Send + Sync + 'static {
    /// One row. A row that equals its default after folding is deleted.
    type Row: Serialize + DeserializeOwned + Default + PartialEq + Clone + Send + Sync;

    /// The view's name: its table is `view_` + name.
    const NAME: &'static str;

    /// Whether rows are stored without the names of their fields: for rows that are written by the million, of a type
    /// that leaves no field out.
    const TERSE: bool = false;

    /// The keys of the rows an event touches, each once.
    fn keys(event: &Event) -> Vec<SmolStr>;

    /// Whether an event begins the rows it touches, so that nothing has to be looked up for it.
    fn begins(event: &Event) -> bool {
        let _ = event;
        false
    }

    /// Folds the event into one of those rows.
    fn fold(row: &mut Self::Row, key: &str, position: u64, event: &Event);
}

/// A changed row: its key, and its new bytes or that it is gone.
pub type Change = (String, Option<Vec<u8>>);

/// An event and its position.
pub type Numbered<'a> = (u64, &'a Event);

/// A view with its cache, behind one face for the runner.
///
/// A page is folded in three steps: [`Folder::open`] names the rows to look up, [`Folder::load`] takes each in, and
/// [`Folder::fold`] folds. [`Folder::drain`] gives what changed since it was last asked, be it one page or many, and
/// [`Folder::written`] says that the store holds it. Until then, what changed stays in memory: a row that is not there
/// has not changed since the position the store stands at.
pub trait Folder: Any + Send + Sync {
    /// The view's name.
    fn name(&self) -> &'static str;
    /// Begins a page: of the rows its events touch, those that must be looked up.
    fn open(&mut self, page: &[Numbered<'_>]) -> Vec<String>;
    /// Takes a looked-up row in.
    ///
    /// # Errors
    /// [`ViewError::Row`] when it cannot be read.
    fn load(&mut self, key: String, bytes: Option<Vec<u8>>) -> Result<(), ViewError>;
    /// Folds the page that was opened.
    fn fold(&mut self, page: &[Numbered<'_>]);
    /// How many rows changed since they were last drained.
    fn changed(&self) -> usize;
    /// The rows that changed since they were last drained, in the order of their keys.
    ///
    /// # Errors
    /// [`ViewError::Row`] when one cannot be written.
    fn drain(&mut self) -> Result<Vec<Change>, ViewError>;
    /// What was drained last is stored: rows beyond those that have room may leave memory.
    fn written(&mut self);
    /// What was drained last is not stored: it counts as changed again.
    fn unwritten(&mut self);
    /// Forgets everything in memory.
    fn forget(&mut self);
}

/// The cache of one view.
pub struct Cache<V: View> {
    rows: LruCache<SmolStr, Kept<V::Row>>,
    /// The rows that the open page touches, in its order: index within the page, key.
    touched: Vec<(usize, SmolStr)>,
    /// The rows that changed since they were last drained.
    changed: Vec<SmolStr>,
    /// The rows that were drained and are not known to be stored.
    drained: Vec<SmolStr>,
}

/// A row in memory.
#[derive(Default)]
struct Kept<R> {
    row: R,
    /// Whether it is among those that changed.
    changed: bool,
}

impl<V: View> Default for Cache<V> {
    fn default() -> Cache<V> {
        Cache { rows: LruCache::unbounded(), touched: Vec::new(), changed: Vec::new(), drained: Vec::new() }
    }
}

/// A row as stored: self-describing where the view does not say otherwise, for some rows share types with events, whose
/// fields may be left out.
pub(crate) fn encode_row<V: View>(key: &str, row: &V::Row) -> Result<Vec<u8>, ViewError> {
    let bytes = if V::TERSE { rmp_serde::to_vec(row) } else { rmp_serde::to_vec_named(row) };
    bytes.map_err(|error| ViewError::Row { view: V::NAME, key: key.to_owned(), what: error.to_string() })
}

/// Reads a stored row.
pub(crate) fn decode_row<V: View>(key: &str, bytes: &[u8]) -> Result<V::Row, ViewError> {
    rmp_serde::from_slice(bytes).map_err(|error| ViewError::Row {
        view: V::NAME,
        key: key.to_owned(),
        what: error.to_string(),
    })
}

impl<V: View> Cache<V> {
    /// A row as it is folded; none when it is not in memory, `Some(None)` when there is no such row.
    pub(crate) fn peek(&self, key: &str) -> Option<Option<&V::Row>> {
        self.rows.peek(key).map(|kept| (kept.row != V::Row::default()).then_some(&kept.row))
    }

    /// Of the rows that the store may not hold as they are folded, those whose key starts with `prefix` and comes after
    /// `after`; none for a row that is gone.
    pub(crate) fn unstored(&self, prefix: &str, after: &str) -> BTreeMap<&str, Option<&V::Row>> {
        let keys = self.changed.iter().chain(&self.drained).map(SmolStr::as_str);
        keys.filter(|key| key.starts_with(prefix) && *key > after)
            .filter_map(|key| self.peek(key).map(|row| (key, row)))
            .collect()
    }
}

impl<V: View> Folder for Cache<V> {
    fn name(&self) -> &'static str {
        V::NAME
    }

    fn open(&mut self, page: &[Numbered<'_>]) -> Vec<String> {
        self.touched.clear();
        let mut missing = BTreeSet::new();
        for (index, (_, event)) in page.iter().enumerate() {
            for key in V::keys(event) {
                // Looked at, so that it does not fall out before the page is folded.
                if self.rows.get(&key).is_none() {
                    if V::begins(event) {
                        self.rows.put(key.clone(), Kept::default());
                    } else {
                        missing.insert(key.clone());
                    }
                }
                self.touched.push((index, key));
            }
        }
        missing.into_iter().map(String::from).collect()
    }

    fn load(&mut self, key: String, bytes: Option<Vec<u8>>) -> Result<(), ViewError> {
        // A row that an event of this page begins is newer than what is stored.
        if self.rows.peek(key.as_str()).is_none() {
            let row = bytes.map_or_else(|| Ok(V::Row::default()), |bytes| decode_row::<V>(&key, &bytes))?;
            self.rows.put(key.into(), Kept { row, changed: false });
        }
        Ok(())
    }

    fn fold(&mut self, page: &[Numbered<'_>]) {
        for (index, key) in self.touched.drain(..) {
            let Some((position, event)) = page.get(index) else { continue };
            let kept = self.rows.get_or_insert_mut_ref(&key, Kept::default);
            V::fold(&mut kept.row, &key, *position, event);
            if !std::mem::replace(&mut kept.changed, true) {
                self.changed.push(key);
            }
        }
    }

    fn changed(&self) -> usize {
        self.changed.len()
    }

    fn drain(&mut self) -> Result<Vec<Change>, ViewError> {
        // In the order of keys, so that a wide batch walks the table's tree once.
        self.changed.sort_unstable();
        let gone = V::Row::default();
        let rows = &mut self.rows;
        let changes = self
            .changed
            .iter()
            .map(|key| {
                let bytes = match rows.peek_mut(key) {
                    Some(kept) => {
                        kept.changed = false;
                        if kept.row == gone { None } else { Some(encode_row::<V>(key, &kept.row)?) }
                    }
                    None => None,
                };
                Ok((key.to_string(), bytes))
            })
            .collect();
        self.drained.append(&mut self.changed);
        changes
    }

    fn written(&mut self) {
        self.drained.clear();
        if self.rows.len() <= CACHED_ROWS_MAX {
            return;
        }
        // What changed since stays, however long ago it was looked at.
        let still: Vec<_> = self.changed.iter().filter_map(|key| self.rows.pop_entry(key)).collect();
        while self.rows.len() + still.len() > CACHED_ROWS_MAX && self.rows.pop_lru().is_some() {}
        for (key, kept) in still {
            self.rows.put(key, kept);
        }
    }

    fn unwritten(&mut self) {
        for key in self.drained.drain(..) {
            if let Some(kept) = self.rows.peek_mut(&key)
                && !std::mem::replace(&mut kept.changed, true)
            {
                self.changed.push(key);
            }
        }
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.touched.clear();
        self.changed.clear();
        self.drained.clear();
    }
}
