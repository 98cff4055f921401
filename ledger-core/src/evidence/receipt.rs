//! A receipt: one entry, the proof that it stands in the log, and the signed checkpoint the proof leads to, in one file
//! that needs nothing else but the journal's public key (<https://c2sp.org/tlog-proof>).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra MjoxMiwzMjoyMDI0LTAxLTAxVDA4OjAxOjM2LjAwMDAw...    the entry's leaf bytes, base64
//! index 11                                                its position less one
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=            inclusion proof, a hash a line
//!
//! district.example/journal                                the checkpoint, as it was published
//! 109482
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — district.example/journal hI2DJw...
//! ```
//!
//! The specification leaves the extra data to the application and says that nothing vouches for it. Here it is the leaf,
//! and the proof itself vouches for it: only these bytes have the hash that the proof begins with.
//!
//! Owns: the text, and what it takes to believe it. The short form for QR codes is in `compact`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{Checkpoint, CheckpointError, VerifiedCheckpoint};
use super::hash::Hash;
use super::leaf::{LeafError, LeafFields};
use super::note::{KeyRing, NoteError, SignedNote};
use super::proof::{ProofError, verify_inclusion};

pub use self::compact::{COMPACT_PREFIX, CompactError};

mod base45;
mod compact;
#[cfg(test)]
mod tests;

/// First line of a receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Longest receipt that is read, in bytes: an entry of a megabyte and a note fit.
pub const RECEIPT_BYTES_MAX: usize = 4 << 20;
/// Most hashes of an inclusion proof.
const PATH_MAX: usize = 64;

/// One entry with its proof and checkpoint; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's leaf bytes.
    pub leaf: Vec<u8>,
    /// Its index in the tree: the position less one.
    pub index: u64,
    /// Inclusion proof, from the leaf's sibling up.
    pub path: Vec<Hash>,
    /// The signed checkpoint that the proof leads to.
    pub note: SignedNote,
}

/// Why a receipt cannot be read or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not the text of a receipt.
    #[error("not a receipt: {0}")]
    Form(&'static str),
    /// Not the short form of a receipt.
    #[error(transparent)]
    Compact(#[from] CompactError),
    /// The note below the proof is none.
    #[error("the checkpoint of the receipt: {0}")]
    Note(#[from] NoteError),
    /// The checkpoint is not believed.
    #[error("the checkpoint of the receipt: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in canonical form.
    #[error("the entry of the receipt: {0}")]
    Leaf(#[from] LeafError),
    /// The entry says another position than the proof is for.
    #[error("the entry is of position {said}, the proof is for position {proved}")]
    OtherPosition {
        /// What the entry says.
        said: u64,
        /// What is proved.
        proved: u64,
    },
    /// The proof does not lead from the entry to the checkpoint.
    #[error("the entry is not shown to be in the journal: {0}")]
    Proof(#[from] ProofError),
}

impl Receipt {
    /// Reads the text of a receipt, or its short form.
    ///
    /// # Errors
    /// [`ReceiptError`] but those of verification.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let form = ReceiptError::Form;
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(form("it is too long"));
        }
        let text = str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        if let Some(short) = text.trim().strip_prefix(COMPACT_PREFIX) {
            return Ok(compact::read(short)?);
        }
        let (head, note) = text.split_once("\n\n").ok_or(form("no blank line ends the proof"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(form("it does not begin with c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or(form("it carries no entry"))?;
        let leaf = STANDARD.decode(extra).map_err(|_| form("its entry is not base64"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or(form("it names no index"))?;
        let canonical = index == "0" || (!index.starts_with('0') && index.bytes().all(|digit| digit.is_ascii_digit()));
        let index = index.parse().ok().filter(|_| canonical).ok_or(form("its index is no number"))?;
        let path = lines.map(|line| Hash::from_base64(line).map_err(|_| form("a line of its proof is no hash")));
        let path = path.take(PATH_MAX.saturating_add(1)).collect::<Result<Vec<_>, _>>()?;
        if path.len() > PATH_MAX {
            return Err(form("its proof is too long"));
        }
        Ok(Self { leaf, index, path, note: SignedNote::parse(note.as_bytes())? })
    }

    /// The entry's fields; a claim until [`Receipt::verify`].
    ///
    /// # Errors
    /// [`ReceiptError::Leaf`].
    pub fn entry(&self) -> Result<LeafFields<'_>, ReceiptError> {
        Ok(LeafFields::decode(&self.leaf)?)
    }

    /// Believes the receipt if one of the journal's keys signed its checkpoint and the proof leads from the entry to it.
    /// The journal is the one that the keys are named after.
    ///
    /// # Errors
    /// [`ReceiptError`] for the first reason found.
    pub fn verify(&self, journal_keys: &KeyRing, witnesses: &KeyRing) -> Result<VerifiedCheckpoint, ReceiptError> {
        let claimed: Checkpoint = self.note.text().parse()?;
        let mut own = KeyRing::new();
        for key in journal_keys.keys().filter(|key| key.name().as_str() == claimed.origin()) {
            own.trust(key.clone()).map_err(NoteError::Key)?;
        }
        let verified = Checkpoint::open(self.note.to_string().as_bytes(), claimed.origin(), &own, witnesses)?;
        let checkpoint = &verified.checkpoint;
        let (said, proved) = (self.entry()?.position, self.index.saturating_add(1));
        if said != proved {
            return Err(ReceiptError::OtherPosition { said, proved });
        }
        let suite = checkpoint.suite()?;
        let leaf = suite.leaf_hash(&self.leaf);
        verify_inclusion(suite, leaf, self.index, checkpoint.size(), &self.path, checkpoint.root())?;
        Ok(verified)
    }

    /// The short form: text that a QR code holds in its dense alphanumeric mode.
    ///
    /// # Errors
    /// [`CompactError`] for a checkpoint with extension lines of others.
    pub fn to_compact(&self) -> Result<String, CompactError> {
        compact::write(self)
    }
}

/// The receipt as a file with the ending `.tlog-proof`.
impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nextra {}\nindex {}", STANDARD.encode(&self.leaf), self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.note)
    }
}
