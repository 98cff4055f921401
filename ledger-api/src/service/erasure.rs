//! Forgetting a person: two people say so in the journal, and then the keys are destroyed.
//!
//! What is destroyed: the key of the worker (name, phone, texts about the worker), the keys of texts about the worker's
//! credits, redemptions and holds, and those of witnesses (证明人) who were written down by this worker's id or name. What
//! stays is what the journal holds: ids, points, proofs. Redeeming by code goes on.
//!
//! The vault notes that an erasure is asked of the ledger before it is asked. A crash in between is made good by
//! [`resume`], before anything is served.

use std::collections::BTreeSet;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Journal;
use ledger_core::ledger::{Command, Outcome, Submission};

use super::ServiceError;
use super::stream::each_entry;
use crate::app::App;
use crate::vault::{CASE, Vault, WITNESS, WORKER};

/// Gives the ledger a command that may erase, and destroys what it says is to be destroyed.
pub(super) async fn submit(app: &App, submission: Submission) -> Result<Outcome, ServiceError> {
    let Command::EraseWorker(command) = &submission.command else { return Ok(app.ledger.submit(submission).await) };
    let (worker, key) = (command.worker.clone(), submission.context.key.to_string());
    app.vault.begin_erasure(worker.as_str(), &key).await?;
    let outcome = app.ledger.submit(submission).await;
    match &outcome {
        Outcome::Committed(receipt) if receipt.events.iter().any(erases) => {
            let position = receipt.position;
            finish(&app.vault, app.ledger.journal().as_ref(), &worker, &key).await.map_err(|error| {
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
    for (worker, key) in app.vault.begun_erasures().await? {
        let journal = app.ledger.journal().as_ref();
        match WorkerId::new(&worker) {
            Ok(id) if is_erased(journal, &id).await? => finish(&app.vault, journal, &id, &key).await?,
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

async fn finish(vault: &Vault, journal: &dyn Journal, worker: &WorkerId, key: &str) -> Result<(), ServiceError> {
    let mut cases = BTreeSet::new();
    each_event(journal, worker, |event| {
        let named = [event.begins(), event.follows()].into_iter().flatten();
        cases.extend(named.filter_map(|subject| subject.key()).map(|key| key.to_string()));
    })
    .await?;
    // First of all: from here on no sheet brings the name back.
    vault.mark_erased(worker.as_str()).await?;
    let name = vault.get_name(WORKER, worker.as_str()).await.unwrap_or_else(|error| {
        // What does not open any more is destroyed all the same.
        tracing::warn!(%error, "a name that is destroyed could not be read");
        None
    });
    let mut names = vec![worker.as_str()];
    names.extend(name.as_deref());
    let witnesses = vault.witnesses_named(&names).await?;
    let mut doomed = vec![(WORKER, worker.to_string())];
    doomed.extend(cases.into_iter().map(|case| (CASE, case)));
    doomed.extend(witnesses.into_iter().map(|witness| (WITNESS, witness)));
    vault.erase_all(&doomed).await?;
    vault.end_erasure(worker.as_str(), key).await?;
    tracing::info!(worker = %worker, "a person was forgotten");
    Ok(())
}
