//! Who vouches for a checkpoint: its signatures under the keys given, or under those of the journal; and the checkpoints
//! that the journal's own servers published, each of which the journal must still hold.

use std::path::Path;

use ledger_core::evidence::checkpoint::{Checkpoint, CheckpointError};
use ledger_core::evidence::note::{KeyKind, KeyRing, NoteError, PublicKey, SignedNote};
use ledger_core::evidence::verifier::Claim;
use ledger_core::journal::url::JournalUrl;

use crate::audit::AuditError;
use crate::audit::store::{CheckpointStore, KeyUse};
use crate::cli::CliError;
use crate::sidecar::sidecar_path;

/// Published checkpoints read at once.
const PAGE: usize = 1_000;

/// What became of a checkpoint's signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signatures {
    /// It bears none: a note of size and root, as trustworthy as where it was kept.
    Unsigned,
    /// Signed by known keys of the journal, and perhaps cosigned.
    Valid {
        /// The journal's keys.
        signers: Vec<String>,
        /// Witnesses.
        cosigners: Vec<String>,
    },
    /// Signed, but by nobody known here.
    Unknown(Vec<String>),
    /// It cannot be what was signed.
    Invalid(String),
}

impl Signatures {
    /// Whether the checkpoint can be believed as far as it goes. With keys given, that takes a signature.
    pub const fn hold(&self, keys_given: bool) -> bool {
        match self {
            Signatures::Valid { .. } => true,
            Signatures::Unsigned => !keys_given,
            Signatures::Unknown(_) | Signatures::Invalid(_) => false,
        }
    }
}

impl std::fmt::Display for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Signatures::Unsigned => f.write_str("the checkpoint is unsigned: it is worth as much as where it was kept"),
            Signatures::Valid { signers, cosigners } if cosigners.is_empty() => {
                write!(f, "the checkpoint is signed by {}", signers.join(", "))
            }
            Signatures::Valid { signers, cosigners } => {
                write!(f, "the checkpoint is signed by {}, cosigned by {}", signers.join(", "), cosigners.join(", "))
            }
            Signatures::Unknown(signers) => {
                write!(
                    f,
                    "the checkpoint is signed by an unknown key: {}; --key VKEY names the one to trust",
                    signers.join(", ")
                )
            }
            Signatures::Invalid(what) => write!(f, "the checkpoint's signature does not hold: {what}"),
        }
    }
}

/// Reads a checkpoint: a signed note, the JSON answer that carries one, or a bare text of origin, size and root.
///
/// # Errors
/// [`CliError`] with exit code 2, naming the file.
pub fn read_note(path: &Path) -> Result<(Checkpoint, Option<SignedNote>), CliError> {
    let unreadable = |what: String| CliError::input(format!("{}: {what}", path.display()));
    let bytes = crate::cli::read_named(path)?;
    let mut text = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    if text.trim_start().starts_with('{') {
        let answer: serde_json::Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        let note = answer["checkpoint"].as_str();
        text = note.ok_or_else(|| unreadable("the JSON has no field \"checkpoint\"".into()))?.to_owned();
    }
    let note = match SignedNote::parse(text.as_bytes()) {
        Ok(note) => Some(note),
        // Signature lines that cannot be read are no missing signature.
        Err(error) if text.contains("\n\n") => return Err(unreadable(error.to_string())),
        Err(_) => None,
    };
    let checkpoint = note.as_ref().map_or(text.as_str(), SignedNote::text).parse();
    Ok((checkpoint.map_err(|error: CheckpointError| unreadable(error.to_string()))?, note))
}

/// The keys that the journal's servers made known beside it; none where nothing is kept.
///
/// # Errors
/// [`CliError`].
pub async fn store_of(url: &JournalUrl) -> Result<Option<CheckpointStore>, CliError> {
    if let JournalUrl::Sqlite(path) = url
        && !sidecar_path(path, "checkpoints.db").is_file()
    {
        // Opening would make the file.
        return Ok(None);
    }
    Ok(Some(CheckpointStore::open(url).await.map_err(AuditError::from)?))
}

/// Judges a note's signatures under the keys given, or else under those known beside the journal.
///
/// # Errors
/// [`CliError`] for keys that cannot be told apart.
pub(super) async fn judge(
    note: Option<&SignedNote>,
    given: &[PublicKey],
    store: Option<&CheckpointStore>,
    origin: Option<&str>,
) -> Result<Signatures, CliError> {
    let Some(note) = note else { return Ok(Signatures::Unsigned) };
    let (mut own, mut cosigners) = (KeyRing::new(), KeyRing::new());
    for key in given {
        let ring = if key.kind() == KeyKind::Ed25519 { &mut own } else { &mut cosigners };
        ring.trust(key.clone()).map_err(|error| CliError::input(format!("--key {key}: {error}")))?;
    }
    if given.is_empty()
        && let Some(store) = store
    {
        own = store.ring(KeyUse::Journal, None).await.map_err(AuditError::from)?;
        cosigners = store.ring(KeyUse::Cosigner, None).await.map_err(AuditError::from)?;
    }
    Ok(signatures(note, origin, &own, &cosigners))
}

fn signatures(note: &SignedNote, origin: Option<&str>, own: &KeyRing, cosigners: &KeyRing) -> Signatures {
    let claimed: Checkpoint = match note.text().parse() {
        Ok(claimed) => claimed,
        Err(error) => return Signatures::Invalid(format!("{error}")),
    };
    let origin = origin.unwrap_or_else(|| claimed.origin());
    let names = |keys: Vec<ledger_core::evidence::note::VerifiedSignature>| -> Vec<String> {
        keys.iter().map(|by| format!("{}+{}", by.key.name(), by.key.id())).collect()
    };
    match Checkpoint::open(note.to_string().as_bytes(), origin, own, cosigners) {
        Ok(verified) => {
            Signatures::Valid { signers: names(verified.signatures), cosigners: names(verified.cosignatures) }
        }
        Err(CheckpointError::Note(NoteError::NoKnownSigner)) => {
            Signatures::Unknown(note.signatures().iter().map(|by| format!("{}+{}", by.name(), by.id())).collect())
        }
        Err(error) => Signatures::Invalid(error.to_string()),
    }
}

/// Every checkpoint published beside the journal, as claims upon it; or the first whose signature does not hold.
///
/// # Errors
/// [`CliError`] when they cannot be read.
pub(super) async fn published(
    store: &CheckpointStore,
    origin: Option<&str>,
) -> Result<Result<Vec<Claim>, (u64, String)>, CliError> {
    let own = store.ring(KeyUse::Journal, None).await.map_err(AuditError::from)?;
    let cosigners = store.ring(KeyUse::Cosigner, None).await.map_err(AuditError::from)?;
    let mut claims = Vec::new();
    loop {
        let after = claims.last().map_or(0, |claim: &Claim| claim.size);
        let page = store.list(after, PAGE).await.map_err(AuditError::from)?;
        if page.is_empty() {
            return Ok(Ok(claims));
        }
        for one in page {
            let verdict = signatures(&one.note, origin, &own, &cosigners);
            if !verdict.hold(true) {
                return Ok(Err((one.size, format!("a published checkpoint of {} entries: {verdict}", one.size))));
            }
            let checkpoint: Checkpoint = match one.note.text().parse() {
                Ok(checkpoint) => checkpoint,
                Err(error) => return Ok(Err((one.size, format!("a published checkpoint: {error}")))),
            };
            claims.push(Claim { size: checkpoint.size(), root: checkpoint.root(), by: "the published checkpoint" });
        }
    }
}
