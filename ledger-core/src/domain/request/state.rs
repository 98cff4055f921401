//! A service request, folded from its events.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::{Posting, Rating, Routing, Work};
use super::event::RequestEvent;
use crate::domain::ids::{HandlingId, WorkerId};
use crate::domain::quantity::Quantity;

/// Work on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// Who claimed it.
    pub claimer: Option<WorkerId>,
    /// Units of work.
    pub quantity: Quantity,
    /// What was said of it; none while it waits.
    pub rating: Option<Rating>,
    /// The row's content.
    pub work: Work,
}

/// A claim of which the work is not reported: it is under way, or was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who claimed it.
    pub claimer: WorkerId,
    /// On which day.
    pub on: NaiveDate,
    /// On which day it was given up; none while it is under way.
    pub returned: Option<NaiveDate>,
}

/// A service request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServiceRequest {
    posting: Option<Posting>,
    /// The claims of which the work is not reported. One that is reported stands among the rows of work alone.
    claims: BTreeMap<HandlingId, Claim>,
    handlings: BTreeMap<HandlingId, Handling>,
    routing: Option<Routing>,
    withdrawn: Option<NaiveDate>,
}

impl ServiceRequest {
    /// As it was posted; linked to an earlier one, be that at its posting or later.
    pub const fn posting(&self) -> Option<&Posting> {
        self.posting.as_ref()
    }

    /// A row of work on it.
    pub fn handling(&self, id: &HandlingId) -> Option<&Handling> {
        self.handlings.get(id)
    }

    /// The rows of work on it.
    pub fn handlings(&self) -> impl Iterator<Item = (&HandlingId, &Handling)> {
        self.handlings.iter()
    }

    /// A claim of which the work is not reported.
    pub fn claim(&self, id: &HandlingId) -> Option<&Claim> {
        self.claims.get(id)
    }

    /// The claims of which the work is not reported: those under way and those given up.
    pub fn unreported(&self) -> impl Iterator<Item = (&HandlingId, &Claim)> {
        self.claims.iter()
    }

    /// The claims that are under way: neither reported nor given up.
    pub fn underway(&self) -> impl Iterator<Item = (&HandlingId, &Claim)> {
        self.claims.iter().filter(|(_, claim)| claim.returned.is_none())
    }

    /// The claims that were given up.
    pub fn returned(&self) -> impl Iterator<Item = (&HandlingId, &Claim, NaiveDate)> {
        self.claims.iter().filter_map(|(id, claim)| Some((id, claim, claim.returned?)))
    }

    /// How many claims are taken: those under way, and the rows of work, rated or waiting.
    pub fn claims(&self) -> usize {
        self.handlings.len() + self.underway().count()
    }

    /// Who sees to it, where it was passed on: of several, who was named for the latest day.
    pub const fn routing(&self) -> Option<&Routing> {
        self.routing.as_ref()
    }

    /// The day on which it was taken back, once it was.
    pub const fn withdrawn(&self) -> Option<NaiveDate> {
        self.withdrawn
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &RequestEvent) {
        match event {
            RequestEvent::RequestPosted(event) => {
                self.posting = Some(Posting {
                    activity: event.activity.clone(),
                    due: event.due,
                    merged_into: event.merged_into.clone(),
                    on: event.on,
                    reporter: event.reporter.clone(),
                    site: event.site.clone(),
                });
            }
            RequestEvent::HandlingRecorded(event) => {
                let (claimer, quantity, work) = (event.claimer.clone(), event.quantity, event.work.clone());
                self.claims.remove(&event.handling);
                self.handlings.insert(event.handling.clone(), Handling { claimer, quantity, rating: None, work });
            }
            RequestEvent::HandlingRated(event) => {
                if let Some(handling) = self.handlings.get_mut(&event.handling) {
                    handling.rating = Some(event.rating);
                }
            }
            RequestEvent::RequestRouted(event) => {
                // By the day it holds from, so that an entry made late changes nothing that came after it.
                if self.routing.as_ref().is_none_or(|known| known.on <= event.on) {
                    self.routing = Some(Routing { body: event.body.clone(), on: event.on, site: event.site.clone() });
                }
            }
            RequestEvent::RequestClaimed(event) => {
                let claim = Claim { claimer: event.claimer.clone(), on: event.on, returned: None };
                self.claims.insert(event.handling.clone(), claim);
            }
            RequestEvent::ClaimReturned(event) => {
                if let Some(claim) = self.claims.get_mut(&event.handling) {
                    claim.returned = Some(event.on);
                }
            }
            RequestEvent::RequestWithdrawn(event) => self.withdrawn = Some(event.on),
            // Where it says so itself, so that nothing tells when it was linked: the order makes no difference.
            RequestEvent::RequestMerged(event) => {
                if let Some(posting) = &mut self.posting {
                    posting.merged_into = Some(event.into.clone());
                }
            }
        }
    }
}
