//! Where views are kept: rows by view and key, and the checkpoint, moved together in one transaction.

pub mod postgres;
pub mod sqlite;

use async_trait::async_trait;

use crate::error::ViewError;
use crate::fold::Change;

/// The changes of one view.
pub type ViewChanges = (&'static str, Vec<Change>);

/// A row with its key.
pub type KeyedRow = (String, Vec<u8>);

/// Stored rows, and the checkpoint of the very state they were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    /// The position the rows are folded to.
    pub checkpoint: u64,
    /// As the store gave them: of one key, or a page of them.
    pub rows: T,
}

/// Up to where rows are folded, and of which journal. A position alone would fit any journal that is long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// The position of the last entry that was folded; 0 before the first.
    pub position: u64,
    /// The leaf hash of that entry; zeros before the first.
    pub leaf: [u8; 32],
}

/// A store of views. SQLite and Postgres are strangers and meet in one contract suite.
#[async_trait]
pub trait ViewStore: Send + Sync + 'static {
    /// Up to where the rows are folded.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn checkpoint(&self) -> Result<Checkpoint, ViewError>;

    /// Rows by key, in the order asked, with the checkpoint of the same state.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn get_with_checkpoint(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError>;

    /// Rows by key, in the order asked.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn get(&self, view: &'static str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, ViewError> {
        Ok(self.get_with_checkpoint(view, keys).await?.rows)
    }

    /// Rows as [`ViewStore::get_with_checkpoint`] gives them, for whoever is about to write them: it may wait for a write,
    /// which readers never do, and what it reads is at hand when it is written.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn get_to_write(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        self.get_with_checkpoint(view, keys).await
    }

    /// Rows whose key starts with `prefix` and comes after `after`, in the order of keys (bytes), at most `limit`, with
    /// the checkpoint of the same state.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn scan_with_checkpoint(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Stored<Vec<KeyedRow>>, ViewError>;

    /// Rows whose key starts with `prefix` and comes after `after`, in the order of keys (bytes), at most `limit`.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn scan(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<KeyedRow>, ViewError> {
        Ok(self.scan_with_checkpoint(view, prefix, after, limit).await?.rows)
    }

    /// Writes rows and moves the checkpoint from `from` to `to`, in one transaction.
    ///
    /// # Errors
    /// [`ViewError::Moved`] when the checkpoint stands elsewhere, [`ViewError::Replaced`] when others were put in the place
    /// of these rows; nothing is written then.
    async fn write(&self, from: Checkpoint, to: Checkpoint, changes: Vec<ViewChanges>) -> Result<(), ViewError>;

    /// Throws all rows away and goes back to the beginning, in one transaction.
    ///
    /// # Errors
    /// [`ViewError::Moved`] when the checkpoint stands elsewhere than `from`; nothing is changed then.
    async fn restart(&self, from: Checkpoint) -> Result<(), ViewError>;

    /// Whether others were put in the place of these rows since this was last asked or something was written.
    ///
    /// # Errors
    /// [`ViewError`].
    async fn is_replaced(&self) -> Result<bool, ViewError> {
        Ok(false)
    }
}

/// The first key after every key that starts with `prefix`; none when there is no such key.
pub(crate) fn prefix_end(prefix: &str) -> Option<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::prefix_end;

    #[test]
    fn the_end_of_a_prefix_comes_after_all_its_keys() {
        assert_eq!(prefix_end("a/").as_deref(), Some("a0"));
        assert_eq!(prefix_end("").as_deref(), None);
        assert_eq!(prefix_end("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(prefix_end("\u{D7FF}").as_deref(), Some("\u{E000}"));
    }
}
