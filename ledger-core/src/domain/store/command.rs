//! The values that a redemption store's commands are asked with.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{MerchantId, SiteId, StoreId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// A store's particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDetails {
    /// The community it stands in (所在社区).
    pub community: Option<String>,
    /// 网点名称.
    pub name: String,
    /// The site it belongs to (驿站编号, 所在社区). An update that names none leaves it as it is.
    #[serde(default)]
    pub site: Option<SiteId>,
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

/// A store command with its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtStore {
    /// 网点编号.
    pub store: StoreId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
}
