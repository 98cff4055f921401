//! Making a bundle: the journal, or a part of it, as one zip that is checked with no database and no network.
//!
//! The journal is read twice: once to learn what the bundle covers and what it comes to, once to write. Nothing but the
//! journal, what was asked and the checkpoints given goes in, so the same journal at the same position gives the same
//! bytes. What each file holds stands in docs/bundle.md; who judges it is `ledger_core::evidence::bundle`.

mod readme;
mod survey;
mod write;

use std::io;

use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use ledger_core::evidence::bundle::manifest::Period;
use ledger_core::evidence::note::SignedNote;
use ledger_core::journal::JournalError;

pub use write::write;

/// What a bundle is asked to cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// The whole journal.
    Journal,
    /// From one position to another, both included.
    Positions {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// From the first to the last position of which the business day lies in a period.
    Period(Period),
    /// Everything of one worker.
    Worker(WorkerId),
}

/// What a bundle is made of beside the journal.
#[derive(Debug, Clone)]
pub struct Request {
    /// Of which time, and of whom.
    pub coverage: Coverage,
    /// Up to which position the journal counts.
    pub size: u64,
    /// Closing date of the plain-text journal; default is the last business day given.
    pub as_of: Option<NaiveDate>,
    /// Signed checkpoints of this journal.
    pub checkpoints: Vec<SignedNote>,
}

/// Why a bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file.
    #[error("the bundle cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The archive.
    #[error("the bundle cannot be packed: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// JSON.
    #[error("the bundle cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// What was asked for is not there.
    #[error("{0}")]
    Asked(String),
}
