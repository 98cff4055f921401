//! The secret that a bearer shows, its digest that is stored, and the id by which a token is spoken of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::AccessError;
use crate::side_store::SideStoreError;

/// What every secret begins with, so that scanners and people recognise one that leaked.
const PREFIX: &str = "nx_";

/// 256 random bits: nobody guesses one, so a plain digest without salt or stretching keeps it.
const SECRET_BYTES: usize = 32;

/// Random bytes of an id. Ids are no secret; the table refuses a second use.
const ID_BYTES: usize = 4;

/// SHA-256 of the secret's text. Looking up by it leaks nothing by timing: who can choose it cannot steer towards a
/// stored one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SecretHash([u8; 32]);

impl SecretHash {
    /// The digest of what was shown, or nothing when it cannot be one of our secrets.
    pub(super) fn of(secret: &str) -> Option<SecretHash> {
        let encoded = secret.strip_prefix(PREFIX)?;
        // Checked before decoding: a header may be long.
        if encoded.len() != 43 {
            return None;
        }
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
        let decoded = URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut_slice()).ok()?;
        (decoded == SECRET_BYTES).then(|| SecretHash(Sha256::digest(secret.as_bytes()).into()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A new secret and its digest.
pub(super) fn new_secret() -> Result<(String, SecretHash), AccessError> {
    let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
    fill(bytes.as_mut_slice())?;
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice()));
    let hash = SecretHash(Sha256::digest(secret.as_bytes()).into());
    Ok((secret, hash))
}

/// A new id, probably unused.
pub(super) fn new_id() -> Result<String, AccessError> {
    let mut bytes = [0_u8; ID_BYTES];
    fill(&mut bytes)?;
    Ok(format!("t-{}", hex::encode(bytes)))
}

/// Whether a text is a secret rather than an id, to say so without repeating it.
pub(super) fn looks_secret(text: &str) -> bool {
    text.starts_with(PREFIX)
}

fn fill(bytes: &mut [u8]) -> Result<(), AccessError> {
    getrandom::getrandom(bytes)
        .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")).into())
}

#[cfg(test)]
mod tests {
    use super::{SecretHash, new_id, new_secret};

    #[test]
    fn a_secret_is_recognised_and_nothing_else_is() {
        let (secret, hash) = new_secret().unwrap();
        assert_eq!(secret.len(), 46);
        assert!(SecretHash::of(&secret) == Some(hash));
        let wrong = [
            "",
            "nx_",
            &secret[3..],
            &format!("{secret}A"),
            &secret[..45],
            "nx_*******************************************",
        ];
        for text in wrong {
            assert!(SecretHash::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_id_is_short_and_can_be_an_actor() {
        let id = new_id().unwrap();
        assert_eq!(id.as_str().len(), 10);
        assert!(id.as_str().starts_with("t-"));
    }
}
