//! C2SP checkpoints (<https://c2sp.org/tlog-checkpoint>): size and root of a journal's tree, to be
//! signed.
//!
//! ```text
//! district.example/journal                       origin: which journal
//! 42                                             size: its last position
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root, base64
//! ```
//!
//! The specification knows SHA-256 alone. A journal built on another suite says so in an extension line, `hash sm3`, so
//! that a checkpoint can be read by itself and no reader takes one hash for the other.
//!
//! Owns: the text, its strict reading, and what it takes to believe one. Does not own signatures
//! (`note`), nor the rule that a journal never signs two checkpoints that contradict each other:
//! that needs memory of what was signed before.

use std::fmt;
use std::str::FromStr;

use super::hash::{Hash, HashSuite};
use super::note::{KeyRing, NoteError, SecretKey, SignedNote, VerifiedSignature};

#[cfg(test)]
mod tests;

/// Longest origin in bytes; other C2SP signature kinds allow no more.
pub const ORIGIN_BYTES_MAX: usize = 255;
/// Most extension lines a checkpoint may carry.
pub const EXTENSIONS_MAX: usize = 16;
/// Longest extension line in bytes.
pub const EXTENSION_BYTES_MAX: usize = 1_024;

/// How the extension line that names a hash suite begins.
const SUITE_LINE: &str = "hash ";

/// What a journal states of itself: with so many entries it has this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A checkpoint whose signatures were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The journal's keys that signed; at least one, two while a key is being replaced.
    pub signatures: Vec<VerifiedSignature>,
    /// The witnesses that cosigned, each once; none if none was trusted or none has cosigned.
    pub cosignatures: Vec<VerifiedSignature>,
}

/// Why a checkpoint cannot be written, read or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The origin is empty, longer than [`ORIGIN_BYTES_MAX`], or has a control character.
    #[error("the origin of the checkpoint is not a line of text of at most {ORIGIN_BYTES_MAX} bytes")]
    Origin,
    /// The size is not a decimal number of 64 bits without leading zeros.
    #[error("the size of the checkpoint is not a decimal number without leading zeros")]
    Size,
    /// The root is not canonical base64 of 32 bytes.
    #[error("the root of the checkpoint is not base64 of 32 bytes")]
    Root,
    /// An extension line is empty, too long, has a control character, or is one too many.
    #[error("an extension line of the checkpoint is not acceptable")]
    Extension,
    /// An extension line names a hash suite that nobody here knows.
    #[error("the checkpoint names an unknown hash suite")]
    Suite,
    /// Fewer than three lines, or the last line is not ended.
    #[error("a checkpoint has at least three lines, each ended by a newline")]
    Lines,
    /// The checkpoint is of another journal.
    #[error("the checkpoint is of the journal {0}")]
    OtherOrigin(String),
    /// The signing key is not named like the origin, so readers would not find it.
    #[error("the key that signs a checkpoint bears the origin as its name")]
    KeyName,
    /// A key of the journal is trusted as witness too; nobody is the own witness.
    #[error("a key of the journal is among the witnesses")]
    OwnWitness,
    /// The note or its signatures do not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// States that the journal `origin` has `root` with `size` entries. The origin is best a name
    /// as in `district.example/journal`, with neither blank nor plus, so that a key can bear it.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_line(origin, ORIGIN_BYTES_MAX) {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Adds an extension line. Signed, but nobody else's tools check what it says.
    ///
    /// # Errors
    /// [`CheckpointError::Extension`].
    pub fn with_extension(mut self, line: &str) -> Result<Self, CheckpointError> {
        if !is_line(line, EXTENSION_BYTES_MAX) || self.extensions.len() >= EXTENSIONS_MAX {
            return Err(CheckpointError::Extension);
        }
        self.extensions.push(line.to_owned());
        Ok(self)
    }

    /// States that a journal built on this hash suite has `root` with `size` entries.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`].
    pub fn of_suite(suite: HashSuite, origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        let checkpoint = Self::new(origin, size, root)?;
        match suite {
            HashSuite::Sha256 => Ok(checkpoint),
            HashSuite::Sm3 => checkpoint.with_extension(&format!("{SUITE_LINE}{suite}")),
        }
    }

    /// The hash suite of its tree: SHA-256 unless an extension line names another.
    ///
    /// # Errors
    /// [`CheckpointError::Suite`] for a suite nobody here knows.
    pub fn suite(&self) -> Result<HashSuite, CheckpointError> {
        match self.extensions.iter().find_map(|line| line.strip_prefix(SUITE_LINE)) {
            None => Ok(HashSuite::Sha256),
            Some(name) => name.parse().map_err(|_| CheckpointError::Suite),
        }
    }

    /// Which journal.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of entries, which is the last position.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Root of the Merkle tree over these entries.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// Extension lines, in order.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Whether both cannot be true: one journal, one size, two roots. Two such checkpoints with
    /// good signatures prove a fork; for different sizes only a consistency proof can tell.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        self.origin == other.origin && self.size == other.size && self.root != other.root
    }

    /// Signs with a key of the journal.
    ///
    /// # Errors
    /// [`CheckpointError::KeyName`], or [`CheckpointError::Note`] for a key that only cosigns.
    pub fn sign(&self, key: &SecretKey) -> Result<SignedNote, CheckpointError> {
        if key.public().name().as_str() != self.origin {
            return Err(CheckpointError::KeyName);
        }
        Ok(SignedNote::sign(&self.to_string(), key)?)
    }

    /// Reads a note and believes it if at least one of the journal's keys signed and no signature
    /// of any trusted key fails. How many witnesses are enough is for the caller to say.
    ///
    /// # Errors
    /// Any [`CheckpointError`] but that of signing; nothing of the text is given out before it is
    /// verified, except an origin that is not the one expected.
    pub fn open(
        note: &[u8],
        origin: &str,
        journal_keys: &KeyRing,
        witnesses: &KeyRing,
    ) -> Result<VerifiedCheckpoint, CheckpointError> {
        let shared = |key: &_| witnesses.keys().any(|witness| witness.as_bytes() == key);
        if journal_keys.keys().any(|key| shared(key.as_bytes())) {
            return Err(CheckpointError::OwnWitness);
        }
        let note = SignedNote::parse(note)?;
        let signatures = note.verify(journal_keys)?;
        let cosignatures = match note.verify(witnesses) {
            Err(NoteError::NoKnownSigner) => Vec::new(),
            verified => verified?,
        };
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::OtherOrigin(checkpoint.origin));
        }
        Ok(VerifiedCheckpoint { checkpoint, signatures, cosignatures })
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads the text of a note; says nothing about signatures.
impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Lines);
        let (origin, size, root) = (next()?, next()?, next()?);
        let size = parse_size(size).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointError::Root)?;
        lines.try_fold(Self::new(origin, size, root)?, |checkpoint, line| checkpoint.with_extension(line))
    }
}

fn parse_size(digits: &str) -> Option<u64> {
    let leading_zero = digits.starts_with('0') && digits != "0";
    let only_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    if leading_zero || !only_digits { None } else { digits.parse().ok() }
}

/// One non-empty line as a note may hold it.
fn is_line(text: &str, bytes_max: usize) -> bool {
    !text.is_empty() && text.len() <= bytes_max && text.bytes().all(|byte| byte >= b' ')
}
