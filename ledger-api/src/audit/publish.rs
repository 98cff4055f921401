//! Signing checkpoints: with which keys, and when not.
//!
//! A checkpoint is signed only when the journal still holds, root for root, what was signed before: by any server of this
//! journal (the store's mark) and by the keys at hand (their own mark). A journal that was rolled back or forked is told
//! loudly and signs nothing, because two checkpoints that contradict each other, both with good signatures, are worse
//! than none: they prove that somebody was shown another history.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::{KeyKind, KeyRing, NoteSignature, PublicKey, SecretKey, SignedNote};
use ledger_core::journal::{JournalError, SigningKey};

use super::store::{KeyUse, KnownKey, Published, SignedHead};
use super::{Audit, AuditError, now_ms};
use crate::side_store::SideStoreError;

/// Another server may sign first so often before it is told as a fault.
const TRIES_MAX: u32 = 20;

/// Counts for metrics.
#[derive(Debug, Default)]
pub struct Counts {
    /// Checkpoints that this process signed.
    pub signed: AtomicU64,
    /// Times that this process refused to sign because the journal was rolled back or forked.
    pub refused: AtomicU64,
    /// Size of the last checkpoint known.
    pub size: AtomicU64,
    /// When it was signed, in milliseconds since 1970-01-01 UTC; 0 when none is known.
    pub signed_at_ms: AtomicI64,
}

impl Audit {
    /// The latest checkpoint, over everything committed when this was asked: signed now, unless the journal has not grown
    /// since the last. A server without keys answers with the last one that another server signed, if it covers
    /// `min_size`.
    ///
    /// # Errors
    /// [`AuditError`]; [`AuditError::Refused`] for a journal that was rolled back or forked.
    pub async fn checkpoint(&self, min_size: u64) -> Result<Published, AuditError> {
        let signed = self.publish().await;
        if let Err(AuditError::NoKey) = &signed
            && let Some(head) = self.store.signed_head().await?
            && let Some(published) = self.store.of_size(head.size).await?
            && published.size >= min_size
        {
            return Ok(published);
        }
        signed
    }

    /// Signs a checkpoint over the journal as it stands; gives the last one where nothing was appended since.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn publish(&self) -> Result<Published, AuditError> {
        let _one_at_a_time = self.publishing.lock().await;
        let published = self.try_publish().await;
        match &published {
            Ok(published) => {
                self.counts.size.store(published.size, Ordering::Relaxed);
                self.counts.signed_at_ms.store(published.signed_at_ms, Ordering::Relaxed);
            }
            Err(AuditError::Refused(what)) => {
                self.counts.refused.fetch_add(1, Ordering::Relaxed);
                tracing::error!(
                    origin = self.identity.origin,
                    what,
                    "REFUSED TO SIGN: the journal is not the one that was signed before"
                );
            }
            Err(_) => {}
        }
        published
    }

    async fn try_publish(&self) -> Result<Published, AuditError> {
        let keys = self.signing_keys().await?;
        for _ in 0..TRIES_MAX {
            let last = self.store.signed_head().await?;
            let (size, root) = self.head().await?;
            if let Some(last) = last {
                self.must_extend(last, size, "the journal's servers").await?;
            }
            if let Some(own) = self.mark.read(&self.identity.origin)? {
                let own = SignedHead { size: own.size(), root: own.root() };
                self.must_extend(own, size, "this server's keys").await?;
            }
            if let Some(last) = last.filter(|last| last.size == size)
                && let Some(published) = self.store.of_size(last.size).await?
                && keys.iter().all(|key| is_signed_by(&published.note, key.public()))
            {
                return Ok(published);
            }
            if keys.is_empty() {
                return Err(AuditError::NoKey);
            }
            if let Some(published) = self.sign(&keys, last, size, root).await? {
                return Ok(published);
            }
        }
        let what = "other servers sign all the time; try again";
        Err(SideStoreError::Unavailable(what.to_owned()).into())
    }

    /// Signs and records; none when another server signed in between.
    async fn sign(
        &self,
        keys: &[SecretKey],
        last: Option<SignedHead>,
        size: u64,
        root: Hash,
    ) -> Result<Option<Published>, AuditError> {
        let key_error = |error: &dyn std::fmt::Display| AuditError::Key(error.to_string());
        let checkpoint = Checkpoint::of_suite(self.identity.suite, &self.identity.origin, size, root)
            .map_err(|error| key_error(&error))?;
        let note = signed_by(&checkpoint, keys)?;
        // Another process with the same keys may have signed more since this one looked: its mark must not go back.
        if self.mark.read(&self.identity.origin)?.is_some_and(|own| own.size() > size) {
            return Ok(None);
        }
        self.keep_keys().await?;
        self.mark.write(&note)?;
        let signed_at_ms = now_ms();
        if !self.store.record(last, &checkpoint, &note, signed_at_ms).await? {
            return Ok(None);
        }
        self.counts.signed.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(size, signatures = keys.len(), "a checkpoint was signed");
        // Read back: another server's signatures and a witness's may stand there as well.
        let stored = self.store.of_size(size).await?;
        Ok(Some(stored.unwrap_or(Published { size, note, signed_at_ms })))
    }

    /// The journal must hold what was signed, with the same root.
    async fn must_extend(&self, signed: SignedHead, size: u64, by: &str) -> Result<(), AuditError> {
        if signed.size > size {
            let what = format!(
                "the journal has {size} entries, but {by} signed {}: its tail is gone, or an older copy was put back; \
                 bring the missing entries back from a replica or a later backup",
                signed.size
            );
            return Err(AuditError::Refused(what));
        }
        let root = self.tiles.root(signed.size).await?;
        if root != signed.root {
            let what = format!(
                "the first {} entries have the root {root}, but {by} signed {}: the journal was altered, or another one \
                 stands in its place; nuanxin verify tells where",
                signed.size, signed.root
            );
            return Err(AuditError::Refused(what));
        }
        Ok(())
    }

    /// The secret keys at hand whose public halves sign now.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn signing_keys(&self) -> Result<Vec<SecretKey>, AuditError> {
        let known = self.store.keys().await?;
        let now = now_ms();
        let signs = |key: &SecretKey| {
            known
                .iter()
                .any(|known| known.usage == KeyUse::Journal && known.key == *key.public() && known.signs_at(now))
        };
        let keys = self.key_file.read()?;
        Ok(keys.into_iter().filter(|key| signs(key) && key.public().name().as_str() == self.identity.origin).collect())
    }

    /// The public keys of this journal, retired ones too.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn journal_keys(&self) -> Result<KeyRing, AuditError> {
        Ok(self.store.ring(KeyUse::Journal, Some(&self.identity.origin)).await?)
    }

    /// Makes those keys known here that the journal itself keeps: a copy of it comes without what stood beside it, and what
    /// its keys signed is still to be checked.
    pub(super) async fn adopt_keys(&self) -> Result<(), AuditError> {
        for kept in self.journal.signing_keys().await? {
            // A key of a newer kind is told by whoever knows it.
            let Ok(key) = kept.vkey.parse::<PublicKey>() else { continue };
            let added = self.store.add_key(&key, KeyUse::Journal, false, kept.added_at_ms).await?;
            if let (true, Some(until)) = (added, kept.until_ms) {
                self.store.set_until(&key, until).await?;
            }
        }
        Ok(())
    }

    /// Keeps the known keys with the journal, before they sign: whoever has a copy of it and nothing else then knows that it
    /// was signed, and by whom.
    async fn keep_keys(&self) -> Result<(), AuditError> {
        let known = self.store.keys().await?;
        let known = known.into_iter().filter(|known| known.usage == KeyUse::Journal);
        let known: Vec<SigningKey> = known.map(|known| known.to_signing_key()).collect();
        let mut kept = self.kept.lock().await;
        if *kept != known {
            match self.journal.record_signing_keys(known.clone()).await {
                Ok(()) => *kept = known,
                // Opened for reading alone, beside a server: that keeps them when it signs, and a backup takes them too.
                Err(JournalError::Unusable(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Makes the first key of a journal that never had one, and makes the keys at hand known. For a server that begins;
    /// later keys are made by hand.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn prepare_keys(&self) -> Result<(), AuditError> {
        let at_hand = self.key_file.read()?;
        for key in &at_hand {
            if key.public().name().as_str() != self.identity.origin {
                let (name, origin) = (key.public().name(), &self.identity.origin);
                tracing::warn!(%name, origin, "a key in the key file is of another journal and signs nothing here");
                continue;
            }
            self.store.add_key(key.public(), KeyUse::Journal, false, now_ms()).await?;
        }
        let known = self.store.keys().await?;
        if known.iter().any(|known| known.usage == KeyUse::Journal) {
            if self.signing_keys().await?.is_empty() {
                let own = known.iter().filter(|known| known.usage == KeyUse::Journal);
                let ids: Vec<String> = own.map(|known| known.key.id().to_string()).collect();
                // Never a new one by itself: auditors know the old one, and would take the new one for somebody else's.
                tracing::warn!(
                    path = %self.key_file.path().display(),
                    keys = ids.join(" "),
                    "SIGNING IS OFF: this journal was signed before, and the key file holds none of its keys; checkpoints \
                     and receipts are not signed here. Bring the key file back, with the .signed file beside it, from the \
                     server that signed or from a sealed backup (nuanxin restore --all); or run nuanxin key generate to \
                     sign with a new key from now on: what the old keys signed can still be checked"
                );
            }
            return self.keep_keys().await;
        }
        let key = self.key_file.generate(&self.identity.origin, KeyKind::Ed25519)?;
        if !self.store.add_key(key.public(), KeyUse::Journal, true, now_ms()).await? {
            // Another server that began at the same moment made the first key.
            self.key_file.remove(&key)?;
            return Ok(());
        }
        self.keep_keys().await?;
        let path = self.key_file.path().display();
        tracing::info!(%path, key = %key.public(), "made a key that signs checkpoints; hand its public half to auditors");
        Ok(())
    }

    /// Takes back a checkpoint that witnesses cosigned: what trusted cosigners signed is kept and served from then on.
    /// Gives the cosigners whose signatures hold.
    ///
    /// # Errors
    /// [`AuditError::Asked`] for a note that is not of this journal, was never published, or that no trusted cosigner
    /// signed.
    pub async fn accept_cosigned(&self, note: &SignedNote) -> Result<Vec<PublicKey>, AuditError> {
        let asked = |error: &dyn std::fmt::Display| AuditError::Asked(error.to_string());
        let own = self.journal_keys().await?;
        let cosigners = self.store.ring(KeyUse::Cosigner, None).await?;
        let opened = Checkpoint::open(note.to_string().as_bytes(), &self.identity.origin, &own, &cosigners);
        let opened = opened.map_err(|error| asked(&error))?;
        if opened.cosignatures.is_empty() {
            return Err(AuditError::Asked(
                "no trusted cosigner signed it; nuanxin key accept-witness VKEY trusts one".into(),
            ));
        }
        // Only what a trusted cosigner signed is kept: whatever else the note carries is not ours to serve.
        let cosigned = |signature: &&NoteSignature| opened.cosignatures.iter().any(|by| is_by(signature, &by.key));
        let lines: Vec<String> = note.signatures().iter().filter(cosigned).map(ToString::to_string).collect();
        let kept = format!("{}\n{}\n", note.text(), lines.join("\n"));
        let kept = SignedNote::parse(kept.as_bytes()).map_err(|error| asked(&error))?;
        if !self.store.add_signatures(&opened.checkpoint, &kept).await? {
            let what = format!("no checkpoint of {} entries with this root was published", opened.checkpoint.size());
            return Err(AuditError::Asked(what));
        }
        Ok(opened.cosignatures.into_iter().map(|by| by.key).collect())
    }

    /// Signs on a schedule until `stop` is done. What stands in the way is told and tried again.
    pub async fn follow(&self, every: Duration, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            match self.publish().await {
                // Told loudly where it happened, or at the start.
                Ok(_) | Err(AuditError::Refused(_) | AuditError::NoKey) => {}
                Err(error) => tracing::warn!(%error, "no checkpoint was signed; trying again"),
            }
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }
}

impl KnownKey {
    /// Whether the key signs at a time in milliseconds since 1970-01-01 UTC.
    pub fn signs_at(&self, now_ms: i64) -> bool {
        self.until_ms.is_none_or(|until| now_ms < until)
    }
}

fn is_by(signature: &NoteSignature, key: &PublicKey) -> bool {
    signature.name() == key.name() && signature.id() == key.id()
}

fn is_signed_by(note: &SignedNote, key: &PublicKey) -> bool {
    note.signatures().iter().any(|signature| is_by(signature, key))
}

/// A checkpoint with the signatures of all these keys.
///
/// # Errors
/// [`AuditError::NoKey`] without any; [`AuditError::Key`].
pub(super) fn signed_by(checkpoint: &Checkpoint, keys: &[SecretKey]) -> Result<SignedNote, AuditError> {
    let key_error = |error: &dyn std::fmt::Display| AuditError::Key(error.to_string());
    let (first, others) = keys.split_first().ok_or(AuditError::NoKey)?;
    let mut note = checkpoint.sign(first).map_err(|error| key_error(&error))?;
    for key in others {
        note.add_signature(key).map_err(|error| key_error(&error))?;
    }
    Ok(note)
}
