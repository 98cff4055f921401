//! What this server's keys signed last, kept beside the keys and not beside the journal.
//!
//! Whoever puts an older backup of a database back puts back its memory of checkpoints as well. This file is on another
//! clock: it is written, and synced, before a signature is given out, so that the keys still know what they signed.

use std::path::PathBuf;

use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::note::SignedNote;

use super::AuditError;
use super::keys::KeyFile;
use crate::private_file;

/// A note of ours is far smaller.
const FILE_BYTES_MAX: u64 = 65_536;

/// The file beside the keys.
pub struct Mark {
    path: PathBuf,
}

impl Mark {
    /// Beside a file of keys: `….signed`.
    pub fn sidecar_of(keys: &KeyFile) -> Mark {
        Mark { path: keys.sidecar_path(".signed") }
    }

    /// What was signed last for this origin; none before the first time, or when the file is of another journal.
    ///
    /// # Errors
    /// [`AuditError::Key`] for a file that cannot be read: nothing is signed on a guess.
    pub fn read(&self, origin: &str) -> Result<Option<Checkpoint>, AuditError> {
        let text = private_file::read(&self.path, FILE_BYTES_MAX).map_err(|error| self.unusable(&error))?;
        let Some(text) = text else { return Ok(None) };
        let note = SignedNote::parse(text.as_bytes()).map_err(|error| self.unusable(&error))?;
        let checkpoint: Checkpoint = note.text().parse().map_err(|error| self.unusable(&error))?;
        if checkpoint.origin() != origin {
            let what = format_args!(
                "it is of the journal {}, this one is {origin}; keep the keys of each journal in a file of their own",
                checkpoint.origin()
            );
            return Err(self.unusable(&what));
        }
        Ok(Some(checkpoint))
    }

    /// Writes down what is about to be given out.
    ///
    /// # Errors
    /// [`AuditError::Key`]; the signature must not be given out then.
    pub fn write(&self, note: &SignedNote) -> Result<(), AuditError> {
        private_file::replace(&self.path, &note.to_string()).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, what: &dyn std::fmt::Display) -> AuditError {
        AuditError::Key(format!("{}, which says what was signed last: {what}", self.path.display()))
    }
}
