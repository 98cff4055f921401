//! The programme's state, folded from its events.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::counter::CounterRules;
use super::event::ProgrammeEvent;
use super::guards::Guards;
use crate::domain::calendar::{Calendar, Counting};
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
    /// The days off, and the weekends that are worked.
    pub calendar: Calendar,
    /// How many people check a credit.
    pub checks: u32,
    /// Administrative division code; blank until configured.
    pub code: String,
    /// What counters may do.
    pub counter: CounterRules,
    /// What the guards do.
    pub guards: Guards,
    /// The district's name; blank until configured.
    pub name: String,
    /// Rounding step; one point until configured.
    pub points_step: Points,
    /// Days of publicity before a credit counts.
    pub publicity_days: u32,
    /// Which days of a publicity count.
    pub counting: Counting,
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
            calendar: Calendar::default(),
            checks: 0,
            code: String::new(),
            counter: CounterRules::default(),
            guards: Guards::default(),
            name: String::new(),
            points_step: Points::from_whole(1),
            publicity_days: 0,
            counting: Counting::Natural,
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

    /// Whether the latest version that knows the activity says that its points ripen later.
    pub fn ripens_later(&self, code: &ActivityCode) -> bool {
        let line = self.schedules.iter().rev().find_map(|schedule| schedule.activity(code));
        line.is_some_and(|activity| activity.terms.scoring.is_some())
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

    /// The line of an activity in a version of the schedule.
    pub fn line(&self, version: u32, code: &ActivityCode) -> Option<&Activity> {
        self.schedules.iter().find(|schedule| schedule.version == version)?.activity(code)
    }

    /// How many people check a credit of a line: as the line says, else as the district does.
    pub fn checks_of(&self, line: &Activity) -> u32 {
        line.checks.unwrap_or(self.checks)
    }

    /// How many days a credit of a line is public: as the line says, else as the district does.
    pub fn publicity_of(&self, line: Option<&Activity>) -> u32 {
        line.and_then(|line| line.publicity_days).unwrap_or(self.publicity_days)
    }

    /// The last day of a period that begins on a day, by the district's calendar; none beyond the years that are kept.
    pub fn last_day(&self, begins: NaiveDate, days: u32) -> Option<NaiveDate> {
        self.calendar.last_day(begins, days, self.counting)
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &ProgrammeEvent) {
        match event {
            ProgrammeEvent::JournalOpened(event) => self.opened = Some((event.origin.clone(), event.suite.clone())),
            ProgrammeEvent::ProgrammeConfigured(event) => {
                self.configured = true;
                self.calendar = Calendar::clone(&event.calendar);
                self.checks = event.checks();
                self.counting = if event.working_days { Counting::Working } else { Counting::Natural };
                self.code.clone_from(&event.code);
                self.name.clone_from(&event.name);
                self.points_step = event.points_step;
                self.publicity_days = event.publicity_days;
                self.counter.clone_from(&event.counter);
                self.guards = event.guards.clone();
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
