//! Eighteen months at the counters of the demonstration district, week by week: services, then redemptions of what
//! earlier weeks earned. Plans only what the ledger will take, from what it answered before.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{IdError, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Receipt, commands};

use super::dice::Dice;
use super::district::WORKERS;
use super::places::{Listing, listings};
use super::plan::{self, DAYS, Planned, worker_id};
use super::schedule::{ACTIVITIES, Usual};
use super::settlement::PAID;
use super::{EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};

/// People who come to a counter in a week, not all of whom can pay.
const VISITS_A_WEEK: u32 = 20;
/// Those who serve more often, and come to the counter more often.
const REGULARS: u32 = 60;
/// Of those, the first ones save up from some week on: what is open today is for them, and they can pay it.
const SAVERS: u32 = 20;
const SAVE_FROM: u64 = 40;
/// Every so many-th visit is to a counter of the first stores, which list so many items in all.
const BUSY_EVERY: u32 = 3;
const BUSY: u32 = 30;
const SEED: u64 = 20_250_101;
/// The network of grid workers (网格员) who witness services.
const WITNESSES: u32 = 40;

/// The plan so far: what everybody can spend, what is on the shelves.
pub(super) struct History {
    dice: Dice,
    listings: Vec<Listing>,
    /// What of everybody's lots is left, by their last day; those without one are kept for ever.
    lots: BTreeMap<WorkerId, BTreeMap<NaiveDate, Points>>,
    earned_this_week: Vec<(WorkerId, NaiveDate, Points)>,
    shelves: BTreeMap<(StoreId, Sku), u32>,
    /// What somebody had of an item in a year.
    units: BTreeMap<(WorkerId, Sku, i32), u32>,
    owed: BTreeMap<(Month, MerchantId), Points>,
    redemptions: u32,
}

impl History {
    pub(super) fn new() -> Result<History, IdError> {
        let listings = listings()?;
        let shelf = |listing: &Listing| ((listing.store.clone(), listing.sku.clone()), listing.item.stock);
        Ok(History {
            dice: Dice::new(SEED),
            shelves: listings.iter().map(shelf).collect(),
            listings,
            lots: BTreeMap::new(),
            earned_this_week: Vec::new(),
            units: BTreeMap::new(),
            owed: BTreeMap::new(),
            redemptions: 0,
        })
    }

    /// What merchants are owed for goods, by month.
    pub(super) const fn owed(&self) -> &BTreeMap<(Month, MerchantId), Points> {
        &self.owed
    }

    /// The services of a week, in order of their days.
    pub(super) fn services(&mut self, week: u64) -> Result<Vec<Planned>, IdError> {
        let mut services = Vec::new();
        for number in 1..=WORKERS {
            let worker = worker_id(number)?;
            let steady = worker.as_str() == EXAMPLE_WORKER;
            let times: u64 = match self.dice.below(if number <= REGULARS { 4 } else { 10 }) {
                _ if steady => 1,
                0 => 1,
                1 if number <= REGULARS => 1,
                _ => 0,
            };
            let first = u64::from(self.dice.below(7));
            for nth in 0..times {
                // Three days apart: two services of one kind on one day would meet a full daily cap.
                let Some(on) = day(week * 7 + (first + nth * 3) % 7) else { continue };
                let any = self.dice.one_of(&ACTIVITIES);
                // The example worker mostly earns something worth redeeming.
                let usual = if steady && week % 3 != 2 { ACTIVITIES.first() } else { any };
                let Some(usual) = usual else { continue };
                services.push((on, worker.clone(), self.service(usual, worker.clone(), on)?));
            }
        }
        services.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        Ok((1..)
            .zip(services)
            .map(|(nth, (on, _, mut planned))| {
                planned.key = format!("YS-{}-{week:02}{nth:03}", on.format("%Y%m"));
                planned
            })
            .collect())
    }

    fn service(&mut self, usual: &Usual, worker: WorkerId, on: NaiveDate) -> Result<Planned, IdError> {
        let quantity = self.dice.one_of(usual.quantities).and_then(|text| Quantity::parse(text));
        let command = commands::RecordCredit {
            worker,
            activity: usual.code.parse()?,
            on: Some(on),
            quantity,
            witness: None,
            own_witness: false,
            from: None,
            to: None,
            history: true,
            worker_as_witness: Vec::new(),
            evidence: None,
        };
        let witness = format!("演示网格员{:02}", self.dice.below(WITNESSES) + 1);
        Ok(Planned { witness: Some(witness), ..Planned::on(on, "", command) })
    }

    /// Notes what the ledger gave for a service, a visit, a wish or an order.
    pub(super) fn earned(&mut self, receipt: &Receipt) {
        for event in receipt.events.iter() {
            if let Event::Worker(event) = event
                && let Some(record) = event.as_service()
            {
                let last_day = record.last_day.unwrap_or(NaiveDate::MAX);
                self.earned_this_week.push((record.worker.clone(), last_day, record.points));
            }
        }
    }

    /// The redemptions of a week, in order of time, out of what earlier weeks earned: whatever the hour, those lots have
    /// begun.
    pub(super) fn redemptions(&mut self, week: u64) -> Result<Vec<Planned>, IdError> {
        let mut visits = Vec::new();
        for nth in 0..VISITS_A_WEEK {
            let number = self.dice.below(if nth % 2 == 0 { REGULARS } else { WORKERS }) + 1;
            let all = u32::try_from(self.listings.len()).unwrap_or(0);
            let listing = self.dice.below(if nth % BUSY_EVERY == 0 { BUSY.min(all) } else { all });
            let (day_of_week, minute) = (self.dice.below(7), self.dice.below(600));
            if number > 1 && number <= SAVERS && week >= SAVE_FROM {
                continue;
            }
            if let Some(on) = day(week * 7 + u64::from(day_of_week)) {
                let opens = on.and_hms_opt(9, 0, 0).unwrap_or_default();
                visits.push((opens + chrono::TimeDelta::minutes(i64::from(minute)), number, listing));
            }
        }
        visits.sort_unstable();
        let mut planned = Vec::new();
        for (time, number, listing) in visits {
            planned.extend(self.visit(worker_id(number)?, listing, time));
        }
        for (worker, last_day, points) in std::mem::take(&mut self.earned_this_week) {
            *self.lots.entry(worker).or_default().entry(last_day).or_default() += points;
        }
        Ok(planned)
    }

    /// Somebody at a counter; nothing comes of it where points, shelf or limit do not allow it.
    fn visit(&mut self, worker: WorkerId, listing: u32, time: NaiveDateTime) -> Option<Planned> {
        let listing = self.listings.get(usize::try_from(listing).ok()?)?;
        let price = Points::from_whole(listing.item.price);
        let example = worker.as_str() == EXAMPLE_WORKER;
        let of_example = listing.store.as_str() == EXAMPLE_STORE && listing.sku.as_str() == EXAMPLE_SKU;
        if example && !of_example {
            // Saves up, so that a newcomer finds a good balance.
            return None;
        }
        let lots = self.lots.get_mut(&worker)?;
        // A lot is spendable through its last day.
        *lots = lots.split_off(&time.date());
        if lots.values().copied().sum::<Points>() < price {
            return None;
        }
        let shelf = self.shelves.get_mut(&(listing.store.clone(), listing.sku.clone())).filter(|units| **units > 0)?;
        let had = self.units.entry((worker.clone(), listing.sku.clone(), time.year())).or_default();
        if listing.item.limit.is_some_and(|limit| *had >= limit) {
            return None;
        }
        spend(lots, price);
        *shelf -= 1;
        *had += 1;
        let at = BusinessTime::from_civil(time);
        *self.owed.entry((at.month(), listing.merchant.clone())).or_default() += price;
        self.redemptions += 1;
        let lines = vec![AskedLine { sku: listing.sku.clone(), quantity: Some(1) }];
        let time = AskedTime::At(at);
        let command =
            Command::Redeem(AskedSpending { worker, store: listing.store.clone(), lines, time, proven: None });
        Some(Planned::new(format!("YS-LS-{:05}", self.redemptions), at, command))
    }
}

/// The lot that ends first is spent first.
fn spend(lots: &mut BTreeMap<NaiveDate, Points>, price: Points) {
    let mut left = price;
    for points in lots.values_mut() {
        let taken = left.min(*points);
        *points -= taken;
        left -= taken;
    }
}

/// The last command of all, once the last month was settled: goods for the example store's shelf.
pub(super) fn last_restock(key: &str) -> Result<Planned, IdError> {
    const UNITS: u32 = 500;
    let (store, sku) = (EXAMPLE_STORE.parse()?, EXAMPLE_SKU.parse()?);
    let command = commands::Restock { store, sku, quantity: UNITS, merchant: None };
    Ok(Planned::on(plan::day(DAYS + PAID), key, command))
}

fn day(nth: u64) -> Option<NaiveDate> {
    (nth < DAYS).then(|| plan::day(nth))
}
