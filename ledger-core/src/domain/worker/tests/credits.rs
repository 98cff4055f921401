//! Credits: rounding, the daily cap, taking back, and the debt that a spent credit leaves.

use super::{CONFIRM, OBJECT, checked_once, resolve};
use super::{
    Given, activity, actor, at, credit, credit_as, credit_id, date, decimal, depart, ended, expire, given, hold, judge,
    judge_as, lasting, of, parts, points, proposal, redeem, redemption_id, release, returned, take_back, worker,
};
use crate::domain::event::V1;
use crate::domain::ids::ActivityCode;
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::time::Validity;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::CreditVerdict::{Reject, Reverse, Settle};
use crate::domain::worker::event::{CreditReversed, ServiceRecorded, WorkerEvent};
use crate::domain::worker::state::{CreditStatus, Worker};

/// One point an hour, at most ten on a day.
fn capped(id: &str, on: &str, quantity: &str) -> WorkerCommand {
    credit_as(id, on, quantity, |terms| terms.activity.daily_cap = Some(points(10)))
}

fn debt(given: &Given) -> Points {
    given.0.debt()
}

#[test]
fn a_credit_is_recorded_with_all_that_a_replay_needs() {
    let command = credit_as("C1", "2024-03-05", "2.5", |terms| {
        terms.activity.points_per_unit = points(8);
        terms.evidence = Some("sha256:00".into());
        terms.schedule = 3;
        terms.witness = Some("网格员-07".into());
    });
    given().when("2024-03-06 09:30:00", command).then([WorkerEvent::VolunteerServiceRecorded(ServiceRecorded {
        activity: activity().code,
        at: at("2024-03-06 09:30:00"),
        card: true,
        category: "志愿服务".into(),
        checks: None,
        credit: credit_id("C1"),
        debt_paid: Points::ZERO,
        entered_on: None,
        evidence: Some("sha256:00".into()),
        flags: Vec::new(),
        from: None,
        hours: None,
        last_day: Some(date("2025-03-05")),
        lot: 1,
        on: date("2024-03-05"),
        points: points(20),
        proposed: false,
        proposer: actor("maker"),
        public_until: None,
        publicity_days: None,
        quantity: Quantity::from_millionths(2_500_000),
        schedule: 3,
        to: None,
        uncapped: None,
        v: V1,
        witness: Some("网格员-07".into()),
        worker: worker(),
        source: None,
    })]);
}

#[test]
fn the_category_names_the_event() {
    for (category, event_type) in [
        ("志愿服务", "VolunteerServiceRecorded"),
        ("文明创建", "CivicCreationRecorded"),
        ("隐患上报", "CommunityServiceRecorded"),
    ] {
        let command = credit_as("C1", "2024-03-05", "1", |terms| terms.activity.category = category.into());
        let events = given().0.decide(&of("2024-03-05"), command).expect("credited");
        assert_eq!(events.iter().map(WorkerEvent::event_type).collect::<Vec<_>>(), [event_type]);
    }
}

#[test]
fn points_are_rounded_down_to_a_multiple_of_the_step() {
    for (quantity, rate, step, earned) in [
        ("2.5", "3", "1", "7"),
        ("2.5", "3", "0.5", "7.5"),
        ("2.5", "3", "5", "5"),
        ("2.999999", "1", "1", "2"),
        ("0.01", "1", "0.01", "0.01"),
        ("3", "0.33", "0.1", "0.9"),
    ] {
        let command = credit_as("C1", "2024-03-05", quantity, |terms| {
            terms.activity.points_per_unit = decimal(rate);
            terms.step = decimal(step);
        });
        let record = given().when("2024-03-05", command).then_credited();
        assert_eq!((record.points, record.uncapped), (decimal(earned), None), "{quantity} × {rate} by {step}");
    }
}

#[test]
fn a_quantity_that_comes_to_no_points_is_refused() {
    for quantity in ["0", "-1", "0.999999", "-0.5"] {
        given().when("2024-03-05", credit_as("C1", "2024-03-05", quantity, |_| {})).refused(Code::InvalidQuantity);
    }
}

#[test]
fn a_quantity_of_more_points_than_a_command_may_move_is_refused() {
    let many =
        |rate: i32| credit_as("C1", "2024-03-05", "1000000", |terms| terms.activity.points_per_unit = points(rate));
    assert_eq!(given().when("2024-03-05", many(1000)).then_credited().points, Points::COMMAND_MAX);
    given().when("2024-03-05", many(1001)).refused(Code::InvalidQuantity);
}

#[test]
fn the_credit_that_crosses_the_cap_gets_what_is_left() {
    let given = given().and("2024-03-05", capped("C1", "2024-03-05", "7"));
    let record = given.when("2024-03-05", capped("C2", "2024-03-05", "5")).then_credited();
    assert_eq!((record.points, record.uncapped), (points(3), Some(points(5))));
    let record = given.when("2024-03-05", capped("C2", "2024-03-05", "3")).then_credited();
    assert_eq!((record.points, record.uncapped), (points(3), None), "a credit that just meets the cap was not cut");
}

#[test]
fn what_is_left_under_the_cap_is_not_rounded_again() {
    let command = |id: &str, quantity: &str| {
        credit_as(id, "2024-03-05", quantity, |terms| terms.activity.daily_cap = Some(decimal("12.5")))
    };
    let record = given().and("2024-03-05", command("C1", "10")).when("2024-03-05", command("C2", "4")).then_credited();
    assert_eq!((record.points, record.uncapped), (decimal("2.5"), Some(points(4))));
}

#[test]
fn a_full_cap_is_refused_whatever_was_spent_meanwhile() {
    let given = given().and("2024-03-05", capped("C1", "2024-03-05", "12")).and("2024-03-05", redeem("R1", 10));
    given.when("2024-03-05", capped("C2", "2024-03-05", "1")).refused(Code::DailyCapReached);
}

#[test]
fn a_quantity_of_nothing_is_told_before_a_full_cap() {
    let given = given().and("2024-03-05", capped("C1", "2024-03-05", "10"));
    given.when("2024-03-05", capped("C2", "2024-03-05", "0.5")).refused(Code::InvalidQuantity);
}

#[test]
fn the_cap_is_one_of_activity_and_service_date() {
    let given = given().and("2024-03-05", capped("C1", "2024-03-05", "10"));
    assert_eq!(given.when("2024-03-05", capped("C2", "2024-03-04", "10")).then_credited().points, points(10));
    let other = credit_as("C2", "2024-03-05", "10", |terms| {
        terms.activity.daily_cap = Some(points(10));
        terms.activity.code = ActivityCode::new("ZY02").expect("activity");
    });
    assert_eq!(given.when("2024-03-05", other).then_credited().points, points(10));
}

#[test]
fn a_proposal_takes_its_place_under_the_cap() {
    let proposed = credit_as("C1", "2024-03-05", "10", |terms| terms.way = checked_once());
    given()
        .and("2024-03-05", proposed)
        .when("2024-03-05", capped("C2", "2024-03-05", "1"))
        .refused(Code::DailyCapReached);
}

#[test]
fn a_credit_that_no_longer_counts_frees_the_cap() {
    let rejected = given().and("2024-03-05", proposal("C1", "2024-03-05", 10)).and("2024-03-06", judge("C1", Reject));
    let reversed = given().and("2024-03-05", credit("C1", "2024-03-05", 10)).and("2024-03-06", judge("C1", Reverse));
    let upheld = given()
        .and("2024-03-05", proposal("C1", "2024-03-05", 10))
        .and("2024-03-06", judge_as("objector", "C1", OBJECT))
        .and("2024-03-07", judge("C1", resolve(true, "2024-03-10")))
        .and("2024-03-11", judge("C1", Settle { over: date("2024-03-10") }));
    for given in [rejected, reversed, upheld] {
        let given = given.and("2024-03-11", capped("C2", "2024-03-05", "6"));
        let record = given.when("2024-03-11", capped("C3", "2024-03-05", "6")).then_credited();
        assert_eq!((record.points, record.uncapped), (points(4), Some(points(6))));
    }
}

#[test]
fn nothing_is_credited_to_whom_nobody_registered_or_who_left() {
    Given(Worker::default()).when("2024-03-05", credit("C1", "2024-03-05", 1)).refused(Code::UnknownWorker);
    let departed = given().and("2024-03-04", depart());
    departed.when("2024-03-05", credit("C1", "2024-03-05", 1)).refused(Code::WorkerDeparted);
    departed.when("2024-03-05", credit("C1", "2024-03-05", 0)).refused(Code::WorkerDeparted);
}

#[test]
fn a_service_before_the_departure_is_credited_however_late_it_is_entered() {
    let departed = given().and("2024-03-04 10:00:00", depart());
    for on in ["2024-02-20", "2024-03-04"] {
        let record = departed.when("2024-03-20", credit("C1", on, 5)).then_credited();
        assert_eq!(record.points, points(5));
    }
    departed.when("2024-03-20", credit("C1", "2024-03-05", 5)).refused(Code::WorkerDeparted);
}

#[test]
fn what_would_last_beyond_the_calendar_is_not_credited() {
    let last = |on| lasting("C1", on, 5, Validity::Months(1_200));
    given().when("2024-03-05", last("9899-01-01")).refused(Code::InvalidDate);
    given().when("2024-03-05", last("9898-12-31")).then_credited();
}

#[test]
fn a_reversed_credit_that_was_not_spent_leaves_no_debt() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    given.when("2024-03-06", judge("C1", Reverse)).then([WorkerEvent::CreditReversed(CreditReversed {
        at: at("2024-03-06"),
        by: actor("checker"),
        credit: credit_id("C1"),
        debt: Points::ZERO,
        from_expired: Points::ZERO,
        lot: 1,
        points: points(10),
        reason: "核对台账".into(),
        v: V1,
        worker: worker(),
    })]);
    let given = given.and("2024-03-06", judge("C1", Reverse));
    assert_eq!((given.available("2024-03-06"), debt(&given)), (Points::ZERO, Points::ZERO));
}

#[test]
fn the_spent_part_of_a_reversed_credit_becomes_a_debt() {
    let given = given()
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-05", credit("C2", "2024-03-05", 5))
        .and("2024-03-06", redeem("R1", 4));
    let event = given.when("2024-03-07", judge("C1", Reverse)).then_reversed();
    assert_eq!((event.points, event.debt, event.from_expired), (points(10), points(4), Points::ZERO));
    let given = given.and("2024-03-07", judge("C1", Reverse));
    assert_eq!((given.available("2024-03-07"), debt(&given)), (points(5), points(4)), "other lots are not touched");
}

#[test]
fn the_held_part_of_a_reversed_credit_becomes_a_debt_that_the_released_hold_pays() {
    let given = given()
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-06", hold("H1", 6, "2024-03-09"))
        .and("2024-03-07", judge("C1", Reverse));
    assert_eq!((debt(&given), given.0.held()), (points(6), points(6)));
    given.when("2024-03-08", release("H1")).then([WorkerEvent::HoldReleased(ended(
        "H1",
        ("2024-03-06", 6),
        "2024-03-08",
        &[],
    ))]);
    let given = given.and("2024-03-08", release("H1"));
    assert_eq!((debt(&given), given.available("2024-03-08")), (Points::ZERO, Points::ZERO));
}

#[test]
fn what_had_expired_of_a_reversed_credit_is_taken_out_of_expiry() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-05", 10, Validity::Months(1)))
        .and("2024-03-06", redeem("R1", 3))
        .and("2024-04-06", expire("2024-04-05"));
    let event = given.when("2024-04-07", judge("C1", Reverse)).then_reversed();
    assert_eq!((event.points, event.debt, event.from_expired), (points(10), points(3), points(7)));
    let given = given.and("2024-04-07", judge("C1", Reverse));
    assert_eq!(given.available("2024-04-05"), Points::ZERO, "nor can it be spent late");
}

#[test]
fn a_credit_is_reversed_once() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10)).and("2024-03-06", judge("C1", Reverse));
    for verdict in [Reverse, OBJECT, Reject, CONFIRM, resolve(true, "2024-03-10")] {
        given.when("2024-03-07", judge("C1", verdict)).refused(Code::AlreadyReversed);
    }
}

#[test]
fn what_never_counted_cannot_be_reversed() {
    given().when("2024-03-06", judge("C1", Reverse)).refused(Code::UnknownCredit);
    let given = given().and("2024-03-05", proposal("C1", "2024-03-05", 10));
    given.when("2024-03-06", judge("C1", Reverse)).refused(Code::AlreadyDecided);
    given.and("2024-03-06", judge("C1", Reject)).when("2024-03-07", judge("C1", Reverse)).refused(Code::AlreadyDecided);
}

/// Ten points earned, spent in R1 and taken back: a debt of ten.
fn in_debt() -> Given {
    given()
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-06", redeem("R1", 10))
        .and("2024-03-07", judge("C1", Reverse))
}

#[test]
fn later_credits_pay_the_debt_before_they_can_be_spent() {
    let given = in_debt();
    let record = given.when("2024-03-08", credit("C2", "2024-03-08", 4)).then_credited();
    assert_eq!((record.points, record.debt_paid), (points(4), points(4)), "it counts as earned in full");
    let given = given.and("2024-03-08", credit("C2", "2024-03-08", 4));
    assert_eq!((debt(&given), given.available("2024-03-08")), (points(6), Points::ZERO));
    let given = given.and("2024-03-09", credit("C3", "2024-03-09", 8));
    assert_eq!((debt(&given), given.available("2024-03-09")), (Points::ZERO, points(2)));
    let record = given.when("2024-03-10", credit("C4", "2024-03-10", 8)).then_credited();
    assert_eq!(record.debt_paid, Points::ZERO);
}

#[test]
fn a_proposal_pays_the_debt_when_it_is_confirmed() {
    let given = in_debt().and("2024-03-08", proposal("C2", "2024-03-08", 12));
    assert_eq!(debt(&given), points(10));
    let given = given.and("2024-03-09", judge("C2", CONFIRM));
    assert_eq!((debt(&given), given.available("2024-03-09")), (Points::ZERO, points(2)));
}

#[test]
fn a_reversed_credit_that_had_paid_a_debt_leaves_that_debt_again() {
    let given = in_debt().and("2024-03-08", credit("C2", "2024-03-08", 12)).and("2024-03-09", redeem("R2", 1));
    let event = given.when("2024-03-10", judge("C2", Reverse)).then_reversed();
    assert_eq!((event.points, event.debt), (points(12), points(11)));
}

#[test]
fn a_redemption_of_a_reversed_credit_that_comes_back_pays_its_debt() {
    let given = in_debt();
    given.when("2024-03-08", take_back("R1")).then([returned("R1", ("2024-03-06", 10), "2024-03-08", &[], 0)]);
    let given = given.and("2024-03-08", take_back("R1"));
    assert_eq!((debt(&given), given.available("2024-03-08")), (Points::ZERO, Points::ZERO));
}

#[test]
fn what_later_credits_have_paid_of_the_debt_comes_back_to_the_lot() {
    let given = in_debt().and("2024-03-08", credit("C2", "2024-03-08", 4));
    given.when("2024-03-09", take_back("R1")).then([returned("R1", ("2024-03-06", 10), "2024-03-09", &[(1, 4)], 4)]);
    let given = given.and("2024-03-09", take_back("R1"));
    assert_eq!((debt(&given), given.available("2024-03-09")), (Points::ZERO, points(4)));
    given.and("2024-03-10", redeem("R2", 4)).when("2024-03-10", redeem("R3", 1)).refused(Code::InsufficientPoints);
}

#[test]
fn a_redemption_of_other_credits_pays_no_debt_when_it_comes_back() {
    let given = given()
        .and("2024-03-04", credit("C0", "2024-03-04", 5))
        .and("2024-03-04", redeem("R0", 5))
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-06", redeem("R1", 10))
        .and("2024-03-07", judge("C1", Reverse));
    given.when("2024-03-08", take_back("R0")).then([returned("R0", ("2024-03-04", 5), "2024-03-08", &[(1, 5)], 5)]);
}

#[test]
fn a_redemption_that_comes_back_pays_no_more_than_the_debt() {
    let given = given()
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-05", credit("C2", "2024-03-05", 10))
        .and("2024-03-06", redeem("R1", 20))
        .and("2024-03-07", judge("C1", Reverse))
        .and("2024-03-07", judge("C2", Reverse))
        .and("2024-03-08", credit("C3", "2024-03-08", 5));
    let event = returned("R1", ("2024-03-06", 20), "2024-03-09", &[(2, 5)], 5);
    given.when("2024-03-09", take_back("R1")).then([event]);
    assert_eq!(debt(&given.and("2024-03-09", take_back("R1"))), Points::ZERO);
}

#[test]
fn a_reversed_credit_stays_on_record_as_reversed() {
    let given = in_debt();
    let (number, lot) = given.0.credit(&credit_id("C1")).expect("credit");
    assert_eq!((number, lot.status, lot.points), (1, CreditStatus::Reversed, points(10)));
    assert_eq!(given.0.redemption(&redemption_id("R1")).expect("redemption").lots, parts(&[(1, 10)]));
}
