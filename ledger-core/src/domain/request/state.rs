//! A service request, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{Posting, Rating, Work};
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

/// A service request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServiceRequest {
    posting: Option<Posting>,
    handlings: BTreeMap<HandlingId, Handling>,
}

impl ServiceRequest {
    /// As it was posted.
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

    /// How many rows of work were taken, rated or waiting.
    pub fn claims(&self) -> usize {
        self.handlings.len()
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
                self.handlings.insert(event.handling.clone(), Handling { claimer, quantity, rating: None, work });
            }
            RequestEvent::HandlingRated(event) => {
                if let Some(handling) = self.handlings.get_mut(&event.handling) {
                    handling.rating = Some(event.rating);
                }
            }
        }
    }
}
