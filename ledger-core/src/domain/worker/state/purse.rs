//! The purse: the lots that credits made, what is set aside or spent of them, and what is owed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Worker;
use super::way::{BesideWay, Way};
use crate::domain::ids::{ActivityCode, Actor, CreditId, HoldId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{
    CreditJudged, CreditReversed, HoldCaptured, LotPart, PointsHeld, Redeemed, RedeemedLine, ServiceRecorded,
};

/// Where a credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditStatus {
    /// Does not count yet: it waits for a second person, for the end of its publicity, or for a decision.
    Proposed,
    /// Counts.
    Confirmed,
    /// Never counted.
    Rejected,
    /// Counted once and was taken back.
    Reversed,
    /// Counts under another id of the same person; what was left in its lot goes on here.
    Moved,
}

/// A credit and the lot it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// The credit's name.
    pub credit: CreditId,
    /// 活动代码.
    pub activity: ActivityCode,
    /// The service date.
    pub on: NaiveDate,
    /// Last day on which it can be spent.
    pub last_day: Option<NaiveDate>,
    /// What was credited.
    pub points: Points,
    /// Units of service.
    pub quantity: Quantity,
    /// What can still be spent, on the days that allow it.
    pub remaining: Points,
    /// What was booked as expired.
    pub expired: Points,
    /// Where the credit stands.
    pub status: CreditStatus,
    /// Whether an objection is open to a credit that is on no way.
    pub objected: bool,
    /// Who objected to it beside its way, and who decided that. Apart, for most lots have none.
    pub beside_way: Option<Box<BesideWay>>,
    /// Who recorded it.
    pub proposer: Actor,
    /// The day from which its publicity counts: on which it entered the ledger.
    pub public_from: NaiveDate,
    /// Days of its publicity, where they were recorded with it.
    pub publicity_days: Option<u32>,
    /// Its way from proposal to points. Apart, for most lots have none.
    pub way: Option<Box<Way>>,
}

/// A redemption made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The time whose year counts for yearly limits.
    pub limit_at: BusinessTime,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// Points, exact hundredths.
    pub points: Points,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Whether it was reversed.
    pub reversed: bool,
}

/// Points set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// From when on it is void.
    pub expires_at: BusinessTime,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// Points, exact hundredths.
    pub points: Points,
    /// The store's id (网点编号).
    pub store: StoreId,
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldEnd {
    /// Spent.
    Captured,
    /// Given back on request.
    Released,
    /// Given back because it ran out.
    Expired,
}

impl Worker {
    /// All lots, in order of their numbers.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// What earlier reversals still owe.
    pub const fn debt(&self) -> Points {
        self.debt
    }

    /// A redemption.
    pub fn redemption(&self, id: &RedemptionId) -> Option<&Redemption> {
        self.redemptions.get(id)
    }

    /// An open hold.
    pub fn hold(&self, id: &HoldId) -> Option<&Hold> {
        self.holds.get(id)
    }

    /// Open holds.
    pub fn holds(&self) -> impl Iterator<Item = (&HoldId, &Hold)> {
        self.holds.iter()
    }

    /// Points set aside.
    pub fn held(&self) -> Points {
        self.holds.values().map(|hold| hold.points).sum()
    }

    /// A lot by its number (1, 2, 3, …).
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(lot_index(number)?)
    }

    /// A credit's lot, with its number.
    pub fn credit(&self, credit: &CreditId) -> Option<(u32, &Lot)> {
        // Nearly always one of the last is meant, and a table beside the lots would take more memory than they need.
        let index = self.lots.iter().rposition(|lot| lot.credit == *credit && lot.status != CreditStatus::Moved)?;
        Some((u32::try_from(index).ok()?.checked_add(1)?, self.lots.get(index)?))
    }

    /// A recorded service makes the next lot.
    pub(super) fn open_lot(&mut self, record: &ServiceRecorded) {
        let (status, remaining) = if record.proposed {
            (CreditStatus::Proposed, Points::ZERO)
        } else {
            (CreditStatus::Confirmed, record.points - record.debt_paid)
        };
        self.debt -= record.debt_paid;
        if self.lots.len() == self.lots.capacity() {
            // A million workers are in memory: room for twice as many lots each would be a third of all they take.
            self.lots.reserve_exact(self.lots.len() / 4 + 1);
        }
        self.lots.push(Lot {
            credit: record.credit.clone(),
            activity: record.activity.clone(),
            on: record.on,
            last_day: record.last_day,
            points: record.points,
            quantity: record.quantity,
            remaining,
            expired: Points::ZERO,
            status,
            objected: false,
            beside_way: None,
            proposer: record.proposer.clone(),
            public_from: record.entered_on.unwrap_or_else(|| record.at.date()),
            publicity_days: record.publicity_days,
            way: record.checks.map(|checks| Box::new(Way::new(checks, record.public_until))),
        });
        self.reopen(record.lot);
    }

    /// A proposal counts from now on.
    pub(super) fn confirm(&mut self, event: &CreditJudged) {
        self.debt -= event.debt_paid;
        self.change(event.lot, |lot| {
            lot.status = CreditStatus::Confirmed;
            lot.remaining = event.points - event.debt_paid;
            if let Some(way) = &mut lot.way {
                way.checkers.push(event.by.clone());
            }
        });
    }

    /// A credit is taken back with all that its lot has; what it has no more is owed.
    pub(super) fn take_back(&mut self, event: &CreditReversed) {
        self.debt += event.debt;
        self.change(event.lot, |lot| {
            lot.status = CreditStatus::Reversed;
            lot.remaining = Points::ZERO;
            lot.expired = Points::ZERO;
        });
    }

    /// Points were spent at once.
    pub(super) fn keep_redemption(&mut self, event: &Redeemed) {
        let made = Redemption {
            at: event.at,
            limit_at: event.at,
            lines: event.lines.clone(),
            lots: event.lots.clone(),
            points: event.points,
            store: event.store.clone(),
            reversed: false,
        };
        self.redemptions.insert(event.redemption.clone(), made);
    }

    /// Points were spent out of a hold.
    pub(super) fn keep_capture(&mut self, event: &HoldCaptured) {
        let made = Redemption {
            at: event.at,
            limit_at: event.held_at,
            lines: event.lines.clone(),
            lots: event.lots.clone(),
            points: event.points,
            store: event.store.clone(),
            reversed: false,
        };
        self.redemptions.insert(event.redemption.clone(), made);
    }

    /// A redemption stands no more; gives the time whose year it counted for.
    pub(super) fn undo_redemption(&mut self, id: &RedemptionId) -> Option<BusinessTime> {
        let redemption = self.redemptions.get_mut(id)?;
        redemption.reversed = true;
        Some(redemption.limit_at)
    }

    /// Points are set aside.
    pub(super) fn hold_points(&mut self, event: &PointsHeld) {
        let hold = Hold {
            at: event.at,
            expires_at: event.expires_at,
            lines: event.lines.clone(),
            lots: event.lots.clone(),
            points: event.points,
            store: event.store.clone(),
        };
        self.holds.insert(event.hold.clone(), hold);
    }

    /// A hold is over.
    pub(super) fn end_hold(&mut self, hold: &HoldId, end: HoldEnd) {
        self.holds.remove(hold);
        self.ended_holds.insert(hold.clone(), end);
    }

    /// Points leave lots.
    pub(super) fn take(&mut self, parts: &[LotPart]) {
        self.each(parts, |lot, points| lot.remaining -= points);
    }

    /// Points come back to lots, and settle a debt.
    pub(super) fn give_back(&mut self, parts: &[LotPart], debt_paid: Points) {
        self.debt -= debt_paid;
        self.each(parts, |lot, points| lot.remaining += points);
    }

    /// Changes the lots that parts name.
    pub(super) fn each(&mut self, parts: &[LotPart], change: impl Fn(&mut Lot, Points)) {
        for LotPart(number, points) in parts {
            self.change(*number, |lot| change(lot, *points));
        }
    }

    /// Changes a lot, and its place in the order of spending with it.
    pub(super) fn change(&mut self, number: u32, change: impl FnOnce(&mut Lot)) {
        if let Some(lot) = lot_index(number).and_then(|index| self.lots.get_mut(index)) {
            change(lot);
        }
        self.reopen(number);
    }

    /// Keeps the order of spending in step with what a lot has left.
    pub(super) fn reopen(&mut self, number: u32) {
        let Some(lot) = self.lot(number) else { return };
        let (last_day, on, left) = (lot.last_day.unwrap_or(NaiveDate::MAX), lot.on, lot.remaining + lot.expired);
        self.open.set(last_day, number, on, left);
    }
}

fn lot_index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}
