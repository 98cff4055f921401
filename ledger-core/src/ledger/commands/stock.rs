//! What lies on a store's shelf: restocking, stocktakes, write-offs.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{MerchantId, Sku, StoreId};
use crate::domain::refusal::Decision;
use crate::domain::store::StoreCommand;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Put units on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restock {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// In units of the item.
    pub quantity: u32,
    /// From whom, when not the listing's merchant.
    pub merchant: Option<MerchantId>,
}

impl Definition for Restock {
    fn write_content(&self, content: &mut Content) {
        content
            .text("restock")
            .text(self.store.as_str())
            .text(self.sku.as_str())
            .number(i64::from(self.quantity))
            .maybe(self.merchant.as_ref());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
        streams.extend(self.merchant.clone().map(StreamId::Merchant));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let Restock { store, sku, quantity, merchant } = self.clone();
        if let Some(merchant) = &merchant {
            process.require_merchant(merchant)?;
        }
        process.store(store, StoreCommand::Restock { sku, quantity, merchant })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Record a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountStock {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// Units counted.
    pub counted: u32,
    /// Explanation.
    pub reason: String,
}

impl Definition for CountStock {
    fn write_content(&self, content: &mut Content) {
        content
            .text("count_stock")
            .text(self.store.as_str())
            .text(self.sku.as_str())
            .number(i64::from(self.counted))
            .text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let CountStock { store, sku, counted, reason } = self.clone();
        process.store(store, StoreCommand::Count { sku, counted, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Store(self.store.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Write units off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOffStock {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// In units of the item.
    pub quantity: u32,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for WriteOffStock {
    fn write_content(&self, content: &mut Content) {
        content
            .text("write_off_stock")
            .text(self.store.as_str())
            .text(self.sku.as_str())
            .number(i64::from(self.quantity))
            .text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let WriteOffStock { store, sku, quantity, reason } = self.clone();
        process.store(store, StoreCommand::WriteOff { sku, quantity, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Store(self.store.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}
