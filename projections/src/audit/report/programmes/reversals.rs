//! Uses of benefits and slips that were taken back, with what their merchants are not owed any more.

use std::collections::HashMap;

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{PassNo, WorkerId};
use ledger_core::domain::merchant::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pass::PassEvent;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::journal::Entry;

use crate::audit::listed::Listed;
use crate::audit::report::Thresholds;

/// A use that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseReversal {
    /// Its position.
    pub position: u64,
    /// The application of the benefit, or the slip.
    pub name: String,
    /// Whose the benefit is, or the pass that the slip was honoured on; none where nobody knows that pass.
    pub worker: Option<String>,
    /// At whose counter, where at one.
    pub merchant: Option<String>,
    /// What that merchant is not owed any more, fen.
    pub amount: Fen,
    /// The month that bears it, where anything had been owed.
    pub month: Option<Month>,
    /// When it had been used.
    pub used_at: BusinessTime,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub actor: String,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

pub(super) struct ReversalsFold {
    thresholds: Thresholds,
    reversals: Listed<UseReversal>,
    /// The holders of the passes: a slip names no worker, and why it was taken back is about one.
    holders: HashMap<PassNo, WorkerId>,
    /// The last one: what its merchant is not owed any more comes just after it.
    last: Option<UseReversal>,
}

impl ReversalsFold {
    pub(super) fn new(thresholds: Thresholds) -> ReversalsFold {
        ReversalsFold { thresholds, reversals: Listed::default(), holders: HashMap::new(), last: None }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let begun = |name: String, at: BusinessTime, used_at: BusinessTime, reason: &str| UseReversal {
            position: entry.position,
            name,
            worker: None,
            merchant: None,
            amount: Fen::ZERO,
            month: None,
            used_at,
            at,
            actor: entry.command.actor.to_string(),
            reason: reason.to_owned(),
        };
        if let Some(BenefitEvent::BenefitUseReversed(event)) = event.as_benefit() {
            let begun = begun(event.application.to_string(), event.at, event.used.at, &event.reason);
            let merchant = event.used.merchant.as_ref().map(ToString::to_string);
            self.list(Some(UseReversal { worker: Some(event.worker.to_string()), merchant, ..begun }));
        } else if let Some(PassEvent::PassIssued(event) | PassEvent::PassUpdated(event)) = event.as_pass() {
            self.holders.insert(event.pass.clone(), event.terms.worker.clone());
        } else if let Some(PassEvent::PassUseReversed(event)) = event.as_pass() {
            let begun = begun(event.slip_no.to_string(), event.at, event.slip.at, &event.reason);
            let worker = self.holders.get(&event.pass).map(ToString::to_string);
            self.list(Some(UseReversal { worker, merchant: Some(event.merchant.to_string()), ..begun }));
        } else if let Some(MerchantEvent::MoneyTakenBack(event)) = event.as_merchant()
            && let Some(last) = self.last.as_mut().filter(|last| last.name == event.source.as_str())
        {
            last.amount = event.amount;
            last.month = Some(event.month);
        }
    }

    /// Lists the last one, of which no more comes.
    fn list(&mut self, next: Option<UseReversal>) {
        if let Some(last) = std::mem::replace(&mut self.last, next) {
            self.reversals.push(last, self.thresholds.list);
        }
    }

    pub(super) fn finish(mut self) -> Listed<UseReversal> {
        self.list(None);
        self.reversals
    }
}
