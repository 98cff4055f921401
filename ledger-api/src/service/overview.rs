//! The district at a glance: what was earned, what is on its way, what is owed, and whether the shelves can bear it.

use std::collections::BTreeMap;

use ledger_core::domain::points::Points;
use projections::views::stock::Stock;

use super::ServiceError;
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Rows read at once.
const PAGE: usize = 1_000;
/// Items that are told of as running out.
const LOW_MAX: usize = 20;
/// So few left are told of.
const LOW: i64 = 5;

/// The district's figures.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// The district's name.
    pub district: Option<String>,
    /// Points ever earned, less those taken back.
    pub earned: Points,
    /// Spent.
    pub redeemed: Points,
    /// Booked as expired.
    pub expired: Points,
    /// What can be spent or is set aside: what the district owes its workers.
    pub outstanding: Points,
    /// Set aside.
    pub held: Points,
    /// Waiting for a check, for publicity or for a decision.
    pub pending: Points,
    /// How many credits wait.
    pub waiting: usize,
    /// What all that lies on the shelves costs in points.
    pub stock_points: Points,
    /// Redeemed by store: id, name, points.
    pub stores: Vec<(String, String, Points)>,
    /// Items of which few are left: store, item, units.
    pub low: Vec<(String, String, i64)>,
    /// How many workers there are.
    pub workers: usize,
    /// Answered from a state that includes this position.
    pub position: u64,
}

/// How many of an item are left, and what they cost in points.
fn left_of(item: &Stock) -> (i64, Points) {
    let left = item.on_shelf.max(0);
    let units = u32::try_from(left).unwrap_or(u32::MAX);
    (left, item.price.times(units).unwrap_or(Points::ZERO))
}

/// What the district owes its workers, and what all that lies on the shelves costs in points.
pub(super) async fn outstanding_and_stock(app: &App) -> Result<(Points, Points), ServiceError> {
    let sums = app.views.trial_balance().await?.value;
    let owed = sums.into_iter().filter(|(group, _)| matches!(group.as_str(), "available" | "held"));
    let outstanding = owed.map(|(_, points)| points).sum();
    let (mut stock_points, mut after) = (Points::ZERO, String::new());
    loop {
        let page = app.views.stores(&after, PAGE).await?;
        for (id, _) in &page.rows {
            let shelves = app.views.stock(id, "", PAGE).await?.rows;
            stock_points +=
                shelves.iter().filter(|(_, item)| item.listed).map(|(_, item)| left_of(item).1).sum::<Points>();
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok((outstanding, stock_points)),
        }
    }
}

/// The district's figures.
///
/// # Errors
/// [`ServiceError`].
pub async fn overview(app: &App, who: Who<'_>) -> Result<Overview, ServiceError> {
    let reading = may_read(who, Read::Overview, Target::District)?;
    let position = reading.at_least(app, None).await?;
    let sums: BTreeMap<String, Points> = app.views.trial_balance().await?.value.into_iter().collect();
    let sum = |group: &str| sums.get(group).copied().unwrap_or(Points::ZERO);
    let mut overview = Overview {
        position,
        // What comes out of issuance is below zero there.
        earned: Points::ZERO - sum("issuance") - sum("reversed"),
        expired: sum("expired"),
        held: sum("held"),
        outstanding: sum("available") + sum("held"),
        district: app.views.programme().await?.value.settings.map(|settings| settings.name),
        ..Overview::default()
    };
    let waiting = app.views.proposals("", usize::MAX, |row| row.proposed).await?.rows;
    overview.waiting = waiting.len();
    overview.pending = waiting.iter().map(|(_, row)| row.points).sum();
    let mut after = String::new();
    loop {
        let page = app.views.stores(&after, PAGE).await?;
        for (id, store) in page.rows {
            let spent = sum(&format!("redeemed:{id}"));
            overview.redeemed += spent;
            let shelves = app.views.stock(&id, "", PAGE).await?.rows;
            for (_, item) in shelves.into_iter().filter(|(_, item)| item.listed) {
                let (left, worth) = left_of(&item);
                overview.stock_points += worth;
                if left <= LOW && overview.low.len() < LOW_MAX {
                    overview.low.push((store.name.clone(), item.name, left));
                }
            }
            overview.stores.push((id, store.name, spent));
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let mut after = String::new();
    loop {
        let page = app.views.workers(&after, PAGE).await?;
        overview.workers += page.rows.len();
        match page.next {
            Some(next) => after = next,
            None => return Ok(overview),
        }
    }
}
