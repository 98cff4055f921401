//! What may be asked of a redemption store.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{HoldId, MerchantId, RedemptionId, Sku, StoreId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

use super::event::StockLine;

/// A store's particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDetails {
    /// The community it stands in (所在社区).
    pub community: Option<String>,
    /// Its name.
    pub name: String,
    /// Its tier (层级): data of the district.
    pub tier: String,
}

/// The terms on which a store lists an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTerms {
    /// Kind (类型): 实物, 券, 服务 or another word of the district.
    pub kind: String,
    /// Most units for one worker in a calendar year, over all stores (每人每年限兑).
    pub limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    pub merchant: Option<MerchantId>,
    /// 商品名称.
    pub name: String,
    /// Points for one unit (所需积分).
    pub price: Points,
}

/// Commands of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreCommand {
    /// Open a store, or bring its particulars up to date.
    Open {
        /// Its particulars.
        details: StoreDetails,
        /// Whether an existing store is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Close the store: nothing is redeemed there until it opens again.
    Close {
        /// Why.
        reason: String,
    },
    /// Open it again.
    Reopen,
    /// List an item, or change its terms.
    List {
        /// Which.
        sku: Sku,
        /// On what terms.
        terms: ItemTerms,
    },
    /// Take an item off the list.
    Delist {
        /// Which.
        sku: Sku,
        /// Why.
        reason: String,
    },
    /// Put units on the shelf.
    Restock {
        /// Which.
        sku: Sku,
        /// How many.
        quantity: u32,
        /// From whom, when not the listing's merchant.
        merchant: Option<MerchantId>,
    },
    /// Hand out units.
    Issue {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// For which redemption.
        redemption: RedemptionId,
    },
    /// Take units back.
    TakeBack {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// Of which redemption.
        redemption: RedemptionId,
    },
    /// Set units aside.
    Reserve {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// For which hold.
        hold: HoldId,
    },
    /// Hand out units that were set aside.
    IssueReserved {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// Of which hold.
        hold: HoldId,
        /// For which redemption.
        redemption: RedemptionId,
    },
    /// Put units that were set aside back on the shelf.
    Unreserve {
        /// Which and how many.
        lines: Vec<StockLine>,
        /// Of which hold.
        hold: HoldId,
    },
    /// Record a stocktake (盘点).
    Count {
        /// Which.
        sku: Sku,
        /// Units found, those set aside among them.
        counted: u32,
        /// Why it was counted or what explains the difference.
        reason: String,
    },
    /// Write units off (报损).
    WriteOff {
        /// Which.
        sku: Sku,
        /// How many.
        quantity: u32,
        /// Why.
        reason: String,
    },
}

/// A store command with its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtStore {
    /// Which store.
    pub store: StoreId,
    /// When.
    pub at: BusinessTime,
}
