//! Party branches, by the cards that are in them on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::At;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::card::CardBranchView;

impl Views {
    /// The branches that had a card by a business day, each with how many it had on that day. A card that moved on the
    /// day counts where it went.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn branches_on(&self, day: NaiveDate) -> Result<At<BTreeMap<String, u64>>, ViewError> {
        let mut branches = BTreeMap::new();
        let At { position, value: holders } = self.rows_under::<CardBranchView>("").await?;
        for (_, holder) in holders {
            for stay in holder.stays.into_iter().filter(|stay| stay.from_day <= day) {
                let counts = u64::from(stay.holds_on(day));
                *branches.entry(stay.branch).or_insert(0) += counts;
            }
        }
        Ok(At { position, value: branches })
    }
}
