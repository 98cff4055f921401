//! Who holds a mutual-aid points card: a counter that is shown one asks by its number.

use ledger_core::domain::event::Event;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// Who holds a card now; nobody once it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holder {
    /// 编号, as in 人员名册.
    pub worker: Option<String>,
}

/// The view, keyed by card number.
pub struct HolderView;

impl View for HolderView {
    type Row = Holder;
    const NAME: &'static str = "card_holder";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        event.as_card_step().map(|step| SmolStr::new(step.card_no().as_str())).into_iter().collect()
    }

    fn fold(row: &mut Holder, _: &str, _: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        let Some(step) = event.as_card_step() else { return };
        row.worker = step.branch().map(|_| event.worker().to_string());
    }
}
