//! A benefit, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{ApplicationTerms, BenefitTerms, Use};
use super::event::{BenefitEvent, BenefitProposed};
use crate::domain::ids::{Actor, ApplicationId, FundId, WorkerId};
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
    /// The uses that were taken back: a sheet that says one of them again says nothing new.
    #[serde(default)]
    pub taken_back: Vec<Use>,
    /// What was set aside for it when it was granted, by the terms of then: a later register may name others.
    pub set_aside: Option<SetAside>,
    /// Whether it was withdrawn. The row stays, so that it is known when it is sent again.
    pub withdrawn: bool,
    /// What bodies said of it, as long as it has neither been granted nor come to wait.
    pub proposal: Option<Proposal>,
    /// Whether it was sent back.
    pub rejected: bool,
}

/// An application that bodies approve, by the register of when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The bodies.
    pub approvals: Vec<String>,
    /// Who proposed it.
    pub by: Actor,
    /// Those who approved, each with the account that said so.
    pub checks: Vec<(String, Actor)>,
}

impl Proposal {
    /// Whether all have approved.
    pub fn is_approved(&self) -> bool {
        self.approvals.iter().all(|body| self.has(body))
    }

    /// Whether a body has approved.
    pub fn has(&self, body: &str) -> bool {
        self.checks.iter().any(|(said, _)| said == body)
    }

    /// Everybody who had a part in it.
    pub fn parts(&self) -> impl Iterator<Item = &Actor> {
        std::iter::once(&self.by).chain(self.checks.iter().map(|(_, by)| by))
    }
}

/// Money set aside for an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// How much, fen.
    pub amount: Fen,
    /// 资金编号.
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
    /// Granted, waiting and proposed, by worker and year of the application.
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

    /// How many a worker was given, waits for or is proposed for, in a year or ever.
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
                    application.taken_back.extend(application.used.take());
                    application.owed = None;
                }
            }
            BenefitEvent::BenefitWithdrawn(event) => self.withdraw(&event.application),
            BenefitEvent::BenefitProposed(event) => self.propose(event),
            BenefitEvent::BenefitChecked(event) => {
                let application = self.applications.get_mut(&event.application);
                if let Some(proposal) = application.and_then(|application| application.proposal.as_mut()) {
                    proposal.checks.push((event.body.clone(), event.by.clone()));
                }
            }
            BenefitEvent::BenefitRejected(event) => {
                if let Some(application) = self.applications.get_mut(&event.application) {
                    application.rejected = true;
                    let of = (application.terms.worker.clone(), application.terms.at.year());
                    self.count_no_more(&of);
                }
            }
        }
    }

    /// It counts for the limit, and is neither given nor waited for.
    fn propose(&mut self, event: &BenefitProposed) {
        let (approvals, by) = (event.approvals.clone(), event.by.clone());
        let application = Application {
            waits: false,
            terms: event.terms.clone(),
            used: None,
            owed: None,
            taken_back: Vec::new(),
            set_aside: None,
            withdrawn: false,
            proposal: Some(Proposal { approvals, by, checks: Vec::new() }),
            rejected: false,
        };
        if self.applications.insert(event.application.clone(), application).is_none() {
            let count = self.by_worker.entry((event.terms.worker.clone(), event.terms.at.year())).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn count_no_more(&mut self, of: &(WorkerId, i32)) {
        if let Some(count) = self.by_worker.get_mut(of) {
            *count = count.saturating_sub(1);
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
        } else if application.proposal.is_none() {
            self.granted = self.granted.saturating_sub(1);
        }
        let of = (application.terms.worker.clone(), application.terms.at.year());
        self.count_no_more(&of);
    }

    /// Who waited or was proposed counted before.
    fn apply(&mut self, id: &ApplicationId, terms: &ApplicationTerms, set_aside: Option<SetAside>, waits: bool) {
        self.latest = self.latest.max(Some(terms.at.month()));
        let application = Application {
            waits,
            terms: terms.clone(),
            used: None,
            owed: None,
            taken_back: Vec::new(),
            set_aside,
            withdrawn: false,
            proposal: None,
            rejected: false,
        };
        if self.applications.insert(id.clone(), application).is_none() {
            let count = self.by_worker.entry((terms.worker.clone(), terms.at.year())).or_default();
            *count = count.saturating_add(1);
        }
    }
}
