//! Passes and offers, folded from their events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{OfferTerms, PassTerms, Slip, SlipClaim};
use super::event::{OfferEvent, PassEvent, PassUsed};
use crate::domain::ids::{MerchantId, SlipNo};

/// A slip that was honoured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HonouredSlip {
    /// What the merchant is owed; slips of before do not say it.
    pub claim: Option<SlipClaim>,
    /// Whose counter it was.
    pub merchant: MerchantId,
    /// Whether it was taken back. The slip stays, so that its number is known.
    pub reversed: bool,
    /// The slip.
    pub slip: Slip,
}

impl From<&PassUsed> for HonouredSlip {
    fn from(event: &PassUsed) -> HonouredSlip {
        let claim = event.owed.map(|amount| SlipClaim { amount, fund: event.fund.clone() });
        HonouredSlip { claim, merchant: event.merchant.clone(), reversed: false, slip: event.slip.clone() }
    }
}

/// A pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pass {
    terms: Option<PassTerms>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    slips: BTreeMap<SlipNo, HonouredSlip>,
}

impl Pass {
    /// The particulars, once it was issued.
    pub const fn terms(&self) -> Option<&PassTerms> {
        self.terms.as_ref()
    }

    /// A slip that was honoured on it.
    pub fn slip(&self, slip: &SlipNo) -> Option<&HonouredSlip> {
        self.slips.get(slip)
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &PassEvent) {
        match event {
            PassEvent::PassIssued(event) | PassEvent::PassUpdated(event) => self.terms = Some(event.terms.clone()),
            PassEvent::PassUsed(event) => {
                self.slips.insert(event.slip_no.clone(), HonouredSlip::from(event));
            }
            PassEvent::PassUseReversed(event) => {
                if let Some(slip) = self.slips.get_mut(&event.slip_no) {
                    slip.reversed = true;
                }
            }
        }
    }
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    terms: Option<OfferTerms>,
    /// What it said before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<OfferTerms>,
}

impl Offer {
    /// The particulars, once it was registered.
    pub const fn terms(&self) -> Option<&OfferTerms> {
        self.terms.as_ref()
    }

    /// All that it ever said, the newest last.
    pub fn all_terms(&self) -> impl Iterator<Item = &OfferTerms> {
        self.earlier.iter().chain(&self.terms)
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &OfferEvent) {
        match event {
            OfferEvent::OfferRegistered(event) | OfferEvent::OfferUpdated(event) => {
                self.earlier.extend(self.terms.replace(event.terms.clone()));
            }
        }
    }
}
