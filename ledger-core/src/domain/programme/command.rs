//! What may be asked of the programme.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::points::Points;
use crate::domain::schedule::Activity;

/// The district's settings; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Whether a second person confirms each credit.
    pub approval_required: Option<bool>,
    /// Administrative division code (行政区划代码).
    pub code: Option<String>,
    /// The district's name.
    pub name: Option<String>,
    /// Credits are rounded down to a multiple of this.
    pub points_step: Option<Points>,
    /// Days of publicity (公示) before a credit may be confirmed.
    pub publicity_days: Option<u32>,
}

/// Commands of the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeCommand {
    /// Make the journal's first event.
    Open {
        /// The log's origin: its unique name in checkpoints.
        origin: String,
        /// The hash suite's name.
        suite: String,
    },
    /// Change settings.
    Configure(Settings),
    /// Adopt a version of the schedule.
    AdoptSchedule {
        /// The lines.
        activities: Vec<Activity>,
        /// First service date it holds for.
        effective_from: NaiveDate,
    },
}
