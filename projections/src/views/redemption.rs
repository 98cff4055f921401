//! One row a redemption, under its store and the time it was made: what a counter's day is made of. The whole of a
//! redemption stands in the journal, where its name finds it; here is what a list and its totals need.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{RedemptionId, StoreId};
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{RedeemedLine, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A redemption.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Redemption {
    /// Whose points.
    pub worker: String,
    /// How much, in hundredths.
    pub points: Points,
    /// Units and points by item, in the order asked.
    pub items: Vec<(String, u32, Points)>,
    /// The position that made it.
    pub position: u64,
    /// The position that gave it back.
    pub reversed: Option<u64>,
}

/// The view, keyed by store, time and name, so that a store's day lies together and in its order.
pub struct RedemptionView;

fn key(store: &StoreId, at: BusinessTime, redemption: &RedemptionId) -> SmolStr {
    under(store.as_str(), format_args!("{at}/{redemption}"))
}

fn made(worker: impl ToString, points: Points, lines: &[RedeemedLine], position: u64) -> Redemption {
    let item = |line: &RedeemedLine| {
        let points = line.price.times(line.quantity).unwrap_or_default();
        (line.sku.to_string(), line.quantity, points)
    };
    Redemption { worker: worker.to_string(), points, items: lines.iter().map(item).collect(), position, reversed: None }
}

impl View for RedemptionView {
    type Row = Redemption;
    const NAME: &'static str = "redemption";
    const TERSE: bool = true;

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        match event {
            WorkerEvent::Redeemed(event) => vec![key(&event.store, event.at, &event.redemption)],
            WorkerEvent::HoldCaptured(event) => vec![key(&event.store, event.at, &event.redemption)],
            WorkerEvent::RedemptionReversed(event) => vec![key(&event.store, event.redeemed_at, &event.redemption)],
            _ => Vec::new(),
        }
    }

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Worker(WorkerEvent::Redeemed(_) | WorkerEvent::HoldCaptured(_)))
    }

    fn fold(row: &mut Redemption, _: &str, position: u64, event: &Event) {
        match event {
            Event::Worker(WorkerEvent::Redeemed(event)) => {
                *row = made(&event.worker, event.points, &event.lines, position);
            }
            Event::Worker(WorkerEvent::HoldCaptured(event)) => {
                *row = made(&event.worker, event.points, &event.lines, position);
            }
            Event::Worker(WorkerEvent::RedemptionReversed(_)) => row.reversed = Some(position),
            _ => {}
        }
    }
}
