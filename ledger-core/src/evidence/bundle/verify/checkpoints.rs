//! The checkpoints of a bundle: which of them trusted keys signed, and where each is held against the log.

use super::super::archive::Archive;
use super::super::checkpoint_name;
use super::super::manifest::Manifest;
use super::super::streams::EXTENSION;
use super::{End, Files, Trust, invalid};
use crate::evidence::checkpoint::{Checkpoint, CheckpointError};
use crate::evidence::hash::Hash;
use crate::evidence::note::{NOTE_BYTES_MAX, NoteError, SignedNote};

/// A checkpoint to be held against the log when the fold has come to its size.
pub(super) struct Due {
    checkpoint: Checkpoint,
    /// Why it cannot be believed, whatever its root is.
    bad: Option<String>,
    signed: Option<Signed>,
    what: String,
}

/// What trusted keys signed.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) size: u64,
    pub(super) signers: Vec<String>,
    pub(super) cosigners: Vec<String>,
    /// The root of streams that the signature covers.
    pub(super) streams: Option<Hash>,
}

/// All of them, by size, largest first, so that the next one stands at the end.
pub(super) struct Checkpoints {
    due: Vec<Due>,
    /// The last size at which the log was the one that a checkpoint names.
    agreed: u64,
    signed: Option<Signed>,
}

impl Checkpoints {
    pub(super) fn read(
        archive: &Archive,
        files: &Files<'_>,
        manifest: &Manifest,
        trust: &Trust,
    ) -> Result<Checkpoints, End> {
        if let Some(key) = trust.journal.keys().find(|key| key.name().as_str() != manifest.origin) {
            let what = format!("it says it is of the journal {}; the key given is of {}", manifest.origin, key.name());
            return Err(invalid(1, what));
        }
        let there = archive.names().filter(|name| name.starts_with(super::super::CHECKPOINTS)).count();
        if !manifest.checkpoints.is_sorted_by(|a, b| a < b) || there != manifest.checkpoints.len() {
            return Err(invalid(None, "the checkpoints are not those that the manifest names"));
        }
        let mut due = Vec::new();
        for size in &manifest.checkpoints {
            let name = checkpoint_name(*size);
            let (content, read) = archive.hold(&name, u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX))?;
            files.hold(&name, read)?;
            due.push(Due::read(&content, *size, name, &manifest.origin, trust)?);
        }
        let keys_given = trust.journal.keys().next().is_some();
        let good = |due: &Due| due.signed.is_some() || due.bad.is_some();
        if keys_given && !due.is_empty() && !due.iter().any(good) {
            return Err(invalid(1, "no checkpoint in it is signed by a key that was given"));
        }
        if let Some(kept) = &trust.kept {
            if kept.origin() != manifest.origin {
                let what = format!(
                    "it says it is of the journal {}; the checkpoint kept is of {}",
                    manifest.origin,
                    kept.origin()
                );
                return Err(invalid(1, what));
            }
            if kept.size() > manifest.size {
                let what = format!("the checkpoint kept was taken over {} entries; the tail is gone", kept.size());
                return Err(invalid(manifest.size.saturating_add(1), what));
            }
            let what = "the checkpoint kept".to_owned();
            due.push(Due { checkpoint: kept.clone(), bad: None, signed: None, what });
        }
        due.sort_by_key(|due| std::cmp::Reverse(due.checkpoint.size()));
        Ok(Checkpoints { due, agreed: 0, signed: None })
    }

    /// The next size at which the log must be known.
    pub(super) fn next(&self) -> Option<u64> {
        self.due.last().map(|due| due.checkpoint.size())
    }

    /// Holds the log's root of a size against every checkpoint of that size.
    pub(super) fn hold(&mut self, size: u64, root: impl Fn() -> Hash) -> Result<(), End> {
        while self.next() == Some(size) {
            let Some(Due { checkpoint, bad, signed, what }) = self.due.pop() else { break };
            let first = self.agreed.saturating_add(1);
            let between = format!("what was altered stands from {first} to {}", size.max(first));
            if let Some(bad) = bad {
                return Err(invalid(first, format!("{what}: {bad}; {between}, or in the checkpoint itself")));
            }
            if root() != checkpoint.root() {
                return Err(invalid(first, format!("{what} names another root for {size} entries; {between}")));
            }
            self.agreed = size;
            if signed.is_some() {
                self.signed = signed;
            }
        }
        Ok(())
    }

    /// The checkpoint whose size the fold passed over, if there is one.
    pub(super) fn passed(&self, size: u64) -> Option<End> {
        let next = self.next().filter(|next| *next < size)?;
        let due = self.due.last()?;
        let what =
            format!("{} is over {next} entries, which are hidden here; take a bundle of the whole journal", due.what);
        Some(End::Unreadable(what))
    }

    /// The last that trusted keys signed.
    pub(super) fn into_signed(self) -> Option<Signed> {
        self.signed
    }
}

impl Due {
    fn read(content: &[u8], size: u64, what: String, origin: &str, trust: &Trust) -> Result<Due, End> {
        let wrong = |error: &dyn std::fmt::Display| invalid(None, format!("{what} is no checkpoint: {error}"));
        let note = SignedNote::parse(content).map_err(|error| wrong(&error))?;
        let checkpoint: Checkpoint = note.text().parse().map_err(|error: CheckpointError| wrong(&error))?;
        if checkpoint.size() != size {
            return Err(invalid(None, format!("{what} is over {} entries", checkpoint.size())));
        }
        if checkpoint.origin() != origin {
            return Err(invalid(1, format!("{what} is of the journal {}", checkpoint.origin())));
        }
        let (signed, bad) = match Checkpoint::open(content, origin, &trust.journal, &trust.cosigners) {
            Ok(verified) => {
                let names = |signatures: &[crate::evidence::note::VerifiedSignature]| {
                    signatures.iter().map(|one| format!("{}+{}", one.key.name(), one.key.id())).collect()
                };
                let signed = Signed {
                    size,
                    signers: names(&verified.signatures),
                    cosigners: names(&verified.cosignatures),
                    streams: checkpoint.extensions().iter().find_map(|line| streams_of(line)),
                };
                (Some(signed), None)
            }
            Err(CheckpointError::Note(NoteError::NoKnownSigner)) => (None, None),
            Err(error) => (None, Some(error.to_string())),
        };
        Ok(Due { checkpoint, bad, signed, what })
    }
}

/// The root of streams that an extension line names.
fn streams_of(line: &str) -> Option<Hash> {
    line.strip_prefix(EXTENSION).and_then(|root| Hash::from_base64(root).ok())
}
