//! What is recorded where two ids are one person: what the one hands over, and what the other takes over. Both carry all
//! that their own stream needs; what they say of each other is held together by the books.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::LotPart;
use crate::domain::event::V1;
use crate::domain::ids::{ActivityCode, Actor, CreditId, Sku, WorkerId};
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;

/// The worker is the same person as another one, under whose id the account goes on: what is left in the lots and what is
/// owed leaves this one. Recorded once more after each correction of what was before, for what that left here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerMerged {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What was owed, hundredths.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt: Points,
    /// The id that is kept.
    pub into: WorkerId,
    /// What is taken out of which lot.
    pub lots: Vec<LotPart>,
    /// What that comes to, hundredths.
    pub points: Points,
    /// The reason, or the reference that the vault gave for it; none after a correction, which has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Payload version.
    pub v: V1,
    /// The id that is given up.
    pub worker: WorkerId,
}

/// The other side of it: each lot goes on under a number of this worker, with the days it always had; the debt joins the
/// debt; what counted against caps and yearly limits counts here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerAbsorbed {
    /// The id that is given up.
    pub absorbed: WorkerId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// What was credited to the other id, for the caps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<CreditedOn>,
    /// What was owed, hundredths.
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    pub debt: Points,
    /// What the other id had of items with a yearly limit or without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub had: Vec<HadIn>,
    /// What goes on here, under the numbers that come next.
    pub lots: Vec<MovedLot>,
    /// What is in them, hundredths.
    pub points: Points,
    /// Payload version.
    pub v: V1,
    /// The id that is kept.
    pub worker: WorkerId,
}

/// A lot that goes on under another id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLot {
    /// 活动代码.
    pub activity: ActivityCode,
    /// The credit that made it.
    pub credit: CreditId,
    /// Its number under the other id.
    pub from: u32,
    /// Last day on which it can be spent; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub last_day: Option<NaiveDate>,
    /// Its number under this one.
    pub lot: u32,
    /// The service date. Under this id it can be spent from the day of the merge on.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// What is left in it, hundredths.
    pub points: Points,
    /// Who recorded the credit.
    pub proposer: Actor,
}

impl MovedLot {
    /// From which day on it can be spent under the id that is kept, where it came on a day: before, it was another id's.
    pub fn spendable_from(&self, merged_on: NaiveDate) -> NaiveDate {
        self.on.max(merged_on)
    }
}

/// Points credited for an activity on a service date; below zero where a correction took them out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditedOn {
    /// 活动代码.
    pub activity: ActivityCode,
    /// The service date.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// How many, hundredths.
    pub points: Points,
}

/// Units of an item had in a calendar year; below zero where a correction gave them back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HadIn {
    /// Which item.
    pub sku: Sku,
    /// How many.
    pub units: i64,
    /// A calendar year in the zone of the district.
    pub year: i32,
}
