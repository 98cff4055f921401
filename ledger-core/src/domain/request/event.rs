//! What is recorded of a service request. Fields stand in alphabetical order: that is the canonical order of the bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::{Rating, Work};
use crate::domain::event::V1;
use crate::domain::ids::{ActivityCode, HandlingId, RequestId, SiteId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::time::BusinessTime;

/// A request was posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestPosted {
    /// What it is scored as.
    pub activity: ActivityCode,
    /// When it was entered.
    pub at: BusinessTime,
    /// By when it is to be done, where that was said: an annotation, by which nothing is judged.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub due: Option<NaiveDate>,
    /// An earlier request that it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<RequestId>,
    /// On which day.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// Who reported it, where a worker did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<WorkerId>,
    /// The request's number (单号).
    pub request: RequestId,
    /// The site that routes it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Payload version.
    pub v: V1,
}

/// A request was passed on to whoever is to see to it (转办).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRouted {
    /// When it was entered.
    pub at: BusinessTime,
    /// The body that sees to it (承办单位), where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// On which day.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// The site that sees to it, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Payload version.
    pub v: V1,
}

/// A worker took a request on and has not done it yet (认领).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestClaimed {
    /// When it was entered.
    pub at: BusinessTime,
    /// Who claimed it.
    pub claimer: WorkerId,
    /// The claim's number, under which the work will be reported.
    pub handling: HandlingId,
    /// On which day.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
}

/// A claim was given up before the work was reported (退回).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimReturned {
    /// When it was entered.
    pub at: BusinessTime,
    /// The claim's number.
    pub handling: HandlingId,
    /// On which day.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
}

/// A request on which nobody works was taken back (撤回).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestWithdrawn {
    /// When it was entered.
    pub at: BusinessTime,
    /// On which day.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
}

/// A request was found to repeat an earlier one (并入) after it was posted: from then on it is as one that was posted so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestMerged {
    /// When it was linked.
    pub at: BusinessTime,
    /// The earlier one.
    pub into: RequestId,
    /// Why, where somebody said: the reference that the vault gave for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
}

/// Somebody took a request on and did it: a row of 办理记录, or a claim that was reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandlingRecorded {
    /// When it was entered.
    pub at: BusinessTime,
    /// Who claimed it; absent where a report is fed back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimer: Option<WorkerId>,
    /// The row's number (办理号).
    pub handling: HandlingId,
    /// Units of work, millionths.
    pub quantity: Quantity,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
    /// The row's content as it was given.
    pub work: Work,
}

/// Somebody said what the work was worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandlingRated {
    /// When it was entered.
    pub at: BusinessTime,
    /// The row's number (办理号).
    pub handling: HandlingId,
    /// On which day, and what.
    pub rating: Rating,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a service request.
    RequestEvent of request: RequestId {
        /// It was posted.
        RequestPosted(RequestPosted) = "需求登记",
        /// Somebody took it on.
        HandlingRecorded(HandlingRecorded) = "需求办理",
        /// The work was rated or fed back.
        HandlingRated(HandlingRated) = "办理评价",
        /// It was passed on.
        RequestRouted(RequestRouted) = "需求转办",
        /// Somebody claimed it and has it to do.
        RequestClaimed(RequestClaimed) = "需求认领",
        /// A claim was given up.
        ClaimReturned(ClaimReturned) = "认领退回",
        /// It was taken back.
        RequestWithdrawn(RequestWithdrawn) = "需求撤回",
        /// It was linked to an earlier one.
        RequestMerged(RequestMerged) = "需求并入",
    }
}

impl RequestEvent {
    /// Why, where a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            RequestEvent::RequestMerged(event) => event.reason.as_deref(),
            RequestEvent::RequestPosted(_)
            | RequestEvent::HandlingRecorded(_)
            | RequestEvent::HandlingRated(_)
            | RequestEvent::RequestRouted(_)
            | RequestEvent::RequestClaimed(_)
            | RequestEvent::ClaimReturned(_)
            | RequestEvent::RequestWithdrawn(_) => None,
        }
    }
}
