//! The way from proposal to points: checks, publicity (公示), objections and appeals, and what comes by itself.

use super::{
    CONFIRM, Given, OBJECT, activity, actor, at, credit, credit_as, credit_id, date, given, judge, judge_as, points,
    proposal,
};
use super::{redeem, resolve};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::CreditVerdict::{self, Appeal, Confirm, Object, Reject, Resolve, Settle};
use crate::domain::worker::command::{Judge, WayTerms};
use crate::domain::worker::event::WorkerEvent;
use crate::domain::worker::state::{CreditStatus, Stage};

/// Ten points proposed by "maker" on 5 March, to be checked by so many.
fn proposed(checks: u32) -> Given {
    given().and(
        "2024-03-05 12:00:00",
        credit_as("C1", "2024-03-01", "10", |terms| terms.way = Some(WayTerms { checks, public_until: None })),
    )
}

/// A check after which the credit is public through a day.
fn publish(until: &str) -> CreditVerdict {
    Confirm { publicity_days: 0, public_until: Some(date(until)) }
}

/// Public from 5 March through 8 March.
fn public() -> Given {
    proposed(1).and("2024-03-05 13:00:00", judge("C1", publish("2024-03-08")))
}

/// Objected to by "objector" on 6 March, with two days left.
fn objected() -> Given {
    public().and("2024-03-06", judge_as("objector", "C1", Object { anonymous: false, days_left: 2 }))
}

fn resolved(upheld: bool) -> CreditVerdict {
    Resolve { upheld, public_until: Some(date("2024-03-09")), appeal_until: date("2024-03-10") }
}

fn appeal(today: &str) -> CreditVerdict {
    Appeal { today: date(today), days_left: 1 }
}

fn settle(over: &str) -> WorkerCommand {
    judge_as("ledger", "C1", Settle { over: date(over) })
}

/// As the worker whose credit it is.
fn judge_as_worker(verdict: CreditVerdict) -> WorkerCommand {
    let judge = Judge { by: actor("rider"), alike: Vec::new(), is_worker: true };
    WorkerCommand::JudgeCredit { credit: credit_id("C1"), verdict, judge, reason: "是我做的".into() }
}

/// With another account of the person who acted under a name.
fn judge_with_second_account(of: &str, verdict: CreditVerdict) -> WorkerCommand {
    let judge = Judge { by: actor("second-account"), alike: vec![actor(of)], is_worker: false };
    WorkerCommand::JudgeCredit { credit: credit_id("C1"), verdict, judge, reason: "核对台账".into() }
}

fn stage(given: &Given) -> Option<Stage> {
    given.0.credit(&credit_id("C1")).and_then(|(_, lot)| lot.on_the_way()).map(|way| way.stage())
}

fn status(given: &Given) -> Option<CreditStatus> {
    given.0.credit(&credit_id("C1")).map(|(_, lot)| lot.status)
}

#[test]
fn as_many_people_check_as_the_rule_says_and_then_it_is_public() {
    let given = proposed(2);
    let given = given.and("2024-03-05 13:00:00", judge_as("first", "C1", publish("2024-03-08")));
    assert_eq!(stage(&given), Some(Stage::Proposed), "another check is due");
    let given = given.and("2024-03-05 14:00:00", judge_as("second", "C1", publish("2024-03-08")));
    assert_eq!(stage(&given), Some(Stage::Publicised));
    given.when("2024-03-06", judge_as("third", "C1", CONFIRM)).refused(Code::AlreadyDecided);
    given.when("2024-03-06", judge_as("third", "C1", Reject)).refused(Code::AlreadyDecided);
}

#[test]
fn the_last_check_confirms_at_once_where_nothing_must_be_public() {
    let given = proposed(2).and("2024-03-06", judge_as("first", "C1", CONFIRM));
    let given = given.and("2024-03-06", judge_as("second", "C1", CONFIRM));
    assert_eq!((status(&given), given.available("2024-03-06")), (Some(CreditStatus::Confirmed), points(10)));
}

#[test]
fn nobody_checks_twice_or_the_own_proposal_also_not_with_another_account() {
    let given = proposed(2);
    given.when("2024-03-06", judge_as("maker", "C1", CONFIRM)).refused(Code::SamePerson);
    given.when("2024-03-06", judge_with_second_account("maker", CONFIRM)).refused(Code::SamePerson);
    given.when("2024-03-06", judge_with_second_account("maker", Reject)).refused(Code::SamePerson);
    given.when("2024-03-06", judge_as_worker(CONFIRM)).refused(Code::SamePerson);
    let given = given.and("2024-03-06", judge_as("first", "C1", CONFIRM));
    given.when("2024-03-06", judge_as("first", "C1", CONFIRM)).refused(Code::SamePerson);
    given.when("2024-03-06", judge_with_second_account("first", CONFIRM)).refused(Code::SamePerson);
}

#[test]
fn what_is_public_counts_by_itself_at_the_first_moment_after_its_last_day() {
    let given = public();
    assert_eq!(given.available("2024-03-08"), Points::ZERO);
    given.when("2024-03-08", redeem("R1", 1)).refused(Code::InsufficientPoints);
    given.when("2024-03-08", settle("2024-03-07")).refused(Code::InvalidDate);
    let given = given.and("2024-03-12", settle("2024-03-08"));
    assert_eq!(given.available("2024-03-01"), points(10));
    given.when("2024-03-12", settle("2024-03-12")).refused(Code::AlreadyDecided);
    match public().0.decide(&super::of("2024-03-12"), settle("2024-03-11")).as_deref() {
        Ok([WorkerEvent::CreditConfirmed(event)]) => assert_eq!(event.at, at("2024-03-09")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_needs_no_check_is_public_at_once() {
    let way = Some(WayTerms { checks: 0, public_until: Some(date("2024-03-08")) });
    let given = given().and("2024-03-05", credit_as("C1", "2024-03-01", "10", |terms| terms.way = way));
    assert_eq!(stage(&given), Some(Stage::Publicised));
    let given = given.and("2024-03-09", settle("2024-03-08"));
    assert_eq!(status(&given), Some(CreditStatus::Confirmed));
}

#[test]
fn an_objection_stops_the_clock() {
    let given = objected();
    assert_eq!(stage(&given), Some(Stage::Objected));
    given.when("2024-04-01", settle("2024-03-31")).refused(Code::AlreadyDecided);
    given.when("2024-03-07", judge_as("other", "C1", OBJECT)).refused(Code::AlreadyDecided);
    given.when("2024-03-07", judge_as("other", "C1", Reject)).refused(Code::AlreadyDecided);
}

#[test]
fn nobody_who_had_a_part_decides_the_objection() {
    for part in ["maker", "checker", "objector"] {
        objected().when("2024-03-07", judge_as(part, "C1", resolved(false))).refused(Code::SamePerson);
        objected().when("2024-03-07", judge_with_second_account(part, resolved(true))).refused(Code::SamePerson);
    }
    objected().when("2024-03-07", judge_as_worker(resolved(false))).refused(Code::SamePerson);
}

#[test]
fn after_a_dismissal_publicity_goes_on_and_nothing_counts_before_the_days_for_an_appeal_are_over() {
    let given = objected().and("2024-03-07", judge_as("judge", "C1", resolved(false)));
    assert_eq!(stage(&given), Some(Stage::Publicised));
    given.when("2024-03-10 23:00:00", settle("2024-03-09")).refused(Code::InvalidDate);
    let given = given.and("2024-03-11", settle("2024-03-10"));
    assert_eq!(status(&given), Some(CreditStatus::Confirmed));
}

#[test]
fn the_objector_appeals_a_dismissal_once_and_in_time() {
    let given = objected().and("2024-03-07", judge_as("judge", "C1", resolved(false)));
    given.when("2024-03-11", judge_as("objector", "C1", appeal("2024-03-11"))).refused(Code::AlreadyDecided);
    given.when("2024-03-08", judge_as("other", "C1", appeal("2024-03-08"))).refused(Code::Forbidden);
    given.when("2024-03-08", judge_as_worker(appeal("2024-03-08"))).refused(Code::Forbidden);
    let given = given.and("2024-03-08", judge_with_second_account("objector", appeal("2024-03-08")));
    assert_eq!(stage(&given), Some(Stage::Appealed));
    for part in ["maker", "checker", "objector", "judge", "second-account"] {
        given.when("2024-03-09", judge_as(part, "C1", resolved(true))).refused(Code::SamePerson);
    }
    let dismissed = given.clone().and("2024-03-09", judge_as("last", "C1", resolved(false)));
    assert_eq!(stage(&dismissed), Some(Stage::Publicised));
    dismissed.when("2024-03-09", judge_as("objector", "C1", appeal("2024-03-09"))).refused(Code::AlreadyDecided);
    let dismissed = dismissed.and("2024-03-10", settle("2024-03-09"));
    assert_eq!(status(&dismissed), Some(CreditStatus::Confirmed));
    let upheld = given.and("2024-03-09", judge_as("last", "C1", resolved(true)));
    assert_eq!(status(&upheld), Some(CreditStatus::Rejected));
}

#[test]
fn the_worker_appeals_an_upheld_objection_which_is_final_after_the_same_days() {
    let given = objected().and("2024-03-07", judge_as("judge", "C1", resolved(true)));
    assert_eq!((stage(&given), status(&given)), (Some(Stage::Upheld), Some(CreditStatus::Proposed)));
    given.when("2024-03-08", judge_as("objector", "C1", appeal("2024-03-08"))).refused(Code::Forbidden);
    given.when("2024-03-10", settle("2024-03-09")).refused(Code::InvalidDate);
    given.when("2024-03-08", judge_as("other", "C1", OBJECT)).refused(Code::AlreadyDecided);
    let last = given.clone().and("2024-03-11", settle("2024-03-10"));
    assert_eq!(status(&last), Some(CreditStatus::Rejected));
    let given = given.and("2024-03-08", judge_as_worker(appeal("2024-03-08")));
    assert_eq!(stage(&given), Some(Stage::Appealed));
    let given = given.and("2024-03-09", judge_as("last", "C1", resolved(false)));
    assert_eq!(stage(&given), Some(Stage::Publicised));
}

#[test]
fn another_objection_is_heard_while_the_first_can_still_be_appealed() {
    let given = objected().and("2024-03-07", judge_as("judge", "C1", resolved(false)));
    given.when("2024-03-08", judge_as("objector", "C1", OBJECT)).refused(Code::AlreadyDecided);
    let given = given.and("2024-03-08", judge_as("neighbour", "C1", Object { anonymous: true, days_left: 1 }));
    given.when("2024-03-08", judge_as("objector", "C1", appeal("2024-03-08"))).refused(Code::AlreadyDecided);
    let given = given.and("2024-03-08", judge_as("second-judge", "C1", resolved(false)));
    let given = given.and("2024-03-09", judge_as("objector", "C1", appeal("2024-03-09")));
    assert_eq!(stage(&given), Some(Stage::Appealed));
}

#[test]
fn a_credit_objected_to_before_its_checks_waits_for_the_days_of_an_appeal() {
    let given = proposed(1).and("2024-03-05", judge_as("objector", "C1", OBJECT));
    given.when("2024-03-06", judge("C1", CONFIRM)).refused(Code::InvalidInput);
    let given = given.and("2024-03-06", judge_as("judge", "C1", resolve(false, "2024-03-09")));
    let given = given.and("2024-03-06", judge("C1", CONFIRM));
    assert_eq!(stage(&given), Some(Stage::Publicised));
    given.when("2024-03-09", settle("2024-03-08")).refused(Code::InvalidDate);
    given.when("2024-03-10", settle("2024-03-09")).accepted();
}

#[test]
fn a_rejection_before_publicity_answers_an_open_objection() {
    let given = proposed(1).and("2024-03-05", judge_as("objector", "C1", OBJECT));
    given.when("2024-03-06", judge_as("objector", "C1", Reject)).refused(Code::SamePerson);
    let given = given.and("2024-03-06", judge("C1", Reject));
    assert_eq!(status(&given), Some(CreditStatus::Rejected));
    given.when("2024-03-07", judge_as("judge", "C1", resolved(true))).refused(Code::AlreadyDecided);
}

#[test]
fn a_rejected_credit_leaves_its_cap_free_once_that_is_final() {
    let capped = |id: &str| {
        credit_as(id, "2024-03-01", "10", |terms| {
            terms.activity.daily_cap = Some(points(10));
            terms.way = Some(WayTerms { checks: 1, public_until: None });
        })
    };
    let used = |given: &Given| given.0.by_day.get(&(activity().code, date("2024-03-01"))).copied();
    let given = given().and("2024-03-05", capped("C1"));
    given.when("2024-03-05", capped("C2")).refused(Code::DailyCapReached);
    let rejected = given.clone().and("2024-03-06", judge("C1", Reject));
    assert_eq!(used(&rejected), Some(Points::ZERO));
    let given = given
        .and("2024-03-05", judge("C1", publish("2024-03-08")))
        .and("2024-03-06", judge_as("objector", "C1", OBJECT))
        .and("2024-03-07", judge_as("judge", "C1", resolved(true)));
    assert_eq!(used(&given), Some(points(10)), "the worker may still appeal");
    assert_eq!(used(&given.and("2024-03-11", settle("2024-03-10"))), Some(Points::ZERO));
}

#[test]
fn a_credit_that_counts_can_still_be_objected_to_and_taken_back() {
    let given = public().and("2024-03-09", settle("2024-03-08")).and("2024-03-10", judge_as("objector", "C1", OBJECT));
    given.when("2024-03-11", judge("C1", resolved(true))).refused(Code::SamePerson);
    let given = given.and("2024-03-11", judge_as("judge", "C1", resolved(true)));
    assert_eq!(status(&given), Some(CreditStatus::Reversed));
}

/// A credit that counts is objected to by one person after the other, and each objection is decided by another.
#[test]
fn who_had_a_part_is_remembered_also_of_what_was_objected_after_it_counted() {
    let counts = public().and("2024-03-09", settle("2024-03-08"));
    let at_once = given().and("2024-03-05", credit("C1", "2024-03-01", 10));
    for (given, before) in [(counts, vec!["maker", "checker"]), (at_once, vec!["maker"])] {
        let given = given
            .and("2024-03-10", judge_as("objector", "C1", OBJECT))
            .and("2024-03-11", judge_as("judge", "C1", resolved(false)))
            .and("2024-03-12", judge_as("neighbour", "C1", OBJECT));
        for part in [before, vec!["objector", "judge", "neighbour"]].concat() {
            for verdict in [resolved(true), resolved(false), CreditVerdict::Reverse] {
                given.when("2024-03-13", judge_as(part, "C1", verdict.clone())).refused(Code::SamePerson);
                given.when("2024-03-13", judge_with_second_account(part, verdict)).refused(Code::SamePerson);
            }
        }
        given.when("2024-03-13", judge_as("second-judge", "C1", CreditVerdict::Reverse)).accepted();
        let given = given.and("2024-03-13", judge_as("second-judge", "C1", resolved(false)));
        given.when("2024-03-14", judge_as("objector", "C1", OBJECT)).refused(Code::AlreadyDecided);
        given.when("2024-03-14", judge_with_second_account("neighbour", OBJECT)).refused(Code::AlreadyDecided);
        // Whoever may take a credit back may where nothing is open that they would decide with it.
        given.when("2024-03-14", judge_as("judge", "C1", CreditVerdict::Reverse)).accepted();
    }
}

#[test]
fn who_objected_on_the_way_is_not_heard_again_once_it_counts() {
    let given =
        objected().and("2024-03-07", judge_as("judge", "C1", resolved(false))).and("2024-03-11", settle("2024-03-10"));
    given.when("2024-03-12", judge_as("objector", "C1", OBJECT)).refused(Code::AlreadyDecided);
    let given = given.and("2024-03-12", judge_as("neighbour", "C1", OBJECT));
    given.when("2024-03-13", judge_as("judge", "C1", resolved(true))).refused(Code::SamePerson);
}

#[test]
fn nobody_takes_the_own_credit_back_or_decides_about_it_in_any_way() {
    for verdict in [CONFIRM, Reject] {
        let command = WorkerCommand::JudgeCredit {
            credit: credit_id("C1"),
            verdict,
            judge: Judge { by: actor("rider"), alike: Vec::new(), is_worker: true },
            reason: "核对台账".into(),
        };
        given()
            .and("2024-03-05", proposal("C1", "2024-03-01", 10))
            .when("2024-03-06", command)
            .refused(Code::SamePerson);
    }
    let confirmed = proposed(1).and("2024-03-06", judge("C1", CONFIRM));
    confirmed.when("2024-03-07", judge_as_worker(CreditVerdict::Reverse)).refused(Code::SamePerson);
}
