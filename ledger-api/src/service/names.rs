//! Names on their way into the vault and out of it. None of them reaches the journal: for a witness stands a pseudonym,
//! and a worker's name stands in the vault alone.

use ledger_core::domain::account::AccountEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{AccountId, WorkerId};
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::ledger::{Command, Outcome, Receipt, commands};
use projections::queries::At;
use projections::queries::appraisal::Appraisal;

use super::{ServiceError, reach};
use crate::access::policy::{Action, Denied, Read, Target, Who, allow, may_ever};
use crate::app::App;
use crate::appraisal_sheet::paper::Names;
use crate::vault::{ACCOUNT, NAME_CHARS_MAX, Person, PersonChange, Vault, VaultError, WITNESS, WORKER};

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
            if let Command::OpenAccount(commands::OpenAccount { worker: Some(worker), .. }) = command {
                refuse_forgotten(vault, worker.as_str()).await?;
            }
            Ok(Some(Named { kind: ACCOUNT, id: account.to_string(), name }))
        }
        Personal::Witness(text) => {
            check(&text, "witness")?;
            if let Command::RecordCredit(commands::RecordCredit {
                worker,
                witness,
                own_witness,
                worker_as_witness,
                ..
            }) = command
            {
                *own_witness = vault.is_worker(worker, &text).await?;
                *worker_as_witness = as_witness(vault, worker).await?;
                *witness = Some(vault.remember(WITNESS, &text).await?);
            }
            Ok(None)
        }
    }
}

/// The pseudonyms that a worker has as a witness: under the id, and under the name that is kept.
async fn as_witness(vault: &Vault, worker: &WorkerId) -> Result<Vec<String>, VaultError> {
    Ok(all_as_witnesses(vault, vec![(worker.clone(), None)]).await?.into_iter().flatten().collect())
}

/// The same of many workers, in the order asked; a name beside a worker goes before the one that is kept.
///
/// # Errors
/// [`VaultError`].
pub(super) async fn all_as_witnesses(
    vault: &Vault,
    workers: Vec<(WorkerId, Option<String>)>,
) -> Result<Vec<Vec<String>>, VaultError> {
    let unnamed = workers.iter().filter(|(_, name)| name.is_none());
    let asked: Vec<(&str, &str)> = unnamed.map(|(worker, _)| (WORKER, worker.as_str())).collect();
    let kept = if asked.is_empty() { Vec::new() } else { vault.get_names(&asked).await? };
    let mut kept = kept.into_iter();
    let both = |(worker, name): &(WorkerId, Option<String>)| {
        let name = name.clone().or_else(|| kept.next().flatten());
        let texts = std::iter::once(worker.as_str()).chain(name.as_deref());
        texts.map(|text| vault.pseudonym(WITNESS, text)).collect()
    };
    Ok(workers.iter().map(both).collect())
}

/// No name is kept of a person who was forgotten, be it as a worker or as who acts with an account.
async fn refuse_forgotten(vault: &Vault, worker: &str) -> Result<(), ServiceError> {
    if vault.is_erased(worker).await? { Err(ServiceError::Refused(forgotten(worker))) } else { Ok(()) }
}

/// What whoever wants a name kept of a forgotten person is told.
pub(super) fn forgotten(worker: &str) -> Refusal {
    let message = format!("the person behind worker {worker} was forgotten; no name is kept for this id any more");
    Refusal::new(Code::AlreadyDecided, message)
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

/// An account's name goes again where its person was forgotten meanwhile: an erasure marks the person before it looks for
/// accounts, so that either it or this finds the name.
pub(super) async fn forget_again(
    vault: &Vault,
    kind: &'static str,
    id: &str,
    receipt: &Receipt,
) -> Result<(), VaultError> {
    let opened = receipt.events.iter().filter_map(Event::as_account).find_map(AccountEvent::as_opened);
    match opened.and_then(|opened| opened.worker.as_ref()) {
        Some(worker) if kind == ACCOUNT && vault.is_erased(worker.as_str()).await? => {
            vault.erase_all(&[(ACCOUNT, id)]).await.map(|_| ())
        }
        Some(_) | None => Ok(()),
    }
}

/// Keeps the name of a worker that was registered, or of an account that was opened. Asked again, the command keeps a name
/// that is missing, for the first try may have ended in between, and changes none.
///
/// # Errors
/// [`ServiceError::Committed`] when the vault cannot be reached: asking again keeps the name.
pub async fn keep(app: &App, name: Option<Named>, outcome: &Outcome) -> Result<(), ServiceError> {
    let (Some(Named { kind, id, name }), Outcome::Committed(receipt)) = (name, outcome) else { return Ok(()) };
    let kept = async {
        if receipt.repeated && app.vault.get_name(kind, &id).await?.is_some() {
            return Ok(());
        }
        app.vault.put_name(kind, &id, &name).await?;
        forget_again(&app.vault, kind, &id, receipt).await
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

/// A worker's name for somebody who reads the worker's record; none where it is not kept, not for them to know, or where
/// the vault cannot be asked: that costs the name and not the answer.
pub async fn of_worker(app: &App, who: Who<'_>, worker: &str) -> Option<String> {
    reach::may(app, who, Read::Name, Target::Worker(worker)).await.ok()?;
    or_none(app.vault.get_name(WORKER, worker).await)
}

/// Who a witness is, by the pseudonym; as [`of_worker`] where it is not known.
pub async fn of_witness(app: &App, pseudonym: &str) -> Option<String> {
    or_none(app.vault.get_name(WITNESS, pseudonym).await)
}

/// Workers' names as lists show them, masked, one answer each; as [`of_worker`] for what is left out.
pub async fn masked_of(app: &App, who: Who<'_>, workers: &[&str]) -> Vec<Option<String>> {
    let mut may = Vec::with_capacity(workers.len());
    for worker in workers {
        may.push(reach::may(app, who, Read::MaskedName, Target::Worker(worker)).await.is_ok());
    }
    let asked: Vec<(&str, &str)> =
        workers.iter().zip(&may).filter(|(_, may)| **may).map(|(worker, _)| (WORKER, *worker)).collect();
    let names = if asked.is_empty() { Vec::new() } else { or_none(app.vault.get_names(&asked).await) };
    let mut names = names.into_iter();
    may.into_iter().map(|may| if may { names.next().flatten().map(|name| masked(&name)) } else { None }).collect()
}

/// A name as lists show it: the first letter, and nothing of how long the rest is.
pub fn masked(name: &str) -> String {
    name.chars().next().map(|first| format!("{first}**")).unwrap_or_default()
}

/// What the vault said, or nothing where it cannot be asked: the log says why.
fn or_none<T: Default>(told: Result<T, VaultError>) -> T {
    told.unwrap_or_else(|error| {
        tracing::warn!(%error, "an answer goes out without names");
        T::default()
    })
}

/// Changes what is kept of a worker who is registered; gives what is kept now, and the position at which the worker was
/// there.
///
/// # Errors
/// [`ServiceError::Denied`], `unknown_worker`; what is wrong with a name or phone; [`ServiceError::Unavailable`].
pub async fn change_person(
    app: &App,
    who: Who<'_>,
    worker: &str,
    change: &PersonChange,
) -> Result<(Person, u64), ServiceError> {
    reach::may(app, who, Action::KeepPerson, Target::Worker(worker)).await?;
    let position = registered(app, worker).await?;
    refuse_forgotten(&app.vault, worker).await?;
    if let Some(Some(name)) = &change.name {
        check(name, "name")?;
    }
    if let Some(Some(phone)) = &change.phone {
        check(phone, "phone")?;
    }
    app.vault.change_person(worker, change).await?;
    Ok((app.vault.person(worker).await?, position))
}

/// The position at which a worker is there.
///
/// # Errors
/// `unknown_worker`; [`ServiceError::Unavailable`].
pub async fn registered(app: &App, worker: &str) -> Result<u64, ServiceError> {
    app.views.fresh(None).await?;
    let At { position, value } = app.views.worker(worker).await?;
    match value {
        Some(_) => Ok(position),
        None => Err(ServiceError::refused(Code::UnknownWorker, format!("there is no worker {worker:?}"))),
    }
}

/// The workers of that whole name and phone whom whoever asks may find, as ids; each of them is told of it.
///
/// # Errors
/// [`ServiceError::Denied`] where nobody is for them to find; [`ServiceError::Unavailable`].
pub async fn search(
    app: &App,
    who: Who<'_>,
    name: Option<&str>,
    phone: Option<&str>,
) -> Result<Vec<String>, ServiceError> {
    if !may_ever(who, Read::Search) {
        return Err(ServiceError::Denied(Denied));
    }
    for (text, field) in [(name, "name"), (phone, "phone")] {
        text.map_or(Ok(()), |text| check(text, field))?;
    }
    let found = app.vault.search(name, phone).await?;
    let mut within = Vec::new();
    for worker in found {
        if reach::may(app, who, Read::Search, Target::Worker(&worker)).await.is_ok() {
            within.push(worker);
        }
    }
    Ok(within)
}

/// The names on an appraisal's paper, for whoever may know those of its branch.
pub async fn on_paper(app: &App, who: Who<'_>, branch: Target<'_>, appraisal: &Appraisal) -> Names {
    match allow(who, Read::Name, branch) {
        Ok(()) => Names::of(&app.vault, appraisal).await,
        Err(_) => Names::Hidden,
    }
}
