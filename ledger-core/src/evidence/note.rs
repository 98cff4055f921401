//! C2SP signed notes (<https://c2sp.org/signed-note>): a text, and who signed it.
//!
//! ```text
//! district.example/journal
//! 42
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — district.example/journal Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+Z...
//! ```
//!
//! Owns: the format, its limits, and verification with a set of known keys, so that a key can be
//! replaced with overlap: while the old and the new key both sign, a reader who knows either is
//! served. Does not own keys (`name`, `key`, `ring`) nor what the text says (`checkpoint`).
//!
//! Stricter than the specification asks: a signature of a known key that fails refuses the whole
//! note, base64 must be canonical, and sizes are bounded.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use self::key::{COSIGNATURE_SECONDS_MAX, KeyError, PublicKey, SecretKey};
pub use self::name::{KEY_NAME_BYTES_MAX, KeyId, KeyKind, KeyName};
pub use self::ring::KeyRing;

mod key;
mod name;
mod ring;
#[cfg(test)]
mod tests;

/// Longest note that is read, in bytes: 16 post-quantum signatures of others fit beside ours.
pub const NOTE_BYTES_MAX: usize = 262_144;
/// Most signatures a note may carry; the specification demands at least 16.
pub const SIGNATURES_MAX: usize = 100;

/// Between text and signatures: the end of the text's last line and the blank line.
const SEPARATOR: &str = "\n\n";
/// How a signature line begins: em dash, space.
const SIGNATURE_PREFIX: &str = "— ";
/// Bytes of the key id in front of each signature.
const KEY_ID_BYTES: usize = 4;

/// Why a note cannot be read, signed or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("the note is longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// More signatures than [`SIGNATURES_MAX`].
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// The note or the text to sign is not UTF-8, or has a control character other than newline.
    #[error("the note is not plain text")]
    NotText,
    /// The text does not end with a newline.
    #[error("the text of a note ends with a newline")]
    UnendedText,
    /// No blank line, or no complete signature line below it.
    #[error("the note has no signatures")]
    NoSignatures,
    /// A line among the signatures is malformed; the number counts signature lines from 1.
    #[error("signature line {0} is malformed")]
    MalformedSignature(usize),
    /// A known key did not make the signature that bears its name: the note was altered or forged.
    #[error("the signature by {name} (key {id}) does not hold")]
    InvalidSignature {
        /// Name of the key.
        name: KeyName,
        /// Id of the key.
        id: KeyId,
    },
    /// None of the known keys signed.
    #[error("no known key signed the note")]
    NoKnownSigner,
    /// The key cannot make or check the kind of signature asked for.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// One signature line, unverified: its name is a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    /// What follows the key id; for cosignatures the time comes first.
    bytes: Vec<u8>,
}

/// A well-formed note with at least one signature line; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that was checked with a known key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// The key that signed.
    pub key: PublicKey,
    /// When a cosigner signed, in seconds since 1970-01-01 UTC by its own clock; none for plain
    /// signatures.
    pub cosigned_at: Option<u64>,
}

impl SignedNote {
    /// Signs a text, which must end with a newline.
    ///
    /// # Errors
    /// [`NoteError::UnendedText`], [`NoteError::NotText`] or [`NoteError::TooLong`] for the text,
    /// and [`NoteError::Key`] for a key that only cosigns.
    pub fn sign(text: &str, key: &SecretKey) -> Result<Self, NoteError> {
        check_plain(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::UnendedText);
        }
        let mut note = Self { text: text.to_owned(), signatures: Vec::new() };
        note.add_signature(key)?;
        Ok(note)
    }

    /// Adds a signature over the text; one the same key made before is replaced.
    ///
    /// # Errors
    /// [`NoteError::Key`] for a key that only cosigns; [`NoteError::TooManySignatures`],
    /// [`NoteError::TooLong`].
    pub fn add_signature(&mut self, key: &SecretKey) -> Result<(), NoteError> {
        let bytes = key.sign(&self.text)?;
        self.put(key, bytes)
    }

    /// Adds a witness's cosignature made at a time in seconds since 1970-01-01 UTC; an earlier one
    /// of the same key is replaced. Whoever cosigns must have checked that the text is a checkpoint
    /// which extends the last one cosigned for its origin.
    ///
    /// # Errors
    /// [`NoteError::Key`] for a key that does not cosign, or a time beyond
    /// [`COSIGNATURE_SECONDS_MAX`]; [`NoteError::TooManySignatures`], [`NoteError::TooLong`].
    pub fn add_cosignature(&mut self, key: &SecretKey, seconds: u64) -> Result<(), NoteError> {
        let bytes = key.cosign(&self.text, seconds)?;
        self.put(key, bytes)
    }

    /// Adds a signature line that came from elsewhere, such as a witness's answer; unverified.
    ///
    /// # Errors
    /// [`NoteError::MalformedSignature`], [`NoteError::TooManySignatures`], [`NoteError::TooLong`].
    pub fn add_line(&mut self, line: &str) -> Result<(), NoteError> {
        check_plain(line)?;
        let line = line.strip_suffix('\n').unwrap_or(line);
        let next = self.signatures.len().saturating_add(1);
        let signature = NoteSignature::parse(line).ok_or(NoteError::MalformedSignature(next))?;
        self.replace(signature)
    }

    /// Reads a note from outside.
    ///
    /// # Errors
    /// Every [`NoteError`] but those of verification; signatures of unknown kinds are kept unread.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        check_plain(note)?;
        let (text, lines) = note.rsplit_once(SEPARATOR).ok_or(NoteError::NoSignatures)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (line, number) in lines.split('\n').zip(1..) {
            if number > SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(NoteSignature::parse(line).ok_or(NoteError::MalformedSignature(number))?);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text that was signed, with its last newline. Believe it only after
    /// [`SignedNote::verify`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order; at least one.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks every signature that names a key of the ring, and ignores all others. Gives each key
    /// once.
    ///
    /// # Errors
    /// [`NoteError::InvalidSignature`] if one of them fails, [`NoteError::NoKnownSigner`] if there
    /// is none.
    pub fn verify(&self, ring: &KeyRing) -> Result<Vec<VerifiedSignature>, NoteError> {
        let mut verified: Vec<VerifiedSignature> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = ring.find(&signature.name, signature.id) else {
                continue;
            };
            let cosigned_at = key
                .verify(&self.text, &signature.bytes)
                .map_err(|_| NoteError::InvalidSignature { name: signature.name.clone(), id: signature.id })?;
            if verified.iter().all(|earlier| earlier.key != *key) {
                verified.push(VerifiedSignature { key: key.clone(), cosigned_at });
            }
        }
        if verified.is_empty() { Err(NoteError::NoKnownSigner) } else { Ok(verified) }
    }

    fn put(&mut self, key: &SecretKey, bytes: Vec<u8>) -> Result<(), NoteError> {
        let public = key.public();
        self.replace(NoteSignature { name: public.name().clone(), id: public.id(), bytes })
    }

    fn replace(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        let mut next = self.clone();
        next.signatures.retain(|old| (&old.name, old.id) != (&signature.name, signature.id));
        next.signatures.push(signature);
        if next.signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        if next.to_string().len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        *self = next;
        Ok(())
    }
}

/// The note as it is stored, sent and printed.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for signature in &self.signatures {
            write!(f, "\n{signature}")?;
        }
        f.write_str("\n")
    }
}

impl NoteSignature {
    /// Name of the key that claims to have signed.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key that claims to have signed.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What follows the key id: the signature, for cosignatures with the time in front.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
        let name = name.parse().ok()?;
        let decoded = STANDARD.decode(signature).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<KEY_ID_BYTES>()?;
        if bytes.is_empty() {
            return None;
        }
        Some(Self { name, id: KeyId::from_bytes(*id), bytes: bytes.to_vec() })
    }
}

/// The signature line without its newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signature = self.id.to_bytes().to_vec();
        signature.extend(&self.bytes);
        write!(f, "{SIGNATURE_PREFIX}{} {}", self.name, STANDARD.encode(signature))
    }
}

/// Only newlines may stand among the control characters, so that a terminal shows what was signed.
fn check_plain(text: &str) -> Result<(), NoteError> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong);
    }
    if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(NoteError::NotText);
    }
    Ok(())
}
