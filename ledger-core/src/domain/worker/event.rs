//! What is recorded of a worker: the particulars and the card here; credits, spending and appointments beside. Fields stand in
//! alphabetical order: that is the canonical order of the bytes.
//! An event carries all that a replay needs: the points, the lots touched, the rule's version. What it comes to for its
//! readers stands in `act` and `answers`.

mod act;
mod answers;
mod appointments;
mod credits;
mod merging;
mod spending;

use serde::{Deserialize, Serialize};

pub use act::{AppointmentWord, Booking, CardStep, Judgement, Redemption, Verdict, WorkerAct};
pub use answers::{Basket, Lots};
pub use appointments::{AppointmentConfirmed, AppointmentProposed, AppointmentRecorded, AppointmentRejected};
pub use credits::{CreditJudged, CreditPublicised, CreditReversed, ObjectionResolved, ServiceRecorded};
pub use merging::{CreditedOn, HadIn, MovedLot, WorkerAbsorbed, WorkerMerged};
pub use spending::{
    BenefitPointsReturned, BenefitPointsSpent, ExpiryBooked, HoldCaptured, HoldEnded, LotPart, PointsHeld, Redeemed,
    RedeemedLine, RedemptionReversed,
};

use crate::domain::event::V1;
use crate::domain::ids::{Actor, BranchId, CardNo, SiteId, WorkerId};
use crate::domain::time::BusinessTime;

/// A worker joined, or the particulars changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerRecorded {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 从业类型, as in 人员名册.
    pub occupation: String,
    /// Whether a Party member, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_member: Option<bool>,
    /// 所属平台, as in 人员名册.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Whether still on probation as a Party member (中共预备党员).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probationary: bool,
    /// The site the worker belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A worker left the programme: no credit or redemption begins any more; what was begun may be finished, nothing is
/// lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerDeparted {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A mutual-aid points card was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardIssued {
    /// Business time: when it happened, not when it was entered.
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
    /// Business time: when it happened, not when it was entered.
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
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Its number.
    pub card_no: CardNo,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The holder.
    pub worker: WorkerId,
}

/// A step towards forgetting the person behind the account: asked for, or confirmed by a second person. Points, cards and
/// proofs stay; what the vault knew of the person is destroyed with the second step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErasureStep {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Whether it was the worker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oneself: bool,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// 编号, as in 人员名册.
    pub worker: WorkerId,
}

events! {
    /// Events of a worker.
    WorkerEvent of worker: WorkerId {
        /// The worker joined.
        WorkerRegistered(WorkerRecorded) = "人员登记",
        /// The particulars changed.
        WorkerUpdated(WorkerRecorded) = "人员变更",
        /// The worker left.
        WorkerDeparted(WorkerDeparted) = "人员退出",
        /// Somebody asked to forget the person.
        WorkerErasureAsked(ErasureStep) = "申请删除个人信息",
        /// A second person confirmed, and the person was forgotten.
        WorkerErased(ErasureStep) = "个人信息已删除",
        /// A card was issued.
        CardIssued(CardIssued) = "积分卡发放",
        /// The card changed its branch.
        CardMoved(CardMoved) = "积分卡转移",
        /// The card was closed.
        CardClosed(CardClosed) = "积分卡注销",
        /// Volunteer service (志愿服务).
        VolunteerServiceRecorded(ServiceRecorded) = "积分认定·志愿服务",
        /// Civic creation (文明创建).
        CivicCreationRecorded(ServiceRecorded) = "积分认定·文明创建",
        /// A service of any other category of the district.
        CommunityServiceRecorded(ServiceRecorded) = "积分认定",
        /// A second person checked it, and another one must.
        CreditChecked(CreditJudged) = "审核",
        /// It was checked as often as it must be, and is public now.
        CreditPublicised(CreditPublicised) = "公示",
        /// It counts: a second person confirmed it, or its publicity is over.
        CreditConfirmed(CreditJudged) = "确认",
        /// A second person rejected.
        CreditRejected(CreditJudged) = "驳回",
        /// Somebody objected.
        CreditObjected(CreditJudged) = "异议",
        /// The decision about an objection was appealed.
        CreditAppealed(CreditJudged) = "申诉",
        /// The objection was decided.
        ObjectionResolved(ObjectionResolved) = "异议处理",
        /// The credit was taken back.
        CreditReversed(CreditReversed) = "积分冲正",
        /// Points were spent.
        Redeemed(Redeemed) = "兑换",
        /// Points came back.
        RedemptionReversed(RedemptionReversed) = "兑换冲正",
        /// Somebody was appointed.
        AppointmentRecorded(AppointmentRecorded) = "聘任登记",
        /// Points were spent on a benefit.
        BenefitPointsSpent(BenefitPointsSpent) = "权益积分",
        /// Points spent on a benefit came back.
        BenefitPointsReturned(BenefitPointsReturned) = "权益积分退回",
        /// Points were set aside.
        PointsHeld(PointsHeld) = "预占",
        /// Points set aside were spent.
        HoldCaptured(HoldCaptured) = "预占转兑换",
        /// Points set aside were given back on request.
        HoldReleased(HoldEnded) = "释放预占",
        /// Points set aside were given back because the hold ran out.
        HoldExpired(HoldEnded) = "预占到期",
        /// Lots expired.
        PointsExpired(ExpiryBooked) = "过期记账",
        /// Lots were taken out of expiry.
        ExpiryReversed(ExpiryBooked) = "过期转回",
        /// The worker is another one under whose id the account goes on.
        WorkerMerged(WorkerMerged) = "人员并入",
        /// The account of another id of the same person goes on here.
        WorkerAbsorbed(WorkerAbsorbed) = "人员合并",
        /// An appointment was proposed to a second person.
        AppointmentProposed(AppointmentProposed) = "聘任待确认",
        /// That person confirmed it.
        AppointmentConfirmed(AppointmentConfirmed) = "聘任确认",
        /// That person sent it back.
        AppointmentRejected(AppointmentRejected) = "聘任退回",
    }
}

impl WorkerEvent {
    /// A recorded service, named by its category in the documents' words.
    pub fn service(record: ServiceRecorded) -> WorkerEvent {
        match record.category.as_str() {
            "志愿服务" => WorkerEvent::VolunteerServiceRecorded(record),
            "文明创建" => WorkerEvent::CivicCreationRecorded(record),
            _ => WorkerEvent::CommunityServiceRecorded(record),
        }
    }
}
