//! What is asked of a pair, and the values it is asked with.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{ActivityCode, BranchId, PairId, VisitId, WorkerId};
use crate::domain::time::BusinessTime;

/// A pair as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairTerms {
    /// The Party branch that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchId>,
    /// The first day no longer (解除日期).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub ended: Option<NaiveDate>,
    /// Who is helped (被帮带人).
    pub helped: WorkerId,
    /// Who helps (帮带人).
    pub helper: WorkerId,
    /// The first day (结对日期).
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub since: NaiveDate,
}

/// A visit: the first columns of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTerms {
    /// What it is scored as.
    pub activity: ActivityCode,
    /// On which day (走访日期).
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// Who reports it (填报人).
    pub reporter: WorkerId,
}

/// That the other one says so too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The Party branch that said it in place of whoever it names, who had left; none where that one said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchId>,
    /// Who (确认人); where a branch stood in, the partner in whose place it did.
    pub by: WorkerId,
    /// On which day (确认日期).
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
}

/// Commands of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairCommand {
    /// Open it, or bring it up to date.
    Open {
        /// When it is entered.
        at: BusinessTime,
        /// The pair's number (结对号).
        pair: PairId,
        /// Who with whom.
        terms: PairTerms,
    },
    /// Report a visit.
    Report {
        /// When it is entered.
        at: BusinessTime,
        /// 结对号.
        pair: PairId,
        /// The row's number (走访号).
        visit: VisitId,
        /// The visit.
        terms: VisitTerms,
    },
    /// Confirm a visit.
    Confirm {
        /// When it is entered.
        at: BusinessTime,
        /// 结对号.
        pair: PairId,
        /// The row's number (走访号).
        visit: VisitId,
        /// Who confirms, and when.
        confirmation: Confirmation,
    },
}
