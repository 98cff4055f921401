//! What is recorded of a store. Fields stand in alphabetical order: that is the canonical order of the bytes.

mod answers;
mod away;

use serde::{Deserialize, Serialize};

pub use answers::{Items, StockCorrection, StoreAct};
pub use away::{CaseSettled, DeliveryRefused, DeviceEnrolled};

use crate::domain::event::V1;
use crate::domain::ids::{HoldId, MerchantId, RedemptionId, SiteId, Sku, StoreId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// Units of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLine {
    /// In units of the item.
    pub quantity: u32,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
}

/// A store opened, or its particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreRecorded {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The community it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// 网点名称.
    pub name: String,
    /// The site it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// 层级, in a word of the district.
    pub tier: String,
    /// Payload version.
    pub v: V1,
}

/// The store closed, or opened again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreDoor {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Why; blank for opening again.
    pub reason: String,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// An item is listed on these terms from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemListed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 类型, such as 实物 or 券.
    pub kind: String,
    /// Most units for one worker in a calendar year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// 商品名称.
    pub name: String,
    /// Price of one unit, hundredths of points.
    pub price: Points,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// An item was taken off the list; what stands on the shelf stays counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemDelisted {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockReceived {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// From whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// In units of the item.
    pub quantity: u32,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units went out to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockIssued {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The hold they had been set aside for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units came back because a redemption was reversed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockReturned {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// 流水号, or the key of the command that redeemed.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units were set aside for a hold, or put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockSetAside {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The key of the command that placed it.
    pub hold: HoldId,
    /// Which and how many.
    pub lines: Vec<StockLine>,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// A stocktake: what was found beyond the books counts as received, what was missing as written off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockCounted {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Units counted.
    pub counted: u32,
    /// Units more than the books said.
    pub found: u32,
    /// Units fewer than the books said.
    pub missing: u32,
    /// Explanation.
    pub reason: String,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Units were written off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockWrittenOff {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// In units of the item.
    pub quantity: u32,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a redemption store.
    StoreEvent of store: StoreId {
        /// It opened.
        StoreOpened(StoreRecorded) = "网点开业",
        /// Its particulars changed.
        StoreUpdated(StoreRecorded) = "网点变更",
        /// It closed.
        StoreClosed(StoreDoor) = "网点停业",
        /// It opened again.
        StoreReopened(StoreDoor) = "网点复业",
        /// An item is listed.
        ItemListed(ItemListed) = "商品上架",
        /// An item was taken off the list.
        ItemDelisted(ItemDelisted) = "商品下架",
        /// Units came in.
        StockReceived(StockReceived) = "入库",
        /// Units went out.
        StockIssued(StockIssued) = "出库",
        /// Units came back.
        StockReturned(StockReturned) = "退回入库",
        /// Units were set aside.
        StockReserved(StockSetAside) = "库存预占",
        /// Units set aside were put back.
        StockUnreserved(StockSetAside) = "库存释放",
        /// A stocktake.
        StockCounted(StockCounted) = "盘点",
        /// Units were written off.
        StockWrittenOff(StockWrittenOff) = "报损",
        /// The device for captures without the network.
        DeviceEnrolled(DeviceEnrolled) = "离线设备登记",
        /// What was handed out unheard was refused.
        DeliveryRefused(DeliveryRefused) = "补报未通过",
        /// Such a case was settled.
        CaseSettled(CaseSettled) = "补报结案",
    }
}
