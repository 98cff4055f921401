//! What the journal says, folded from events alone: no stored view, no cache, no clock.
//!
//! The shape is contract section 5. With an as-of date, what happened on later business days is left out, and with it
//! whatever corrects or finishes it, even under an earlier date; lots whose last day lies before the date count as
//! expired, whether or not their expiry was booked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::points::Points;
use ledger_core::domain::store::event::StoreEvent;
use ledger_core::domain::worker::event::{LotPart, WorkerEvent};

#[derive(Debug, Clone, Default)]
struct Lot {
    last_day: Option<NaiveDate>,
    on: NaiveDate,
    points: Points,
    left: Points,
    category: String,
    counts: bool,
    confirmed: bool,
    reversed: bool,
}

#[derive(Debug, Clone, Default)]
struct Account {
    card_no: Option<String>,
    lots: BTreeMap<u32, Lot>,
    earned: Points,
    redeemed: Points,
    held: Points,
}

/// One worker's four figures. `earned = redeemed + expired + balance`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Confirmed credits; credits taken back are out as far as their points could be taken back.
    pub earned: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// In lots that ended before the date.
    pub expired: Points,
    /// The rest: what can be spent or is set aside.
    pub balance: Points,
}

/// What the journal says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// The date it is told for.
    pub as_of: Option<NaiveDate>,
    /// The last position folded in.
    pub position: u64,
    /// Sums over all workers.
    pub totals: Figures,
    /// Workers that earned anything.
    pub workers: BTreeMap<String, Figures>,
    /// Units on the shelf, keyed `STORE/SKU`.
    pub stock: BTreeMap<String, i64>,
    /// Points by year, card and category.
    pub appraisal: BTreeMap<i32, BTreeMap<String, BTreeMap<String, Points>>>,
}

/// The fold.
#[derive(Debug, Clone)]
pub struct StateFold {
    until: Option<NaiveDate>,
    position: u64,
    latest: Option<NaiveDate>,
    accounts: BTreeMap<String, Account>,
    stock: BTreeMap<String, i64>,
    /// Credits, redemptions and holds that happened after the date. They share one space of names: their keys.
    left_out: BTreeSet<String>,
}

impl StateFold {
    /// A fold that leaves out what happened after a date, if one is given.
    pub fn new(as_of: Option<NaiveDate>) -> StateFold {
        StateFold {
            until: as_of,
            position: 0,
            latest: None,
            accounts: BTreeMap::new(),
            stock: BTreeMap::new(),
            left_out: BTreeSet::new(),
        }
    }

    /// Folds one event.
    pub fn fold(&mut self, position: u64, event: &Event) {
        self.position = position;
        let day = event.at().map(|at| at.date());
        // A credit happened on its service date, however late it was entered.
        let day = match event {
            Event::Worker(event) => event.as_service().map(|record| record.on).or(day),
            _ => day,
        };
        let (about, made) = names(event);
        // It counts from its service date on, however late it was confirmed: what it gave may be spent from then on.
        let confirms = matches!(event, Event::Worker(WorkerEvent::CreditConfirmed(_)));
        let later = matches!((day, self.until), (Some(day), Some(until)) if day > until) && !confirms;
        if later || about.is_some_and(|name| self.left_out.contains(name)) {
            self.left_out.extend(made.map(str::to_owned));
            return;
        }
        self.latest = self.latest.max(day);
        match event {
            Event::Worker(event) => self.worker(event),
            Event::Store(event) => self.store(event),
            Event::Programme(_) | Event::Merchant(_) | Event::Card(_) => {}
        }
    }

    fn worker(&mut self, event: &WorkerEvent) {
        let account = self.accounts.entry(event.worker().to_string()).or_default();
        if let Some(record) = event.as_service() {
            let counted = if record.proposed { Points::ZERO } else { record.points - record.debt_paid };
            account.earned += counted;
            let lot = Lot {
                last_day: record.last_day,
                on: record.on,
                points: record.points,
                left: counted,
                category: record.category.clone(),
                counts: record.card,
                confirmed: !record.proposed,
                reversed: false,
            };
            account.lots.insert(record.lot, lot);
            return;
        }
        match event {
            WorkerEvent::CardIssued(event) => account.card_no = Some(event.card_no.to_string()),
            WorkerEvent::CreditConfirmed(event) => {
                let counted = event.points - event.debt_paid;
                account.earned += counted;
                if let Some(lot) = account.lots.get_mut(&event.lot) {
                    lot.confirmed = true;
                    lot.left = counted;
                }
            }
            WorkerEvent::CreditReversed(event) => {
                account.earned -= event.points - event.debt;
                if let Some(lot) = account.lots.get_mut(&event.lot) {
                    lot.reversed = true;
                    lot.left -= event.points - event.debt;
                }
            }
            WorkerEvent::Redeemed(event) => {
                account.redeemed += event.points;
                account.take(&event.lots);
            }
            WorkerEvent::RedemptionReversed(event) => {
                account.redeemed -= event.points;
                account.earned -= event.debt_paid;
                account.give(&event.lots);
            }
            WorkerEvent::PointsHeld(event) => {
                account.held += event.points;
                account.take(&event.lots);
            }
            WorkerEvent::HoldCaptured(event) => {
                account.held -= event.points;
                account.redeemed += event.points;
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                account.held -= event.points;
                account.earned -= event.debt_paid;
                account.give(&event.lots);
            }
            // Booking an expiry moves nothing here: a lot's last day tells.
            _ => {}
        }
    }

    fn store(&mut self, event: &StoreEvent) {
        let store = event.store().as_str();
        let mut add = |sku: &dyn std::fmt::Display, units: i64| {
            *self.stock.entry(format!("{store}/{sku}")).or_default() += units;
        };
        match event {
            StoreEvent::ItemListed(event) => add(&event.sku, 0),
            StoreEvent::StockReceived(event) => add(&event.sku, i64::from(event.quantity)),
            StoreEvent::StockIssued(event) if event.hold.is_none() => {
                event.lines.iter().for_each(|line| add(&line.sku, -i64::from(line.quantity)));
            }
            StoreEvent::StockReturned(event) => {
                event.lines.iter().for_each(|line| add(&line.sku, i64::from(line.quantity)));
            }
            StoreEvent::StockReserved(event) => {
                event.lines.iter().for_each(|line| add(&line.sku, -i64::from(line.quantity)));
            }
            StoreEvent::StockUnreserved(event) => {
                event.lines.iter().for_each(|line| add(&line.sku, i64::from(line.quantity)));
            }
            StoreEvent::StockCounted(event) => add(&event.sku, i64::from(event.found) - i64::from(event.missing)),
            StoreEvent::StockWrittenOff(event) => add(&event.sku, -i64::from(event.quantity)),
            _ => {}
        }
    }

    /// What was folded, as of the date given or else of the last business day seen.
    pub fn finish(self) -> State {
        let as_of = self.until.or(self.latest);
        let mut state = State { as_of, position: self.position, stock: self.stock, ..State::default() };
        for (worker, account) in self.accounts {
            account.appraise(&mut state.appraisal);
            let ended = |lot: &&Lot| matches!((lot.last_day, as_of), (Some(last), Some(as_of)) if last < as_of);
            let left: Points = account.lots.values().map(|lot| lot.left).sum();
            let expired: Points = account.lots.values().filter(ended).map(|lot| lot.left).sum();
            let balance = left - expired + account.held;
            let figures = Figures { earned: account.earned, redeemed: account.redeemed, expired, balance };
            if figures == Figures::default() {
                continue;
            }
            state.totals.earned += figures.earned;
            state.totals.redeemed += figures.redeemed;
            state.totals.expired += figures.expired;
            state.totals.balance += figures.balance;
            state.workers.insert(worker, figures);
        }
        state
    }
}

/// The credit, redemption or hold that an event is about, and the one that it makes.
fn names(event: &Event) -> (Option<&str>, Option<&str>) {
    match event {
        Event::Worker(event) => match event {
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::ObjectionResolved(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::CreditReversed(event) => (Some(event.credit.as_str()), None),
            WorkerEvent::Redeemed(event) => (None, Some(event.redemption.as_str())),
            WorkerEvent::RedemptionReversed(event) => (Some(event.redemption.as_str()), None),
            WorkerEvent::PointsHeld(event) => (None, Some(event.hold.as_str())),
            WorkerEvent::HoldCaptured(event) => (Some(event.hold.as_str()), Some(event.redemption.as_str())),
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => (Some(event.hold.as_str()), None),
            other => (None, other.as_service().map(|record| record.credit.as_str())),
        },
        Event::Store(event) => match event {
            StoreEvent::StockIssued(event) => {
                (event.hold.as_ref().map(HoldId::as_str), Some(event.redemption.as_str()))
            }
            StoreEvent::StockReturned(event) => (Some(event.redemption.as_str()), None),
            StoreEvent::StockReserved(event) => (None, Some(event.hold.as_str())),
            StoreEvent::StockUnreserved(event) => (Some(event.hold.as_str()), None),
            _ => (None, None),
        },
        Event::Programme(_) | Event::Merchant(_) | Event::Card(_) => (None, None),
    }
}

impl Account {
    fn take(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.left -= points);
    }

    fn give(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.left += points);
    }

    fn each(&mut self, parts: &[LotPart], change: impl Fn(&mut Lot, Points)) {
        for part in parts {
            if let Some(lot) = self.lots.get_mut(&part.0) {
                change(lot, part.1);
            }
        }
    }

    /// Confirmed credits alone: spending, expiry and debts have no say.
    fn appraise(&self, years: &mut BTreeMap<i32, BTreeMap<String, BTreeMap<String, Points>>>) {
        let Some(card_no) = &self.card_no else { return };
        for lot in self.lots.values().filter(|lot| lot.counts && lot.confirmed && !lot.reversed) {
            let card = years.entry(lot.on.year()).or_default().entry(card_no.clone()).or_default();
            *card.entry(lot.category.clone()).or_default() += lot.points;
            *card.entry("total".to_owned()).or_default() += lot.points;
        }
    }
}
