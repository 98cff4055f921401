//! A worker's account, folded from the worker's events: what stands on each side of it, and what is left in each lot.
//! The one fold of it, behind the balances that are kept ready ([`crate::views::balance`]), behind [`crate::state`] and
//! behind traces. What was so on a past day is told by [`AsOf`].

mod as_of;
mod lots;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::Side;
use ledger_core::domain::worker::event::{LotPart, Lots, WorkerEvent};
use serde::{Deserialize, Serialize};

use crate::state::Figures;
pub(crate) use as_of::AsOf;
pub use lots::Lot;

/// The account. All amounts as a person says them: what is earned and what is owed are above zero.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Confirmed credits, never less.
    pub earned: Points,
    /// Credits taken back.
    pub reversed: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// Booked as expired.
    pub expired: Points,
    /// Set aside.
    pub held: Points,
    /// Owed from credits taken back.
    pub debt: Points,
    /// The lots by number: 1, 2, 3, …
    #[serde(with = "lots")]
    pub lots: Vec<Lot>,
}

impl Account {
    /// Folds an event, with the amounts that it was recorded with.
    pub(crate) fn fold(&mut self, event: &WorkerEvent) {
        self.make_lot(event);
        for (side, points) in event.movements().sides() {
            match side {
                Side::Issuance => self.earned -= points,
                Side::Held => self.held += points,
                Side::Debt => self.debt -= points,
                Side::Redeemed(_) | Side::Benefit(_) => self.redeemed += points,
                Side::Expired => self.expired += points,
                Side::Reversed => self.reversed += points,
                // What can be spent is in the lots.
                Side::Available => {}
            }
        }
        match event.lots() {
            Lots::Credited(LotPart(number, points)) => self.change(number, |lot| lot.remaining += points),
            Lots::TakenBack { lot, left, expired } => self.change(lot, |lot| {
                lot.remaining -= left;
                lot.expired -= expired;
            }),
            Lots::Taken(parts) => self.each(parts, |lot, points| lot.remaining -= points),
            Lots::Returned(parts) => self.each(parts, |lot, points| lot.remaining += points),
            Lots::Expired(parts) => self.each(parts, |lot, points| {
                lot.remaining -= points;
                lot.expired += points;
            }),
            Lots::Unexpired(parts) => self.each(parts, |lot, points| {
                lot.expired -= points;
                lot.remaining += points;
            }),
            Lots::Moved(moved) => moved.iter().for_each(|moved| {
                self.change(moved.lot, |lot| lot.remaining += moved.points);
            }),
            Lots::Spent(_) | Lots::About(_) | Lots::None => {}
        }
    }

    /// A service makes the next lot, empty until it counts; so does each lot of another id that goes on here.
    fn make_lot(&mut self, event: &WorkerEvent) {
        if let Some(record) = event.as_service() {
            let (remaining, expired) = (Points::ZERO, Points::ZERO);
            self.lots.push(Lot { on: record.on, last_day: record.last_day, remaining, expired });
        }
        let Some(taken) = event.as_taken_over() else { return };
        self.lots.extend(taken.lots.iter().map(|moved| {
            let (on, remaining, expired) = (moved.spendable_from(taken.at.date()), Points::ZERO, Points::ZERO);
            Lot { on, last_day: moved.last_day, remaining, expired }
        }));
    }

    /// A lot by its number.
    pub fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(index_of(number)?)
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Lot)) {
        if let Some(lot) = index_of(number).and_then(|index| self.lots.get_mut(index)) {
            change(lot);
        }
    }

    fn each(&mut self, parts: &[LotPart], change: impl Fn(&mut Lot, Points)) {
        parts.iter().for_each(|part| self.change(part.0, |lot| change(lot, part.1)));
    }

    /// What can be spent of each lot on a day, with the lot's last day.
    pub(crate) fn spendable_on(&self, day: NaiveDate) -> impl Iterator<Item = (Option<NaiveDate>, Points)> + '_ {
        self.lots.iter().map(move |lot| (lot.last_day, lot.spendable_on(day)))
    }

    /// Lots with something left that ended before a day: number, last day, points.
    pub(crate) fn ended(&self, as_of: Option<NaiveDate>) -> impl Iterator<Item = (u32, NaiveDate, Points)> + '_ {
        (1..).zip(&self.lots).filter_map(move |(number, lot)| {
            let last_day = lot.last_day.filter(|last_day| as_of.is_some_and(|as_of| *last_day < as_of))?;
            (!lot.left().is_zero()).then_some((number, last_day, lot.left()))
        })
    }

    /// The four figures as of a day. What was taken back is not earned, as far as it could be taken back.
    pub(crate) fn figures(&self, as_of: Option<NaiveDate>) -> Figures {
        let left: Points = self.lots.iter().map(Lot::left).sum();
        let expired: Points = self.ended(as_of).map(|(_, _, points)| points).sum();
        let balance = left - expired + self.held;
        Figures { earned: self.earned - self.reversed + self.debt, redeemed: self.redeemed, expired, balance }
    }
}

fn index_of(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}
