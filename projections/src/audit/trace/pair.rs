//! A pair, line by line: its days, its visits, and what was credited for those that were confirmed.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::PairId;
use ledger_core::domain::pair::PairEvent;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{Verdict, WorkerEvent};
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::{Follow, of_credit};
use super::{PairStanding, Standing, TraceLine, begun};

pub(super) struct PairTrace {
    pair: PairId,
    standing: PairStanding,
    /// Visits that wait.
    waiting: BTreeSet<String>,
    /// Visits that were confirmed, which their credits are named after.
    confirmed: BTreeSet<String>,
    /// What was credited, by credit.
    credits: BTreeMap<String, Points>,
}

impl PairTrace {
    pub(super) fn new(pair: PairId) -> PairTrace {
        let (waiting, confirmed) = (BTreeSet::new(), BTreeSet::new());
        PairTrace { pair, standing: PairStanding::default(), waiting, confirmed, credits: BTreeMap::new() }
    }

    /// Whether a credit's event is of one of its visits.
    fn credited(&self, event: &WorkerEvent) -> bool {
        // A request could have the pair's number: the credit is named after the visit.
        let ripened = event.as_service().is_some_and(|record| {
            record.source.as_deref() == Some(self.pair.as_str()) && self.confirmed.contains(record.credit.as_str())
        });
        ripened || event.as_judgement().is_some_and(|judged| self.credits.contains_key(judged.credit.as_str()))
    }

    fn fold(&mut self, event: &PairEvent) {
        match event {
            PairEvent::PairOpened(event) | PairEvent::PairUpdated(event) => self.standing.ended = event.terms.ended,
            PairEvent::VisitReported(event) => {
                self.waiting.insert(event.visit.to_string());
            }
            PairEvent::VisitConfirmed(event) => {
                self.waiting.remove(event.visit.as_str());
                self.confirmed.insert(event.visit.to_string());
            }
        }
        self.standing.waiting = count(&self.waiting);
        self.standing.confirmed = count(&self.confirmed);
    }
}

fn count(visits: &BTreeSet<String>) -> u64 {
    u64::try_from(visits.len()).unwrap_or(u64::MAX)
}

impl Follow for PairTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_pair().is_some_and(|own| own.pair() == &self.pair)
            || event.as_worker().is_some_and(|own| self.credited(own))
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        if !self.owns(event) {
            return None;
        }
        if let Some(own) = event.as_pair() {
            self.fold(own);
            let (subject, party) = visit(own).unzip();
            let line = begun(entry, event, self.standing());
            return Some(TraceLine { subject: subject.unwrap_or_default(), party, facts: facts(own).told(), ..line });
        }
        let own = event.as_worker()?;
        let before = self.standing.credited;
        if let Some(record) = own.as_service() {
            self.credits.insert(record.credit.to_string(), record.points);
            self.standing.credited += record.points;
        }
        if let Some(judged) = own.as_judgement()
            && matches!(judged.verdict, Verdict::Reversed { .. })
            && let Some(credited) = self.credits.get_mut(judged.credit.as_str())
        {
            self.standing.credited -= std::mem::replace(credited, Points::ZERO);
        }
        let points = self.standing.credited - before;
        Some(TraceLine { points, ..of_credit(entry, event, own, self.standing()) })
    }

    fn standing(&self) -> Standing {
        Standing::Pair(self.standing)
    }
}

/// The visit that an event is about, and who said so.
fn visit(event: &PairEvent) -> Option<(String, String)> {
    match event {
        PairEvent::VisitReported(event) => Some((event.visit.to_string(), event.terms.reporter.to_string())),
        PairEvent::VisitConfirmed(event) => Some((event.visit.to_string(), event.confirmation.by.to_string())),
        PairEvent::PairOpened(_) | PairEvent::PairUpdated(_) => None,
    }
}

fn facts(event: &PairEvent) -> Facts {
    let facts = Facts::new();
    match event {
        PairEvent::PairOpened(event) | PairEvent::PairUpdated(event) => facts
            .with(FactName::Helper, &event.terms.helper)
            .with(FactName::Helped, &event.terms.helped)
            .maybe(FactName::Branch, event.terms.branch.as_ref())
            .with(FactName::From, event.terms.since)
            .maybe(FactName::Ended, event.terms.ended),
        PairEvent::VisitReported(event) => {
            facts.with(FactName::Activity, &event.terms.activity).on(event.terms.on, event.at)
        }
        PairEvent::VisitConfirmed(event) => facts.on(event.confirmation.on, event.at),
    }
}
