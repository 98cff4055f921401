//! What is asked of passes and offers, and the values they are asked with.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{FundId, MerchantId, OfferId, PassNo, SlipNo, WorkerId};
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::time::BusinessTime;

/// A pass as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassTerms {
    /// From 发放日期 through 有效期至, both counted.
    pub days: Period,
    /// Its kind (卡种).
    pub kind: String,
    /// From when on it is void (挂失时间).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<BusinessTime>,
    /// From when on it is good, where it replaces another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<BusinessTime>,
    /// The holder.
    pub worker: WorkerId,
}

/// An offer as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferTerms {
    /// From 开始日期 through 结束日期, both counted.
    pub days: Period,
    /// Who bears the subsidy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<FundId>,
    /// For passes of which kind.
    pub kind: String,
    /// Who gives it.
    pub merchant: MerchantId,
    /// What is paid of a thousand (折扣 8.5 is 850).
    pub paid_of_thousand: u32,
    /// What of the discount the fund bears, of ten thousand.
    pub subsidy_of_ten_thousand: u32,
}

/// A slip of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 优惠编号, as in 优惠协议.
    pub offer: OfferId,
    /// 实付, fen.
    pub paid: Fen,
    /// 原价, fen.
    pub price: Fen,
}

/// What a merchant is owed for a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipClaim {
    /// How much, fen; nothing where the merchant bears all of it.
    pub amount: Fen,
    /// The fund it was set aside from, where anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<FundId>,
}

/// Commands of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassCommand {
    /// Issue it, or bring it up to date.
    Issue {
        /// When it is entered.
        at: BusinessTime,
        /// The pass's number (卡号).
        pass: PassNo,
        /// Which pass it replaces, where it does.
        replaces: Option<PassNo>,
        /// The particulars.
        terms: PassTerms,
    },
    /// Use it; whether the offer holds is judged already.
    Use {
        /// The pass's number (卡号).
        pass: PassNo,
        /// The slip's number (小票号).
        slip_no: SlipNo,
        /// 消费时间, 优惠编号, 原价 and 实付 in fen.
        slip: Slip,
        /// Whose counter.
        merchant: MerchantId,
        /// What the merchant is owed for it, and by which fund.
        claim: SlipClaim,
    },
    /// Take a slip back.
    ReverseUse {
        /// When it is taken back, by the clock of the ledger; not before the slip.
        at: BusinessTime,
        /// The pass's number (卡号).
        pass: PassNo,
        /// The slip's number (小票号).
        slip_no: SlipNo,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
}

/// Commands of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferCommand {
    /// When it is entered.
    pub at: BusinessTime,
    /// The offer's number (优惠编号).
    pub offer: OfferId,
    /// The particulars.
    pub terms: OfferTerms,
}
