//! What is recorded of a store. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{HoldId, MerchantId, RedemptionId, Sku, StoreId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// Units of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLine {
    /// How many.
    pub quantity: u32,
    /// Which.
    pub sku: Sku,
}

/// A store opened, or its particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreRecorded {
    /// When.
    pub at: BusinessTime,
    /// The community it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// Its name.
    pub name: String,
    /// Which.
    pub store: StoreId,
    /// Its tier.
    pub tier: String,
    /// Payload version.
    pub v: V1,
}

/// The store closed, or opened again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreDoor {
    /// When.
    pub at: BusinessTime,
    /// Why; blank for opening again.
    pub reason: String,
    /// Which.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// An item is listed on these terms from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemListed {
    /// When.
    pub at: BusinessTime,
    /// Kind.
    pub kind: String,
    /// Most units for one worker in a calendar year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// Its name.
    pub name: String,
    /// Price of one unit, hundredths of points.
    pub price: Points,
    /// Which.
    pub sku: Sku,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// An item was taken off the list; what stands on the shelf stays counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemDelisted {
    /// When.
    pub at: BusinessTime,
    /// Why.
    pub reason: String,
    /// Which.
    pub sku: Sku,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockReceived {
    /// When.
    pub at: BusinessTime,
    /// From whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// How many.
    pub quantity: u32,
    /// Which.
    pub sku: Sku,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units went out to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockIssued {
    /// When.
    pub at: BusinessTime,
    /// The hold they had been set aside for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units came back because a redemption was reversed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockReturned {
    /// When.
    pub at: BusinessTime,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// Of which redemption.
    pub redemption: RedemptionId,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units were set aside for a hold, or put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockSetAside {
    /// When.
    pub at: BusinessTime,
    /// Which hold.
    pub hold: HoldId,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// A stocktake: what was found beyond the books counts as received, what was missing as written off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockCounted {
    /// When.
    pub at: BusinessTime,
    /// Units counted.
    pub counted: u32,
    /// Units more than the books said.
    pub found: u32,
    /// Units fewer than the books said.
    pub missing: u32,
    /// Explanation.
    pub reason: String,
    /// Which.
    pub sku: Sku,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units were written off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockWrittenOff {
    /// When.
    pub at: BusinessTime,
    /// How many.
    pub quantity: u32,
    /// Why.
    pub reason: String,
    /// Which.
    pub sku: Sku,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a redemption store.
    StoreEvent {
        /// It opened.
        StoreOpened(StoreRecorded),
        /// Its particulars changed.
        StoreUpdated(StoreRecorded),
        /// It closed.
        StoreClosed(StoreDoor),
        /// It opened again.
        StoreReopened(StoreDoor),
        /// An item is listed.
        ItemListed(ItemListed),
        /// An item was taken off the list.
        ItemDelisted(ItemDelisted),
        /// Units came in.
        StockReceived(StockReceived),
        /// Units went out.
        StockIssued(StockIssued),
        /// Units came back.
        StockReturned(StockReturned),
        /// Units were set aside.
        StockReserved(StockSetAside),
        /// Units set aside were put back.
        StockUnreserved(StockSetAside),
        /// A stocktake.
        StockCounted(StockCounted),
        /// Units were written off.
        StockWrittenOff(StockWrittenOff),
    }
}

macro_rules! common_field {
    ($self:expr, $field:ident) => {
        match $self {
            StoreEvent::StoreOpened(event) | StoreEvent::StoreUpdated(event) => &event.$field,
            StoreEvent::StoreClosed(event) | StoreEvent::StoreReopened(event) => &event.$field,
            StoreEvent::ItemListed(event) => &event.$field,
            StoreEvent::ItemDelisted(event) => &event.$field,
            StoreEvent::StockReceived(event) => &event.$field,
            StoreEvent::StockIssued(event) => &event.$field,
            StoreEvent::StockReturned(event) => &event.$field,
            StoreEvent::StockReserved(event) | StoreEvent::StockUnreserved(event) => &event.$field,
            StoreEvent::StockCounted(event) => &event.$field,
            StoreEvent::StockWrittenOff(event) => &event.$field,
        }
    };
}

impl StoreEvent {
    /// Which store.
    pub const fn store(&self) -> &StoreId {
        common_field!(self, store)
    }

    /// When it happened.
    pub const fn at(&self) -> BusinessTime {
        *common_field!(self, at)
    }
}
