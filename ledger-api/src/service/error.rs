//! What somebody who asked is told besides yes. Each edge says it in its own way; none learns more than stands here.

use ledger_core::domain::ids::IdError;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::journal::JournalError;
use projections::ViewError;

use crate::access::AccessError;
use crate::access::policy::Denied;
use crate::vault::VaultError;

/// Why there is no answer, or none but this one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// What was sent cannot be read, and nothing was asked of the ledger.
    #[error("{0}")]
    Unreadable(String),
    /// Refused for a coded reason, by the ledger or before it.
    #[error("{0}")]
    Refused(Refusal),
    /// Nobody knows who asks: this sentence says what to do.
    #[error("{0}")]
    Unauthenticated(String),
    /// Whoever asks may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Whether the command took effect is not known yet.
    #[error("whether the command took effect is not known yet")]
    Unknown,
    /// The command took effect, and something beside it is missing: this sentence says what.
    #[error("{0}")]
    Committed(String),
    /// Something of ours cannot be reached now. For the log, not for whoever asked.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours. For the log, not for whoever asked.
    #[error("{0}")]
    Fault(String),
}

impl ServiceError {
    /// What was sent cannot be read.
    pub fn unreadable(sentence: impl Into<String>) -> ServiceError {
        ServiceError::Unreadable(sentence.into())
    }

    /// A coded no.
    pub fn refused(code: Code, sentence: impl Into<String>) -> ServiceError {
        ServiceError::Refused(Refusal::new(code, sentence))
    }

    /// A fault of ours.
    pub fn fault(cause: &dyn std::fmt::Display) -> ServiceError {
        ServiceError::Fault(cause.to_string())
    }
}

impl From<ViewError> for ServiceError {
    fn from(error: ViewError) -> ServiceError {
        match &error {
            ViewError::NoSuchPosition { .. } => ServiceError::refused(Code::NotFound, error.to_string()),
            ViewError::Behind { .. } => ServiceError::refused(Code::JournalUnavailable, format!("{error}; try again")),
            ViewError::Unavailable(_)
            | ViewError::InUse(_)
            | ViewError::Moved
            | ViewError::Replaced
            | ViewError::Foreign(_)
            | ViewError::Row { .. }
            | ViewError::Journal(_) => ServiceError::Unavailable(error.to_string()),
        }
    }
}

impl From<AccessError> for ServiceError {
    fn from(error: AccessError) -> ServiceError {
        ServiceError::Unavailable(error.to_string())
    }
}

impl From<JournalError> for ServiceError {
    fn from(error: JournalError) -> ServiceError {
        ServiceError::Unavailable(error.to_string())
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> ServiceError {
        match error {
            // Says what is wrong with a name, and never the name.
            VaultError::Input(what) => ServiceError::refused(Code::InvalidInput, what),
            error @ (VaultError::Key(_) | VaultError::WrongKey | VaultError::Damaged { .. } | VaultError::Store(_)) => {
                ServiceError::Unavailable(error.to_string())
            }
        }
    }
}

impl From<IdError> for ServiceError {
    /// Of names that the ledger makes itself.
    fn from(error: IdError) -> ServiceError {
        ServiceError::fault(&error)
    }
}
