//! What is recorded of a pair. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::{Confirmation, PairTerms, VisitTerms};
use crate::domain::event::V1;
use crate::domain::ids::{PairId, VisitId};
use crate::domain::time::BusinessTime;

/// Two were paired, or what is known of them changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// The pair's number (结对号).
    pub pair: PairId,
    /// Who with whom, through which days.
    pub terms: PairTerms,
    /// Payload version.
    pub v: V1,
}

/// One of them reported a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitReported {
    /// When it was entered.
    pub at: BusinessTime,
    /// 结对号.
    pub pair: PairId,
    /// The visit.
    pub terms: VisitTerms,
    /// Payload version.
    pub v: V1,
    /// The row's number (走访号).
    pub visit: VisitId,
}

/// The other one confirmed it, or the branch in place of one who left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitConfirmed {
    /// When it was entered.
    pub at: BusinessTime,
    /// Who, and on which day.
    pub confirmation: Confirmation,
    /// 结对号.
    pub pair: PairId,
    /// Payload version.
    pub v: V1,
    /// The row's number (走访号).
    pub visit: VisitId,
}

events! {
    /// Events of a pair.
    PairEvent of pair: PairId {
        /// Two were paired.
        PairOpened(PairRecorded) = "帮带结对",
        /// What is known of them changed.
        PairUpdated(PairRecorded) = "结对变更",
        /// A visit was reported.
        VisitReported(VisitReported) = "走访填报",
        /// A visit was confirmed.
        VisitConfirmed(VisitConfirmed) = "走访确认",
    }
}
