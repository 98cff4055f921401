//! When a worker served, where that was told or is watched over: what hours that overlap, or are too many for a day, are
//! found by.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Worker;
use super::purse::CreditStatus;
use crate::domain::quantity::Quantity;
use crate::domain::time::ClockTime;
use crate::domain::worker::event::ServiceRecorded;

/// When a service was done on its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// From when to when, where that was told.
    pub span: Option<(ClockTime, ClockTime)>,
    /// How many hours, where that is known.
    pub hours: Option<Quantity>,
}

impl Worker {
    /// The services of a day of which hours are known, and that were not rejected or taken back.
    pub fn served_on(&self, day: NaiveDate) -> impl Iterator<Item = &Served> {
        let stands = |served: &&Served| {
            self.lot(served.lot)
                .is_some_and(|lot| matches!(lot.status, CreditStatus::Proposed | CreditStatus::Confirmed))
        };
        self.served.get(&day).into_iter().flatten().filter(stands)
    }

    /// The day on which the worker was registered.
    pub const fn registered_on(&self) -> Option<NaiveDate> {
        self.registered_on
    }

    /// Remembers when a service was done.
    pub(super) fn serve(&mut self, record: &ServiceRecorded) {
        let span = record.from.zip(record.to);
        if span.is_some() || record.hours.is_some() {
            let served = Served { lot: record.lot, span, hours: record.hours };
            self.served.entry(record.on).or_default().push(served);
        }
    }
}
