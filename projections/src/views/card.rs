//! The mutual-aid points card: who held which card in which branch from when on. What its score is made of stands in
//! [`crate::card_line`].
//!
//! Rows keep the positions at which they began and ended, so that the same question at an earlier position gets the
//! same answer byte for byte. Spending and expiry touch none of these rows.

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::Event;
use ledger_core::domain::worker::event::WorkerRecorded;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A stay of a card in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// 积分卡号.
    pub card_no: String,
    /// 所在党支部.
    pub branch: String,
    /// Since this position.
    pub from: u64,
    /// Until before this position, once it ended.
    pub until: Option<u64>,
    /// The business day on which it began.
    pub from_day: NaiveDate,
    /// The business day on which it ended: the first on which the card was no longer there.
    pub until_day: Option<NaiveDate>,
}

impl Stay {
    /// Whether it lasted at a position.
    pub fn holds_at(&self, position: u64) -> bool {
        self.from <= position && self.until.is_none_or(|until| position < until)
    }

    /// Whether it lasted on a business day. A card that moved on it was in the new branch.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|until| day < until)
    }
}

/// Since when a Party member is on probation (中共预备党员), or a full member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Since this position.
    pub from: u64,
    /// The business day.
    pub from_day: NaiveDate,
    /// Whether on probation.
    pub probationary: bool,
}

/// A Party member's cards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardStays {
    /// In order.
    pub stays: Vec<Stay>,
    /// What was told of the membership, in order; nothing of a member who never was on probation.
    pub memberships: Vec<Membership>,
}

impl CardStays {
    /// Whether the holder was on probation at the end of a year, as it was known at a position. What was told first counts for
    /// the days before as well: a register that comes with a year's history names no day.
    pub fn on_probation(&self, year: i32, position: u64) -> bool {
        let known = || self.memberships.iter().filter(|membership| membership.from <= position);
        let of_year = known().rfind(|membership| membership.from_day.year() <= year);
        of_year.or_else(|| known().next()).is_some_and(|membership| membership.probationary)
    }
}

fn is_member(recorded: &WorkerRecorded) -> bool {
    recorded.party_member == Some(true)
}

/// Cards and branches, keyed by worker.
pub struct CardBranchView;

impl View for CardBranchView {
    type Row = CardStays;
    const NAME: &'static str = "card_branch";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        let tells = event.as_card_step().is_some() || event.as_particulars().is_some_and(is_member);
        tells.then(|| event.worker().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut CardStays, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        let day = event.at().date();
        if let Some(recorded) = event.as_particulars().filter(|recorded| is_member(recorded)) {
            let probationary = recorded.probationary;
            if row.memberships.last().map_or(probationary, |last| last.probationary != probationary) {
                row.memberships.push(Membership { from: position, from_day: day, probationary });
            }
        }
        let Some(step) = event.as_card_step() else { return };
        if let Some(stay) = row.stays.last_mut()
            && stay.until.is_none()
        {
            stay.until = Some(position);
            stay.until_day = Some(day);
        }
        let Some(branch) = step.branch() else { return };
        row.stays.push(Stay {
            card_no: step.card_no().to_string(),
            branch: branch.to_string(),
            from: position,
            until: None,
            from_day: day,
            until_day: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{CardStays, Membership};

    #[test]
    fn probation_is_that_of_the_years_end_as_far_as_it_was_known() {
        let told = |from, day: (i32, u32, u32), probationary| Membership {
            from,
            from_day: NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap(),
            probationary,
        };
        let memberships = vec![told(5, (2024, 3, 1), true), told(90, (2025, 2, 1), false)];
        let holder = CardStays { stays: Vec::new(), memberships };
        let of = |year, position| holder.on_probation(year, position);
        assert_eq!([of(2024, 100), of(2025, 100), of(2026, 100)], [true, false, false]);
        assert!(of(2023, 100), "what was told first counts for the days before");
        assert_eq!([of(2025, 89), of(2025, 4)], [true, false], "as it was known then");
    }
}
