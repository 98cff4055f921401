//! What is recorded of a worker's credits: the service, and what was decided about it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{ActivityCode, Actor, CreditId, WorkerId};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::time::{BusinessTime, ClockTime};

/// A witnessed service was recorded and made a lot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceRecorded {
    /// 活动代码.
    pub activity: ActivityCode,
    /// When it was entered, in business time.
    pub at: BusinessTime,
    /// Whether it counts for the mutual-aid points card.
    pub card: bool,
    /// Category on the card, as the schedule named it then.
    pub category: String,
    /// How many people check it, for a credit that waits; one that flags made necessary is among them. Waiting credits of
    /// journals from before this was recorded have none: one other person confirms those, once their publicity is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<u32>,
    /// The credit's name.
    pub credit: CreditId,
    /// Of the points, what went to an old debt at once.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// The day on which a proposal entered the ledger by the journal's clock, where it is not the day of `at`: its
    /// publicity counts from here.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub entered_on: Option<NaiveDate>,
    /// Digest of its evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The guards that were met, by their codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Code>,
    /// When the service began on its day, where that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ClockTime>,
    /// How many hours it took, millionths, where the district watches over the hours of a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Quantity>,
    /// Last day on which the lot can be spent; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub last_day: Option<NaiveDate>,
    /// The lot's number within the worker.
    pub lot: u32,
    /// The service date: the lot can be spent from here on.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// The points, hundredths.
    pub points: Points,
    /// Whether it does not count yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub proposed: bool,
    /// Who recorded it.
    pub proposer: Actor,
    /// The last day of its publicity, where that began at once.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub public_until: Option<NaiveDate>,
    /// Days of publicity of a proposal of the older kind, as the district's settings were when it began. Journals from before this was
    /// recorded have none: the settings at the confirmation decide there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publicity_days: Option<u32>,
    /// Units of service, millionths.
    pub quantity: Quantity,
    /// The schedule's version.
    pub schedule: u32,
    /// The request or pair it comes from, where it was not recorded as a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the service ended on its day, where that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ClockTime>,
    /// The points before a cap cut them, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncapped: Option<Points>,
    /// Payload version.
    pub v: V1,
    /// Who witnessed it, as a pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A credit was decided about: checked, confirmed, rejected, objected to, appealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditJudged {
    /// Whether only auditors may be told who did it (objections alone).
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
    /// Days of its publicity that were left when the clock was stopped (objections and appeals alone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<u32>,
    /// Of the points, what went to an old debt at once (confirmation alone).
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt_paid: Points,
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// Which of the objections to it, counted from 1 (appeals alone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<u32>,
    /// Its points, hundredths.
    pub points: Points,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A credit was checked as often as it must be, and everybody may look at it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditPublicised {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Who checked it last.
    pub by: Actor,
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// Its points, hundredths.
    pub points: Points,
    /// The last day of its publicity.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub public_until: NaiveDate,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// An objection was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectionResolved {
    /// The last day on which the decision can be appealed; absent where it is final.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub appeal_until: Option<NaiveDate>,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// The last day of the publicity that goes on, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub public_until: Option<NaiveDate>,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether it was right.
    pub upheld: bool,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A credit was taken back, all of it; what was already spent becomes a debt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditReversed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The credit's name: the key of the command that recorded it.
    pub credit: CreditId,
    /// Of the points, what was spent or set aside: a debt that later credits pay first.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt: Points,
    /// Of the points, what had been booked as expired.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub from_expired: Points,
    /// Its number among the worker's lots, from 1.
    pub lot: u32,
    /// Its points, hundredths.
    pub points: Points,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

const fn is_false(value: &bool) -> bool {
    !*value
}
