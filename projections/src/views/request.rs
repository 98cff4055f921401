//! One row a service request: as it was posted, the work on it, and what was said of that.

use ledger_core::domain::event::Event;
use ledger_core::domain::request::ServiceRequest;
use smol_str::SmolStr;

use crate::fold::View;

/// The view, keyed by request.
pub struct RequestView;

impl View for RequestView {
    type Row = ServiceRequest;
    const NAME: &'static str = "request";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_request().map(|event| event.request().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut ServiceRequest, _: &str, _: u64, event: &Event) {
        if let Some(event) = event.as_request() {
            row.evolve(event);
        }
    }
}
