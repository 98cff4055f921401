//! Benefits that were given back, or waited for no more, with what came free by it.

use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::fund::FundEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::Entry;

use crate::audit::listed::Listed;
use crate::audit::report::Thresholds;

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// The benefit's number (项目编号).
    pub benefit: String,
    /// The row's number (登记号).
    pub application: String,
    /// The worker's id (编号).
    pub worker: String,
    /// Whether it was not granted yet: it waited for a place, or for the word of bodies.
    pub waited: bool,
    /// What its fund had set aside for it and has free again, fen.
    pub freed: Fen,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub actor: String,
    /// The reason, or the reference that the vault gave for it; blank where none was given.
    pub reason: String,
}

pub(super) struct WithdrawalsFold {
    thresholds: Thresholds,
    withdrawals: Listed<Withdrawal>,
    /// What was freed last, and for which row: it comes just before the withdrawal.
    released: Option<(String, Fen)>,
}

impl WithdrawalsFold {
    pub(super) fn new(thresholds: Thresholds) -> WithdrawalsFold {
        WithdrawalsFold { thresholds, withdrawals: Listed::default(), released: None }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        if let Some(FundEvent::FundReleased(event)) = event.as_fund() {
            self.released = Some((event.source.to_string(), event.amount));
        }
        let Some(BenefitEvent::BenefitWithdrawn(withdrawn)) = event.as_benefit() else { return };
        let application = withdrawn.application.to_string();
        let freed = self.released.take().filter(|(source, _)| *source == application).map(|(_, amount)| amount);
        let withdrawal = Withdrawal {
            position: entry.position,
            benefit: withdrawn.benefit.to_string(),
            application,
            worker: withdrawn.worker.to_string(),
            waited: withdrawn.waited,
            freed: freed.unwrap_or_default(),
            at: withdrawn.at,
            actor: entry.command.actor.to_string(),
            reason: withdrawn.reason.clone().unwrap_or_default(),
        };
        self.withdrawals.push(withdrawal, self.thresholds.list);
    }

    pub(super) fn finish(self) -> Listed<Withdrawal> {
        self.withdrawals
    }
}
