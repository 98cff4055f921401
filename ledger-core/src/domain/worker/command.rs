//! What may be asked of a worker. Everything ambient arrives inside: times, prices, the schedule's line.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::RedeemedLine;
use crate::domain::ids::{Actor, BranchId, CardNo, CreditId, HoldId, RedemptionId, StoreId};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Activity;
use crate::domain::time::BusinessTime;

/// A worker's particulars: no name, phone or identity number, which live in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDetails {
    /// Occupation (从业类型).
    pub occupation: String,
    /// Whether a Party member, where known.
    pub party_member: Option<bool>,
    /// Platform (所属平台).
    pub platform: Option<String>,
}

/// A credit as decided upon: the schedule's line is already looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditTerms {
    /// The line of the schedule.
    pub activity: Activity,
    /// The credit's name.
    pub credit: CreditId,
    /// The day on which it enters the ledger, by the journal's clock.
    pub entered_on: NaiveDate,
    /// Digest of its evidence.
    pub evidence: Option<String>,
    /// The service date.
    pub on: NaiveDate,
    /// Whether a second person must confirm it.
    pub proposed: bool,
    /// Who records it.
    pub proposer: Actor,
    /// Days of publicity in force now.
    pub publicity_days: u32,
    /// Units of service.
    pub quantity: Quantity,
    /// The schedule's version.
    pub schedule: u32,
    /// The district's rounding step.
    pub step: Points,
    /// Who witnessed it (证明人), as a pseudonym.
    pub witness: Option<String>,
}

/// A redemption or hold as decided upon: the store has already quoted its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Priced lines.
    pub lines: Vec<RedeemedLine>,
    /// For each line, the yearly limit the store's listing sets.
    pub limits: Vec<Option<u32>>,
    /// Where.
    pub store: StoreId,
}

/// What is decided about a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditVerdict {
    /// A second person confirms it; not before the publicity period is over.
    Confirm {
        /// Days of publicity in force now, for a credit that was proposed before its own were recorded with it.
        publicity_days: u32,
    },
    /// A second person rejects it.
    Reject,
    /// It is taken back.
    Reverse,
    /// Somebody objects.
    Object,
    /// An objection is decided.
    Resolve {
        /// Whether the objection was right: the credit is then rejected or reversed.
        upheld: bool,
    },
}

/// Commands of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerCommand {
    /// Register, or bring the particulars up to date.
    Register {
        /// The particulars.
        details: WorkerDetails,
        /// Whether an existing worker is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// The worker leaves the programme.
    Depart {
        /// Why.
        reason: String,
    },
    /// Issue a mutual-aid points card.
    IssueCard {
        /// Its number.
        card_no: CardNo,
        /// The Party branch.
        branch: BranchId,
        /// Whether a card held under this number is updated (a sheet) or refused (the API).
        update: bool,
    },
    /// Move the card to another branch.
    MoveCard {
        /// The new branch.
        branch: BranchId,
    },
    /// Close the card.
    CloseCard {
        /// Why.
        reason: String,
    },
    /// Record a credit.
    Credit(Box<CreditTerms>),
    /// Decide about a credit.
    JudgeCredit {
        /// Which.
        credit: CreditId,
        /// What.
        verdict: CreditVerdict,
        /// Who.
        by: Actor,
        /// Why.
        reason: String,
    },
    /// Spend points.
    Redeem {
        /// The redemption's name.
        redemption: RedemptionId,
        /// On what.
        spending: Spending,
    },
    /// Give the points of a redemption back to their lots.
    ReverseRedemption {
        /// Which.
        redemption: RedemptionId,
        /// Why.
        reason: String,
    },
    /// Set points aside.
    Hold {
        /// The hold's name.
        hold: HoldId,
        /// On what.
        spending: Spending,
        /// From when on it is void.
        expires_at: BusinessTime,
    },
    /// Spend points set aside.
    Capture {
        /// Which hold.
        hold: HoldId,
        /// The redemption's name.
        redemption: RedemptionId,
    },
    /// Give points set aside back.
    Release {
        /// Which hold.
        hold: HoldId,
        /// Whether because it ran out rather than on request.
        expired: bool,
        /// Why, where somebody said.
        reason: Option<String>,
    },
    /// Book the lots that can no longer be spent after a day as expired.
    Expire {
        /// The last day looked at: lots whose last day is not after it.
        through: NaiveDate,
    },
}

/// When a worker's command happened, and who the worker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfWorker {
    /// Which worker.
    pub worker: crate::domain::ids::WorkerId,
    /// When.
    pub at: BusinessTime,
}
