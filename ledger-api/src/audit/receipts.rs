//! Proofs over published checkpoints, and receipts: one entry with its proof and a signed checkpoint.

use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::receipt::Receipt;
use ledger_core::evidence::witness::AddCheckpoint;
use ledger_core::journal::{Entry, JournalError};

use super::store::Published;
use super::{Audit, AuditError};

/// That one entry stands in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The entry's position; its index in the tree is one less.
    pub position: u64,
    /// Number of entries in the tree.
    pub size: u64,
    /// The root the proof leads to.
    pub root: Hash,
    /// The entry's hash.
    pub leaf: Hash,
    /// Hashes from the leaf's sibling up.
    pub path: Vec<Hash>,
}

/// That one tree begins with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// Size of the earlier tree.
    pub from: u64,
    /// Root of the earlier tree.
    pub from_root: Hash,
    /// Size of the later tree.
    pub to: u64,
    /// Root of the later tree.
    pub to_root: Hash,
    /// The proof.
    pub path: Vec<Hash>,
}

impl Audit {
    /// The checkpoint that a proof leads to: that of the size asked for, else the latest, which covers `position`.
    ///
    /// # Errors
    /// [`AuditError`]; [`AuditError::Asked`] when none of that size was published.
    pub async fn checkpoint_for(&self, size: Option<u64>, position: u64) -> Result<Published, AuditError> {
        match size {
            None => self.checkpoint(position).await,
            Some(size) => self.store().of_size(size).await?.ok_or_else(|| {
                AuditError::Asked(format!(
                    "no checkpoint of {size} entries was published; the list of checkpoints names the sizes"
                ))
            }),
        }
    }

    /// The inclusion proof of a position in the tree of `size` entries.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn inclusion(&self, position: u64, size: u64) -> Result<Inclusion, AuditError> {
        let (last, _) = self.head().await?;
        if position == 0 || position > last || size > last {
            let what = format!("the journal has the positions 1 to {last}; asked were position {position} of {size}");
            return Err(AuditError::Asked(what));
        }
        let (leaf, path) = self.tiles().inclusion(position, size).await?;
        Ok(Inclusion { position, size, root: self.tiles().root(size).await?, leaf, path })
    }

    /// The consistency proof between two sizes.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn consistency(&self, from: u64, to: u64) -> Result<Consistency, AuditError> {
        let (last, _) = self.head().await?;
        if from > to || to > last {
            let what = format!("the journal has {last} entries; asked was a proof from {from} to {to}");
            return Err(AuditError::Asked(what));
        }
        let path = self.tiles().consistency(from, to).await?;
        let (from_root, to_root) = (self.tiles().root(from).await?, self.tiles().root(to).await?);
        Ok(Consistency { from, from_root, to, to_root, path })
    }

    /// The entry at a position, if its bytes are those that were hashed.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn entry(&self, position: u64) -> Result<Entry, AuditError> {
        let after = position.checked_sub(1);
        let found = match after {
            Some(after) => self.journal.read(after, 1).await?.pop(),
            None => None,
        };
        found.ok_or_else(|| AuditError::Asked(format!("nothing is recorded at position {position}")))
    }

    /// The receipt of an entry under a published checkpoint.
    ///
    /// # Errors
    /// [`AuditError`], also when the entry's bytes are not those that were hashed.
    pub async fn receipt(&self, entry: &Entry, published: &Published) -> Result<Receipt, AuditError> {
        let position = entry.position;
        let proof = self.inclusion(position, published.size).await?;
        let leaf = entry.leaf_bytes();
        if self.identity().suite.leaf_hash(&leaf) != proof.leaf {
            let what = "its bytes are not those that were hashed when it was recorded".to_owned();
            return Err(JournalError::Damaged { position, what }.into());
        }
        let index = position.saturating_sub(1);
        Ok(Receipt { leaf, index, path: proof.path, note: published.note.clone() })
    }

    /// What to send to a witness that cosigned `old_size` entries before: a published checkpoint and its proof.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn witness_request(&self, old_size: u64, published: &Published) -> Result<AddCheckpoint, AuditError> {
        let proof = self.consistency(old_size, published.size).await?.path;
        Ok(AddCheckpoint { old_size, proof, note: published.note.clone() })
    }
}
