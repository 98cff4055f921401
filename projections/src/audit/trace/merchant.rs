//! A merchant's claims, line by line, in points and in yuan.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::merchant::event::{MerchantEvent, MerchantRecorded};
use ledger_core::domain::points::Points;
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::{MerchantStanding, Standing, TraceLine, begun};

pub(super) struct MerchantTrace {
    merchant: MerchantId,
    /// What its register has said last.
    known: Option<MerchantRecorded>,
    standing: MerchantStanding,
}

impl MerchantTrace {
    pub(super) fn new(merchant: MerchantId) -> MerchantTrace {
        MerchantTrace { merchant, known: None, standing: MerchantStanding::default() }
    }

    pub(super) fn owns(&self, event: &Event) -> bool {
        matches!(event, Event::Merchant(event) if event.merchant() == &self.merchant)
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let Event::Merchant(own) = event else { return None };
        if own.merchant() != &self.merchant {
            return None;
        }
        let (owed_before, money_before) = (self.standing.owed(), self.standing.owed_money());
        let (claimed, paid) = own.claimed_and_paid();
        self.standing.honoured += claimed;
        self.standing.paid += paid;
        match own {
            MerchantEvent::MoneyClaimed(event) => self.standing.claimed_money += event.amount,
            MerchantEvent::MoneyTakenBack(event) => self.standing.claimed_money -= event.amount,
            MerchantEvent::SettlementPaid(event) => self.standing.paid_money += event.amount.unwrap_or_default(),
            MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_)
            | MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementAcknowledged(_)
            | MerchantEvent::StatementConfirmed(_) => {}
        }
        let points: Points = self.standing.owed() - owed_before;
        let money = self.standing.owed_money() - money_before;
        let mut line = begun(entry, event, Standing::Merchant(self.standing));
        if let MerchantEvent::MoneyClaimed(event) = own {
            line.subject = event.source.to_string();
        } else if let MerchantEvent::MoneyTakenBack(event) = own {
            line.subject = event.source.to_string();
        }
        let facts = facts(own, self.known.as_ref()).told();
        if let Some(recorded) = own.as_particulars() {
            self.known = Some(recorded.clone());
        }
        Some(TraceLine { points, money, facts, ..line })
    }

    pub(super) fn finish(self) -> Standing {
        Standing::Merchant(self.standing)
    }
}

/// What a line says beside its figures, of what the register says of the merchant after what it said before; of claims in points
/// nothing, of which the points say all.
fn facts(event: &MerchantEvent, known: Option<&MerchantRecorded>) -> Facts {
    let facts = Facts::new();
    match event {
        MerchantEvent::MoneyClaimed(event) => {
            facts.with(FactName::Amount, event.amount).maybe(FactName::Month, event.month)
        }
        MerchantEvent::MoneyTakenBack(event) => {
            facts.with(FactName::Amount, event.amount).maybe(FactName::Month, event.claimed_in.map(|_| event.month))
        }
        MerchantEvent::SettlementPaid(event) => facts.maybe(FactName::Amount, event.amount),
        MerchantEvent::StatementPrepared(event) => {
            facts.with(FactName::Lines, event.lines).money(FactName::Amount, event.amount)
        }
        MerchantEvent::StatementDisputed(event) => facts.with(FactName::Line, &event.line),
        MerchantEvent::StatementDisputeAnswered(event) => {
            facts.with(FactName::Dispute, &event.dispute).with(FactName::Upheld, event.upheld)
        }
        MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => {
            let both = (event, known);
            let facts = turned(facts, (FactName::Name, FactName::NameBefore), both, |of| of.name.clone());
            let facts = turned(facts, (FactName::Kind, FactName::KindBefore), both, |of| {
                of.category.clone().unwrap_or_default()
            });
            turned(facts, (FactName::CreditCode, FactName::CreditCodeBefore), both, |of| of.uscc.clone())
        }
        MerchantEvent::VoucherHonoured(_)
        | MerchantEvent::HonourReversed(_)
        | MerchantEvent::StatementAcknowledged(_)
        | MerchantEvent::StatementConfirmed(_) => facts,
    }
}

/// What a register says of one thing, and what it said of it before, where that was something else.
fn turned(
    facts: Facts,
    (now, before): (FactName, FactName),
    (recorded, known): (&MerchantRecorded, Option<&MerchantRecorded>),
    of: impl Fn(&MerchantRecorded) -> String,
) -> Facts {
    let said = of(recorded);
    let former = known.map(&of).filter(|former| *former != said).unwrap_or_default();
    facts.written(now, &said).written(before, &former)
}
