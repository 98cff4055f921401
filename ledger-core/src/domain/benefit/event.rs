//! What is recorded of a benefit. Fields stand in alphabetical order: that is the canonical order of the bytes.

use serde::{Deserialize, Serialize};

use super::command::{ApplicationTerms, BenefitTerms, Use};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, ApplicationId, BenefitId, WorkerId};
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

/// Somebody applied for what bodies approve: nothing is spent, set aside or given before the last of them said so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitProposed {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// The bodies whose approval it needs.
    pub approvals: Vec<String>,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The account that acts.
    pub by: Actor,
    /// The application.
    pub terms: ApplicationTerms,
    /// Payload version.
    pub v: V1,
}

/// A body approved a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitChecked {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// For which body.
    pub body: String,
    /// The account that acts.
    pub by: Actor,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A proposal was sent back: it comes to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitRejected {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The account that acts.
    pub by: Actor,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
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
    /// 使用时间 and 核销商户.
    pub used: Use,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// An application was withdrawn. What was granted is free again; what waited leaves the queue, and what was proposed is not
/// decided any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitWithdrawn {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// Why, where somebody said: the reference that the vault gave for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Payload version.
    pub v: V1,
    /// Whether it was not granted yet: it waited for a place, or for the word of bodies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waited: bool,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A use was taken back: what was given is there to be used again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitUseReversed {
    /// The row's number (登记号).
    pub application: ApplicationId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The benefit's number (项目编号).
    pub benefit: BenefitId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// The use that is taken back.
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
        /// One was given back, or is not waited for any more.
        BenefitWithdrawn(BenefitWithdrawn) = "权益撤回",
        /// One was proposed to the bodies that approve.
        BenefitProposed(BenefitProposed) = "权益申请待审",
        /// One of these bodies approved.
        BenefitChecked(BenefitChecked) = "权益审核通过",
        /// It was sent back.
        BenefitRejected(BenefitRejected) = "权益申请退回",
        /// A use was taken back.
        BenefitUseReversed(BenefitUseReversed) = "权益核销冲正",
    }
}

impl BenefitEvent {
    /// Why, where a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            BenefitEvent::BenefitWithdrawn(event) => event.reason.as_deref(),
            BenefitEvent::BenefitRejected(event) => Some(&event.reason),
            BenefitEvent::BenefitUseReversed(event) => Some(&event.reason),
            BenefitEvent::BenefitRegistered(_)
            | BenefitEvent::BenefitUpdated(_)
            | BenefitEvent::BenefitGranted(_)
            | BenefitEvent::BenefitQueued(_)
            | BenefitEvent::BenefitUsed(_)
            | BenefitEvent::BenefitProposed(_)
            | BenefitEvent::BenefitChecked(_) => None,
        }
    }
}
