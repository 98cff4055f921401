//! Free texts (reasons, notes) on their way into the vault and out of it. Events hold references to them; events of
//! earlier programs hold the texts themselves, and are told as they are.
//!
//! A text is sealed under the key of the worker it is about, so that it goes when the person is forgotten. A store's
//! reasons (a stocktake's, a closing's) are the store's.

use std::collections::HashMap;

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::ids::{Key, PassNo, WorkerId};
use ledger_core::domain::pass::PassEvent;
use ledger_core::domain::request::RequestEvent;
use ledger_core::domain::selection::SelectionEvent;
use ledger_core::ledger::commands::beforehand::About;
use ledger_core::ledger::{Command, commands};
use projections::audit::report::Report;
use projections::audit::trace::{FactName, Standing, TraceLine};
use projections::queries::credit::CreditRecord;
use projections::queries::redemption::RedemptionRecord;
use projections::statement::Line;

use super::ServiceError;
use super::begun::Begun;
use super::names::masked;
use crate::access::policy::{Read, Who, may_ever};
use crate::app::App;
use crate::vault::{CASE, STORE_TEXTS, Vault, VaultError, WORKER, is_reference, short};

/// Puts a command's free text into the vault, and its reference into the command.
///
/// What the ledger would refuse of a text stays as it is, for the ledger to refuse.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the vault or the journal cannot be asked.
pub(super) async fn put_away(app: &App, begun: &Begun, command: &mut Command) -> Result<(), ServiceError> {
    let Some((about, text)) = command.free_text() else { return Ok(()) };
    if commands::check_text(text).is_err() {
        return Ok(());
    }
    let (kind, id) = match about {
        About::Worker(worker) => (WORKER, worker.to_string()),
        About::Store(store) => (STORE_TEXTS, store.to_string()),
        About::Itself(name) => (CASE, name),
        About::Named(key) => match worker_of(app, begun, &key).await? {
            Some(worker) => (WORKER, worker.to_string()),
            // The ledger refuses it most likely: nothing of that name is there.
            None => (CASE, key.to_string()),
        },
    };
    let references = app.vault.keep_texts(&[(kind, id, text.clone())]).await?;
    if let Some(reference) = references.into_iter().next() {
        *text = reference;
    }
    Ok(())
}

/// The worker of what a command with a key began.
async fn worker_of(app: &App, begun: &Begun, key: &Key) -> Result<Option<WorkerId>, ServiceError> {
    if let Some(worker) = begun.worker_of(key) {
        return Ok(Some(worker.clone()));
    }
    for entry in app.views.entries_of(key).await? {
        let event = entry.event()?;
        if let Some(event) = event.as_worker() {
            return Ok(Some(event.worker().clone()));
        }
        // An application that spends nothing, or waits.
        if let Some(BenefitEvent::BenefitGranted(asked) | BenefitEvent::BenefitQueued(asked)) = event.as_benefit() {
            return Ok(Some(asked.terms.worker.clone()));
        }
        // One that bodies have to approve.
        if let Some(BenefitEvent::BenefitProposed(asked)) = event.as_benefit() {
            return Ok(Some(asked.terms.worker.clone()));
        }
        // A slip is about the holder of its pass.
        if let Some(PassEvent::PassUsed(used)) = event.as_pass() {
            return holder_of(app, &used.pass).await;
        }
        // A request is about whoever reported it, if a worker did.
        if let Some(RequestEvent::RequestPosted(posted)) = event.as_request() {
            return Ok(posted.reporter.clone());
        }
        // An objection to a selection is about a candidate.
        if let Some(candidate) = event.as_selection().and_then(SelectionEvent::candidate) {
            return Ok(Some(candidate.clone()));
        }
    }
    if let Some(posted) = begun.request(&key.into()) {
        return Ok(posted.reporter.clone());
    }
    // A credit that ripened on a row came of a later command.
    let credit = app.views.credit(&key.into(), u64::MAX).await?;
    Ok(credit.map(|credit| credit.record.worker))
}

/// The holder of a pass, as its register has it now.
async fn holder_of(app: &App, pass: &PassNo) -> Result<Option<WorkerId>, ServiceError> {
    let pass = app.views.pass(pass.clone(), u64::MAX).await?;
    Ok(pass.and_then(|pass| Some(pass.terms()?.worker.clone())))
}

/// A text as it stands in an event, and whom it is about: to be told.
pub struct Written<'a> {
    kind: &'static str,
    id: &'a str,
    case: Option<&'a str>,
    text: &'a mut String,
}

impl<'a> Written<'a> {
    /// About a worker, and about what has a name, such as a credit.
    pub fn of_worker(worker: &'a str, case: Option<&'a str>, text: &'a mut String) -> Written<'a> {
        Written { kind: WORKER, id: worker, case, text }
    }

    /// About what has a name of its own, and is no worker's.
    pub fn of_case(case: &'a str, text: &'a mut String) -> Written<'a> {
        Written { kind: CASE, id: case, case: None, text }
    }

    /// About a store.
    pub fn of_store(store: &'a str, text: &'a mut String) -> Written<'a> {
        Written { kind: STORE_TEXTS, id: store, case: None, text }
    }
}

/// Puts the texts in the place of their references, for whoever may read texts at all: what they are about was let be read
/// before this is asked; else, and where a text is gone or the vault
/// cannot be asked, the reference in short.
///
/// Whoever reads no names finds the subject's own name masked in them: somebody may have typed it.
pub async fn tell(vault: &Vault, who: Who<'_>, mut written: Vec<Written<'_>>) {
    written.retain(|one| is_reference(one.text));
    if written.is_empty() {
        return;
    }
    if !may_ever(who, Read::FreeText) {
        for one in written {
            *one.text = short(one.text);
        }
        return;
    }
    let mut read = written;
    let told = match texts_of(vault, &read).await {
        Ok(told) => told,
        Err(error) => {
            tracing::warn!(%error, "reasons are told in short: the vault cannot be asked");
            vec![None; read.len()]
        }
    };
    let names = names_to_mask(vault, who, &read).await;
    for (one, text) in read.iter_mut().zip(told) {
        *one.text = match text {
            Some(text) => match names.get(one.id).filter(|_| one.kind == WORKER) {
                Some(name) => text.replace(name.as_str(), &masked(name)),
                None => text,
            },
            None => short(one.text),
        };
    }
}

async fn texts_of(vault: &Vault, read: &[Written<'_>]) -> Result<Vec<Option<String>>, VaultError> {
    let asked: Vec<(&str, &str, &str)> = read.iter().map(|one| (one.kind, one.id, one.text.as_str())).collect();
    let mut told = vault.texts(&asked).await?;
    let missing: Vec<(usize, (&str, &str, &str))> = read
        .iter()
        .enumerate()
        .filter(|(at, _)| told.get(*at).is_some_and(Option::is_none))
        .filter_map(|(at, one)| Some((at, (CASE, one.case?, one.text.as_str()))))
        .collect();
    if !missing.is_empty() {
        let asked: Vec<(&str, &str, &str)> = missing.iter().map(|(_, asked)| *asked).collect();
        for ((at, _), text) in missing.iter().zip(vault.texts(&asked).await?) {
            if let Some(place) = told.get_mut(*at) {
                *place = text;
            }
        }
    }
    Ok(told)
}

async fn names_to_mask(vault: &Vault, who: Who<'_>, read: &[Written<'_>]) -> HashMap<String, String> {
    if may_ever(who, Read::Name) {
        return HashMap::new();
    }
    let mut workers: Vec<&str> = read.iter().filter(|one| one.kind == WORKER).map(|one| one.id).collect();
    workers.sort_unstable();
    workers.dedup();
    if workers.is_empty() {
        return HashMap::new();
    }
    let asked: Vec<(&str, &str)> = workers.iter().map(|worker| (WORKER, *worker)).collect();
    let names = vault.get_names(&asked).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "names in reasons cannot be masked");
        Vec::new()
    });
    workers.iter().zip(names).filter_map(|(worker, name)| Some(((*worker).to_owned(), name?))).collect()
}

/// The reasons of a worker's statement.
pub fn of_lines<'a>(worker: &'a str, lines: &'a mut [Line]) -> Vec<Written<'a>> {
    let written = |line: &'a mut Line| {
        line.reason.as_mut().map(|reason| Written::of_worker(worker, Some(line.subject.as_str()), reason))
    };
    lines.iter_mut().filter_map(written).collect()
}

/// The reasons of a worker's trace.
pub fn of_trace<'a>(worker: &'a str, lines: &'a mut [TraceLine]) -> Vec<Written<'a>> {
    let written = |line: &'a mut TraceLine| {
        line.reason.as_mut().map(|reason| Written::of_worker(worker, Some(line.subject.as_str()), reason))
    };
    lines.iter_mut().filter_map(written).collect()
}

/// The reasons of the trace of a thing: about the worker whom the line names, else about what it is about.
pub fn of_thing<'a>(lines: &'a mut [TraceLine]) -> Vec<Written<'a>> {
    let written = |line: &'a mut TraceLine| -> Option<Written<'a>> {
        let TraceLine { party, subject, facts, after, reason, .. } = line;
        let reason = reason.as_mut()?;
        // What is said of a month's statement is about the line, and the answer about the dispute.
        if let Standing::Merchant(_) = after {
            let line = facts.iter().find(|fact| fact.name == FactName::Line || fact.name == FactName::Dispute);
            return Some(Written::of_case(line.map_or(subject.as_str(), |fact| fact.value.as_str()), reason));
        }
        Some(match party {
            Some(worker) => Written::of_worker(worker, Some(subject.as_str()), reason),
            None => Written::of_case(subject, reason),
        })
    };
    lines.iter_mut().filter_map(written).collect()
}

/// The reasons of what was decided about a credit.
pub fn of_credit(credit: &mut CreditRecord) -> Vec<Written<'_>> {
    let CreditRecord { record, steps, .. } = credit;
    let (worker, name) = (record.worker.as_str(), record.credit.as_str());
    let reasons = steps.iter_mut().filter_map(|step| step.reason.as_mut());
    reasons.map(|reason| Written::of_worker(worker, Some(name), reason)).collect()
}

/// The reason for which a redemption was given back.
pub fn of_redemption<'a>(name: &'a str, record: &'a mut RedemptionRecord) -> Vec<Written<'a>> {
    let RedemptionRecord { worker, reversed, .. } = record;
    let reason = reversed.as_mut().map(|reversal| &mut reversal.reason);
    reason.map(|reason| Written::of_worker(worker.as_str(), Some(name), reason)).into_iter().collect()
}

/// The reasons of a report.
pub fn of_report(report: &mut Report) -> Vec<Written<'_>> {
    let corrections = report.corrections.rows.iter_mut();
    let corrections =
        corrections.map(|row| Written::of_worker(row.worker.as_str(), Some(row.name.as_str()), &mut row.reason));
    let withdrawals = report.programmes.withdrawals.rows.iter_mut();
    let withdrawals =
        withdrawals.map(|row| Written::of_worker(row.worker.as_str(), Some(row.application.as_str()), &mut row.reason));
    let reversals = report.programmes.reversals.rows.iter_mut();
    let reversals = reversals.map(|row| match &row.worker {
        Some(worker) => Written::of_worker(worker.as_str(), Some(row.name.as_str()), &mut row.reason),
        None => Written::of_case(row.name.as_str(), &mut row.reason),
    });
    let differences = report.stock.rows.iter_mut();
    let cases = report.cases.rows.iter_mut();
    let cases = cases.filter_map(|row| Some((row.store.as_str(), &mut row.settled.as_mut()?.0)));
    corrections
        .chain(withdrawals)
        .chain(reversals)
        .chain(differences.map(|row| Written::of_store(row.store.as_str(), &mut row.reason)))
        .chain(cases.map(|(store, reason)| Written::of_store(store, reason)))
        .collect()
}
