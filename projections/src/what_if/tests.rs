//! What a what-if says of histories that the worker's own rules made, and of what is entered anew under the other schedule.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, V1};
use ledger_core::domain::ids::{ActivityCode, Actor, CreditId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::ProgrammeEvent;
use ledger_core::domain::programme::event::ScheduleAdopted;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::{Activity, ActivityTerms, Scoring};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::{
    AppointmentTerms, CreditTerms, CreditVerdict, Judge, OfWorker, WayTerms, WorkerDetails,
};
use ledger_core::domain::worker::state::CreditStatus;
use ledger_core::domain::worker::{Worker, WorkerCommand};
use proptest::prelude::*;

use super::{Lines, WhatIf, WhatIfAsk, WhatIfFold};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn points(text: &str) -> Points {
    Points::parse(text).unwrap()
}

/// A line: code, points per unit, caps of day, month and year.
fn line(code: &str, rate: &str, caps: [Option<&str>; 3]) -> Activity {
    let [daily_cap, monthly_cap, yearly_cap] = caps.map(|cap| cap.map(points));
    Activity {
        category: "志愿服务".into(),
        checks: None,
        code: code.parse().unwrap(),
        counts_for_card: true,
        daily_cap,
        name: format!("活动{code}"),
        points_per_unit: points(rate),
        publicity_days: None,
        terms: ActivityTerms { monthly_cap, yearly_cap, ..ActivityTerms::default() },
        unit: "次".into(),
        validity: Validity::Months(12),
    }
}

/// What is done.
#[derive(Debug, Clone)]
enum Step {
    Record { worker: usize, activity: usize, day: i64, quantity: i64, proposed: bool, source: bool },
    Confirm(usize),
    TakeBack(usize),
    Appoint { worker: usize, from: i64 },
}

/// A ledger of workers alone, decided by their own rules.
struct House {
    schedule: Vec<Activity>,
    step: Points,
    workers: Vec<Worker>,
    events: Vec<Event>,
    /// The credits that were recorded: by the step, whose and under which name.
    recorded: BTreeMap<usize, (usize, CreditId)>,
}

const CODES: [&str; 3] = ["A", "B", "C"];

fn id(worker: usize) -> WorkerId {
    format!("W{worker}").parse().unwrap()
}

impl House {
    fn new(schedule: &[Activity], step: &str) -> House {
        let adopted =
            ScheduleAdopted { activities: schedule.to_vec(), effective_from: day("1900-01-01"), v: V1, version: 1 };
        let mut house = House {
            schedule: schedule.to_vec(),
            step: points(step),
            workers: vec![Worker::default(); 3],
            events: vec![Event::Programme(ProgrammeEvent::ScheduleAdopted(adopted))],
            recorded: BTreeMap::new(),
        };
        let configured = serde_json::json!({
            "approval_required": false, "code": "350503", "name": "东街", "points_step": house.step.hundredths(),
            "publicity_days": 0, "v": 1,
        });
        house.events.push(Event::decode("ProgrammeConfigured", configured.to_string().as_bytes()).unwrap());
        for worker in 0..3 {
            let details = WorkerDetails {
                occupation: "骑手".into(),
                party_member: None,
                platform: None,
                probationary: false,
                site: None,
            };
            assert!(house.give(worker, "2023-01-01", WorkerCommand::Register { details, update: false }));
        }
        house
    }

    /// Gives a worker a command; whether it was taken.
    fn give(&mut self, worker: usize, at: &str, command: WorkerCommand) -> bool {
        let of = OfWorker { worker: id(worker), at: BusinessTime::parse(at).unwrap() };
        let Ok(events) = self.workers[worker].decide(&of, command) else { return false };
        for event in events {
            self.workers[worker].evolve(&event);
            self.events.push(Event::Worker(event));
        }
        true
    }

    fn credit(&self, name: usize, activity: usize, on: NaiveDate, quantity: i64) -> Option<CreditTerms> {
        let line = self.schedule.iter().find(|line| line.code.as_str() == CODES[activity])?;
        Some(CreditTerms {
            activity: line.clone(),
            credit: format!("c{name}").parse().unwrap(),
            eligible_on: Some(on),
            entered_on: on,
            evidence: None,
            on,
            flags: Vec::new(),
            hours: None,
            proposer: Actor::new("甲").unwrap(),
            quantity: Quantity::from_millionths(quantity),
            schedule: 1,
            span: None,
            done_on: None,
            source: None,
            step: self.step,
            way: None,
            witness: None,
        })
    }

    fn judge(&mut self, of: usize, verdict: CreditVerdict) {
        let Some((worker, credit)) = self.recorded.get(&of).cloned() else { return };
        let judge = Judge { by: Actor::new("乙").unwrap(), alike: Vec::new(), is_worker: false };
        self.give(worker, "2025-06-30", WorkerCommand::JudgeCredit { credit, verdict, judge, reason: "复核".into() });
    }

    fn take(&mut self, nth: usize, step: &Step) {
        let begin = day("2023-07-01");
        let plus = |days: i64| begin + chrono::Days::new(days.unsigned_abs());
        match step.clone() {
            Step::Record { worker, activity, day, quantity, proposed, source } => {
                let Some(mut terms) = self.credit(nth, activity, plus(day), quantity) else { return };
                terms.way = proposed.then_some(WayTerms { checks: 1, public_until: None });
                if source {
                    (terms.source, terms.eligible_on) = (Some("单1".into()), None);
                }
                let credit = terms.credit.clone();
                let at = plus(day).to_string();
                if self.give(worker, &at, WorkerCommand::Credit(Box::new(terms))) {
                    self.recorded.insert(nth, (worker, credit));
                }
            }
            Step::Confirm(of) => {
                self.judge(of, CreditVerdict::Confirm { publicity_days: 0, public_until: None });
            }
            Step::TakeBack(of) => {
                // What counts is reversed, what waits is rejected; the other one is refused.
                self.judge(of, CreditVerdict::Reverse);
                self.judge(of, CreditVerdict::Reject);
            }
            Step::Appoint { worker, from } => {
                let terms = serde_json::json!({"body": "镇", "days": {"from": plus(from)}, "role": "网格员"});
                let terms: AppointmentTerms = serde_json::from_value(terms).unwrap();
                let appointment = format!("P{nth}").parse().unwrap();
                self.give(worker, &plus(from).to_string(), WorkerCommand::Appoint { appointment, terms });
            }
        }
    }

    fn ask(&self, lines: Lines, from: &str, to: &str) -> WhatIf {
        let mut fold = WhatIfFold::new(WhatIfAsk { lines, from: day(from), to: day(to), list: 10, until: u64::MAX });
        for (position, event) in (1..).zip(&self.events) {
            fold.fold(position, event);
        }
        fold.finish()
    }
}

const ALL: [&str; 2] = ["2023-01-01", "2025-12-31"];

fn proposed(lines: &[Activity]) -> Lines {
    Lines::Proposed { activities: lines.to_vec(), points_step: None }
}

fn record(worker: usize, activity: usize, day: i64, quantity: i64) -> Step {
    Step::Record { worker, activity, day, quantity: quantity * 1_000_000, proposed: false, source: false }
}

fn house(schedule: &[Activity], steps: &[Step]) -> House {
    let mut house = House::new(schedule, "1");
    for (nth, step) in steps.iter().enumerate() {
        house.take(nth, step);
    }
    house
}

#[test]
fn a_better_rate_and_a_larger_cap_are_told_apart() {
    let old = [line("A", "2", [Some("10"), None, None])];
    let house = house(&old, &[record(0, 0, 0, 8), record(1, 0, 0, 3)]);
    let told = house.ask(proposed(&[line("A", "3", [Some("20"), None, None])]), ALL[0], ALL[1]);
    // 16 cut to 10 becomes 24 cut to 20; 6 becomes 9.
    assert_eq!((told.totals.before, told.totals.after), (points("16"), points("29")));
    assert_eq!((told.causes.rates, told.causes.caps), (points("11"), points("2")));
    let activity = &told.activities[&ActivityCode::new("A").unwrap()];
    assert_eq!((activity.cut.before, activity.cut.after), (points("6"), points("4")));
    assert_eq!((told.workers.gain, told.workers.lose, told.workers.equal), (2, 0, 0));
    let first = &told.gains.rows[0];
    assert_eq!((first.worker.as_str(), first.before, first.after), ("W0", points("10"), points("20")));
    assert_eq!(told.differing, 2);
}

#[test]
fn what_the_schedule_does_not_have_is_lost_and_a_category_may_have_another_name() {
    let old = [line("A", "2", [None; 3]), line("B", "5", [None; 3])];
    let house = house(&old, &[record(0, 0, 0, 1), record(1, 1, 0, 1), record(2, 0, 1, 1)]);
    let renamed = Activity { category: "文明实践".into(), counts_for_card: false, ..line("A", "2", [None; 3]) };
    let told = house.ask(proposed(&[renamed]), ALL[0], ALL[1]);
    assert_eq!((told.causes.absent, told.totals.change()), (points("-5"), points("-5")));
    assert!(!told.activities[&ActivityCode::new("B").unwrap()].is_there);
    assert_eq!((told.workers.gain, told.workers.lose, told.workers.equal), (0, 1, 2));
    let of = |category: &str| (told.categories[category].before, told.categories[category].after);
    assert_eq!((of("志愿服务"), of("文明实践")), ((points("9"), Points::ZERO), (Points::ZERO, points("4"))));
    assert_eq!((told.card.before, told.card.after), (points("9"), Points::ZERO));
}

#[test]
fn what_was_taken_back_counts_on_neither_side_and_gives_its_cap_back_when_it_was() {
    let old = [line("A", "1", [Some("10"), None, None])];
    // Six, four of six, then the first is taken back: the second stays at four, and the third gets all six.
    let steps = [record(0, 0, 0, 6), record(0, 0, 0, 6), Step::TakeBack(0), record(0, 0, 0, 6)];
    let told = house(&old, &steps).ask(proposed(&old), ALL[0], ALL[1]);
    assert_eq!((told.totals.before, told.totals.after, told.differing), (points("10"), points("10"), 0));
}

#[test]
fn credits_beside_the_period_stay_and_count_against_the_caps_of_their_year() {
    let old = [line("A", "1", [None, None, Some("10")])];
    let house = house(&old, &[record(0, 0, 0, 6), record(0, 0, 60, 2)]);
    // Twice the points: six of July stay six, so four are left of the year, which is what two become.
    let told = house.ask(proposed(&[line("A", "2", [None, None, Some("10")])]), "2023-08-01", "2023-12-31");
    assert_eq!((told.totals.before, told.totals.after), (points("2"), points("4")));
    // With the whole year tried the first alone fills the cap.
    let told = house.ask(proposed(&[line("A", "2", [None, None, Some("10")])]), ALL[0], ALL[1]);
    assert_eq!((told.totals.before, told.totals.after), (points("8"), points("10")));
    assert_eq!((told.causes.rates, told.causes.caps), (points("8"), points("-6")));
}

#[test]
fn a_role_is_asked_where_the_credit_tells_the_day_and_else_it_is_said_that_it_was_not() {
    let old = [line("A", "1", [None; 3])];
    let from_request =
        Step::Record { worker: 2, activity: 0, day: 5, quantity: 3_000_000, proposed: false, source: true };
    let steps = [Step::Appoint { worker: 0, from: 0 }, record(0, 0, 1, 1), record(1, 0, 1, 1), from_request];
    let asks = ActivityTerms { roles: vec!["网格员".into()], scoring: Some(Scoring::Rating), ..Default::default() };
    let told =
        house(&old, &steps).ask(proposed(&[Activity { terms: asks, ..line("A", "1", [None; 3]) }]), ALL[0], ALL[1]);
    assert_eq!((told.totals.before, told.totals.after, told.causes.roles), (points("5"), points("4"), points("-1")));
    assert_eq!((told.not_judged.roles.credits, told.not_judged.roles.before), (1, points("3")));
    assert_eq!(told.not_judged.ripening.credits, 3);
}

#[test]
fn what_waits_counts_on_neither_side_and_is_told() {
    let old = [line("A", "1", [None; 3])];
    let waits = |day| Step::Record { worker: 0, activity: 0, day, quantity: 2_000_000, proposed: true, source: false };
    let told = house(&old, &[waits(0), waits(1), Step::Confirm(1)]).ask(proposed(&old), ALL[0], ALL[1]);
    assert_eq!((told.totals.credits, told.not_judged.waiting.credits), (1, 1));
}

#[test]
fn a_cap_is_one_for_both_ids_of_a_person() {
    let old = [line("A", "1", [None, None, Some("10")])];
    let mut house = House::new(&old, "1");
    house.take(0, &record(0, 0, 0, 6));
    let before = house.workers[0].clone();
    let estate = before.estate_since(&Worker::default());
    assert!(house.give(0, "2023-08-01", WorkerCommand::GiveUp { into: id(1), reason: "同一人".into() }));
    assert!(house.give(1, "2023-08-01", WorkerCommand::TakeOver { absorbed: id(0), estate }));
    house.take(1, &record(1, 0, 60, 9));
    let told = house.ask(Lines::AsTheyStood, ALL[0], ALL[1]);
    assert_eq!((told.totals.before, told.totals.after, told.differing), (points("10"), points("10"), 0));
    let told = house.ask(proposed(&[line("A", "1", [None, None, Some("12")])]), ALL[0], ALL[1]);
    assert_eq!((told.totals.after, told.workers.gain, told.workers.equal), (points("12"), 1, 0));
    assert_eq!(told.gains.rows[0].worker, id(1));
}

fn a_cap() -> impl Strategy<Value = Option<Points>> {
    prop::option::of((1_i64..3_000).prop_map(Points::from_hundredths))
}

fn a_line(code: &'static str) -> impl Strategy<Value = Activity> {
    (1_i64..400, a_cap(), a_cap(), a_cap(), any::<bool>()).prop_map(move |(rate, daily, monthly, yearly, role)| {
        let mut line = line(code, "1", [None; 3]);
        line.points_per_unit = Points::from_hundredths(rate);
        line.daily_cap = daily;
        line.terms = ActivityTerms {
            monthly_cap: monthly,
            yearly_cap: yearly,
            roles: if role { vec!["网格员".into()] } else { Vec::new() },
            ..ActivityTerms::default()
        };
        line
    })
}

fn a_schedule() -> impl Strategy<Value = Vec<Activity>> {
    // The last activity is not in every schedule.
    (a_line("A"), a_line("B"), prop::option::of(a_line("C")))
        .prop_map(|(a, b, c)| [a, b].into_iter().chain(c).collect::<Vec<_>>())
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_usize..3, 0_usize..3, 0_i64..500, 1_i64..9_000_000, any::<bool>()).prop_map(
            |(worker, activity, day, quantity, proposed)| {
                // Few days, so that caps are met.
                let day = day / 25 * 25;
                Step::Record { worker, activity, day, quantity, proposed, source: false }
            }
        ),
        2 => (0_usize..40).prop_map(Step::Confirm),
        1 => (0_usize..40).prop_map(Step::TakeBack),
        1 => (0_usize..3, 0_i64..400).prop_map(|(worker, from)| Step::Appoint { worker, from }),
    ]
}

proptest! {
    /// The schedule in force changes nothing, whatever the history and whichever the period.
    #[test]
    fn by_the_schedule_that_rated_it_every_credit_is_what_it_was(
        schedule in a_schedule(),
        steps in prop::collection::vec(a_step(), 0..60),
        step in prop::sample::select(vec!["1", "0.5", "0.01"]),
        (from, length) in (0_i64..500, 0_i64..500),
    ) {
        let mut house = House::new(&schedule, step);
        steps.iter().enumerate().for_each(|(nth, step)| house.take(nth, step));
        let from = day("2023-07-01") + chrono::Days::new(from.unsigned_abs());
        let to = from + chrono::Days::new(length.unsigned_abs());
        for lines in [proposed(&schedule), Lines::AsTheyStood] {
            let told = house.ask(lines, &from.to_string(), &to.to_string());
            prop_assert_eq!(told.differing, 0);
            prop_assert_eq!(told.totals.before, told.totals.after);
            prop_assert_eq!((told.workers.gain, told.workers.lose), (0, 0));
            prop_assert_eq!(told.causes, super::Causes::default());
        }
    }

    /// What a what-if says is what comes out when the schedule is adopted in a new journal and everything is entered anew.
    #[test]
    fn entered_anew_under_the_other_schedule_everything_comes_to_what_was_told(
        old in a_schedule(),
        new in a_schedule(),
        steps in prop::collection::vec(a_step(), 0..60),
    ) {
        let (mut before, mut after) = (House::new(&old, "0.01"), House::new(&new, "0.01"));
        for (nth, step) in steps.iter().enumerate() {
            before.take(nth, step);
            let known = match step {
                Step::Record { .. } => before.recorded.contains_key(&nth),
                Step::Confirm(_) | Step::TakeBack(_) | Step::Appoint { .. } => true,
            };
            if known {
                after.take(nth, step);
            }
        }
        let told = before.ask(proposed(&new), ALL[0], ALL[1]);
        let entered = after.ask(Lines::AsTheyStood, ALL[0], ALL[1]);
        prop_assert_eq!(told.totals.after, entered.totals.before);
        prop_assert_eq!(told.causes.rates + told.causes.caps + told.causes.roles + told.causes.absent, told.totals.change());
        for (code, activity) in &told.activities {
            let entered = entered.activities.get(code).map_or(Points::ZERO, |activity| activity.points.before);
            prop_assert_eq!(activity.points.after, entered, "{}", code);
        }
        let by_worker = |house: &House, worker: usize| -> Points {
            let counts = house.workers[worker].lots().iter().filter(|lot| lot.status == CreditStatus::Confirmed);
            counts.map(|lot| lot.points).sum()
        };
        for change in told.gains.rows.iter().chain(&told.losses.rows) {
            let worker: usize = change.worker.as_str()[1..].parse().unwrap();
            prop_assert_eq!(change.after, by_worker(&after, worker));
        }
    }
}
