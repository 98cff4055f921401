//! One row an open hold; an ended hold has none.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{PointsHeld, RedeemedLine, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// An open hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hold {
    /// The worker's id (编号).
    pub worker: String,
    /// The store's id (网点编号).
    pub store: String,
    /// Points, exact hundredths.
    pub points: Points,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// When it was placed.
    pub at: Option<BusinessTime>,
    /// From when on it is void.
    pub expires_at: Option<BusinessTime>,
}

impl Hold {
    /// Whether it ran out by a time.
    pub fn is_void(&self, at: BusinessTime) -> bool {
        self.expires_at.is_some_and(|expires| expires <= at)
    }
}

/// The view, keyed by the hold.
pub struct HoldView;

impl View for HoldView {
    type Row = Hold;
    const NAME: &'static str = "hold";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        let placed = event.as_hold().map(|event| &event.hold);
        let ended = event.as_hold_end().map(|event| &event.hold);
        let captured = event.as_redemption().and_then(|made| made.hold);
        placed.or(ended).or(captured).map(HoldId::to_smol).into_iter().collect()
    }

    fn begins(event: &Event) -> bool {
        placed(event).is_some()
    }

    fn fold(row: &mut Hold, _: &str, _: u64, event: &Event) {
        *row = placed(event).map_or_else(Hold::default, |event| Hold {
            worker: event.worker.to_string(),
            store: event.store.to_string(),
            points: event.points,
            lines: event.lines.clone(),
            at: Some(event.at),
            expires_at: Some(event.expires_at),
        });
    }
}

fn placed(event: &Event) -> Option<&PointsHeld> {
    event.as_worker().and_then(WorkerEvent::as_hold)
}
