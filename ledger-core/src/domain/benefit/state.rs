//! A benefit, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{ApplicationTerms, BenefitTerms, Use};
use super::event::BenefitEvent;
use crate::domain::ids::{ApplicationId, FundId, WorkerId};
use crate::domain::money::Fen;
use crate::domain::time::{BusinessTime, Month};

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Whether it waits in the queue.
    pub waits: bool,
    /// What was asked.
    pub terms: ApplicationTerms,
    /// How it was used, once it was.
    pub used: Option<Use>,
    /// What the merchant at whose counter it was used is owed for it, by the terms of then, while it is used.
    #[serde(default)]
    pub owed: Option<Fen>,
    /// What was set aside for it when it was granted, by the terms of then: a later register may name others.
    pub set_aside: Option<SetAside>,
    /// Whether it was withdrawn. The row stays, so that it is known when it is sent again.
    pub withdrawn: bool,
}

/// Money set aside for an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// How much, fen.
    pub amount: Fen,
    /// Of which fund.
    pub fund: FundId,
}

/// A benefit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Benefit {
    terms: Option<BenefitTerms>,
    applications: BTreeMap<ApplicationId, Application>,
    granted: u32,
    /// Who waits, in the order in which they came.
    queue: Vec<ApplicationId>,
    /// Granted and waiting, by worker and year of the application.
    by_worker: BTreeMap<(WorkerId, i32), u32>,
    /// The latest month in which anybody applied or used one.
    latest: Option<Month>,
}

impl Benefit {
    /// The particulars, once it was registered.
    pub const fn terms(&self) -> Option<&BenefitTerms> {
        self.terms.as_ref()
    }

    /// An application.
    pub fn application(&self, id: &ApplicationId) -> Option<&Application> {
        self.applications.get(id)
    }

    /// How many were given and not given back.
    pub const fn granted(&self) -> u32 {
        self.granted
    }

    /// How many a worker was given or waits for, in a year or ever.
    pub fn had(&self, worker: &WorkerId, year: Option<i32>) -> u32 {
        let of_worker = self.by_worker.range((worker.clone(), i32::MIN)..=(worker.clone(), i32::MAX));
        of_worker.filter(|((_, of), _)| year.is_none_or(|year| year == *of)).map(|(_, count)| count).sum()
    }

    /// Who waits, in the order in which they came.
    pub fn waiting(&self) -> impl Iterator<Item = (&ApplicationId, &ApplicationTerms)> {
        self.queue.iter().filter_map(|id| Some((id, &self.applications.get(id)?.terms)))
    }

    /// Whether one is left.
    pub fn has_place(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| terms.places.is_none_or(|places| self.granted < places))
    }

    /// Whether a time lies in a month before the latest one of which anything is known: what is entered of it now is late.
    pub fn is_late(&self, at: BusinessTime) -> bool {
        self.latest.is_some_and(|latest| at.month() < latest)
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &BenefitEvent) {
        match event {
            BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) => {
                self.terms = Some(event.terms.clone());
            }
            BenefitEvent::BenefitGranted(event) => {
                self.granted = self.granted.saturating_add(1);
                self.queue.retain(|waiting| waiting != &event.application);
                let set_aside = self.terms.as_ref().and_then(|terms| terms.sets_aside(&event.terms));
                self.apply(&event.application, &event.terms, set_aside, false);
            }
            BenefitEvent::BenefitQueued(event) => {
                self.queue.push(event.application.clone());
                self.apply(&event.application, &event.terms, None, true);
            }
            BenefitEvent::BenefitUsed(event) => {
                self.latest = self.latest.max(Some(event.at.month()));
                let owed = self.terms.as_ref().and_then(BenefitTerms::owed).filter(|_| event.used.merchant.is_some());
                if let Some(application) = self.applications.get_mut(&event.application) {
                    application.used = Some(event.used.clone());
                    application.owed = owed;
                }
            }
            BenefitEvent::BenefitUseReversed(event) => {
                if let Some(application) = self.applications.get_mut(&event.application) {
                    application.used = None;
                    application.owed = None;
                }
            }
            BenefitEvent::BenefitWithdrawn(event) => self.withdraw(&event.application),
        }
    }

    /// Neither counted nor waited for any more.
    fn withdraw(&mut self, id: &ApplicationId) {
        let Some(application) = self.applications.get_mut(id).filter(|application| !application.withdrawn) else {
            return;
        };
        application.withdrawn = true;
        if application.waits {
            self.queue.retain(|waiting| waiting != id);
        } else {
            self.granted = self.granted.saturating_sub(1);
        }
        let of = (application.terms.worker.clone(), application.terms.at.year());
        if let Some(count) = self.by_worker.get_mut(&of) {
            *count = count.saturating_sub(1);
        }
    }

    /// Who waited and is given one counted before.
    fn apply(&mut self, id: &ApplicationId, terms: &ApplicationTerms, set_aside: Option<SetAside>, waits: bool) {
        self.latest = self.latest.max(Some(terms.at.month()));
        let application =
            Application { waits, terms: terms.clone(), used: None, owed: None, set_aside, withdrawn: false };
        if self.applications.insert(id.clone(), application).is_none() {
            let count = self.by_worker.entry((terms.worker.clone(), terms.at.year())).or_default();
            *count = count.saturating_add(1);
        }
    }
}
