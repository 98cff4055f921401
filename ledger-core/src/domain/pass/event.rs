//! What is recorded of passes and offers. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::{OfferTerms, PassTerms, Slip};
use crate::domain::event::V1;
use crate::domain::ids::{FundId, MerchantId, OfferId, PassNo, SlipNo};
use crate::domain::money::Fen;
use crate::domain::time::BusinessTime;

/// A pass was issued, or what is known of it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// The pass's number (卡号).
    pub pass: PassNo,
    /// Which pass it replaces, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PassNo>,
    /// The particulars.
    pub terms: PassTerms,
    /// Payload version.
    pub v: V1,
}

/// A merchant gave the discount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassUsed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The fund that the subsidy was set aside from, where it is not nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<FundId>,
    /// 商户编号 of the offer: who gave the discount.
    pub merchant: MerchantId,
    /// What the merchant is owed for it, fen. Slips of before say nothing: the offer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Fen>,
    /// 卡号, as in 暖心卡.
    pub pass: PassNo,
    /// 消费时间, 优惠编号, 原价 and 实付 in fen.
    pub slip: Slip,
    /// The slip's number (小票号).
    pub slip_no: SlipNo,
    /// Payload version.
    pub v: V1,
}

/// A slip was taken back: the merchant is owed nothing for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassUseReversed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 商户编号 of the offer: who gave the discount.
    pub merchant: MerchantId,
    /// 卡号, as in 暖心卡.
    pub pass: PassNo,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// 消费时间, 优惠编号, 原价 and 实付 in fen.
    pub slip: Slip,
    /// The slip's number (小票号).
    pub slip_no: SlipNo,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a pass.
    PassEvent of pass: PassNo {
        /// It was issued.
        PassIssued(PassRecorded) = "暖心卡发放",
        /// What is known of it changed.
        PassUpdated(PassRecorded) = "暖心卡变更",
        /// It was used.
        PassUsed(PassUsed) = "优惠核销",
        /// A use was taken back.
        PassUseReversed(PassUseReversed) = "优惠核销冲正",
    }
}

impl PassEvent {
    /// Why a slip was taken back.
    pub fn reason(&self) -> Option<&str> {
        match self {
            PassEvent::PassUseReversed(event) => Some(&event.reason),
            PassEvent::PassIssued(_) | PassEvent::PassUpdated(_) | PassEvent::PassUsed(_) => None,
        }
    }
}

/// An offer was registered, or what is known of it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// The offer's number (优惠编号).
    pub offer: OfferId,
    /// The particulars.
    pub terms: OfferTerms,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of an offer.
    OfferEvent of offer: OfferId {
        /// It was registered.
        OfferRegistered(OfferRecorded) = "优惠协议登记",
        /// What is known of it changed.
        OfferUpdated(OfferRecorded) = "优惠协议变更",
    }
}
