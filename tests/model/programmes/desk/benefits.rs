//! Benefits: who may apply for which, what it costs, and its use, which can be taken back.

use ledger_core::domain::benefit::command::BenefitKind;

use super::known::{Applied, Asked, Use};
use super::terms::{BENEFITS, BenefitIs, worker_of};
use super::{Desk, Refused, month};
use crate::programmes::steps::Day;

impl Desk {
    /// Entered by a clerk with no account of a worker, or by one of the accounts.
    pub(super) fn apply(&mut self, asked: Asked, used: Option<Use>, by: Option<u8>) -> Refused {
        let Asked { application, benefit, worker, day, certificate, fen } = asked;
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
        let claimed_before = |row: &Applied| certificate.is_some() && row.asked.certificate == certificate;
        if self.benefits.iter().flat_map(|of| of.rows.values()).any(claimed_before) {
            self.met.insert("a certificate is claimed again");
        }
        let at = usize::from(benefit);
        let own = self.benefits[at].rows.values().filter(|row| row.asked.worker == worker && row.counts());
        let had = own.filter(|row| !is.yearly || month(row.asked.day).0 == month(day).0).count();
        if is.limit.is_some_and(|limit| had >= limit as usize) {
            return Err("limit_per_worker");
        }
        let cost = Desk::cost(is, fen)?;
        // Nobody enters the own subsidy.
        if is.kind == BenefitKind::Grant && by.and_then(worker_of) == Some(worker) {
            return Err("same_person");
        }
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
        self.benefits[at].rows.insert(application, Applied::new(asked, None));
        self.takes_place(asked, has_place, paid);
        used.map_or(Ok(()), |used| self.used(asked, used))
    }

    /// A row is given one, paid for with parts of lots, or joins the queue.
    pub(super) fn takes_place(&mut self, asked: Asked, has_place: bool, paid: Vec<(usize, i64)>) {
        let of = &mut self.benefits[usize::from(asked.benefit)];
        of.latest = of.latest.max(Some(month(asked.day)));
        let row = of.rows.get_mut(&asked.application).expect("it was applied for");
        (row.waits, row.paid) = (!has_place, paid);
        if has_place {
            of.granted += 1;
        } else {
            of.queue.push(asked.application);
            self.met.insert("a row waits in a queue");
        }
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

    pub(super) fn row(&self, number: u8, benefit: u8) -> Refused<&Applied> {
        let of = self.benefits.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        of.rows.get(&number).ok_or("unknown_benefit")
    }

    pub(super) fn use_later(&mut self, number: u8, benefit: u8, used: Use) -> Refused {
        if self.row(number, benefit)?.is_over() {
            return Err("already_decided");
        }
        self.use_row(number, benefit, used)
    }

    /// What the last columns of a row say of it, once: no earlier than it was applied for, while the voucher holds, of what
    /// was given.
    fn use_row(&mut self, number: u8, benefit: u8, (on, merchant): Use) -> Refused {
        let is = &BENEFITS[usize::from(benefit)];
        let known = self.row(number, benefit)?;
        if on < known.asked.day {
            return Err("invalid_date");
        }
        Desk::usable(is, on, merchant)?;
        if known.is_over() {
            return Err("already_decided");
        }
        // Bodies have not approved it yet.
        if known.proposal.is_some() {
            return Err("not_eligible");
        }
        if known.waits {
            return Err("quota_full");
        }
        let asked = known.asked;
        self.used(asked, (on, merchant))
    }

    fn used(&mut self, asked: Asked, (on, merchant): Use) -> Refused {
        let at = usize::from(asked.benefit);
        let of = &mut self.benefits[at];
        of.latest = of.latest.max(Some(month(on)));
        let row = of.rows.get_mut(&asked.application).expect("it was applied for");
        row.used = Some((on, merchant));
        if !row.taken_back.is_empty() {
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
        let used = row.used.take().ok_or("already_decided")?;
        row.taken_back.push(used);
        if let ((on, Some(merchant)), BenefitKind::Place | BenefitKind::Voucher) = (used, is.kind) {
            self.owe_no_more(merchant, on, is.fen);
        }
        self.met.insert("a use is taken back");
        Ok(())
    }

    /// A row of a sheet that comes again with its last columns. Whether that is news.
    pub(super) fn complete_application(&mut self, asked: Asked, used: Option<Use>) -> Refused<bool> {
        let of = self.benefits.get(usize::from(asked.benefit)).ok_or("unknown_benefit")?;
        let known = of.rows.get(&asked.application).filter(|row| row.asked == asked).ok_or("duplicate_conflict")?;
        let Some(used) = used else { return Ok(false) };
        if used.0 < asked.day {
            return Err("invalid_date");
        }
        // What a sheet said once it may say again, be it taken back since.
        if known.used == Some(used) || known.taken_back.contains(&used) {
            self.met.insert("a row says again what it said");
            return Ok(false);
        }
        if known.used.is_some() {
            return Err("duplicate_conflict");
        }
        self.use_row(asked.application, asked.benefit, used)?;
        self.met.insert("a row's use follows later");
        Ok(true)
    }
}
