//! A fund, folded from its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::FundTerms;
use super::event::FundEvent;
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::statement::{Stage, Statement, Sums, bearing, stage_of};
use crate::domain::time::Month;

/// What was set aside in a month, and how far its statement has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FundMonth {
    /// What its lines come to.
    pub sums: Sums,
    /// What payments came to, in fen.
    #[serde(default)]
    pub paid: Fen,
    /// The references of payments.
    #[serde(default)]
    pub references: Vec<String>,
    /// Its statement, once somebody prepared one.
    #[serde(default)]
    pub statement: Option<Statement>,
}

impl FundMonth {
    /// How far its statement has come.
    pub fn stage(&self) -> Stage {
        stage_of(self.statement.as_ref(), &self.sums)
    }

    /// What is still to be paid.
    pub fn owed(&self) -> Fen {
        self.sums.amount - self.paid
    }

    fn statement(&mut self) -> &mut Statement {
        self.statement.get_or_insert_default()
    }
}

/// A fund.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fund {
    terms: Option<FundTerms>,
    committed: Fen,
    #[serde(default)]
    paid: Fen,
    #[serde(default)]
    months: BTreeMap<Month, FundMonth>,
}

impl Fund {
    /// The particulars, once it was registered.
    pub const fn terms(&self) -> Option<&FundTerms> {
        self.terms.as_ref()
    }

    /// What is set aside and not paid yet; less than nothing where what was paid was given back since, until what is
    /// set aside next makes up for it.
    pub const fn committed(&self) -> Fen {
        self.committed
    }

    /// What was paid.
    pub const fn paid(&self) -> Fen {
        self.paid
    }

    /// What is left.
    pub fn free(&self) -> Fen {
        self.terms.as_ref().map_or(Fen::ZERO, |terms| terms.appropriated) - self.committed - self.paid
    }

    /// What was set aside by the month.
    pub const fn months(&self) -> &BTreeMap<Month, FundMonth> {
        &self.months
    }

    /// What of a month can be paid: what it still owes, less what later months took back of it.
    pub fn payable(&self, month: Month) -> Fen {
        self.months.get(&month).map_or(Fen::ZERO, FundMonth::owed).min(self.committed).max(Fen::ZERO)
    }

    /// A month's statement, once somebody prepared one.
    pub fn statement(&self, month: Month) -> Option<&Statement> {
        self.months.get(&month)?.statement.as_ref()
    }

    /// The first month from one on that can still bear something: what was confirmed stays as it is.
    pub fn bearing(&self, month: Month) -> Month {
        bearing(month, |month| self.statement(month))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &FundEvent) {
        if let Some((month, line)) = event.line() {
            self.month(month).sums.add(&line);
        }
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => self.terms = Some(event.terms.clone()),
            FundEvent::FundCommitted(event) => self.committed += event.amount,
            FundEvent::FundReleased(event) => self.committed -= event.amount,
            FundEvent::FundStatementPrepared(event) => {
                let (amount, digest, lines) = (event.amount, event.digest, event.lines);
                let sums = Sums { amount, digest, lines, points: Points::ZERO };
                self.month(event.month).statement().prepare(&event.by, sums);
            }
            FundEvent::FundStatementConfirmed(event) => {
                self.month(event.month).statement().confirmed_by = Some(event.by.clone());
            }
            FundEvent::FundPaid(event) => {
                self.committed -= event.amount;
                self.paid += event.amount;
                let month = self.month(event.month);
                month.paid += event.amount;
                month.references.push(event.reference.clone());
            }
        }
    }

    fn month(&mut self, month: Month) -> &mut FundMonth {
        self.months.entry(month).or_default()
    }
}
