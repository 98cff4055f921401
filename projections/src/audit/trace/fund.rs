//! A fund, line by line: every movement of its money.

use ledger_core::domain::event::Event;
use ledger_core::domain::fund::FundEvent;
use ledger_core::domain::ids::FundId;
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::Follow;
use super::{Standing, TraceLine, begun};
use crate::programmes::{FundFigures, Programmes};

pub(super) struct FundTrace {
    fund: FundId,
    /// The state's own fold, of this fund's events alone.
    told: Programmes,
}

impl FundTrace {
    pub(super) fn new(fund: FundId) -> FundTrace {
        FundTrace { fund, told: Programmes::default() }
    }

    fn figures(&self) -> FundFigures {
        self.told.funds.get(self.fund.as_str()).copied().unwrap_or_default()
    }
}

impl Follow for FundTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_fund().is_some_and(|own| own.fund() == &self.fund)
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let own = event.as_fund().filter(|own| own.fund() == &self.fund)?;
        let before = self.figures().free();
        self.told.fold(event);
        let money = self.figures().free() - before;
        let mut line = begun(entry, event, self.standing());
        if let Some((_, moved)) = own.line() {
            line.subject = moved.source.to_string();
        }
        Some(TraceLine { money, facts: facts(own).told(), ..line })
    }

    fn standing(&self) -> Standing {
        Standing::Fund(self.figures())
    }
}

fn facts(event: &FundEvent) -> Facts {
    let facts = Facts::new();
    match event {
        FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => facts
            .with(FactName::Body, &event.terms.body)
            .written(FactName::Source, &event.terms.source)
            .maybe(FactName::Year, event.terms.year)
            .with(FactName::Amount, event.terms.appropriated),
        FundEvent::FundCommitted(event) => {
            facts.with(FactName::Amount, event.amount).maybe(FactName::Month, event.month)
        }
        FundEvent::FundReleased(event) => {
            facts.with(FactName::Amount, event.amount).maybe(FactName::Month, event.month)
        }
        FundEvent::FundStatementPrepared(event) => {
            facts.with(FactName::Amount, event.amount).with(FactName::Lines, event.lines)
        }
        FundEvent::FundStatementConfirmed(_) => facts,
        FundEvent::FundPaid(event) => facts.with(FactName::Amount, event.amount),
    }
}
