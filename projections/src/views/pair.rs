//! One row a pair: who with whom, and the visits within it.

use ledger_core::domain::event::Event;
use ledger_core::domain::pair::Pair;
use smol_str::SmolStr;

use crate::fold::View;

/// The view, keyed by pair.
pub struct PairView;

impl View for PairView {
    type Row = Pair;
    const NAME: &'static str = "pair";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_pair().map(|event| event.pair().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut Pair, _: &str, _: u64, event: &Event) {
        if let Some(event) = event.as_pair() {
            row.evolve(event);
        }
    }
}
