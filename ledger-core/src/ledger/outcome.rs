//! The three answers a command can get. A refusal is not a failure, and "unknown" is said, never guessed away.

use std::sync::Arc;

use crate::domain::event::Event;
use crate::domain::refusal::{Code, Refusal};

/// What a command that took effect is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The position of its last event, or the journal's head where nothing had to change.
    pub position: u64,
    /// Its events; none where nothing had to change.
    pub events: Arc<[Event]>,
    /// Whether this is the first answer given again.
    pub repeated: bool,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It took effect and is durable.
    Committed(Receipt),
    /// It did not take effect, for a coded reason; its key is free.
    Refused(Refusal),
    /// The commit's answer was lost and could not be found out yet: ask again with the same key.
    Unknown,
}

impl Outcome {
    /// A refusal.
    pub fn refused(code: Code, message: impl Into<String>) -> Outcome {
        Outcome::Refused(Refusal::new(code, message))
    }

    /// The journal cannot be reached; nothing was attempted or nothing took effect.
    pub fn unavailable() -> Outcome {
        Outcome::refused(
            Code::JournalUnavailable,
            "the journal cannot be reached; nothing was recorded; try again with the same key",
        )
    }

    /// The receipt, if it took effect.
    pub const fn receipt(&self) -> Option<&Receipt> {
        match self {
            Outcome::Committed(receipt) => Some(receipt),
            Outcome::Refused(_) | Outcome::Unknown => None,
        }
    }

    /// The code, if it was refused.
    pub const fn code(&self) -> Option<Code> {
        match self {
            Outcome::Refused(refusal) => Some(refusal.code),
            Outcome::Committed(_) | Outcome::Unknown => None,
        }
    }
}
