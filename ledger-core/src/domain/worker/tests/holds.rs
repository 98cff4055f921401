//! Holds: points set aside ahead, spent at the counter or given back.

use super::{
    Given, capture, captured, credit, depart, ended, given, held, hold, hold_lines, lasting, line, points, redeem,
    redeem_lines, redeemed, release, returned, run_out, take_back,
};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::Validity;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::event::WorkerEvent;
use crate::domain::worker::state::Worker;

/// Ten points, of which H1 sets six aside until the evening of the 8th.
fn holding() -> Given {
    given().and("2024-03-05", credit("C1", "2024-03-05", 10)).and("2024-03-06", hold("H1", 6, "2024-03-08 20:00:00"))
}

/// A hold of SP001, of which a worker may have three a year.
fn rationed(id: &str, units: u32, until: &str) -> WorkerCommand {
    hold_lines(id, vec![line("SP001", units)], Some(3), until)
}

fn rationed_redemption(id: &str, units: u32) -> WorkerCommand {
    redeem_lines(id, vec![line("SP001", units)], Some(3))
}

#[test]
fn a_hold_sets_points_aside() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    let event = held("H1", ("2024-03-06", "2024-03-08"), &[(1, 6)], 4);
    given.when("2024-03-06", hold("H1", 6, "2024-03-08")).then([event]);
}

#[test]
fn held_points_are_not_spent_twice() {
    let given = holding();
    assert_eq!((given.available("2024-03-06"), given.0.held()), (points(4), points(6)));
    given.when("2024-03-06", redeem("R1", 5)).refused(Code::InsufficientPoints);
    given.when("2024-03-06", hold("H2", 5, "2024-03-08")).refused(Code::InsufficientPoints);
    given.when("2024-03-06", redeem("R1", 4)).then([redeemed("R1", "2024-03-06", &[(1, 4)], 0)]);
}

#[test]
fn a_hold_ends_after_it_was_placed() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    for until in ["2024-03-06 12:00:00", "2024-03-06 11:59:59"] {
        given.when("2024-03-06 12:00:00", hold("H1", 6, until)).refused(Code::InvalidDate);
    }
}

#[test]
fn nobody_unknown_or_departed_holds() {
    Given(Worker::default()).when("2024-03-05", hold("H1", 1, "2024-03-06")).refused(Code::UnknownWorker);
    let departed = given().and("2024-03-05", credit("C1", "2024-03-05", 10)).and("2024-03-06", depart());
    departed.when("2024-03-07", hold("H1", 1, "2024-03-08")).refused(Code::WorkerDeparted);
}

#[test]
fn a_captured_hold_spends_what_was_set_aside() {
    let given = holding();
    let event = captured(("H1", "R1"), ("2024-03-06", "2024-03-07"), &[(1, 6)], 4);
    given.when("2024-03-07", capture("H1", "R1")).then([event]);
    let given = given.and("2024-03-07", capture("H1", "R1"));
    assert_eq!((given.available("2024-03-07"), given.0.held()), (points(4), Points::ZERO));
}

#[test]
fn a_hold_can_be_captured_after_the_last_day_of_its_lots() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-05", 6, Validity::Months(1)))
        .and("2024-04-05", hold("H1", 6, "2024-04-08"));
    let event = captured(("H1", "R1"), ("2024-04-05", "2024-04-07"), &[(1, 6)], 0);
    given.when("2024-04-07", capture("H1", "R1")).then([event]);
}

#[test]
fn a_hold_that_ran_out_cannot_be_captured() {
    let given = holding();
    let last = "2024-03-08 19:59:59";
    let event = captured(("H1", "R1"), ("2024-03-06", last), &[(1, 6)], 4);
    given.when(last, capture("H1", "R1")).then([event]);
    given.when("2024-03-08 20:00:00", capture("H1", "R1")).refused(Code::HoldExpired);
    let booked = given.and("2024-03-08 20:00:00", run_out("H1"));
    booked.when("2024-03-07", capture("H1", "R1")).refused(Code::HoldExpired);
}

#[test]
fn a_released_hold_gives_its_points_back_to_their_lots() {
    let given = holding();
    let event = ended("H1", ("2024-03-06", 6), "2024-03-07", &[(1, 6)]);
    given.when("2024-03-07", release("H1")).then([WorkerEvent::HoldReleased(event)]);
    let given = given.and("2024-03-07", release("H1"));
    assert_eq!((given.available("2024-03-07"), given.0.held()), (points(10), Points::ZERO));
}

#[test]
fn a_hold_runs_out_at_its_time_and_not_before() {
    let given = holding();
    given.when("2024-03-08 19:59:59", run_out("H1")).refused(Code::InvalidDate);
    let event = ended("H1", ("2024-03-06", 6), "2024-03-08 20:00:00", &[(1, 6)]);
    given.when("2024-03-08 20:00:00", run_out("H1")).then([WorkerEvent::HoldExpired(event)]);
}

#[test]
fn a_hold_ends_once() {
    let captured = holding().and("2024-03-07", capture("H1", "R1"));
    let released = holding().and("2024-03-07", release("H1"));
    for given in [captured, released] {
        given.when("2024-03-07", release("H1")).refused(Code::AlreadyDecided);
        given.when("2024-03-09", run_out("H1")).refused(Code::AlreadyDecided);
        given.when("2024-03-07", capture("H1", "R2")).refused(Code::AlreadyDecided);
    }
    let expired = holding().and("2024-03-09", run_out("H1"));
    expired.when("2024-03-09", release("H1")).refused(Code::HoldExpired);
    expired.when("2024-03-09", run_out("H1")).refused(Code::HoldExpired);
}

#[test]
fn an_unknown_hold_is_refused() {
    given().when("2024-03-07", release("H1")).refused(Code::UnknownRedemption);
    given().when("2024-03-07", capture("H1", "R1")).refused(Code::UnknownRedemption);
}

#[test]
fn a_captured_hold_counts_in_the_year_it_was_placed() {
    let given = given()
        .and("2024-01-01", lasting("C1", "2024-01-01", 100, Validity::Forever))
        .and("2024-12-31", rationed("H1", 3, "2025-01-05"))
        .and("2025-01-02", capture("H1", "R1"));
    given.when("2024-12-31", rationed_redemption("R2", 1)).refused(Code::LimitPerWorker);
    given.when("2025-01-02", rationed_redemption("R2", 3)).then([redeemed("R2", "2025-01-02", &[(1, 3)], 94)]);
}

#[test]
fn a_captured_hold_that_comes_back_frees_the_year_it_was_placed_in() {
    let given = given()
        .and("2024-01-01", lasting("C1", "2024-01-01", 100, Validity::Forever))
        .and("2024-12-31", rationed("H1", 3, "2025-01-05"))
        .and("2025-01-02", capture("H1", "R1"))
        .and("2025-01-02", rationed_redemption("R2", 3));
    let event = returned("R1", ("2025-01-02", 3), "2025-01-03", &[(1, 3)], 97);
    given.when("2025-01-03", take_back("R1")).then([event]);
    let given = given.and("2025-01-03", take_back("R1"));
    given.when("2025-01-03", rationed_redemption("R3", 1)).refused(Code::LimitPerWorker);
    given.when("2024-12-31", rationed_redemption("R3", 3)).then([redeemed("R3", "2024-12-31", &[(1, 3)], 94)]);
}

#[test]
fn a_hold_takes_its_units_of_the_limit_until_it_ends() {
    let given = given()
        .and("2024-01-01", lasting("C1", "2024-01-01", 100, Validity::Forever))
        .and("2024-03-06", rationed("H1", 3, "2024-03-08"));
    given.when("2024-03-06", rationed_redemption("R1", 1)).refused(Code::LimitPerWorker);
    given.when("2024-03-06", rationed("H2", 1, "2024-03-08")).refused(Code::LimitPerWorker);
    for ended in [given.clone().and("2024-03-07", release("H1")), given.and("2024-03-08", run_out("H1"))] {
        ended.when("2024-03-08", rationed_redemption("R1", 3)).then([redeemed("R1", "2024-03-08", &[(1, 3)], 97)]);
    }
}

#[test]
fn a_hold_given_back_frees_the_year_it_was_placed_in() {
    let given = given()
        .and("2024-01-01", lasting("C1", "2024-01-01", 100, Validity::Forever))
        .and("2024-12-31", rationed("H1", 3, "2025-01-05"))
        .and("2025-01-01", rationed_redemption("R1", 3));
    for ended in [given.clone().and("2025-01-02", release("H1")), given.and("2025-01-05", run_out("H1"))] {
        ended.when("2025-01-05", rationed_redemption("R2", 1)).refused(Code::LimitPerWorker);
        let event = redeemed("R2", "2024-12-31", &[(1, 3)], 94);
        ended.when("2024-12-31", rationed_redemption("R2", 3)).then([event]);
    }
}

#[test]
fn a_departed_worker_gets_held_points_back() {
    let given = holding().and("2024-03-07", depart());
    let event = ended("H1", ("2024-03-06", 6), "2024-03-07", &[(1, 6)]);
    given.when("2024-03-07", release("H1")).then([WorkerEvent::HoldReleased(event)]);
}
