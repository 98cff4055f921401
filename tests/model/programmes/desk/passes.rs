//! Passes: the slips that merchants honour, and a pass that is lost and replaced.

use super::known::{Honoured, Pass};
use super::terms::{OFFERS, PASSES, slip_amounts};
use super::{Desk, Refused};
use crate::programmes::steps::Day;

/// The pass that takes the place of the first one.
const REPLACEMENT: u8 = 3;

impl Desk {
    pub(super) fn slip(&mut self, (number, pass): (u8, u8), offer: u8, day: Day, yuan: u8, wrong: bool) -> Refused {
        let held = pass;
        let pass = *self.passes.get(&pass).ok_or("unknown_pass")?;
        let is = OFFERS.get(usize::from(offer)).ok_or("unknown_offer")?;
        if pass.lost.is_some_and(|lost| lost <= day) {
            return Err("pass_lost");
        }
        if day < pass.days.0 || pass.days.1 < day || pass.since.is_some_and(|since| day < since) {
            return Err("pass_expired");
        }
        if pass.kind != is.kind {
            return Err("not_eligible");
        }
        if day < is.days.0 || is.days.1 < day {
            return Err("offer_ended");
        }
        let (price, paid) = slip_amounts(offer, yuan, wrong);
        if price <= 0 || wrong {
            return Err("invalid_amount");
        }
        let owed = (price - paid) * i64::from(is.subsidy_of_ten_thousand) / 10_000;
        self.commit(is.fund, owed, day)?;
        self.owe(is.merchant, day, owed);
        self.slips.insert(number, Honoured { pass: held, offer, day, owed, taken_back: false });
        Ok(())
    }

    /// The claim goes with the slip, and the money back to the fund; its number stays taken.
    pub(super) fn take_back_slip(&mut self, number: u8, pass: u8) -> Refused {
        let slip = self.slips.get_mut(&number).filter(|slip| slip.pass == pass).ok_or("unknown_pass")?;
        if slip.taken_back {
            return Err("already_decided");
        }
        slip.taken_back = true;
        let (is, day, owed) = (&OFFERS[usize::from(slip.offer)], slip.day, slip.owed);
        self.committed[is.fund] -= owed;
        self.bear(is.fund, -owed, day);
        self.owe_no_more(is.merchant, day, owed);
        self.met.insert("a slip is taken back");
        Ok(())
    }

    pub(super) fn lose(&mut self, day: Day) -> bool {
        let lost = Pass { lost: Some(day), ..self.passes[&0] };
        let days = (1, PASSES[0].days.1);
        let replacing = Pass { kind: lost.kind, days, lost: None, since: Some(day) };
        let before = (self.passes.insert(0, lost), self.passes.insert(REPLACEMENT, replacing));
        before != (Some(lost), Some(replacing))
    }
}
