//! Buffers that serve again: what a verification works with is made once and not anew for every block, by whichever thread
//! needs it next.

use std::sync::{Mutex, PoisonError};

/// Buffers that nobody uses at the moment.
pub(super) struct Spare<T>(Mutex<Vec<T>>);

impl<T> Default for Spare<T> {
    fn default() -> Spare<T> {
        Spare(Mutex::default())
    }
}

impl<T: Default> Spare<T> {
    /// A buffer: an earlier one as it was given back, or a new one.
    pub(super) fn take(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes back a buffer; whoever gives or takes it empties it.
    pub(super) fn give(&self, buffer: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}
