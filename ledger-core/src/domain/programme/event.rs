//! What is recorded of the programme. Fields stand in alphabetical order: that is the canonical order of the bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::counter::CounterRules;
use super::guards::Guards;
use crate::domain::calendar::Calendar;
use crate::domain::event::V1;
use crate::domain::ids::BranchId;
use crate::domain::points::Points;
use crate::domain::schedule::Activity;
use crate::domain::time::BusinessTime;

/// The journal's first event: what its Merkle log is made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalOpened {
    /// Whether all that follows is made up, to show a ledger with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
    /// The log's origin.
    pub origin: String,
    /// The hash suite.
    pub suite: String,
    /// Payload version.
    pub v: V1,
}

/// The district's settings from here on, all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeConfigured {
    /// Whether anybody checks a credit.
    pub approval_required: bool,
    /// The days off, and the weekends that are worked; absent where none were ever given.
    #[serde(default, skip_serializing_if = "Calendar::is_empty")]
    pub calendar: Calendar,
    /// How many people check a credit, where it is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<u32>,
    /// Administrative division code.
    pub code: String,
    /// What counters may do; absent where nothing was ever set.
    #[serde(default, skip_serializing_if = "CounterRules::are_default")]
    pub counter: CounterRules,
    /// What the guards do.
    #[serde(default, skip_serializing_if = "Guards::are_off")]
    pub guards: Guards,
    /// The district's name.
    pub name: String,
    /// Rounding step, hundredths of points.
    pub points_step: Points,
    /// Days of publicity before a credit counts.
    pub publicity_days: u32,
    /// The tiers that stores may have; absent for every word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<String>,
    /// Payload version.
    pub v: V1,
    /// Whether a publicity counts working days alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub working_days: bool,
}

impl ProgrammeConfigured {
    /// How many people check a credit.
    pub fn checks(&self) -> u32 {
        self.checks.unwrap_or_else(|| u32::from(self.approval_required))
    }
}

const fn is_false(value: &bool) -> bool {
    !*value
}

/// A version of the points schedule was adopted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduleAdopted {
    /// The lines.
    pub activities: Vec<Activity>,
    /// First service date it holds for.
    pub effective_from: NaiveDate,
    /// Payload version.
    pub v: V1,
    /// 1, 2, 3, … in order of adoption.
    pub version: u32,
}

/// A Party branch closed its appraisal of a year (民主评议封存): from here on the year is what stood at the position, and
/// what is corrected later is told beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppraisalSealed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// 所在党支部, whose year it is.
    pub branch: BranchId,
    /// SHA-256 of the appraisal's JSON at the position, hexadecimal.
    pub digest: String,
    /// Whether the JSON names the requests and pairs that lines come from, with what was said of each: earlier programs did
    /// not, and what they sealed is told as it was.
    #[serde(default, skip_serializing_if = "is_false")]
    pub numbered: bool,
    /// The position whose state was appraised; it comes before this event.
    pub position: u64,
    /// Payload version.
    pub v: V1,
    /// The calendar year of the service dates.
    pub year: i32,
}

events! {
    /// Events of the programme.
    ProgrammeEvent {
        /// The journal was made.
        JournalOpened(JournalOpened) = "账本建立",
        /// Settings changed.
        ProgrammeConfigured(ProgrammeConfigured) = "制度设置",
        /// A schedule was adopted.
        ScheduleAdopted(ScheduleAdopted) = "积分标准公布",
        /// A branch closed a year's appraisal.
        AppraisalSealed(AppraisalSealed) = "评议封存",
    }
}

impl ProgrammeEvent {
    /// What it says of the journal, for the event that opens it.
    pub const fn as_opening(&self) -> Option<&JournalOpened> {
        match self {
            ProgrammeEvent::JournalOpened(event) => Some(event),
            ProgrammeEvent::ProgrammeConfigured(_)
            | ProgrammeEvent::ScheduleAdopted(_)
            | ProgrammeEvent::AppraisalSealed(_) => None,
        }
    }

    /// The settings that it gives.
    pub const fn as_settings(&self) -> Option<&ProgrammeConfigured> {
        match self {
            ProgrammeEvent::ProgrammeConfigured(event) => Some(event),
            ProgrammeEvent::JournalOpened(_)
            | ProgrammeEvent::ScheduleAdopted(_)
            | ProgrammeEvent::AppraisalSealed(_) => None,
        }
    }

    /// The version of the schedule that it adopts.
    pub const fn as_schedule(&self) -> Option<&ScheduleAdopted> {
        match self {
            ProgrammeEvent::ScheduleAdopted(event) => Some(event),
            ProgrammeEvent::JournalOpened(_)
            | ProgrammeEvent::ProgrammeConfigured(_)
            | ProgrammeEvent::AppraisalSealed(_) => None,
        }
    }

    /// The year that it closes.
    pub const fn as_seal(&self) -> Option<&AppraisalSealed> {
        match self {
            ProgrammeEvent::AppraisalSealed(event) => Some(event),
            ProgrammeEvent::JournalOpened(_)
            | ProgrammeEvent::ProgrammeConfigured(_)
            | ProgrammeEvent::ScheduleAdopted(_) => None,
        }
    }
}
