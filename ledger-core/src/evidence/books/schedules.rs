//! The points schedule (积分标准) as the books read it: which version holds on a day, and what a credit by it comes to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::HashMap;

use crate::domain::ids::ActivityCode;
use crate::domain::points::Points;
use crate::domain::programme::event::{ProgrammeConfigured, ScheduleAdopted};
use crate::domain::schedule::Scoring;
use crate::domain::worker::event::ServiceRecorded;

/// The versions adopted so far, and the step to which points are rounded now.
#[derive(Debug)]
pub(super) struct Schedules {
    step: Points,
    /// By the first day each holds for, and its number: of equal days the one adopted last holds.
    versions: BTreeMap<(NaiveDate, u32), HashMap<ActivityCode, Line>>,
}

/// What a line says of points and claims.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Points for one unit.
    rate: Points,
    /// How many may claim one request: one, where nothing else is said.
    pub(super) claimers: u32,
    /// When points ripen, where not when they are recorded.
    pub(super) scoring: Option<Scoring>,
}

impl Default for Schedules {
    fn default() -> Schedules {
        Schedules { step: Points::from_whole(1), versions: BTreeMap::new() }
    }
}

impl Schedules {
    /// Takes in the district's settings.
    pub(super) fn configure(&mut self, configured: &ProgrammeConfigured) {
        self.step = configured.points_step;
    }

    /// Takes in a version.
    pub(super) fn adopt(&mut self, adopted: &ScheduleAdopted) {
        let lines = adopted.activities.iter().map(|activity| {
            let (claimers, scoring) = (activity.terms.claimers_max.unwrap_or(1), activity.terms.scoring);
            (activity.code.clone(), Line { rate: activity.points_per_unit, claimers, scoring })
        });
        self.versions.insert((adopted.effective_from, adopted.version), lines.collect());
    }

    /// The line of an activity on a day.
    pub(super) fn line(&self, activity: &ActivityCode, on: NaiveDate) -> Option<Line> {
        self.in_force(on).and_then(|(_, lines)| lines.get(activity)).copied()
    }

    fn in_force(&self, on: NaiveDate) -> Option<(u32, &HashMap<ActivityCode, Line>)> {
        let ((_, version), lines) = self.versions.range(..=(on, u32::MAX)).next_back()?;
        Some((*version, lines))
    }

    /// Holds a credit to the version that it names: that one must hold on the service date, and its rate times the quantity,
    /// rounded down to the step of the district, is what the credit says it comes to before caps.
    ///
    /// Every credit of every journal says its quantity and its version, so of a whole journal all of them are asked. Of a
    /// part in which no version of the schedule stands (`part`) nobody knows the rate, and none is.
    ///
    /// # Errors
    /// What it comes to, and what it says.
    pub(super) fn hold(&self, record: &ServiceRecorded, part: bool) -> Result<(), String> {
        if part && self.versions.is_empty() {
            return Ok(());
        }
        let ServiceRecorded { activity, credit, on, points, quantity, schedule, uncapped, .. } = record;
        let Some((version, lines)) = self.in_force(*on) else {
            return Err(format!("credit {credit} is of {on}, for which no schedule was adopted"));
        };
        if version != *schedule {
            return Err(format!("credit {credit} is by schedule {schedule}, but on {on} schedule {version} holds"));
        }
        let Some(line) = lines.get(activity) else {
            return Err(format!("credit {credit} is for {activity}, which schedule {schedule} does not have"));
        };
        // The rounding is arithmetic and no rule: it is the one thing that is not written here a second time.
        let comes_to = quantity.earn(line.rate, self.step).unwrap_or_default();
        let says = uncapped.unwrap_or(*points);
        if comes_to != says {
            let rate = line.rate;
            return Err(format!("credit {credit} says {says} points, but {quantity} times {rate} come to {comes_to}"));
        }
        if !points.is_positive() || uncapped.is_some_and(|uncapped| uncapped <= *points) {
            return Err(format!("credit {credit} is of {points} points, which no cap leaves of {says}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Schedules;
    use crate::domain::event::Event;
    use crate::domain::programme::event::ProgrammeEvent;
    use crate::domain::worker::event::ServiceRecorded;

    /// A version from a day on by which ZY01 earns so many hundredths for one unit.
    fn adopted(version: u32, from: &str, rate: i64) -> ProgrammeEvent {
        let payload = format!(
            r#"{{"activities":[{{"category":"志愿服务","code":"ZY01","counts_for_card":true,"name":"巡查","points_per_unit":{rate},
                "unit":"小时","validity":"forever"}}],"effective_from":"{from}","v":1,"version":{version}}}"#
        );
        programme("ScheduleAdopted", &payload)
    }

    fn programme(event_type: &str, payload: &str) -> ProgrammeEvent {
        match Event::decode(event_type, payload.as_bytes()) {
            Ok(Event::Programme(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn step(hundredths: i64) -> ProgrammeEvent {
        let payload = format!(
            r#"{{"approval_required":false,"code":"310000","name":"测试区","points_step":{hundredths},"publicity_days":0,"v":1}}"#
        );
        programme("ProgrammeConfigured", &payload)
    }

    /// A credit of 1.75 units.
    fn credit(schedule: u32, on: &str, points: i64, more: &str) -> ServiceRecorded {
        let payload = format!(
            r#"{{"activity":"ZY01","at":"2024-03-05T08:00:00+08:00","card":true,"category":"志愿服务","credit":"JL1","lot":1,
                "on":"{on}","points":{points},"proposer":"甲","quantity":1750000,"schedule":{schedule},{more}"v":1,"worker":"W1"}}"#
        );
        let event = Event::decode("VolunteerServiceRecorded", payload.as_bytes()).expect("a payload");
        event.as_worker().and_then(|event| event.as_service()).expect("a service").clone()
    }

    fn of(events: &[ProgrammeEvent]) -> Schedules {
        let mut schedules = Schedules::default();
        for event in events {
            if let Some(adopted) = event.as_schedule() {
                schedules.adopt(adopted);
            }
            if let Some(configured) = event.as_settings() {
                schedules.configure(configured);
            }
        }
        schedules
    }

    #[track_caller]
    fn wrong(schedules: &Schedules, record: &ServiceRecorded, why: &str) {
        let found = schedules.hold(record, false).expect_err("it is wrong");
        assert!(found.contains(why), "{found}");
    }

    #[test]
    fn a_credit_is_its_quantity_times_the_rate_rounded_down_to_the_step() {
        // 1.75 times 3 is 5.25: 5 by whole points, 5.25 by quarters.
        let whole = of(&[adopted(1, "2024-01-01", 300)]);
        assert_eq!(whole.hold(&credit(1, "2024-03-05", 500, ""), false), Ok(()));
        wrong(&whole, &credit(1, "2024-03-05", 600, ""), "says 6 points, but 1.75 times 3 come to 5");
        wrong(&whole, &credit(1, "2024-03-05", 400, ""), "says 4 points, but 1.75 times 3 come to 5");
        let quarters = of(&[step(25), adopted(1, "2024-01-01", 300)]);
        assert_eq!(quarters.hold(&credit(1, "2024-03-05", 525, ""), false), Ok(()));
        wrong(&quarters, &credit(1, "2024-03-05", 500, ""), "come to 5.25");
    }

    #[test]
    fn what_a_cap_cut_says_what_it_was_before() {
        let schedules = of(&[adopted(1, "2024-01-01", 300)]);
        assert_eq!(schedules.hold(&credit(1, "2024-03-05", 200, r#""uncapped":500,"#), false), Ok(()));
        wrong(&schedules, &credit(1, "2024-03-05", 200, r#""uncapped":600,"#), "come to 5");
        wrong(&schedules, &credit(1, "2024-03-05", 600, r#""uncapped":500,"#), "is of 6 points");
        wrong(&schedules, &credit(1, "2024-03-05", 0, r#""uncapped":500,"#), "is of 0 points");
    }

    #[test]
    fn the_version_that_holds_on_the_service_date_is_the_one_it_is_by() {
        let schedules =
            of(&[adopted(1, "2024-01-01", 300), adopted(2, "2024-03-01", 100), adopted(3, "2024-03-01", 200)]);
        assert_eq!(schedules.hold(&credit(1, "2024-02-29", 500, ""), false), Ok(()));
        assert_eq!(schedules.hold(&credit(3, "2024-03-01", 300, ""), false), Ok(()), "adopted last for the same day");
        wrong(&schedules, &credit(1, "2024-03-01", 500, ""), "by schedule 1, but on 2024-03-01 schedule 3 holds");
        wrong(&schedules, &credit(9, "2024-03-01", 500, ""), "by schedule 9");
        wrong(&schedules, &credit(1, "2023-12-31", 500, ""), "no schedule was adopted");
    }

    #[test]
    fn of_a_part_without_any_schedule_no_rate_is_asked() {
        assert_eq!(of(&[]).hold(&credit(1, "2024-03-05", 777, ""), true), Ok(()));
        assert!(of(&[]).hold(&credit(1, "2024-03-05", 777, ""), false).is_err());
        assert!(of(&[adopted(1, "2024-01-01", 300)]).hold(&credit(1, "2024-03-05", 777, ""), true).is_err());
    }
}
