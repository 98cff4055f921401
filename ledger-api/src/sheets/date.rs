//! Dates and times as offices write them, and as workbooks store them. Owns the accepted forms and the calendars of
//! the two Excel day counts. Does not judge whether a date is plausible; years are those of four digits.

use std::iter::Peekable;
use std::str::Chars;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::number::Number;

const DAY_SECONDS: u64 = 86_400;
/// Days between the two day counts: the second starts on 1904-01-01.
const EPOCH_1904_DAYS: u64 = 1_462;

/// Reads `2024-03-05`, `2024/3/5`, `2024.3.5`, `2024年3月5日` or `20240305`, alone or followed by a time of day
/// (`8:01`, `08:01:36`, after a blank or a `T`). A date without a time is its midnight. Fractions of a second round
/// to the nearest second. The text must be half width and trimmed.
pub(super) fn read_text(text: &str) -> Option<NaiveDateTime> {
    let mut characters = text.chars().peekable();
    let year_text = take_digits(&mut characters, 9);
    let date = match year_text.len() {
        4 => {
            let year = year_text.parse().ok()?;
            skip_blanks(&mut characters);
            let separator = characters.next()?;
            let month_end = match separator {
                '-' | '/' | '.' => separator,
                '年' => '月',
                _ => return None,
            };
            skip_blanks_after(&mut characters, separator);
            let month = take_number(&mut characters)?;
            skip_blanks_after(&mut characters, separator);
            if characters.next()? != month_end {
                return None;
            }
            skip_blanks_after(&mut characters, separator);
            let day = take_number(&mut characters)?;
            if separator == '年' {
                skip_blanks(&mut characters);
                characters.next_if(|character| matches!(character, '日' | '号'));
            }
            NaiveDate::from_ymd_opt(year, month, day)?
        }
        8 => compact(year_text.parse().ok()?)?,
        _ => return None,
    };
    let midnight = date.and_time(NaiveTime::MIN);
    if characters.peek().is_none() {
        return Some(midnight);
    }
    let blank = characters.next_if(|character| matches!(character, 'T' | 't')).is_some()
        || skip_blanks(&mut characters)
        || text.contains('日');
    if !blank {
        return None;
    }
    midnight.checked_add_signed(take_time(&mut characters)?)
}

/// `h:mm`, `h:mm:ss` or `h:mm:ss.fraction` up to the end of the text.
fn take_time(characters: &mut Peekable<Chars<'_>>) -> Option<TimeDelta> {
    let hour = take_number(characters)?;
    if characters.next()? != ':' {
        return None;
    }
    let minute = take_number(characters)?;
    let mut second = 0;
    let mut carry = 0;
    if characters.next_if_eq(&':').is_some() {
        second = take_number(characters)?;
        if characters.next_if_eq(&'.').is_some() {
            carry = i64::from(*characters.peek()? >= '5');
            let fraction = take_digits(characters, 9);
            if fraction.is_empty() {
                return None;
            }
        }
    }
    if characters.next().is_some() {
        return None;
    }
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    time.signed_duration_since(NaiveTime::MIN).checked_add(&TimeDelta::seconds(carry))
}

fn take_digits(characters: &mut Peekable<Chars<'_>>, digits_max: usize) -> String {
    let mut digits = String::new();
    while digits.len() < digits_max
        && let Some(digit) = characters.next_if(char::is_ascii_digit)
    {
        digits.push(digit);
    }
    digits
}

/// A number of one or two digits.
fn take_number(characters: &mut Peekable<Chars<'_>>) -> Option<u32> {
    take_digits(characters, 2).parse().ok()
}

fn skip_blanks(characters: &mut Peekable<Chars<'_>>) -> bool {
    let mut skipped = false;
    while characters.next_if(|character| character.is_whitespace()).is_some() {
        skipped = true;
    }
    skipped
}

/// Only the Chinese form is commonly spaced out: `2024 年 3 月 5 日`.
fn skip_blanks_after(characters: &mut Peekable<Chars<'_>>, separator: char) {
    if separator == '年' {
        skip_blanks(characters);
    }
}

/// `20240305`.
fn compact(digits: u64) -> Option<NaiveDate> {
    let year = i32::try_from(digits / 10_000).ok().filter(|year| *year >= 1_000)?;
    let month = u32::try_from(digits / 100 % 100).ok()?;
    let day = u32::try_from(digits % 100).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The moment that a cell with a date format shows, to the nearest second.
///
/// The first day count starts with 1900-01-01 as day 1 and has a 1900-02-29 that never was (day 60, not read);
/// the one of old Macintosh workbooks starts with 1904-01-01 as day 0.
pub(super) fn read_serial(number: Number, epoch_1904: bool) -> Option<NaiveDateTime> {
    let seconds = number.day_seconds()?;
    let days = seconds / DAY_SECONDS;
    let days = match (epoch_1904, days) {
        (true, days) => days.checked_add(EPOCH_1904_DAYS)?,
        // Day 0 is a time of day without a date.
        (false, 0 | 60) => return None,
        (false, days @ 1..=59) => days.checked_add(1)?,
        (false, days) => days,
    };
    let first = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    let date = first.checked_add_days(chrono::Days::new(days)).filter(|date| *date <= last)?;
    let second = u32::try_from(seconds % DAY_SECONDS).ok()?;
    Some(date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(second, 0)?))
}

/// The moment that a number without a date format most likely means: `20240305`, or a day count between the years
/// 2000 and 2099 (pasting values drops the format of date cells). Other numbers, such as a bare year, are no dates.
pub(super) fn read_plain_number(number: Number, epoch_1904: bool) -> Option<NaiveDateTime> {
    if let Some(date) = number.whole().filter(|digits| *digits >= 10_000_000).and_then(compact) {
        return Some(date.and_time(NaiveTime::MIN));
    }
    let moment = read_serial(number, epoch_1904)?;
    let first = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(2099, 12, 31)?;
    (first..=last).contains(&moment.date()).then_some(moment)
}

/// Whether this is the start of a day, which is how a bare date is kept.
pub(super) fn is_midnight(moment: NaiveDateTime) -> bool {
    moment.time() == NaiveTime::MIN
}

/// The form in which a date cell reads as text: the date alone at midnight.
pub(super) fn written(moment: NaiveDateTime) -> String {
    let form = if is_midnight(moment) { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    moment.format(form).to_string()
}

/// A duration, or a time of day without a date, as text: `26:30:00`.
pub(super) fn written_duration(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{Number, read_plain_number, read_serial, read_text, written, written_duration};
    use proptest::prelude::{prop_assert_eq, proptest};

    fn text(text: &str) -> Option<String> {
        read_text(text).map(written)
    }

    fn serial(text: &str, epoch_1904: bool) -> Option<String> {
        read_serial(Number::scan(text).expect("number"), epoch_1904).map(written)
    }

    #[test]
    fn every_written_form_of_a_date_is_read() {
        let forms = [
            "2024-03-05",
            "2024-3-5",
            "2024/3/5",
            "2024/03/05",
            "2024.3.5",
            "2024年3月5日",
            "2024年03月05日",
            "20240305",
            "2024年3月5号",
            "2024 年 3 月 5 日",
            "2024-03-05 00:00:00",
            "2024/3/5 0:00",
            "2024-03-05T00:00:00",
            "2024年3月5日 00:00",
            "2024-03-05T00:00:00.000",
        ];
        for form in forms {
            assert_eq!(text(form).as_deref(), Some("2024-03-05"), "{form}");
        }
    }

    #[test]
    fn every_written_form_of_a_date_and_time_is_read() {
        for form in [
            "2024-01-01 08:01:36",
            "2024/1/1 8:01:36",
            "2024-01-01T08:01:36",
            "2024年1月1日 8:01:36",
            "2024年1月1日8:01:36",
            "20240101 08:01:36",
            "2024-01-01  08:01:36",
            "2024-01-01 08:01:35.6",
        ] {
            assert_eq!(text(form).as_deref(), Some("2024-01-01 08:01:36"), "{form}");
        }
        assert_eq!(text("2024/1/1 8:01").as_deref(), Some("2024-01-01 08:01:00"));
        assert_eq!(text("2023-12-31 23:59:59.9").as_deref(), Some("2024-01-01"));
    }

    #[test]
    fn what_is_not_a_date_is_not_guessed() {
        for form in [
            "",
            "待定",
            "2024",
            "2024-03",
            "24-3-5",
            "2024-13-01",
            "2023-02-29",
            "2024-3/5",
            "2024年3-5",
            "2024-03-05x",
            "2024-03-05 ",
            "2024-03-05 25:00",
            "2024-03-05 8",
            "2024-03-05 8:61",
            "2024-03-0508:00",
            "2024-03-05T",
            "2024-03-05 08:00:00Z",
            "2024-03-05 08:00:00.",
            "202403051",
            "2024035",
            "00010101",
            "2024- 3-5",
            "2024-003-05",
            "20240305080136",
            "3/5/2024",
            "2024-03-05 08:00 下午",
        ] {
            assert_eq!(text(form), None, "{form}");
        }
    }

    #[test]
    fn day_counts_are_read_in_both_calendars() {
        assert_eq!(serial("45467", false).as_deref(), Some("2024-06-24"));
        assert_eq!(serial("45292.33444444444", false).as_deref(), Some("2024-01-01 08:01:36"));
        assert_eq!(serial("45291.999999999993", false).as_deref(), Some("2024-01-01"));
        assert_eq!(serial("44005", true).as_deref(), Some("2024-06-24"));
        assert_eq!(serial("0", true).as_deref(), Some("1904-01-01"));
        assert_eq!(serial("1", false).as_deref(), Some("1900-01-01"));
        assert_eq!(serial("59", false).as_deref(), Some("1900-02-28"));
        assert_eq!(serial("60", false), None);
        assert_eq!(serial("61", false).as_deref(), Some("1900-03-01"));
        assert_eq!(serial("2958465", false).as_deref(), Some("9999-12-31"));
        for none in ["0", "0.5", "-1", "2958466", "1e300"] {
            assert_eq!(serial(none, false), None, "{none}");
        }
    }

    #[test]
    fn plain_numbers_are_dates_only_where_they_can_hardly_be_anything_else() {
        let plain = |text: &str| read_plain_number(Number::scan(text).expect("number"), false).map(written);
        assert_eq!(plain("20240305").as_deref(), Some("2024-03-05"));
        assert_eq!(plain("45467").as_deref(), Some("2024-06-24"));
        for none in ["2024", "20241305", "1", "100000", "0.5", "-45467"] {
            assert_eq!(plain(none), None, "{none}");
        }
    }

    #[test]
    fn durations_pass_a_day() {
        assert_eq!(written_duration(95_400), "26:30:00");
    }

    proptest! {
        #[test]
        fn every_day_reads_alike_in_every_form(days in 36_526_u64..73_050) {
            let moment = read_serial(Number::scan(&days.to_string()).expect("number"), false);
            let date = moment.expect("date").date();
            for form in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%Y.%-m.%-d", "%Y%m%d", "%Y-%m-%d %H:%M:%S"] {
                prop_assert_eq!(read_text(&moment.expect("date").format(form).to_string()), moment, "{} {}", form, date);
            }
        }

        #[test]
        fn any_text_is_answered(text in "[0-9年月日:./T \u{a0}-]{0,24}") {
            let _ = read_text(&text);
        }
    }
}
