//! Caps of day, month and year (每日上限, 每月上限, 每年上限): what a worker was credited for one activity, held to the
//! schedule that each credit names.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use foldhash::HashMap;

use super::names::Names;
use super::reading::CapEntry;
use crate::domain::ids::ActivityCode;
use crate::domain::points::Points;
use crate::domain::programme::event::ScheduleAdopted;
use crate::domain::worker::event::{CreditedOn, ServiceRecorded};

/// The caps of one activity.
#[derive(Debug, Clone, Copy, Default)]
struct OfActivity {
    daily: Option<Points>,
    monthly: Option<Points>,
    yearly: Option<Points>,
}

/// The caps of each version of the schedule; activities without one are left out.
#[derive(Debug, Default)]
pub(super) struct Caps {
    activities: Names<ActivityCode>,
    schedules: HashMap<u32, HashMap<u32, OfActivity>>,
}

/// What one worker used up of caps, kept from the events alone. Activities are numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Used {
    by_day: BTreeMap<(NaiveDate, u32), Points>,
    /// The lots by number, for what gives a cap free again.
    lots: Vec<(NaiveDate, u32, Points)>,
}

impl Caps {
    pub(super) fn adopt(&mut self, adopted: &ScheduleAdopted) {
        let capped = adopted.activities.iter().filter_map(|activity| {
            let (daily, monthly, yearly) = (activity.daily_cap, activity.terms.monthly_cap, activity.terms.yearly_cap);
            let caps = OfActivity { daily, monthly, yearly };
            daily.or(monthly).or(yearly).map(|_| (self.activities.number(&activity.code), caps))
        });
        self.schedules.insert(adopted.version, capped.collect());
    }

    /// Follows an event of a worker.
    ///
    /// # Errors
    /// What passes which cap.
    pub(super) fn follow(&mut self, used: &mut Used, entry: CapEntry<'_>) -> Result<(), String> {
        match entry {
            CapEntry::None => Ok(()),
            CapEntry::Used(record) => {
                let activity = self.activities.number(&record.activity);
                // Of a part of a history in which the schedule does not stand nobody knows its caps.
                let Some(caps) = self.schedules.get(&record.schedule) else {
                    return used.take(record, activity, OfActivity::default()).map(|_| ());
                };
                let full = used.take(record, activity, caps.get(&activity).copied().unwrap_or_default())?;
                match record.uncapped {
                    Some(uncapped) if !full => {
                        let ServiceRecorded { activity, credit, on, points, .. } = record;
                        Err(format!(
                            "credit {credit} of {uncapped} points was cut to {points}, though no cap of {activity} is full on {on}"
                        ))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            CapEntry::Freed(lot) => {
                used.give_back(lot);
                Ok(())
            }
            CapEntry::TakenOver(event) => {
                for credited in &event.credited {
                    let activity = self.activities.number(&credited.activity);
                    *used.by_day.entry((credited.on, activity)).or_default() += credited.points;
                }
                // Those lots free nothing here: what becomes of their credits is told of the other id.
                for moved in &event.lots {
                    used.lots.push((moved.on, self.activities.number(&moved.activity), Points::ZERO));
                }
                Ok(())
            }
        }
    }
}

impl Caps {
    /// What an event says that another id used, as [`Used::hand_over`] gives it.
    pub(super) fn told(&mut self, credited: &[CreditedOn]) -> BTreeMap<(NaiveDate, u32), Points> {
        credited.iter().map(|told| ((told.on, self.activities.number(&told.activity)), told.points)).collect()
    }
}

impl Used {
    /// What was used and not handed over before.
    pub(super) fn hand_over(&mut self) -> BTreeMap<(NaiveDate, u32), Points> {
        let mut used = std::mem::take(&mut self.by_day);
        used.retain(|_, points| !points.is_zero());
        used
    }

    /// Counts a credit; tells whether a cap is full by it.
    fn take(&mut self, record: &ServiceRecorded, activity: u32, caps: OfActivity) -> Result<bool, String> {
        let of_day = self.by_day.entry((record.on, activity)).or_default();
        *of_day += record.points;
        let of_day = *of_day;
        self.lots.push((record.on, activity, record.points));
        let OfActivity { daily, monthly, yearly } = caps;
        let day_full = within(record, daily, "on", || of_day)?;
        // Most activities have no other cap, and of those that have one worker's year is looked through.
        let month_full =
            within(record, monthly, "in the month of", || self.of_year(record, activity, |day| day.month()))?;
        let year_full = within(record, yearly, "in the year of", || self.of_year(record, activity, |_| 0))?;
        Ok(day_full || month_full || year_full)
    }

    /// What was credited for an activity in the year of a credit, on days of which the same is told as of its own.
    fn of_year(&self, record: &ServiceRecorded, activity: u32, told: impl Fn(NaiveDate) -> u32) -> Points {
        let end = |month, day| NaiveDate::from_ymd_opt(record.on.year(), month, day).unwrap_or(record.on);
        let year = self.by_day.range((end(1, 1), 0)..=(end(12, 31), u32::MAX));
        let same = year.filter(|((day, of), _)| *of == activity && told(*day) == told(record.on));
        same.map(|(_, points)| *points).sum()
    }

    fn give_back(&mut self, lot: u32) {
        let index = usize::try_from(lot).ok().and_then(|lot| lot.checked_sub(1));
        let Some((on, activity, points)) = index.and_then(|index| self.lots.get(index)).copied() else { return };
        *self.by_day.entry((on, activity)).or_default() -= points;
    }
}

/// Holds what was credited to a cap; tells whether the cap is full.
fn within(
    record: &ServiceRecorded,
    cap: Option<Points>,
    word: &str,
    total: impl FnOnce() -> Points,
) -> Result<bool, String> {
    let Some(cap) = cap else { return Ok(false) };
    let (total, code, on, schedule) = (total(), &record.activity, record.on, record.schedule);
    if total <= cap {
        return Ok(total == cap);
    }
    Err(format!("{total} points for {code} {word} {on}, the cap of schedule {schedule} is {cap}"))
}

#[cfg(test)]
mod tests {
    use super::super::reading::Reading;
    use super::{Caps, Used};
    use crate::domain::event::{Event, V1};
    use crate::domain::points::Points;
    use crate::domain::programme::event::ScheduleAdopted;
    use crate::domain::schedule::Activity;
    use crate::domain::time::Validity;
    use crate::domain::worker::event::{ServiceRecorded, WorkerEvent};

    fn credit(lot: u32, points: i64, on: &str) -> WorkerEvent {
        let payload = format!(
            r#"{{"activity":"ZY01","at":"2024-03-05T08:00:00+08:00","card":true,"category":"志愿服务","credit":"c{lot}",
                "lot":{lot},"on":"{on}","points":{points},"proposer":"甲","quantity":1000000,"schedule":1,"v":1,"worker":"W1"}}"#
        );
        match Event::decode("VolunteerServiceRecorded", payload.as_bytes()) {
            Ok(Event::Worker(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn reversed(lot: u32) -> WorkerEvent {
        let payload = format!(
            r#"{{"at":"2024-03-06T08:00:00+08:00","by":"乙","credit":"c{lot}","lot":{lot},"points":600,"reason":"误记","v":1,"worker":"W1"}}"#
        );
        match Event::decode("CreditReversed", payload.as_bytes()) {
            Ok(Event::Worker(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cap_is_passed_by_the_sum_of_a_day_and_freed_by_what_is_taken_back() {
        let (mut caps, mut used) = (Caps::default(), Used::default());
        caps.adopt(&ScheduleAdopted {
            activities: vec![Activity {
                category: "志愿服务".into(),
                checks: None,
                code: "ZY01".parse().expect("a code"),
                counts_for_card: true,
                daily_cap: Some(Points::from_whole(10)),
                name: "巡查".into(),
                points_per_unit: Points::from_whole(1),
                publicity_days: None,
                unit: "次".into(),
                validity: Validity::Forever,
                terms: Default::default(),
            }],
            effective_from: "2024-01-01".parse().expect("a day"),
            v: V1,
            version: 1,
        });
        caps.follow(&mut used, Reading::of(&credit(1, 600, "2024-03-05")).cap).expect("within the cap");
        caps.follow(&mut used, Reading::of(&credit(2, 1_000, "2024-03-06")).cap).expect("another day");
        caps.follow(&mut used, Reading::of(&reversed(1)).cap).expect("taken back");
        caps.follow(&mut used, Reading::of(&credit(3, 1_000, "2024-03-05")).cap).expect("the cap is free again");
        let passed = caps.follow(&mut used, Reading::of(&credit(4, 1, "2024-03-05")).cap).expect_err("beyond the cap");
        assert!(passed.contains("10.01") && passed.contains("schedule 1"), "{passed}");
    }

    #[test]
    fn what_is_cut_fills_a_cap() {
        let adopted = |monthly: Option<i64>| {
            let mut caps = Caps::default();
            let monthly = monthly.map_or(String::new(), |points| format!(r#","terms":{{"monthly_cap":{points}}}"#));
            let payload = format!(
                r#"{{"activities":[{{"category":"志愿服务","code":"ZY01","counts_for_card":true,"name":"巡查","points_per_unit":600
                    {monthly},"unit":"次","validity":"forever"}}],"effective_from":"2024-01-01","v":1,"version":1}}"#
            );
            let event = Event::decode("ScheduleAdopted", payload.as_bytes()).expect("a payload");
            caps.adopt(event.as_programme().and_then(|event| event.as_schedule()).expect("a schedule"));
            caps
        };
        let cut = |lot: u32, points: i64, on: &str| match credit(lot, points, on) {
            WorkerEvent::VolunteerServiceRecorded(record) => {
                let uncapped = Some(Points::from_hundredths(600));
                WorkerEvent::VolunteerServiceRecorded(ServiceRecorded { uncapped, ..record })
            }
            other => other,
        };
        let told = |monthly, last: &WorkerEvent| {
            let (mut caps, mut used) = (adopted(monthly), Used::default());
            caps.follow(&mut used, Reading::of(&credit(1, 600, "2024-03-05")).cap).expect("within the cap");
            caps.follow(&mut used, Reading::of(last).cap)
        };
        assert_eq!(told(Some(1_000), &cut(2, 400, "2024-03-06")), Ok(()));
        for (monthly, points, on) in
            [(Some(1_000), 300, "2024-03-06"), (Some(1_000), 400, "2024-04-06"), (None, 400, "2024-03-06")]
        {
            let found = told(monthly, &cut(2, points, on)).expect_err("no cap took the rest");
            assert!(found.contains("though no cap of ZY01 is full"), "{found}");
        }
    }
}
