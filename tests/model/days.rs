//! Days of histories whose clock goes by, counted from the first one.

use chrono::{Days, NaiveDate};
use ledger_core::domain::time::BusinessTime;

/// Days are counted from the first one of a history.
pub(crate) type Day = u16;

/// The year in which every such history lies.
pub(crate) const YEAR: i32 = 2024;

/// A day of a history.
pub(crate) fn date(day: Day) -> NaiveDate {
    NaiveDate::from_ymd_opt(YEAR, 1, 8).expect("a date") + Days::new(u64::from(day))
}

/// When everything of a day is done.
pub(crate) fn noon(day: Day) -> BusinessTime {
    BusinessTime::from_civil(date(day).and_hms_opt(12, 0, 0).expect("a time"))
}

/// What the clock says on a day, in microseconds since 1970.
pub(crate) fn clock(day: Day) -> i64 {
    noon(day).unix_seconds() * 1_000_000
}
