//! Forgetting a person: two people say so in the journal, and then the keys are destroyed.
//!
//! What is destroyed: the key of the worker (name, phone, texts about the worker), the keys of texts about the worker's
//! credits, redemptions and holds, the keys of the accounts that the worker acts with (name, texts about their grants), and
//! those of witnesses (证明人) who were written down by this person's ids or names. What stays is what the journal holds:
//! ids, points, proofs. Redeeming by code goes on.
//!
//! The vault notes that an erasure is asked of the ledger before it is asked. A crash in between is made good by
//! [`resume`], before anything is served.

use std::collections::BTreeSet;

use ledger_core::domain::account::Account;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Journal;
use ledger_core::ledger::{Command, Outcome, Submission};
use projections::ViewError;

use super::ServiceError;
use super::stream::each_entry;
use crate::app::App;
use crate::vault::{ACCOUNT, CASE, Vault, VaultError, WITNESS, WORKER};

/// Accounts looked at together.
const PAGE: usize = 1_000;

/// Gives the ledger a command that may erase, and destroys what it says is to be destroyed.
pub(super) async fn submit(app: &App, submission: Submission) -> Result<Outcome, ServiceError> {
    let Command::EraseWorker(command) = &submission.command else { return Ok(app.ledger.submit(submission).await) };
    let (worker, key) = (command.worker.clone(), submission.context.key.to_string());
    app.vault.begin_erasure(worker.as_str(), &key).await?;
    let outcome = app.ledger.submit(submission).await;
    match &outcome {
        Outcome::Committed(receipt) if receipt.events.iter().any(erases) => {
            let position = receipt.position;
            finish(app, &worker, &key).await.map_err(|error| {
                tracing::error!(%error, "an erasure is recorded, but not everything could be destroyed yet");
                ServiceError::Committed(format!(
                    "the erasure is recorded at position {position}, but not everything could be destroyed yet; ask again \
                     with the same key and content: it is then finished, at the latest when the server starts anew"
                ))
            })?;
        }
        // Whether it erased is found out when the server starts anew, or when the same key is sent again.
        Outcome::Unknown => {}
        Outcome::Committed(_) | Outcome::Refused(_) => app.vault.end_erasure(worker.as_str(), &key).await?,
    }
    Ok(outcome)
}

fn erases(event: &Event) -> bool {
    matches!(event, Event::Worker(WorkerEvent::WorkerErased(_)))
}

/// Finishes erasures that a crash came in between.
///
/// # Errors
/// [`ServiceError`]: then nothing may be served, for somebody may still be told who was forgotten.
pub async fn resume(app: &App) -> Result<(), ServiceError> {
    let begun = app.vault.begun_erasures().await?;
    if !begun.is_empty() {
        // Views that are made anew take their time, and nothing is served before.
        while let Err(ViewError::Behind { at, wanted }) = app.views.fresh(None).await {
            tracing::info!(at, wanted, "an erasure is to be finished: waiting for the views");
        }
    }
    for (worker, key) in begun {
        let journal = app.ledger.journal().as_ref();
        match WorkerId::new(&worker) {
            Ok(id) if is_erased(journal, &id).await? => finish(app, &id, &key).await?,
            _ => app.vault.end_erasure(&worker, &key).await?,
        }
    }
    Ok(())
}

async fn is_erased(journal: &dyn Journal, worker: &WorkerId) -> Result<bool, ServiceError> {
    let mut erased = false;
    each_event(journal, worker, |event| erased |= matches!(event, WorkerEvent::WorkerErased(_))).await?;
    Ok(erased)
}

async fn each_event(
    journal: &dyn Journal,
    worker: &WorkerId,
    mut each: impl FnMut(&WorkerEvent),
) -> Result<(), ServiceError> {
    let stream = StreamId::Worker(worker.clone());
    each_entry(journal, &stream, |entry| {
        if let Event::Worker(event) = entry.event()? {
            each(&event);
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// The accounts that a worker acts with, as the views tell after all that was recorded.
pub(super) async fn accounts_of(app: &App, worker: &WorkerId) -> Result<Vec<(String, Account)>, ServiceError> {
    app.views.fresh(None).await?;
    let (mut own, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.views.account_rows(&after, PAGE).await?;
        own.extend(page.rows.into_iter().filter(|(_, account)| account.worker() == Some(worker)));
        match page.next {
            Some(next) => after = next,
            None => return Ok(own),
        }
    }
}

/// A name that is about to be destroyed. What does not open any more is destroyed all the same.
async fn last_name(vault: &Vault, kind: &str, id: &str) -> Option<String> {
    vault.get_name(kind, id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a name that is destroyed could not be read");
        None
    })
}

/// Who was written down as a witness under one of these names.
async fn witnesses_of(vault: &Vault, names: &[String]) -> Result<Vec<(&'static str, String)>, VaultError> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(vault.witnesses_named(&names).await?.into_iter().map(|witness| (WITNESS, witness)).collect())
}

async fn finish(app: &App, worker: &WorkerId, key: &str) -> Result<(), ServiceError> {
    let vault = &app.vault;
    // First of all: from here on no sheet brings the name back.
    vault.mark_erased(worker.as_str()).await?;
    let mut cases = BTreeSet::new();
    each_event(app.ledger.journal().as_ref(), worker, |event| {
        let named = [event.begins(), event.follows()].into_iter().flatten();
        cases.extend(named.filter_map(|subject| subject.key()).map(|key| key.to_string()));
    })
    .await?;
    // The person's own first: it waits for no views.
    let mut names = vec![worker.to_string()];
    names.extend(last_name(vault, WORKER, worker.as_str()).await);
    let mut doomed = vec![(WORKER, worker.to_string())];
    doomed.extend(cases.into_iter().map(|case| (CASE, case)));
    doomed.extend(witnesses_of(vault, &names).await?);
    vault.erase_all(&doomed).await?;
    let (mut names, mut doomed) = (Vec::new(), Vec::new());
    for (account, row) in accounts_of(app, worker).await? {
        names.extend(last_name(vault, ACCOUNT, &account).await);
        names.push(account.clone());
        doomed.push((ACCOUNT, account));
        doomed.extend(row.grants().map(|(grant, _)| (CASE, grant.to_string())));
    }
    doomed.extend(witnesses_of(vault, &names).await?);
    vault.erase_all(&doomed).await?;
    // By what an identity provider knows the person.
    for link in app.links.all().await? {
        if doomed.iter().any(|(kind, id)| *kind == ACCOUNT && id == link.account.as_str()) {
            app.links.unlink(&link.who, &link.account).await?;
        }
    }
    vault.end_erasure(worker.as_str(), key).await?;
    tracing::info!(worker = %worker, "a person was forgotten");
    Ok(())
}
