//! Stores, stock, merchants, settlements, the schedule, the trial balance.

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::event::ProgrammeConfigured;
use ledger_core::domain::schedule::ScheduleVersion;
use ledger_core::domain::time::Month;

use super::Page;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::merchant::{Merchant, MerchantView};
use crate::views::schedule::{SETTINGS_KEY, ScheduleView};
use crate::views::settlement::{Due, Settlement, SettlementView, carry};
use crate::views::stock::{Stock, StockView};
use crate::views::store::{Store, StoreView};
use crate::views::trial_balance::TrialBalanceView;

impl Views {
    /// A store's particulars.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn store_row(&self, store: &str) -> Result<Option<Store>, ViewError> {
        self.row::<StoreView>(store).await
    }

    /// Stores in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn stores(&self, after: &str, limit: usize) -> Result<Page<Store>, ViewError> {
        self.page::<StoreView>("", after, limit).await
    }

    /// A store's items, keyed by item.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn stock(&self, store: &str, after_sku: &str, limit: usize) -> Result<Page<Stock>, ViewError> {
        let prefix = format!("{store}/");
        let after = if after_sku.is_empty() { String::new() } else { format!("{prefix}{after_sku}") };
        let mut page = self.page::<StockView>(&prefix, &after, limit).await?;
        let strip = |key: &str| key.strip_prefix(&prefix).unwrap_or(key).to_owned();
        page.rows.iter_mut().for_each(|(key, _)| *key = strip(key));
        page.next = page.next.as_deref().map(strip);
        Ok(page)
    }

    /// A merchant's particulars.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn merchant(&self, merchant: &str) -> Result<Option<Merchant>, ViewError> {
        self.row::<MerchantView>(merchant).await
    }

    /// Merchants in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn merchants(&self, after: &str, limit: usize) -> Result<Page<Merchant>, ViewError> {
        self.page::<MerchantView>("", after, limit).await
    }

    /// What a merchant is owed and was paid for a month; all zero where nothing was honoured.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn settlement(&self, merchant: &str, month: Month) -> Result<Settlement, ViewError> {
        Ok(self.row::<SettlementView>(&format!("{merchant}/{month}")).await?.unwrap_or_default())
    }

    /// A merchant's months, oldest first.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn settlements(&self, merchant: &str) -> Result<Vec<(String, Settlement)>, ViewError> {
        let prefix = format!("{merchant}/");
        let rows = self.rows_under::<SettlementView>(&prefix).await?;
        Ok(rows.into_iter().map(|(key, row)| (key.strip_prefix(&prefix).unwrap_or(&key).to_owned(), row)).collect())
    }

    /// A merchant's months, oldest first, each with what the ones before it carry on.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn dues(&self, merchant: &str) -> Result<Vec<(String, Due)>, ViewError> {
        Ok(carry(self.settlements(merchant).await?))
    }

    /// What a merchant is owed for a month, after what the months before it carry on.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn due(&self, merchant: &str, month: Month) -> Result<Due, ViewError> {
        let month = month.to_string();
        let mut months = self.dues(merchant).await?;
        months.retain(|(other, _)| *other <= month);
        Ok(match months.pop() {
            Some((last, due)) if last == month => due,
            Some((_, before)) => Due::after(before.carried_on, Settlement::default()),
            None => Due::default(),
        })
    }

    /// The versions of the points schedule, in order of adoption.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn schedules(&self) -> Result<Vec<ScheduleVersion>, ViewError> {
        let rows = self.rows_under::<ScheduleView>("").await?;
        Ok(rows.into_iter().filter_map(|(_, row)| row.version).collect())
    }

    /// The version in force on a service date.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn schedule_on(&self, day: NaiveDate) -> Result<Option<ScheduleVersion>, ViewError> {
        let versions = self.schedules().await?;
        Ok(versions
            .into_iter()
            .filter(|version| version.effective_from <= day)
            .max_by_key(|version| (version.effective_from, version.version)))
    }

    /// The district's settings, once given.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn settings(&self) -> Result<Option<ProgrammeConfigured>, ViewError> {
        Ok(self.row::<ScheduleView>(SETTINGS_KEY).await?.and_then(|row| row.settings))
    }

    /// The sums of all accounts by group, `redeemed` by store; together they are zero.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn trial_balance(&self) -> Result<Vec<(String, Points)>, ViewError> {
        let rows = self.rows_under::<TrialBalanceView>("").await?;
        Ok(rows.into_iter().map(|(group, row)| (group, row.points)).collect())
    }
}
