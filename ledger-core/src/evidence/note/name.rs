//! How a signer is named in a note: key name, key id, kind of signature.
//!
//! The id is the first four bytes of `SHA-256(name || "\n" || kind || public key)`, whatever the
//! journal's hash suite is. It tells keys of one name apart and protects nothing.

use std::fmt;
use std::str::FromStr;

use digest::Digest;

use super::key::KeyError;

/// Longest key name in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 255;
/// Characters of a key id.
const KEY_ID_CHARS: usize = 8;

/// The kind of signature a key makes; it is part of the key's id, so the kinds cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// `0x01`: Ed25519 over the text of the note.
    Ed25519,
    /// `0x04`: a witness's timestamped cosignature of a checkpoint, `cosignature/v1`
    /// (<https://c2sp.org/tlog-cosignature>). A witness uses this secret key for nothing else.
    CosignatureV1,
}

/// The name of a key; for a journal's keys the checkpoint's origin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// Four bytes that tell keys of one name apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > KEY_NAME_BYTES_MAX || text.contains(forbidden) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl KeyId {
    /// Takes the four bytes in front of a signature.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(bytes))
    }

    /// The four bytes in front of a signature.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    pub(super) fn of(name: &KeyName, kind: KeyKind, public: &[u8; 32]) -> Self {
        let hasher = sha2::Sha256::new().chain_update(&name.0).chain_update(b"\n");
        let digest: [u8; 32] = hasher.chain_update([kind.byte()]).chain_update(public).finalize().into();
        let [a, b, c, d, ..] = digest;
        Self::from_bytes([a, b, c, d])
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    /// Reads the form that is displayed.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() != KEY_ID_CHARS || !digits {
            return Err(KeyError::Form);
        }
        u32::from_str_radix(text, 16).map(Self).map_err(|_| KeyError::Form)
    }
}

/// Eight lower-case hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl KeyKind {
    pub(super) const ALL: [Self; 2] = [Self::Ed25519, Self::CosignatureV1];

    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }
}
