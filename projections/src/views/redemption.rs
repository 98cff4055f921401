//! One row a redemption, under its store and the time it was made: what a counter's day is made of. The whole of a
//! redemption stands in the journal, where its name finds it; here is what a list and its totals need.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{RedemptionId, StoreId};
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{RedeemedLine, Redemption as Made, WorkerEvent};
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

fn made(event: &Event) -> Option<Made<'_>> {
    event.as_worker().and_then(WorkerEvent::as_redemption)
}

impl View for RedemptionView {
    type Row = Redemption;
    const NAME: &'static str = "redemption";
    const TERSE: bool = true;

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        let made = event.as_redemption().map(|made| key(made.basket.store, made.at, made.redemption));
        let reversed = event.as_return().map(|event| key(&event.store, event.redeemed_at, &event.redemption));
        made.or(reversed).into_iter().collect()
    }

    fn begins(event: &Event) -> bool {
        made(event).is_some()
    }

    fn fold(row: &mut Redemption, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(made) = event.as_redemption() {
            let item = |line: &RedeemedLine| {
                let points = line.price.times(line.quantity).unwrap_or_default();
                (line.sku.to_string(), line.quantity, points)
            };
            *row = Redemption {
                worker: event.worker().to_string(),
                points: made.points,
                items: made.basket.lines.iter().map(item).collect(),
                position,
                reversed: None,
            };
        } else if event.as_return().is_some() {
            row.reversed = Some(position);
        }
    }
}
