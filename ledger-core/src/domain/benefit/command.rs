//! What is asked of a benefit, and the values it is asked with.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, FundId, MerchantId, WorkerId};
use crate::domain::money::Fen;
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// What a benefit gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitKind {
    /// 名额.
    Place,
    /// 券.
    Voucher,
    /// 补助: an amount of money that each row names.
    Grant,
}

/// A benefit as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitTerms {
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<FundId>,
    /// What it gives.
    pub kind: BenefitKind,
    /// Most of them for one worker (每人每限额).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_worker: Option<u32>,
    /// Whether that limit is one of a calendar year, and not of all time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limit_yearly: bool,
    /// Its name.
    pub name: String,
    /// How many there are (名额); none is no end of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// Points for one (所需积分).
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub price: Points,
    /// Money for one (单价), fen.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub value: Fen,
    /// The days on which it can be applied for; a voucher can be used until the last of them.
    pub window: Period,
}

fn is_nothing(amount: &Fen) -> bool {
    *amount == Fen::ZERO
}

/// An application: the first columns of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationTerms {
    /// The money asked for, where the row names some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// When it was made (申请时间).
    pub at: BusinessTime,
    /// A certificate that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateNo>,
    /// Who applies.
    pub worker: WorkerId,
}

/// That it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// When (使用时间).
    pub at: BusinessTime,
    /// At whose counter, where at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
}

/// Commands of a benefit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BenefitCommand {
    /// Register it, or bring it up to date.
    Register {
        /// When it is entered.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The particulars.
        terms: BenefitTerms,
    },
    /// Give one to somebody, or let somebody wait for one.
    Apply {
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// The application.
        terms: ApplicationTerms,
    },
    /// Use what was given.
    Use {
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// The use.
        used: Use,
    },
    /// Withdraw an application: give back what was given, or wait no more.
    Withdraw {
        /// When.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// Why, where somebody said.
        reason: Option<String>,
    },
    /// Take a use back: what was given is as if it had not been used.
    ReverseUse {
        /// When.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
}
