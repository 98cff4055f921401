//! What counts against caps: points by activity and service date (每日上限), units by item and calendar year (每人每年限兑).

use chrono::Datelike;
use std::collections::BTreeMap;

use super::Worker;
use crate::domain::ids::Sku;
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{RedeemedLine, ServiceRecorded};

impl Worker {
    /// Units of an item that count against the limit of a calendar year, over all stores.
    pub fn units(&self, sku: &Sku, year: i32) -> u32 {
        self.units.get(&(sku.clone(), year)).copied().unwrap_or(0)
    }

    /// The same of every item, for one year.
    pub fn units_of(&self, year: i32) -> BTreeMap<Sku, u32> {
        let of_year = self.units.iter().filter(|((_, other), _)| *other == year);
        of_year.map(|((sku, _), units)| (sku.clone(), *units)).collect()
    }

    /// Counts a credit against its daily cap.
    pub(super) fn use_cap(&mut self, record: &ServiceRecorded) {
        *self.by_day.entry((record.activity.clone(), record.on)).or_default() += record.points;
    }

    /// A credit that does not stand leaves its daily cap free.
    pub(super) fn free_cap(&mut self, number: u32) {
        let Some(lot) = self.lot(number) else { return };
        let (key, points) = ((lot.activity.clone(), lot.on), lot.points);
        if let Some(total) = self.by_day.get_mut(&key) {
            *total -= points;
        }
    }

    /// Counts units against the yearly limit, or gives them back.
    pub(super) fn count_units(&mut self, lines: &[RedeemedLine], at: BusinessTime, more: bool) {
        for line in lines {
            let units = self.units.entry((line.sku.clone(), at.date().year())).or_default();
            *units = if more { units.saturating_add(line.quantity) } else { units.saturating_sub(line.quantity) };
        }
    }
}
