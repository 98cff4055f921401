//! Benefits that bodies approve (审核): an application is proposed, each body says yes by a person of its own, and the word of
//! the last one grants it or lets it wait, as a row of 权益登记 would have been in that moment.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, Begins, nothing};
use super::benefits::{ApplyBenefit, AskedAmount, Stage};
use super::content::Content;
use crate::domain::benefit::BenefitCommand;
use crate::domain::benefit::certificate::CertificateReleased;
use crate::domain::benefit::command::{ApplicationTerms, Approver};
use crate::domain::benefit::state::Application;
use crate::domain::event::{Event, StreamId, V1};
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, Key, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::BusinessTime;
use crate::domain::worker::Worker;
use crate::ledger::book::Book;
use crate::ledger::command::AskedTime;
use crate::ledger::process::{Process, States};

/// Apply for a benefit that bodies approve. Where none does it is granted, or waits, at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposeBenefit {
    /// The row's key.
    pub application: ApplicationId,
    /// Which benefit.
    pub benefit: BenefitId,
    /// Who applies.
    pub worker: WorkerId,
    /// When; `None` for a text that is no time.
    pub at: Option<BusinessTime>,
    /// A certificate that it rests on.
    pub certificate: Option<CertificateNo>,
    /// The money asked for.
    pub amount: AskedAmount,
}

impl Definition for ProposeBenefit {
    /// The same is asked as by [`ApplyBenefit`]: sent again after the register named other bodies, or none, it is a repeat.
    fn write_content(&self, content: &mut Content) {
        self.row().write_content(content);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        self.row().name_streams(book, streams);
    }

    /// As a row of the sheet, of which nothing is recorded but that it was proposed.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let row = self.row();
        let benefit = process.states.benefit(&self.benefit)?;
        let granted = row.record(process, Stage::New)?;
        if benefit.require(&self.benefit)?.approving().is_empty() {
            return Ok(granted);
        }
        let Some(at) = self.at else {
            return Err(Refusal::new(Code::InvalidDate, "the time of application is not a time"));
        };
        let mut events = Vec::new();
        if let (Some(claim), Some(certificate)) = (row.claims(), &self.certificate) {
            let reserved = process.states.certificate(certificate)?.reserve(claim)?;
            events.extend(reserved.into_iter().map(Event::Certificate));
        }
        let amount = match self.amount {
            AskedAmount::Amount(amount) => Some(amount),
            AskedAmount::Blank | AskedAmount::Unreadable => None,
        };
        let terms = ApplicationTerms { amount, at, certificate: self.certificate.clone(), worker: self.worker.clone() };
        let (application, id, by) = (self.application.clone(), self.benefit.clone(), process.context.actor.clone());
        let proposed = benefit.decide(BenefitCommand::Propose { benefit: id, application, by, terms })?;
        events.extend(proposed.into_iter().map(Event::Benefit));
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        let certificate = self.certificate.iter().map(|certificate| (certificate.as_str(), "the certificate's number"));
        certificate.chain([(self.application.as_str(), "the application's number")])
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Act { worker: &self.worker, store: None, time: &AskedTime::Now })
    }

    nothing!(texts, named_key, free_text, at_counter, settings);
}

impl ProposeBenefit {
    /// The row of 权益登记 that says the same.
    fn row(&self) -> ApplyBenefit {
        let ProposeBenefit { application, benefit, worker, at, certificate, amount } = self.clone();
        ApplyBenefit { application, benefit, worker, at, certificate, amount, used: None, completes: false }
    }
}

/// Say for a body that it approves an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckBenefit {
    /// Which benefit.
    pub benefit: BenefitId,
    /// Which application.
    pub application: ApplicationId,
    /// Which body: one of those that the benefit named when it was proposed.
    pub body: String,
}

impl Definition for CheckBenefit {
    fn write_content(&self, content: &mut Content) {
        content.text("check_benefit").text(self.benefit.as_str()).text(self.application.as_str()).text(&self.body);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.body)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.benefit, &self.application, book, streams);
        let Ok(benefit) = book.benefit(&self.benefit) else { return };
        streams.extend(benefit.terms().and_then(|terms| terms.fund.clone()).map(StreamId::Fund));
        let Some(known) = benefit.application(&self.application) else { return };
        // Whoever gave the id up since pays under the one that is kept. Holds that ran out are given back before, and their
        // stores with them.
        let own = book.worker(&known.terms.worker).ok();
        let kept = own.and_then(Worker::merged_into).and_then(|(kept, _)| book.worker(kept).ok());
        let holds = own.into_iter().chain(kept).flat_map(Worker::holds);
        streams.extend(holds.map(|(_, hold)| StreamId::Store(hold.store.clone())));
    }

    /// The benefit, the application, that it waits for approval, the time, the body, the person, that the body did not say so
    /// before; then, where it is the last, what an application is told in that moment: points, then the fund.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let mut state = process.states.benefit(&self.benefit)?.clone();
        let approver = approver(process, &self.benefit, &self.application)?;
        let (at, body) = (process.context.at, self.body.clone());
        let (benefit, application) = (self.benefit.clone(), self.application.clone());
        let checked = state.decide(BenefitCommand::Check { at, benefit, application, body, approver })?;
        checked.iter().for_each(|event| state.evolve(event));
        let mut events: Vec<Event> = checked.into_iter().map(Event::Benefit).collect();
        let (known, proposal) = state.require_proposed(&self.benefit, &self.application)?;
        if proposal.is_approved() {
            events.extend(self.row(known).record(process, Stage::Approved)?);
        }
        Ok(events)
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

impl CheckBenefit {
    /// The row that was proposed, with its own time.
    fn row(&self, known: &Application) -> ApplyBenefit {
        let ApplicationTerms { amount, at, certificate, worker } = known.terms.clone();
        ApplyBenefit {
            application: self.application.clone(),
            benefit: self.benefit.clone(),
            worker,
            at: Some(at),
            certificate,
            amount: amount.map_or(AskedAmount::Blank, AskedAmount::Amount),
            used: None,
            completes: false,
        }
    }
}

/// Send an application that waits for approval back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectBenefit {
    /// Which benefit.
    pub benefit: BenefitId,
    /// Which application.
    pub application: ApplicationId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for RejectBenefit {
    fn write_content(&self, content: &mut Content) {
        content.text("reject_benefit").text(self.benefit.as_str()).text(self.application.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.benefit, &self.application, book, streams);
    }

    /// The benefit, the application, that it waits for approval, the time, the person; then the certificate goes back to its
    /// holder.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let state = process.states.benefit(&self.benefit)?;
        let approver = approver(process, &self.benefit, &self.application)?;
        let (known, _) = state.require_proposed(&self.benefit, &self.application)?;
        let (at, reason) = (process.context.at, self.reason.clone());
        let (benefit, application) = (self.benefit.clone(), self.application.clone());
        let rejected = state.decide(BenefitCommand::Reject { at, benefit, application, approver, reason })?;
        let mut events = release(process, &self.benefit, &self.application, known)?;
        events.extend(rejected.into_iter().map(Event::Benefit));
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.application).into()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// The streams of an application that waits for approval: which persons had a part in it is told by their accounts.
fn name_parts(benefit: &BenefitId, application: &ApplicationId, book: &Book, streams: &mut Vec<StreamId>) {
    streams.push(StreamId::Benefit(benefit.clone()));
    let Ok(state) = book.benefit(benefit) else { return };
    let Some(known) = state.application(application) else { return };
    streams.push(StreamId::Worker(known.terms.worker.clone()));
    streams.extend(known.terms.certificate.clone().map(StreamId::Certificate));
    let parts = known.proposal.iter().flat_map(|proposal| proposal.parts());
    streams.extend(parts.map(|actor| StreamId::Account(actor.into())));
}

/// Who decides, and as whom they had a part in it before.
fn approver<S: States>(
    process: &Process<'_, S>,
    benefit: &BenefitId,
    application: &ApplicationId,
) -> Decision<Approver> {
    let state = process.states.benefit(benefit)?;
    state.require(benefit)?;
    let (known, proposal) = state.require_proposed(benefit, application)?;
    let by = process.context.actor.clone();
    let person = process.person(&by)?;
    let mut alike = Vec::new();
    for actor in proposal.parts() {
        if *actor != by && process.person(actor)? == person {
            alike.push(actor.clone());
        }
    }
    Ok(Approver { by, alike, is_worker: person.is(&process.kept_id(&known.terms.worker)?) })
}

/// The certificate that an application claims, or has kept, is free again.
pub(super) fn release<S: States>(
    process: &Process<'_, S>,
    benefit: &BenefitId,
    application: &ApplicationId,
    known: &Application,
) -> Decision<Vec<Event>> {
    let Some(certificate) = &known.terms.certificate else { return Ok(Vec::new()) };
    let release = CertificateReleased {
        application: application.clone(),
        benefit: benefit.clone(),
        certificate: certificate.clone(),
        v: V1,
        worker: known.terms.worker.clone(),
    };
    let released = process.states.certificate(certificate)?.release(release);
    Ok(released.into_iter().map(Event::Certificate).collect())
}
