//! A merchant's claims, line by line.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::points::Points;
use ledger_core::journal::Entry;

use super::{MerchantStanding, Standing, TraceLine, begun};

pub(super) struct MerchantTrace {
    merchant: MerchantId,
    standing: MerchantStanding,
}

impl MerchantTrace {
    pub(super) fn new(merchant: MerchantId) -> MerchantTrace {
        MerchantTrace { merchant, standing: MerchantStanding::default() }
    }

    pub(super) fn owns(&self, event: &Event) -> bool {
        matches!(event, Event::Merchant(event) if event.merchant() == &self.merchant)
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let Event::Merchant(own) = event else { return None };
        if own.merchant() != &self.merchant {
            return None;
        }
        let owed_before = self.standing.owed();
        let (claimed, paid) = own.claimed_and_paid();
        self.standing.honoured += claimed;
        self.standing.paid += paid;
        let points: Points = self.standing.owed() - owed_before;
        Some(TraceLine { points, ..begun(entry, event, Standing::Merchant(self.standing)) })
    }

    pub(super) fn finish(self) -> Standing {
        Standing::Merchant(self.standing)
    }
}
