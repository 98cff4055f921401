//! Words that the ledger signs for a counter without a network: short texts that a device can check by itself with the
//! ledger's public key, and that come back here to be believed.
//!
//! A word is its text and the Ed25519 signature of it, each in URL-safe base64, with a point between. The first line of
//! the text says what kind of word it is, so that none passes for another, nor for a checkpoint.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ledger_core::evidence::note::SignedNote;

use super::ServiceError;
use crate::app::App;
use crate::audit::AuditError;

/// The longest word that is looked at, in bytes.
const WORD_MAX: usize = 8 << 10;
/// A signature of Ed25519.
const SIGNATURE_BYTES: usize = 64;

/// Signs a text, which ends with a line's end.
///
/// # Errors
/// [`ServiceError::Unavailable`] where no key signs here now.
pub(super) async fn sign(app: &App, text: &str) -> Result<String, ServiceError> {
    let keys = app.audit.signing_keys().await.map_err(unavailable)?;
    let Some(key) = keys.first() else {
        let cause = "no key of this journal signs here; see nuanxin key list";
        return Err(ServiceError::Unavailable(cause.to_owned()));
    };
    let note = SignedNote::sign(text, key).map_err(|error| ServiceError::fault(&error))?;
    // The last line of a note: who signed, then the key's id and the signature.
    let line = note.to_string();
    let line = line.trim_end().rsplit(' ').next().unwrap_or_default();
    let bytes = STANDARD.decode(line).map_err(|error| ServiceError::fault(&error))?;
    let signature = bytes.len().checked_sub(SIGNATURE_BYTES).and_then(|start| bytes.get(start..));
    let signature = signature.ok_or_else(|| ServiceError::fault(&"a signature is not of Ed25519"))?;
    Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(signature)))
}

/// The text of a word that a key of this journal signed; none for any other.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the keys cannot be asked now.
pub(super) async fn read(app: &App, word: &str) -> Result<Option<String>, ServiceError> {
    if word.len() > WORD_MAX {
        return Ok(None);
    }
    let Some((text, signature)) = word.split_once('.') else { return Ok(None) };
    let (Ok(text), Ok(signature)) = (URL_SAFE_NO_PAD.decode(text), URL_SAFE_NO_PAD.decode(signature)) else {
        return Ok(None);
    };
    let Ok(text) = String::from_utf8(text) else { return Ok(None) };
    let ring = app.audit.journal_keys().await.map_err(unavailable)?;
    let signed = ring.keys().any(|key| {
        let Ok(id) = hex::decode(key.id().to_string()) else { return false };
        let line = STANDARD.encode([id.as_slice(), &signature].concat());
        let note = format!("{text}\n\u{2014} {} {line}\n", key.name());
        SignedNote::parse(note.as_bytes()).and_then(|note| note.verify(&ring)).is_ok_and(|by| !by.is_empty())
    });
    Ok(signed.then_some(text))
}

/// The public key that signs now, base64; none where none does.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the keys cannot be asked now.
pub(super) async fn public_key(app: &App) -> Result<Option<String>, ServiceError> {
    let keys = app.audit.signing_keys().await.map_err(unavailable)?;
    Ok(keys.first().map(|key| STANDARD.encode(key.public().as_bytes())))
}

pub(super) fn unavailable(error: AuditError) -> ServiceError {
    ServiceError::Unavailable(error.to_string())
}
