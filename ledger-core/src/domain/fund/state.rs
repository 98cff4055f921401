//! A fund, folded from its events.

use serde::{Deserialize, Serialize};

use super::command::FundTerms;
use super::event::FundEvent;
use crate::domain::money::Fen;

/// A fund.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fund {
    terms: Option<FundTerms>,
    committed: Fen,
}

impl Fund {
    /// The particulars, once it was registered.
    pub const fn terms(&self) -> Option<&FundTerms> {
        self.terms.as_ref()
    }

    /// What is set aside.
    pub const fn committed(&self) -> Fen {
        self.committed
    }

    /// What is left.
    pub fn free(&self) -> Fen {
        self.terms.as_ref().map_or(Fen::ZERO, |terms| terms.appropriated) - self.committed
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &FundEvent) {
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => self.terms = Some(event.terms.clone()),
            FundEvent::FundCommitted(event) => self.committed += event.amount,
        }
    }
}
