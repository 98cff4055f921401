//! Benefits: who may apply for which, what it costs, and its use, which can be taken back.

use ledger_core::domain::benefit::command::BenefitKind;

use super::terms::{BENEFITS, BenefitIs};
use super::{Applied, Desk, Refused, month};
use crate::programmes::steps::Day;

impl Desk {
    pub(super) fn apply(
        &mut self,
        number: u8,
        benefit: u8,
        (worker, day): (u8, Day),
        certificate: Option<u8>,
        fen: Option<u16>,
        used: Option<(Day, Option<u8>)>,
    ) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        Desk::known(worker)?;
        if used.is_some_and(|(on, _)| on < day) {
            return Err("invalid_date");
        }
        if day < is.window.0 || is.window.1 < day {
            return Err("outside_window");
        }
        if certificate.is_some_and(|number| !self.certificates.insert(number)) {
            return Err("already_claimed");
        }
        let claimed_before = |row: &Applied| certificate.is_some() && row.certificate == certificate;
        if self.benefits.iter().flat_map(|of| of.rows.values()).any(claimed_before) {
            self.met.insert("a certificate is claimed again");
        }
        let at = usize::from(benefit);
        let own = self.benefits[at].rows.values().filter(|row| row.worker == worker && !row.withdrawn);
        let had = own.filter(|row| !is.yearly || month(row.day).0 == month(day).0).count();
        if is.limit.is_some_and(|limit| had >= limit as usize) {
            return Err("limit_per_worker");
        }
        let cost = Desk::cost(is, fen)?;
        if let Some((on, merchant)) = used {
            Desk::usable(is, on, merchant)?;
        }
        let has_place = self.has_place(at);
        if !has_place && used.is_some() {
            return Err("quota_full");
        }
        let late = self.benefits[at].latest.is_some_and(|latest| month(day) < latest);
        let mut paid = Vec::new();
        if has_place || late {
            let mut after = self.clone();
            let parts = after.spend(worker, day, is.price)?;
            after.commit(is.fund, cost, day)?;
            if has_place {
                *self = after;
                paid = parts;
            } else {
                self.met.insert("late and without a place");
            }
        }
        let of = &mut self.benefits[at];
        of.latest = of.latest.max(Some(month(day)));
        let (waits, used_yet, withdrawn) = (!has_place, false, false);
        let last_use = None;
        let row = Applied { worker, day, fen, waits, used: used_yet, last_use, withdrawn, certificate, paid };
        of.rows.insert(number, row);
        if has_place {
            of.granted += 1;
        } else {
            of.queue.push(number);
            self.met.insert("a row waits in a queue");
        }
        used.map_or(Ok(()), |(on, merchant)| self.used(number, benefit, on, merchant))
    }

    pub(super) fn cost(is: &BenefitIs, fen: Option<u16>) -> Refused<i64> {
        match (is.kind, fen) {
            (BenefitKind::Grant, Some(fen)) if fen > 0 => Ok(i64::from(fen)),
            (BenefitKind::Grant, _) => Err("invalid_amount"),
            (BenefitKind::Place | BenefitKind::Voucher, _) => Ok(is.fen),
        }
    }

    fn usable(is: &BenefitIs, on: Day, merchant: Option<u8>) -> Refused {
        if is.window.1 < on {
            return Err("voucher_expired");
        }
        if merchant.is_some_and(|merchant| merchant >= 2) { Err("unknown_merchant") } else { Ok(()) }
    }

    pub(super) fn use_later(&mut self, number: u8, benefit: u8, on: Day, merchant: Option<u8>) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let known = self.benefits[usize::from(benefit)].rows.get(&number).ok_or("unknown_benefit")?;
        if known.used || known.withdrawn {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        Desk::usable(is, on, merchant)?;
        if known.waits {
            return Err("quota_full");
        }
        self.used(number, benefit, on, merchant)
    }

    fn used(&mut self, number: u8, benefit: u8, on: Day, merchant: Option<u8>) -> Refused {
        let at = usize::from(benefit);
        let of = &mut self.benefits[at];
        of.latest = of.latest.max(Some(month(on)));
        let row = of.rows.get_mut(&number).expect("it was applied for");
        row.used = true;
        if row.last_use.replace((on, merchant)).is_some() {
            self.met.insert("what was taken back is used again");
        }
        if let (Some(merchant), BenefitKind::Place | BenefitKind::Voucher) = (merchant, BENEFITS[at].kind) {
            self.owe(merchant, on, BENEFITS[at].fen);
        }
        Ok(())
    }

    /// The claim goes with the use; what was set aside stays, for it is granted still.
    pub(super) fn take_back_use(&mut self, number: u8, benefit: u8) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let row = self.benefits[usize::from(benefit)].rows.get_mut(&number).ok_or("unknown_benefit")?;
        if !row.used {
            return Err("already_decided");
        }
        row.used = false;
        if let (Some((on, Some(merchant))), BenefitKind::Place | BenefitKind::Voucher) = (row.last_use, is.kind) {
            self.owe(merchant, on, -is.fen);
        }
        self.met.insert("a use is taken back");
        Ok(())
    }
}
