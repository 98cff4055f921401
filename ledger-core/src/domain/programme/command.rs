//! The values that the programme's commands are asked with: its settings.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::counter::CounterChange;
use super::guards::{Guard, GuardKind};
use crate::domain::points::Points;

/// The district's settings; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Whether a second person checks each credit: the same as one check, where `checks` says nothing.
    pub approval_required: Option<bool>,
    /// How many people check a credit: 0, 1 or 2.
    pub checks: Option<u32>,
    /// Administrative division code (行政区划代码).
    pub code: Option<String>,
    /// The counters' rules to set anew.
    pub counter: CounterChange,
    /// The guards to set anew; the others stay as they are.
    pub guards: BTreeMap<GuardKind, Guard>,
    /// Days off (节假日).
    pub holidays: Option<Vec<NaiveDate>>,
    /// Weekends on which the district works (调休上班日).
    pub makeup_workdays: Option<Vec<NaiveDate>>,
    /// The district's name.
    pub name: Option<String>,
    /// Credits are rounded down to a multiple of this.
    pub points_step: Option<Points>,
    /// Days of publicity (公示) before a credit counts.
    pub publicity_days: Option<u32>,
    /// The tiers (层级) that the district's stores may have; an empty list allows every word.
    pub tiers: Option<Vec<String>>,
    /// Whether a publicity counts working days alone.
    pub working_days: Option<bool>,
}
