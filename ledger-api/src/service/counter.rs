//! What a counter asks: who stands before it, what that person can have here, and what was given out today.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{Sku, WorkerId};
use ledger_core::domain::points::Points;
use projections::queries::redemption::StoreDay;
use projections::views::stock::Stock;

use super::ServiceError;
use super::counter_proof::meant;
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::vault::WORKER;

/// Most items that a counter shows.
const ITEMS_MAX: usize = 500;
/// Most redemptions of a day that are listed; its totals are of all.
const DAY_MAX: usize = 500;

/// Whoever stands before a counter, as it may see them.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The worker's id.
    pub worker: String,
    /// The name, for masking; none where none is kept.
    pub name: Option<String>,
    /// What can be spent today.
    pub available: Points,
    /// What is set aside.
    pub held: Points,
    /// The worker has left.
    pub departed: bool,
    /// The code that came with the name, not looked at.
    pub code: Option<String>,
    /// What there is here, in the order of the item's codes.
    pub goods: Vec<Goods>,
}

/// An item at a counter.
#[derive(Debug, Clone)]
pub struct Goods {
    /// Its code.
    pub sku: String,
    /// What it is called.
    pub name: String,
    /// What it costs.
    pub price: Points,
    /// How many are on the shelf and not set aside.
    pub left: i64,
    /// How many this person may still have this year; none where there is no limit.
    pub allowed: Option<u32>,
}

impl Goods {
    /// Why so many cannot be had for so many points; none where they can.
    pub fn obstacle(&self, units: u32, points: Points) -> Option<Obstacle> {
        if i64::from(units) > self.left {
            return Some(Obstacle::OutOfStock);
        }
        if self.allowed.is_some_and(|allowed| units > allowed) {
            return Some(Obstacle::Limit);
        }
        match self.price.times(units) {
            Some(cost) if cost <= points => None,
            Some(cost) => Some(Obstacle::Short(cost - points)),
            None => Some(Obstacle::OutOfStock),
        }
    }
}

/// Why somebody cannot have an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Too few are left.
    OutOfStock,
    /// The year's limit is reached.
    Limit,
    /// So many points are missing.
    Short(Points),
}

/// Whoever is named by a code, a card's number or an id at a counter; nobody where nothing has that name. Each look is
/// recorded for the worker.
///
/// # Errors
/// [`ServiceError`].
pub async fn look_up(app: &App, who: Who<'_>, store: &str, named: &str) -> Result<Option<Customer>, ServiceError> {
    let reading = may_read(who, Read::Counter, Target::Store(store))?;
    let position = reading.at_least(app, None).await?;
    let (Some(worker), code) = meant(app, named).await? else { return Ok(None) };
    let Some(row) = app.views.worker(worker.as_str()).await?.value else { return Ok(None) };
    reading.note_worker(app, worker.as_str());
    let today = app.ledger.now().date();
    let balance = app.views.balance_of(worker.as_str(), &row, today).await?;
    let taken = app.views.units_taken(worker.as_str(), chrono::Datelike::year(&today), position).await?;
    let goods = goods_at(app, store, &taken).await?;
    let name = app.vault.get_name(WORKER, worker.as_str()).await?;
    Ok(Some(Customer {
        worker: worker.to_string(),
        name,
        available: balance.available,
        held: balance.held,
        departed: row.departed,
        code,
        goods,
    }))
}

/// What is on a store's list, for somebody who took so many units this year.
pub(super) async fn goods_at(app: &App, store: &str, taken: &BTreeMap<Sku, u32>) -> Result<Vec<Goods>, ServiceError> {
    let page = app.views.stock(store, "", ITEMS_MAX).await?;
    let listed = page.rows.into_iter().filter(|(_, item)| item.listed);
    let goods = listed.map(|(sku, item)| {
        let taken = taken.get(sku.as_str()).copied().unwrap_or(0);
        goods(sku, item, taken)
    });
    Ok(goods.collect())
}

fn goods(sku: String, item: Stock, taken: u32) -> Goods {
    Goods {
        sku,
        name: item.name,
        price: item.price,
        left: item.on_shelf,
        allowed: item.limit_per_worker_year.map(|limit| limit.saturating_sub(taken)),
    }
}

/// The worker that a typed or scanned text names.
pub(super) async fn named_worker(app: &App, named: &str) -> Result<Option<WorkerId>, ServiceError> {
    let named = narrow(named);
    for text in [named.clone(), named.to_uppercase()] {
        let Ok(worker) = WorkerId::new(&text) else { continue };
        if app.views.worker(worker.as_str()).await?.value.is_some() {
            return Ok(Some(worker));
        }
        if let Some(holder) = app.views.card_holder(&text).await? {
            return Ok(WorkerId::new(&holder).ok());
        }
    }
    Ok(None)
}

/// A text without blanks, its full-width letters and digits as plain ones: scanners and input methods differ.
pub fn narrow(text: &str) -> String {
    text.chars().map(plain).filter(|char| !char.is_whitespace() && !char.is_control()).collect()
}

/// A full-width letter, digit or sign as the plain one.
pub(super) fn plain(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => u32::from(char).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(char),
        char => char,
    }
}

/// What a store gave out on a day.
///
/// # Errors
/// [`ServiceError`].
pub async fn day(app: &App, who: Who<'_>, store: &str, on: NaiveDate) -> Result<StoreDay, ServiceError> {
    let reading = may_read(who, Read::StoreDay, Target::Store(store))?;
    reading.at_least(app, None).await?;
    let day = app.views.store_day(store, on, "", DAY_MAX).await?.value;
    reading.note_store(app, store, day.redemptions.iter().map(|listed| listed.row.worker.as_str()));
    Ok(day)
}

/// A store's shelves, by item.
///
/// # Errors
/// [`ServiceError`].
pub async fn shelves(app: &App, who: Who<'_>, store: &str) -> Result<Vec<(String, Stock)>, ServiceError> {
    let reading = may_read(who, Read::Stock, Target::Store(store))?;
    reading.at_least(app, None).await?;
    Ok(app.views.stock(store, "", ITEMS_MAX).await?.rows)
}

/// An item of which fewer lie on a shelf runs low.
const LOW: i64 = 5;

/// Whether so few lie on the shelf that somebody should see to it.
pub const fn runs_low(on_shelf: i64) -> bool {
    on_shelf < LOW
}

/// What a store is called; its id where it has no name.
///
/// # Errors
/// [`ServiceError`].
pub async fn store_name(app: &App, who: Who<'_>, store: &str) -> Result<String, ServiceError> {
    may_read(who, Read::Counter, Target::Store(store))?;
    let row = app.views.store_row(store).await?.value;
    Ok(row.map(|row| row.name).filter(|name| !name.is_empty()).unwrap_or_else(|| store.to_owned()))
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::points::Points;

    use projections::views::stock::Stock;

    use super::{Goods, Obstacle, goods, narrow};

    #[test]
    fn what_is_scanned_or_typed_is_read_alike() {
        assert_eq!(narrow(" ＹＳ－０００１\n"), "YS-0001");
        assert_eq!(narrow("YS-0001\t"), "YS-0001");
    }

    #[test]
    fn an_obstacle_is_named_by_what_is_missing() {
        let goods =
            Goods { sku: "S".into(), name: "水".into(), price: Points::from_whole(20), left: 2, allowed: Some(1) };
        assert_eq!(goods.obstacle(1, Points::from_whole(20)), None);
        assert_eq!(goods.obstacle(1, Points::from_whole(15)), Some(Obstacle::Short(Points::from_whole(5))));
        assert_eq!(goods.obstacle(2, Points::from_whole(100)), Some(Obstacle::Limit));
        assert_eq!(goods.obstacle(3, Points::from_whole(100)), Some(Obstacle::OutOfStock));
    }

    #[test]
    fn what_is_set_aside_is_off_the_shelf_already() {
        let shelf = Stock { on_shelf: 1, reserved: 1, received: 2, listed: true, ..Stock::default() };
        assert_eq!(goods("S".into(), shelf, 0).left, 1, "the one that nobody has set aside can be had");
    }
}
