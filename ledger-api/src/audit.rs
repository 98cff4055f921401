//! Why an auditor can believe this journal: signed checkpoints, proofs from stored tiles, receipts, and witnesses.
//!
//! Reading order: [`tiles`] (the tree a proof is read from), [`store`] (what is remembered of checkpoints), [`keys`] and
//! [`mark`] (the secret halves, and what they signed last), [`publish`] (signing, and when it is refused), [`cosign`]
//! (this office as the witness of others), [`receipts`] and [`notice`] (what is handed out), [`streams`] (who has which
//! entries).
//!
//! All of it stands beside the journal and reads it; nothing here writes into it or stands in the way of an append.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

pub mod cosign;
pub mod keys;
pub mod mark;
pub mod notice;
pub mod publish;
pub mod receipts;
pub mod store;
pub mod streams;
pub mod tiles;

use std::sync::Arc;

use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::merkle::Frontier;
use ledger_core::journal::transfer::suite_of;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError, SigningKey};
use tokio::sync::Mutex;

use crate::side_store::SideStoreError;
use keys::KeyFile;
use mark::Mark;
use publish::Counts;
use store::CheckpointStore;
use tiles::TileTree;

/// What the first event says of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name in checkpoints.
    pub origin: String,
    /// What its tree is hashed with.
    pub suite: HashSuite,
    /// Whether all that is in it is made up, to show a ledger with.
    pub demonstration: bool,
}

/// The evidence of one journal.
pub struct Audit {
    journal: Arc<dyn Journal>,
    identity: Identity,
    tiles: TileTree,
    store: CheckpointStore,
    key_file: KeyFile,
    mark: Mark,
    witness: cosign::Desk,
    publishing: Mutex<()>,
    /// The public keys that this process knows the journal itself to keep.
    kept: Mutex<Vec<SigningKey>>,
    counts: Counts,
}

/// What can go wrong with evidence.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuditError {
    /// What was asked for does not exist or cannot be.
    #[error("{0}")]
    Asked(String),
    /// A key cannot be read or made.
    #[error("{0}")]
    Key(String),
    /// Nothing can be signed here, because this server holds no key of the journal.
    #[error(
        "this server holds no signing key of the journal, so nothing is signed; bring the key file back, with the .signed \
         file beside it, from the server that signed or from a sealed backup (nuanxin restore --all), or run nuanxin key \
         generate to sign with a new key from now on"
    )]
    NoKey,
    /// The journal is not what it was when it was last signed: signing would prove that somebody was shown another one.
    #[error("nothing is signed: {0}")]
    Refused(String),
    /// The journal.
    #[error(transparent)]
    Journal(Arc<JournalError>),
    /// What stands beside it.
    #[error("checkpoints and tiles: {0}")]
    Store(#[from] SideStoreError),
}

impl From<JournalError> for AuditError {
    fn from(error: JournalError) -> AuditError {
        AuditError::Journal(Arc::new(error))
    }
}

/// What a journal's first event says of it; none for an empty journal.
///
/// # Errors
/// [`JournalError`].
pub async fn identity(journal: &dyn Journal) -> Result<Option<Identity>, JournalError> {
    let Some(first) = journal.read(0, 1).await?.pop() else { return Ok(None) };
    let event = first.event()?;
    let damaged = |what: &str| JournalError::Damaged { position: first.position, what: what.to_owned() };
    let suite = suite_of(&event).ok_or_else(|| damaged("the first event opens no journal of a known hash suite"))?;
    let opened = event.as_opening().ok_or_else(|| damaged("the first event does not open a journal"))?;
    Ok(Some(Identity { origin: opened.origin.clone(), suite, demonstration: opened.demonstration }))
}

impl Audit {
    /// Opens the evidence of a journal that has its first event, with the keys where the environment says.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn open(url: &JournalUrl, journal: Arc<dyn Journal>) -> Result<Audit, AuditError> {
        Audit::open_with(url, journal, KeyFile::signing(url)).await
    }

    /// As [`Audit::open`], with the keys of this file.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn open_with(
        url: &JournalUrl,
        journal: Arc<dyn Journal>,
        key_file: KeyFile,
    ) -> Result<Audit, AuditError> {
        let identity = identity(journal.as_ref())
            .await?
            .ok_or_else(|| AuditError::Asked("the journal is empty; import a pack or start the server first".into()))?;
        let tiles = TileTree::open(url, Arc::clone(&journal), identity.suite);
        let store = async { Ok(CheckpointStore::open(url).await?) };
        let (tiles, store) = tokio::try_join!(tiles, store)?;
        let audit = Audit {
            tiles,
            store,
            mark: Mark::sidecar_of(&key_file),
            witness: cosign::Desk::new(KeyFile::witness(url)),
            key_file,
            journal,
            identity,
            publishing: Mutex::default(),
            kept: Mutex::default(),
            counts: Counts::default(),
        };
        audit.adopt_keys().await?;
        Ok(audit)
    }

    /// Which journal this is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its tree.
    pub const fn tiles(&self) -> &TileTree {
        &self.tiles
    }

    /// What is remembered of its checkpoints.
    pub const fn store(&self) -> &CheckpointStore {
        &self.store
    }

    /// The file of its signing keys.
    pub const fn key_file(&self) -> &KeyFile {
        &self.key_file
    }

    /// This office as the witness of others.
    pub const fn witness(&self) -> &cosign::Desk {
        &self.witness
    }

    /// Counts for metrics.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Size and root of the journal as it stands, with tiles that lead to that root.
    ///
    /// # Errors
    /// [`AuditError`], also when the leaf hashes do not lead to the root that the journal recorded.
    pub async fn head(&self) -> Result<(u64, Hash), AuditError> {
        let head = self.journal.head().await?;
        let damaged = |what: String| JournalError::Damaged { position: head.position, what };
        let frontier = Frontier::from_bytes(&head.frontier).map_err(|error| damaged(error.to_string()))?;
        let (size, root) = (head.position, frontier.root());
        if frontier.size() != size {
            return Err(damaged(format!("the head's tree has {} leaves", frontier.size())).into());
        }
        if self.tiles.root(size).await? != root {
            tracing::error!(size, "the stored tiles do not lead to the journal's root; they are made anew");
            self.tiles.rebuild(size).await?;
            if self.tiles.root(size).await? != root {
                return Err(
                    damaged("the leaf hashes do not lead to the recorded root; run nuanxin verify".into()).into()
                );
            }
        }
        Ok((size, root))
    }
}

/// Milliseconds since 1970-01-01 UTC by this machine's clock.
pub(crate) fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// RFC 3339 in China Standard Time, like every recorded time.
pub(crate) fn time(milliseconds: i64) -> String {
    ledger_core::journal::RecordedTime::from_micros(milliseconds.saturating_mul(1_000)).to_string()
}
