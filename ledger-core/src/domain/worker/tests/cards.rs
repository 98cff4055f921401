//! Registration, departure and the mutual-aid points card.

use super::{Given, at, depart, given, register, worker};
use crate::domain::card::{AssignNumber, Card, CardEvent, CardNumberAssigned};
use crate::domain::event::V1;
use crate::domain::ids::{BranchId, CardNo, WorkerId};
use crate::domain::refusal::Code;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::WorkerDetails;
use crate::domain::worker::event::{CardClosed, CardIssued, CardMoved, WorkerDeparted, WorkerEvent, WorkerRecorded};
use crate::domain::worker::state::Worker;

fn number(text: &str) -> CardNo {
    CardNo::new(text).expect("card number")
}

fn branch(text: &str) -> BranchId {
    BranchId::new(text).expect("branch")
}

fn issue(card_no: &str) -> WorkerCommand {
    WorkerCommand::IssueCard { card_no: number(card_no), branch: branch("B1"), update: false }
}

fn roster(card_no: &str, to: &str) -> WorkerCommand {
    WorkerCommand::IssueCard { card_no: number(card_no), branch: branch(to), update: true }
}

fn move_to(to: &str) -> WorkerCommand {
    WorkerCommand::MoveCard { branch: branch(to) }
}

fn close() -> WorkerCommand {
    WorkerCommand::CloseCard { reason: "组织关系转出".into() }
}

fn recorded(when: &str, party_member: Option<bool>) -> WorkerRecorded {
    WorkerRecorded {
        at: at(when),
        occupation: "骑手".into(),
        party_member,
        platform: Some("平台甲".into()),
        v: V1,
        worker: worker(),
        probationary: false,
        site: None,
    }
}

fn member() -> Given {
    given().and("2024-01-02", register(Some(true)))
}

#[test]
fn a_worker_is_registered_once_and_updated_when_something_changed() {
    let nobody = Given(Worker::default());
    nobody.when("2024-01-01", register(None)).then([WorkerEvent::WorkerRegistered(recorded("2024-01-01", None))]);
    given().when("2024-02-01", register(None)).then([]);
    given()
        .when("2024-02-01", register(Some(true)))
        .then([WorkerEvent::WorkerUpdated(recorded("2024-02-01", Some(true)))]);
}

#[test]
fn a_registration_that_is_no_update_refuses_a_known_worker() {
    let details = WorkerDetails {
        occupation: "骑手".into(),
        party_member: None,
        platform: Some("平台甲".into()),
        probationary: false,
        site: None,
    };
    given().when("2024-02-01", WorkerCommand::Register { details, update: false }).refused(Code::DuplicateConflict);
}

#[test]
fn a_member_on_probation_becomes_a_full_one_and_nobody_else_is_on_probation() {
    let on_probation = |party_member, probationary| WorkerCommand::Register {
        details: WorkerDetails {
            occupation: "骑手".into(),
            party_member,
            platform: Some("平台甲".into()),
            probationary,
            site: None,
        },
        update: true,
    };
    let given = member();
    let told = |when| WorkerRecorded { probationary: true, ..recorded(when, Some(true)) };
    given.when("2024-02-01", on_probation(Some(true), true)).then([WorkerEvent::WorkerUpdated(told("2024-02-01"))]);
    let given = given.and("2024-02-01", on_probation(Some(true), true));
    given.when("2024-02-02", on_probation(Some(true), true)).then([]);
    given
        .when("2025-02-01", on_probation(Some(true), false))
        .then([WorkerEvent::WorkerUpdated(recorded("2025-02-01", Some(true)))]);
    given.when("2024-02-02", on_probation(Some(false), true)).refused(Code::InvalidInput);
    given.when("2024-02-02", on_probation(None, true)).refused(Code::InvalidInput);
}

#[test]
fn every_other_command_needs_a_registered_worker() {
    let nobody = Given(Worker::default());
    for command in [issue("K1"), move_to("B2"), close(), depart()] {
        nobody.when("2024-02-01", command).refused(Code::UnknownWorker);
    }
}

#[test]
fn a_worker_departs_once() {
    let event = WorkerDeparted { at: at("2024-02-01"), reason: "离开本市".into(), v: V1, worker: worker() };
    given().when("2024-02-01", depart()).then([WorkerEvent::WorkerDeparted(event)]);
    let departed = given().and("2024-02-01", depart());
    assert_eq!(departed.0.departed(), Some(at("2024-02-01")));
    departed.when("2024-02-02", depart()).refused(Code::WorkerDeparted);
}

#[test]
fn a_party_member_gets_a_card() {
    let event =
        CardIssued { at: at("2024-02-01"), branch: branch("B1"), card_no: number("K1"), v: V1, worker: worker() };
    member().when("2024-02-01", issue("K1")).then([WorkerEvent::CardIssued(event)]);
}

#[test]
fn who_is_known_to_be_no_party_member_gets_no_card() {
    given().and("2024-01-02", register(Some(false))).when("2024-02-01", issue("K1")).refused(Code::NotAPartyMember);
}

#[test]
fn a_worker_of_whom_it_is_not_known_may_get_a_card() {
    assert!(given().and("2024-02-01", issue("K1")).0.card().is_some());
}

#[test]
fn a_worker_holds_one_card() {
    let given = member().and("2024-02-01", issue("K1"));
    given.when("2024-02-02", issue("K2")).refused(Code::CardExists);
    given.when("2024-02-02", issue("K1")).refused(Code::CardExists);
}

#[test]
fn a_roster_sent_again_changes_nothing_but_the_branch() {
    let given = member().and("2024-02-01", roster("K1", "B1"));
    given.when("2024-02-02", roster("K1", "B1")).then([]);
    given.when("2024-02-02", roster("K2", "B1")).refused(Code::CardExists);
    given.when("2024-02-02", roster("K1", "B2")).then([WorkerEvent::CardMoved(CardMoved {
        at: at("2024-02-02"),
        branch: branch("B2"),
        card_no: number("K1"),
        from: branch("B1"),
        v: V1,
        worker: worker(),
    })]);
    given.clone().and("2024-02-02", depart()).when("2024-02-03", roster("K1", "B1")).then([]);
    given
        .and("2024-02-02", register(Some(false)))
        .when("2024-02-03", roster("K1", "B1"))
        .refused(Code::NotAPartyMember);
}

#[test]
fn a_departed_worker_gets_no_card() {
    member().and("2024-02-01", depart()).when("2024-02-02", issue("K1")).refused(Code::WorkerDeparted);
}

#[test]
fn a_card_moves_to_another_branch() {
    let given = member().and("2024-02-01", issue("K1"));
    given.when("2024-02-02", move_to("B1")).then([]);
    given.when("2024-02-02", move_to("B2")).then([WorkerEvent::CardMoved(CardMoved {
        at: at("2024-02-02"),
        branch: branch("B2"),
        card_no: number("K1"),
        from: branch("B1"),
        v: V1,
        worker: worker(),
    })]);
    let given = given.and("2024-02-02", move_to("B2"));
    assert_eq!(given.0.card().map(|card| (&card.card_no, &card.branch)), Some((&number("K1"), &branch("B2"))));
}

#[test]
fn a_closed_card_makes_room_for_another() {
    let given = member().and("2024-02-01", issue("K1"));
    given.when("2024-02-02", close()).then([WorkerEvent::CardClosed(CardClosed {
        at: at("2024-02-02"),
        card_no: number("K1"),
        reason: "组织关系转出".into(),
        v: V1,
        worker: worker(),
    })]);
    let given = given.and("2024-02-02", close());
    assert_eq!(given.0.card(), None);
    let given = given.and("2024-02-03", issue("K2"));
    assert_eq!(given.0.card().map(|card| &card.card_no), Some(&number("K2")));
}

#[test]
fn there_is_nothing_to_move_or_close_without_a_card() {
    member().when("2024-02-02", move_to("B2")).refused(Code::NotFound);
    member().when("2024-02-02", close()).refused(Code::NotFound);
    let closed = member().and("2024-02-01", issue("K1")).and("2024-02-02", close());
    closed.when("2024-02-03", close()).refused(Code::NotFound);
}

#[test]
fn a_card_number_never_goes_to_a_second_worker() {
    let assign = |card: &Card, to: &str| {
        card.decide(AssignNumber { card_no: number("K1"), worker: WorkerId::new(to).expect("worker") })
    };
    let mut card = Card::default();
    let first = CardEvent::CardNumberAssigned(CardNumberAssigned { card_no: number("K1"), v: V1, worker: worker() });
    assert_eq!(assign(&card, "W1"), Ok(vec![first.clone()]));
    card.evolve(&first);
    assert_eq!(assign(&card, "W2").map_err(|refusal| refusal.code), Err(Code::CardExists));
    assert_eq!(assign(&card, "W1"), Ok(Vec::new()), "the holder's own old number may come back");
}
