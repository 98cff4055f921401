//! Numbers, amounts and days appended as `Display` writes them, without its detour: files hold them by the million.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use crate::domain::points::Points;

/// Appends a whole number.
pub fn push_number(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends an amount as its shortest exact decimal.
pub fn push_points(out: &mut String, points: Points) {
    if points.hundredths() < 0 {
        out.push('-');
    }
    push_magnitude(out, points);
}

/// Appends an amount without its sign.
pub fn push_magnitude(out: &mut String, points: Points) {
    let magnitude = points.hundredths().unsigned_abs();
    push_number(out, magnitude / 100);
    let (tenths, hundredths) = (magnitude / 10 % 10, magnitude % 10);
    if tenths != 0 || hundredths != 0 {
        out.push('.');
        push_number(out, tenths);
    }
    if hundredths != 0 {
        push_number(out, hundredths);
    }
}

/// Appends a day, `2024-03-05`.
pub fn push_day(out: &mut String, day: NaiveDate) {
    let Some(year) = u32::try_from(day.year()).ok().filter(|year| (1_000..10_000).contains(year)) else {
        // Writing to a string never fails.
        let _ = write!(out, "{day}");
        return;
    };
    let mut buffer = itoa::Buffer::new();
    // Eight digits, whatever the day.
    let digits = buffer.format(year * 10_000 + day.month() * 100 + day.day());
    for (place, digit) in digits.chars().enumerate() {
        if place == 4 || place == 6 {
            out.push('-');
        }
        out.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::{push_day, push_magnitude, push_number, push_points};
    use crate::domain::points::Points;

    fn written(push: impl FnOnce(&mut String)) -> String {
        let mut out = String::from("|");
        push(&mut out);
        out
    }

    proptest! {
        #[test]
        fn numbers_amounts_and_days_are_written_as_display_writes_them(
            number: u64,
            amount in prop_oneof![any::<i64>(), -1_000_i64..1_000],
            days in prop_oneof![-800_000_i32..4_000_000, 700_000_i32..800_000],
        ) {
            let points = Points::from_hundredths(amount);
            prop_assert_eq!(written(|out| push_number(out, number)), format!("|{number}"));
            prop_assert_eq!(written(|out| push_points(out, points)), format!("|{points}"));
            let magnitude = points.to_string().trim_start_matches('-').to_owned();
            prop_assert_eq!(written(|out| push_magnitude(out, points)), format!("|{magnitude}"));
            let day = NaiveDate::from_num_days_from_ce_opt(days).expect("a day");
            prop_assert_eq!(written(|out| push_day(out, day)), format!("|{day}"));
        }
    }
}
