//! Given events, when a command, then events or a code.

use chrono::NaiveDate;

use super::ProgrammeCommand;
use super::command::Settings;
use super::guards::{Guard, GuardAction, GuardKind};
use super::state::Programme;
use crate::domain::ids::ActivityCode;
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::time::Validity;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("date")
}

fn adopt(from: &str, rate: i32) -> ProgrammeCommand {
    let activity = Activity {
        category: "志愿服务".into(),
        checks: None,
        code: ActivityCode::new("ZY01").expect("code"),
        counts_for_card: true,
        daily_cap: None,
        name: "社区志愿服务".into(),
        points_per_unit: Points::from_whole(rate),
        publicity_days: None,
        unit: "小时".into(),
        validity: Validity::Months(24),
        terms: Default::default(),
    };
    ProgrammeCommand::AdoptSchedule { activities: vec![activity], effective_from: day(from) }
}

fn given(commands: Vec<ProgrammeCommand>) -> Programme {
    let mut programme = Programme::default();
    for command in commands {
        for event in programme.decide(command).expect("accepted") {
            programme.evolve(&event);
        }
    }
    programme
}

#[test]
fn the_schedule_of_the_service_date_holds() {
    let programme = given(vec![adopt("2024-01-01", 10), adopt("2024-07-01", 8), adopt("2024-01-01", 12)]);
    let rate = |date: &str| {
        let code = ActivityCode::new("ZY01").expect("code");
        programme.activity_on(&code, day(date)).map(|(activity, version)| (activity.points_per_unit, version))
    };
    assert_eq!(rate("2023-12-31"), None);
    assert_eq!(rate("2024-06-30"), Some((Points::from_whole(12), 3)));
    assert_eq!(rate("2024-07-01"), Some((Points::from_whole(8), 2)));
}

#[test]
fn the_same_schedule_again_records_nothing() {
    let programme = given(vec![adopt("2024-01-01", 10)]);
    assert_eq!(programme.decide(adopt("2024-01-01", 10)), Ok(Vec::new()));
}

#[test]
fn a_rate_of_nothing_and_a_step_of_nothing_are_refused() {
    let programme = Programme::default();
    assert_eq!(programme.decide(adopt("2024-01-01", 0)).map_err(|refusal| refusal.code), Err(Code::InvalidInput));
    let settings = Settings { points_step: Some(Points::ZERO), ..Settings::default() };
    let refused = programme.decide(ProgrammeCommand::Configure(settings));
    assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::InvalidInput));
}

#[test]
fn guards_and_tiers_stay_as_they_are_until_they_are_set_anew() {
    let set = |settings| ProgrammeCommand::Configure(settings);
    let self_witness = |action| [(GuardKind::SelfWitness, Guard { action, over: None })].into();
    let refuse = Settings { guards: self_witness(GuardAction::Refuse), ..Settings::default() };
    let tiers = Settings { tiers: Some(vec!["总站".into()]), ..Settings::default() };
    let programme =
        given(vec![set(refuse), set(tiers), set(Settings { publicity_days: Some(3), ..Settings::default() })]);
    assert_eq!(programme.guards.get(GuardKind::SelfWitness).action, GuardAction::Refuse);
    assert_eq!(programme.tiers, ["总站"]);
    let off = Settings { guards: self_witness(GuardAction::Off), tiers: Some(Vec::new()), ..Settings::default() };
    let events = programme.decide(ProgrammeCommand::Configure(off)).expect("accepted");
    let mut payload = Vec::new();
    crate::domain::event::Event::from(events[0].clone()).encode_into(&mut payload).expect("encoded");
    let payload = String::from_utf8(payload).expect("UTF-8");
    assert!(!payload.contains("guards") && !payload.contains("tiers"), "what is off leaves no byte: {payload}");
}

#[test]
fn a_publicity_of_more_than_a_year_and_a_blank_tier_are_refused() {
    let programme = Programme::default();
    for settings in [
        Settings { publicity_days: Some(367), ..Settings::default() },
        Settings { publicity_days: Some(u32::MAX), ..Settings::default() },
        Settings { tiers: Some(vec![String::new()]), ..Settings::default() },
        Settings { checks: Some(3), ..Settings::default() },
        Settings {
            holidays: Some(vec![day("2026-10-01")]),
            makeup_workdays: Some(vec![day("2026-10-01")]),
            ..Settings::default()
        },
    ] {
        let refused = programme.decide(ProgrammeCommand::Configure(settings));
        assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::InvalidInput));
    }
}

#[test]
fn an_approval_is_one_check_and_more_checks_are_told_apart() {
    let set = |settings| given(vec![ProgrammeCommand::Configure(settings)]).checks;
    assert_eq!(set(Settings { approval_required: Some(true), ..Settings::default() }), 1);
    assert_eq!(set(Settings { checks: Some(2), ..Settings::default() }), 2);
    assert_eq!(set(Settings { approval_required: Some(true), checks: Some(0), ..Settings::default() }), 0);
    assert_eq!(set(Settings { publicity_days: Some(3), ..Settings::default() }), 0);
}

#[test]
fn a_line_of_the_schedule_sets_checks_and_publicity_for_itself() {
    let programme = given(vec![
        ProgrammeCommand::Configure(Settings { checks: Some(1), publicity_days: Some(3), ..Settings::default() }),
        adopt("2024-01-01", 1),
    ]);
    let (line, version) = programme.activity_on(&"ZY01".parse().expect("a code"), day("2024-02-01")).expect("a line");
    assert_eq!((programme.checks_of(line), programme.publicity_of(Some(line))), (1, 3));
    let own = Activity { checks: Some(0), publicity_days: Some(7), ..line.clone() };
    assert_eq!((programme.checks_of(&own), programme.publicity_of(Some(&own))), (0, 7));
    assert_eq!(programme.line(version, &line.code), Some(line));
}

#[test]
fn a_guard_keeps_its_number_and_takes_the_usual_one_where_none_is_given() {
    let guard =
        |kind, action, over| Settings { guards: [(kind, Guard { action, over })].into(), ..Settings::default() };
    let programme = given(vec![
        ProgrammeCommand::Configure(guard(GuardKind::HoursOverDay, GuardAction::Flag, Some(6))),
        ProgrammeCommand::Configure(guard(GuardKind::RecordedLate, GuardAction::Refuse, None)),
        ProgrammeCommand::Configure(guard(GuardKind::HoursOverlap, GuardAction::Flag, Some(9))),
    ]);
    let over = |kind| programme.guards.get(kind).over;
    assert_eq!(over(GuardKind::HoursOverDay), Some(6));
    assert_eq!(over(GuardKind::RecordedLate), GuardKind::RecordedLate.usual_number());
    assert_eq!(over(GuardKind::HoursOverlap), None, "it has no number");
    let absurd = guard(GuardKind::NewAccount, GuardAction::Flag, Some(u32::MAX));
    let refused = programme.decide(ProgrammeCommand::Configure(absurd));
    assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::InvalidInput));
}
