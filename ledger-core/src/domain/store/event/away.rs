//! What is recorded of a counter that worked while the network was away, or by slips.

use serde::{Deserialize, Serialize};

use super::StockLine;
use crate::domain::event::V1;
use crate::domain::ids::{DeviceId, HoldId, RedemptionId, StoreId, WorkerId};
use crate::domain::means::Means;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

/// The store's device for offline captures; the one before captures online only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceEnrolled {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The counter's device, as it named itself.
    pub device: DeviceId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// Goods were handed out before the ledger was asked, and it refused them: a case for people to settle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRefused {
    /// When it was told.
    pub at: BusinessTime,
    /// Why it was refused.
    pub code: Code,
    /// When the goods were handed out, as the counter says.
    pub given_at: BusinessTime,
    /// For which hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// What was handed out.
    pub lines: Vec<StockLine>,
    /// On what word.
    pub means: Means,
    /// What was typed at the counter, where it names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The redemption that it would have become: the case's name.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// To whom, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
}

/// People settled such a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseSettled {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// The redemption's name: the key of the command that made it.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}
