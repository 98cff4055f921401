//! One row a claim of a merchant in money: for a benefit that was used there, or a discount that was given.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::Key;
use ledger_core::domain::merchant::event::{MerchantEvent, MoneyClaimed};
use ledger_core::domain::money::Fen;
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::under;
use crate::fold::View;

/// A claim's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claim {
    /// Business time: when it happened, not when it was entered.
    pub at: Option<BusinessTime>,
    /// How much, fen; nothing where the merchant bears all of it.
    pub amount: Fen,
    /// For which row: the slip's number, or the application's.
    pub source: Option<Key>,
}

/// The view, keyed by merchant, the month that bears it, and the row that it is for.
pub struct ClaimView;

fn claimed(event: &Event) -> Option<&MoneyClaimed> {
    if let Event::Merchant(MerchantEvent::MoneyClaimed(event)) = event { Some(event) } else { None }
}

impl View for ClaimView {
    type Row = Claim;
    const NAME: &'static str = "claim";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Some(event) = claimed(event) else { return Vec::new() };
        vec![under(event.merchant.as_str(), format_smolstr!("{}/{}", event.borne_in(), event.source))]
    }

    fn fold(row: &mut Claim, _: &str, _: u64, event: &Event) {
        let Some(event) = claimed(event) else { return };
        row.at = Some(event.at);
        row.amount += event.amount;
        row.source = Some(event.source.clone());
    }
}
