//! Pairs and their visits (帮带结对, 走访记录), kept from the events alone: one of the two reports a visit on a day of the
//! pair, the other one confirms it, once; what that earns comes next.

use chrono::NaiveDate;
use foldhash::HashMap;

use super::dues::Award;
use super::ways::Persons;
use crate::domain::ids::{ActivityCode, Key, PairId, VisitId, WorkerId};
use crate::domain::pair::PairEvent;
use crate::domain::pair::command::PairTerms;
use crate::domain::pair::event::{VisitConfirmed, VisitReported};
use crate::domain::quantity::Quantity;

/// A visit is one unit.
const ONE: Quantity = Quantity::from_millionths(1_000_000);

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Pairs(HashMap<PairId, PairBook>);

/// One pair.
#[derive(Debug)]
struct PairBook {
    /// By the register's last word.
    terms: PairTerms,
    visits: HashMap<VisitId, VisitBook>,
}

/// One visit.
#[derive(Debug)]
struct VisitBook {
    activity: ActivityCode,
    on: NaiveDate,
    reporter: WorkerId,
    confirmed: bool,
}

impl Pairs {
    /// Follows an event of a pair; gives what it earns.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, persons: &Persons, event: &PairEvent) -> Result<Option<Award>, String> {
        if let PairEvent::PairOpened(event) = event {
            let book = PairBook { terms: event.terms.clone(), visits: HashMap::default() };
            return match self.0.insert(event.pair.clone(), book) {
                Some(_) => Err(format!("pair {} is opened a second time", event.pair)),
                None => Ok(None),
            };
        }
        let Some(book) = self.0.get_mut(event.pair()) else {
            return Err(format!("pair {} was never opened", event.pair()));
        };
        match event {
            PairEvent::PairOpened(_) => Ok(None),
            PairEvent::PairUpdated(event) => {
                book.terms = event.terms.clone();
                Ok(None)
            }
            PairEvent::VisitReported(event) => book.report(persons, event).map(|()| None),
            PairEvent::VisitConfirmed(event) => book.confirm(persons, event).map(Some),
        }
    }
}

impl PairBook {
    fn report(&mut self, persons: &Persons, event: &VisitReported) -> Result<(), String> {
        let VisitReported { pair, terms, visit, .. } = event;
        let PairTerms { ended, since, .. } = &self.terms;
        if terms.on < *since || ended.is_some_and(|ended| ended <= terms.on) {
            return Err(format!("visit {visit} is of {}, when {pair} is no pair", terms.on));
        }
        self.is_partner(persons, &terms.reporter, visit)?;
        let (activity, on, reporter) = (terms.activity.clone(), terms.on, terms.reporter.clone());
        match self.visits.insert(visit.clone(), VisitBook { activity, on, reporter, confirmed: false }) {
            Some(_) => Err(format!("visit {visit} of {pair} is reported a second time")),
            None => Ok(()),
        }
    }

    fn confirm(&mut self, persons: &Persons, event: &VisitConfirmed) -> Result<Award, String> {
        let VisitConfirmed { confirmation, pair, visit, .. } = event;
        let Some(known) = self.visits.get(visit) else {
            return Err(format!("visit {visit} of {pair} is confirmed and was never reported"));
        };
        if known.confirmed {
            return Err(format!("visit {visit} of {pair} is confirmed a second time"));
        }
        if confirmation.on < known.on {
            return Err(format!("visit {visit} of {} is confirmed before, on {}", known.on, confirmation.on));
        }
        self.is_partner(persons, &known.reporter, visit)?;
        self.is_partner(persons, &confirmation.by, visit)?;
        if persons.kept(&confirmation.by) == persons.kept(&known.reporter) {
            return Err(format!("visit {visit} is confirmed by {}, who reported it", confirmation.by));
        }
        let award = Award {
            activity: known.activity.clone(),
            credit: Key::from(visit),
            on: confirmation.on,
            quantity: ONE,
            source: pair.to_string(),
            worker: known.reporter.clone(),
        };
        if let Some(known) = self.visits.get_mut(visit) {
            known.confirmed = true;
        }
        Ok(award)
    }

    /// Somebody is one of the two, under whichever id.
    fn is_partner(&self, persons: &Persons, worker: &WorkerId, visit: &VisitId) -> Result<(), String> {
        let PairTerms { helped, helper, .. } = &self.terms;
        if [helped, helper].into_iter().any(|partner| persons.kept(partner) == persons.kept(worker)) {
            return Ok(());
        }
        Err(format!("visit {visit} names {worker}, who is neither {helper} nor {helped}"))
    }
}
