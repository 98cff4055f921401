//! What is recorded of a merchant. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use crate::domain::event::{Party, Subject, V1};
use crate::domain::ids::{Key, MerchantId, RedemptionId, StoreId};
use crate::domain::money::Fen;
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

/// The district owes the merchant money: for a benefit that was used there, or a discount that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoneyClaimed {
    /// How much, fen; nothing where the merchant bears all of it.
    pub amount: Fen,
    /// When.
    pub at: BusinessTime,
    /// Which merchant.
    pub merchant: MerchantId,
    /// For which row.
    pub source: Key,
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
    MerchantEvent of merchant: MerchantId {
        /// It joined.
        MerchantRegistered(MerchantRecorded) = "商户登记",
        /// Its particulars changed.
        MerchantUpdated(MerchantRecorded) = "商户变更",
        /// It has a claim.
        VoucherHonoured(VoucherHonoured) = "兑付",
        /// A claim was taken back.
        HonourReversed(HonourReversed) = "兑付冲正",
        /// It has a claim to money.
        MoneyClaimed(MoneyClaimed) = "补贴应付",
        /// It was paid.
        SettlementPaid(SettlementPaid) = "商户结算",
    }
}

impl MerchantEvent {
    /// The redemption that the claim is for, or the month that is paid.
    pub const fn subject(&self) -> Option<Subject<'_>> {
        match self {
            MerchantEvent::VoucherHonoured(event) => Some(Subject::Redemption(&event.redemption)),
            MerchantEvent::HonourReversed(event) => Some(Subject::Redemption(&event.redemption)),
            MerchantEvent::SettlementPaid(event) => Some(Subject::Month(event.month)),
            MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// The store at which the claim arose.
    pub const fn party(&self) -> Option<Party<'_>> {
        match self {
            MerchantEvent::VoucherHonoured(event) => Some(Party::Store(&event.store)),
            MerchantEvent::HonourReversed(event) => Some(Party::Store(&event.store)),
            MerchantEvent::SettlementPaid(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// A payment's reference.
    pub fn reason(&self) -> Option<&str> {
        match self {
            MerchantEvent::SettlementPaid(event) => Some(&event.reference),
            MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => None,
        }
    }

    /// What it adds to the merchant's claims (less than nothing for what is taken back), and what it pays.
    pub fn claimed_and_paid(&self) -> (Points, Points) {
        match self {
            MerchantEvent::VoucherHonoured(event) => (event.points, Points::ZERO),
            MerchantEvent::HonourReversed(event) => (Points::ZERO - event.points, Points::ZERO),
            MerchantEvent::SettlementPaid(event) => (Points::ZERO, event.points),
            MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::MerchantRegistered(_)
            | MerchantEvent::MerchantUpdated(_) => (Points::ZERO, Points::ZERO),
        }
    }

    /// The particulars, at the beginning or later.
    pub const fn as_particulars(&self) -> Option<&MerchantRecorded> {
        match self {
            MerchantEvent::MerchantRegistered(event) | MerchantEvent::MerchantUpdated(event) => Some(event),
            MerchantEvent::VoucherHonoured(_)
            | MerchantEvent::MoneyClaimed(_)
            | MerchantEvent::HonourReversed(_)
            | MerchantEvent::SettlementPaid(_) => None,
        }
    }
}
