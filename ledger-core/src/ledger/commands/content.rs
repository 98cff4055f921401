//! The content of commands, as it is digested.

use std::fmt;

use sha2::{Digest, Sha256};

/// Fields framed by their length, so that no two contents run into one another.
#[derive(Default)]
pub(crate) struct Content(Sha256);

impl Content {
    /// A text: its length in eight bytes, then its bytes.
    pub(crate) fn text(&mut self, field: &str) -> &mut Content {
        self.0.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(field.as_bytes());
        self
    }

    /// A number, in eight bytes.
    pub(crate) fn number(&mut self, field: i64) -> &mut Content {
        self.0.update(field.to_be_bytes());
        self
    }

    /// Whether it is there, then what it is.
    pub(crate) fn maybe<T: fmt::Display>(&mut self, field: Option<T>) -> &mut Content {
        match field {
            Some(field) => self.text("+").text(&field.to_string()),
            None => self.text("-"),
        }
    }

    /// SHA-256 over all of it.
    pub(crate) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
