//! A sample of the field that came when branches began to stand in for partners who left.

use super::super::super::{Event, V1};
use super::{at, branch, date};
use crate::domain::ids::{PairId, VisitId, WorkerId};
use crate::domain::pair::command::Confirmation;
use crate::domain::pair::event::{PairEvent, VisitConfirmed};

/// The sample.
pub(crate) fn samples() -> Vec<Event> {
    let by = WorkerId::new("YZ-骑手-002").expect("worker");
    vec![Event::Pair(PairEvent::VisitConfirmed(VisitConfirmed {
        at: at(),
        confirmation: Confirmation { branch: Some(branch()), by, on: date("2024-03-05") },
        pair: PairId::new("BD-0001").expect("pair"),
        v: V1,
        visit: VisitId::new("ZF-0001").expect("visit"),
    }))]
}
