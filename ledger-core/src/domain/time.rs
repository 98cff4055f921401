//! Business time, dates and how long a lot can be spent. Nothing here reads a clock.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::read_text;

/// China Standard Time, the civil time of every district: +08:00 all year.
pub fn china_offset() -> FixedOffset {
    const SECONDS_EAST: i32 = 8 * 3600;
    FixedOffset::east_opt(SECONDS_EAST).unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc))
}

/// When something happened, to the second, in China Standard Time. The recorded time is another clock: the
/// journal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessTime(DateTime<FixedOffset>);

impl BusinessTime {
    /// From any instant; converted to +08:00 and cut to the second.
    pub fn from_instant<Tz: TimeZone>(instant: &DateTime<Tz>) -> BusinessTime {
        let local = instant.with_timezone(&china_offset());
        let cut = chrono::SubsecRound::trunc_subsecs(local, 0);
        BusinessTime(cut)
    }

    /// From a civil date and time of the district.
    pub fn from_civil(civil: NaiveDateTime) -> BusinessTime {
        let civil = chrono::SubsecRound::trunc_subsecs(civil, 0);
        let east = chrono::TimeDelta::seconds(i64::from(china_offset().local_minus_utc()));
        // In the first hours of chrono's calendar there is no such time; it is far from the years that are kept.
        BusinessTime(china_offset().from_utc_datetime(&civil.checked_sub_signed(east).unwrap_or(civil)))
    }

    /// The start of a civil day.
    pub fn start_of(date: NaiveDate) -> BusinessTime {
        BusinessTime::from_civil(date.and_time(chrono::NaiveTime::MIN))
    }

    /// Reads RFC 3339 with an offset, or a bare date (its first second), or a civil `YYYY-MM-DD HH:MM:SS`.
    /// Years outside 1900 to 9998 are not read.
    pub fn parse(text: &str) -> Option<BusinessTime> {
        let time = if let Some(civil) = as_written(text) {
            BusinessTime::from_civil(civil)
        } else if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            BusinessTime::from_instant(&instant)
        } else if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            BusinessTime::start_of(date)
        } else {
            BusinessTime::from_civil(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?)
        };
        is_plausible(time.date()).then_some(time)
    }

    /// The civil date.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// The civil calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, for settlements.
    pub fn month(self) -> Month {
        Month::of(self.date())
    }

    /// Seconds since 1970-01-01 UTC.
    pub const fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// This time moved later by whole seconds; `None` where that leaves the years this ledger keeps.
    pub fn plus_seconds(self, seconds: i64) -> Option<BusinessTime> {
        let moved = chrono::TimeDelta::try_seconds(seconds).and_then(|delta| self.0.checked_add_signed(delta))?;
        is_plausible(moved.date_naive()).then_some(BusinessTime(moved))
    }
}

impl fmt::Display for BusinessTime {
    /// RFC 3339 with offset: `2024-01-01T08:01:36+08:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

/// A time of day, to the minute: `08:30`. The end of a day is `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime(u16);

impl ClockTime {
    /// The minutes of a day.
    const MINUTES_MAX: u16 = 24 * 60;

    /// Reads `HH:MM` and nothing else.
    pub fn parse(text: &str) -> Option<ClockTime> {
        let [h, i, b':', m, n] = *text.as_bytes() else { return None };
        let (hours, minutes) = (number(&[h, i])?, number(&[m, n])?);
        let sum = u16::try_from(hours * 60 + minutes).ok()?;
        (minutes < 60 && sum <= ClockTime::MINUTES_MAX).then_some(ClockTime(sum))
    }

    /// Minutes since the day began.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ClockTime, D::Error> {
        read_text(deserializer, "a time of day", |text| ClockTime::parse(text).ok_or("not a time of day, HH:MM"))
    }
}

/// Reads a time as [`BusinessTime`] is written. Events have no other, and the general reader takes ten times as long.
fn as_written(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.strip_suffix("+08:00")?.split_once('T')?;
    let [h, i, b':', m, n, b':', s, t] = *time.as_bytes() else { return None };
    day_as_written(date)?.and_hms_opt(number(&[h, i])?, number(&[m, n])?, number(&[s, t])?)
}

/// Reads a date as events hold it, `2024-03-05`.
fn day_as_written(text: &str) -> Option<NaiveDate> {
    let [y, z, a, b, b'-', m, n, b'-', d, e] = *text.as_bytes() else { return None };
    NaiveDate::from_ymd_opt(i32::try_from(number(&[y, z, a, b])?).ok()?, number(&[m, n])?, number(&[d, e])?)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        Some(number * 10 + u32::from(digit))
    })
}

/// Reads a date in an event; for `deserialize_with`.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    read_text(deserializer, "a formatted date string", |text| day_as_written(text).map_or_else(|| text.parse(), Ok))
}

/// Reads a date in an event that may be absent.
pub(crate) fn date_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    struct Day(#[serde(deserialize_with = "date")] NaiveDate);
    Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
}

impl Serialize for BusinessTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BusinessTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BusinessTime, D::Error> {
        let read = |text: &str| BusinessTime::parse(text).ok_or("not a time in RFC 3339 with offset");
        read_text(deserializer, "a string", read)
    }
}

/// Whether a date lies in the years this ledger keeps (1900 to 9998): outside it, sheets hold typing errors.
pub fn is_plausible(date: NaiveDate) -> bool {
    (1900..=9998).contains(&date.year())
}

/// A calendar month, `2024-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of a date.
    pub fn of(date: NaiveDate) -> Month {
        Month { year: date.year(), month: date.month() }
    }

    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Month> {
        if text.len() != 7 {
            return None;
        }
        NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
            .ok()
            .filter(|day| is_plausible(*day))
            .map(Month::of)
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Month {
        if self.month < 12 {
            Month { month: self.month + 1, ..self }
        } else {
            Month { year: self.year.saturating_add(1), month: 1 }
        }
    }

    /// The first day of the month.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or(NaiveDate::MIN)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Month, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Month::parse(&text).ok_or_else(|| serde::de::Error::custom("not a month, YYYY-MM"))
    }
}

/// How long the lots of an activity can be spent (有效月数).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Through the same day so many months later, or that month's last day.
    Months(u32),
    /// Through 31 December of the service year (年底).
    YearEnd,
    /// Without end.
    Forever,
}

impl Validity {
    /// The last day on which a lot earned on `service_date` can be spent; `None` is for ever.
    ///
    /// Source: contract section 4.3.
    pub fn last_day(self, service_date: NaiveDate) -> Option<NaiveDate> {
        match self {
            // Past the end of every calendar is still a day, which no credit may reach, and not for ever.
            Validity::Months(months) => {
                Some(service_date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
            }
            Validity::YearEnd => NaiveDate::from_ymd_opt(service_date.year(), 12, 31),
            Validity::Forever => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BusinessTime, ClockTime, Month, Validity};
    use chrono::{Datelike, NaiveDate};

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("date")
    }

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        for text in ["00:00", "08:30", "23:59", "24:00"] {
            assert_eq!(ClockTime::parse(text).map(|time| time.to_string()).as_deref(), Some(text));
        }
        for odd in ["8:30", "24:01", "23:60", "99:00", "08:30:00", "08-30", "", "０8:30"] {
            assert_eq!(ClockTime::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_lot_lasts_to_the_same_day_or_the_months_last() {
        assert_eq!(Validity::Months(1).last_day(day("2024-01-31")), Some(day("2024-02-29")));
        assert_eq!(Validity::Months(12).last_day(day("2024-02-29")), Some(day("2025-02-28")));
        assert_eq!(Validity::YearEnd.last_day(day("2024-02-29")), Some(day("2024-12-31")));
        assert_eq!(Validity::Forever.last_day(day("2024-02-29")), None);
    }

    #[test]
    fn a_time_is_never_moved_out_of_the_years_that_can_be_read_again() {
        let moved = |text: &str, seconds| BusinessTime::parse(text)?.plus_seconds(seconds).map(|time| time.to_string());
        assert_eq!(moved("9998-12-31T23:00:00+08:00", 3_599).as_deref(), Some("9998-12-31T23:59:59+08:00"));
        assert_eq!(moved("9998-12-31T23:00:00+08:00", 3_600), None);
        assert_eq!(moved("2024-03-05T09:00:00+08:00", i64::MAX), None);
        assert_eq!(moved("2024-03-05T09:00:00+08:00", i64::MIN), None);
        assert_eq!(Validity::Months(u32::MAX).last_day(day("2024-03-05")), Some(NaiveDate::MAX));
    }

    #[test]
    fn what_is_written_is_read_as_the_general_reader_reads_it() {
        for text in ["2024-02-29T23:59:59+08:00", "1900-01-01T00:00:00+08:00", "9998-12-31T08:30:00+08:00"] {
            let general = chrono::DateTime::parse_from_rfc3339(text).expect("RFC 3339");
            assert_eq!(BusinessTime::parse(text), Some(BusinessTime::from_instant(&general)));
            assert_eq!(super::as_written(text), Some(general.naive_local()));
        }
        for odd in ["2024-02-29T23:59:60+08:00", "2024-02-30T00:00:00+08:00", "2024-02-29T24:00:00+08:00"] {
            assert_eq!(super::as_written(odd), None, "left to the general reader");
        }
        for odd in ["2024-2-29", "+024-02-29", "2024-02-2９", "02024-02-29"] {
            assert_eq!(super::day_as_written(odd), None);
        }
    }

    #[test]
    fn times_are_kept_with_the_offset_of_the_district() {
        let written = |text: &str| BusinessTime::parse(text).map(|time| time.to_string());
        assert_eq!(written("2024-01-01T00:01:36Z").as_deref(), Some("2024-01-01T08:01:36+08:00"));
        assert_eq!(written("2024-01-01 08:01:36").as_deref(), Some("2024-01-01T08:01:36+08:00"));
        assert_eq!(written("2024-01-01").as_deref(), Some("2024-01-01T00:00:00+08:00"));
        assert_eq!(written("0024-01-01"), None);
        assert_eq!(written("-262143-01-01"), None);
        assert_eq!(BusinessTime::start_of(NaiveDate::MIN).year(), NaiveDate::MIN.year());
        assert_eq!(Month::parse("2024-3"), None);
        assert_eq!(Month::parse("2024-03").map(|month| month.to_string()).as_deref(), Some("2024-03"));
    }
}
