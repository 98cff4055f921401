//! A worker's account: balance on a day, statement, holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;

use super::Page;
use crate::account::Account;
use crate::as_of::BusinessCut;
use crate::error::ViewError;
use crate::handle::Views;
use crate::statement::{self, Line};
use crate::views::balance::{Balance, BalanceView};
use crate::views::hold::{Hold, HoldView};
use crate::views::proposal::{Proposal, ProposalView};

/// What a worker can spend on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceOn {
    /// What can be spent.
    pub available: Points,
    /// What is set aside.
    pub held: Points,
    /// What of it ends on which last day, soonest first; what never ends is left out.
    pub expiring: Vec<(NaiveDate, Points)>,
    /// What credits taken back still owe; later credits pay it first.
    pub debt: Points,
}

impl Views {
    /// A worker's row.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn worker(&self, worker: &str) -> Result<Option<Balance>, ViewError> {
        self.row::<BalanceView>(worker).await
    }

    /// Workers in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn workers(&self, after: &str, limit: usize) -> Result<Page<Balance>, ViewError> {
        self.page::<BalanceView>("", after, limit).await
    }

    /// What a worker could spend on a day, by business time: what happened on later days is left out.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn balance_on(&self, worker: &str, day: NaiveDate) -> Result<Option<BalanceOn>, ViewError> {
        let Some(row) = self.worker(worker).await? else { return Ok(None) };
        if row.latest.is_some_and(|latest| latest > day) {
            return self.past_balance(worker, row.position, day).await.map(Some);
        }
        let lots = row.lots.iter().map(|lot| (lot.last_day, lot.spendable_on(day)));
        Ok(Some(BalanceOn::of(lots, row.held, row.debt)))
    }

    /// The same of a day after which more happened: the account is folded again from its own stream, up to the last event
    /// that the row holds, as the state is told for that day.
    async fn past_balance(&self, worker: &str, until: u64, day: NaiveDate) -> Result<BalanceOn, ViewError> {
        let (mut cut, mut account) = (BusinessCut::new(Some(day)), Account::default());
        self.each_event_of(worker, until, &mut |_, event| {
            if let (true, Event::Worker(event)) = (cut.admits(event), event) {
                account.fold(event, true);
            }
        })
        .await?;
        Ok(BalanceOn::of(account.spendable_on(day), account.held(), account.debt()))
    }

    /// A worker's statement after a position, oldest first, up to where the views stand; and the position to ask on
    /// after, where there is more.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn statement(
        &self,
        worker: &str,
        after: u64,
        limit: usize,
    ) -> Result<(Vec<Line>, Option<u64>), ViewError> {
        self.lines(worker, after, self.position(), limit).await
    }

    async fn lines(
        &self,
        worker: &str,
        after: u64,
        until: u64,
        limit: usize,
    ) -> Result<(Vec<Line>, Option<u64>), ViewError> {
        let Ok(worker) = WorkerId::new(worker) else { return Ok((Vec::new(), None)) };
        let stream = StreamId::Worker(worker);
        let mut entries = self.journal().read_stream(&stream, after, limit.saturating_add(1)).await?;
        entries.retain(|entry| entry.position <= until);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let mut lines = Vec::with_capacity(entries.len());
        for entry in &entries {
            lines.extend(statement::line(entry, &entry.event()?));
        }
        let next = if more { entries.last().map(|entry| entry.position) } else { None };
        Ok((lines, next))
    }

    /// Open holds that are void from a time on.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn due_holds(&self, at: BusinessTime) -> Result<Vec<(String, Hold)>, ViewError> {
        let open = self.rows_under::<HoldView>("").await?;
        Ok(open.into_iter().filter(|(_, hold)| hold.expires_at.is_some_and(|expires| expires <= at)).collect())
    }

    /// An open hold.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn hold(&self, hold: &str) -> Result<Option<Hold>, ViewError> {
        self.row::<HoldView>(hold).await
    }

    /// Open holds in the order of their names.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn holds(&self, after: &str, limit: usize) -> Result<Page<Hold>, ViewError> {
        self.page::<HoldView>("", after, limit).await
    }

    /// Credits that wait for a second person or for an objection's decision.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn proposals(&self, after: &str, limit: usize) -> Result<Page<Proposal>, ViewError> {
        self.page::<ProposalView>("", after, limit).await
    }
}

impl BalanceOn {
    fn of(lots: impl Iterator<Item = (Option<NaiveDate>, Points)>, held: Points, debt: Points) -> BalanceOn {
        let mut available = Points::ZERO;
        let mut ends: BTreeMap<NaiveDate, Points> = BTreeMap::new();
        for (last_day, points) in lots.filter(|(_, points)| points.is_positive()) {
            available += points;
            if let Some(last_day) = last_day {
                *ends.entry(last_day).or_default() += points;
            }
        }
        // Holds captured under an earlier date than they were placed would show below zero.
        let (held, debt) = (held.max(Points::ZERO), debt.max(Points::ZERO));
        BalanceOn { available, held, expiring: ends.into_iter().collect(), debt }
    }
}
