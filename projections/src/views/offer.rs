//! One row an offer for holders of passes, as the register last had it.

use ledger_core::domain::event::Event;
use ledger_core::domain::pass::Offer;
use smol_str::SmolStr;

use crate::fold::View;

/// The view, keyed by offer.
pub struct OfferView;

impl View for OfferView {
    type Row = Offer;
    const NAME: &'static str = "offer";

    fn keys(event: &Event) -> Vec<SmolStr> {
        if let Event::Offer(event) = event { vec![event.offer().to_smol()] } else { Vec::new() }
    }

    fn fold(row: &mut Offer, _: &str, _: u64, event: &Event) {
        if let Event::Offer(event) = event {
            row.evolve(event);
        }
    }
}
