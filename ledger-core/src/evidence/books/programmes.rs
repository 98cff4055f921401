//! Funds and places, kept from the events alone: nothing is set aside that was not appropriated, nothing given that was not
//! there.

use foldhash::HashMap;

use super::statements::Statements;
use super::ways::Persons;
use crate::domain::benefit::BenefitEvent;
use crate::domain::fund::FundEvent;
use crate::domain::ids::{BenefitId, FundId};
use crate::domain::money::Fen;

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Programmes {
    /// What each has.
    funds: HashMap<FundId, FundBook>,
    /// Places, none for no end of them, and what was given.
    benefits: HashMap<BenefitId, (Option<u32>, u32)>,
}

/// A fund's money.
#[derive(Debug, Default)]
struct FundBook {
    appropriated: Fen,
    committed: Fen,
    paid: Fen,
    statements: Statements,
}

impl Programmes {
    /// Follows an event of a fund.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn fund(&mut self, persons: &Persons, event: &FundEvent, part: bool) -> Result<(), String> {
        let book = self.funds.entry(event.fund().clone()).or_default();
        let stated = book.statements.of_fund(persons, event);
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                book.appropriated = event.terms.appropriated;
            }
            FundEvent::FundCommitted(event) => book.committed += event.amount,
            FundEvent::FundPaid(event) => {
                book.committed -= event.amount;
                book.paid += event.amount;
            }
            FundEvent::FundStatementPrepared(_) | FundEvent::FundStatementConfirmed(_) => {}
        }
        let FundBook { appropriated, committed, paid, .. } = book;
        // Of a part of a history nobody knows what stood before it.
        if part {
            return Ok(());
        }
        stated?;
        if *committed < Fen::ZERO {
            return Err(format!("pays more of fund {} than was set aside", event.fund()));
        }
        if *committed + *paid <= *appropriated {
            return Ok(());
        }
        Err(format!(
            "{committed} yuan are set aside and {paid} paid of fund {}, which has {appropriated}",
            event.fund()
        ))
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
