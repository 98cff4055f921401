//! One row a fund: its particulars, and what of it is set aside.

use ledger_core::domain::event::Event;
use ledger_core::domain::fund::Fund;
use smol_str::SmolStr;

use crate::fold::View;

/// The view, keyed by fund.
pub struct FundView;

impl View for FundView {
    type Row = Fund;
    const NAME: &'static str = "fund";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_fund().map(|event| event.fund().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut Fund, _: &str, _: u64, event: &Event) {
        if let Some(event) = event.as_fund() {
            row.evolve(event);
        }
    }
}
