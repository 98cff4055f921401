//! The books of a journal, kept from its events alone, with every invariant held at every event.
//!
//! Owns: each worker's accounts and lots, daily caps, yearly limits, each shelf, each merchant's claims, and what must be
//! true of them.
//! Shares with the write path only postings and `evolve`. Knows nothing of hashes and of where events come from.

mod caps;
mod limits;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::event::Event;
use crate::domain::ids::{MerchantId, Sku, StoreId, WorkerId};
use crate::domain::merchant::event::MerchantEvent;
use crate::domain::points::Points;
use crate::domain::posting::{Account, Posting, postings};
use crate::domain::programme::event::ProgrammeEvent;
use crate::domain::store::RedemptionStore;
use crate::domain::store::event::{StockLine, StoreEvent};
use crate::domain::worker::event::{LotPart, WorkerEvent};
use caps::Caps;
use limits::Units;

/// A lot as the books know it.
#[derive(Debug, Clone, Copy)]
struct Lot {
    on: NaiveDate,
    last_day: NaiveDate,
    left: Points,
}

/// A worker's accounts. All amounts as a person says them: `issued` and `debt` are positive.
#[derive(Debug, Clone, Default)]
pub struct WorkerBook {
    /// Ever credited.
    pub issued: Points,
    /// Spendable or lapsed without being booked so.
    pub available: Points,
    /// Set aside.
    pub held: Points,
    /// Owed from credits taken back.
    pub debt: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// Booked as expired.
    pub expired: Points,
    /// Taken back.
    pub reversed: Points,
    lots: Vec<Lot>,
    /// Lots with something left, in the order of spending.
    open: BTreeSet<(NaiveDate, u32)>,
    in_lots: Points,
    units: Units,
}

/// A merchant's claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MerchantBook {
    /// Claims, less those taken back.
    pub honoured: Points,
    /// Paid.
    pub paid: Points,
}

/// The books of everybody.
#[derive(Debug, Default)]
pub struct Books {
    /// Only movements are booked: what stood before them is not known.
    movements: bool,
    workers: HashMap<WorkerId, WorkerBook>,
    stores: BTreeMap<StoreId, RedemptionStore>,
    merchants: BTreeMap<MerchantId, MerchantBook>,
    caps: Caps,
}

impl Books {
    /// Books of a part of a history: movements alone, since nobody knows what stood before them; no lots, caps, limits.
    pub fn of_movements() -> Books {
        Books { movements: true, ..Books::default() }
    }

    /// Books one event; gives the postings it was booked by.
    ///
    /// # Errors
    /// What is wrong with the event after those before it.
    pub fn book(&mut self, event: &Event) -> Result<Vec<Posting>, String> {
        match event {
            Event::Worker(event_of_worker) => self.worker(event, event_of_worker),
            Event::Store(_) if self.movements => Ok(Vec::new()),
            Event::Store(event) => self.shelf(event).map(|()| Vec::new()),
            Event::Merchant(event) => {
                self.claim(event);
                Ok(Vec::new())
            }
            Event::Programme(ProgrammeEvent::ScheduleAdopted(adopted)) => {
                self.caps.adopt(adopted);
                Ok(Vec::new())
            }
            Event::Programme(_) | Event::Card(_) => Ok(Vec::new()),
        }
    }

    /// Workers in the order of their ids.
    pub fn workers(&self) -> Vec<(&WorkerId, &WorkerBook)> {
        let mut workers: Vec<_> = self.workers.iter().collect();
        workers.sort_unstable_by_key(|(id, _)| *id);
        workers
    }

    /// Shelves in the order of their ids.
    pub fn stores(&self) -> impl Iterator<Item = (&StoreId, &RedemptionStore)> {
        self.stores.iter()
    }

    /// Merchants in the order of their ids.
    pub fn merchants(&self) -> impl Iterator<Item = (&MerchantId, &MerchantBook)> {
        self.merchants.iter()
    }

    fn worker(&mut self, event: &Event, own: &WorkerEvent) -> Result<Vec<Posting>, String> {
        let moved = postings(event);
        zero_sum(&moved)?;
        if !self.workers.contains_key(own.worker()) {
            self.workers.insert(own.worker().clone(), WorkerBook::default());
        }
        if let Some(book) = self.workers.get_mut(own.worker()) {
            let posted = book.post(&moved);
            if !self.movements {
                posted?;
                book.lots(own)?;
                self.caps.follow(own)?;
                let stores = &self.stores;
                book.units.follow(own, |store, sku| stores.get(store)?.item(sku)?.limit_per_worker_year)?;
            }
        }
        Ok(moved)
    }

    fn shelf(&mut self, event: &StoreEvent) -> Result<(), String> {
        if !self.stores.contains_key(event.store()) {
            self.stores.insert(event.store().clone(), RedemptionStore::default());
        }
        let Some(store) = self.stores.get_mut(event.store()) else { return Ok(()) };
        store.evolve(event);
        touched(event, &mut |sku| match store.item(sku) {
            Some(item)
                if u128::from(item.received)
                    != u128::from(item.on_shelf)
                        + u128::from(item.reserved)
                        + u128::from(item.handed_over)
                        + u128::from(item.written_off) =>
            {
                Err(format!("the books of {sku} at {} do not add up", event.store()))
            }
            Some(_) => Ok(()),
            None => Err(format!("{sku} was never listed at {}", event.store())),
        })
    }

    fn claim(&mut self, event: &MerchantEvent) {
        let book = self.merchants.entry(event.merchant().clone()).or_default();
        match event {
            MerchantEvent::VoucherHonoured(event) => book.honoured += event.points,
            MerchantEvent::HonourReversed(event) => book.honoured -= event.points,
            MerchantEvent::SettlementPaid(event) => book.paid += event.points,
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => {}
        }
    }
}

/// Holds the postings of one event to zero.
///
/// # Errors
/// What they sum to.
pub fn zero_sum(moved: &[Posting]) -> Result<(), String> {
    let sum: Points = moved.iter().map(|posting| posting.points).sum();
    if sum.is_zero() { Ok(()) } else { Err(format!("its postings sum to {sum}, not to zero")) }
}

/// The items whose books an event changes.
fn touched(event: &StoreEvent, check: &mut dyn FnMut(&Sku) -> Result<(), String>) -> Result<(), String> {
    let mut each = |lines: &[StockLine]| lines.iter().try_for_each(|line| check(&line.sku));
    match event {
        StoreEvent::StockReceived(event) => check(&event.sku),
        StoreEvent::StockCounted(event) => check(&event.sku),
        StoreEvent::StockWrittenOff(event) => check(&event.sku),
        StoreEvent::StockIssued(event) => each(&event.lines),
        StoreEvent::StockReturned(event) => each(&event.lines),
        StoreEvent::StockReserved(event) | StoreEvent::StockUnreserved(event) => each(&event.lines),
        StoreEvent::StoreOpened(_)
        | StoreEvent::StoreUpdated(_)
        | StoreEvent::StoreClosed(_)
        | StoreEvent::StoreReopened(_)
        | StoreEvent::ItemListed(_)
        | StoreEvent::ItemDelisted(_) => Ok(()),
    }
}

impl WorkerBook {
    /// What is left in lots whose last day lies before a date, by last day: lapsed, though not booked so.
    pub fn lapsed(&self, as_of: NaiveDate) -> BTreeMap<NaiveDate, Points> {
        let mut lapsed: BTreeMap<NaiveDate, Points> = BTreeMap::new();
        for (last_day, number) in self.open.range(..(as_of, 0)) {
            if let Some(lot) = index(*number).and_then(|index| self.lots.get(index)) {
                *lapsed.entry(*last_day).or_default() += lot.left;
            }
        }
        lapsed
    }

    /// Books every posting; says the first balance that then cannot be.
    fn post(&mut self, moved: &[Posting]) -> Result<(), String> {
        let mut wrong = Ok(());
        for Posting { account, points } in moved {
            let balance = match account {
                Account::Issuance => {
                    self.issued -= *points;
                    continue;
                }
                Account::Debt(_) => {
                    self.debt -= *points;
                    if self.debt.hundredths() < 0 && wrong.is_ok() {
                        wrong = Err(format!("{account} is paid more than it owes"));
                    }
                    continue;
                }
                Account::Available(_) => &mut self.available,
                Account::Held(_) => &mut self.held,
                Account::Redeemed(_) => &mut self.redeemed,
                Account::Expired(_) => &mut self.expired,
                Account::Reversed => &mut self.reversed,
            };
            *balance += *points;
            if balance.hundredths() < 0 && wrong.is_ok() {
                wrong = Err(format!("{account} falls below zero"));
            }
        }
        wrong
    }

    /// Books the lots; they must hold together what the account holds.
    fn lots(&mut self, event: &WorkerEvent) -> Result<(), String> {
        let none = Points::ZERO;
        if let Some(record) = event.as_service() {
            let number = u32::try_from(self.lots.len()).unwrap_or(u32::MAX).saturating_add(1);
            if record.lot != number {
                return Err(format!("makes lot {}, but the worker's next lot is {number}", record.lot));
            }
            let last_day = record.last_day.unwrap_or(NaiveDate::MAX);
            self.lots.push(Lot { on: record.on, last_day, left: none });
            if !record.proposed {
                self.add(number, record.points - record.debt_paid)?;
            }
        }
        match event {
            WorkerEvent::CreditConfirmed(event) => self.add(event.lot, event.points - event.debt_paid)?,
            WorkerEvent::CreditReversed(event) => {
                self.add(event.lot, none - (event.points - event.debt - event.from_expired))?;
            }
            WorkerEvent::Redeemed(event) => self.spend(&event.lots, event.points, event.at.date())?,
            WorkerEvent::PointsHeld(event) => self.spend(&event.lots, event.points, event.at.date())?,
            WorkerEvent::HoldCaptured(event) => parts_sum(&event.lots, event.points)?,
            WorkerEvent::RedemptionReversed(event) => self.each(&event.lots, |points| points)?,
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                self.each(&event.lots, |points| points)?;
            }
            WorkerEvent::PointsExpired(event) => {
                parts_sum(&event.lots, event.points)?;
                self.each(&event.lots, |points| Points::ZERO - points)?;
            }
            WorkerEvent::ExpiryReversed(event) => {
                parts_sum(&event.lots, event.points)?;
                self.each(&event.lots, |points| points)?;
            }
            _ => {}
        }
        if self.in_lots == self.available {
            return Ok(());
        }
        Err(format!("the lots hold {}, the account {}", self.in_lots, self.available))
    }

    /// Takes from lots: the sum told, and of the lots spendable that day those that expire first.
    fn spend(&mut self, parts: &[LotPart], points: Points, day: NaiveDate) -> Result<(), String> {
        parts_sum(parts, points)?;
        self.each(parts, |points| Points::ZERO - points)?;
        let mut last = None;
        for LotPart(number, _) in parts {
            let lot = self.lot(*number)?;
            if day < lot.on || lot.last_day < day {
                return Err(format!("takes from lot {number}, which cannot be spent on {day}"));
            }
            last = last.max(Some((lot.last_day, *number)));
        }
        let Some(last) = last else { return Ok(()) };
        for (_, number) in self.open.range((day, 0)..last) {
            if self.lot(*number)?.on <= day {
                return Err(format!("takes from lot {} while lot {number} expires first", last.1));
            }
        }
        Ok(())
    }

    fn each(&mut self, parts: &[LotPart], change: impl Fn(Points) -> Points) -> Result<(), String> {
        parts.iter().try_for_each(|LotPart(number, points)| self.add(*number, change(*points)))
    }

    fn add(&mut self, number: u32, points: Points) -> Result<(), String> {
        let unknown = || format!("lot {number} does not exist");
        let lot = index(number).and_then(|index| self.lots.get_mut(index)).ok_or_else(unknown)?;
        lot.left += points;
        self.in_lots += points;
        let place = (lot.last_day, number);
        if lot.left.hundredths() < 0 {
            return Err(format!("lot {number} falls below zero"));
        }
        if lot.left.is_zero() {
            self.open.remove(&place);
        } else {
            self.open.insert(place);
        }
        Ok(())
    }

    fn lot(&self, number: u32) -> Result<Lot, String> {
        index(number)
            .and_then(|index| self.lots.get(index).copied())
            .ok_or_else(|| format!("lot {number} does not exist"))
    }
}

fn index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

fn parts_sum(parts: &[LotPart], points: Points) -> Result<(), String> {
    let sum: Points = parts.iter().map(|part| part.1).sum();
    if sum == points { Ok(()) } else { Err(format!("names lots of {sum} for {points}")) }
}
