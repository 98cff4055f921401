//! What hung on the wall (公示) on a day that is over.

use chrono::NaiveDate;
use ledger_core::domain::points::Points;

use super::At;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::publicity::{Publicity, PublicityView, of_credit, of_month};

/// A credit on the list of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hanging {
    /// 记录号, or the key of the command that recorded it.
    pub credit: String,
    /// The worker's id (编号).
    pub worker: String,
    /// 活动代码.
    pub activity: String,
    /// The service date.
    pub on: NaiveDate,
    /// Units of service; of a day that is over they are not kept.
    pub quantity: Option<String>,
    /// In exact hundredths.
    pub points: Points,
    /// The last day of its publicity, as that day's list said.
    pub public_until: NaiveDate,
}

impl Views {
    /// The credits that hung on the wall on a past day, also those that were decided or objected to since.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn public_on(&self, day: NaiveDate) -> Result<At<Vec<Hanging>>, ViewError> {
        let At { position, value: marks } = self.rows_under::<PublicityView>(&of_month(day)).await?;
        let mut hanging = Vec::new();
        for credit in marks.iter().filter_map(|(_, mark)| mark.marked()) {
            let Some(row) = self.row::<PublicityView>(&of_credit(credit)).await?.value else { continue };
            let Some(public_until) = row.until_on(day) else { continue };
            let Publicity { worker, activity, on, points, .. } = row;
            let credit = credit.to_owned();
            hanging.push(Hanging { credit, worker, activity, on, quantity: None, points, public_until });
        }
        Ok(At { position, value: hanging })
    }
}
