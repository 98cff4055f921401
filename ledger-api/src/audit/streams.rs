//! Who has which entries, signed: what a worker's bundle rests on when it says that nothing of the worker is missing.

use ledger_core::evidence::bundle::streams::{EXTENSION, Streams};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::note::SignedNote;

use super::publish::signed_by;
use super::{Audit, AuditError};
use crate::export::each_entry;

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
        each_entry(self.journal.as_ref(), size, &|_| (), |entry| {
            streams.add(entry.event()?.stream(), entry.position);
            Ok::<(), AuditError>(())
        })
        .await?;
        let line = format!("{EXTENSION}{}", streams.root(self.identity.suite).to_base64());
        let root = self.tiles.root(size).await?;
        let checkpoint = Checkpoint::of_suite(self.identity.suite, &self.identity.origin, size, root)
            .and_then(|checkpoint| checkpoint.with_extension(&line))
            .map_err(|error| AuditError::Key(error.to_string()))?;
        signed_by(&checkpoint, &self.signing_keys().await?)
    }
}
