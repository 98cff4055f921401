//! In which branch a card was on which day of a year, as it was known at a position.
//!
//! What a holder did before the card's first day counts for the branch that issued it: registers that come with a year's
//! history name no day of issue, and no other branch had the card.

use chrono::{Datelike, NaiveDate};

use crate::views::card::Stay;

/// A card's stays in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Year {
    /// In order, at least one, each of at least a day; the first began before all days.
    stays: Vec<Stay>,
}

impl Year {
    /// The stays that lasted on any day of a year, as they were known at a position; `None` when there is none.
    pub(crate) fn of(stays: &[Stay], year: i32, position: u64) -> Option<Year> {
        let known = stays.iter().filter(|stay| stay.from <= position).map(|stay| match stay.until {
            Some(until) if until > position => Stay { until: None, until_day: None, ..stay.clone() },
            Some(_) | None => stay.clone(),
        });
        let mut known: Vec<Stay> =
            known.filter(|stay| stay.until_day.is_none_or(|until| stay.from_day < until)).collect();
        if let Some(first) = known.first_mut() {
            first.from_day = NaiveDate::MIN;
        }
        known.retain(|stay| {
            stay.from_day.year() <= year
                && stay.until_day.is_none_or(|until| first_day(year).is_some_and(|day| day < until))
        });
        if known.is_empty() { None } else { Some(Year { stays: known }) }
    }

    /// Whether the card was a branch's on any day of the year.
    pub(crate) fn touches(&self, branch: &str) -> bool {
        self.stays.iter().any(|stay| stay.branch == branch)
    }

    /// The branch on a day; none on days after the card was closed, or between two cards.
    pub(crate) fn branch_on(&self, day: NaiveDate) -> Option<&str> {
        self.stays.iter().rev().find(|stay| stay.holds_on(day)).map(|stay| stay.branch.as_str())
    }

    /// The last of them.
    pub(crate) fn last(&self) -> &Stay {
        &self.stays[self.stays.len() - 1]
    }
}

fn first_day(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 1, 1)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::Year;
    use crate::views::card::Stay;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn stay(branch: &str, from: (u64, &str), until: Option<(u64, &str)>) -> Stay {
        Stay {
            card_no: "K-1".into(),
            branch: branch.into(),
            from: from.0,
            until: until.map(|(position, _)| position),
            from_day: day(from.1),
            until_day: until.map(|(_, on)| day(on)),
        }
    }

    fn moved() -> [Stay; 2] {
        [
            stay("甲", (5, "2024-02-01"), Some((9, "2024-07-10"))),
            stay("乙", (9, "2024-07-10"), Some((12, "2025-03-01"))),
        ]
    }

    #[test]
    fn a_day_is_the_branch_s_that_had_the_card_on_it() {
        let year = Year::of(&moved(), 2024, 20).expect("stays");
        for (on, branch) in [
            ("2024-01-05", Some("甲")),
            ("2024-07-09", Some("甲")),
            ("2024-07-10", Some("乙")),
            ("2024-12-31", Some("乙")),
        ] {
            assert_eq!(year.branch_on(day(on)), branch, "{on}");
        }
        assert!(year.touches("甲") && year.touches("乙") && !year.touches("丙"));
    }

    #[test]
    fn a_year_after_the_move_is_no_longer_the_old_branch_s_and_one_after_the_end_is_nobody_s() {
        let year = Year::of(&moved(), 2025, 20).expect("stays");
        assert!(!year.touches("甲") && year.touches("乙"));
        assert_eq!(year.branch_on(day("2025-03-01")), None);
        assert_eq!(Year::of(&moved(), 2026, 20), None);
    }

    #[test]
    fn what_was_not_known_at_a_position_does_not_hold_there() {
        let year = Year::of(&moved(), 2024, 8).expect("stays");
        assert_eq!(year.branch_on(day("2024-12-31")), Some("甲"));
        assert!(!year.touches("乙"));
        assert_eq!(Year::of(&moved(), 2024, 4), None);
    }

    #[test]
    fn a_card_that_was_put_right_on_its_first_day_was_never_the_wrong_branch_s() {
        let stays = [stay("甲", (5, "2024-02-01"), Some((6, "2024-02-01"))), stay("乙", (6, "2024-02-01"), None)];
        let year = Year::of(&stays, 2024, 20).expect("stays");
        assert!(!year.touches("甲"));
        assert_eq!(year.branch_on(day("2024-01-15")), Some("乙"));
    }
}
