//! The mutual-aid points card: who held which card in which branch from when on. What its score is made of stands in
//! [`crate::card_line`].
//!
//! Rows keep the positions at which they began and ended, so that the same question at an earlier position gets the
//! same answer byte for byte. Spending and expiry touch none of these rows.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A stay of a card in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The card.
    pub card_no: String,
    /// The branch.
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

/// A worker's cards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardStays {
    /// In order.
    pub stays: Vec<Stay>,
}

/// Cards and branches, keyed by worker.
pub struct CardBranchView;

impl View for CardBranchView {
    type Row = CardStays;
    const NAME: &'static str = "card_branch";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        event.as_card_step().map(|_| event.worker().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut CardStays, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        let Some(step) = event.as_card_step() else { return };
        let day = event.at().date();
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
