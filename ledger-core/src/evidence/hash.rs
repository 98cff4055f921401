//! The hash functions a journal may be built on, and the 32-byte value they give.
//!
//! Owns: the two hash suites with their stable names, the RFC 9162 domain separation of leaves and
//! nodes, and every text form of a hash. Does not own the order in which hashes are combined
//! (`merkle`) nor the bytes of a leaf (`leaf`).
//!
//! Nothing here allocates while hashing. SHA-256 uses the processor's SHA instructions where
//! they are found at run time.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use digest::Digest;
use digest::typenum::U32;

#[cfg(test)]
mod tests;

/// First byte of what is hashed for a leaf (RFC 9162, section 2.1.1).
const LEAF_PREFIX: u8 = 0x00;
/// First byte of what is hashed for an inner node (RFC 9162, section 2.1.1).
const NODE_PREFIX: u8 = 0x01;
/// Prefix and two children.
const NODE_INPUT_BYTES: usize = 65;

/// The hash function of a journal, chosen when the journal is made and never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashSuite {
    /// SHA-256 (FIPS 180-4); what other transparency logs use.
    Sha256,
    /// SM3 (GB/T 32905-2016), for offices that must use commercial cryptography of China.
    Sm3,
}

/// A hash value of 32 bytes, of either suite. Ordered by its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; Hash::BYTES]);

/// Why a text or a byte string is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The value does not have 32 bytes (64 hexadecimal digits).
    #[error("a hash has 32 bytes")]
    Length,
    /// A character is not one of `0-9a-f`; capitals are refused so that a hash has one spelling.
    #[error("a hash is written in lower-case hexadecimal digits")]
    Digit,
    /// Not standard base64 with padding (RFC 4648, section 4).
    #[error("not canonical base64")]
    Base64,
}

/// A hash suite nobody here knows; carries nothing of the text, which may be hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown hash suite, known are sha-256 and sm3")]
pub struct UnknownSuite;

impl HashSuite {
    /// Every suite, in the order of their introduction.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sm3];

    /// The stable name: `sha-256` or `sm3`. Recorded in journals and bundles; never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sm3 => "sm3",
        }
    }

    /// `H(0x00 || entry)`: the hash of a leaf whose canonical bytes are `entry`.
    #[must_use]
    pub fn leaf_hash(self, entry: &[u8]) -> Hash {
        match self {
            Self::Sha256 => leaf_hash_with::<sha2::Sha256>(entry),
            Self::Sm3 => leaf_hash_with::<sm3::Sm3>(entry),
        }
    }

    /// `H(0x01 || left || right)`: the hash of an inner node.
    #[must_use]
    pub fn node_hash(self, left: Hash, right: Hash) -> Hash {
        match self {
            Self::Sha256 => node_hash_with::<sha2::Sha256>(left, right),
            Self::Sm3 => node_hash_with::<sm3::Sm3>(left, right),
        }
    }

    /// `H("")`: the root of a tree without leaves.
    #[must_use]
    pub fn empty_root(self) -> Hash {
        self.digest(&[])
    }

    /// `H(bytes)` with no prefix: for file manifests and fingerprints, never for tree nodes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Hash {
        match self {
            Self::Sha256 => Hash(sha2::Sha256::digest(bytes).into()),
            Self::Sm3 => Hash(sm3::Sm3::digest(bytes).into()),
        }
    }
}

impl fmt::Display for HashSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for HashSuite {
    type Err = UnknownSuite;

    fn from_str(text: &str) -> Result<Self, UnknownSuite> {
        Self::ALL.into_iter().find(|suite| suite.name() == text).ok_or(UnknownSuite)
    }
}

impl Hash {
    /// Length in bytes.
    pub const BYTES: usize = 32;
    /// Length of the hexadecimal form in characters.
    pub const HEX_CHARS: usize = 64;

    /// Takes 32 bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The lower-case hexadecimal digits, as [`Hash`] is displayed.
    #[must_use]
    pub fn to_hex(self) -> [u8; Self::HEX_CHARS] {
        let mut text = [0_u8; Self::HEX_CHARS];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 0x0f)]);
        }
        text
    }

    /// Standard base64 with padding, 44 characters; the form checkpoints use.
    #[must_use]
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads the form of [`Hash::to_base64`].
    ///
    /// # Errors
    /// [`HashError::Base64`] unless canonical base64 with padding; [`HashError::Length`] unless 32
    /// bytes.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        let bytes = STANDARD.decode(text).map_err(|_| HashError::Base64)?;
        Self::try_from(bytes.as_slice())
    }
}

impl From<[u8; Hash::BYTES]> for Hash {
    fn from(bytes: [u8; Hash::BYTES]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = HashError;

    fn try_from(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError::Length)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(str::from_utf8(&self.to_hex()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        if text.len() != Self::HEX_CHARS {
            return Err(HashError::Length);
        }
        let mut bytes = [0_u8; Self::BYTES];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let [high, low] = pair else {
                return Err(HashError::Length);
            };
            *byte = (hex_value(*high)? << 4) | hex_value(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn leaf_hash_with<D: Digest<OutputSize = U32>>(entry: &[u8]) -> Hash {
    let mut hasher = D::new();
    hasher.update([LEAF_PREFIX]);
    hasher.update(entry);
    Hash(hasher.finalize().into())
}

/// One update over a stack buffer: measurably cheaper than three small ones.
fn node_hash_with<D: Digest<OutputSize = U32>>(left: Hash, right: Hash) -> Hash {
    let mut input = [NODE_PREFIX; NODE_INPUT_BYTES];
    let [_, children @ ..] = &mut input;
    let (first, second) = children.split_at_mut(Hash::BYTES);
    first.copy_from_slice(&left.0);
    second.copy_from_slice(&right.0);
    Hash(D::digest(input).into())
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0'.wrapping_add(nibble),
        _ => b'a'.wrapping_add(nibble.wrapping_sub(10)),
    }
}

const fn hex_value(digit: u8) -> Result<u8, HashError> {
    match digit {
        b'0'..=b'9' => Ok(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Ok(digit.wrapping_sub(b'a').wrapping_add(10)),
        _ => Err(HashError::Digit),
    }
}
