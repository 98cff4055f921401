//! A pair, folded from its events.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::{Confirmation, PairTerms, VisitTerms};
use super::event::PairEvent;
use crate::domain::ids::{VisitId, WorkerId};

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Who confirmed it; none while it waits.
    pub confirmation: Option<Confirmation>,
    /// The visit.
    pub terms: VisitTerms,
}

/// A pair.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pair {
    terms: Option<PairTerms>,
    visits: BTreeMap<VisitId, Visit>,
}

impl Pair {
    /// Who with whom, once it was opened.
    pub const fn terms(&self) -> Option<&PairTerms> {
        self.terms.as_ref()
    }

    /// A visit.
    pub fn visit(&self, id: &VisitId) -> Option<&Visit> {
        self.visits.get(id)
    }

    /// The visits.
    pub fn visits(&self) -> impl Iterator<Item = (&VisitId, &Visit)> {
        self.visits.iter()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &PairEvent) {
        match event {
            PairEvent::PairOpened(event) | PairEvent::PairUpdated(event) => self.terms = Some(event.terms.clone()),
            PairEvent::VisitReported(event) => {
                let visit = Visit { confirmation: None, terms: event.terms.clone() };
                self.visits.insert(event.visit.clone(), visit);
            }
            PairEvent::VisitConfirmed(event) => {
                if let Some(visit) = self.visits.get_mut(&event.visit) {
                    visit.confirmation = Some(event.confirmation.clone());
                }
            }
        }
    }
}

impl PairTerms {
    /// Whether they are a pair on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.since <= day && self.ended.is_none_or(|ended| day < ended)
    }

    /// Whether somebody is one of the two.
    pub fn includes(&self, worker: &WorkerId) -> bool {
        &self.helper == worker || &self.helped == worker
    }
}
