//! Appointments: what a letter says, when its days hold, that a service is judged by its own day, and what a second person
//! says of what was proposed.

use super::{at, credit_as, date, given, points, worker};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, AppointmentId};
use crate::domain::period::Period;
use crate::domain::refusal::Code;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{AppointmentTerms, Judge};
use crate::domain::worker::event::{
    AppointmentConfirmed, AppointmentProposed, AppointmentRecorded, AppointmentRejected, WorkerEvent,
};

const ROLE: &str = "特聘网格员";

fn letter(text: &str) -> AppointmentId {
    AppointmentId::new(text).expect("appointment")
}

/// From a day on, through another, and ended on a third.
fn lasting_from(from: &str, through: Option<&str>, ended: Option<&str>) -> AppointmentTerms {
    AppointmentTerms {
        body: "街道".into(),
        days: Period { from: Some(date(from)), through: through.map(date) },
        ended: ended.map(date),
        role: ROLE.into(),
        site: None,
    }
}

fn appoint(number: &str, terms: AppointmentTerms) -> WorkerCommand {
    WorkerCommand::Appoint { appointment: letter(number), terms }
}

/// A service that asks for one of some roles on a day.
fn service(id: &str, on: &str, quantity: &str, roles: &[&str]) -> WorkerCommand {
    credit_as(id, on, quantity, |terms| {
        terms.activity.terms.roles = roles.iter().map(|role| (*role).to_owned()).collect();
        terms.eligible_on = Some(date(on));
    })
}

#[test]
fn a_letter_is_recorded_as_it_stands_and_the_same_one_again_is_nothing() {
    let terms = lasting_from("2024-03-01", Some("2024-08-31"), None);
    let recorded = |at_day: &str, terms: &AppointmentTerms| {
        WorkerEvent::AppointmentRecorded(AppointmentRecorded {
            appointment: letter("PS1"),
            at: at(at_day),
            terms: terms.clone(),
            v: V1,
            worker: worker(),
        })
    };
    given().when("2024-02-20", appoint("PS1", terms.clone())).then([recorded("2024-02-20", &terms)]);
    let appointed = given().and("2024-02-20", appoint("PS1", terms.clone()));
    appointed.when("2024-02-21", appoint("PS1", terms)).then([]);
    let ended = lasting_from("2024-03-01", Some("2024-08-31"), Some("2024-06-01"));
    appointed.when("2024-06-03", appoint("PS1", ended.clone())).then([recorded("2024-06-03", &ended)]);
}

#[test]
fn a_letter_that_ends_before_it_begins_is_refused() {
    let wrong =
        [lasting_from("2024-03-01", Some("2024-02-29"), None), lasting_from("2024-03-01", None, Some("2024-02-29"))];
    for terms in wrong {
        given().when("2024-02-20", appoint("PS1", terms)).refused(Code::InvalidDate);
    }
    // It may end on the day on which it would have begun: it never holds then.
    let never = given().and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", None, Some("2024-03-01"))));
    never.when("2024-03-01", service("C1", "2024-03-01", "1", &[ROLE])).refused(Code::NotEligible);
}

#[test]
fn a_service_is_judged_by_the_letters_of_its_own_day() {
    let terms = lasting_from("2024-03-01", Some("2024-08-31"), Some("2024-06-01"));
    let appointed = given().and("2024-06-03", appoint("PS1", terms));
    // Entered on one and the same day, long after the end.
    for (on, holds) in [
        ("2024-02-29", false),
        ("2024-03-01", true),
        ("2024-05-31", true),
        ("2024-06-01", false),
        ("2024-09-01", false),
    ] {
        let outcome = appointed.when("2024-10-08", service("C1", on, "1", &[ROLE]));
        if holds { outcome.accepted() } else { outcome.refused(Code::NotEligible) }
    }
    let unended = given().and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", Some("2024-08-31"), None)));
    for (on, holds) in [("2024-08-31", true), ("2024-09-01", false)] {
        let outcome = unended.when("2024-10-08", service("C1", on, "1", &[ROLE]));
        if holds { outcome.accepted() } else { outcome.refused(Code::NotEligible) }
    }
}

#[test]
fn a_letter_that_ends_later_takes_back_nothing_that_was_credited() {
    let appointed = given()
        .and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", None, None)))
        .and("2024-05-20", service("C1", "2024-05-20", "4", &[ROLE]));
    let ended = appointed.and("2024-06-03", appoint("PS1", lasting_from("2024-03-01", None, Some("2024-05-01"))));
    assert_eq!(ended.available("2024-06-03"), points(4));
    ended.when("2024-06-03", service("C2", "2024-05-20", "1", &[ROLE])).refused(Code::NotEligible);
    ended.when("2024-06-03", service("C2", "2024-04-30", "1", &[ROLE])).accepted();
}

#[test]
fn one_of_the_roles_is_enough_and_another_role_is_none_of_them() {
    let appointed = given().and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", None, None)));
    appointed.when("2024-03-05", service("C1", "2024-03-05", "1", &["政策宣讲员", ROLE])).accepted();
    appointed.when("2024-03-05", service("C1", "2024-03-05", "1", &["政策宣讲员"])).refused(Code::NotEligible);
    appointed.when("2024-03-05", service("C1", "2024-03-05", "1", &[])).accepted();
    given().when("2024-03-05", service("C1", "2024-03-05", "1", &[ROLE])).refused(Code::NotEligible);
    // The quantity is asked about before the role.
    given().when("2024-03-05", service("C1", "2024-03-05", "0", &[ROLE])).refused(Code::InvalidQuantity);
}

#[test]
fn a_second_letter_holds_where_the_first_one_ended() {
    let twice = given()
        .and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", None, Some("2024-05-01"))))
        .and("2024-06-20", appoint("PS2", lasting_from("2024-07-01", None, None)));
    twice.when("2024-08-01", service("C1", "2024-06-30", "1", &[ROLE])).refused(Code::NotEligible);
    twice.when("2024-08-01", service("C1", "2024-07-01", "1", &[ROLE])).accepted();
    twice.when("2024-08-01", service("C1", "2024-04-30", "1", &[ROLE])).accepted();
}

fn actor(name: &str) -> Actor {
    Actor::new(name).expect("actor")
}

fn propose(number: &str, terms: AppointmentTerms) -> WorkerCommand {
    WorkerCommand::ProposeAppointment { appointment: letter(number), by: actor("one"), terms }
}

fn judge(by: &str, alike: &[&str], is_worker: bool) -> Judge {
    Judge { by: actor(by), alike: alike.iter().map(|name| actor(name)).collect(), is_worker }
}

fn confirm(number: &str, judge: Judge) -> WorkerCommand {
    WorkerCommand::ConfirmAppointment { appointment: letter(number), judge, proposed_at: None }
}

fn reject(number: &str, judge: Judge) -> WorkerCommand {
    let reason = "名单有误".into();
    WorkerCommand::RejectAppointment { appointment: letter(number), judge, proposed_at: None, reason }
}

fn other() -> Judge {
    judge("other", &[], false)
}

#[test]
fn what_is_proposed_holds_once_another_person_confirmed_it() {
    let terms = lasting_from("2024-03-01", None, None);
    let proposal = WorkerEvent::AppointmentProposed(AppointmentProposed {
        appointment: letter("PS1"),
        at: at("2024-02-20"),
        by: actor("one"),
        terms: terms.clone(),
        v: V1,
        worker: worker(),
    });
    given().when("2024-02-20", propose("PS1", terms.clone())).then([proposal]);
    let proposed = given().and("2024-02-20", propose("PS1", terms.clone()));
    proposed.when("2024-03-05", service("C1", "2024-03-05", "1", &[ROLE])).refused(Code::NotEligible);
    let word = AppointmentConfirmed {
        appointment: letter("PS1"),
        at: at("2024-02-21"),
        by: actor("other"),
        v: V1,
        worker: worker(),
    };
    let recorded =
        AppointmentRecorded { appointment: letter("PS1"), at: at("2024-02-21"), terms, v: V1, worker: worker() };
    proposed
        .when("2024-02-21", confirm("PS1", other()))
        .then([WorkerEvent::AppointmentConfirmed(word), WorkerEvent::AppointmentRecorded(recorded)]);
    let confirmed = proposed.and("2024-02-21", confirm("PS1", other()));
    confirmed.when("2024-03-05", service("C1", "2024-03-05", "1", &[ROLE])).accepted();
    confirmed.when("2024-03-05", propose("PS1", lasting_from("2024-03-01", None, None))).then([]);
    confirmed.when("2024-03-05", reject("PS1", other())).refused(Code::AlreadyDecided);
}

#[test]
fn the_word_is_another_persons_and_comes_after_the_proposal() {
    let proposed = given().and("2024-02-20", propose("PS1", lasting_from("2024-03-01", None, None)));
    for nobody in [judge("one", &[], false), judge("two", &["one"], false), judge("other", &[], true)] {
        proposed.when("2024-02-21", confirm("PS1", nobody.clone())).refused(Code::SamePerson);
        proposed.when("2024-02-21", reject("PS1", nobody)).refused(Code::SamePerson);
    }
    proposed.when("2024-02-19", confirm("PS1", other())).refused(Code::InvalidDate);
    proposed.when("2024-02-19", reject("PS1", other())).refused(Code::InvalidDate);
    proposed.when("2024-02-21", confirm("PS2", other())).refused(Code::NotFound);
    // When is asked before who.
    proposed.when("2024-02-19", confirm("PS1", judge("one", &[], false))).refused(Code::InvalidDate);
}

#[test]
fn a_word_about_what_was_decided_since_says_nothing_of_what_was_proposed_anew() {
    let proposed = given().and("2024-02-20", propose("PS1", lasting_from("2024-03-01", None, None)));
    let anew = proposed
        .and("2024-02-21", reject("PS1", other()))
        .and("2024-02-22", propose("PS1", lasting_from("2025-03-01", None, None)));
    let (appointment, judge, reason) = (letter("PS1"), other(), "名单有误".to_owned());
    for (seen, refused) in [("2024-02-20", true), ("2024-02-22", false)] {
        let proposed_at = Some(at(seen));
        let words = [
            WorkerCommand::ConfirmAppointment { appointment: appointment.clone(), judge: judge.clone(), proposed_at },
            WorkerCommand::RejectAppointment {
                appointment: appointment.clone(),
                judge: judge.clone(),
                proposed_at,
                reason: reason.clone(),
            },
        ];
        for word in words {
            let told = anew.when("2024-02-23", word);
            if refused { told.refused(Code::AlreadyDecided) } else { told.accepted() }
        }
    }
}

#[test]
fn what_is_sent_back_comes_to_nothing_and_can_be_proposed_again() {
    let terms = lasting_from("2024-03-01", None, None);
    let proposed = given().and("2024-02-20", propose("PS1", terms.clone()));
    proposed.when("2024-02-20", propose("PS1", terms.clone())).refused(Code::DuplicateConflict);
    let rejected = WorkerEvent::AppointmentRejected(AppointmentRejected {
        appointment: letter("PS1"),
        at: at("2024-02-21"),
        by: actor("other"),
        reason: "名单有误".into(),
        v: V1,
        worker: worker(),
    });
    proposed.when("2024-02-21", reject("PS1", other())).then([rejected]);
    let back = proposed.and("2024-02-21", reject("PS1", other()));
    back.when("2024-02-22", confirm("PS1", other())).refused(Code::AlreadyDecided);
    back.when("2024-03-05", service("C1", "2024-03-05", "1", &[ROLE])).refused(Code::NotEligible);
    back.when("2024-02-22", propose("PS1", terms)).accepted();
}

#[test]
fn what_a_register_recorded_meanwhile_or_whoever_left_is_not_confirmed() {
    let proposed = given().and("2024-02-20", propose("PS1", lasting_from("2024-03-01", None, None)));
    let taken = proposed.clone().and("2024-02-21", appoint("PS1", lasting_from("2024-04-01", None, None)));
    taken.when("2024-02-22", confirm("PS1", other())).refused(Code::DuplicateConflict);
    taken.when("2024-02-22", reject("PS1", other())).accepted();
    let left = proposed.and("2024-02-21", WorkerCommand::Depart { reason: "离开".into() });
    left.when("2024-02-22", confirm("PS1", other())).refused(Code::WorkerDeparted);
    left.when("2024-02-22", propose("PS2", lasting_from("2024-03-01", None, None))).refused(Code::WorkerDeparted);
    left.when("2024-02-22", reject("PS1", other())).accepted();
    // What stands is ended also of whoever left.
    let ended = given()
        .and("2024-02-20", appoint("PS1", lasting_from("2024-03-01", None, None)))
        .and("2024-03-05", WorkerCommand::Depart { reason: "离开".into() })
        .and("2024-03-06", propose("PS1", lasting_from("2024-03-01", None, Some("2024-03-05"))));
    ended.when("2024-03-07", confirm("PS1", other())).accepted();
}
