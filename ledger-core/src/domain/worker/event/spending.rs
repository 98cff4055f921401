//! What is recorded of a worker's spending: redemptions, holds, what comes back of them, and expiry.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, HoldId, MerchantId, RedemptionId, Sku, StoreId, WorkerId};
use crate::domain::means::Means;
use crate::domain::points::Points;
use crate::domain::proof::ProvenBy;
use crate::domain::time::BusinessTime;

/// A part of a lot: its number within the worker (1, 2, 3, …) and hundredths of points. Written `[3,1000]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotPart(pub u32, pub Points);

/// One line of a redemption or hold, with the price that was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedeemedLine {
    /// Kind of item.
    pub kind: String,
    /// Who supplies or honours it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// Price of one unit, hundredths of points.
    pub price: Points,
    /// Units.
    pub quantity: u32,
    /// The item's number at its store (商品编号).
    pub sku: Sku,
}

/// Points were spent on a benefit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitPointsSpent {
    /// For which row.
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can still be spent on that day.
    pub balance: Points,
    /// On which benefit.
    pub benefit: BenefitId,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How many, hundredths.
    pub points: Points,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points spent on a benefit went back to the lots they came from: the application was withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitPointsReturned {
    /// Of which row.
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can be spent on that day.
    pub balance: Points,
    /// 项目编号.
    pub benefit: BenefitId,
    /// Of the points, what belonged to credits taken back meanwhile and settled their debt.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// To which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points were spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redeemed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can still be spent on that day, as the receipt says.
    pub balance: Points,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// On what word the goods were handed out, where the ledger was asked only afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<Means>,
    /// How much, hundredths.
    pub points: Points,
    /// By what the worker was proven to be the one who spends; absent where the district asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_by: Option<ProvenBy>,
    /// The redemption's name.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points of a redemption went back to the lots they came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RedemptionReversed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can be spent on that day, as the receipt says.
    pub balance: Points,
    /// Of the points, what belonged to credits taken back meanwhile and settled their debt.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// What came back.
    pub lines: Vec<RedeemedLine>,
    /// To which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// When the redemption had been made.
    pub redeemed_at: BusinessTime,
    /// 流水号, or the key of the command that redeemed.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points were set aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointsHeld {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can still be spent on that day.
    pub balance: Points,
    /// From when on it is void.
    pub expires_at: BusinessTime,
    /// The hold's name.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much, hundredths.
    pub points: Points,
    /// By what the worker was proven to be the one who spends; absent where the district asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_by: Option<ProvenBy>,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points set aside were spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldCaptured {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What can still be spent on that day, as the receipt says.
    pub balance: Points,
    /// When the hold had been placed: its year counts for yearly limits.
    pub held_at: BusinessTime,
    /// The key of the command that placed it.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// On what word the goods were handed out, where the ledger was asked only afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<Means>,
    /// How much, hundredths.
    pub points: Points,
    /// The redemption's name.
    pub redemption: RedemptionId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Points set aside went back to their lots: released on request, or because the hold ran out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldEnded {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Of the points, what belonged to credits taken back meanwhile and settled their debt.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// When the hold had been placed.
    pub held_at: BusinessTime,
    /// The key of the command that placed it.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// To which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Why, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Lots were booked as expired, or taken out of expiry again because a redemption dated before it was recorded later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpiryBooked {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The number of each lot that ended, with what was left of it in hundredths.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}
