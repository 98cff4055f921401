//! Shops in the reference: what is listed, and where every unit is.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::{District, No};
use crate::ask::Ask;

/// Units one command may move.
const UNITS_MAX: u32 = 10_000_000;

/// On what terms an item is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) price: i64,
    pub(crate) limit: Option<u32>,
    pub(crate) merchant: Option<String>,
}

/// What was said last of a time: of the latest day up to it, what was recorded last.
fn said<T>(sayings: &[(NaiveDateTime, T)], at: NaiveDateTime) -> Option<&T> {
    let until = sayings.iter().enumerate().filter(|(_, (since, _))| *since <= at);
    until.max_by_key(|(index, (since, _))| (*since, *index)).map(|(_, (_, said))| said)
}

/// An item: `received = shelf + reserved + out + lost`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Item {
    /// From when on it was listed on which terms; none for off the list. In the order of recording.
    listings: Vec<(NaiveDateTime, Option<Terms>)>,
    pub(crate) shelf: i64,
    pub(crate) reserved: i64,
    pub(crate) out: i64,
    pub(crate) lost: i64,
    pub(crate) received: i64,
}

/// A redemption store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shop {
    pub(crate) name: String,
    /// Closings and openings, in the order of recording.
    doors: Vec<(NaiveDateTime, bool)>,
    pub(crate) items: BTreeMap<String, Item>,
}

impl Shop {
    /// The terms of an item on the list at a time; before its first listing the first terms hold.
    pub(crate) fn listed(&self, sku: &str, at: NaiveDateTime) -> Result<&Terms, No> {
        let item = self.items.get(sku).ok_or("unknown_item")?;
        let first = || {
            // Of two from the same time the later one took the place of the other.
            let by_time: BTreeMap<_, _> = item.listings.iter().map(|(since, terms)| (since, terms)).collect();
            by_time.into_values().find_map(Option::as_ref)
        };
        said(&item.listings, at).map_or_else(first, Option::as_ref).ok_or("unknown_item")
    }

    pub(crate) fn closed_at(&self, at: NaiveDateTime) -> bool {
        said(&self.doors, at).copied().unwrap_or(false)
    }

    /// Whether it is closed after everything that was said of it.
    pub(crate) fn closed(&self) -> bool {
        self.closed_at(NaiveDateTime::MAX)
    }
}

impl Item {
    /// The terms after everything that was said of it; none when it is off the list.
    pub(crate) fn terms(&self) -> Option<&Terms> {
        said(&self.listings, NaiveDateTime::MAX).and_then(Option::as_ref)
    }
}

fn movable(quantity: u32) -> Result<i64, No> {
    if (1..=UNITS_MAX).contains(&quantity) { Ok(quantity.into()) } else { Err("invalid_quantity") }
}

impl District {
    pub(super) fn shop(&mut self, store: &str) -> Result<&mut Shop, No> {
        self.shops.get_mut(store).ok_or("unknown_store")
    }

    fn known_merchant(&self, merchant: Option<&String>) -> Result<(), No> {
        if merchant.is_none_or(|merchant| self.merchants.contains_key(merchant)) {
            Ok(())
        } else {
            Err("unknown_merchant")
        }
    }

    pub(super) fn keep_shop(&mut self, at: NaiveDateTime, ask: Ask) -> Result<(), No> {
        match ask {
            Ask::OpenStore { store, name, update } => self.open(at, store, name, update)?,
            Ask::CloseStore { store } => self.door(at, &store, true)?,
            Ask::ReopenStore { store } => self.door(at, &store, false)?,
            Ask::List { store, sku, price, limit, merchant, opening } => {
                self.known_merchant(merchant.as_ref())?;
                self.list(at, &store, &sku, (price, limit, merchant), opening)?;
            }
            Ask::Delist { store, sku } => {
                self.shop(&store)?.listed(&sku, at)?;
                self.item(&store, &sku)?.listings.push((at, None));
                self.done(format!("{at} {store}/{sku} delisted"));
            }
            Ask::Restock { store, sku, quantity, merchant } => {
                self.known_merchant(merchant.as_ref())?;
                let usual = self.shop(&store)?.listed(&sku, at)?.merchant.clone();
                self.receive(at, &store, &sku, quantity, merchant.or(usual))?;
            }
            Ask::Count { store, sku, counted } => {
                let item = self.item(&store, &sku)?;
                let books = item.shelf + item.reserved;
                if counted > UNITS_MAX || i64::from(counted) < item.reserved {
                    return Err("invalid_quantity");
                }
                let (found, missing) = ((i64::from(counted) - books).max(0), (books - i64::from(counted)).max(0));
                item.received += found;
                item.lost += missing;
                item.shelf += found - missing;
                self.done(format!("{at} {store}/{sku} counted {counted}, found {found}, missing {missing}"));
            }
            Ask::WriteOff { store, sku, quantity } => {
                self.shop(&store)?;
                let units = movable(quantity)?;
                let item = self.item(&store, &sku)?;
                if item.shelf < units {
                    return Err("out_of_stock");
                }
                item.shelf -= units;
                item.lost += units;
                self.done(format!("{at} {store}/{sku} wrote off {quantity}"));
            }
            other => unreachable!("{other:?} is not a shop's business"),
        }
        Ok(())
    }

    fn item(&mut self, store: &str, sku: &str) -> Result<&mut Item, No> {
        self.shop(store)?.items.get_mut(sku).ok_or("unknown_item")
    }

    fn open(&mut self, at: NaiveDateTime, store: String, name: String, update: bool) -> Result<(), No> {
        let known = self.shops.get(&store);
        if known.is_some() && !update {
            return Err("duplicate_conflict");
        }
        if known.is_some_and(|shop| shop.name == name) {
            return Ok(());
        }
        let word = if known.is_some() { "updated" } else { "opened" };
        self.done(format!("{at} store {store} {word}: {name}"));
        self.shops.entry(store).or_default().name = name;
        Ok(())
    }

    fn door(&mut self, at: NaiveDateTime, store: &str, close: bool) -> Result<(), No> {
        let shop = self.shop(store)?;
        if shop.closed_at(at) == close {
            return Err("already_decided");
        }
        shop.doors.push((at, close));
        self.done(format!("{at} store {store} {}", if close { "closed" } else { "reopened" }));
        Ok(())
    }

    fn list(
        &mut self,
        at: NaiveDateTime,
        store: &str,
        sku: &str,
        terms: (i64, Option<u32>, Option<String>),
        opening: u32,
    ) -> Result<(), No> {
        let shop = self.shop(store)?;
        let (price, limit, merchant) = terms;
        if price <= 0 {
            return Err("invalid_input");
        }
        let first = !shop.items.contains_key(sku);
        let item = shop.items.entry(sku.to_owned()).or_default();
        let terms = Terms { price, limit, merchant: merchant.clone() };
        if said(&item.listings, at).and_then(Option::as_ref) != Some(&terms) {
            item.listings.push((at, Some(terms)));
            self.done(format!("{at} {store}/{sku} listed at {price}, limit {limit:?}, of {merchant:?}"));
        }
        if first && opening > 0 {
            self.receive(at, store, sku, opening, merchant)?;
        }
        Ok(())
    }

    fn receive(
        &mut self,
        at: NaiveDateTime,
        store: &str,
        sku: &str,
        quantity: u32,
        merchant: Option<String>,
    ) -> Result<(), No> {
        let units = movable(quantity)?;
        let item = self.item(store, sku)?;
        item.received += units;
        item.shelf += units;
        self.done(format!("{at} {store}/{sku} received {quantity} of {merchant:?}"));
        Ok(())
    }
}
