//! What can go wrong with views. None of it touches the journal: views can always be made anew.

use ledger_core::journal::JournalError;

/// A view could not be kept or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ViewError {
    /// The view store cannot be reached now.
    #[error("the views cannot be reached: {0}")]
    Unavailable(String),
    /// Another process keeps these views.
    #[error("the views are in use: {0}")]
    InUse(String),
    /// Somebody else moved the checkpoint meanwhile.
    #[error("the views moved on meanwhile")]
    Moved,
    /// Others were put in the place of these views.
    #[error("the views were put anew in their place")]
    Replaced,
    /// The views were folded from another journal than the one they stand beside.
    #[error("the views are not of this journal: {0}; start the server once, and they are made anew")]
    Foreign(String),
    /// A stored row cannot be read.
    #[error("row {key:?} of view {view} cannot be read: {what}; rebuild with nuanxin replay --swap")]
    Row {
        /// By its name, such as `balance`.
        view: &'static str,
        /// The row's key: its first column.
        key: String,
        /// What was found.
        what: String,
    },
    /// The views did not reach a position in time.
    #[error("the views stand at position {at} and did not reach {wanted} in time")]
    Behind {
        /// Where they stand.
        at: u64,
        /// What was asked for.
        wanted: u64,
    },
    /// A position that is not in the journal.
    #[error("there is no position {wanted}: the journal ends at position {head}")]
    NoSuchPosition {
        /// The journal's last position.
        head: u64,
        /// What was asked for.
        wanted: u64,
    },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl ViewError {
    /// Whether trying again at once helps: only what was in memory was out of date.
    pub(crate) const fn passes_at_once(&self) -> bool {
        matches!(self, ViewError::Moved | ViewError::Replaced)
    }
}
