//! Passes and offers, folded from their events.

use serde::{Deserialize, Serialize};

use super::command::{OfferTerms, PassTerms};
use super::event::{OfferEvent, PassEvent};

/// A pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pass {
    terms: Option<PassTerms>,
}

impl Pass {
    /// The particulars, once it was issued.
    pub const fn terms(&self) -> Option<&PassTerms> {
        self.terms.as_ref()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &PassEvent) {
        match event {
            PassEvent::PassIssued(event) | PassEvent::PassUpdated(event) => self.terms = Some(event.terms.clone()),
            PassEvent::PassUsed(_) => {}
        }
    }
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    terms: Option<OfferTerms>,
}

impl Offer {
    /// The particulars, once it was registered.
    pub const fn terms(&self) -> Option<&OfferTerms> {
        self.terms.as_ref()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &OfferEvent) {
        match event {
            OfferEvent::OfferRegistered(event) | OfferEvent::OfferUpdated(event) => {
                self.terms = Some(event.terms.clone());
            }
        }
    }
}
