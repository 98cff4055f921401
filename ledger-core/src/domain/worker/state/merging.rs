//! Two ids of one person: under which other id the account goes on, or whose accounts go on here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Worker;
use super::purse::{CreditStatus, Lot};
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::Estate;
use crate::domain::worker::event::{CreditedOn, HadIn, MovedLot, WorkerAbsorbed, WorkerMerged};

/// What is known of other ids of the same person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::domain::worker) struct Merged {
    /// The id that is kept, and since when, where it is not this one.
    into: Option<(WorkerId, BusinessTime)>,
    /// The ids whose accounts go on here.
    absorbed: BTreeSet<WorkerId>,
}

impl Worker {
    /// Under which other id the account goes on, and since when.
    pub fn merged_into(&self) -> Option<(&WorkerId, BusinessTime)> {
        let (kept, at) = self.merged.as_ref()?.into.as_ref()?;
        Some((kept, *at))
    }

    /// The ids whose accounts go on here.
    pub fn absorbed(&self) -> impl Iterator<Item = &WorkerId> {
        self.merged.iter().flat_map(|merged| &merged.absorbed)
    }

    /// What is left in the lots and what is owed, and what was counted since an earlier state, which handed over all it had:
    /// the default for one that never did.
    pub fn estate_since(&self, before: &Worker) -> Estate {
        let mut estate = Estate { debt: self.debt, ..Estate::default() };
        for (number, lot) in (1..).zip(&self.lots).filter(|(_, lot)| lot.remaining.is_positive()) {
            estate.lots.push(MovedLot {
                activity: lot.activity.clone(),
                credit: lot.credit.clone(),
                from: number,
                last_day: lot.last_day,
                lot: number,
                on: lot.on,
                points: lot.remaining,
                proposer: lot.proposer.clone(),
            });
        }
        for (key, points) in difference(&self.by_day, &before.by_day, |points| points.hundredths()) {
            let (activity, on) = key.clone();
            estate.credited.push(CreditedOn { activity, on, points: Points::from_hundredths(points) });
        }
        for ((sku, year), units) in difference(&self.units, &before.units, |units| i64::from(*units)) {
            estate.had.push(HadIn { sku: sku.clone(), units, year: *year });
        }
        estate
    }

    /// The account goes on under another id.
    pub(super) fn hand_over(&mut self, event: &WorkerMerged) {
        let merged = self.merged.get_or_insert_default();
        merged.into.get_or_insert_with(|| (event.into.clone(), event.at));
        self.debt -= event.debt;
        self.take(&event.lots);
    }

    /// The account of another id goes on here.
    pub(super) fn take_over(&mut self, event: &WorkerAbsorbed) {
        self.merged.get_or_insert_default().absorbed.insert(event.absorbed.clone());
        self.debt += event.debt;
        for lot in &event.lots {
            self.lots.push(Lot {
                credit: lot.credit.clone(),
                activity: lot.activity.clone(),
                on: lot.spendable_from(event.at.date()),
                last_day: lot.last_day,
                points: lot.points,
                quantity: Quantity::from_millionths(0),
                remaining: lot.points,
                expired: Points::ZERO,
                status: CreditStatus::Moved,
                objected: false,
                beside_way: None,
                proposer: lot.proposer.clone(),
                public_from: lot.on,
                publicity_days: None,
                way: None,
            });
            self.reopen(lot.lot);
        }
        for CreditedOn { activity, on, points } in &event.credited {
            *self.by_day.entry((activity.clone(), *on)).or_default() += *points;
        }
        for HadIn { sku, units, year } in &event.had {
            let had = self.units.entry((sku.clone(), *year)).or_default();
            let sum = i64::from(*had).saturating_add(*units).clamp(0, i64::from(u32::MAX));
            *had = u32::try_from(sum).unwrap_or(u32::MAX);
        }
    }
}

/// What one count has more than another, key by key, where they are not the same.
fn difference<'a, K: Ord, V>(
    now: &'a BTreeMap<K, V>,
    before: &'a BTreeMap<K, V>,
    number: impl Fn(&V) -> i64 + 'a,
) -> impl Iterator<Item = (&'a K, i64)> {
    now.iter()
        .map(move |(key, value)| (key, number(value).saturating_sub(before.get(key).map_or(0, &number))))
        .filter(|(_, more)| *more != 0)
}
