//! What is recorded of a worker. Fields stand in alphabetical order: that is the canonical order of the bytes.
//! An event carries all that a replay needs: the points, the lots touched, the rule's version.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{
    ActivityCode, Actor, BranchId, CardNo, CreditId, HoldId, MerchantId, RedemptionId, Sku, StoreId, WorkerId,
};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::time::BusinessTime;

/// A part of a lot: its number within the worker (1, 2, 3, …) and hundredths of points. Written `[3,1000]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotPart(pub u32, pub Points);

/// One line of a redemption or hold, with the price that was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedeemedLine {
    /// Kind of item.
    pub kind: String,
    /// Who supplies or honours it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantId>,
    /// Price of one unit, hundredths of points.
    pub price: Points,
    /// Units.
    pub quantity: u32,
    /// Which.
    pub sku: Sku,
}

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

/// A witnessed service was recorded and made a lot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceRecorded {
    /// The activity.
    pub activity: ActivityCode,
    /// When it was entered, in business time.
    pub at: BusinessTime,
    /// Whether it counts for the mutual-aid points card.
    pub card: bool,
    /// Category on the card, as the schedule named it then.
    pub category: String,
    /// The credit's name.
    pub credit: CreditId,
    /// Of the points, what went to an old debt at once.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// Digest of its evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Last day on which the lot can be spent; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// The lot's number within the worker.
    pub lot: u32,
    /// The service date: the lot can be spent from here on.
    pub on: NaiveDate,
    /// The points, hundredths.
    pub points: Points,
    /// Whether it still waits for a second person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub proposed: bool,
    /// Who recorded it.
    pub proposer: Actor,
    /// Units of service, millionths.
    pub quantity: Quantity,
    /// The schedule's version.
    pub schedule: u32,
    /// The points before the daily cap cut them, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncapped: Option<Points>,
    /// Payload version.
    pub v: V1,
    /// Who witnessed it, as a pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// Whose.
    pub worker: WorkerId,
}

/// A credit was decided about: confirmed, rejected, objected to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditJudged {
    /// When.
    pub at: BusinessTime,
    /// Who.
    pub by: Actor,
    /// Which.
    pub credit: CreditId,
    /// Of the points, what went to an old debt at once (confirmation alone).
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// Its lot.
    pub lot: u32,
    /// Its points, hundredths.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// An objection was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectionResolved {
    /// When.
    pub at: BusinessTime,
    /// Who.
    pub by: Actor,
    /// Which.
    pub credit: CreditId,
    /// Its lot.
    pub lot: u32,
    /// Why.
    pub reason: String,
    /// Whether it was right.
    pub upheld: bool,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// A credit was taken back, all of it; what was already spent becomes a debt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditReversed {
    /// When.
    pub at: BusinessTime,
    /// Who.
    pub by: Actor,
    /// Which.
    pub credit: CreditId,
    /// Of the points, what was spent or set aside: a debt that later credits pay first.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt: Points,
    /// Of the points, what had been booked as expired.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub from_expired: Points,
    /// Its lot.
    pub lot: u32,
    /// Its points, hundredths.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Points were spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redeemed {
    /// When.
    pub at: BusinessTime,
    /// What can still be spent on that day, as the receipt says.
    pub balance: Points,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much, hundredths.
    pub points: Points,
    /// The redemption's name.
    pub redemption: RedemptionId,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Points of a redemption went back to the lots they came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RedemptionReversed {
    /// When.
    pub at: BusinessTime,
    /// What can be spent on that day, as the receipt says.
    pub balance: Points,
    /// Of the points, what belonged to credits taken back meanwhile and settled their debt.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// What came back.
    pub lines: Vec<RedeemedLine>,
    /// To which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// When the redemption had been made.
    pub redeemed_at: BusinessTime,
    /// Which redemption.
    pub redemption: RedemptionId,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Points were set aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointsHeld {
    /// When.
    pub at: BusinessTime,
    /// What can still be spent on that day.
    pub balance: Points,
    /// From when on it is void.
    pub expires_at: BusinessTime,
    /// The hold's name.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much, hundredths.
    pub points: Points,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Points set aside were spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldCaptured {
    /// When.
    pub at: BusinessTime,
    /// What can still be spent on that day, as the receipt says.
    pub balance: Points,
    /// When the hold had been placed: its year counts for yearly limits.
    pub held_at: BusinessTime,
    /// Which hold.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// How much, hundredths.
    pub points: Points,
    /// The redemption's name.
    pub redemption: RedemptionId,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Points set aside went back to their lots: released on request, or because the hold ran out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldEnded {
    /// When.
    pub at: BusinessTime,
    /// Of the points, what belonged to credits taken back meanwhile and settled their debt.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// When the hold had been placed.
    pub held_at: BusinessTime,
    /// Which hold.
    pub hold: HoldId,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// To which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Where.
    pub store: StoreId,
    /// Payload version.
    pub v: V1,
    /// Whose.
    pub worker: WorkerId,
}

/// Lots were booked as expired, or taken out of expiry again because a redemption dated before it was recorded later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpiryBooked {
    /// When.
    pub at: BusinessTime,
    /// Which lots.
    pub lots: Vec<LotPart>,
    /// How much in all, hundredths.
    pub points: Points,
    /// Payload version.
    pub v: V1,
    /// Whose.
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

const fn is_false(value: &bool) -> bool {
    !*value
}
