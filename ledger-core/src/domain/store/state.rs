//! A store's state, folded from its events. Its size grows with its list and the changes of its terms, not with what it
//! handed out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{ItemTerms, StoreDetails};
use super::event::{ItemListed, StockLine, StoreEvent};
use crate::domain::history::History;
use crate::domain::ids::{DeviceId, MerchantId, RedemptionId, SiteId, Sku};
use crate::domain::time::BusinessTime;

/// One item's books. `received = on_shelf + reserved + handed_over + written_off` at all times.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Item {
    /// On what terms it was listed from when on; none while it is off the list.
    terms: History<Option<ItemTerms>>,
    /// The yearly limit of the listing recorded last, whatever its day: what was redeemed before the terms of the day
    /// were looked up was held to it.
    recorded_limit: Option<u32>,
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
    /// The terms on which it is listed at a time; none while it is off the list. Before its first listing the first terms
    /// hold: packs bring their lists first and older rows afterwards.
    pub fn terms_at(&self, time: BusinessTime) -> Option<&ItemTerms> {
        match self.terms.at(time) {
            Some(terms) => terms.as_ref(),
            None => self.terms.values().find_map(Option::as_ref),
        }
    }

    /// Whether it stands on the list at a time, on exactly these terms, by a listing from then or before.
    pub fn is_listed_on(&self, terms: &ItemTerms, time: BusinessTime) -> bool {
        self.terms.at(time).is_some_and(|listed| listed.as_ref() == Some(terms))
    }

    /// Every merchant that ever supplied or honoured it.
    pub fn merchants(&self) -> impl Iterator<Item = &MerchantId> {
        self.terms.values().flatten().filter_map(|terms| terms.merchant.as_ref())
    }

    /// The yearly limit of the listing recorded last, whatever its day.
    pub const fn recorded_limit(&self) -> Option<u32> {
        self.recorded_limit
    }
}

/// A redemption store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RedemptionStore {
    details: Option<(String, String, Option<String>)>,
    site: Option<SiteId>,
    /// Whether it is closed, from when on.
    closed: History<bool>,
    items: BTreeMap<Sku, Item>,
    /// The device that captures without the network.
    device: Option<DeviceId>,
    /// What was handed out unheard and refused: whether people settled it.
    cases: BTreeMap<RedemptionId, bool>,
}

impl RedemptionStore {
    /// Whether it was opened.
    pub const fn exists(&self) -> bool {
        self.details.is_some()
    }

    /// Whether it is closed at a time.
    pub fn is_closed_at(&self, time: BusinessTime) -> bool {
        self.closed.at(time).copied().unwrap_or(false)
    }

    /// The site it belongs to.
    pub const fn site(&self) -> Option<&SiteId> {
        self.site.as_ref()
    }

    /// The device that captures without the network.
    pub const fn device(&self) -> Option<&DeviceId> {
        self.device.as_ref()
    }

    /// Whether a case of what was handed out unheard is settled; none where there is no such case.
    pub fn case_is_settled(&self, redemption: &RedemptionId) -> Option<bool> {
        self.cases.get(redemption).copied()
    }

    /// Whether its particulars are already these.
    pub fn has_details(&self, wanted: &StoreDetails) -> bool {
        self.details.as_ref().is_some_and(|(name, tier, community)| {
            (name, tier, community) == (&wanted.name, &wanted.tier, &wanted.community)
        }) && self.site == wanted.site
    }

    /// The terms of an item on the list at a time.
    pub fn terms_at(&self, sku: &Sku, time: BusinessTime) -> Option<&ItemTerms> {
        self.items.get(sku)?.terms_at(time)
    }

    /// An item's books, on the list or not.
    pub fn item(&self, sku: &Sku) -> Option<&Item> {
        self.items.get(sku)
    }

    /// All items with their books.
    pub fn items(&self) -> impl Iterator<Item = (&Sku, &Item)> {
        self.items.iter()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &StoreEvent) {
        match event {
            StoreEvent::StoreOpened(event) | StoreEvent::StoreUpdated(event) => {
                self.details = Some((event.name.clone(), event.tier.clone(), event.community.clone()));
                self.site.clone_from(&event.site);
            }
            StoreEvent::StoreClosed(event) => self.closed.record(event.at, true),
            StoreEvent::StoreReopened(event) => self.closed.record(event.at, false),
            StoreEvent::ItemListed(event) => self.enlist(event),
            StoreEvent::ItemDelisted(event) => {
                if let Some(item) = self.items.get_mut(&event.sku) {
                    item.terms.record(event.at, None);
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
            StoreEvent::DeviceEnrolled(event) => self.device = Some(event.device.clone()),
            StoreEvent::DeliveryRefused(event) => {
                self.cases.insert(event.redemption.clone(), false);
            }
            StoreEvent::CaseSettled(event) => {
                self.cases.insert(event.redemption.clone(), true);
            }
        }
    }

    fn enlist(&mut self, event: &ItemListed) {
        let item = self.items.entry(event.sku.clone()).or_default();
        let terms = ItemTerms {
            kind: event.kind.clone(),
            limit_per_worker_year: event.limit_per_worker_year,
            merchant: event.merchant.clone(),
            name: event.name.clone(),
            price: event.price,
        };
        item.terms.record(event.at, Some(terms));
        item.recorded_limit = event.limit_per_worker_year;
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
