//! Half a year in the demonstration district, week by week: services, then redemptions of what earlier weeks earned,
//! and the settlements of the merchants. Plans only what the ledger will take, from what it answered before.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveDateTime};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{IdError, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Receipt, commands};

use super::dice::Dice;
use super::district::{ACTIVITIES, Listing, Usual, WORKERS, listings, worker_id};
use super::{EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};

/// The first day of the history.
pub(super) const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// January to June 2026.
const DAYS: u64 = 181;
/// Weeks of the history, the last one cut short.
pub(super) const WEEKS: u64 = DAYS.div_ceil(7);
/// People who come to a counter in a week, not all of whom can pay.
const VISITS_A_WEEK: u32 = 18;
const SEED: u64 = 20_260_101;
/// The network of grid workers (网格员) who witness services.
const WITNESSES: u32 = 12;

/// A command of the history with its key and time.
pub(super) struct Planned {
    pub(super) key: String,
    pub(super) at: BusinessTime,
    pub(super) command: Command,
    /// Who witnessed it, by name.
    pub(super) witness: Option<String>,
}

/// The plan so far: what everybody can spend, what is on the shelves.
pub(super) struct History {
    dice: Dice,
    listings: Vec<Listing>,
    balances: BTreeMap<WorkerId, Points>,
    earned_this_week: BTreeMap<WorkerId, Points>,
    shelves: BTreeMap<(StoreId, Sku), u32>,
    units: BTreeMap<(WorkerId, Sku), u32>,
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
            balances: BTreeMap::new(),
            earned_this_week: BTreeMap::new(),
            units: BTreeMap::new(),
            owed: BTreeMap::new(),
            redemptions: 0,
        })
    }

    /// The services of a week, in order of their days.
    pub(super) fn services(&mut self, week: u64) -> Result<Vec<Planned>, IdError> {
        let mut services = Vec::new();
        for number in 1..=WORKERS {
            let worker = worker_id(number)?;
            let steady = worker.as_str() == EXAMPLE_WORKER;
            let times = if steady { 2 } else { self.dice.below(3) };
            let first = u64::from(self.dice.below(7));
            for nth in 0..u64::from(times) {
                // Three days apart: two services of one kind on one day would meet a full daily cap.
                let Some(on) = day(week * 7 + (first + nth * 3) % 7) else { continue };
                let any = self.dice.one_of(&ACTIVITIES);
                // The example worker always earns something worth redeeming.
                let Some(usual) = (if steady && nth == 0 { ACTIVITIES.first() } else { any }) else { continue };
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
        let activity = usual.code.parse()?;
        let command = Command::RecordCredit(commands::RecordCredit {
            worker,
            activity,
            on: Some(on),
            quantity,
            witness: None,
            own_witness: false,
            from: None,
            to: None,
            history: true,
            worker_as_witness: Vec::new(),
            evidence: None,
        });
        let witness = format!("演示网格员{:02}", self.dice.below(WITNESSES) + 1);
        Ok(Planned { key: String::new(), at: BusinessTime::start_of(on), command, witness: Some(witness) })
    }

    /// Notes what the ledger gave for a service.
    pub(super) fn earned(&mut self, receipt: &Receipt) {
        for event in receipt.events.iter() {
            if let Event::Worker(event) = event
                && let Some(record) = event.as_service()
            {
                *self.earned_this_week.entry(record.worker.clone()).or_default() += record.points;
            }
        }
    }

    /// The redemptions of a week, in order of time, out of what earlier weeks earned: whatever the hour, those lots have
    /// begun.
    pub(super) fn redemptions(&mut self, week: u64) -> Result<Vec<Planned>, IdError> {
        let mut visits = Vec::new();
        for _ in 0..VISITS_A_WEEK {
            let number = self.dice.below(WORKERS) + 1;
            let listing = self.dice.below(u32::try_from(self.listings.len()).unwrap_or(0));
            let (day_of_week, minute) = (self.dice.below(7), self.dice.below(600));
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
        for (worker, points) in std::mem::take(&mut self.earned_this_week) {
            *self.balances.entry(worker).or_default() += points;
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
        let balance = self.balances.get_mut(&worker).filter(|balance| **balance >= price)?;
        let shelf = self.shelves.get_mut(&(listing.store.clone(), listing.sku.clone())).filter(|units| **units > 0)?;
        let had = self.units.entry((worker.clone(), listing.sku.clone())).or_default();
        if listing.item.limit.is_some_and(|limit| *had >= limit) {
            return None;
        }
        *balance -= price;
        *shelf -= 1;
        *had += 1;
        let at = BusinessTime::from_civil(time);
        *self.owed.entry((at.month(), listing.merchant.clone())).or_default() += price;
        self.redemptions += 1;
        let lines = vec![AskedLine { sku: listing.sku.clone(), quantity: Some(1) }];
        let time = AskedTime::At(at);
        let command =
            Command::Redeem(AskedSpending { worker, store: listing.store.clone(), lines, time, proven: None });
        Some(Planned { key: format!("YS-LS-{:05}", self.redemptions), at, command, witness: None })
    }

    /// What merchants are paid: each month in the next month's first days, all but the last two months.
    pub(super) fn settlements(&self) -> Vec<Planned> {
        const UNPAID_MONTHS: usize = 2;
        let mut months: Vec<Month> = self.owed.keys().map(|(month, _)| *month).collect();
        months.dedup();
        let paid_until = months.len().checked_sub(UNPAID_MONTHS + 1).and_then(|last| months.get(last)).copied();
        let settled = self.owed.iter().filter(|((month, _), _)| paid_until.is_some_and(|until| *month <= until));
        let planned = settled.map(|((month, merchant), points)| {
            let after = month.first_day().checked_add_months(chrono::Months::new(1)).unwrap_or(FIRST_DAY);
            let command = Command::PaySettlement(commands::PaySettlement {
                merchant: merchant.clone(),
                month: *month,
                points: *points,
                amount: None,
                reference: format!("演示凭证-{month}-{merchant}"),
            });
            let at = BusinessTime::start_of(after + Days::new(9));
            Planned { key: format!("demo/settlement/{month}/{merchant}"), at, command, witness: None }
        });
        planned.collect()
    }
}

/// The last command of all: goods for the example store's shelf.
pub(super) fn last_restock(key: &str) -> Result<Planned, IdError> {
    const UNITS: u32 = 500;
    let (store, sku) = (EXAMPLE_STORE.parse()?, EXAMPLE_SKU.parse()?);
    let command = Command::Restock(commands::Restock { store, sku, quantity: UNITS, merchant: None });
    let at = BusinessTime::start_of(FIRST_DAY + Days::new(DAYS));
    Ok(Planned { key: key.to_owned(), at, command, witness: None })
}

fn day(nth: u64) -> Option<NaiveDate> {
    (nth < DAYS).then(|| FIRST_DAY + Days::new(nth))
}
