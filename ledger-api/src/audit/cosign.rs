//! This office as the witness of other journals: it cosigns a checkpoint only if it extends the one cosigned before.
//!
//! What was cosigned is stored before the signature is given away, and moved from what it was in one step, so that two
//! requests at once cannot lead to two histories that bear the same witness's name.

use ledger_core::evidence::note::{KeyKind, SecretKey, SignedNote};
use ledger_core::evidence::witness::{AddCheckpoint, WitnessRefusal};
use tokio::sync::Mutex;

use super::keys::KeyFile;
use super::store::{CheckpointStore, KeyUse};
use super::{AuditError, now_ms};

/// Another process with the same store may be quicker so often.
const TRIES_MAX: u32 = 5;

/// The desk at which this office cosigns.
pub struct Desk {
    key_file: KeyFile,
    one_at_a_time: Mutex<()>,
}

/// Why a request was not cosigned.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotCosigned {
    /// The request does not hold.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// This office is no witness: it has no key for it.
    #[error("this server is no witness; nuanxin witness key --name NAME makes it one")]
    NoWitness,
    /// The desk's memory or key cannot be used now.
    #[error(transparent)]
    Unable(#[from] AuditError),
}

impl Desk {
    /// A desk with the key of this file.
    pub fn new(key_file: KeyFile) -> Desk {
        Desk { key_file, one_at_a_time: Mutex::default() }
    }

    /// The file of its key.
    pub const fn key_file(&self) -> &KeyFile {
        &self.key_file
    }

    /// The key by which it cosigns, if it has one.
    ///
    /// # Errors
    /// [`AuditError::Key`].
    pub fn key(&self) -> Result<Option<SecretKey>, AuditError> {
        Ok(self.key_file.read()?.into_iter().find(|key| key.public().kind() == KeyKind::CosignatureV1))
    }

    /// Judges a request and cosigns; gives the checkpoint with the cosignature added, which is its last signature.
    ///
    /// # Errors
    /// [`NotCosigned`].
    pub async fn cosign(&self, store: &CheckpointStore, request: &AddCheckpoint) -> Result<SignedNote, NotCosigned> {
        let key = self.key()?.ok_or(NotCosigned::NoWitness)?;
        let _one_at_a_time = self.one_at_a_time.lock().await;
        let claimed = request.claimed()?;
        let keys = store.ring(KeyUse::Watched, Some(claimed.origin())).await.map_err(AuditError::from)?;
        for _ in 0..TRIES_MAX {
            let last = store.cosigned(claimed.origin()).await.map_err(AuditError::from)?;
            let judged = request.judge(&keys, last);
            if let Err(refusal @ (WitnessRefusal::OtherRoot(_) | WitnessRefusal::NotConsistent(_))) = &judged {
                tracing::error!(origin = claimed.origin(), size = claimed.size(), %refusal, "a log may show two histories");
            }
            let checkpoint = judged?;
            let mut note = request.note.clone();
            let seconds = u64::try_from(now_ms() / 1_000).unwrap_or(0);
            let failed = |error: ledger_core::evidence::note::NoteError| AuditError::Key(error.to_string());
            note.add_cosignature(&key, seconds).map_err(failed)?;
            let moved = store.move_cosigned(last, &checkpoint, &note, now_ms()).await.map_err(AuditError::from)?;
            if moved {
                tracing::info!(origin = checkpoint.origin(), size = checkpoint.size(), "cosigned a checkpoint");
                return Ok(note);
            }
        }
        let what = "the witness's memory is written by somebody else all the time; try again".to_owned();
        Err(AuditError::from(crate::side_store::SideStoreError::Unavailable(what)).into())
    }
}
