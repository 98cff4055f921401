//! A merchant's claims, line by line.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::merchant::event::MerchantEvent;
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
        let (subject, party, reason) = match own {
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => (String::new(), None, None),
            MerchantEvent::VoucherHonoured(event) => {
                self.standing.honoured += event.points;
                (event.redemption.to_string(), Some(event.store.to_string()), None)
            }
            MerchantEvent::HonourReversed(event) => {
                self.standing.honoured -= event.points;
                (event.redemption.to_string(), Some(event.store.to_string()), None)
            }
            MerchantEvent::SettlementPaid(event) => {
                self.standing.paid += event.points;
                (event.month.to_string(), None, Some(event.reference.clone()))
            }
        };
        let points: Points = self.standing.owed() - owed_before;
        let line = begun(entry, event, Standing::Merchant(self.standing));
        Some(TraceLine { subject, party, reason, points, ..line })
    }

    pub(super) fn finish(self) -> Standing {
        Standing::Merchant(self.standing)
    }
}
