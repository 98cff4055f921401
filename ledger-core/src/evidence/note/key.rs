//! Keys that sign notes: their text forms and the two kinds of Ed25519 signature.
//!
//! Owns: the C2SP key forms, which Go's `sumdb/note` and other transparency tools read and write
//! alike.
//!
//! | key | text |
//! | --- | --- |
//! | public | `<name>+<id>+<base64(kind \|\| 32 bytes)>` |
//! | secret | `PRIVATE+KEY+<name>+<id>+<base64(kind \|\| 32-byte seed)>` |
//!
//! Does not own where secret keys are kept, nor where the seed's randomness comes from.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::name::{KeyId, KeyKind, KeyName};

/// Latest time of a cosignature, in seconds since 1970-01-01 UTC: the specification's 2^63 - 1.
pub const COSIGNATURE_SECONDS_MAX: u64 = i64::MAX.unsigned_abs();

/// Longer texts are no keys; what is read stays small.
const KEY_TEXT_BYTES_MAX: usize = 512;
/// What every secret key begins with, so that nobody mistakes it for a public one.
const SECRET_PREFIX: &str = "PRIVATE+KEY+";
/// Bytes of a cosignature's time.
const TIME_BYTES: usize = 8;

/// Why a key cannot be read, or does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, longer than [`super::KEY_NAME_BYTES_MAX`], or has a blank, a plus or a
    /// control character.
    #[error("a key name is not empty and has no blank and no plus sign")]
    Name,
    /// The text is not of the form that keys have.
    #[error("not the text of a key")]
    Form,
    /// A kind of key this ledger does not use.
    #[error("unknown kind of key")]
    UnknownKind,
    /// The id does not belong to the name and the key: one of them was altered.
    #[error("the key's id does not fit its name and key")]
    IdMismatch,
    /// The public key is no point of the curve, or one for which signatures prove nothing.
    #[error("not a usable Ed25519 public key")]
    Unusable,
    /// A plain key was asked to cosign, or a cosigner's key to sign.
    #[error("the key makes another kind of signature")]
    WrongKind,
    /// The time is beyond [`COSIGNATURE_SECONDS_MAX`].
    #[error("the time of the cosignature is out of range")]
    Time,
    /// The signature was not made by this key over this text.
    #[error("the signature does not hold")]
    InvalidSignature,
    /// Two different keys share name and id, or one key has two names.
    #[error("a key is ambiguous among the trusted keys")]
    Ambiguous,
}

/// A key that checks signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: KeyName,
    kind: KeyKind,
    id: KeyId,
    key: VerifyingKey,
}

/// A key that signs. Shown by nothing but [`SecretKey::to_secret_text`]; wiped from memory when
/// dropped.
#[derive(Clone)]
pub struct SecretKey {
    public: PublicKey,
    key: SigningKey,
}

impl PublicKey {
    /// Makes a key of a name, a kind and the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::Unusable`].
    pub fn new(name: KeyName, kind: KeyKind, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Unusable)?;
        if key.is_weak() {
            return Err(KeyError::Unusable);
        }
        Ok(Self { id: KeyId::of(&name, kind, bytes), name, kind, key })
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The kind of signature the key checks.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The 32 bytes of RFC 8032.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Checks what stands behind the key id in a signature line; gives the time of a cosignature in
    /// seconds since 1970-01-01 UTC. Strict in the sense of RFC 8032: a signature holds for one
    /// text only.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, KeyError> {
        match self.kind {
            KeyKind::Ed25519 => self.verify_bytes(text.as_bytes(), signature).map(|()| None),
            KeyKind::CosignatureV1 => {
                let (time, signature) =
                    signature.split_first_chunk::<TIME_BYTES>().ok_or(KeyError::InvalidSignature)?;
                let seconds = u64::from_be_bytes(*time);
                self.verify_bytes(cosigned_message(text, seconds)?.as_bytes(), signature)?;
                Ok(Some(seconds))
            }
        }
    }

    fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        let signature = Signature::from_slice(signature).map_err(|_| KeyError::InvalidSignature)?;
        self.key.verify_strict(message, &signature).map_err(|_| KeyError::InvalidSignature)
    }
}

/// The text to hand to verifiers.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, key_base64(self.kind, self.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, kind, bytes) = parse_key(text)?;
        let key = Self::new(name, kind, &bytes)?;
        if key.id == id { Ok(key) } else { Err(KeyError::IdMismatch) }
    }
}

impl SecretKey {
    /// Makes a key of 32 bytes of randomness, which the caller must have from a source fit for
    /// keys.
    ///
    /// # Errors
    /// [`KeyError::Unusable`], which no random seed gives in practice.
    pub fn from_seed(name: KeyName, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { public, key })
    }

    /// The key that checks this key's signatures.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The text to keep secret: whoever has it signs as this key.
    #[must_use]
    pub fn to_secret_text(&self) -> String {
        let PublicKey { name, id, kind, .. } = &self.public;
        format!("{SECRET_PREFIX}{name}+{id}+{}", key_base64(*kind, self.key.as_bytes()))
    }

    pub(super) fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        if self.public.kind != KeyKind::Ed25519 {
            return Err(KeyError::WrongKind);
        }
        Ok(self.key.sign(text.as_bytes()).to_bytes().to_vec())
    }

    pub(super) fn cosign(&self, text: &str, seconds: u64) -> Result<Vec<u8>, KeyError> {
        if self.public.kind != KeyKind::CosignatureV1 {
            return Err(KeyError::WrongKind);
        }
        let message = cosigned_message(text, seconds)?;
        let mut bytes = seconds.to_be_bytes().to_vec();
        bytes.extend(self.key.sign(message.as_bytes()).to_bytes());
        Ok(bytes)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}+{}, hidden)", self.public.name, self.public.id)
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, kind, seed) = parse_key(text.strip_prefix(SECRET_PREFIX).ok_or(KeyError::Form)?)?;
        let key = Self::from_seed(name, kind, &seed)?;
        if key.public.id == id { Ok(key) } else { Err(KeyError::IdMismatch) }
    }
}

/// What a cosigner signs: a header that separates it from every other use of the key, its time, the
/// text.
fn cosigned_message(text: &str, seconds: u64) -> Result<String, KeyError> {
    if seconds > COSIGNATURE_SECONDS_MAX {
        return Err(KeyError::Time);
    }
    Ok(format!("cosignature/v1\ntime {seconds}\n{text}"))
}

fn key_base64(kind: KeyKind, bytes: &[u8; 32]) -> String {
    let mut content = vec![kind.byte()];
    content.extend(bytes);
    STANDARD.encode(content)
}

/// Reads `<name>+<id>+<base64>`; whether the id fits is for the caller, who knows the public key.
fn parse_key(text: &str) -> Result<(KeyName, KeyId, KeyKind, [u8; 32]), KeyError> {
    if text.len() > KEY_TEXT_BYTES_MAX {
        return Err(KeyError::Form);
    }
    let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
    let (id, content) = rest.split_once('+').ok_or(KeyError::Form)?;
    let id = id.parse()?;
    let content = STANDARD.decode(content).map_err(|_| KeyError::Form)?;
    let (kind, bytes) = content.split_first().ok_or(KeyError::Form)?;
    let kind = KeyKind::ALL.into_iter().find(|known| known.byte() == *kind).ok_or(KeyError::UnknownKind)?;
    let bytes = bytes.try_into().map_err(|_| KeyError::Form)?;
    Ok((name.parse()?, id, kind, bytes))
}
