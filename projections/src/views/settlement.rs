//! One row a merchant's month: what was honoured, taken back later, and paid. What a month cannot bear is carried to the
//! next one: [`carry`].

use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A month of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settlement {
    /// Claims of the month, less those taken back before they were paid.
    pub honoured: Points,
    /// Claims of months already paid that were taken back in this month.
    pub corrected: Points,
    /// Paid.
    pub paid: Points,
    /// Redemptions behind the claims, less those reversed.
    pub redemptions: i64,
    /// References of the payments.
    pub references: Vec<String>,
    /// Owed in money: benefits used and discounts given there, fen.
    #[serde(default)]
    pub money: Fen,
}

/// A month with what goes over from month to month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// What was booked in it.
    pub booked: Settlement,
    /// What earlier months were paid beyond their claims: zero or less.
    pub carried: Points,
    /// What is still to be paid: never less than zero.
    pub owed: Points,
    /// What goes on to the next month: zero or less.
    pub carried_on: Points,
}

/// What each month owes once the months before it are settled. The months are in their order.
pub fn carry(months: impl IntoIterator<Item = (String, Settlement)>) -> Vec<(String, Due)> {
    let mut carried = Points::ZERO;
    months
        .into_iter()
        .map(|(month, booked)| {
            let due = Due::after(carried, booked);
            carried = due.carried_on;
            (month, due)
        })
        .collect()
}

impl Due {
    /// A month after what the earlier ones carried on.
    pub fn after(carried: Points, booked: Settlement) -> Due {
        let left = carried + booked.honoured - booked.corrected - booked.paid;
        Due { booked, carried, owed: left.max(Points::ZERO), carried_on: left.min(Points::ZERO) }
    }
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
            MerchantEvent::MoneyClaimed(event) => event.at.month(),
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => return Vec::new(),
        };
        vec![under(event.merchant().as_str(), month)]
    }

    fn fold(row: &mut Settlement, _: &str, _: u64, event: &Event) {
        let Event::Merchant(event) = event else { return };
        match event {
            MerchantEvent::VoucherHonoured(event) => {
                row.honoured += event.points;
                row.redemptions += 1;
            }
            MerchantEvent::HonourReversed(event) if event.claimed_in.is_some() => row.corrected += event.points,
            MerchantEvent::HonourReversed(event) => {
                row.honoured -= event.points;
                row.redemptions -= 1;
            }
            MerchantEvent::SettlementPaid(event) => {
                row.paid += event.points;
                row.references.push(event.reference.clone());
            }
            MerchantEvent::MoneyClaimed(event) => row.money += event.amount,
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => {}
        }
    }
}
