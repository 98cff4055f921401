//! Why a figure is what it is, event by event: of a worker, a card, a store or a merchant, and of what the programmes
//! keep: a request, a benefit, a fund, a pass, a pair, a selection or a site.
//!
//! A [`Tracer`] is given every entry of the journal in order and answers with the lines of its subject. Each line says
//! what the event changed and what the figures are after it. A worker's figures after a line are those that the state at
//! the line's position gives: points of a lot that ended before the last business day seen by then count as expired.
//! At the end stand the figures as of the day asked for.

mod benefit;
mod card;
mod facts;
mod fund;
mod letter;
mod lots;
mod merchant;
mod pair;
mod pass;
mod request;
mod selection;
mod site;
mod standing;
mod store;
mod subject;
mod thing;
mod worker;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::proof::ProvenBy;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, WorkerEvent};
use ledger_core::journal::{Entry, Journal, JournalError, RecordedTime};

use crate::account::Lot;
use crate::as_of::BusinessCut;
use benefit::BenefitTrace;
use card::CardTrace;
use fund::FundTrace;
use merchant::MerchantTrace;
use pair::PairTrace;
use pass::PassTrace;
use request::RequestTrace;
use selection::SelectionTrace;
use site::SiteTrace;
use store::StoreTrace;
use thing::Follow;
use worker::WorkerTrace;

pub use facts::{Fact, FactName};
pub use lots::{LotStep, TracedLot, lots_of};
pub use standing::{
    BenefitStanding, MerchantStanding, PairStanding, PassStanding, PassStatus, SelectionStanding, SiteStanding,
    Standing, WorkerStanding,
};
pub use subject::{Subject, SubjectError};

/// A traced event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// Its type.
    pub event: &'static str,
    /// When it happened, in business time; events of a card number have none.
    pub at: Option<BusinessTime>,
    /// The service date, for credits.
    pub on: Option<NaiveDate>,
    /// When the journal recorded it.
    pub recorded_at: RecordedTime,
    /// The command's key.
    pub key: String,
    /// Who entered it: the id of an access token, or the command line.
    pub actor: String,
    /// The credit, redemption, hold, card, item, month or row it is about.
    pub subject: String,
    /// Of which worker or at which store, where that is not the subject traced.
    pub party: Option<String>,
    /// The activity, for credits.
    pub activity: Option<String>,
    /// Who witnessed it, as a pseudonym.
    pub witness: Option<String>,
    /// The version of the points schedule that it was credited by.
    pub schedule: Option<u32>,
    /// The lots touched, with what the event put in or took out.
    pub lots: Vec<LotPart>,
    /// The lots it is about or changed, by number, each as it is afterwards: of a worker's trace.
    pub touched: Vec<(u32, Lot)>,
    /// The last day of the lot it made, where it made one that ends.
    pub last_day: Option<NaiveDate>,
    /// Units put on the shelf or taken from it, by item.
    pub units: Vec<(String, i64)>,
    /// What it changed: in what is left to the worker, on the card, in what the merchant is owed; signed.
    pub points: Points,
    /// The same in money, fen: in what the merchant is owed, in what of the fund is free.
    pub money: Fen,
    /// What else the event says, of programmes and of claims in money.
    pub facts: Vec<Fact>,
    /// What of it is special: proposed, capped, paid to a debt.
    pub note: Option<Note>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The figures after it.
    pub after: Standing,
}

/// What is special about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A credit that waits for a second person and does not count yet.
    Proposed,
    /// A credit that the daily cap cut; without it, it would have been so many points.
    Capped(Points),
    /// So many points went to an old debt.
    DebtPaid(Points),
    /// So many points could not be taken back and became a debt.
    DebtLeft(Points),
    /// An expiry was booked or taken out again, so many points; the figures go by the lots' last days and do not move.
    Booked(Points),
    /// By what the worker was proven to be the one who spends, where the district asked for it.
    Proven(ProvenBy),
}

/// A lot that ended before the day of a trace's end with points left in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedLot {
    /// Its number.
    pub lot: u32,
    /// The last day on which it could be spent, counted.
    pub last_day: NaiveDate,
    /// What expired with it.
    pub points: Points,
}

/// The end of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEnd {
    /// The business day it is told for.
    pub as_of: Option<NaiveDate>,
    /// Whether the journal knows the subject at all.
    pub known: bool,
    /// Events of the subject that were left out because they happened after the day.
    pub left_out: u64,
    /// The first position left out.
    pub left_out_first: Option<u64>,
    /// The lots whose points make up what expired.
    pub ended: Vec<EndedLot>,
    /// The figures, as the state gives them.
    pub figures: Standing,
}

enum Kind {
    Worker(WorkerTrace),
    Card(CardTrace),
    Store(StoreTrace),
    Merchant(MerchantTrace),
    /// A thing of the programmes.
    Thing(Box<dyn Follow>),
}

/// Follows one subject along the journal.
pub struct Tracer {
    cut: BusinessCut,
    latest: Option<NaiveDate>,
    known: bool,
    left_out: u64,
    left_out_first: Option<u64>,
    kind: Kind,
}

impl Tracer {
    /// Prepares a trace as of a business day, or of the last one in the journal. A card's holder is looked up first.
    ///
    /// # Errors
    /// [`JournalError`].
    pub async fn new(
        journal: &dyn Journal,
        subject: Subject,
        as_of: Option<NaiveDate>,
    ) -> Result<Tracer, JournalError> {
        let kind = match subject {
            Subject::Worker(worker) => Kind::Worker(WorkerTrace::new(worker, as_of.is_some())),
            Subject::Store(store) => Kind::Store(StoreTrace::new(store)),
            Subject::Merchant(merchant) => Kind::Merchant(MerchantTrace::new(merchant)),
            Subject::Request(request) => Kind::Thing(Box::new(RequestTrace::new(request))),
            Subject::Benefit(benefit) => Kind::Thing(Box::new(BenefitTrace::new(benefit))),
            Subject::Fund(fund) => Kind::Thing(Box::new(FundTrace::new(fund))),
            Subject::Pass(pass) => Kind::Thing(Box::new(PassTrace::new(pass))),
            Subject::Pair(pair) => Kind::Thing(Box::new(PairTrace::new(pair))),
            Subject::Selection(selection) => Kind::Thing(Box::new(SelectionTrace::new(selection))),
            Subject::Site(site) => Kind::Thing(Box::new(SiteTrace::new(site))),
            Subject::Card(card_no) => {
                let stream = StreamId::Card(card_no.clone());
                let stored = journal.load(std::slice::from_ref(&stream), false).await?;
                let events = stored.into_iter().flat_map(|stored| stored.events);
                // A number goes to one worker for good.
                let holder =
                    events.into_iter().find_map(|stored| stored.event.as_card().map(|event| event.worker().clone()));
                let absorbed = match &holder {
                    Some(holder) => absorbed_by(journal, holder).await?,
                    None => BTreeSet::new(),
                };
                Kind::Card(CardTrace::new(card_no, holder, absorbed))
            }
        };
        Ok(Tracer { cut: BusinessCut::new(as_of), latest: None, known: false, left_out: 0, left_out_first: None, kind })
    }

    /// Takes the next entry; gives a line where it is the subject's.
    pub fn entry(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let admitted = self.cut.admits(event);
        let own = match &self.kind {
            Kind::Worker(trace) => trace.owns(event),
            Kind::Card(trace) => trace.owns(event),
            Kind::Store(trace) => trace.owns(event),
            Kind::Merchant(trace) => trace.owns(event),
            Kind::Thing(trace) => trace.owns(event),
        };
        self.known |= own;
        if !admitted {
            if own {
                self.left_out += 1;
                self.left_out_first.get_or_insert(entry.position);
                if let Kind::Worker(trace) = &mut self.kind {
                    trace.leave_out(event);
                }
            }
            return None;
        }
        self.latest = self.latest.max(event.day());
        match &mut self.kind {
            Kind::Worker(trace) => trace.line(entry, event, self.latest),
            Kind::Card(trace) => trace.line(entry, event),
            Kind::Store(trace) => trace.line(entry, event),
            Kind::Merchant(trace) => trace.line(entry, event),
            Kind::Thing(trace) => trace.line(entry, event),
        }
    }

    /// The figures after the last entry.
    pub fn finish(self) -> TraceEnd {
        let as_of = self.cut.until().or(self.latest);
        let (figures, ended) = match self.kind {
            Kind::Worker(trace) => trace.finish(as_of),
            Kind::Card(trace) => (trace.finish(), Vec::new()),
            Kind::Store(trace) => (trace.finish(), Vec::new()),
            Kind::Merchant(trace) => (trace.finish(), Vec::new()),
            Kind::Thing(trace) => (trace.standing(), Vec::new()),
        };
        let Tracer { known, left_out, left_out_first, .. } = self;
        TraceEnd { as_of, known, left_out, left_out_first, ended, figures }
    }
}

/// The ids that were given up for a worker's.
async fn absorbed_by(journal: &dyn Journal, worker: &WorkerId) -> Result<BTreeSet<WorkerId>, JournalError> {
    let stream = StreamId::Worker(worker.clone());
    let stored = journal.load(std::slice::from_ref(&stream), false).await?;
    let events = stored.iter().flat_map(|stored| &stored.events);
    let taken = events.filter_map(|stored| stored.event.as_worker().and_then(WorkerEvent::as_taken_over));
    Ok(taken.map(|taken| taken.absorbed.clone()).collect())
}

/// A line with what every event answers; the rest is for the trace of its kind to fill in.
fn begun(entry: &Entry, event: &Event, after: Standing) -> TraceLine {
    TraceLine {
        position: entry.position,
        event: event.event_type(),
        at: event.at(),
        on: None,
        recorded_at: entry.command.recorded_at,
        key: entry.command.key.to_string(),
        actor: entry.command.actor.to_string(),
        subject: event.subject().map(|subject| subject.to_string()).unwrap_or_default(),
        party: event.party().map(|party| party.to_string()),
        activity: None,
        witness: None,
        schedule: None,
        lots: Vec::new(),
        touched: Vec::new(),
        last_day: None,
        units: Vec::new(),
        points: Points::ZERO,
        money: Fen::ZERO,
        facts: Vec::new(),
        note: None,
        reason: event.reason().map(str::to_owned),
        after,
    }
}

#[cfg(test)]
mod tests;
