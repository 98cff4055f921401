//! `nuanxin key`: the keys that sign this journal's checkpoints, and the cosigners it trusts.

use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::evidence::note::{KeyId, KeyKind, PublicKey};
use ledger_core::journal::url::JournalUrl;
use serde::Serialize;

use super::say::say;
use super::{CliError, CliResult};
use crate::app;
use crate::audit::store::{KeyUse, KnownKey};
use crate::audit::{Audit, AuditError, now_ms, time};
use crate::side_store::SideStoreError;

/// Days for which the old and the new key both sign.
const OVERLAP_DAYS: u32 = 30;
const DAY_MS: i64 = 86_400_000;

/// What to do with keys.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "made once, from the command line")]
pub enum KeyCommand {
    /// Make a signing key, keep it in the key file, and print its verifier key alone on standard output
    Generate,
    /// Print the verifier keys that sign now, one a line: what an auditor is given
    Show,
    /// List every key: those of the journal, cosigners, and what this office watches
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a new signing key; the old ones go on signing beside it for a while, so that whoever knows either is served
    Rotate {
        /// For how many days the old keys still sign
        #[arg(long, value_name = "DAYS", default_value_t = OVERLAP_DAYS)]
        overlap_days: u32,
    },
    /// End a signing key now and take its secret half out of the key file; what it signed stays believed
    Retire {
        /// The key's id, such as 1f2e3d4c
        id: KeyId,
    },
    /// Trust another office's key (C2SP cosignature/v1): its cosignatures are taken and served
    AcceptWitness {
        /// The verifier key: NAME+ID+BASE64
        vkey: PublicKey,
    },
    /// Trust a cosigner no longer
    DropWitness {
        /// The key's id, such as 1f2e3d4c
        id: KeyId,
    },
}

#[derive(Serialize)]
struct Listed {
    key: String,
    usage: &'static str,
    state: &'static str,
    added_at: String,
    until: Option<String>,
    secret_at_hand: bool,
}

impl From<AuditError> for CliError {
    fn from(error: AuditError) -> CliError {
        match &error {
            AuditError::Refused(_) | AuditError::Store(SideStoreError::Unavailable(_)) => {
                CliError::failed(error.to_string())
            }
            AuditError::Journal(inner) => match inner.as_ref() {
                ledger_core::journal::JournalError::Damaged { .. } => CliError::failed(error.to_string()),
                _ => CliError::input(error.to_string()),
            },
            AuditError::Asked(_) | AuditError::Key(_) | AuditError::NoKey | AuditError::Store(_) => {
                CliError::input(error.to_string())
            }
        }
    }
}

/// Opens the evidence of a journal that is there, beside whoever writes it.
///
/// # Errors
/// [`CliError`].
pub async fn open_audit(url: &JournalUrl) -> Result<Audit, CliError> {
    let journal = app::open_journal_to_read(url).await?;
    Ok(Audit::open(url, journal).await?)
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: KeyCommand, url: &JournalUrl) -> CliResult {
    let audit = open_audit(url).await?;
    match command {
        KeyCommand::Generate => {
            let key = generate(&audit).await?;
            say!("{key}");
        }
        KeyCommand::Show => {
            let now = now_ms();
            let known = keys(&audit).await?;
            for known in known.iter().filter(|known| known.usage == KeyUse::Journal && known.signs_at(now)) {
                say!("{}", known.key);
            }
        }
        KeyCommand::List { json } => list(&audit, json).await?,
        KeyCommand::Rotate { overlap_days } => rotate(&audit, overlap_days).await?,
        KeyCommand::Retire { id } => retire(&audit, id).await?,
        KeyCommand::AcceptWitness { vkey } => {
            if vkey.kind() != KeyKind::CosignatureV1 {
                let what = "this key makes plain signatures; a witness's key is of the kind cosignature/v1 (its BASE64 begins with B)";
                return Err(CliError::input(what));
            }
            audit.store().add_key(&vkey, KeyUse::Cosigner, false, now_ms()).await.map_err(AuditError::from)?;
        }
        KeyCommand::DropWitness { id } => {
            let known = find(&audit, id, KeyUse::Cosigner).await?;
            audit.store().remove_key(&known.key).await.map_err(AuditError::from)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn keys(audit: &Audit) -> Result<Vec<KnownKey>, CliError> {
    Ok(audit.store().keys().await.map_err(AuditError::from)?)
}

async fn generate(audit: &Audit) -> Result<PublicKey, CliError> {
    let key = audit.key_file().generate(&audit.identity().origin, KeyKind::Ed25519)?;
    audit.store().add_key(key.public(), KeyUse::Journal, false, now_ms()).await.map_err(AuditError::from)?;
    eprintln!("nuanxin: the secret half is in {}; keep a copy in a safe place", audit.key_file().path().display());
    Ok(key.public().clone())
}

/// The old keys of this key file get an end, the new one none. Keys of other servers are theirs to rotate.
async fn rotate(audit: &Audit, overlap_days: u32) -> Result<(), CliError> {
    let old = audit.signing_keys().await?;
    if old.is_empty() {
        return Err(CliError::input(AuditError::NoKey.to_string()));
    }
    let new = generate(audit).await?;
    let until = now_ms().saturating_add(i64::from(overlap_days).saturating_mul(DAY_MS));
    for known in keys(audit).await?.iter().filter(|known| old.iter().any(|key| *key.public() == known.key)) {
        // A key that ends earlier already keeps its end.
        let until = known.until_ms.map_or(until, |earlier| earlier.min(until));
        audit.store().set_until(&known.key, until).await.map_err(AuditError::from)?;
        eprintln!("nuanxin: key {} signs until {}", known.key.id(), time(until));
    }
    say!("{new}");
    Ok(())
}

async fn retire(audit: &Audit, id: KeyId) -> Result<(), CliError> {
    let known = find(audit, id, KeyUse::Journal).await?;
    let now = now_ms();
    let others = keys(audit)
        .await?
        .into_iter()
        .filter(|other| other.usage == KeyUse::Journal && other.key != known.key && other.signs_at(now));
    if others.count() == 0 {
        return Err(CliError::input(format!(
            "key {id} is the only one that signs; nuanxin key rotate makes its successor first"
        )));
    }
    if known.signs_at(now) {
        audit.store().set_until(&known.key, now).await.map_err(AuditError::from)?;
    }
    for key in audit.key_file().read()?.iter().filter(|key| *key.public() == known.key) {
        audit.key_file().remove(key)?;
    }
    Ok(())
}

async fn find(audit: &Audit, id: KeyId, usage: KeyUse) -> Result<KnownKey, CliError> {
    let found = keys(audit).await?.into_iter().find(|known| known.usage == usage && known.key.id() == id);
    found.ok_or_else(|| {
        CliError::failed(format!("there is no {} key {id}; nuanxin key list shows the ids", usage.as_str()))
    })
}

async fn list(audit: &Audit, json: bool) -> Result<(), CliError> {
    let at_hand = audit.key_file().read()?;
    let now = now_ms();
    let listed: Vec<Listed> = keys(audit)
        .await?
        .into_iter()
        .map(|known| Listed {
            key: known.key.to_string(),
            usage: known.usage.as_str(),
            state: match (known.usage, known.signs_at(now), known.until_ms) {
                (KeyUse::Cosigner | KeyUse::Watched, _, _) => "trusted",
                (KeyUse::Journal, true, None) => "signs",
                (KeyUse::Journal, true, Some(_)) => "ends",
                (KeyUse::Journal, false, _) => "retired",
            },
            added_at: time(known.added_at_ms),
            until: known.until_ms.map(time),
            secret_at_hand: at_hand.iter().any(|key| *key.public() == known.key),
        })
        .collect();
    if json {
        let text = serde_json::to_string_pretty(&listed).map_err(|error| CliError::failed(error.to_string()))?;
        say!("{text}");
        return Ok(());
    }
    for one in listed {
        let here = if one.secret_at_hand { "here" } else { "-" };
        let until = one.until.unwrap_or_else(|| "-".to_owned());
        say!("{:9} {:8} {here:5} {:33} {until:33} {}", one.usage, one.state, one.added_at, one.key);
    }
    Ok(())
}
