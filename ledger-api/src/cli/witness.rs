//! `nuanxin witness`: this office as the witness of other journals, by files that are carried over.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::evidence::note::{KeyKind, KeyName, PublicKey};
use ledger_core::evidence::witness::{AddCheckpoint, WitnessRefusal};
use ledger_core::journal::url::JournalUrl;

use super::checkpoint::put;
use super::say::say;
use super::{CliError, CliResult};
use crate::audit::cosign::{Desk, NotCosigned};
use crate::audit::keys::KeyFile;
use crate::audit::store::{CheckpointStore, KeyUse};
use crate::audit::{AuditError, now_ms};

/// What to do as a witness.
#[derive(Debug, Subcommand)]
pub enum WitnessCommand {
    /// Print this office's verifier key as a witness; makes the key on first use
    Key {
        /// The name of the new key, such as audit-bureau.example/witness
        #[arg(long, value_name = "NAME")]
        name: Option<KeyName>,
    },
    /// Watch a journal: cosign its checkpoints when this key signed them; several keys of one journal may be given
    Watch {
        /// A verifier key of the journal, from its nuanxin key show
        #[arg(required = true)]
        vkeys: Vec<PublicKey>,
    },
    /// Watch a key no longer
    Unwatch {
        /// The verifier key
        vkey: PublicKey,
    },
    /// List what is watched, with the size cosigned last
    List,
    /// Cosign a checkpoint if it extends the one cosigned before; prints it with the cosignature
    Cosign {
        /// What the other office wrote with nuanxin checkpoint --for-witness
        request: PathBuf,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`]; a request that does not hold has exit code 1.
pub async fn run(command: WitnessCommand, url: &JournalUrl) -> CliResult {
    let store = CheckpointStore::open(url).await.map_err(AuditError::from)?;
    let desk = Desk::new(KeyFile::witness(url));
    match command {
        WitnessCommand::Key { name } => say!("{}", key(&desk, name)?),
        WitnessCommand::Watch { vkeys } => {
            for vkey in vkeys {
                if vkey.kind() != KeyKind::Ed25519 {
                    return Err(CliError::input(format!(
                        "{} is a witness's key; a journal's signs plainly",
                        vkey.name()
                    )));
                }
                store.add_key(&vkey, KeyUse::Watched, false, now_ms()).await.map_err(AuditError::from)?;
            }
        }
        WitnessCommand::Unwatch { vkey } => {
            if !store.remove_key(&vkey).await.map_err(AuditError::from)? {
                return Err(CliError::failed("this key is not watched; nuanxin witness list shows what is"));
            }
        }
        WitnessCommand::List => {
            let keys = store.keys().await.map_err(AuditError::from)?;
            for known in keys.iter().filter(|known| known.usage == KeyUse::Watched) {
                let last = store.cosigned(known.key.name().as_str()).await.map_err(AuditError::from)?;
                say!("{:>12} {}", last.map_or(0, |last| last.size), known.key);
            }
        }
        WitnessCommand::Cosign { request, out } => {
            let bytes =
                std::fs::read(&request).map_err(|error| CliError::input(format!("{}: {error}", request.display())))?;
            let asked = AddCheckpoint::parse(&bytes)
                .map_err(|error| CliError::input(format!("{}: {error}", request.display())))?;
            let note = desk.cosign(&store, &asked).await.map_err(not_cosigned)?;
            put(out.as_deref(), &note.to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn key(desk: &Desk, name: Option<KeyName>) -> Result<PublicKey, CliError> {
    match (desk.key()?, name) {
        (Some(key), None) => Ok(key.public().clone()),
        (Some(key), Some(name)) if *key.public().name() == name => Ok(key.public().clone()),
        (Some(key), Some(_)) => Err(CliError::input(format!(
            "this office is a witness under the name {} already; a witness keeps its name",
            key.public().name()
        ))),
        (None, Some(name)) => {
            let key = desk.key_file().generate(name.as_str(), KeyKind::CosignatureV1)?;
            eprintln!(
                "nuanxin: the secret half is in {}; keep a copy in a safe place",
                desk.key_file().path().display()
            );
            Ok(key.public().clone())
        }
        (None, None) => Err(CliError::input("this office is no witness yet; give its key a name: --name NAME")),
    }
}

fn not_cosigned(error: NotCosigned) -> CliError {
    match &error {
        NotCosigned::Refused(WitnessRefusal::Malformed(_)) | NotCosigned::NoWitness => {
            CliError::input(error.to_string())
        }
        NotCosigned::Refused(_) => CliError::failed(format!("not cosigned: {error}")),
        NotCosigned::Unable(inner) => inner.clone().into(),
    }
}
