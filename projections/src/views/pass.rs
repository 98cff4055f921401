//! One row a pass of a worker, as the register last had it. A number given to one worker is never another one's, so that
//! the holder can stand in the key.

use ledger_core::domain::event::Event;
use ledger_core::domain::pass::{Pass, PassEvent};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// The view, keyed by worker and pass.
pub struct PassView;

impl View for PassView {
    type Row = Pass;
    const NAME: &'static str = "pass";

    fn keys(event: &Event) -> Vec<SmolStr> {
        match event.as_pass() {
            Some(PassEvent::PassIssued(event) | PassEvent::PassUpdated(event)) => {
                vec![under(event.terms.worker.as_str(), &event.pass)]
            }
            // What a pass was used for stands with the merchant's claims.
            Some(PassEvent::PassUsed(_) | PassEvent::PassUseReversed(_)) | None => Vec::new(),
        }
    }

    fn fold(row: &mut Pass, _: &str, _: u64, event: &Event) {
        if let Some(event) = event.as_pass() {
            row.evolve(event);
        }
    }
}
