//! The points schedule (积分标准): what an activity earns, its caps and how long its lots last. Versions are data.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ids::ActivityCode;
use super::points::Points;
use super::time::Validity;

/// One line of the schedule. Field order is alphabetical: it is part of an event's canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Category on the card (类别): data, never an enum, because reforms rename them.
    pub category: String,
    /// How many people check a credit of it (审核人数); absent as the district says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<u32>,
    /// 活动代码.
    pub code: ActivityCode,
    /// Whether its credits count for the mutual-aid points card (计入积分卡).
    pub counts_for_card: bool,
    /// Most points for one worker on one service date (每日上限), hundredths; none is no cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_cap: Option<Points>,
    /// 活动名称.
    pub name: String,
    /// Points for one unit (每单位积分), hundredths.
    pub points_per_unit: Points,
    /// Days of publicity of a credit of it (公示天数); absent as the district says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publicity_days: Option<u32>,
    /// What the programmes of the documents ask beyond that.
    #[serde(default, skip_serializing_if = "ActivityTerms::is_plain")]
    pub terms: ActivityTerms,
    /// Unit of the quantity (计分单位), such as 小时.
    pub unit: String,
    /// How long its lots last (有效月数).
    pub validity: Validity,
}

/// When points ripen that are not credited when they are recorded (计分时点).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// 评价: when the work is rated.
    Rating,
    /// 反馈: when the report is fed back.
    Feedback,
}

/// What an activity asks beyond its points. Field order is alphabetical: it is part of an event's canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ActivityTerms {
    /// How many may claim one request (最多认领人数); one where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimers_max: Option<u32>,
    /// Most points for one worker in a month (每月上限), hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_cap: Option<Points>,
    /// One of these roles is asked for (需具角色).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// When its points ripen, where not when they are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<Scoring>,
    /// Most points for one worker in a calendar year (每年上限), hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly_cap: Option<Points>,
}

impl ActivityTerms {
    /// Whether it asks nothing.
    pub fn is_plain(&self) -> bool {
        *self == ActivityTerms::default()
    }
}

/// A version of the schedule: in force for service dates from `effective_from` until a later version's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleVersion {
    /// The lines.
    pub activities: Vec<Activity>,
    /// First service date it holds for.
    pub effective_from: NaiveDate,
    /// 1, 2, 3, … in order of adoption.
    pub version: u32,
}

impl ScheduleVersion {
    /// The line of an activity.
    pub fn activity(&self, code: &ActivityCode) -> Option<&Activity> {
        self.activities.iter().find(|activity| &activity.code == code)
    }
}
