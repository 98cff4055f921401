//! Dates and recorded times as somebody asks for them.

use chrono::{DateTime, NaiveDate, Utc};
use ledger_core::domain::time::{BusinessTime, is_plausible};
use ledger_core::journal::RecordedTime;

/// A recorded time as asked for: a moment, or a whole day of the district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedRecorded(pub RecordedTime);

/// Reads a date as an argument of the command line.
///
/// # Errors
/// What was given, and the form that is wanted.
pub fn asked_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "no date; write YYYY-MM-DD, as in 2024-03-05".to_owned())
}

const DAY_MICROS: i64 = 86_400_000_000;

impl std::str::FromStr for AskedRecorded {
    type Err = String;

    fn from_str(text: &str) -> Result<AskedRecorded, String> {
        let unreadable =
            || format!("{text:?} is no time; write 2024-03-05 (that whole day) or 2024-03-05T17:30:00+08:00");
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            if !is_plausible(day) {
                return Err(unreadable());
            }
            // The last microsecond of that day in the district's civil time.
            let start = BusinessTime::start_of(day).to_string();
            let start = DateTime::parse_from_rfc3339(&start).map_err(|_| unreadable())?;
            return Ok(AskedRecorded(RecordedTime::from_micros(start.timestamp_micros() + DAY_MICROS - 1)));
        }
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| unreadable())?;
        Ok(AskedRecorded(RecordedTime::from_micros(instant.with_timezone(&Utc).timestamp_micros())))
    }
}

#[cfg(test)]
mod tests {
    use super::AskedRecorded;

    #[test]
    fn a_recorded_time_is_a_moment_or_a_whole_day_of_the_district() {
        let micros = |text: &str| text.parse::<AskedRecorded>().map(|asked| asked.0.to_string());
        assert_eq!(micros("2024-03-05").as_deref(), Ok("2024-03-05T23:59:59.999999+08:00"));
        assert_eq!(micros("2024-03-05T01:00:00Z").as_deref(), Ok("2024-03-05T09:00:00.000000+08:00"));
        for text in ["", "2024-3", "yesterday", "0001-01-01", "2024-03-05 10:00"] {
            assert!(micros(text).is_err(), "{text:?}");
        }
    }
}
