//! A worker's lots, and their short form in a stored row: a row holds all of them and is written at every spending.

use std::fmt;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserializer, Serializer};

/// A lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    /// The service date: it can be spent from here on.
    pub on: NaiveDate,
    /// The last day it can be spent.
    pub last_day: Option<NaiveDate>,
    /// What is left.
    pub remaining: Points,
    /// What was booked as expired.
    pub expired: Points,
}

impl Lot {
    /// What is in it, booked as expired or not.
    pub fn left(&self) -> Points {
        self.remaining + self.expired
    }

    /// What can be spent of it on a day: also what was booked as expired later, when the day lies before its end.
    pub fn spendable_on(&self, day: NaiveDate) -> Points {
        if self.on <= day && self.last_day.is_none_or(|last_day| day <= last_day) { self.left() } else { Points::ZERO }
    }
}

/// Four numbers a lot: days since the service date before, change of the days it is valid, hundredths left, hundredths
/// expired. Most are small, and small numbers are short.
pub(super) fn serialize<S: Serializer>(lots: &[Lot], serializer: S) -> Result<S::Ok, S::Error> {
    let mut numbers = serializer.serialize_seq(Some(lots.len() * NUMBERS))?;
    let (mut day, mut validity) = (NaiveDate::default(), 0);
    for lot in lots {
        let valid = validity_of(lot);
        numbers.serialize_element(&(lot.on - day).num_days())?;
        numbers.serialize_element(&(valid - validity))?;
        numbers.serialize_element(&lot.remaining.hundredths())?;
        numbers.serialize_element(&lot.expired.hundredths())?;
        (day, validity) = (lot.on, valid);
    }
    numbers.end()
}

/// Reads the short form.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Lot>, D::Error> {
    deserializer.deserialize_seq(Lots)
}

const NUMBERS: usize = 4;
/// Lots for which room is made ahead, whatever a row says.
const EXPECTED_MAX: usize = 1_000;

struct Lots;

impl<'de> Visitor<'de> for Lots {
    type Value = Vec<Lot>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lots, four numbers each")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Vec<Lot>, A::Error> {
        let beyond = || A::Error::custom("a lot's day is beyond the calendar");
        let later = |day: NaiveDate, days| day.checked_add_signed(chrono::TimeDelta::try_days(days)?);
        let mut lots = Vec::with_capacity((numbers.size_hint().unwrap_or(0) / NUMBERS).min(EXPECTED_MAX));
        let (mut day, mut validity) = (NaiveDate::default(), 0_i64);
        while let Some(days) = numbers.next_element::<i64>()? {
            let mut next =
                || numbers.next_element::<i64>()?.ok_or_else(|| A::Error::custom("lots are four numbers each"));
            let (change, remaining, expired) = (next()?, next()?, next()?);
            day = later(day, days).ok_or_else(beyond)?;
            validity = validity.checked_add(change).ok_or_else(beyond)?;
            let last_day = match validity {
                0 => None,
                1.. => Some(later(day, validity - 1).ok_or_else(beyond)?),
                _ => Some(later(day, validity).ok_or_else(beyond)?),
            };
            let (remaining, expired) = (Points::from_hundredths(remaining), Points::from_hundredths(expired));
            lots.push(Lot { on: day, last_day, remaining, expired });
        }
        Ok(lots)
    }
}

/// 0 is for ever; a day past the service date is 2, the service date itself 1, a day before it -1.
fn validity_of(lot: &Lot) -> i64 {
    lot.last_day.map_or(0, |last_day| match (last_day - lot.on).num_days() {
        days @ 0.. => days + 1,
        days => days,
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use ledger_core::domain::points::Points;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::Lot;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row(#[serde(with = "super")] Vec<Lot>);

    fn day() -> impl Strategy<Value = NaiveDate> {
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).map_or(0, |day| chrono::Datelike::num_days_from_ce(&day));
        (1..=last).prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt)
    }

    fn lot() -> impl Strategy<Value = Lot> {
        (day(), prop::option::of(day()), any::<i64>(), any::<i64>()).prop_map(|(on, last_day, remaining, expired)| {
            Lot {
                on,
                last_day,
                remaining: Points::from_hundredths(remaining),
                expired: Points::from_hundredths(expired),
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(lots in prop::collection::vec(lot(), 0..20)) {
            let bytes = rmp_serde::to_vec_named(&Row(lots.clone())).expect("lots are written");
            prop_assert_eq!(rmp_serde::from_slice::<Row>(&bytes).expect("and read"), Row(lots));
        }

        #[test]
        fn numbers_that_are_no_lots_are_refused_and_nothing_worse(numbers in prop::collection::vec(any::<i64>(), 0..12)) {
            let bytes = rmp_serde::to_vec(&numbers).expect("numbers are written");
            if let Ok(Row(lots)) = rmp_serde::from_slice::<Row>(&bytes) {
                prop_assert_eq!(lots.len() * 4, numbers.len());
            }
        }
    }

    #[test]
    fn a_credit_of_the_day_after_takes_six_bytes() {
        let first: NaiveDate = "2024-03-05".parse().expect("a day");
        let lots: Vec<Lot> = (0..50)
            .map(|days| Lot {
                on: first + chrono::Days::new(days),
                last_day: Some(first + chrono::Days::new(days + 365)),
                remaining: Points::from_whole(10),
                expired: Points::ZERO,
            })
            .collect();
        let bytes = rmp_serde::to_vec_named(&Row(lots)).expect("lots are written");
        assert!(bytes.len() <= 50 * 6 + 20, "{} bytes", bytes.len());
    }
}
