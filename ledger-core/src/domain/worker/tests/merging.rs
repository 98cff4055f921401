//! Two ids of one person: what the one hands over, what the other makes of it, and what the one takes afterwards.

use super::{
    Given, OBJECT, activity, actor, at, credit, credit_id, date, depart, given, hold, judge, lasting, parts, points,
    proposal, redeem, redeem_lines, register, sku, take_back, worker,
};
use crate::domain::event::V1;
use crate::domain::ids::{BranchId, CardNo, WorkerId};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::Validity;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{CreditVerdict, Estate, OfWorker};
use crate::domain::worker::event::{CreditedOn, HadIn, LotPart, MovedLot, WorkerAbsorbed, WorkerEvent, WorkerMerged};
use crate::domain::worker::state::Worker;

fn other() -> WorkerId {
    WorkerId::new("W2").expect("worker")
}

fn give_up() -> WorkerCommand {
    WorkerCommand::GiveUp { into: other(), reason: "同一人".into() }
}

fn take_over(estate: Estate) -> WorkerCommand {
    WorkerCommand::TakeOver { absorbed: other(), estate }
}

fn estate(given: &Given) -> Estate {
    given.0.estate_since(&Worker::default())
}

fn moved(from: u32, lot: u32, name: &str, (on, last_day): (&str, Option<&str>), whole: i32) -> MovedLot {
    MovedLot {
        activity: activity().code,
        credit: credit_id(name),
        from,
        last_day: last_day.map(date),
        lot,
        on: date(on),
        points: points(whole),
        proposer: actor("maker"),
    }
}

fn merged(whole: i32, debt: i32, lots: Vec<LotPart>, reason: Option<&str>) -> WorkerEvent {
    WorkerEvent::WorkerMerged(WorkerMerged {
        at: at("2024-05-01"),
        debt: points(debt),
        into: other(),
        lots,
        points: points(whole),
        reason: reason.map(str::to_owned),
        v: V1,
        worker: worker(),
    })
}

/// Six points were spent of ten that last a year, five last for ever.
fn lived_in() -> Given {
    given()
        .and("2024-03-01", credit("C1", "2024-03-01", 10))
        .and("2024-03-02", lasting("C2", "2024-03-02", 5, Validity::Forever))
        .and("2024-03-03", redeem("R1", 6))
}

#[test]
fn what_is_left_is_handed_over_lot_by_lot() {
    let given = lived_in();
    given.when("2024-05-01", give_up()).then([merged(9, 0, parts(&[(1, 4), (2, 5)]), Some("同一人"))]);
    let estate = estate(&given);
    let used = |on: &str, whole| CreditedOn { activity: activity().code, on: date(on), points: points(whole) };
    assert_eq!(
        estate.credited,
        [used("2024-03-01", 10), used("2024-03-02", 5)],
        "what counts against caps, spent or not"
    );
    assert_eq!(estate.had, [HadIn { sku: sku("SP001"), units: 6, year: 2024 }]);
    let after = given.and("2024-05-01", give_up());
    assert_eq!((after.available("2024-05-01"), after.0.debt()), (Points::ZERO, Points::ZERO));
    assert_eq!(after.0.merged_into(), Some((&other(), at("2024-05-01"))));
}

#[test]
fn the_other_id_goes_on_with_the_days_that_the_lots_always_had() {
    let kept = given().and("2024-04-01", lasting("K1", "2024-04-01", 3, Validity::Forever));
    kept.when("2024-05-01", take_over(estate(&lived_in()))).then([WorkerEvent::WorkerAbsorbed(WorkerAbsorbed {
        absorbed: other(),
        at: at("2024-05-01"),
        credited: estate(&lived_in()).credited,
        debt: Points::ZERO,
        had: estate(&lived_in()).had,
        lots: vec![
            moved(1, 2, "C1", ("2024-03-01", Some("2025-03-01")), 4),
            moved(2, 3, "C2", ("2024-03-02", None), 5),
        ],
        points: points(9),
        v: V1,
        worker: worker(),
    })]);
    let kept = kept.and("2024-05-01", take_over(estate(&lived_in())));
    assert_eq!(kept.0.absorbed().collect::<Vec<_>>(), [&other()]);
    assert_eq!(["2024-04-30", "2024-05-02"].map(|day| kept.available(day)), [points(3), points(12)]);
    // What expires first goes first, wherever it came from; of equals what was recorded first here.
    let spent = kept.when("2024-05-02", redeem("R9", 8)).0.expect("redeemed");
    let Some(WorkerEvent::Redeemed(spent)) = spent.first() else { panic!("{spent:?}") };
    assert_eq!(spent.lots, parts(&[(2, 4), (1, 3), (3, 1)]));
    assert_eq!(kept.available("2025-03-02"), points(8), "its last day is the old one");
}

#[test]
fn caps_and_yearly_limits_see_both_histories() {
    let kept = given().and("2024-05-01", take_over(estate(&lived_in())));
    let capped =
        |whole| super::credit_as("K1", "2024-03-01", whole, |terms| terms.activity.daily_cap = Some(points(12)));
    let cut = kept.when("2024-05-02", capped("8")).then_credited();
    assert_eq!((cut.points, cut.uncapped), (points(2), Some(points(8))));
    kept.clone().and("2024-05-02", capped("8")).when("2024-05-03", capped("1")).refused(Code::DailyCapReached);
    let of_seven = |units| redeem_lines("R9", vec![super::line("SP001", units)], Some(7));
    kept.when("2024-05-02", of_seven(1)).accepted();
    kept.when("2024-05-02", of_seven(2)).refused(Code::LimitPerWorker);
}

#[test]
fn what_is_owed_joins_what_is_owed() {
    let owing = lived_in().and("2024-04-01", judge("C1", CreditVerdict::Reverse));
    assert_eq!(owing.0.debt(), points(6));
    owing.when("2024-05-01", give_up()).then([merged(5, 6, parts(&[(2, 5)]), Some("同一人"))]);
    let kept = given().and("2024-05-01", take_over(estate(&owing)));
    assert_eq!((kept.0.debt(), kept.available("2024-05-01")), (points(6), points(5)));
    let paid = kept.when("2024-05-02", credit("K1", "2024-05-02", 10)).then_credited();
    assert_eq!(paid.debt_paid, points(6));
}

#[test]
fn nothing_under_way_is_torn_from_its_id() {
    given()
        .and("2024-03-01", proposal("C1", "2024-03-01", 1))
        .when("2024-05-01", give_up())
        .refused(Code::InvalidInput);
    let holding = lived_in().and("2024-04-01", hold("H1", 1, "2024-06-01"));
    holding.when("2024-05-01", give_up()).refused(Code::InvalidInput);
    holding.and("2024-05-01", super::release("H1")).when("2024-05-01", give_up()).accepted();
    let card = WorkerCommand::IssueCard {
        card_no: CardNo::new("K-1").expect("card number"),
        branch: BranchId::new("B1").expect("branch"),
        update: false,
    };
    let member = given().and("2024-01-02", register(Some(true))).and("2024-01-02", card);
    member.when("2024-05-01", give_up()).refused(Code::CardExists);
    member
        .and("2024-02-01", WorkerCommand::CloseCard { reason: "转出".into() })
        .when("2024-05-01", give_up())
        .accepted();
    lived_in().when("2024-03-01", give_up()).refused(Code::InvalidDate);
    given().and("2024-02-01", depart()).when("2024-05-01", give_up()).accepted();
}

#[test]
fn an_id_is_given_up_once_and_never_in_a_circle() {
    let oneself = WorkerCommand::GiveUp { into: worker(), reason: "同一人".into() };
    given().when("2024-05-01", oneself).refused(Code::SamePerson);
    let gone = lived_in().and("2024-05-01", give_up());
    gone.when("2024-05-02", give_up()).refused(Code::AlreadyDecided);
    let of = OfWorker { worker: worker(), at: at("2024-05-02") };
    assert_eq!(gone.0.require_keeps(&of).map_err(|refusal| refusal.code), Err(Code::WorkerDeparted));
    let kept = given().and("2024-05-01", take_over(estate(&lived_in())));
    kept.when("2024-05-02", give_up()).refused(Code::AlreadyDecided);
}

#[test]
fn afterwards_it_takes_corrections_alone() {
    let gone = lived_in().and("2024-05-01", give_up());
    for command in
        [credit("C9", "2024-03-01", 1), redeem("R9", 1), hold("H9", 1, "2024-06-01"), depart(), register(Some(true))]
    {
        let refused = gone.when("2024-05-02", command).0.expect_err("refused");
        assert_eq!(refused.code, Code::WorkerDeparted);
        assert!(refused.message.contains("W2"), "it names the id that is kept: {refused}");
    }
    gone.when("2024-05-02", register(None)).then([]);
    gone.when("2025-04-01", super::expire("2025-03-31")).then([]);
    gone.when("2024-05-02", judge("C1", OBJECT)).accepted();
    gone.when("2024-05-02", WorkerCommand::Erase { by: actor("a"), oneself: true, reason: "本人".into() }).accepted();
}

/// What a correction leaves under the id that was given up.
fn left_by(gone: &Given, command: WorkerCommand) -> (Given, Estate) {
    let after = gone.clone().and("2024-05-02", command);
    let estate = after.0.estate_since(&gone.0);
    (after, estate)
}

#[test]
fn a_correction_hands_on_what_it_leaves() {
    let gone = lived_in().and("2024-05-01", give_up());
    let (_, estate) = left_by(&gone, judge("C1", CreditVerdict::Reverse));
    assert_eq!((estate.debt, estate.lots.len()), (points(10), 0), "all of it was handed over or spent");
    assert_eq!(estate.credited[0].points, points(-10), "the cap is free again");
    let (after, estate) = left_by(&gone, take_back("R1"));
    assert_eq!((estate.points(), estate.had[0].units), (points(6), -6));
    let handed = after.0.decide(&super::of("2024-05-01"), WorkerCommand::HandOn { estate: estate.clone() });
    assert_eq!(handed, Ok(vec![merged(6, 0, parts(&[(1, 6)]), None)]));
    let kept = given().and("2024-05-01", take_over(super::merging::estate(&lived_in())));
    let kept = kept.and("2024-05-02", take_over(estate));
    assert_eq!(kept.available("2024-05-02"), points(15));
    assert_eq!(kept.0.units(&sku("SP001"), 2024), 0);
    assert_eq!(kept.available("2025-03-02"), points(5), "what came back expires when it always did");
}
