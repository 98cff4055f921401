//! One row a lot: what of it can still be spent, and between which days.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{LotPart, WorkerEvent};
use ledger_core::journal::Entry;
use serde::{Deserialize, Serialize};

use super::under;
use crate::fold::View;

/// A lot's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lot {
    /// The credit that made it.
    pub credit: String,
    /// The service date: it can be spent from here on.
    pub on: NaiveDate,
    /// The last day it can be spent.
    pub last_day: Option<NaiveDate>,
    /// What was credited.
    pub points: Points,
    /// What is left.
    pub remaining: Points,
    /// What was booked as expired.
    pub expired: Points,
}

impl Lot {
    /// What can be spent of it on a day: also what was booked as expired later, when the day lies before its end.
    pub fn spendable_on(&self, day: NaiveDate) -> Points {
        if self.on <= day && self.last_day.is_none_or(|last_day| day <= last_day) {
            self.remaining + self.expired
        } else {
            Points::ZERO
        }
    }
}

/// The key of a worker's lot.
pub fn key(worker: &str, lot: u32) -> String {
    under(worker, format_args!("{lot:010}"))
}

/// The view.
pub struct LotView;

impl LotView {
    fn parts(event: &WorkerEvent) -> &[LotPart] {
        match event {
            WorkerEvent::Redeemed(event) => &event.lots,
            WorkerEvent::RedemptionReversed(event) => &event.lots,
            WorkerEvent::PointsHeld(event) => &event.lots,
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => &event.lots,
            WorkerEvent::PointsExpired(event) | WorkerEvent::ExpiryReversed(event) => &event.lots,
            _ => &[],
        }
    }
}

impl View for LotView {
    type Row = Lot;
    const NAME: &'static str = "lot";

    fn keys(_: &Entry, event: &Event) -> Vec<String> {
        let Event::Worker(event) = event else { return Vec::new() };
        let worker = event.worker().as_str();
        let one = match event {
            WorkerEvent::CreditConfirmed(event) => Some(event.lot),
            WorkerEvent::CreditReversed(event) => Some(event.lot),
            other => other.as_service().map(|record| record.lot),
        };
        match one {
            Some(lot) => vec![key(worker, lot)],
            None => LotView::parts(event).iter().map(|part| key(worker, part.0)).collect(),
        }
    }

    fn fold(row: &mut Lot, row_key: &str, _: &Entry, event: &Event) {
        let Event::Worker(event) = event else { return };
        if let Some(record) = event.as_service() {
            row.credit = record.credit.to_string();
            row.on = record.on;
            row.last_day = record.last_day;
            row.points = record.points;
            row.remaining = if record.proposed { Points::ZERO } else { record.points - record.debt_paid };
            return;
        }
        let worker = event.worker().as_str();
        let part: Points =
            LotView::parts(event).iter().filter(|part| key(worker, part.0) == row_key).map(|part| part.1).sum();
        match event {
            WorkerEvent::CreditConfirmed(event) => row.remaining = event.points - event.debt_paid,
            WorkerEvent::CreditReversed(_) => (row.remaining, row.expired) = (Points::ZERO, Points::ZERO),
            WorkerEvent::Redeemed(_) | WorkerEvent::PointsHeld(_) => row.remaining -= part,
            WorkerEvent::RedemptionReversed(_) | WorkerEvent::HoldReleased(_) | WorkerEvent::HoldExpired(_) => {
                row.remaining += part;
            }
            WorkerEvent::PointsExpired(_) => {
                row.remaining -= part;
                row.expired += part;
            }
            WorkerEvent::ExpiryReversed(_) => {
                row.expired -= part;
                row.remaining += part;
            }
            _ => {}
        }
    }
}
