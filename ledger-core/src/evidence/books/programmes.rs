//! Funds and places, kept from the events alone: nothing is set aside that was not appropriated, nothing given that was not
//! there.

use foldhash::HashMap;

use crate::domain::benefit::BenefitEvent;
use crate::domain::fund::FundEvent;
use crate::domain::ids::{BenefitId, FundId};
use crate::domain::money::Fen;

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Programmes {
    /// Appropriated and set aside.
    funds: HashMap<FundId, (Fen, Fen)>,
    /// Places, none for no end of them, and what was given.
    benefits: HashMap<BenefitId, (Option<u32>, u32)>,
}

impl Programmes {
    /// Follows an event of a fund.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn fund(&mut self, event: &FundEvent) -> Result<(), String> {
        let (appropriated, committed) = self.funds.entry(event.fund().clone()).or_default();
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                *appropriated = event.terms.appropriated;
            }
            FundEvent::FundCommitted(event) => *committed += event.amount,
        }
        if committed <= appropriated {
            return Ok(());
        }
        Err(format!("{committed} yuan are set aside of fund {}, which has {appropriated}", event.fund()))
    }

    /// Follows an event of a benefit.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn benefit(&mut self, event: &BenefitEvent) -> Result<(), String> {
        let (places, granted) = self.benefits.entry(event.benefit().clone()).or_default();
        match event {
            BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) => {
                // Places taken back later take nothing from who was given one.
                *places = event.terms.places;
                return Ok(());
            }
            BenefitEvent::BenefitGranted(_) => *granted += 1,
            BenefitEvent::BenefitQueued(_) | BenefitEvent::BenefitUsed(_) => return Ok(()),
        }
        match places {
            Some(places) if *granted > *places => {
                Err(format!("{granted} were given of {places} of {}", event.benefit()))
            }
            Some(_) | None => Ok(()),
        }
    }
}
