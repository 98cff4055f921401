//! The values that the programme's commands are asked with: settings and guards.

use serde::{Deserialize, Serialize};

use crate::domain::points::Points;

/// What a guard does when it is met (`[guards]` of district.toml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    /// Nothing.
    #[default]
    Off,
    /// The command is refused with the guard's code.
    Refuse,
}

impl GuardAction {
    /// [`GuardAction::Off`] by reference, as serde's `skip_serializing_if` asks for it.
    pub(super) const fn is_off(&self) -> bool {
        matches!(self, GuardAction::Off)
    }
}

/// The guards of a district. One that was never set is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Guards {
    /// A worker witnesses the own service.
    #[serde(default, skip_serializing_if = "GuardAction::is_off")]
    pub self_witness: GuardAction,
}

impl Guards {
    /// Whether none is on.
    pub fn are_off(&self) -> bool {
        *self == Guards::default()
    }
}

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
    /// The guard against witnessing the own service.
    pub self_witness: Option<GuardAction>,
    /// The tiers (层级) that the district's stores may have; an empty list allows every word.
    pub tiers: Option<Vec<String>>,
}
