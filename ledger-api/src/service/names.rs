//! Names on their way into the vault and out of it. None of them reaches the journal: for a witness stands a pseudonym,
//! and a worker's name stands in the vault alone.

use ledger_core::domain::ids::{AccountId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Outcome, commands};
use projections::queries::appraisal::Appraisal;

use super::ServiceError;
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;
use crate::appraisal_sheet::paper::Names;
use crate::vault::{ACCOUNT, NAME_CHARS_MAX, Vault, VaultError, WITNESS, WORKER};

/// What of a command's fields is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal {
    /// Nothing.
    Nothing,
    /// A worker's name, for the vault once the worker is registered.
    Name(WorkerId, String),
    /// The name of whoever an account is, for the vault once it is open.
    OfAccount(AccountId, String),
    /// Who witnessed a service: a pseudonym stands in the credit for it.
    Witness(String),
}

/// A name for the vault, once the command took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    kind: &'static str,
    id: String,
    name: String,
}

/// Puts what is personal where it belongs: a witness into the vault, with its pseudonym into the command. A worker's name
/// is given back, to be kept once the worker is registered.
///
/// A witness is kept before the command is sent: a pseudonym in the journal that nobody could ever resolve would be no
/// witness.
///
/// # Errors
/// `too_large`, [`ServiceError::Unreadable`]; [`ServiceError::Unavailable`] when the vault cannot be reached.
pub(super) async fn tell_apart(
    vault: &Vault,
    personal: Personal,
    command: &mut Command,
) -> Result<Option<Named>, ServiceError> {
    match personal {
        Personal::Nothing => Ok(None),
        Personal::Name(worker, name) => {
            check(&name, "name")?;
            Ok(Some(Named { kind: WORKER, id: worker.to_string(), name }))
        }
        Personal::OfAccount(account, name) => {
            check(&name, "name")?;
            Ok(Some(Named { kind: ACCOUNT, id: account.to_string(), name }))
        }
        Personal::Witness(text) => {
            check(&text, "witness")?;
            if let Command::RecordCredit(commands::RecordCredit { worker, witness, own_witness, .. }) = command {
                *own_witness = vault.is_worker(worker, &text).await?;
                *witness = Some(vault.remember(WITNESS, &text).await?);
            }
            Ok(None)
        }
    }
}

fn check(text: &str, field: &str) -> Result<(), ServiceError> {
    if text.chars().count() > NAME_CHARS_MAX {
        let sentence = format!("{field}: longer than {NAME_CHARS_MAX} characters; shorten it");
        return Err(ServiceError::refused(Code::TooLarge, sentence));
    }
    if text.chars().any(char::is_control) {
        return Err(ServiceError::unreadable(format!("{field}: holds control characters; leave them out")));
    }
    Ok(())
}

/// Keeps the name of a worker that was registered, or of an account that was opened. Asked again, the command keeps a name that is missing, for the first
/// try may have ended in between, and changes none.
///
/// # Errors
/// [`ServiceError::Committed`] when the vault cannot be reached: asking again keeps the name.
pub async fn keep(app: &App, name: Option<Named>, outcome: &Outcome) -> Result<(), ServiceError> {
    let (Some(Named { kind, id, name }), Outcome::Committed(receipt)) = (name, outcome) else { return Ok(()) };
    let kept = async {
        if receipt.repeated && app.vault.get_name(kind, &id).await?.is_some() {
            return Ok(());
        }
        app.vault.put_name(kind, &id, &name).await
    };
    kept.await.map_err(|error: VaultError| {
        tracing::error!(%error, kind, "somebody was registered, but the name could not be kept");
        ServiceError::Committed(format!(
            "the {kind} is registered at position {}, but the name could not be kept; ask again with the same key and \
             content: the name is then kept, and nothing is registered twice",
            receipt.position
        ))
    })
}

/// The pseudonyms that stand for witnesses in events, in order; their names are kept.
///
/// # Errors
/// [`VaultError`].
pub async fn remember_witnesses(vault: &Vault, names: &[&str]) -> Result<Vec<String>, VaultError> {
    let texts: Vec<_> = names.iter().map(|name| (WITNESS, *name)).collect();
    vault.remember_all(&texts).await
}

/// Keeps the names of workers, each as (id, name).
///
/// # Errors
/// [`VaultError`].
pub async fn keep_all(vault: &Vault, names: Vec<(String, String)>) -> Result<(), VaultError> {
    let names: Vec<_> = names.into_iter().map(|(worker, name)| (WORKER, worker, name)).collect();
    vault.put_names(&names).await
}

/// A worker's name for somebody who reads the worker's record; none where it is not kept, or not for them to know.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn of_worker(app: &App, who: Who<'_>, worker: &str) -> Result<Option<String>, ServiceError> {
    if allow(who, Read::Name, Target::Worker(worker)).is_err() {
        return Ok(None);
    }
    let name = app.vault.get_name(WORKER, worker).await;
    name.map_err(|error| ServiceError::Unavailable(error.to_string()))
}

/// The names on an appraisal's paper, for whoever may know those of its branch.
pub async fn on_paper(app: &App, who: Who<'_>, branch: Target<'_>, appraisal: &Appraisal) -> Names {
    match allow(who, Read::Name, branch) {
        Ok(()) => Names::of(&app.vault, appraisal).await,
        Err(_) => Names::Hidden,
    }
}
