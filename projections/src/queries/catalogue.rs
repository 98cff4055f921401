//! Accounts, stores, stock, merchants, settlements, the schedule, the trial balance.

use chrono::NaiveDate;
use ledger_core::domain::account::{Account, Grant};
use ledger_core::domain::ids::GrantId;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::event::ProgrammeConfigured;
use ledger_core::domain::schedule::ScheduleVersion;
use ledger_core::domain::time::Month;

use super::{At, Page};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::account::AccountView;
use crate::views::case::{Case, CaseView};
use crate::views::merchant::{Merchant, MerchantView};
use crate::views::schedule::{SETTINGS_KEY, ScheduleView};
use crate::views::settlement::{Due, Settlement, SettlementView, carry};
use crate::views::stock::{Stock, StockView};
use crate::views::store::{Store, StoreView};
use crate::views::trial_balance::TrialBalanceView;

impl Views {
    /// An account and its grants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn account_row(&self, account: &str) -> Result<At<Option<Account>>, ViewError> {
        self.row::<AccountView>(account).await
    }

    /// Accounts in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn account_rows(&self, after: &str, limit: usize) -> Result<Page<Account>, ViewError> {
        self.page::<AccountView>("", after, limit).await
    }

    /// Grants whose last day was over by the end of a day and whose end nobody told, each with its last day.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn due_grants(&self, over: NaiveDate) -> Result<Vec<(GrantId, NaiveDate)>, ViewError> {
        let accounts = self.rows_under::<AccountView>("").await?.value;
        let ran_out = |(grant, held): (&GrantId, &Grant)| {
            let last_day = held.term.until.filter(|until| held.term.ended.is_none() && *until <= over)?;
            Some((grant.clone(), last_day))
        };
        Ok(accounts.iter().flat_map(|(_, account)| account.grants().filter_map(ran_out)).collect())
    }

    /// A store's particulars.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn store_row(&self, store: &str) -> Result<At<Option<Store>>, ViewError> {
        self.row::<StoreView>(store).await
    }

    /// Whether the site that a store belongs to is closed on a day.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn is_at_closed_site(&self, store: &str, day: NaiveDate) -> Result<bool, ViewError> {
        let Some(site) = self.store_row(store).await?.value.and_then(|store| store.site) else { return Ok(false) };
        Ok(self.site(&site).await?.value.is_some_and(|site| site.is_closed(day)))
    }

    /// Stores in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn stores(&self, after: &str, limit: usize) -> Result<Page<Store>, ViewError> {
        self.page::<StoreView>("", after, limit).await
    }

    /// A store's cases of what was handed out unheard, of those that `keep` wants, keyed by case.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn cases(
        &self,
        store: &str,
        after: &str,
        limit: usize,
        keep: impl Fn(&Case) -> bool + Send + Sync,
    ) -> Result<Page<Case>, ViewError> {
        self.page_under::<CaseView>(store, after, limit, keep).await
    }

    /// A store's items, keyed by item.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn stock(&self, store: &str, after_sku: &str, limit: usize) -> Result<Page<Stock>, ViewError> {
        self.page_under::<StockView>(store, after_sku, limit, |_| true).await
    }

    /// A merchant's particulars.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn merchant(&self, merchant: &str) -> Result<At<Option<Merchant>>, ViewError> {
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
    pub async fn settlement(&self, merchant: &str, month: Month) -> Result<At<Settlement>, ViewError> {
        Ok(self.row::<SettlementView>(&format!("{merchant}/{month}")).await?.map(Option::unwrap_or_default))
    }

    /// A merchant's months, oldest first.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn settlements(&self, merchant: &str) -> Result<At<Vec<(String, Settlement)>>, ViewError> {
        self.rows_of::<SettlementView>(merchant).await
    }

    /// A merchant's months, oldest first, each with what the ones before it carry on.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn dues(&self, merchant: &str) -> Result<At<Vec<(String, Due)>>, ViewError> {
        Ok(self.settlements(merchant).await?.map(carry))
    }

    /// What a merchant is owed for a month, after what the months before it carry on.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn due(&self, merchant: &str, month: Month) -> Result<At<Due>, ViewError> {
        let month = month.to_string();
        Ok(self.dues(merchant).await?.map(|mut months| {
            months.retain(|(other, _)| *other <= month);
            match months.pop() {
                Some((last, due)) if last == month => due,
                Some((_, before)) => Due::after(before.goes_on(), Settlement::default()),
                None => Due::default(),
            }
        }))
    }

    /// The versions of the points schedule, in order of adoption, and the district's settings.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn programme(&self) -> Result<At<Programme>, ViewError> {
        let rows = self.rows_under::<ScheduleView>("").await?;
        Ok(rows.map(|rows| {
            let mut programme = Programme::default();
            for (key, row) in rows {
                if key == SETTINGS_KEY {
                    programme.settings = row.settings;
                } else {
                    programme.versions.extend(row.version);
                }
            }
            programme
        }))
    }

    /// The versions of the points schedule in order of adoption, each with the position of the entry that recorded it.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn adoptions(&self) -> Result<At<Vec<(ScheduleVersion, u64)>>, ViewError> {
        let rows = self.rows_under::<ScheduleView>("").await?;
        Ok(rows.map(|rows| rows.into_iter().filter_map(|(_, row)| Some((row.version?, row.position))).collect()))
    }

    /// The sums of all accounts by group, `redeemed` by store; together they are zero.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn trial_balance(&self) -> Result<At<Vec<(String, Points)>>, ViewError> {
        let rows = self.rows_under::<TrialBalanceView>("").await?;
        Ok(rows.map(|rows| rows.into_iter().map(|(group, row)| (group, row.points)).collect()))
    }
}

/// What the programme says.
#[derive(Debug, Clone, Default)]
pub struct Programme {
    /// The versions of the points schedule, in order of adoption.
    pub versions: Vec<ScheduleVersion>,
    /// The district's settings, once given.
    pub settings: Option<ProgrammeConfigured>,
}

impl Programme {
    /// The version in force on a service date.
    pub fn version_on(&self, day: NaiveDate) -> Option<&ScheduleVersion> {
        let begun = self.versions.iter().filter(|version| version.effective_from <= day);
        begun.max_by_key(|version| (version.effective_from, version.version))
    }
}
