//! Proposals as journals hold them from before ways were recorded (one other person confirms, once the publicity is over),
//! and objections to credits that count.

use super::{CONFIRM, Given, OBJECT, activity, actor, at, credit, credit_id, date, given, judge, judge_as, of, points};
use super::{proposal, redeem, resolve, worker};
use crate::domain::event::V1;
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::worker::command::CreditVerdict::{self, Confirm, Reject};
use crate::domain::worker::event::{CreditJudged, CreditReversed, ObjectionResolved, WorkerEvent};
use crate::domain::worker::state::CreditStatus;

/// Ten points proposed by "maker" at noon of 5 March, as an older program recorded it: on which day it entered the ledger
/// and for how many days it is public, where that was recorded with it.
fn proposed_before(entered_on: Option<&str>, days: Option<u32>) -> Given {
    let mut worker = given().0;
    let events = worker.decide(&of("2024-03-05 12:00:00"), proposal("C1", "2024-03-01", 10)).expect("proposed");
    for event in events {
        let mut record = event.as_service().expect("a service record").clone();
        (record.checks, record.entered_on, record.publicity_days) = (None, entered_on.map(date), days);
        worker.evolve(&WorkerEvent::service(record));
    }
    Given(worker)
}

fn proposed() -> Given {
    proposed_before(None, Some(0))
}

fn dismiss() -> CreditVerdict {
    resolve(false, "2024-03-31")
}

fn uphold() -> CreditVerdict {
    resolve(true, "2024-03-31")
}

fn judged(when: &str) -> CreditJudged {
    CreditJudged {
        anonymous: false,
        at: at(when),
        by: actor("checker"),
        credit: credit_id("C1"),
        days_left: None,
        debt_paid: Points::ZERO,
        lot: 1,
        objection: None,
        points: points(10),
        reason: "核对台账".into(),
        v: V1,
        worker: worker(),
    }
}

fn resolved(when: &str, upheld: bool) -> WorkerEvent {
    WorkerEvent::ObjectionResolved(ObjectionResolved {
        appeal_until: None,
        at: at(when),
        by: actor("checker"),
        credit: credit_id("C1"),
        lot: 1,
        public_until: None,
        reason: "核对台账".into(),
        upheld,
        v: V1,
        worker: worker(),
    })
}

fn status(given: &Given) -> Option<CreditStatus> {
    given.0.credit(&credit_id("C1")).map(|(_, lot)| lot.status)
}

#[test]
fn a_proposal_cannot_be_spent() {
    let given = proposed();
    assert_eq!(given.available("2024-03-05"), Points::ZERO);
    given.when("2024-03-05", redeem("R1", 1)).refused(Code::InsufficientPoints);
}

#[test]
fn a_confirmed_proposal_can_be_spent_from_its_service_date() {
    let given = proposed();
    given.when("2024-03-06", judge("C1", CONFIRM)).then([WorkerEvent::CreditConfirmed(judged("2024-03-06"))]);
    let given = given.and("2024-03-06", judge("C1", CONFIRM));
    assert_eq!(given.available("2024-02-29"), Points::ZERO);
    assert_eq!(given.available("2024-03-01"), points(10));
}

#[test]
fn a_rejected_proposal_never_counts() {
    let given = proposed();
    given.when("2024-03-06", judge("C1", Reject)).then([WorkerEvent::CreditRejected(judged("2024-03-06"))]);
    let given = given.and("2024-03-06", judge("C1", Reject));
    assert_eq!((given.available("2024-03-06"), status(&given)), (Points::ZERO, Some(CreditStatus::Rejected)));
}

#[test]
fn the_proposer_decides_nothing_about_the_own_proposal() {
    for verdict in [CONFIRM, Reject] {
        proposed().when("2024-03-06", judge_as("maker", "C1", verdict)).refused(Code::SamePerson);
    }
    let objected = proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT));
    for verdict in [uphold(), dismiss()] {
        objected.when("2024-03-07", judge_as("maker", "C1", verdict)).refused(Code::SamePerson);
    }
}

#[test]
fn a_proposal_is_decided_once() {
    for first in [CONFIRM, Reject] {
        let given = proposed().and("2024-03-06", judge("C1", first));
        for second in [CONFIRM, Reject] {
            given.when("2024-03-07", judge("C1", second.clone())).refused(Code::AlreadyDecided);
            given.when("2024-03-07", judge_as("maker", "C1", second)).refused(Code::AlreadyDecided);
        }
    }
    let never_proposed = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    never_proposed.when("2024-03-06", judge("C1", CONFIRM)).refused(Code::AlreadyDecided);
}

#[test]
fn an_unknown_credit_is_refused() {
    for verdict in [CONFIRM, Reject, OBJECT, uphold()] {
        given().when("2024-03-06", judge("C9", verdict)).refused(Code::UnknownCredit);
    }
}

#[test]
fn publicity_counts_from_the_entry_and_not_from_the_day_that_the_entry_tells() {
    let given = proposed_before(Some("2024-04-10"), Some(7));
    given.when("2024-04-16 23:59:59", judge("C1", CONFIRM)).refused(Code::InvalidDate);
    given.when("2024-04-17", judge("C1", CONFIRM)).then([WorkerEvent::CreditConfirmed(judged("2024-04-17"))]);
}

#[test]
fn the_length_of_a_publicity_is_fixed_when_it_begins() {
    let given = proposed_before(None, Some(7));
    for days in [0, 3, 30] {
        let confirm = || judge("C1", Confirm { publicity_days: days, public_until: None });
        given.when("2024-03-11 23:59:59", confirm()).refused(Code::InvalidDate);
        given.when("2024-03-12", confirm()).then([WorkerEvent::CreditConfirmed(judged("2024-03-12"))]);
    }
}

/// As journals hold it from before a proposal carried what its publicity needs.
#[test]
fn publicity_runs_for_whole_days_from_the_day_of_recording() {
    let given = proposed_before(None, None);
    let week = || judge("C1", Confirm { publicity_days: 7, public_until: None });
    given.when("2024-03-11 23:59:59", week()).refused(Code::InvalidDate);
    given.when("2024-03-12", week()).then([WorkerEvent::CreditConfirmed(judged("2024-03-12"))]);
    given.when("2024-03-05", judge("C1", CONFIRM)).then([WorkerEvent::CreditConfirmed(judged("2024-03-05"))]);
    given.when("2024-03-04 23:59:59", judge("C1", CONFIRM)).refused(Code::InvalidDate);
    given
        .when("2024-03-12", judge("C1", Confirm { publicity_days: u32::MAX, public_until: None }))
        .refused(Code::InvalidDate);
}

#[test]
fn publicity_does_not_delay_a_rejection() {
    proposed().when("2024-03-05", judge("C1", Reject)).then([WorkerEvent::CreditRejected(judged("2024-03-05"))]);
}

#[test]
fn an_open_objection_blocks_confirmation() {
    let given = proposed();
    given.when("2024-03-06", judge("C1", OBJECT)).then([WorkerEvent::CreditObjected(judged("2024-03-06"))]);
    let given = given.and("2024-03-06", judge_as("objector", "C1", OBJECT));
    given.when("2024-03-12", judge("C1", CONFIRM)).refused(Code::InvalidInput);
    given.when("2024-03-12", judge("C1", OBJECT)).refused(Code::AlreadyDecided);
}

#[test]
fn a_dismissed_objection_lets_the_proposal_go_on() {
    let given = proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT));
    given.when("2024-03-07", judge("C1", dismiss())).then([resolved("2024-03-07", false)]);
    let given = given.and("2024-03-07", judge("C1", dismiss()));
    given.when("2024-03-08", judge("C1", CONFIRM)).then([WorkerEvent::CreditConfirmed(judged("2024-03-08"))]);
    given.when("2024-03-08", judge("C1", OBJECT)).then([WorkerEvent::CreditObjected(judged("2024-03-08"))]);
}

#[test]
fn an_upheld_objection_rejects_a_proposal() {
    let given = proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT));
    let rejected = WorkerEvent::CreditRejected(judged("2024-03-07"));
    given.when("2024-03-07", judge("C1", uphold())).then([resolved("2024-03-07", true), rejected]);
    let given = given.and("2024-03-07", judge("C1", uphold()));
    assert_eq!(status(&given), Some(CreditStatus::Rejected));
}

#[test]
fn an_upheld_objection_reverses_a_confirmed_credit() {
    let given = given()
        .and("2024-03-05", credit("C1", "2024-03-01", 10))
        .and("2024-03-05", redeem("R1", 4))
        .and("2024-03-06", judge_as("objector", "C1", OBJECT));
    let reversed = WorkerEvent::CreditReversed(CreditReversed {
        at: at("2024-03-07"),
        by: actor("checker"),
        credit: credit_id("C1"),
        debt: points(4),
        from_expired: Points::ZERO,
        lot: 1,
        points: points(10),
        reason: "核对台账".into(),
        v: V1,
        worker: worker(),
    });
    given.when("2024-03-07", judge("C1", uphold())).then([resolved("2024-03-07", true), reversed]);
}

#[test]
fn an_objection_to_a_confirmed_credit_does_not_stop_spending() {
    let given =
        given().and("2024-03-05", credit("C1", "2024-03-01", 10)).and("2024-03-06", judge_as("objector", "C1", OBJECT));
    assert_eq!(given.available("2024-03-06"), points(10));
}

#[test]
fn there_is_nothing_to_resolve_without_an_open_objection() {
    proposed().when("2024-03-07", judge("C1", uphold())).refused(Code::AlreadyDecided);
    let settled =
        proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT)).and("2024-03-07", judge("C1", dismiss()));
    settled.when("2024-03-08", judge("C1", uphold())).refused(Code::AlreadyDecided);
}

#[test]
fn nobody_objects_to_what_was_rejected() {
    proposed()
        .and("2024-03-06", judge("C1", Reject))
        .when("2024-03-07", judge("C1", OBJECT))
        .refused(Code::AlreadyDecided);
}

#[test]
fn whoever_objected_does_not_decide_the_objection() {
    let given = proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT));
    let own = judge_as("objector", "C1", uphold());
    given.when("2024-03-07", own).refused(Code::SamePerson);
}

/// What takes the credit away answers the objection with it: nothing is left to be charged twice.
#[test]
fn a_rejection_answers_an_open_objection() {
    let given = proposed().and("2024-03-06", judge_as("objector", "C1", OBJECT));
    let rejected = WorkerEvent::CreditRejected(judged("2024-03-07"));
    given.when("2024-03-07", judge("C1", Reject)).then([resolved("2024-03-07", true), rejected]);
    let given = given.and("2024-03-07", judge("C1", Reject));
    given.when("2024-03-08", judge("C1", uphold())).refused(Code::AlreadyDecided);
    assert_eq!((given.0.debt(), status(&given)), (Points::ZERO, Some(CreditStatus::Rejected)));
    assert_eq!(given.0.by_day.get(&(activity().code, at("2024-03-01").date())), Some(&Points::ZERO));
}
