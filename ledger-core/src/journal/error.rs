//! What can go wrong with a journal. A refusal of a command is none of these.

/// A journal could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// It cannot be reached now; trying again may help.
    #[error("the journal cannot be reached: {0}")]
    Unavailable(String),
    /// Another process writes it.
    #[error("the journal is in use: {0}")]
    InUse(String),
    /// Its address or settings cannot be used.
    #[error("the journal cannot be used: {0}")]
    Unusable(String),
    /// What it holds cannot be true.
    #[error("the journal is damaged at position {position}: {what}")]
    Damaged {
        /// The position in the journal.
        position: u64,
        /// What was found.
        what: String,
    },
}

/// A commit that gave no success.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// Nothing was appended.
    #[error("nothing was appended: {0}")]
    NotCommitted(JournalError),
    /// Somebody else appended first, which the fence caught. Nothing was appended.
    #[error("the head had moved; nothing was appended")]
    Fenced,
    /// The answer was lost: the batch is either all there or not at all.
    #[error("the commit's answer was lost: {0}")]
    Unknown(JournalError),
}
