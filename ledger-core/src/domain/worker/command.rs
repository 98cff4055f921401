//! The values that a worker's commands are asked with. Everything ambient arrives inside: times, prices, the
//! schedule's line.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::RedeemedLine;
use crate::domain::ids::{Actor, CreditId, SiteId, StoreId};
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
    /// The site the worker belongs to (所在站点, 所在社区). An update that names none leaves it as it is.
    #[serde(default)]
    pub site: Option<SiteId>,
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

/// When a worker's command happened, and who the worker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfWorker {
    /// Which worker.
    pub worker: crate::domain::ids::WorkerId,
    /// When.
    pub at: BusinessTime,
}
