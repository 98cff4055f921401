//! Which lots a debit takes, and to where a return goes. Pure arithmetic over a worker's lots.

use chrono::NaiveDate;

use super::event::LotPart;
use super::state::{CreditStatus, Worker};
use crate::domain::points::Points;

/// The lots that a debit takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// From each lot, in order of spending.
    pub parts: Vec<LotPart>,
    /// Of those, what had been booked as expired although it could be spent on that day: the debit was recorded late.
    pub from_expired: Vec<LotPart>,
}

/// Where returned points go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Returned {
    /// Back to these lots.
    pub parts: Vec<LotPart>,
    /// To debts left by the very credits they came from.
    pub debt_paid: Points,
}

impl Worker {
    /// What could be spent on a day: lots earned by then and not over by then.
    pub fn available_on(&self, day: NaiveDate) -> Points {
        self.open.available_on(day)
    }

    /// The lots that a debit of `points` on `day` takes; `None` when they do not suffice.
    pub fn take_on(&self, day: NaiveDate, points: Points) -> Option<Taken> {
        let mut missing = points;
        let mut taken = Taken::default();
        for (number, spendable) in self.open.spendable(day) {
            if !missing.is_positive() {
                break;
            }
            let part = spendable.min(missing);
            missing -= part;
            taken.parts.push(LotPart(number, part));
            let unexpired = self.lot(number).map_or(Points::ZERO, |lot| lot.remaining);
            if part > unexpired {
                taken.from_expired.push(LotPart(number, part - unexpired));
            }
        }
        missing.is_zero().then_some(taken)
    }

    /// Where the points of a reversed redemption or a released hold go: to the lots they came from, but first to the
    /// debt that a credit left which was taken back while its points were away.
    pub fn return_of(&self, parts: &[LotPart]) -> Returned {
        let mut debt_left = self.debt();
        let mut returned = Returned::default();
        for LotPart(number, points) in parts {
            let taken_back = self.lot(*number).is_some_and(|lot| lot.status == CreditStatus::Reversed);
            let pays = if taken_back { debt_left.min(*points) } else { Points::ZERO };
            debt_left -= pays;
            returned.debt_paid += pays;
            if pays < *points {
                returned.parts.push(LotPart(*number, *points - pays));
            }
        }
        returned
    }
}
