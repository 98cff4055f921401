//! What is asked of a benefit, and the values it is asked with.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{Actor, ApplicationId, BenefitId, CertificateNo, FundId, MerchantId, WorkerId};
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
    /// The bodies whose approval an application needs that is not a row of a sheet; at most two. Asked for: none leaves them
    /// as they were, an empty list ends them. Recorded: never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Vec<String>>,
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
    /// 项目名称.
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

/// Most bodies that approve an application.
pub const APPROVALS_MAX: usize = 2;

impl BenefitTerms {
    /// The bodies whose approval an application needs; none where it is granted or waits at once.
    pub fn approving(&self) -> &[String] {
        self.approvals.as_deref().unwrap_or_default()
    }
}

/// Whoever decides about a proposal, and as whom the same person had a part in it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    /// With which account.
    pub by: Actor,
    /// Those of whoever proposed or checked it who are the same person.
    pub alike: Vec<Actor>,
    /// Whether it is the worker who is to be given it.
    pub is_worker: bool,
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
    /// Propose to give one to somebody, to the bodies that approve.
    Propose {
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// The account that proposes.
        by: Actor,
        /// The application.
        terms: ApplicationTerms,
    },
    /// Say for a body that it approves.
    Check {
        /// When it is said, by the clock of the ledger; not before the application.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// For which body.
        body: String,
        /// Who says it.
        approver: Approver,
    },
    /// Send a proposal back.
    Reject {
        /// When it is sent back, by the clock of the ledger; not before the application.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// Who says it.
        approver: Approver,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Use what was given.
    Use {
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// 使用时间 and 核销商户.
        used: Use,
    },
    /// Withdraw an application: give back what was given, or wait no more.
    Withdraw {
        /// By the ledger's clock: a withdrawal names no time of its own.
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
        /// When it is taken back, by the clock of the ledger; not before the use.
        at: BusinessTime,
        /// The benefit's number (项目编号).
        benefit: BenefitId,
        /// The row's number (登记号).
        application: ApplicationId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
}
