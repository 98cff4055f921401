//! What a witness is asked and how it judges (<https://c2sp.org/tlog-witness>): another office that signs checkpoints of
//! this journal only as long as each extends the one it signed before.
//!
//! ```text
//! old 20852014                                     size of the last checkpoint it cosigned, 0 if none
//! PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=     consistency proof from there, a hash a line
//!
//! example.com/behind-the-sofa                      the checkpoint to cosign, with the log's signatures
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZni...
//! ```
//!
//! The same text is the body of an HTTP request and the content of a file that is carried from one office to the other.
//! Owns: that text and the judgement. Does not own the witness's memory: whoever cosigns must keep what it cosigned before
//! it gives its signature away, and must do so for one request at a time.

use std::fmt;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::Hash;
use super::note::{KeyRing, NoteError, SignedNote};
use super::proof::verify_consistency;

#[cfg(test)]
mod tests;

/// Most hashes of a consistency proof that are sent.
pub const PROOF_HASHES_MAX: usize = 63;
/// Longest request that is read, in bytes.
pub const REQUEST_BYTES_MAX: usize = 65_536;

/// A checkpoint to cosign, with the proof that it extends an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the last checkpoint that the witness cosigned.
    pub old_size: u64,
    /// Consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by its log.
    pub note: SignedNote,
}

/// What a witness cosigned last for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Why a witness does not cosign; each has its status in the specification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// 400: the request is not of the form.
    #[error("not a request to a witness: {0}")]
    Malformed(String),
    /// 400: the old size exceeds the checkpoint's.
    #[error("the old size exceeds the size of the checkpoint")]
    OldBeyond,
    /// 404: the witness does not watch this log.
    #[error("this witness does not watch the log {0}")]
    UnknownLog(String),
    /// 403: no key trusted for the log signed.
    #[error("no key that this witness trusts for the log signed the checkpoint: {0}")]
    UnknownSigner(CheckpointError),
    /// 409: the witness last cosigned another size.
    #[error("this witness last cosigned {last} entries, not {old}")]
    OtherSize {
        /// What it last cosigned.
        last: u64,
        /// What the request says.
        old: u64,
    },
    /// 409: the same size with another root. Both checkpoints together prove that the log forked.
    #[error("this witness cosigned another root for {0} entries: the log shows two histories")]
    OtherRoot(u64),
    /// 422: the proof does not show that the checkpoint extends the last one.
    #[error("the checkpoint is not shown to extend the {0} entries cosigned before")]
    NotConsistent(u64),
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`WitnessRefusal::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WitnessRefusal> {
        let malformed = |what: &str| WitnessRefusal::Malformed(what.to_owned());
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(malformed("it is too long"));
        }
        let text = str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        let (head, note) = text.split_once("\n\n").ok_or_else(|| malformed("no blank line ends the proof"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or_else(|| malformed("no old size"))?;
        let canonical = old == "0" || (!old.starts_with('0') && old.bytes().all(|digit| digit.is_ascii_digit()));
        let old_size = old.parse().ok().filter(|_| canonical).ok_or_else(|| malformed("the old size is no number"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(malformed("the proof has too many hashes"));
            }
            proof.push(Hash::from_base64(line).map_err(|error| malformed(&error.to_string()))?);
        }
        let note = SignedNote::parse(note.as_bytes()).map_err(|error| malformed(&error.to_string()))?;
        Ok(Self { old_size, proof, note })
    }

    /// The journal that the checkpoint says it is of; a claim until it is judged.
    ///
    /// # Errors
    /// [`WitnessRefusal::Malformed`] when the note is no checkpoint.
    pub fn claimed(&self) -> Result<Checkpoint, WitnessRefusal> {
        self.note.text().parse().map_err(|error: CheckpointError| WitnessRefusal::Malformed(error.to_string()))
    }

    /// What the specification has a witness check, in its order; the checkpoint to cosign if all of it holds. `keys` are
    /// those that the witness trusts for this log, none for a log it does not watch.
    ///
    /// # Errors
    /// [`WitnessRefusal`].
    pub fn judge(&self, keys: &KeyRing, last: Option<Cosigned>) -> Result<Checkpoint, WitnessRefusal> {
        let claimed = self.claimed()?;
        if keys.keys().next().is_none() {
            return Err(WitnessRefusal::UnknownLog(claimed.origin().to_owned()));
        }
        let note = self.note.to_string();
        let opened = Checkpoint::open(note.as_bytes(), claimed.origin(), keys, &KeyRing::new());
        let checkpoint = opened.map_err(WitnessRefusal::UnknownSigner)?.checkpoint;
        let suite = checkpoint.suite().map_err(|error| WitnessRefusal::Malformed(error.to_string()))?;
        let (old, size) = (self.old_size, checkpoint.size());
        if old > size {
            return Err(WitnessRefusal::OldBeyond);
        }
        let last_size = last.map_or(0, |last| last.size);
        if old != last_size {
            return Err(WitnessRefusal::OtherSize { last: last_size, old });
        }
        let last_root = last.map_or_else(|| suite.empty_root(), |last| last.root);
        if last.is_some() && old == size && last_root != checkpoint.root() {
            return Err(WitnessRefusal::OtherRoot(size));
        }
        verify_consistency(suite, old, size, last_root, checkpoint.root(), &self.proof)
            .map_err(|_| WitnessRefusal::NotConsistent(old))?;
        Ok(checkpoint)
    }
}

impl WitnessRefusal {
    /// The HTTP status of the specification.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldBeyond => 400,
            Self::UnknownSigner(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::OtherSize { .. } | Self::OtherRoot(_) => 409,
            Self::NotConsistent(_) => 422,
        }
    }
}

/// The request as it is sent.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.note)
    }
}

/// Puts the signature lines of a witness's answer under the checkpoint they are of.
///
/// # Errors
/// [`NoteError`] for a line that is none.
pub fn with_lines(note: &SignedNote, answer: &str) -> Result<SignedNote, NoteError> {
    let mut note = note.clone();
    for line in answer.lines().filter(|line| !line.trim().is_empty()) {
        note.add_line(line)?;
    }
    Ok(note)
}
