//! What is remembered beside the journal about its checkpoints: what was signed last, every checkpoint that was published
//! with its signatures, the public keys, and what this office cosigned for others.
//!
//! The one rule kept here is the fence: a checkpoint is recorded only by whoever knows what was signed before it, and in
//! one step with moving that mark. Two servers that sign at once cannot both succeed from the same mark, so the second
//! looks again. Whether a checkpoint extends the last one is judged by whoever signs.

mod postgres;
mod sqlite;

use async_trait::async_trait;
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::{KeyError, KeyKind, KeyRing, PublicKey, SignedNote};
use ledger_core::evidence::witness::Cosigned;
use ledger_core::journal::SigningKey;
use ledger_core::journal::url::JournalUrl;

use crate::side_store::SideStoreError;
use crate::side_store::rows::Store;
use postgres::PostgresCheckpoints;
use sqlite::SqliteCheckpoints;

/// Where checkpoints and public keys are kept.
pub(crate) const STORE: Store =
    Store { name: "checkpoints", file: "checkpoints.db", sqlite: sqlite::STEPS, postgres: postgres::STEPS };

/// What was signed last: size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHead {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// A checkpoint that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Number of entries.
    pub size: u64,
    /// The signed note with every signature and cosignature known.
    pub note: SignedNote,
    /// When it was first signed, in milliseconds since 1970-01-01 UTC.
    pub signed_at_ms: i64,
}

/// What a public key is trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Signs this journal's checkpoints.
    Journal,
    /// Cosigns this journal's checkpoints: another office.
    Cosigner,
    /// Signs the checkpoints of another journal, which this office watches as its witness.
    Watched,
}

/// A public key that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// As a verifier key has it: name, key id, algorithm and bytes.
    pub key: PublicKey,
    /// What for.
    pub usage: KeyUse,
    /// When it was added, in milliseconds since 1970-01-01 UTC.
    pub added_at_ms: i64,
    /// Until when it signs, in milliseconds since 1970-01-01 UTC; none while no end is set. What it signed before stays
    /// believed.
    pub until_ms: Option<i64>,
}

/// A checkpoint as it is stored, without its signatures.
pub(super) struct CheckpointRow {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) text: String,
    pub(super) signed_at_ms: i64,
}

/// A signature line as it is stored.
pub(super) struct SignatureRow {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) line: String,
}

/// A key as it is stored.
pub(super) struct KeyRow {
    pub(super) vkey: String,
    pub(super) usage: String,
    pub(super) added_at_ms: i64,
    pub(super) until_ms: Option<i64>,
}

/// What a place for checkpoints must offer.
#[async_trait]
pub(super) trait Checkpoints: Send + Sync {
    /// Size and root of what was signed last.
    async fn signed_head(&self) -> Result<Option<SignedHead>, SideStoreError>;

    /// Moves the mark and stores the checkpoint with its signatures, if the mark still stands at `last`.
    async fn record(
        &self,
        last: Option<SignedHead>,
        checkpoint: CheckpointRow,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError>;

    /// Adds signatures to a stored checkpoint; `false` when there is none of that size and root.
    async fn add_signatures(
        &self,
        size: u64,
        root: Hash,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError>;

    /// Stored checkpoints after a size, in order, at most `limit`.
    async fn list(&self, after: u64, limit: usize) -> Result<Vec<(CheckpointRow, Vec<String>)>, SideStoreError>;

    /// Adds a key; `false` when it is there already. With `only_first`, only if no key of that use is there.
    async fn add_key(&self, key: KeyRow, only_first: bool) -> Result<bool, SideStoreError>;

    /// Every key, in the order they were added.
    async fn keys(&self) -> Result<Vec<KeyRow>, SideStoreError>;

    /// Sets until when a key signs; `false` when there is no such key.
    async fn set_until(&self, vkey: &str, until_ms: i64) -> Result<bool, SideStoreError>;

    /// Forgets a key that was trusted; `false` when there is no such key.
    async fn remove_key(&self, vkey: &str) -> Result<bool, SideStoreError>;

    /// What this office cosigned last for an origin.
    async fn cosigned(&self, origin: &str) -> Result<Option<Cosigned>, SideStoreError>;

    /// Moves what was cosigned for an origin from `last` to `next`; `false` when it no longer stands at `last`.
    async fn move_cosigned(
        &self,
        origin: &str,
        last: Option<Cosigned>,
        next: Cosigned,
        note: &str,
        at_ms: i64,
    ) -> Result<bool, SideStoreError>;
}

/// The memory of one journal's checkpoints.
pub struct CheckpointStore(Box<dyn Checkpoints>);

impl CheckpointStore {
    /// Opens it, making its place on first use.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn open(url: &JournalUrl) -> Result<CheckpointStore, SideStoreError> {
        Ok(CheckpointStore(match url {
            JournalUrl::Sqlite(path) => Box::new(SqliteCheckpoints::open(path).await?),
            JournalUrl::Postgres { url, schema } => Box::new(PostgresCheckpoints::open(url, schema).await?),
        }))
    }

    /// What was signed last.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn signed_head(&self) -> Result<Option<SignedHead>, SideStoreError> {
        self.0.signed_head().await
    }

    /// Records a signed checkpoint, if what was signed last is still `last`.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn record(
        &self,
        last: Option<SignedHead>,
        checkpoint: &Checkpoint,
        note: &SignedNote,
        now_ms: i64,
    ) -> Result<bool, SideStoreError> {
        let row = CheckpointRow {
            size: checkpoint.size(),
            root: checkpoint.root(),
            text: note.text().to_owned(),
            signed_at_ms: now_ms,
        };
        self.0.record(last, row, signature_rows(note)).await
    }

    /// Adds signatures to the checkpoint of this size and root; `false` when none was published.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn add_signatures(&self, checkpoint: &Checkpoint, note: &SignedNote) -> Result<bool, SideStoreError> {
        self.0.add_signatures(checkpoint.size(), checkpoint.root(), signature_rows(note)).await
    }

    /// Published checkpoints after a size, in order, at most `limit`.
    ///
    /// # Errors
    /// [`SideStoreError`], also for one that cannot be read.
    pub async fn list(&self, after: u64, limit: usize) -> Result<Vec<Published>, SideStoreError> {
        self.0.list(after, limit).await?.into_iter().map(published).collect()
    }

    /// The published checkpoint of a size.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn of_size(&self, size: u64) -> Result<Option<Published>, SideStoreError> {
        let found = self.list(size.saturating_sub(1), 1).await?;
        Ok(found.into_iter().find(|published| published.size == size))
    }

    /// Adds a key; `false` when it is known already, or with `only_first`, when any of that use is.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn add_key(
        &self,
        key: &PublicKey,
        usage: KeyUse,
        only_first: bool,
        now_ms: i64,
    ) -> Result<bool, SideStoreError> {
        let row =
            KeyRow { vkey: key.to_string(), usage: usage.as_str().to_owned(), added_at_ms: now_ms, until_ms: None };
        self.0.add_key(row, only_first).await
    }

    /// Every known key, in the order they were added.
    ///
    /// # Errors
    /// [`SideStoreError`], also for one that cannot be read.
    pub async fn keys(&self) -> Result<Vec<KnownKey>, SideStoreError> {
        self.0.keys().await?.into_iter().map(known).collect()
    }

    /// The keys of one use as a ring; retired ones too, because what they signed stays signed.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn ring(&self, usage: KeyUse, name: Option<&str>) -> Result<KeyRing, SideStoreError> {
        let mut ring = KeyRing::new();
        for known in self.keys().await?.into_iter().filter(|known| known.usage == usage) {
            if name.is_none_or(|name| known.key.name().as_str() == name) {
                ring.trust(known.key).map_err(|error: KeyError| unusable(&error))?;
            }
        }
        Ok(ring)
    }

    /// Sets until when a key signs.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn set_until(&self, key: &PublicKey, until_ms: i64) -> Result<bool, SideStoreError> {
        self.0.set_until(&key.to_string(), until_ms).await
    }

    /// Forgets a key.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn remove_key(&self, key: &PublicKey) -> Result<bool, SideStoreError> {
        self.0.remove_key(&key.to_string()).await
    }

    /// What this office cosigned last for an origin.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn cosigned(&self, origin: &str) -> Result<Option<Cosigned>, SideStoreError> {
        self.0.cosigned(origin).await
    }

    /// Moves what was cosigned, durably, before the cosignature is given away; `false` when somebody else was quicker.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn move_cosigned(
        &self,
        last: Option<Cosigned>,
        checkpoint: &Checkpoint,
        note: &SignedNote,
        at_ms: i64,
    ) -> Result<bool, SideStoreError> {
        let next = Cosigned { size: checkpoint.size(), root: checkpoint.root() };
        self.0.move_cosigned(checkpoint.origin(), last, next, &note.to_string(), at_ms).await
    }
}

impl KnownKey {
    /// As the journal itself keeps it.
    pub fn to_signing_key(&self) -> SigningKey {
        SigningKey { vkey: self.key.to_string(), added_at_ms: self.added_at_ms, until_ms: self.until_ms }
    }
}

impl KeyUse {
    /// The name in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyUse::Journal => "journal",
            KeyUse::Cosigner => "cosigner",
            KeyUse::Watched => "watched",
        }
    }

    /// The kind of key that the use needs.
    pub const fn kind(self) -> KeyKind {
        match self {
            KeyUse::Journal | KeyUse::Watched => KeyKind::Ed25519,
            KeyUse::Cosigner => KeyKind::CosignatureV1,
        }
    }
}

fn signature_rows(note: &SignedNote) -> Vec<SignatureRow> {
    let row = |signature: &ledger_core::evidence::note::NoteSignature| SignatureRow {
        name: signature.name().to_string(),
        id: u32::from_be_bytes(signature.id().to_bytes()),
        line: signature.to_string(),
    };
    note.signatures().iter().map(row).collect()
}

fn published((row, lines): (CheckpointRow, Vec<String>)) -> Result<Published, SideStoreError> {
    let text = format!("{}\n{}\n", row.text, lines.join("\n"));
    let note = SignedNote::parse(text.as_bytes())
        .map_err(|error| SideStoreError::Unusable(format!("the checkpoint of {} entries: {error}", row.size)))?;
    Ok(Published { size: row.size, note, signed_at_ms: row.signed_at_ms })
}

fn known(row: KeyRow) -> Result<KnownKey, SideStoreError> {
    let usage =
        [KeyUse::Journal, KeyUse::Cosigner, KeyUse::Watched].into_iter().find(|usage| usage.as_str() == row.usage);
    let usage = usage.ok_or_else(|| unusable(&format_args!("unknown use {:?}", row.usage)))?;
    let key = row.vkey.parse().map_err(|error: KeyError| unusable(&error))?;
    Ok(KnownKey { key, usage, added_at_ms: row.added_at_ms, until_ms: row.until_ms })
}

fn unusable(what: &dyn std::fmt::Display) -> SideStoreError {
    SideStoreError::Unusable(format!("a stored key: {what}"))
}

/// A root read back.
fn root_of(bytes: &[u8]) -> Option<Hash> {
    Hash::try_from(bytes).ok()
}
