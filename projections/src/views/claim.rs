//! One row a claim of a merchant in money: for a benefit that was used there, or a discount that was given; less what was
//! taken back of it. What a later month takes back is a row of that month.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::Key;
use ledger_core::domain::merchant::event::MerchantEvent;
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
    /// Whether the use was taken back since.
    #[serde(default)]
    pub taken_back: bool,
}

/// The view, keyed by merchant, the month that bears it, and the row that it is for.
pub struct ClaimView;

impl View for ClaimView {
    type Row = Claim;
    const NAME: &'static str = "claim";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Merchant(event) = event else { return Vec::new() };
        let (month, source) = match event {
            MerchantEvent::MoneyClaimed(event) => (event.borne_in(), &event.source),
            MerchantEvent::MoneyTakenBack(event) => (event.month, &event.source),
            MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_)
            | MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::SettlementPaid(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::StatementAcknowledged(_) => return Vec::new(),
        };
        vec![under(event.merchant().as_str(), format_smolstr!("{month}/{source}"))]
    }

    fn fold(row: &mut Claim, _: &str, _: u64, event: &Event) {
        let Event::Merchant(event) = event else { return };
        match event {
            MerchantEvent::MoneyClaimed(event) => {
                row.at = Some(event.at);
                row.amount += event.amount;
                row.source = Some(event.source.clone());
                row.taken_back = false;
            }
            MerchantEvent::MoneyTakenBack(event) => {
                row.at = row.at.or(Some(event.at));
                row.amount -= event.amount;
                row.source = Some(event.source.clone());
                row.taken_back = true;
            }
            MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_)
            | MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::SettlementPaid(_)
            | MerchantEvent::StatementPrepared(_)
            | MerchantEvent::StatementDisputed(_)
            | MerchantEvent::StatementDisputeAnswered(_)
            | MerchantEvent::StatementConfirmed(_)
            | MerchantEvent::StatementAcknowledged(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::event::Event;

    use super::{Claim, ClaimView};
    use crate::fold::View;

    fn event(event_type: &str, more: &str) -> Event {
        let payload =
            format!(r#"{{"amount":188,"at":"2024-03-05T12:00:00+08:00","merchant":"M1",{more}"source":"XP1","v":1}}"#);
        Event::decode(event_type, payload.as_bytes()).expect("an event")
    }

    #[test]
    fn a_claim_is_less_what_its_own_month_takes_back_and_a_later_month_has_a_row_of_its_own() {
        let claimed = event("MoneyClaimed", "");
        let own = event("MoneyTakenBack", r#""month":"2024-03","#);
        let later = event("MoneyTakenBack", r#""claimed_in":"2024-03","month":"2024-05","#);
        let keys = |event: &Event| ClaimView::keys(event).into_iter().map(|key| key.to_string()).collect::<Vec<_>>();
        assert_eq!(keys(&claimed), keys(&own));
        assert_eq!(keys(&later), ["M1/2024-05/XP1"]);
        let told = |events: &[&Event]| {
            let mut row = Claim::default();
            events.iter().for_each(|event| ClaimView::fold(&mut row, "", 1, event));
            (row.amount.fen(), row.taken_back)
        };
        assert_eq!(told(&[&claimed]), (188, false));
        assert_eq!(told(&[&claimed, &own]), (0, true));
        assert_eq!(told(&[&claimed, &own, &claimed]), (188, false), "used again");
        assert_eq!(told(&[&later]), (-188, true));
    }
}
