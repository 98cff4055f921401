//! Why an import stops. A refused row is none of these: it goes into the report.

use ledger_core::domain::refusal::Code;
use ledger_core::journal::JournalError;

use super::report::Report;
use crate::service::destination::DestinationError;
use crate::sheets::SheetError;

/// Why an import stops.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file of the pack cannot be used.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// district.toml cannot be used.
    #[error("district.toml: {0}")]
    District(String),
    /// The journal gave no answer, however often it was asked.
    #[error("{place}: the journal gave no answer after {attempts} attempts ({reason})")]
    Journal {
        /// The first row whose fate is not known.
        place: String,
        /// How often the rows were sent.
        attempts: u32,
        /// What the last answer was.
        reason: String,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Unreadable(#[from] JournalError),
    /// Nobody was there to take the rows, or the names in them.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// The reading of the sheets broke off.
    #[error("the reading of the sheets broke off: {0}")]
    Reader(String),
}

impl ImportError {
    /// The stable code of a pack that cannot be used; none where the pack is not to blame.
    pub const fn code(&self) -> Option<Code> {
        match self {
            ImportError::Sheet(error) => Some(error.code()),
            ImportError::District(_) => Some(Code::InvalidInput),
            ImportError::Journal { .. }
            | ImportError::Unreadable(_)
            | ImportError::Destination(_)
            | ImportError::Reader(_) => None,
        }
    }

    /// Whether the pack itself must be corrected, rather than the same command given again.
    pub const fn is_unusable_input(&self) -> bool {
        matches!(self, ImportError::Sheet(_) | ImportError::District(_))
    }
}

/// An import that stopped on its way. What the report counts is recorded; the same pack again goes on from there.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Stopped {
    /// What the import failed of.
    #[source]
    pub cause: ImportError,
    /// What was done until then.
    pub report: Report,
}
