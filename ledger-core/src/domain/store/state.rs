//! A store's state, folded from its events. Its size grows with its list, not with what it handed out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{ItemTerms, StoreDetails};
use super::event::{ItemListed, StockLine, StoreEvent};
use crate::domain::ids::{MerchantId, Sku};
use crate::domain::points::Points;

/// One item's books. `received = on_shelf + reserved + handed_over + written_off` at all times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Whether it is on the list now.
    pub listed: bool,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Price of one unit.
    pub price: Points,
    /// Most units for one worker in a calendar year.
    pub limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    pub merchant: Option<MerchantId>,
    /// Units that can be handed out.
    pub on_shelf: u64,
    /// Units set aside for holds.
    pub reserved: u64,
    /// Units workers took, less those brought back.
    pub handed_over: u64,
    /// Units lost or spoiled.
    pub written_off: u64,
    /// Units that ever came in.
    pub received: u64,
}

impl Item {
    fn has_terms(&self, terms: &ItemTerms) -> bool {
        self.listed
            && self.kind == terms.kind
            && self.name == terms.name
            && self.price == terms.price
            && self.limit_per_worker_year == terms.limit_per_worker_year
            && self.merchant == terms.merchant
    }
}

/// A redemption store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RedemptionStore {
    details: Option<(String, String, Option<String>)>,
    closed: bool,
    items: BTreeMap<Sku, Item>,
}

impl RedemptionStore {
    /// Whether it was opened.
    pub const fn exists(&self) -> bool {
        self.details.is_some()
    }

    /// Whether it is closed now.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether its particulars are already these.
    pub fn has_details(&self, wanted: &StoreDetails) -> bool {
        self.details.as_ref().is_some_and(|(name, tier, community)| {
            (name, tier, community) == (&wanted.name, &wanted.tier, &wanted.community)
        })
    }

    /// An item on the list.
    pub fn listing(&self, sku: &Sku) -> Option<&Item> {
        self.items.get(sku).filter(|item| item.listed)
    }

    /// An item's books, on the list or not.
    pub fn item(&self, sku: &Sku) -> Option<&Item> {
        self.items.get(sku)
    }

    /// All items with their books.
    pub fn items(&self) -> impl Iterator<Item = (&Sku, &Item)> {
        self.items.iter()
    }

    /// Whether an item is listed on exactly these terms.
    pub fn lists_on(&self, sku: &Sku, terms: &ItemTerms) -> bool {
        self.items.get(sku).is_some_and(|item| item.has_terms(terms))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &StoreEvent) {
        match event {
            StoreEvent::StoreOpened(event) | StoreEvent::StoreUpdated(event) => {
                self.details = Some((event.name.clone(), event.tier.clone(), event.community.clone()));
            }
            StoreEvent::StoreClosed(_) => self.closed = true,
            StoreEvent::StoreReopened(_) => self.closed = false,
            StoreEvent::ItemListed(event) => self.enlist(event),
            StoreEvent::ItemDelisted(event) => {
                if let Some(item) = self.items.get_mut(&event.sku) {
                    item.listed = false;
                }
            }
            StoreEvent::StockReceived(event) => self.with(&event.sku, |item| {
                item.received += u64::from(event.quantity);
                item.on_shelf += u64::from(event.quantity);
            }),
            StoreEvent::StockIssued(event) => self.each(&event.lines, |item, quantity| {
                let from = if event.hold.is_some() { &mut item.reserved } else { &mut item.on_shelf };
                *from = from.saturating_sub(quantity);
                item.handed_over += quantity;
            }),
            StoreEvent::StockReturned(event) => self.each(&event.lines, |item, quantity| {
                item.handed_over = item.handed_over.saturating_sub(quantity);
                item.on_shelf += quantity;
            }),
            StoreEvent::StockReserved(event) => self.each(&event.lines, |item, quantity| {
                item.on_shelf = item.on_shelf.saturating_sub(quantity);
                item.reserved += quantity;
            }),
            StoreEvent::StockUnreserved(event) => self.each(&event.lines, |item, quantity| {
                item.reserved = item.reserved.saturating_sub(quantity);
                item.on_shelf += quantity;
            }),
            StoreEvent::StockCounted(event) => self.with(&event.sku, |item| {
                item.received += u64::from(event.found);
                item.written_off += u64::from(event.missing);
                item.on_shelf = (item.on_shelf + u64::from(event.found)).saturating_sub(u64::from(event.missing));
            }),
            StoreEvent::StockWrittenOff(event) => self.with(&event.sku, |item| {
                item.written_off += u64::from(event.quantity);
                item.on_shelf = item.on_shelf.saturating_sub(u64::from(event.quantity));
            }),
        }
    }

    fn enlist(&mut self, event: &ItemListed) {
        let item = self.items.entry(event.sku.clone()).or_insert_with(|| Item {
            listed: true,
            kind: String::new(),
            name: String::new(),
            price: Points::ZERO,
            limit_per_worker_year: None,
            merchant: None,
            on_shelf: 0,
            reserved: 0,
            handed_over: 0,
            written_off: 0,
            received: 0,
        });
        item.listed = true;
        item.kind.clone_from(&event.kind);
        item.name.clone_from(&event.name);
        item.price = event.price;
        item.limit_per_worker_year = event.limit_per_worker_year;
        item.merchant.clone_from(&event.merchant);
    }

    fn with(&mut self, sku: &Sku, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.items.get_mut(sku) {
            change(item);
        }
    }

    fn each(&mut self, lines: &[StockLine], change: impl Fn(&mut Item, u64)) {
        for line in lines {
            self.with(&line.sku, |item| change(item, u64::from(line.quantity)));
        }
    }
}
