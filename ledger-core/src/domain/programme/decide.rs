//! The rules of the programme.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::command::Settings;
use super::counter::{BACK_DAYS_MAX, CounterRules};
use super::event::{AppraisalSealed, JournalOpened, ProgrammeConfigured, ProgrammeEvent, ScheduleAdopted};
use super::state::Programme;
use crate::domain::calendar::{Calendar, Counting};
use crate::domain::event::V1;
use crate::domain::ids::BranchId;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, Validity, is_plausible};

/// The longest period a lot may last: a hundred years.
const MONTHS_MAX: u32 = 1_200;
/// The longest publicity: a year, a leap day included.
const PUBLICITY_DAYS_MAX: u32 = 366;
/// The most people who check one credit.
const CHECKS_MAX: u32 = 2;
/// The most days off, or weekends worked, that a district's calendar holds.
const CALENDAR_DAYS_MAX: usize = 2_000;
/// The largest number of a guard.
const GUARD_NUMBER_MAX: u32 = 10_000;
/// The most tiers a district's list may have.
const TIERS_MAX: usize = 100;

/// Commands of the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeCommand {
    /// Make the journal's first event.
    Open {
        /// Whether all that follows is made up, to show a ledger with.
        demonstration: bool,
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
    /// Close a branch's appraisal of a year.
    SealAppraisal {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// 所在党支部, whose year it is.
        branch: BranchId,
        /// SHA-256 of the appraisal's JSON, hexadecimal.
        digest: String,
        /// The position whose state was appraised.
        position: u64,
        /// The calendar year.
        year: i32,
    },
}

impl Programme {
    /// Decides a command of the programme. What would change nothing gives no event.
    ///
    /// # Errors
    /// `invalid_input` and `invalid_date` for settings or a schedule that cannot hold.
    pub fn decide(&self, command: ProgrammeCommand) -> Decision<Vec<ProgrammeEvent>> {
        match command {
            ProgrammeCommand::Open { origin, suite, demonstration } => match &self.opened {
                Some(_) => Ok(Vec::new()),
                None => Ok(vec![ProgrammeEvent::JournalOpened(JournalOpened { demonstration, origin, suite, v: V1 })]),
            },
            ProgrammeCommand::Configure(settings) => self.configure(settings),
            ProgrammeCommand::AdoptSchedule { activities, effective_from } => {
                check_activities(&activities)?;
                if !is_plausible(effective_from) {
                    return Err(Refusal::new(Code::InvalidDate, "effective_from lies outside 1900 to 9998"));
                }
                let unchanged = self
                    .schedule_on(effective_from)
                    .is_some_and(|now| now.activities == activities && now.effective_from == effective_from);
                if unchanged {
                    return Ok(Vec::new());
                }
                let version = u32::try_from(self.schedules().len()).unwrap_or(u32::MAX).saturating_add(1);
                let adopted = ScheduleAdopted { activities, effective_from, v: V1, version };
                Ok(vec![ProgrammeEvent::ScheduleAdopted(adopted)])
            }
            ProgrammeCommand::SealAppraisal { at, branch, digest, position, year } => {
                if let Some(sealed) = self.sealed(&branch, year) {
                    let message = format!(
                        "branch {branch} sealed {year} at position {sealed} already; what is corrected later is told beside it"
                    );
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                if year > at.date().year() {
                    let message = format!("{year} has not begun; seal a year once its services are recorded");
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                let sealed = AppraisalSealed { at, branch, digest, numbered: true, position, v: V1, year };
                Ok(vec![ProgrammeEvent::AppraisalSealed(sealed)])
            }
        }
    }

    fn configure(&self, settings: Settings) -> Decision<Vec<ProgrammeEvent>> {
        let checks = settings.checks.or(settings.approval_required.map(u32::from)).unwrap_or(self.checks);
        let Calendar { holidays, makeup_workdays } = self.calendar.clone();
        let calendar =
            Calendar::new(settings.holidays.unwrap_or(holidays), settings.makeup_workdays.unwrap_or(makeup_workdays));
        let wanted = ProgrammeConfigured {
            approval_required: checks > 0,
            calendar,
            checks: Some(checks).filter(|checks| *checks > 1),
            code: settings.code.unwrap_or_else(|| self.code.clone()),
            counter: self.counter.with(&settings.counter),
            guards: self.guards.with(&settings.guards),
            name: settings.name.unwrap_or_else(|| self.name.clone()),
            points_step: settings.points_step.unwrap_or(self.points_step),
            publicity_days: settings.publicity_days.unwrap_or(self.publicity_days),
            tiers: settings.tiers.unwrap_or_else(|| self.tiers.clone()),
            v: V1,
            working_days: settings.working_days.unwrap_or(self.counting == Counting::Working),
        };
        if !wanted.points_step.is_positive() {
            return Err(Refusal::new(Code::InvalidInput, "points_step must be more than 0"));
        }
        if checks > CHECKS_MAX {
            return Err(Refusal::new(Code::InvalidInput, "checks must be 0, 1 or 2: how many people check a credit"));
        }
        if wanted.publicity_days > PUBLICITY_DAYS_MAX {
            let message = format!("publicity_days must be at most {PUBLICITY_DAYS_MAX}");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        check_calendar(&wanted.calendar)?;
        check_counter(&wanted.counter)?;
        if let Some((kind, _)) = wanted.guards.on().find(|(_, guard)| guard.over > Some(GUARD_NUMBER_MAX)) {
            let message = format!("guards: {}: the number must be at most {GUARD_NUMBER_MAX}", kind.code());
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if wanted.tiers.len() > TIERS_MAX || wanted.tiers.iter().any(String::is_empty) {
            let message = format!("tiers must be at most {TIERS_MAX} words, none of them blank");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let mut after = self.clone();
        let event = ProgrammeEvent::ProgrammeConfigured(wanted);
        after.evolve(&event);
        Ok(if &after == self { Vec::new() } else { vec![event] })
    }
}

fn check_calendar(calendar: &Calendar) -> Decision<()> {
    for (name, days) in [("holidays", &calendar.holidays), ("makeup_workdays", &calendar.makeup_workdays)] {
        if days.len() > CALENDAR_DAYS_MAX {
            let message = format!("{name} must be at most {CALENDAR_DAYS_MAX} days; leave out years that are over");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if let Some(day) = days.iter().find(|day| !is_plausible(**day)) {
            return Err(Refusal::new(Code::InvalidDate, format!("{name}: {day} lies outside 1900 to 9998")));
        }
    }
    if let Some(day) = calendar.makeup_workdays.iter().find(|day| calendar.holidays.binary_search(day).is_ok()) {
        let message = format!("{day} stands in holidays and in makeup_workdays; leave it in one of them");
        return Err(Refusal::new(Code::InvalidInput, message));
    }
    Ok(())
}

fn check_counter(rules: &CounterRules) -> Decision<()> {
    for (name, points) in [("offline_floor", rules.offline_floor), ("offline_total", rules.offline_total)] {
        if points < Points::ZERO || points > Points::COMMAND_MAX {
            return Err(Refusal::new(Code::InvalidInput, format!("{name} must be 0 or more points")));
        }
    }
    if rules.redeem_back_days > Some(BACK_DAYS_MAX) {
        let message = format!("redeem_back_days must be at most {BACK_DAYS_MAX}");
        return Err(Refusal::new(Code::InvalidInput, message));
    }
    Ok(())
}

fn check_activities(activities: &[Activity]) -> Decision<()> {
    let mut codes = BTreeSet::new();
    for activity in activities {
        let refuse = |what: &str| Err(Refusal::new(Code::InvalidInput, format!("activity {}: {what}", activity.code)));
        if !codes.insert(&activity.code) {
            return refuse("stands twice in the schedule");
        }
        if !activity.points_per_unit.is_positive() || activity.points_per_unit > Points::COMMAND_MAX {
            return refuse("points per unit (每单位积分) must be more than 0");
        }
        if activity.daily_cap.is_some_and(|cap| !cap.is_positive()) {
            return refuse("the daily cap (每日上限) must be more than 0, or blank for none");
        }
        let later_caps = [activity.terms.monthly_cap, activity.terms.yearly_cap];
        if later_caps.into_iter().flatten().any(|cap| !cap.is_positive()) {
            return refuse("a cap (每月上限, 每年上限) must be more than 0, or blank for none");
        }
        if activity.terms.claimers_max == Some(0) {
            return refuse("the number of claimers (最多认领人数) must be more than 0, or blank for one");
        }
        if matches!(activity.validity, Validity::Months(months) if months == 0 || months > MONTHS_MAX) {
            return refuse("months of validity (有效月数) must be 1 to 1200, 年底, or blank for ever");
        }
        if activity.checks.is_some_and(|checks| checks > CHECKS_MAX) {
            return refuse("the number of checks (审核人数) must be 0, 1 or 2, or blank for the district's");
        }
        if activity.publicity_days.is_some_and(|days| days > PUBLICITY_DAYS_MAX) {
            return refuse("the days of publicity (公示天数) must be 0 to 366, or blank for the district's");
        }
        if activity.name.is_empty() || activity.category.is_empty() {
            return refuse("name and category must not be blank");
        }
    }
    if codes.is_empty() {
        return Err(Refusal::new(Code::InvalidInput, "the schedule has no activity"));
    }
    Ok(())
}
