//! The rows in memory: those that changed since the store was last written, and as many others as have room.
//!
//! The runner alone folds them; readers look at them under the same lock, so that what they see is of one position.

use std::any::Any;

use crate::error::ViewError;
use crate::fold::{Cache, Folder, Numbered, View};
use crate::store::ViewChanges;
use crate::views;

/// Where the rows in memory stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// What changed after this position is in memory.
    pub(crate) stored: u64,
    /// The position they are folded to.
    pub(crate) folded: u64,
}

/// The rows of all views that are in memory.
///
/// A row that is not here has not changed since [`Span::stored`]: whatever the store stands at between there and
/// [`Span::folded`], its row is the one of [`Span::folded`].
pub(crate) struct Memory {
    folders: Vec<Box<dyn Folder>>,
    /// None until the store was asked where it stands.
    span: Option<Span>,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { folders: views::all(), span: None }
    }
}

impl Memory {
    pub(crate) const fn span(&self) -> Option<Span> {
        self.span
    }

    /// Begins where the store stands, with nothing in memory.
    pub(crate) fn begin(&mut self, checkpoint: u64) {
        self.forget();
        self.span = Some(Span { stored: checkpoint, folded: checkpoint });
    }

    /// Begins a page: the rows to look up for it, by view.
    pub(crate) fn open(&mut self, page: &[Numbered<'_>]) -> Vec<(&'static str, Vec<String>)> {
        let missing = self.folders.iter_mut().map(|folder| (folder.name(), folder.open(page)));
        missing.filter(|(_, keys)| !keys.is_empty()).collect()
    }

    /// Takes looked-up rows in.
    ///
    /// # Errors
    /// [`ViewError::Row`] when one cannot be read.
    pub(crate) fn load(
        &mut self,
        view: &str,
        rows: impl Iterator<Item = (String, Option<Vec<u8>>)>,
    ) -> Result<(), ViewError> {
        let Some(folder) = self.folders.iter_mut().find(|folder| folder.name() == view) else { return Ok(()) };
        rows.into_iter().try_for_each(|(key, row)| folder.load(key, row))
    }

    /// Folds the page that was opened, which follows `from`.
    ///
    /// # Errors
    /// [`ViewError::Moved`] when what it follows was forgotten meanwhile.
    pub(crate) fn fold(&mut self, from: u64, page: &[Numbered<'_>]) -> Result<(), ViewError> {
        let (Some(span), Some((last, _))) = (&mut self.span, page.last()) else { return Err(ViewError::Moved) };
        if span.folded != from {
            return Err(ViewError::Moved);
        }
        span.folded = *last;
        self.folders.iter_mut().for_each(|folder| folder.fold(page));
        Ok(())
    }

    /// How many rows changed since they were last drained.
    pub(crate) fn changed(&self) -> usize {
        self.folders.iter().map(|folder| folder.changed()).sum()
    }

    /// What the store does not hold, if anything.
    ///
    /// # Errors
    /// [`ViewError::Row`] when a row cannot be written.
    pub(crate) fn drain(&mut self) -> Result<Option<Vec<ViewChanges>>, ViewError> {
        if self.span.is_none_or(|span| span.folded == span.stored) {
            return Ok(None);
        }
        let mut changes = Vec::new();
        for folder in &mut self.folders {
            let rows = folder.drain()?;
            if !rows.is_empty() {
                changes.push((folder.name(), rows));
            }
        }
        Ok(Some(changes))
    }

    /// What was drained last is stored. False when all was forgotten meanwhile: the store is asked again where it stands.
    pub(crate) fn written(&mut self, from: u64, to: u64) -> bool {
        let Some(span) = self.span.as_mut().filter(|span| span.stored == from && to <= span.folded) else {
            return false;
        };
        span.stored = to;
        self.folders.iter_mut().for_each(|folder| folder.written());
        true
    }

    /// Another server stored what is folded here as well, up to `checkpoint`: what was drained is kept for the next
    /// writing. False where the store stands elsewhere, and what is in memory does not fit it.
    pub(crate) fn rebase(&mut self, checkpoint: u64) -> bool {
        let Some(span) = self.span.as_mut().filter(|span| (span.stored..=span.folded).contains(&checkpoint)) else {
            return false;
        };
        span.stored = checkpoint;
        self.folders.iter_mut().for_each(|folder| folder.unwritten());
        true
    }

    /// Forgets everything: what is stored is to be asked for again.
    pub(crate) fn forget(&mut self) {
        self.folders.iter_mut().for_each(|folder| folder.forget());
        self.span = None;
    }

    /// The rows of one view.
    pub(crate) fn cache<V: View>(&self) -> Option<&Cache<V>> {
        self.folders.iter().find_map(|folder| (folder.as_ref() as &dyn Any).downcast_ref())
    }
}
