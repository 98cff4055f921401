//! A worker's account: balance on a day, statement, holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::BusinessTime;

use super::Page;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::balance::{Balance, BalanceView};
use crate::views::hold::{Hold, HoldView};
use crate::views::lot::{Lot, LotView};
use crate::views::proposal::{Proposal, ProposalView};
use crate::views::statement::{Line, StatementView, key as line_key};

/// So often is a balance read that changes while it is read.
const READS_MAX: u32 = 20;

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

    /// A worker's lots, in the order they were recorded.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn lots(&self, worker: &str) -> Result<Vec<Lot>, ViewError> {
        Ok(self.rows_under::<LotView>(&format!("{worker}/")).await?.into_iter().map(|(_, lot)| lot).collect())
    }

    /// The lots of all workers, keyed by worker and number, for walks over the district.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn all_lots(&self, after: &str, limit: usize) -> Result<Page<Lot>, ViewError> {
        self.page::<LotView>("", after, limit).await
    }

    /// What a worker could spend on a day, by business time: what happened on later days is taken out again.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn balance_on(&self, worker: &str, day: NaiveDate) -> Result<Option<BalanceOn>, ViewError> {
        // Row, lots and statement are three reads: what moved in between would be counted twice or not at all.
        for _ in 0..READS_MAX {
            let Some(row) = self.worker(worker).await? else { return Ok(None) };
            let position = row.position;
            let balance = self.balance_of(worker, row, day).await?;
            if self.worker(worker).await?.is_some_and(|after| after.position == position) {
                return Ok(Some(balance));
            }
        }
        Err(ViewError::Unavailable(format!("worker {worker} changes faster than it can be read; try again")))
    }

    async fn balance_of(&self, worker: &str, row: Balance, day: NaiveDate) -> Result<BalanceOn, ViewError> {
        let lots = self.rows_under::<LotView>(&format!("{worker}/")).await?;
        let mut by_number: BTreeMap<u32, Lot> = BTreeMap::new();
        for (key, lot) in lots {
            if let Some(number) = key.rsplit('/').next().and_then(|number| number.parse().ok()) {
                by_number.insert(number, lot);
            }
        }
        let (mut held, mut debt) = (row.held, row.debt);
        for (_, line) in self.rows_under::<StatementView>(&format!("{worker}/")).await? {
            if line.at.is_some_and(|at| at.date() > day) {
                undo(&line, &mut by_number, &mut held, &mut debt);
            }
        }
        let mut available = Points::ZERO;
        let mut ends: BTreeMap<NaiveDate, Points> = BTreeMap::new();
        for lot in by_number.values() {
            let points = lot.spendable_on(day);
            if points.is_positive() {
                available += points;
                if let Some(last_day) = lot.last_day {
                    *ends.entry(last_day).or_default() += points;
                }
            }
        }
        // Debts paid since, and holds captured under an earlier date than they were placed, would show below zero.
        let (held, debt) = (held.max(Points::ZERO), debt.max(Points::ZERO));
        Ok(BalanceOn { available, held, expiring: ends.into_iter().collect(), debt })
    }

    /// A worker's statement after a position, oldest first.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn statement(&self, worker: &str, after: u64, limit: usize) -> Result<Page<Line>, ViewError> {
        let prefix = format!("{worker}/");
        self.page::<StatementView>(&prefix, &line_key(worker, after), limit).await
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

    /// Credits that wait for a second person or for an objection's decision.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn proposals(&self, after: &str, limit: usize) -> Result<Page<Proposal>, ViewError> {
        self.page::<ProposalView>("", after, limit).await
    }
}

/// Takes a line's effect on lots, holds and debt out again. Expiry needs no undoing: booked or not, a lot's days tell.
fn undo(line: &Line, lots: &mut BTreeMap<u32, Lot>, held: &mut Points, debt: &mut Points) {
    let mut give = |sign_back: bool| {
        for part in &line.lots {
            if let Some(lot) = lots.get_mut(&part.0) {
                if sign_back {
                    lot.remaining += part.1;
                } else {
                    lot.remaining -= part.1;
                }
            }
        }
    };
    let on_lots: Points = line.lots.iter().map(|part| part.1).sum();
    let total: Points = line.lines.iter().filter_map(|one| one.price.times(one.quantity)).sum();
    match line.event.as_str() {
        "Redeemed" => give(true),
        "PointsHeld" => {
            give(true);
            *held -= total;
        }
        "HoldCaptured" => *held += total,
        "HoldReleased" | "HoldExpired" => {
            give(false);
            *held += total;
            *debt += total - on_lots;
        }
        "RedemptionReversed" => {
            give(false);
            *debt += total - on_lots;
        }
        // A credit counts from its service date on, however late it was confirmed; only its being taken back is undone.
        "CreditReversed" => {
            give(true);
            *debt -= line.lots.iter().filter_map(|part| Some(lots.get(&part.0)?.points - part.1)).sum::<Points>();
        }
        _ => {}
    }
}
