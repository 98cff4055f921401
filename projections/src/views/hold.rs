//! One row an open hold; an ended hold has none.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{RedeemedLine, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// An open hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hold {
    /// Whose.
    pub worker: String,
    /// Where.
    pub store: String,
    /// How much.
    pub points: Points,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// When it was placed.
    pub at: Option<BusinessTime>,
    /// From when on it is void.
    pub expires_at: Option<BusinessTime>,
}

/// The view, keyed by the hold.
pub struct HoldView;

impl View for HoldView {
    type Row = Hold;
    const NAME: &'static str = "hold";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        match event {
            WorkerEvent::PointsHeld(event) => vec![event.hold.to_smol()],
            WorkerEvent::HoldCaptured(event) => vec![event.hold.to_smol()],
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => vec![event.hold.to_smol()],
            _ => Vec::new(),
        }
    }

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Worker(WorkerEvent::PointsHeld(_)))
    }

    fn fold(row: &mut Hold, _: &str, _: u64, event: &Event) {
        *row = match event {
            Event::Worker(WorkerEvent::PointsHeld(event)) => Hold {
                worker: event.worker.to_string(),
                store: event.store.to_string(),
                points: event.points,
                lines: event.lines.clone(),
                at: Some(event.at),
                expires_at: Some(event.expires_at),
            },
            _ => Hold::default(),
        };
    }
}
