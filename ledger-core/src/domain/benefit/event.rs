//! What is recorded of a benefit. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::{ApplicationTerms, BenefitTerms, Use};
use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, WorkerId};
use crate::domain::time::BusinessTime;

/// A benefit was registered, or what is known of it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The particulars.
    pub terms: BenefitTerms,
    /// Payload version.
    pub v: V1,
}

/// Somebody applied: was given one, or waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitApplied {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The application.
    pub terms: ApplicationTerms,
    /// Payload version.
    pub v: V1,
}

/// What was given was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitUsed {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The use.
    pub used: Use,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

events! {
    /// Events of a benefit.
    BenefitEvent of benefit: BenefitId {
        /// It was registered.
        BenefitRegistered(BenefitRecorded) = "权益项目登记",
        /// What is known of it changed.
        BenefitUpdated(BenefitRecorded) = "权益项目变更",
        /// Somebody was given one.
        BenefitGranted(BenefitApplied) = "权益发放",
        /// Somebody waits for one.
        BenefitQueued(BenefitApplied) = "权益排队",
        /// One was used.
        BenefitUsed(BenefitUsed) = "权益核销",
    }
}
