//! Expiry: booked lot by lot, and taken out again by a redemption dated before it and recorded after it.

use super::CONFIRM;
use super::{
    Given, booked, capture, credit, expire, given, held, hold, judge, lasting, points, proposal, redeem, redeemed,
    release, take_back,
};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::Validity;
use crate::domain::worker::command::CreditVerdict::Reverse;
use crate::domain::worker::event::WorkerEvent;
use crate::domain::worker::state::Worker;

/// Ten points through 5 April, of which three are spent, and five for ever.
fn lapsing() -> Given {
    given()
        .and("2024-03-05", lasting("C1", "2024-03-05", 10, Validity::Months(1)))
        .and("2024-03-05", lasting("C2", "2024-03-05", 5, Validity::Forever))
        .and("2024-03-06", redeem("R1", 3))
}

#[test]
fn what_is_left_of_a_lot_expires_after_its_last_day() {
    let given = lapsing();
    given.when("2024-04-05", expire("2024-04-04")).then([]);
    given.when("2024-04-06", expire("2024-04-05")).then([WorkerEvent::PointsExpired(booked("2024-04-06", &[(1, 7)]))]);
}

#[test]
fn a_lot_expires_once() {
    let given = lapsing().and("2024-04-06", expire("2024-04-05"));
    given.when("2024-04-06", expire("2024-04-05")).then([]);
    given.when("2024-05-06", expire("2024-12-31")).then([]);
}

#[test]
fn lots_expire_in_the_order_of_their_last_days() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-05", 4, Validity::YearEnd))
        .and("2024-03-05", lasting("C2", "2024-03-05", 5, Validity::Months(1)))
        .and("2024-03-05", lasting("C3", "2024-03-05", 6, Validity::Forever))
        .and("2024-03-05", lasting("C4", "2024-03-05", 7, Validity::Months(12)));
    let event = booked("2025-01-01", &[(2, 5), (1, 4)]);
    given.when("2025-01-01", expire("2024-12-31")).then([WorkerEvent::PointsExpired(event)]);
    let event = booked("9998-12-31", &[(2, 5), (1, 4), (4, 7)]);
    given.when("9998-12-31", expire("9998-12-31")).then([WorkerEvent::PointsExpired(event)]);
}

#[test]
fn a_year_end_lot_can_be_spent_through_new_years_eve() {
    let given = given().and("2024-12-31", lasting("C1", "2024-12-31", 4, Validity::YearEnd));
    assert_eq!(given.available("2024-12-31"), points(4));
    assert_eq!(given.available("2025-01-01"), Points::ZERO);
    given.when("2025-01-01", expire("2024-12-30")).then([]);
}

#[test]
fn held_points_do_not_expire_until_they_are_given_back() {
    let given = lapsing().and("2024-04-05", hold("H1", 7, "2024-04-10"));
    given.when("2024-04-06", expire("2024-04-05")).then([]);
    let released = given.clone().and("2024-04-07", release("H1"));
    let event = booked("2024-04-07", &[(1, 7)]);
    released.when("2024-04-07", expire("2024-04-05")).then([WorkerEvent::PointsExpired(event)]);
    given.and("2024-04-07", capture("H1", "R2")).when("2024-04-07", expire("2024-04-05")).then([]);
}

#[test]
fn a_proposal_expires_only_once_it_counts() {
    let given = given().and("2024-03-05", proposal("C1", "2023-03-05", 4));
    given.when("2024-03-06", expire("2024-03-05")).then([]);
    let given = given.and("2024-03-06", judge("C1", CONFIRM));
    let event = booked("2024-03-07", &[(1, 4)]);
    given.when("2024-03-07", expire("2024-03-06")).then([WorkerEvent::PointsExpired(event)]);
}

#[test]
fn a_reversed_lot_does_not_expire() {
    lapsing().and("2024-03-07", judge("C1", Reverse)).when("2024-04-06", expire("2024-04-05")).then([]);
}

#[test]
fn a_late_redemption_takes_what_it_needs_out_of_expiry_first() {
    let given = lapsing().and("2024-04-06", expire("2024-04-05"));
    given.when("2024-04-05", redeem("R2", 4)).then([
        WorkerEvent::ExpiryReversed(booked("2024-04-05", &[(1, 4)])),
        redeemed("R2", "2024-04-05", &[(1, 4)], 8),
    ]);
    let given = given.and("2024-04-05", redeem("R2", 4));
    assert_eq!(given.0.lot(1).map(|lot| (lot.remaining, lot.expired)), Some((Points::ZERO, points(3))));
    given.when("2024-04-05", redeem("R3", 9)).refused(Code::InsufficientPoints);
}

#[test]
fn a_late_hold_takes_what_it_needs_out_of_expiry_first() {
    let given = lapsing().and("2024-04-06", expire("2024-04-05"));
    given.when("2024-04-05", hold("H1", 8, "2024-04-10")).then([
        WorkerEvent::ExpiryReversed(booked("2024-04-05", &[(1, 7)])),
        held("H1", ("2024-04-05", "2024-04-10"), &[(1, 7), (2, 1)], 4),
    ]);
}

#[test]
fn what_has_not_expired_of_a_lot_is_spent_before_its_expiry_is_taken_back() {
    let given = lapsing().and("2024-04-06", expire("2024-04-05")).and("2024-04-07", take_back("R1"));
    assert_eq!(given.0.lot(1).map(|lot| (lot.remaining, lot.expired)), Some((points(3), points(7))));
    given.when("2024-04-05", redeem("R2", 3)).then([redeemed("R2", "2024-04-05", &[(1, 3)], 12)]);
    given.when("2024-04-05", redeem("R2", 5)).then([
        WorkerEvent::ExpiryReversed(booked("2024-04-05", &[(1, 2)])),
        redeemed("R2", "2024-04-05", &[(1, 5)], 10),
    ]);
    given.when("2024-04-07", expire("2024-04-05")).then([WorkerEvent::PointsExpired(booked("2024-04-07", &[(1, 3)]))]);
}

#[test]
fn only_lots_that_had_expired_are_taken_out_of_expiry() {
    let given = lapsing()
        .and("2024-03-07", lasting("C3", "2024-03-05", 4, Validity::Months(3)))
        .and("2024-04-06", expire("2024-04-05"));
    given.when("2024-04-05", redeem("R2", 11)).then([
        WorkerEvent::ExpiryReversed(booked("2024-04-05", &[(1, 7)])),
        redeemed("R2", "2024-04-05", &[(1, 7), (3, 4)], 5),
    ]);
}

#[test]
fn an_expired_lot_cannot_be_spent_after_its_last_day() {
    let given = lapsing().and("2024-04-06", expire("2024-04-05"));
    given.when("2024-04-06", redeem("R2", 6)).refused(Code::InsufficientPoints);
    given.when("2024-04-06", redeem("R2", 5)).then([redeemed("R2", "2024-04-06", &[(2, 5)], 0)]);
}

#[test]
fn an_answer_does_not_depend_on_whether_expiry_was_booked() {
    let (unbooked, booked) = (lapsing(), lapsing().and("2024-04-06", expire("2024-04-05")));
    for day in ["2024-03-04", "2024-03-05", "2024-04-05", "2024-04-06", "2024-12-31"] {
        assert_eq!(unbooked.available(day), booked.available(day), "{day}");
    }
}

#[test]
fn nothing_expires_of_an_unknown_worker() {
    Given(Worker::default()).when("2024-04-06", expire("2024-04-05")).refused(Code::UnknownWorker);
    given().and("2024-03-05", credit("C1", "2024-03-05", 1)).when("2024-04-06", expire("2024-04-05")).then([]);
}
