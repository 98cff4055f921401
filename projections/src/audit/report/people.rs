//! Who entered and who decided: counts and points by person, and who confirmed whose.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::Actor;
use ledger_core::domain::points::Points;
use ledger_core::domain::store::event::StoreEvent;
use ledger_core::domain::worker::event::{CreditJudged, WorkerEvent};
use ledger_core::journal::Entry;

use super::{Tally, Thresholds, civil, days};
use crate::audit::listed::{Listed, Weightiest};

/// What a person entered and decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Credits entered.
    pub entered: Tally,
    /// Of those, credits that counted at once, because the district's rules asked for no second person.
    pub counted_at_once: Tally,
    /// Of those entered, credits later than the threshold.
    pub late: Tally,
    /// Credits of others confirmed.
    pub confirmed: Tally,
    /// Credits rejected.
    pub rejected: Tally,
    /// Credits objected to.
    pub objected: Tally,
    /// Objections decided.
    pub resolved: u64,
    /// Credits taken back.
    pub reversed: Tally,
    /// Redemptions entered, captured holds included.
    pub redemptions: Tally,
    /// Redemptions taken back.
    pub redemptions_reversed: Tally,
    /// Stocktakes and write-offs entered.
    pub stock_entries: u64,
    /// Credits confirmed that the same person had proposed.
    pub self_confirmed: u64,
    /// The first position of all these.
    pub first: u64,
    /// The last one.
    pub last: u64,
}

/// A maker and a checker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pair {
    /// Credits of the one confirmed by the other.
    pub confirmed: Tally,
    /// The first position of a confirmation.
    pub first: u64,
    /// The last one.
    pub last: u64,
}

/// A confirmation by the person who proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfConfirmed {
    /// The confirmation's position.
    pub position: u64,
    /// The proposal's position.
    pub proposed_position: u64,
    /// The credit.
    pub credit: String,
    /// Whose it is.
    pub worker: String,
    /// Its points.
    pub points: Points,
    /// Who.
    pub actor: String,
}

/// A credit that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// The proposal's position.
    pub position: u64,
    /// The credit.
    pub credit: String,
    /// Whose it is.
    pub worker: String,
    /// Its points.
    pub points: Points,
    /// Who proposed it.
    pub proposer: String,
    /// The day it was recorded.
    pub recorded_on: NaiveDate,
    /// Days until the last entry of the report.
    pub days: i64,
}

pub(super) struct People {
    thresholds: Thresholds,
    people: BTreeMap<String, Person>,
    pairs: BTreeMap<(String, String), Pair>,
    self_confirmed: Listed<SelfConfirmed>,
    /// Proposals nobody decided about yet.
    waiting: HashMap<String, Pending>,
    today: NaiveDate,
}

impl People {
    pub(super) fn new(thresholds: Thresholds) -> People {
        People {
            thresholds,
            people: BTreeMap::new(),
            pairs: BTreeMap::new(),
            self_confirmed: Listed::default(),
            waiting: HashMap::new(),
            today: NaiveDate::default(),
        }
    }

    fn person(&mut self, actor: &str, position: u64) -> &mut Person {
        if !self.people.contains_key(actor) {
            self.people.insert(actor.to_owned(), Person { first: position, ..Person::default() });
        }
        let person = self.people.entry(actor.to_owned()).or_default();
        person.last = position;
        person
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        self.today = civil(entry.command.recorded_at).date();
        let (position, actor) = (entry.position, entry.command.actor.as_str());
        let event = match event {
            Event::Worker(event) => event,
            Event::Store(StoreEvent::StockCounted(_) | StoreEvent::StockWrittenOff(_)) => {
                self.person(actor, position).stock_entries += 1;
                return;
            }
            _ => return,
        };
        if let Some(record) = event.as_service() {
            let late = days(record.on, self.today) >= self.thresholds.late_days;
            let person = self.person(record.proposer.as_str(), position);
            person.entered.add(record.points);
            if late {
                person.late.add(record.points);
            }
            if !record.proposed {
                person.counted_at_once.add(record.points);
                return;
            }
            let pending = Pending {
                position,
                credit: record.credit.to_string(),
                worker: record.worker.to_string(),
                points: record.points,
                proposer: record.proposer.to_string(),
                recorded_on: self.today,
                days: 0,
            };
            self.waiting.insert(record.credit.to_string(), pending);
            return;
        }
        match event {
            WorkerEvent::CreditConfirmed(event) => self.confirmed(position, event),
            WorkerEvent::CreditRejected(event) => {
                self.waiting.remove(event.credit.as_str());
                self.person(event.by.as_str(), position).rejected.add(event.points);
            }
            WorkerEvent::CreditObjected(event) => {
                self.person(event.by.as_str(), position).objected.add(event.points);
            }
            WorkerEvent::ObjectionResolved(event) => self.person(event.by.as_str(), position).resolved += 1,
            WorkerEvent::CreditReversed(event) => {
                self.person(event.by.as_str(), position).reversed.add(event.points);
            }
            WorkerEvent::Redeemed(event) => self.person(actor, position).redemptions.add(event.points),
            WorkerEvent::HoldCaptured(event) => self.person(actor, position).redemptions.add(event.points),
            WorkerEvent::RedemptionReversed(event) => {
                self.person(actor, position).redemptions_reversed.add(event.points);
            }
            _ => {}
        }
    }

    fn confirmed(&mut self, position: u64, event: &CreditJudged) {
        let by: &Actor = &event.by;
        self.person(by.as_str(), position).confirmed.add(event.points);
        let Some(proposal) = self.waiting.remove(event.credit.as_str()) else { return };
        let pair = (proposal.proposer.clone(), by.to_string());
        let pair = self.pairs.entry(pair).or_insert_with(|| Pair { first: position, ..Pair::default() });
        pair.confirmed.add(event.points);
        pair.last = position;
        if proposal.proposer == by.as_str() {
            self.person(by.as_str(), position).self_confirmed += 1;
            let found = SelfConfirmed {
                position,
                proposed_position: proposal.position,
                credit: proposal.credit,
                worker: proposal.worker,
                points: event.points,
                actor: proposal.proposer,
            };
            self.self_confirmed.push(found, self.thresholds.list);
        }
    }

    #[expect(clippy::type_complexity, reason = "the four parts of the report that are about people")]
    pub(super) fn finish(
        self,
    ) -> (BTreeMap<String, Person>, BTreeMap<(String, String), Pair>, Listed<SelfConfirmed>, Listed<Pending>) {
        let mut pending = Weightiest::new(self.thresholds.list);
        for (_, mut waiting) in self.waiting {
            waiting.days = days(waiting.recorded_on, self.today);
            pending.push(waiting.days, waiting.position, waiting);
        }
        (self.people, self.pairs, self.self_confirmed, pending.listed())
    }
}
