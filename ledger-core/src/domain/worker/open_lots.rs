//! The lots with something left, in the order of spending: the one that expires first, of equals the one recorded first.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::points::Points;

/// By last day and number; from which day and how much of each stands beside it, for a debit walks over them.
type Places = BTreeMap<(NaiveDate, u32), (NaiveDate, Points)>;

/// The lots with something left. Stored as the places alone: the sum follows from them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Places", into = "Places")]
pub(super) struct OpenLots {
    places: Places,
    /// All that is left: what can be spent on any day that lies within the time of every lot, as nearly every day does.
    total: Points,
    /// No lot begins later than this day.
    latest_on: NaiveDate,
}

impl OpenLots {
    /// Sets what is left of a lot.
    pub(super) fn set(&mut self, last_day: NaiveDate, number: u32, on: NaiveDate, left: Points) {
        let place = (last_day, number);
        let before = if left.is_zero() { self.places.remove(&place) } else { self.places.insert(place, (on, left)) };
        self.total += left.max(Points::ZERO) - before.map_or(Points::ZERO, |(_, points)| points.max(Points::ZERO));
        self.latest_on = self.latest_on.max(on);
    }

    /// What can be spent on a day.
    pub(super) fn available_on(&self, day: NaiveDate) -> Points {
        let none_is_over = self.places.first_key_value().is_none_or(|((last_day, _), _)| day <= *last_day);
        if self.latest_on <= day && none_is_over {
            return self.total;
        }
        self.spendable(day).map(|(_, points)| points).sum()
    }

    /// The lots spendable on a day, in the order of spending.
    pub(super) fn spendable(&self, day: NaiveDate) -> impl Iterator<Item = (u32, Points)> + '_ {
        self.places
            .range((day, 0)..)
            .filter(move |(_, (on, points))| *on <= day && points.is_positive())
            .map(|((_, number), (_, points))| (*number, *points))
    }

    /// The lots that are over after a day.
    pub(super) fn ending_by(&self, day: NaiveDate) -> impl Iterator<Item = u32> + '_ {
        self.places.keys().take_while(move |(last_day, _)| *last_day <= day).map(|(_, number)| *number)
    }

    #[cfg(test)]
    pub(super) const fn places(&self) -> &Places {
        &self.places
    }
}

impl PartialEq for OpenLots {
    fn eq(&self, other: &OpenLots) -> bool {
        self.places == other.places
    }
}

impl Eq for OpenLots {}

impl From<Places> for OpenLots {
    fn from(places: Places) -> OpenLots {
        let total = places.values().map(|(_, points)| (*points).max(Points::ZERO)).sum();
        let latest_on = places.values().map(|(on, _)| *on).max().unwrap_or_default();
        OpenLots { places, total, latest_on }
    }
}

impl From<OpenLots> for Places {
    fn from(open: OpenLots) -> Places {
        open.places
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::{OpenLots, Places};
    use crate::domain::points::Points;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 3, 5).expect("a day") + Days::new(number)
    }

    proptest! {
        #[test]
        fn what_is_available_is_the_sum_of_what_is_spendable(
            changes in prop::collection::vec((0_u64..12, 0_u32..6, 0_u64..12, -2_i64..6), 0..40),
            stored in any::<bool>(),
        ) {
            let mut open = OpenLots::default();
            for (last_day, number, on, left) in changes {
                // A lot's days follow from its number, as they do in a worker's account.
                let number = number * 12 + u32::try_from(last_day).expect("small");
                open.set(day(last_day), number, day(on.min(u64::from(number % 7))), Points::from_hundredths(left));
                if stored {
                    open = OpenLots::from(Places::from(open));
                }
                for asked in 0..14 {
                    let sum: Points = open.spendable(day(asked)).map(|(_, points)| points).sum();
                    prop_assert_eq!(open.available_on(day(asked)), sum);
                }
            }
        }
    }
}
