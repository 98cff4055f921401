//! The places of benefits: whether one is free, what is given back, and who of the queue is next.

use super::known::Applied;
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
        if row.is_over() {
            return Err("already_decided");
        }
        if day < row.asked.day {
            return Err("invalid_date");
        }
        row.withdrawn = true;
        let Applied { asked, waits, ref proposal, ref paid, .. } = *row;
        let (proposed, paid) = (proposal.is_some(), paid.clone());
        if let Some(certificate) = asked.certificate {
            self.certificates.remove(&certificate);
        }
        if proposed {
            self.met.insert("a proposal is withdrawn");
        } else if waits {
            of.queue.retain(|waiting| *waiting != number);
            self.met.insert("somebody leaves the queue");
        } else {
            of.granted -= 1;
            let cost = Desk::cost(is, asked.fen).expect("it was judged");
            self.committed[is.fund] -= cost;
            if self.months[is.fund].is_paid(month(asked.day)) {
                self.met.insert("what was paid is given back");
            }
            self.bear(is.fund, -cost, asked.day);
            self.spent[usize::from(asked.worker)] -= is.price;
            for (lot, part) in paid {
                self.lots[usize::from(asked.worker)][lot].left += part;
            }
        }
        if self.promote(benefit, day) {
            self.met.insert("a place that was given back goes to the next");
        }
        Ok(())
    }

    /// Never fewer than were given. Where nothing is said of the bodies that approve, they stay.
    pub(super) fn enlarge(&mut self, benefit: u8, places: u32, bodies: Option<u8>, day: Day) -> Refused<bool> {
        let of = &mut self.benefits[usize::from(benefit)];
        if places < of.granted {
            return Err("invalid_quantity");
        }
        let asked = (Some(places), bodies.unwrap_or(of.bodies));
        let changed = (of.places, of.bodies) != asked;
        (of.places, of.bodies) = asked;
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
            let asked = self.benefits[at].rows[&number].asked;
            let mut after = self.clone();
            let Ok(paid) = after.spend(asked.worker, asked.day, is.price) else { continue };
            if after.commit(is.fund, Desk::cost(is, asked.fen).expect("it was judged"), asked.day).is_err() {
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
