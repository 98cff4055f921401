//! One row a credit that was returned (退回), by the business day on which it was: what waits no more, and whoever entered it is
//! to be told why. The credit itself and the reason stand in the journal.

use ledger_core::domain::event::Event;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{Judgement, Verdict};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A returned credit's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returned {
    /// The worker's id (编号).
    pub worker: String,
    /// When it was returned, in business time.
    pub at: Option<BusinessTime>,
}

/// The view, keyed by day and credit.
pub struct ReturnedView;

fn rejected(event: &Event) -> Option<Judgement<'_>> {
    let judged = event.as_worker()?.as_judgement()?;
    match judged.verdict {
        Verdict::Rejected => Some(judged),
        Verdict::Checked
        | Verdict::Publicised { .. }
        | Verdict::Confirmed { .. }
        | Verdict::Objected { .. }
        | Verdict::Appealed { .. }
        | Verdict::Resolved { .. }
        | Verdict::Reversed { .. } => None,
    }
}

impl View for ReturnedView {
    type Row = Returned;
    const NAME: &'static str = "returned";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Some(worker) = event.as_worker() else { return Vec::new() };
        let key = rejected(event).map(|judged| under(&worker.at().date().to_string(), judged.credit));
        key.into_iter().collect()
    }

    /// A credit is returned once.
    fn begins(_: &Event) -> bool {
        true
    }

    fn fold(row: &mut Returned, _: &str, _: u64, event: &Event) {
        let Some(worker) = event.as_worker().filter(|_| rejected(event).is_some()) else { return };
        *row = Returned { worker: worker.worker().to_string(), at: Some(worker.at()) };
    }
}
