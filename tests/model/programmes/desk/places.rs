//! The places of benefits: whether one is free, what is given back, and who of the queue is next.

use super::terms::BENEFITS;
use super::{Desk, Refused, month};
use crate::programmes::steps::Day;

impl Desk {
    pub(super) fn has_place(&self, at: usize) -> bool {
        self.benefits[at].places.is_none_or(|places| self.benefits[at].granted < places)
    }

    /// All that it cost goes back to where it came from, the certificate to its holder, and the place to the next.
    pub(super) fn give_back(&mut self, number: u8, benefit: u8, day: Day) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let of = &mut self.benefits[usize::from(benefit)];
        let row = of.rows.get_mut(&number).ok_or("unknown_benefit")?;
        if row.used || row.withdrawn {
            return Err("already_decided");
        }
        if day < row.day {
            return Err("invalid_date");
        }
        row.withdrawn = true;
        let row = row.clone();
        if let Some(certificate) = row.certificate {
            self.certificates.remove(&certificate);
        }
        if row.waits {
            of.queue.retain(|waiting| *waiting != number);
            self.met.insert("somebody leaves the queue");
        } else {
            of.granted -= 1;
            let cost = Desk::cost(is, row.fen).expect("it was judged");
            self.committed[is.fund] -= cost;
            if self.months[is.fund].is_paid(month(row.day)) {
                self.met.insert("what was paid is given back");
            }
            self.bear(is.fund, -cost, row.day);
            self.spent[usize::from(row.worker)] -= is.price;
            for (lot, part) in row.paid {
                self.lots[usize::from(row.worker)][lot].left += part;
            }
        }
        if self.promote(benefit, day) {
            self.met.insert("a place that was given back goes to the next");
        }
        Ok(())
    }

    /// Never fewer than were given.
    pub(super) fn enlarge(&mut self, benefit: u8, places: u32, day: Day) -> Refused<bool> {
        let of = &mut self.benefits[usize::from(benefit)];
        if places < of.granted {
            return Err("invalid_quantity");
        }
        let changed = of.places != Some(places);
        of.places = Some(places);
        Ok(self.promote(benefit, day) | changed)
    }

    /// Those who wait are given places in their order: who has too few points goes on waiting, and where the fund has too
    /// little nobody behind gets ahead. After the last day nobody is given one. Whether anybody is.
    fn promote(&mut self, benefit: u8, day: Day) -> bool {
        let (at, is) = (usize::from(benefit), &BENEFITS[usize::from(benefit)]);
        if is.window.1 < day {
            if self.has_place(at) && !self.benefits[at].queue.is_empty() {
                self.met.insert("a place that comes free after the last day goes to nobody");
            }
            return false;
        }
        let mut changed = false;
        for number in self.benefits[at].queue.clone() {
            if !self.has_place(at) {
                break;
            }
            let row = self.benefits[at].rows[&number].clone();
            let mut after = self.clone();
            let Ok(paid) = after.spend(row.worker, row.day, is.price) else { continue };
            if after.commit(is.fund, Desk::cost(is, row.fen).expect("it was judged"), row.day).is_err() {
                break;
            }
            *self = after;
            let of = &mut self.benefits[at];
            of.granted += 1;
            of.queue.retain(|waiting| *waiting != number);
            let row = of.rows.get_mut(&number).expect("it waits");
            (row.waits, row.paid) = (false, paid);
            self.met.insert("somebody who waited is given a place");
            changed = true;
        }
        changed
    }
}
