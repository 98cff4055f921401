//! One row a merchant's month: what was honoured, what was paid. Owed is the difference.

use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::MerchantEvent;
use ledger_core::domain::points::Points;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A month of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settlement {
    /// Claims less those taken back.
    pub honoured: Points,
    /// Paid.
    pub paid: Points,
    /// Redemptions behind the claims, less those reversed.
    pub redemptions: i64,
    /// References of the payments.
    pub references: Vec<String>,
}

/// The view, keyed by merchant and month.
pub struct SettlementView;

impl View for SettlementView {
    type Row = Settlement;
    const NAME: &'static str = "settlement";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Merchant(event) = event else { return Vec::new() };
        let month = match event {
            MerchantEvent::VoucherHonoured(event) => event.at.month(),
            MerchantEvent::HonourReversed(event) => event.month,
            MerchantEvent::SettlementPaid(event) => event.month,
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => return Vec::new(),
        };
        vec![under(event.merchant().as_str(), month)]
    }

    fn fold(row: &mut Settlement, _: &str, _: u64, event: &Event) {
        match event {
            Event::Merchant(MerchantEvent::VoucherHonoured(event)) => {
                row.honoured += event.points;
                row.redemptions += 1;
            }
            Event::Merchant(MerchantEvent::HonourReversed(event)) => {
                row.honoured -= event.points;
                row.redemptions -= 1;
            }
            Event::Merchant(MerchantEvent::SettlementPaid(event)) => {
                row.paid += event.points;
                row.references.push(event.reference.clone());
            }
            _ => {}
        }
    }
}
