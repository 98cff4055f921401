//! Who entered and who decided: counts and points by person, and who confirmed whose.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{Judgement, Verdict};
use ledger_core::journal::Entry;

use super::{Tally, Thresholds, days};
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
    /// The last position of them.
    pub last: u64,
}

/// A maker and a checker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pair {
    /// Credits of the one confirmed by the other.
    pub confirmed: Tally,
    /// The first position of a confirmation.
    pub first: u64,
    /// The last position of them.
    pub last: u64,
}

/// A confirmation by the person who proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfConfirmed {
    /// The confirmation's position.
    pub position: u64,
    /// The proposal's position.
    pub proposed_position: u64,
    /// 记录号, or the key of the command that recorded it.
    pub credit: String,
    /// Whose it is.
    pub worker: String,
    /// In exact hundredths.
    pub points: Points,
    /// The account that acts.
    pub actor: String,
}

/// A credit that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// The proposal's position.
    pub position: u64,
    /// 记录号, or the key of the command that recorded it.
    pub credit: String,
    /// Whose it is.
    pub worker: String,
    /// In exact hundredths.
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
        self.today = entry.command.recorded_at.to_business().date();
        let (position, actor) = (entry.position, entry.command.actor.as_str());
        let event = match event {
            Event::Worker(event) => event,
            Event::Store(event) => {
                if event.as_correction().is_some() {
                    self.person(actor, position).stock_entries += 1;
                }
                return;
            }
            Event::Programme(_)
            | Event::Merchant(_)
            | Event::Card(_)
            | Event::Account(_)
            | Event::Directory(_)
            | Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_) => {
                return;
            }
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
        if let Some(judged) = event.as_judgement() {
            self.judged(position, &judged);
        } else if let Some(made) = event.as_redemption() {
            self.person(actor, position).redemptions.add(made.points);
        } else if let Some(event) = event.as_return() {
            self.person(actor, position).redemptions_reversed.add(event.points);
        }
    }

    fn judged(&mut self, position: u64, judged: &Judgement<'_>) {
        let Judgement { credit, points, by, .. } = *judged;
        // Not even as a row of its own, or as the first or last position of one.
        if !self.thresholds.objectors && matches!(judged.verdict, Verdict::Objected { .. } | Verdict::Appealed { .. }) {
            return;
        }
        let person = self.person(by.as_str(), position);
        match judged.verdict {
            // Whoever checks a credit confirms it, as far as it is theirs to do; what comes by itself is the ledger's.
            Verdict::Checked | Verdict::Publicised { .. } | Verdict::Confirmed { .. } => {
                person.confirmed.add(points);
                self.paired(position, judged);
            }
            Verdict::Rejected => {
                person.rejected.add(points);
                self.waiting.remove(credit.as_str());
            }
            Verdict::Objected { .. } | Verdict::Appealed { .. } => person.objected.add(points),
            Verdict::Resolved { .. } => person.resolved += 1,
            Verdict::Reversed { .. } => person.reversed.add(points),
        }
    }

    /// Who confirmed whose.
    fn paired(&mut self, position: u64, confirmed: &Judgement<'_>) {
        let (by, points) = (confirmed.by, confirmed.points);
        let Some(proposal) = self.waiting.remove(confirmed.credit.as_str()) else { return };
        let pair = (proposal.proposer.clone(), by.to_string());
        let pair = self.pairs.entry(pair).or_insert_with(|| Pair { first: position, ..Pair::default() });
        pair.confirmed.add(points);
        pair.last = position;
        if proposal.proposer == by.as_str() {
            self.person(by.as_str(), position).self_confirmed += 1;
            let found = SelfConfirmed {
                position,
                proposed_position: proposal.position,
                credit: proposal.credit,
                worker: proposal.worker,
                points,
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
