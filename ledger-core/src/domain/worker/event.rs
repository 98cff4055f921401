//! What is recorded of a worker: the particulars and the card here; credits and spending beside. Fields stand in
//! alphabetical order: that is the canonical order of the bytes.
//! An event carries all that a replay needs: the points, the lots touched, the rule's version.

mod credits;
mod spending;

use serde::{Deserialize, Serialize};

pub use credits::{CreditJudged, CreditReversed, ObjectionResolved, ServiceRecorded};
pub use spending::{
    ExpiryBooked, HoldCaptured, HoldEnded, LotPart, PointsHeld, Redeemed, RedeemedLine, RedemptionReversed,
};

use crate::domain::event::V1;
use crate::domain::ids::{BranchId, CardNo, WorkerId};
use crate::domain::time::BusinessTime;

/// A worker joined, or the particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerRecorded {
    /// When.
    pub at: BusinessTime,
    /// Occupation.
    pub occupation: String,
    /// Whether a Party member, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_member: Option<bool>,
    /// Platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Payload version.
    pub v: V1,
    /// Which.
    pub worker: WorkerId,
}

/// A worker left the programme: no credit or redemption begins any more; what was begun may be finished, nothing is
/// lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerDeparted {
    /// When.
    pub at: BusinessTime,
    /// Why.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// Which.
    pub worker: WorkerId,
}

/// A mutual-aid points card was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardIssued {
    /// When.
    pub at: BusinessTime,
    /// The Party branch.
    pub branch: BranchId,
    /// Its number.
    pub card_no: CardNo,
    /// Payload version.
    pub v: V1,
    /// The holder.
    pub worker: WorkerId,
}

/// The card went to another branch (组织关系转移).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardMoved {
    /// When.
    pub at: BusinessTime,
    /// The new branch.
    pub branch: BranchId,
    /// Its number.
    pub card_no: CardNo,
    /// The old branch.
    pub from: BranchId,
    /// Payload version.
    pub v: V1,
    /// The holder.
    pub worker: WorkerId,
}

/// The card was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardClosed {
    /// When.
    pub at: BusinessTime,
    /// Its number.
    pub card_no: CardNo,
    /// Why.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The holder.
    pub worker: WorkerId,
}

events! {
    /// Events of a worker.
    WorkerEvent {
        /// The worker joined.
        WorkerRegistered(WorkerRecorded),
        /// The particulars changed.
        WorkerUpdated(WorkerRecorded),
        /// The worker left.
        WorkerDeparted(WorkerDeparted),
        /// A card was issued.
        CardIssued(CardIssued),
        /// The card changed its branch.
        CardMoved(CardMoved),
        /// The card was closed.
        CardClosed(CardClosed),
        /// Volunteer service (志愿服务).
        VolunteerServiceRecorded(ServiceRecorded),
        /// Civic creation (文明创建).
        CivicCreationRecorded(ServiceRecorded),
        /// A service of any other category of the district.
        CommunityServiceRecorded(ServiceRecorded),
        /// A second person confirmed.
        CreditConfirmed(CreditJudged),
        /// A second person rejected.
        CreditRejected(CreditJudged),
        /// Somebody objected.
        CreditObjected(CreditJudged),
        /// The objection was decided.
        ObjectionResolved(ObjectionResolved),
        /// The credit was taken back.
        CreditReversed(CreditReversed),
        /// Points were spent.
        Redeemed(Redeemed),
        /// Points came back.
        RedemptionReversed(RedemptionReversed),
        /// Points were set aside.
        PointsHeld(PointsHeld),
        /// Points set aside were spent.
        HoldCaptured(HoldCaptured),
        /// Points set aside were given back on request.
        HoldReleased(HoldEnded),
        /// Points set aside were given back because the hold ran out.
        HoldExpired(HoldEnded),
        /// Lots expired.
        PointsExpired(ExpiryBooked),
        /// Lots were taken out of expiry.
        ExpiryReversed(ExpiryBooked),
    }
}

macro_rules! common_field {
    ($self:expr, $field:ident) => {
        match $self {
            WorkerEvent::WorkerRegistered(event) | WorkerEvent::WorkerUpdated(event) => &event.$field,
            WorkerEvent::WorkerDeparted(event) => &event.$field,
            WorkerEvent::CardIssued(event) => &event.$field,
            WorkerEvent::CardMoved(event) => &event.$field,
            WorkerEvent::CardClosed(event) => &event.$field,
            WorkerEvent::VolunteerServiceRecorded(event)
            | WorkerEvent::CivicCreationRecorded(event)
            | WorkerEvent::CommunityServiceRecorded(event) => &event.$field,
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => &event.$field,
            WorkerEvent::ObjectionResolved(event) => &event.$field,
            WorkerEvent::CreditReversed(event) => &event.$field,
            WorkerEvent::Redeemed(event) => &event.$field,
            WorkerEvent::RedemptionReversed(event) => &event.$field,
            WorkerEvent::PointsHeld(event) => &event.$field,
            WorkerEvent::HoldCaptured(event) => &event.$field,
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => &event.$field,
            WorkerEvent::PointsExpired(event) | WorkerEvent::ExpiryReversed(event) => &event.$field,
        }
    };
}

impl WorkerEvent {
    /// Which worker.
    pub const fn worker(&self) -> &WorkerId {
        common_field!(self, worker)
    }

    /// When it happened.
    pub const fn at(&self) -> BusinessTime {
        *common_field!(self, at)
    }

    /// A recorded service, named by its category in the documents' words.
    pub fn service(record: ServiceRecorded) -> WorkerEvent {
        match record.category.as_str() {
            "志愿服务" => WorkerEvent::VolunteerServiceRecorded(record),
            "文明创建" => WorkerEvent::CivicCreationRecorded(record),
            _ => WorkerEvent::CommunityServiceRecorded(record),
        }
    }

    /// The service record, whichever category named the event.
    pub const fn as_service(&self) -> Option<&ServiceRecorded> {
        match self {
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => Some(record),
            _ => None,
        }
    }
}
