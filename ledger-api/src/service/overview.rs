//! The district at a glance: what was earned, what is on its way, what ends soon, what is owed, and whether shelves and funds
//! can bear it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use ledger_core::domain::points::Points;
use ledger_core::domain::time::Month;
use projections::views::balance::Balance;
use projections::views::stock::Stock;

use super::ServiceError;
use super::desk::today;
use super::funds::{FundLine, funds};
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Rows read at once.
const PAGE: usize = 1_000;
/// Items that are told of as running out.
const LOW_MAX: usize = 20;
/// So few left are told of.
const LOW: i64 = 5;
/// What ends within so many days, today among them, ends soon.
pub const SOON_DAYS: u64 = 30;
/// Months of which it is told how much ends in each, the one that runs among them.
const MONTHS: usize = 3;

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
    /// What ends within [`SOON_DAYS`] if nobody spends it.
    pub ending_soon: Points,
    /// The same by the month of the last day, of the month that runs and the two after it.
    pub ending: Vec<(Month, Points)>,
    /// What all that lies on the shelves costs in points.
    pub stock_points: Points,
    /// By 资金编号.
    pub funds: Vec<FundLine>,
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

/// What ends when, as far as it is told of.
struct Ending {
    today: NaiveDate,
    /// The last day that is soon.
    soon: NaiveDate,
    points: Points,
    months: Vec<(Month, Points)>,
}

impl Ending {
    fn from(today: NaiveDate) -> Ending {
        let soon = today.checked_add_days(Days::new(SOON_DAYS.saturating_sub(1))).unwrap_or(today);
        let months = std::iter::successors(Some(Month::of(today)), |month| Some(month.next()));
        let months = months.take(MONTHS).map(|month| (month, Points::ZERO)).collect();
        Ending { today, soon, points: Points::ZERO, months }
    }

    /// Adds what is left in a worker's lots.
    fn add(&mut self, row: &Balance) {
        for lot in &row.account.lots {
            let Some(last_day) = lot.last_day.filter(|day| *day >= self.today && lot.remaining.is_positive()) else {
                continue;
            };
            if last_day <= self.soon {
                self.points += lot.remaining;
            }
            let month = Month::of(last_day);
            if let Some((_, points)) = self.months.iter_mut().find(|(found, _)| *found == month) {
                *points += lot.remaining;
            }
        }
    }
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
    overview.funds = funds(app, who).await?;
    let mut ending = Ending::from(today(app));
    let mut after = String::new();
    loop {
        let page = app.views.workers(&after, PAGE).await?;
        overview.workers += page.rows.len();
        page.rows.iter().for_each(|(_, row)| ending.add(row));
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    (overview.ending_soon, overview.ending) = (ending.points, ending.months);
    Ok(overview)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use ledger_core::domain::points::Points;
    use projections::account::Lot;
    use projections::views::balance::Balance;

    use super::Ending;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn lot(last_day: Option<&str>, left: i32, expired: i32) -> Lot {
        let (remaining, expired) = (Points::from_whole(left), Points::from_whole(expired));
        Lot { on: day("2025-06-01"), last_day: last_day.map(day), remaining, expired }
    }

    #[test]
    fn what_ends_soon_is_counted_by_its_last_day_and_by_month() {
        let mut row = Balance::default();
        row.account.lots = vec![
            lot(Some("2026-11-30"), 1, 0),
            lot(Some("2026-12-01"), 2, 0),
            lot(Some("2026-12-30"), 4, 0),
            lot(Some("2026-12-31"), 8, 0),
            lot(Some("2027-02-28"), 16, 0),
            lot(Some("2027-03-01"), 32, 0),
            lot(None, 64, 0),
            lot(Some("2026-12-10"), 0, 128),
        ];
        let mut ending = Ending::from(day("2026-12-01"));
        ending.add(&row);
        ending.add(&row);
        assert_eq!(ending.points, Points::from_whole(12), "thirty days, today and the thirtieth among them");
        let months: Vec<_> = ending.months.iter().map(|(month, points)| (month.to_string(), *points)).collect();
        let told = [("2026-12", 28), ("2027-01", 0), ("2027-02", 32)];
        assert_eq!(months, told.map(|(month, points)| (month.to_owned(), Points::from_whole(points))));
    }
}
