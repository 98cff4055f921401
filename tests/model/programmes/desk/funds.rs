//! The money: what is set aside of a fund, the month that bears it, and what merchants are owed.

use super::terms::{ENTERED_ON, FUNDS, person};
use super::{Desk, Refused, month};
use crate::programmes::bills::Bills;
use crate::programmes::months::{Settled, YearMonth};
use crate::programmes::steps::{Day, Deed, Pays, Settling};

impl Desk {
    /// A step with the month of the body whose funds these are: with each of them that has anything in it.
    pub(super) fn settle(&mut self, stage: Settling, month: YearMonth, by: u8) -> Refused {
        let (mut now, mut before) = (false, false);
        for (months, set_aside) in self.months.iter_mut().zip(self.committed) {
            match months.settle(stage, month, person(by), set_aside)? {
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

    /// What is done with a month of the body where a step leaves that open: what is due first of any of its funds.
    pub(crate) fn due(&self, stage: Settling, month: YearMonth) -> Settling {
        if stage != Settling::Next {
            return stage;
        }
        let next: Vec<Settling> = self.months.iter().filter_map(|months| months.next(month)).collect();
        let first = [Settling::Prepare, Settling::Confirm].into_iter().find(|stage| next.contains(stage));
        first.unwrap_or(Settling::Pay)
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
        if self.bills[usize::from(merchant)].claim(month(day), fen) {
            self.met.insert("a claim is borne by a later month");
        }
    }

    /// What a merchant was owed for a day is taken back on the day on which everything is entered.
    pub(super) fn owe_no_more(&mut self, merchant: u8, day: Day, fen: i64) {
        if self.bills[usize::from(merchant)].take_back(month(day), month(ENTERED_ON), fen) {
            self.met.insert("a correction is carried on");
        }
    }

    /// A step with a merchant's month.
    pub(super) fn bill(&mut self, merchant: u8, month: YearMonth, deed: Deed, by: u8) -> Refused {
        let bills = self.bills.get_mut(usize::from(merchant)).ok_or("unknown_merchant")?;
        bills.settle(month, deed, person(by))?;
        self.met.extend(match deed {
            Deed::Dispute { .. } => Some("a line is disputed"),
            Deed::Answer { upheld: true, .. } => Some("a dispute is right"),
            Deed::Answer { upheld: false, .. } => Some("a dispute is wrong"),
            Deed::FindRight { .. } => Some("a merchant finds a statement right"),
            Deed::Confirm => Some("a merchant's month is confirmed"),
            Deed::Pay(_) => Some("a merchant's month is paid"),
            Deed::Prepare | Deed::Next(_) => None,
        });
        Ok(())
    }

    /// What is done with a month where a step leaves that open: what comes next, and how much is paid.
    pub(crate) fn means(&self, merchant: u8, month: YearMonth, deed: Deed) -> Deed {
        let nothing = Bills::default();
        let bills = self.bills.get(usize::from(merchant)).unwrap_or(&nothing);
        let payable = bills.payable(month);
        match deed {
            Deed::Next(pick) => self.means(merchant, month, bills.next(month, pick)),
            Deed::Pay(Pays::All) => Deed::Pay(Pays::Fen(payable)),
            Deed::Pay(Pays::Half) => Deed::Pay(Pays::Fen((payable + 1) / 2)),
            Deed::Pay(Pays::TooMuch) => Deed::Pay(Pays::Fen(payable.max(0) + 1)),
            Deed::Pay(Pays::Nothing | Pays::Fen(_))
            | Deed::Prepare
            | Deed::Dispute { .. }
            | Deed::Answer { .. }
            | Deed::FindRight { .. }
            | Deed::Confirm => deed,
        }
    }
}
