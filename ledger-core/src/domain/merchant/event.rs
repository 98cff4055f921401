//! What is recorded of a merchant. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{MerchantId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::time::{BusinessTime, Month};

/// A merchant joined, or its particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MerchantRecorded {
    /// When.
    pub at: BusinessTime,
    /// Line of business (类型).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Which.
    pub merchant: MerchantId,
    /// Its name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Payload version.
    pub v: V1,
}

/// Goods of the merchant were handed over, or its voucher or service was honoured: the district owes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoucherHonoured {
    /// When.
    pub at: BusinessTime,
    /// Which merchant.
    pub merchant: MerchantId,
    /// The claim, hundredths of points.
    pub points: Points,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// At which store.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// A claim was taken back because its redemption was reversed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HonourReversed {
    /// When.
    pub at: BusinessTime,
    /// The month the claim had been counted in, where that month was paid already and another one bears the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_in: Option<Month>,
    /// Which merchant.
    pub merchant: MerchantId,
    /// The month that bears it: the one the claim had been counted in, but for `claimed_in`.
    pub month: Month,
    /// The claim, hundredths of points.
    pub points: Points,
    /// For which redemption.
    pub redemption: RedemptionId,
    /// At which store.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
}

/// The district paid the merchant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettlementPaid {
    /// When.
    pub at: BusinessTime,
    /// Which merchant.
    pub merchant: MerchantId,
    /// The month settled.
    pub month: Month,
    /// How much, hundredths of points.
    pub points: Points,
    /// The payment's reference.
    pub reference: String,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a merchant.
    MerchantEvent {
        /// It joined.
        MerchantRegistered(MerchantRecorded),
        /// Its particulars changed.
        MerchantUpdated(MerchantRecorded),
        /// It has a claim.
        VoucherHonoured(VoucherHonoured),
        /// A claim was taken back.
        HonourReversed(HonourReversed),
        /// It was paid.
        SettlementPaid(SettlementPaid),
    }
}

impl MerchantEvent {
    /// Which merchant.
    pub const fn merchant(&self) -> &MerchantId {
        match self {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => &event.merchant,
            MerchantEvent::VoucherHonoured(event) => &event.merchant,
            MerchantEvent::HonourReversed(event) => &event.merchant,
            MerchantEvent::SettlementPaid(event) => &event.merchant,
        }
    }

    /// When it happened.
    pub const fn at(&self) -> BusinessTime {
        match self {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => event.at,
            MerchantEvent::VoucherHonoured(event) => event.at,
            MerchantEvent::HonourReversed(event) => event.at,
            MerchantEvent::SettlementPaid(event) => event.at,
        }
    }
}
