//! Redemption stores (兑换网点): opening and closing them, and what they list.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, Sku, StoreId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::StoreCommand;
use crate::domain::store::command::{AtStore, ItemTerms, StoreDetails};
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States, fold_store};

/// Open a store; with `update`, bring an existing one up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStore {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The particulars.
    pub details: StoreDetails,
    /// Whether an existing store is updated.
    pub update: bool,
}

impl OpenStore {
    /// A tier that the district's list does not know is a slip of the pen; without a list, every word is one.
    fn check_tier<S: States>(&self, states: &S) -> Decision<()> {
        let (tier, tiers) = (&self.details.tier, &states.programme()?.tiers);
        if tiers.is_empty() || tiers.contains(tier) {
            return Ok(());
        }
        let message = format!("tier (层级) {tier:?} is none of the district's: {}", tiers.join("、"));
        Err(Refusal::new(Code::InvalidInput, message))
    }
}

impl Definition for OpenStore {
    fn write_content(&self, content: &mut Content) {
        content
            .text("open_store")
            .text(self.store.as_str())
            .text(&self.details.name)
            .text(&self.details.tier)
            .maybe(self.details.community.as_deref())
            .number(i64::from(self.update));
        if let Some(site) = &self.details.site {
            content.text("site").text(site.as_str());
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.details.name, &self.details.tier].into_iter().chain(&self.details.community)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Store(self.store.clone())]);
        streams.extend(self.details.site.as_ref().map(|_| StreamId::Sites));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        self.check_tier(process.states)?;
        process.require_site(self.details.site.as_ref(), self.update)?;
        let OpenStore { store, details, update } = self.clone();
        process.store(store, StoreCommand::Open { details, update })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.store.as_str(), "the store's id"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// Close a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseStore {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for CloseStore {
    fn write_content(&self, content: &mut Content) {
        content.text("close_store").text(self.store.as_str()).text(&self.reason);
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
        let CloseStore { store, reason } = self.clone();
        process.store(store, StoreCommand::Close { reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Store(self.store.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Open a closed store again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenStore {
    /// The store's id (网点编号).
    pub store: StoreId,
}

impl Definition for ReopenStore {
    fn write_content(&self, content: &mut Content) {
        content.text("reopen_store").text(self.store.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        process.store(self.store.clone(), StoreCommand::Reopen)
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// List an item or change its terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// On what terms.
    pub terms: ItemTerms,
    /// Units put on the shelf when the item is listed there for the first time.
    pub opening_stock: u32,
}

impl Definition for ListItem {
    fn write_content(&self, content: &mut Content) {
        content
            .text("list_item")
            .text(self.store.as_str())
            .text(self.sku.as_str())
            .text(&self.terms.kind)
            .text(&self.terms.name)
            .number(self.terms.price.hundredths())
            .maybe(self.terms.limit_per_worker_year)
            .maybe(self.terms.merchant.as_ref())
            .number(i64::from(self.opening_stock));
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.terms.name, &self.terms.kind].into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Store(self.store.clone()));
        streams.extend(self.terms.merchant.clone().map(StreamId::Merchant));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ListItem { store, sku, terms, opening_stock } = self.clone();
        if let Some(merchant) = &terms.merchant {
            process.require_merchant(merchant)?;
        }
        let first = process.states.store(&store)?.item(&sku).is_none();
        let list = StoreCommand::List { sku: sku.clone(), terms: terms.clone() };
        let mut events = process.store(store.clone(), list)?;
        if first && opening_stock > 0 {
            // The listing is not folded yet, so the shelf is filled beside the store's own check.
            let mut listed = process.states.store(&store)?.clone();
            fold_store(&mut listed, &events);
            let restock = StoreCommand::Restock { sku, quantity: opening_stock, merchant: terms.merchant };
            let frame = AtStore { store, at: process.context.at };
            events.extend(listed.decide(&frame, restock)?.into_iter().map(Event::Store));
        }
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.sku.as_str(), "the item's number"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// Take an item off the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelistItem {
    /// The store's id (网点编号).
    pub store: StoreId,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for DelistItem {
    fn write_content(&self, content: &mut Content) {
        content.text("delist_item").text(self.store.as_str()).text(self.sku.as_str()).text(&self.reason);
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
        let DelistItem { store, sku, reason } = self.clone();
        process.store(store, StoreCommand::Delist { sku, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Store(self.store.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}
