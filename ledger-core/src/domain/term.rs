//! The days on which something that was given holds: from a day through a day, or until it is ended before.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// From a day through a day. Whole days of the district, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none for no end.
    pub until: Option<NaiveDate>,
    /// The first day on which it holds no longer, because it was ended.
    pub ended: Option<NaiveDate>,
}

impl Term {
    /// From a day through a day, if any.
    pub const fn new(from: NaiveDate, until: Option<NaiveDate>) -> Term {
        Term { from, until, ended: None }
    }

    /// Whether it holds on a day, as far as is known now: on the day of its end it holds no longer.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.reaches(day)
    }

    /// Whether it has not ended before a day, be it that it has begun or not.
    pub fn reaches(&self, day: NaiveDate) -> bool {
        self.until.is_none_or(|until| day <= until) && self.ended.is_none_or(|ended| day < ended)
    }

    /// The last day, by whatever ends it first.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let before_its_end = self.ended.and_then(|ended| ended.pred_opt());
        match (self.until, before_its_end) {
            (Some(until), Some(before)) => Some(until.min(before)),
            (until, before) => until.or(before),
        }
    }

    /// Whether there is a day on which both hold.
    pub fn overlaps(&self, other: &Term) -> bool {
        let first = self.from.max(other.from);
        self.holds_on(first) && other.holds_on(first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NaiveDate, Term};

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 2, 27).expect("a day") + chrono::TimeDelta::days(number)
    }

    fn term() -> impl Strategy<Value = Term> {
        let any_day = || prop::option::of((0_i64..8).prop_map(day));
        ((0_i64..8).prop_map(day), any_day(), any_day()).prop_map(|(from, until, ended)| Term { from, until, ended })
    }

    proptest! {
        #[test]
        fn two_terms_overlap_where_some_day_is_of_both(one in term(), other in term()) {
            let shared = (0..9).map(day).any(|day| one.holds_on(day) && other.holds_on(day));
            prop_assert_eq!(one.overlaps(&other), shared);
        }
    }

    #[test]
    fn both_ends_are_included_and_the_day_of_an_ending_is_not() {
        let mut term = Term::new(day(1), Some(day(3)));
        let held = |term: &Term| (0..6).filter(|number| term.holds_on(day(*number))).collect::<Vec<_>>();
        assert_eq!(held(&term), [1, 2, 3]);
        term.ended = Some(day(2));
        assert_eq!(held(&term), [1]);
        assert_eq!(held(&Term::new(day(4), None)), [4, 5]);
    }
}
