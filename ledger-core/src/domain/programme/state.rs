//! The programme's state, folded from its events.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::Guards;
use super::event::ProgrammeEvent;
use crate::domain::ids::{ActivityCode, BranchId};
use crate::domain::points::Points;
use crate::domain::schedule::{Activity, ScheduleVersion};

/// The programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Origin and hash suite, once the journal was opened.
    pub opened: Option<(String, String)>,
    /// Whether settings were ever given.
    pub configured: bool,
    /// Whether a second person confirms each credit.
    pub approval_required: bool,
    /// Administrative division code; blank until configured.
    pub code: String,
    /// What the guards do.
    pub guards: Guards,
    /// The district's name; blank until configured.
    pub name: String,
    /// Rounding step; one point until configured.
    pub points_step: Points,
    /// Days of publicity before confirmation.
    pub publicity_days: u32,
    /// The tiers that stores may have; empty for every word.
    pub tiers: Vec<String>,
    schedules: Vec<ScheduleVersion>,
    /// The years that branches closed, in order.
    seals: Vec<SealedYear>,
}

/// A year that a branch closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SealedYear {
    branch: BranchId,
    position: u64,
    year: i32,
}

impl Default for Programme {
    fn default() -> Programme {
        Programme {
            opened: None,
            configured: false,
            approval_required: false,
            code: String::new(),
            guards: Guards::default(),
            name: String::new(),
            points_step: Points::from_whole(1),
            publicity_days: 0,
            tiers: Vec::new(),
            schedules: Vec::new(),
            seals: Vec::new(),
        }
    }
}

impl Programme {
    /// All versions of the schedule, in order of adoption.
    pub fn schedules(&self) -> &[ScheduleVersion] {
        &self.schedules
    }

    /// The version in force on a service date: the latest start not after it; of equal starts the one adopted last.
    pub fn schedule_on(&self, service_date: NaiveDate) -> Option<&ScheduleVersion> {
        self.schedules
            .iter()
            .filter(|schedule| schedule.effective_from <= service_date)
            .max_by_key(|schedule| (schedule.effective_from, schedule.version))
    }

    /// Whether any version knows the activity.
    pub fn knows(&self, code: &ActivityCode) -> bool {
        self.schedules.iter().any(|schedule| schedule.activity(code).is_some())
    }

    /// The activity's line on a service date, with the version it comes from.
    pub fn activity_on(&self, code: &ActivityCode, service_date: NaiveDate) -> Option<(&Activity, u32)> {
        let schedule = self.schedule_on(service_date)?;
        schedule.activity(code).map(|activity| (activity, schedule.version))
    }

    /// The position at which a branch closed a year, once it did.
    pub fn sealed(&self, branch: &BranchId, year: i32) -> Option<u64> {
        let seal = self.seals.iter().find(|seal| seal.year == year && &seal.branch == branch);
        seal.map(|seal| seal.position)
    }

    /// Whether credits wait for a second person or a publicity period.
    pub const fn needs_confirmation(&self) -> bool {
        self.approval_required || self.publicity_days > 0
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &ProgrammeEvent) {
        match event {
            ProgrammeEvent::JournalOpened(event) => self.opened = Some((event.origin.clone(), event.suite.clone())),
            ProgrammeEvent::ProgrammeConfigured(event) => {
                self.configured = true;
                self.approval_required = event.approval_required;
                self.code.clone_from(&event.code);
                self.name.clone_from(&event.name);
                self.points_step = event.points_step;
                self.publicity_days = event.publicity_days;
                self.guards = event.guards;
                self.tiers.clone_from(&event.tiers);
            }
            ProgrammeEvent::ScheduleAdopted(event) => self.schedules.push(ScheduleVersion {
                activities: event.activities.clone(),
                effective_from: event.effective_from,
                version: event.version,
            }),
            ProgrammeEvent::AppraisalSealed(event) => {
                self.seals.push(SealedYear { branch: event.branch.clone(), position: event.position, year: event.year })
            }
        }
    }
}
