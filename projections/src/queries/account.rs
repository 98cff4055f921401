//! A worker's account: balance on a day, statement, holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{Sku, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::Worker;

use super::{At, Page};
use crate::account::{Account, AsOf};
use crate::as_of::BusinessCut;
use crate::error::ViewError;
use crate::handle::Views;
use crate::statement::{self, Line};
use crate::views::balance::{Balance, BalanceView};
use crate::views::hold::{Hold, HoldView};
use crate::views::holder::HolderView;
use crate::views::proposal::{Proposal, ProposalView};
use crate::views::returned::{Returned, ReturnedView};
use crate::waiting::Stage;

/// What a worker can spend on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceOn {
    /// What can be spent.
    pub available: Points,
    /// What is set aside.
    pub held: Points,
    /// What of it ends on which last day, soonest first; what never ends is left out.
    pub expiring: Vec<(NaiveDate, Points)>,
    /// What ended before the day and is not booked as expired yet, by its last day, soonest first: it cannot be spent, and
    /// no line of the statement takes it out.
    pub ended: Vec<(NaiveDate, Points)>,
    /// What credits taken back still owe; later credits pay it first.
    pub debt: Points,
}

impl Views {
    /// A worker's row.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn worker(&self, worker: &str) -> Result<At<Option<Balance>>, ViewError> {
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
    pub async fn balance_on(&self, worker: &str, day: NaiveDate) -> Result<At<Option<BalanceOn>>, ViewError> {
        let At { position, value: row } = self.worker(worker).await?;
        let value = match row {
            Some(row) => Some(self.balance_of(worker, &row, day).await?),
            None => None,
        };
        Ok(At { position, value })
    }

    /// The same of a row that was read.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn balance_of(&self, worker: &str, row: &Balance, day: NaiveDate) -> Result<BalanceOn, ViewError> {
        if row.latest.is_some_and(|latest| latest > day) {
            return self.past_balance(worker, row.position, day).await;
        }
        Ok(BalanceOn::of(&row.account, day))
    }

    /// The same of a day after which more happened: the account is folded again from its own stream, up to the last event
    /// that the row holds, as the state is told for that day.
    async fn past_balance(&self, worker: &str, until: u64, day: NaiveDate) -> Result<BalanceOn, ViewError> {
        let (mut cut, mut told) = (BusinessCut::new(Some(day)), AsOf::new(true));
        self.each_event_of(worker, until, &mut |_, event| {
            let admitted = cut.admits(event);
            let Event::Worker(event) = event else { return };
            if admitted {
                told.fold(event);
            } else {
                told.leave_out(event);
            }
        })
        .await?;
        Ok(BalanceOn::of(told.account(), day))
    }

    /// A worker's statement after a position up to another, oldest first; and the position to ask on after, where there
    /// is more.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn statement(
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

    /// Who holds a card of this number now.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn card_holder(&self, card_no: &str) -> Result<Option<String>, ViewError> {
        Ok(self.row::<HolderView>(card_no).await?.value.and_then(|row| row.worker))
    }

    /// How many units of which item a worker took in a calendar year, or has set aside, up to a position: what yearly
    /// limits count.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn units_taken(&self, worker: &str, year: i32, until: u64) -> Result<BTreeMap<Sku, u32>, ViewError> {
        let mut folded = Worker::default();
        self.each_event_of(worker, until, &mut |_, event| {
            if let Event::Worker(event) = event {
                folded.evolve(event);
            }
        })
        .await?;
        Ok(folded.units_of(year))
    }

    /// Every hold that is open, void or not.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn open_holds(&self) -> Result<Vec<(String, Hold)>, ViewError> {
        Ok(self.rows_under::<HoldView>("").await?.value)
    }

    /// Waiting credits of which something comes by itself once a day is over, each with that day; those whose day is over
    /// after `over`, in the order of their names.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn due_credits(&self, over: NaiveDate) -> Result<Vec<(String, NaiveDate, Stage)>, ViewError> {
        let waiting = self.rows_under::<ProposalView>("").await?.value;
        let due = |(credit, row): (String, Proposal)| {
            let day = row.way.due_after().filter(|day| *day <= over)?;
            Some((credit, day, row.way.stage))
        };
        Ok(waiting.into_iter().filter_map(due).collect())
    }

    /// An open hold.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn hold(&self, hold: &str) -> Result<At<Option<Hold>>, ViewError> {
        self.row::<HoldView>(hold).await
    }

    /// Open holds in the order of their names, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn holds(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Hold) -> bool + Send + Sync,
    ) -> Result<Page<Hold>, ViewError> {
        self.page_of::<HoldView>("", after, limit, keep).await
    }

    /// Credits that wait for a second person or for an objection's decision, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn proposals(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Proposal) -> bool + Send + Sync,
    ) -> Result<Page<Proposal>, ViewError> {
        self.page_of::<ProposalView>("", after, limit, keep).await
    }

    /// Credits that were returned on a business day or later, each with its name; the last one first.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn returned_since(&self, day: NaiveDate) -> Result<Vec<(String, Returned)>, ViewError> {
        // Keys begin with the day, and the day itself comes before each of its keys.
        let page = self.page_of::<ReturnedView>("", &day.to_string(), usize::MAX, |_| true).await?;
        let credit = |key: &str| key.split_once('/').map(|(_, credit)| credit.to_owned());
        let named = page.rows.into_iter().filter_map(|(key, row)| Some((credit(&key)?, row)));
        let mut returned: Vec<(String, Returned)> = named.collect();
        returned.sort_by(|(one, first), (other, second)| (second.at, other).cmp(&(first.at, one)));
        Ok(returned)
    }
}

impl BalanceOn {
    fn of(account: &Account, day: NaiveDate) -> BalanceOn {
        let mut available = Points::ZERO;
        let (mut ends, mut ended) = (BTreeMap::<NaiveDate, Points>::new(), BTreeMap::<NaiveDate, Points>::new());
        for (last_day, points) in account.spendable_on(day).filter(|(_, points)| points.is_positive()) {
            available += points;
            if let Some(last_day) = last_day {
                *ends.entry(last_day).or_default() += points;
            }
        }
        for lot in &account.lots {
            if let Some(last_day) = lot.last_day.filter(|last_day| *last_day < day && lot.remaining.is_positive()) {
                *ended.entry(last_day).or_default() += lot.remaining;
            }
        }
        // Holds captured under an earlier date than they were placed would show below zero.
        let (held, debt) = (account.held.max(Points::ZERO), account.debt.max(Points::ZERO));
        let [expiring, ended] = [ends, ended].map(|days| days.into_iter().collect());
        BalanceOn { available, held, expiring, ended, debt }
    }
}
