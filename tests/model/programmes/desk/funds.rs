//! The money: what is set aside of a fund, the month that bears it, and what merchants are owed.

use super::terms::FUNDS;
use super::{Desk, Refused, month};
use crate::programmes::months::{Settled, YearMonth};
use crate::programmes::steps::{Day, Settling};

impl Desk {
    /// A step with the month of the body whose funds these are: with each of them that has anything in it.
    pub(super) fn settle(&mut self, stage: Settling, month: YearMonth, by: u8) -> Refused {
        let (mut now, mut before) = (false, false);
        for (months, set_aside) in self.months.iter_mut().zip(self.committed) {
            match months.settle(stage, month, by, set_aside)? {
                Settled::Nothing => {}
                Settled::Before => before = true,
                Settled::Now(paid) => {
                    now = true;
                    if stage == Settling::Confirm {
                        self.met.insert("a body's month is confirmed");
                    }
                    if paid > 0 {
                        self.met.insert("a body's month is paid");
                    }
                }
            }
        }
        match (now, before) {
            (true, _) => Ok(()),
            (false, true) => Err("already_decided"),
            (false, false) => Err("not_found"),
        }
    }

    pub(super) fn commit(&mut self, fund: usize, fen: i64, day: Day) -> Refused {
        self.committed[fund] += fen;
        if self.committed[fund] > FUNDS[fund] {
            return Err("fund_exhausted");
        }
        self.bear(fund, fen, day);
        Ok(())
    }

    /// A line of the month of a day, where there is anything to say.
    pub(super) fn bear(&mut self, fund: usize, fen: i64, day: Day) {
        if fen != 0 && self.months[fund].bear(month(day), fen) {
            self.met.insert("what comes after the confirmation is borne by a later month");
        }
    }

    pub(super) fn owe(&mut self, merchant: u8, day: Day, fen: i64) {
        let (year, month) = month(day);
        *self.owed.entry((year, month, merchant)).or_default() += fen;
    }
}
