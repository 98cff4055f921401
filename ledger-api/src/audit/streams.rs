//! Who has which entries, signed: what a worker's bundle rests on when it says that nothing of the worker is missing.

use ledger_core::evidence::bundle::streams::{EXTENSION, Streams};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::note::SignedNote;
use ledger_core::journal::JournalError;

use super::{Audit, AuditError};

/// Entries read at once.
const PAGE: usize = 10_000;

impl Audit {
    /// A checkpoint over the first `size` entries that also binds the root of their streams, by an extension line. It is
    /// not published: the streams are found by a walk over the journal, which no schedule should ask for.
    ///
    /// # Errors
    /// [`AuditError`]; whatever keeps a checkpoint from being signed keeps this one from it as well.
    pub async fn sign_streams(&self, size: u64) -> Result<SignedNote, AuditError> {
        // Sees to it that the journal still holds all that was ever signed, and grows the tiles to its size.
        let published = self.publish().await?;
        if size == 0 || size > published.size {
            return Err(AuditError::Asked(format!("the journal has {} entries, not {size}", published.size)));
        }
        let mut streams = Streams::default();
        let mut at = 0;
        while at < size {
            let wanted = usize::try_from(size - at).unwrap_or(PAGE).min(PAGE);
            let entries = self.journal.read(at, wanted).await?;
            let Some(last) = entries.last() else {
                return Err(JournalError::Damaged { position: at + 1, what: "entries are missing".into() }.into());
            };
            at = last.position;
            for entry in &entries {
                streams.add(entry.event()?.stream(), entry.position);
            }
        }
        let line = format!("{EXTENSION}{}", streams.root(self.identity.suite).to_base64());
        let key_error = |error: &dyn std::fmt::Display| AuditError::Key(error.to_string());
        let root = self.tiles.root(size).await?;
        let checkpoint = Checkpoint::of_suite(self.identity.suite, &self.identity.origin, size, root)
            .and_then(|checkpoint| checkpoint.with_extension(&line))
            .map_err(|error| key_error(&error))?;
        let keys = self.signing_keys().await?;
        let (first, others) = keys.split_first().ok_or(AuditError::NoKey)?;
        let mut note = checkpoint.sign(first).map_err(|error| key_error(&error))?;
        for key in others {
            note.add_signature(key).map_err(|error| key_error(&error))?;
        }
        Ok(note)
    }
}
