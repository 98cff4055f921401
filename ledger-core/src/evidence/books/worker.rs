//! A worker's accounts and lots, and what must be true of them after every event.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::caps::Used;
use super::limits::Units;
use super::reading::{LotEntry, PaidEntry};
use super::ways::Ways;
use crate::domain::ids::ApplicationId;
use crate::domain::points::Points;
use crate::domain::posting::{Movements, Side};
use crate::domain::worker::event::{LotPart, ServiceRecorded, WorkerEvent};

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
    pub(super) used: Used,
    pub(super) ways: Ways,
    pub(super) units: Units,
    /// What was spent on each application for a benefit that was not withdrawn.
    paid: BTreeMap<ApplicationId, Points>,
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

    /// Books every movement; says the first balance that then cannot be.
    pub(super) fn post(&mut self, event: &WorkerEvent, moved: &Movements<'_>) -> Result<(), String> {
        let mut wrong = Ok(());
        for (side, points) in moved.sides() {
            let balance = match side {
                Side::Issuance => {
                    self.issued -= points;
                    continue;
                }
                Side::Debt => {
                    self.debt -= points;
                    if self.debt.hundredths() < 0 && wrong.is_ok() {
                        wrong = Err(format!("{} is paid more than it owes", side.account(event.worker())));
                    }
                    continue;
                }
                Side::Available => &mut self.available,
                Side::Held => &mut self.held,
                Side::Redeemed(_) | Side::Benefit(_) => &mut self.redeemed,
                Side::Expired => &mut self.expired,
                Side::Reversed => &mut self.reversed,
            };
            *balance += points;
            if balance.hundredths() < 0 && wrong.is_ok() {
                wrong = Err(format!("{} falls below zero", side.account(event.worker())));
            }
        }
        wrong
    }

    /// Books the lots; they must hold together what the account holds.
    pub(super) fn lots(&mut self, entry: LotEntry<'_>) -> Result<(), String> {
        match entry {
            LotEntry::None => {}
            LotEntry::Made(record) => self.make(record)?,
            LotEntry::Added(number, points) => self.add(number, points)?,
            LotEntry::Spent(parts, points, at) => self.spend(parts, points, at.date())?,
            LotEntry::Named(parts, points) => parts_sum(parts, points)?,
            LotEntry::Returned(parts) => self.each(parts, |points| points)?,
            LotEntry::Lapsed(parts, points) => {
                parts_sum(parts, points)?;
                self.each(parts, |points| Points::ZERO - points)?;
            }
            LotEntry::Revived(parts, points) => {
                parts_sum(parts, points)?;
                self.each(parts, |points| points)?;
            }
            LotEntry::HandedOver(event) => {
                parts_sum(&event.lots, event.points)?;
                self.each(&event.lots, |points| Points::ZERO - points)?;
                if self.available != Points::ZERO || self.held != Points::ZERO || self.debt != Points::ZERO {
                    return Err(format!(
                        "is merged into {} with {} left, {} set aside and {} owed",
                        event.into, self.available, self.held, self.debt
                    ));
                }
            }
            LotEntry::TakenOver(event) => event.lots.iter().try_for_each(|moved| {
                // Nobody spends under this id what was another's that day.
                self.next_lot(moved.lot, moved.on.max(event.at.date()), moved.last_day)?;
                self.add(moved.lot, moved.points)
            })?,
        }
        if self.in_lots == self.available {
            return Ok(());
        }
        Err(format!("the lots hold {}, the account {}", self.in_lots, self.available))
    }

    /// Books what a benefit costs: all of it comes back, and once.
    pub(super) fn paid(&mut self, entry: PaidEntry<'_>) -> Result<(), String> {
        match entry {
            PaidEntry::None => Ok(()),
            PaidEntry::Paid(application, points) => match self.paid.insert(application.clone(), points) {
                Some(_) => Err(format!("pays for {application} a second time")),
                None => Ok(()),
            },
            PaidEntry::Returned { application, points, back } => match self.paid.remove(application) {
                Some(paid) if paid == points && back == points => Ok(()),
                Some(paid) => {
                    Err(format!("gives back {points} ({back} to lots and debts) of {paid} for {application}"))
                }
                None => Err(format!("gives back what nobody paid for {application}")),
            },
        }
    }

    /// Makes the next lot; a proposal's stays empty.
    fn make(&mut self, record: &ServiceRecorded) -> Result<(), String> {
        self.next_lot(record.lot, record.on, record.last_day)?;
        if record.proposed { Ok(()) } else { self.add(record.lot, record.points - record.debt_paid) }
    }

    /// Lots are numbered one after the other.
    fn next_lot(&mut self, lot: u32, on: NaiveDate, last_day: Option<NaiveDate>) -> Result<(), String> {
        let number = u32::try_from(self.lots.len()).unwrap_or(u32::MAX).saturating_add(1);
        if lot != number {
            return Err(format!("makes lot {lot}, but the worker's next lot is {number}"));
        }
        self.lots.push(Lot { on, last_day: last_day.unwrap_or(NaiveDate::MAX), left: Points::ZERO });
        Ok(())
    }

    /// From when through when a lot can be spent.
    pub(super) fn days_of(&self, number: u32) -> Option<(NaiveDate, NaiveDate)> {
        self.lot(number).ok().map(|lot| (lot.on, lot.last_day))
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
