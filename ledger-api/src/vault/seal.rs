//! Sealing with AES-256-GCM: a person's key under the district key, a person's fields under the person's key.
//!
//! Both are bound to whom and what they are for, so that bytes moved to another person or field do not open. The binding
//! names no journal: a vault moves with its journal to another server and still opens.
//!
//! | sealed bytes | form 1 (1 byte) ‖ nonce (12, random) ‖ ciphertext ‖ tag (16) |
//! | --- | --- |
//! | bound to | label ‖ each part as length (8, big-endian) ‖ bytes |

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::VaultError;
use super::store::{Subject, WrappedKey};
use crate::side_store::SideStoreError;

/// Bytes of every key.
pub(super) const KEY_BYTES: usize = 32;
/// Bytes of a key's id.
pub(super) const KEY_ID_BYTES: usize = 16;

/// The form of sealed bytes, so that another cipher can follow.
const FORM: u8 = 1;
const NONCE_BYTES: usize = 12;

const LABEL_KEY: &[u8] = b"nuanxin vault 1 person key";
const LABEL_FIELD: &[u8] = b"nuanxin vault 1 person field";

/// Bytes of a pseudonym's MAC that are shown: 64 bits keep ten million witnesses apart.
const PSEUDONYM_BYTES: usize = 8;

/// Bytes of a token: enough that no two texts of a district share one.
const TOKEN_BYTES: usize = 16;

/// Bytes of a text's digest: nobody finds two texts of one person that share it.
const DIGEST_BYTES: usize = 16;
const LABEL_DIGEST: &[u8] = b"nuanxin vault 1 text digest";

pub(super) type SecretKey = Zeroizing<[u8; KEY_BYTES]>;

/// What the district key is used for, each with a key of its own derived from it.
pub(super) struct DistrictKeys {
    wrapping: SecretKey,
    pseudonyms: Hmac<Sha256>,
    search: Hmac<Sha256>,
    counter: Hmac<Sha256>,
    check: String,
}

impl DistrictKeys {
    pub(super) fn derive(district: &SecretKey) -> Result<DistrictKeys, VaultError> {
        let source = Hkdf::<Sha256>::new(None, district.as_slice());
        let subkey = |label: &[u8]| {
            let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
            source.expand(label, key.as_mut_slice()).map(|()| key).map_err(|_| cipher("deriving a key"))
        };
        let check = subkey(b"nuanxin vault 1 check")?;
        let keyed = |label: &[u8]| {
            <Hmac<Sha256> as Mac>::new_from_slice(subkey(label)?.as_slice()).map_err(|_| cipher("taking a key"))
        };
        Ok(DistrictKeys {
            wrapping: subkey(b"nuanxin vault 1 wrapping")?,
            pseudonyms: keyed(b"nuanxin vault 1 pseudonyms")?,
            search: keyed(b"nuanxin vault 1 search")?,
            counter: keyed(b"nuanxin vault 1 counter proofs")?,
            check: hex::encode(check.as_slice()),
        })
    }

    /// A value that tells two district keys apart and tells nothing else.
    pub(super) fn check(&self) -> &str {
        &self.check
    }

    /// A new key for that person, wrapped.
    pub(super) fn new_person(&self, subject: &Subject) -> Result<WrappedKey, VaultError> {
        let mut key_id = [0_u8; KEY_ID_BYTES];
        fill(&mut key_id)?;
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        fill(key.as_mut_slice())?;
        let bound = bound(LABEL_KEY, &[subject.kind.as_bytes(), subject.id.as_bytes(), &key_id]);
        let wrapped = seal(&self.wrapping, key.as_slice(), &bound)?;
        Ok(WrappedKey { key_id, wrapped })
    }

    /// The person's key, if it was wrapped for that person with this district key.
    pub(super) fn unwrap(&self, subject: &Subject, stored: &WrappedKey) -> Result<PersonKey, VaultError> {
        let bound = bound(LABEL_KEY, &[subject.kind.as_bytes(), subject.id.as_bytes(), &stored.key_id]);
        let opened = open(&self.wrapping, &stored.wrapped, &bound).ok_or_else(|| damaged(subject))?;
        let key = <[u8; KEY_BYTES]>::try_from(opened.as_slice()).map_err(|_| damaged(subject))?;
        Ok(PersonKey { key_id: stored.key_id, key: Zeroizing::new(key) })
    }

    /// What a field is found by: the same for the same text of the same kind and field, and no way back.
    pub(super) fn token(&self, kind: &str, field: &str, text: &str) -> Vec<u8> {
        let mut mac = self.search.clone();
        mac.update(&bound(b"", &[kind.as_bytes(), field.as_bytes(), text.as_bytes()]));
        mac.finalize().into_bytes().iter().take(TOKEN_BYTES).copied().collect()
    }

    /// What proves at a counter that a text is from a server of this journal.
    pub(super) fn counter_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.counter.clone();
        mac.update(&bound(b"", parts));
        mac.finalize().into_bytes().into()
    }

    /// Whether a code begins that of these parts. The time that it takes tells nothing of how much of it is right.
    pub(super) fn begins_counter_mac(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        let mut mac = self.counter.clone();
        mac.update(&bound(b"", parts));
        mac.verify_truncated_left(code).is_ok()
    }

    /// The same pseudonym for the same text, and no way back to the text without the vault.
    pub(super) fn pseudonym(&self, kind: &str, text: &str) -> String {
        let mut mac = self.pseudonyms.clone();
        mac.update(&bound(b"", &[kind.as_bytes(), text.as_bytes()]));
        let code = mac.finalize().into_bytes();
        let shown: Vec<u8> = code.iter().take(PSEUDONYM_BYTES).copied().collect();
        format!("W-{}", hex::encode(shown))
    }
}

/// The key of one person.
pub(super) struct PersonKey {
    key_id: [u8; KEY_ID_BYTES],
    key: SecretKey,
}

impl PersonKey {
    pub(super) fn seal(&self, subject: &Subject, field: &str, text: &str) -> Result<Vec<u8>, VaultError> {
        seal(&self.key, text.as_bytes(), &self.bound(subject, field))
    }

    pub(super) fn open(&self, subject: &Subject, field: &str, sealed: &[u8]) -> Result<String, VaultError> {
        let opened = open(&self.key, sealed, &self.bound(subject, field)).ok_or_else(|| damaged(subject))?;
        std::str::from_utf8(&opened).map(str::to_owned).map_err(|_| damaged(subject))
    }

    /// The same digest for the same text of this person. Without the person's key nobody can even test a guess.
    pub(super) fn digest(&self, text: &str) -> Result<String, VaultError> {
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        let source = Hkdf::<Sha256>::new(None, self.key.as_slice());
        source.expand(LABEL_DIGEST, key.as_mut_slice()).map_err(|_| cipher("deriving a key"))?;
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key.as_slice()).map_err(|_| cipher("taking a key"))?;
        mac.update(text.as_bytes());
        let code: Vec<u8> = mac.finalize().into_bytes().iter().take(DIGEST_BYTES).copied().collect();
        Ok(hex::encode(code))
    }

    fn bound(&self, subject: &Subject, field: &str) -> Vec<u8> {
        bound(LABEL_FIELD, &[subject.kind.as_bytes(), subject.id.as_bytes(), &self.key_id, field.as_bytes()])
    }
}

/// Random bytes from the operating system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::getrandom(bytes)
        .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")).into())
}

/// Lengths keep ("ab", "c") and ("a", "bc") apart.
fn bound(label: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = label.to_vec();
    for part in parts {
        bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn seal(key: &SecretKey, plain: &[u8], bound: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    fill(&mut nonce)?;
    let cipher = Aes256Gcm::new_from_slice(key.as_slice()).map_err(|_| self::cipher("taking a key"))?;
    let sealed =
        cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: bound }).map_err(|_| self::cipher("sealing"))?;
    let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    bytes.push(FORM);
    bytes.extend(nonce);
    bytes.extend(sealed);
    Ok(bytes)
}

fn open(key: &SecretKey, sealed: &[u8], bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (form, rest) = sealed.split_first()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
    if *form != FORM {
        return None;
    }
    let cipher = Aes256Gcm::new_from_slice(key.as_slice()).ok()?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: bound }).ok().map(Zeroizing::new)
}

fn damaged(subject: &Subject) -> VaultError {
    VaultError::Damaged { kind: subject.kind.clone(), id: subject.id.clone() }
}

fn cipher(what: &str) -> VaultError {
    SideStoreError::Unusable(format!("{what} failed in the cipher")).into()
}
