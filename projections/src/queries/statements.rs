//! The lines of a month's statement, from the streams themselves: of a merchant, and of a paying body's funds.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{FundId, MerchantId};
use ledger_core::domain::statement::Line;
use ledger_core::domain::time::Month;

use super::{At, Page};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::fund::FundView;
use crate::views::settlement::{Settlement, SettlementView};

/// A line with the position of its entry.
pub type Placed = (u64, Line);

impl Views {
    /// What was booked in a merchant's month, where something was.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn merchant_month(&self, merchant: &str, month: Month) -> Result<At<Option<Settlement>>, ViewError> {
        self.row::<SettlementView>(&format!("{merchant}/{month}")).await
    }

    /// The lines of a merchant's month, in the order of the journal, as they stand in the row.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn merchant_lines(
        &self,
        merchant: &MerchantId,
        month: Month,
        row: &Settlement,
    ) -> Result<Vec<Placed>, ViewError> {
        let (stream, mut lines) = (StreamId::Merchant(merchant.clone()), Vec::new());
        if row.lines.sums.lines == 0 {
            return Ok(lines);
        }
        let after = row.lines.first.saturating_sub(1);
        self.each_entry_of(&stream, after, row.lines.last, &mut |entry, event| {
            let line = event.as_merchant().and_then(|event| event.line());
            lines.extend(line.filter(|(of, _)| *of == month).map(|(_, line)| (entry.position, line)));
        })
        .await?;
        Ok(lines)
    }

    /// The funds of a paying body, by id.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn funds_of(&self, body: &str, limit: usize) -> Result<Page<Fund>, ViewError> {
        let is_its = |fund: &Fund| fund.terms().is_some_and(|terms| terms.body == body);
        self.page_of::<FundView>("", "", limit, is_its).await
    }

    /// The lines of a fund's month up to a position, in the order of the journal.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn fund_lines(&self, fund: &FundId, month: Month, until: u64) -> Result<Vec<Placed>, ViewError> {
        let (stream, mut lines) = (StreamId::Fund(fund.clone()), Vec::new());
        self.each_entry_of(&stream, 0, until, &mut |entry, event| {
            let line = event.as_fund().and_then(|event| event.line());
            lines.extend(line.filter(|(of, _)| *of == month).map(|(_, line)| (entry.position, line)));
        })
        .await?;
        Ok(lines)
    }
}
