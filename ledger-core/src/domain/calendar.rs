//! How long a period of days lasts: natural or working days, with the year's days off and make-up workdays as data.
//!
//! Source: contract section 8. The day on which a period begins does not count, its last day does; a period of natural
//! days that would end on a day off ends on the next working day where a calendar of holidays is given (民法典 201, 203).

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::time::is_plausible;

/// What a period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Every day.
    #[default]
    Natural,
    /// Working days alone.
    Working,
}

/// The days off of a district, and the weekends on which it works. Both lists are sorted and hold no day twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Calendar {
    /// Days off (节假日), whatever day of the week they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<NaiveDate>,
    /// Weekends on which the district works (调休上班日).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makeup_workdays: Vec<NaiveDate>,
}

impl Calendar {
    /// A calendar of days in any order.
    pub fn new(mut holidays: Vec<NaiveDate>, mut makeup_workdays: Vec<NaiveDate>) -> Calendar {
        for days in [&mut holidays, &mut makeup_workdays] {
            days.sort_unstable();
            days.dedup();
        }
        Calendar { holidays, makeup_workdays }
    }

    /// Whether nobody ever gave any day.
    pub fn is_empty(&self) -> bool {
        self.holidays.is_empty() && self.makeup_workdays.is_empty()
    }

    /// Whether a day is worked: a make-up workday is, a holiday is not, of the others those from Monday to Friday are.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let stands_in = |days: &[NaiveDate]| days.binary_search(&day).is_ok();
        stands_in(&self.makeup_workdays)
            || !stands_in(&self.holidays) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// The last day of a period, inclusive, that begins on a day, which does not count; none where it would end beyond
    /// the years that are kept. A period of no days ends on the day on which it begins.
    pub fn last_day(&self, begins: NaiveDate, days: u32, counting: Counting) -> Option<NaiveDate> {
        if days == 0 {
            return Some(begins);
        }
        let last = match counting {
            Counting::Natural => {
                let last = begins.checked_add_days(chrono::Days::new(u64::from(days)))?;
                if self.is_empty() { Some(last) } else { self.working_day_from(last) }
            }
            Counting::Working => (0..days).try_fold(begins, |day, _| self.working_day_from(day.succ_opt()?)),
        };
        last.filter(|last| is_plausible(*last))
    }

    /// How many days a period has left that ends on a last day, after a day on which its clock stops.
    pub fn days_left(&self, stopped: NaiveDate, last_day: NaiveDate, counting: Counting) -> u32 {
        let days = stopped.iter_days().skip(1).take_while(|day| *day <= last_day);
        let count = match counting {
            Counting::Natural => days.count(),
            Counting::Working => days.filter(|day| self.is_working_day(*day)).count(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The first working day that is not before a day; none beyond the years that are kept.
    fn working_day_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.iter_days().take_while(|day| is_plausible(*day)).find(|day| self.is_working_day(*day))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::{Calendar, Counting};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn days(texts: &[&str]) -> Vec<NaiveDate> {
        texts.iter().map(|text| day(text)).collect()
    }

    /// 2026: the National Day holiday from 1 to 7 October, worked on Saturday 10 October instead.
    fn national_day() -> Calendar {
        let off = ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"];
        Calendar::new(days(&off), days(&["2026-10-10"]))
    }

    #[test]
    fn the_day_of_publication_does_not_count_and_the_last_day_does() {
        let none = Calendar::default();
        assert_eq!(none.last_day(day("2026-03-02"), 3, Counting::Natural), Some(day("2026-03-05")));
        assert_eq!(none.last_day(day("2026-03-02"), 0, Counting::Natural), Some(day("2026-03-02")));
        assert_eq!(none.last_day(day("2024-02-27"), 2, Counting::Natural), Some(day("2024-02-29")));
    }

    #[test]
    fn natural_days_end_on_a_weekend_where_no_calendar_is_given_and_on_the_next_working_day_where_one_is() {
        let (friday, sunday) = (day("2026-09-25"), day("2026-09-27"));
        assert_eq!(Calendar::default().last_day(friday, 2, Counting::Natural), Some(sunday));
        assert_eq!(national_day().last_day(friday, 2, Counting::Natural), Some(day("2026-09-28")));
        assert_eq!(national_day().last_day(day("2026-09-28"), 3, Counting::Natural), Some(day("2026-10-08")));
        assert_eq!(national_day().last_day(day("2026-10-07"), 3, Counting::Natural), Some(day("2026-10-10")));
    }

    #[test]
    fn working_days_pass_over_weekends_and_holidays_and_count_make_up_workdays() {
        let last = |begins, count| national_day().last_day(day(begins), count, Counting::Working);
        assert_eq!(last("2026-09-30", 1), Some(day("2026-10-08")));
        assert_eq!(last("2026-09-30", 3), Some(day("2026-10-10")), "a Saturday on which the district works");
        assert_eq!(last("2026-09-30", 4), Some(day("2026-10-12")));
        assert_eq!(Calendar::default().last_day(day("2026-09-25"), 1, Counting::Working), Some(day("2026-09-28")));
    }

    #[test]
    fn a_period_that_leaves_the_calendar_has_no_last_day() {
        for counting in [Counting::Natural, Counting::Working] {
            assert_eq!(national_day().last_day(day("9998-12-30"), 366, counting), None);
            assert_eq!(Calendar::default().last_day(NaiveDate::MAX, 1, counting), None);
        }
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..800).prop_map(|after| day("2025-12-01") + Days::new(after))
    }

    fn calendar() -> impl Strategy<Value = Calendar> {
        let some = || prop::collection::vec(any_day(), 0..60);
        (some(), some()).prop_map(|(off, on)| Calendar::new(off, on))
    }

    proptest! {
        /// Counted by hand, day by day.
        #[test]
        fn working_days_are_as_many_as_asked_for(calendar in calendar(), begins in any_day(), count in 1_u32..40) {
            let last = calendar.last_day(begins, count, Counting::Working).expect("within the calendar");
            let between = begins.iter_days().skip(1).take_while(|day| *day <= last);
            let worked = between.filter(|day| calendar.is_working_day(*day)).count();
            prop_assert_eq!(worked, count as usize);
            prop_assert!(calendar.is_working_day(last));
        }

        #[test]
        fn natural_days_end_no_sooner_than_counted_and_never_on_a_day_off(
            calendar in calendar(), begins in any_day(), count in 1_u32..40,
        ) {
            let counted = begins + Days::new(count.into());
            let last = calendar.last_day(begins, count, Counting::Natural).expect("within the calendar");
            prop_assert!(last >= counted);
            prop_assert!(calendar.is_empty() || calendar.is_working_day(last));
            let passed_over = counted.iter_days().take_while(|day| *day < last);
            prop_assert!(passed_over.into_iter().all(|day| !calendar.is_working_day(day)));
        }

        /// A longer period never ends sooner, and one that begins later never ends before one that began earlier.
        #[test]
        fn periods_keep_their_order(
            calendar in calendar(), begins in any_day(), later in 0_u64..10, count in 0_u32..40, more in 0_u32..5,
            working in any::<bool>(),
        ) {
            let counting = if working { Counting::Working } else { Counting::Natural };
            let last = calendar.last_day(begins, count, counting).expect("a day");
            prop_assert!(calendar.last_day(begins, count + more, counting).expect("a day") >= last);
            prop_assert!(calendar.last_day(begins + Days::new(later), count, counting).expect("a day") >= last);
        }

        /// A clock that stops and goes on at once changes no working day; what is left never grows with time.
        #[test]
        fn what_is_left_is_what_was_not_had(
            calendar in calendar(), begins in any_day(), count in 0_u32..40, had in 0_u64..50,
        ) {
            let last = calendar.last_day(begins, count, Counting::Working).expect("a day");
            prop_assert_eq!(calendar.days_left(begins, last, Counting::Working), count);
            let stopped = begins + Days::new(had);
            let left = calendar.days_left(stopped, last, Counting::Working);
            prop_assert!(left <= count);
            if stopped <= last {
                prop_assert_eq!(calendar.last_day(stopped, left, Counting::Working).map(|end| end.max(stopped)), Some(last));
            }
        }
    }
}
