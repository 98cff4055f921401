//! Redemptions: which lots are taken, on which days, the yearly limit, and taking back.

use super::{
    Given, credit, decimal, depart, given, hold_lines, lasting, line, points, redeem, redeem_lines, redeemed,
    redemption_id, returned, spending, take_back,
};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::Validity;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::state::Worker;

#[test]
fn a_redemption_names_its_lots_and_says_what_is_left() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    given.when("2024-03-06 12:00:00", redeem("R1", 4)).then([redeemed("R1", "2024-03-06 12:00:00", &[(1, 4)], 6)]);
    assert_eq!(given.and("2024-03-06", redeem("R1", 4)).available("2024-03-06"), points(6));
}

#[test]
fn the_lot_that_expires_first_is_spent_first_whatever_the_order_of_recording() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-01", 10, Validity::Months(12)))
        .and("2024-03-05", lasting("C2", "2024-03-01", 10, Validity::Months(3)))
        .and("2024-03-05", lasting("C3", "2024-03-01", 10, Validity::YearEnd));
    given.when("2024-03-06", redeem("R1", 25)).then([redeemed("R1", "2024-03-06", &[(2, 10), (3, 10), (1, 5)], 5)]);
}

#[test]
fn of_lots_that_expire_together_the_one_recorded_first_is_spent_first() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-02-20", 3, Validity::YearEnd))
        .and("2024-03-05", lasting("C2", "2024-02-10", 3, Validity::YearEnd));
    given.when("2024-03-06", redeem("R1", 4)).then([redeemed("R1", "2024-03-06", &[(1, 3), (2, 1)], 2)]);
}

#[test]
fn lots_that_last_for_ever_are_spent_last() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-01", 10, Validity::Forever))
        .and("2024-03-05", lasting("C2", "2024-03-01", 10, Validity::Forever))
        .and("2024-03-05", lasting("C3", "2024-03-01", 10, Validity::Months(1200)));
    given.when("2024-03-06", redeem("R1", 25)).then([redeemed("R1", "2024-03-06", &[(3, 10), (1, 10), (2, 5)], 5)]);
    assert_eq!(given.available("9998-12-31"), points(20));
}

#[test]
fn nothing_is_spent_before_it_is_earned() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    given.when("2024-03-04 23:59:59", redeem("R1", 1)).refused(Code::InsufficientPoints);
    given.when("2024-03-05 00:00:00", redeem("R1", 10)).then([redeemed("R1", "2024-03-05", &[(1, 10)], 0)]);
}

#[test]
fn what_was_redeemed_before_the_departure_is_taken_however_late_it_is_entered() {
    let departed = given().and("2024-03-05", credit("C1", "2024-03-05", 10)).and("2024-03-07 10:00:00", depart());
    let before = "2024-03-07 09:59:59";
    departed.when(before, redeem("R1", 10)).then([redeemed("R1", before, &[(1, 10)], 0)]);
    departed.when("2024-03-07 10:00:00", redeem("R1", 1)).refused(Code::WorkerDeparted);
}

#[test]
fn nothing_is_spent_after_its_last_day() {
    let given = given().and("2024-01-31", lasting("C1", "2024-01-31", 10, Validity::Months(1)));
    let last = "2024-02-29 23:59:59";
    given.when(last, redeem("R1", 10)).then([redeemed("R1", last, &[(1, 10)], 0)]);
    given.when("2024-03-01 00:00:00", redeem("R1", 1)).refused(Code::InsufficientPoints);
}

#[test]
fn a_lot_not_yet_earned_is_passed_over_for_one_that_expires_later() {
    let given = given()
        .and("2024-03-05", lasting("C1", "2024-03-20", 10, Validity::Months(1)))
        .and("2024-03-05", lasting("C2", "2024-03-01", 10, Validity::Months(12)));
    given.when("2024-03-10", redeem("R1", 6)).then([redeemed("R1", "2024-03-10", &[(2, 6)], 4)]);
    given.when("2024-03-10", redeem("R1", 11)).refused(Code::InsufficientPoints);
}

#[test]
fn the_day_is_the_districts_and_not_that_of_greenwich() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    given.when("2024-03-04T15:59:59Z", redeem("R1", 1)).refused(Code::InsufficientPoints);
    given.when("2024-03-04T16:00:00Z", redeem("R1", 1)).then([redeemed("R1", "2024-03-05", &[(1, 1)], 9)]);
}

#[test]
fn the_last_hundredth_can_be_spent_and_no_more() {
    let given = given().and("2024-03-05", credit("C1", "2024-03-05", 10));
    let priced = |price: &str| {
        let mut line = line("SP001", 4);
        line.price = decimal(price);
        redeem_lines("R1", vec![line], None)
    };
    given.when("2024-03-06", priced("2.51")).refused(Code::InsufficientPoints);
    assert_eq!(given.and("2024-03-06", priced("2.5")).available("2024-03-06"), Points::ZERO);
}

#[test]
fn a_redemption_of_more_than_a_command_may_move_is_refused() {
    let dear = |quantities: &[u32]| {
        let lines = quantities.iter().map(|quantity| {
            let mut line = line("SP001", *quantity);
            line.price = points(1_000_000);
            line
        });
        redeem_lines("R1", lines.collect(), None)
    };
    given().when("2024-03-05", dear(&[1001])).refused(Code::InvalidQuantity);
    given().when("2024-03-05", dear(&[500, 501])).refused(Code::InvalidQuantity);
    given().when("2024-03-05", dear(&[500, 500])).refused(Code::InsufficientPoints);
}

#[test]
fn nobody_unknown_or_departed_spends() {
    Given(Worker::default()).when("2024-03-05", redeem("R1", 1)).refused(Code::UnknownWorker);
    given()
        .and("2024-03-05", credit("C1", "2024-03-05", 10))
        .and("2024-03-06", depart())
        .when("2024-03-07", redeem("R1", 1))
        .refused(Code::WorkerDeparted);
}

/// A worker with a hundred points from 2024 on.
fn rich() -> Given {
    given().and("2024-01-01", lasting("C1", "2024-01-01", 100, Validity::Forever))
}

/// Units of SP001, of which a worker may have three a year.
fn rationed(id: &str, units: u32) -> WorkerCommand {
    redeem_lines(id, vec![line("SP001", units)], Some(3))
}

#[test]
fn the_yearly_limit_can_be_used_up_and_no_more() {
    let given = rich().and("2024-03-05", rationed("R1", 2));
    given.when("2024-03-06", rationed("R2", 2)).refused(Code::LimitPerWorker);
    let given = given.and("2024-03-06", rationed("R2", 1));
    given.when("2024-03-07", rationed("R3", 1)).refused(Code::LimitPerWorker);
}

#[test]
fn two_lines_of_one_item_count_together_against_the_limit() {
    let twice = |first, second| redeem_lines("R1", vec![line("SP001", first), line("SP001", second)], Some(3));
    rich().when("2024-03-05", twice(2, 2)).refused(Code::LimitPerWorker);
    let given = rich().and("2024-03-05", twice(2, 1));
    given.when("2024-03-06", rationed("R2", 1)).refused(Code::LimitPerWorker);
}

#[test]
fn each_item_has_a_limit_of_its_own() {
    let both = redeem_lines("R1", vec![line("SP001", 3), line("SP002", 3)], Some(3));
    let given = rich().and("2024-03-05", both);
    given.when("2024-03-06", redeem_lines("R2", vec![line("SP002", 1)], Some(3))).refused(Code::LimitPerWorker);
    given.when("2024-03-06", redeem_lines("R2", vec![line("SP003", 4)], Some(3))).refused(Code::LimitPerWorker);
}

#[test]
fn the_listing_at_the_store_asked_sets_the_limit() {
    let given = rich().and("2024-03-05", redeem("R1", 5));
    given.when("2024-03-06", rationed("R2", 1)).refused(Code::LimitPerWorker);
    let wider = redeem_lines("R2", vec![line("SP001", 1)], Some(6));
    given.when("2024-03-06", wider).then([redeemed("R2", "2024-03-06", &[(1, 1)], 94)]);
}

#[test]
fn the_limit_is_one_of_the_calendar_year() {
    let given = rich().and("2024-12-31 23:59:59", rationed("R1", 3));
    given.when("2024-01-01 00:00:00", rationed("R2", 1)).refused(Code::LimitPerWorker);
    given.when("2025-01-01 00:00:00", rationed("R2", 3)).then([redeemed("R2", "2025-01-01", &[(1, 3)], 94)]);
}

#[test]
fn a_redemption_that_came_back_frees_its_units_in_its_own_year() {
    let given = rich().and("2024-12-31", rationed("R1", 3)).and("2025-01-01", rationed("R2", 3));
    let given = given.and("2025-01-02", take_back("R1"));
    given.when("2025-01-02", rationed("R3", 1)).refused(Code::LimitPerWorker);
    given.when("2024-12-31", rationed("R3", 3)).then([redeemed("R3", "2024-12-31", &[(1, 3)], 94)]);
}

#[test]
fn the_limit_is_told_before_the_missing_points() {
    let poor = given().and("2024-01-01", credit("C1", "2024-01-01", 1));
    poor.when("2024-03-05", rationed("R1", 4)).refused(Code::LimitPerWorker);
    poor.when("2024-03-05", rationed("R1", 3)).refused(Code::InsufficientPoints);
    let second_line = redeem_lines("R1", vec![line("SP002", 3), line("SP001", 4)], Some(3));
    poor.when("2024-03-05", second_line).refused(Code::LimitPerWorker);
    poor.when("2024-03-05", hold_lines("H1", vec![line("SP001", 4)], Some(3), "2024-03-06"))
        .refused(Code::LimitPerWorker);
}

#[test]
fn a_limit_of_one_line_does_not_bind_another() {
    let mut mixed = spending(vec![line("SP001", 5), line("SP002", 2)], None);
    mixed.limits = vec![None, Some(2)];
    let command = WorkerCommand::Redeem { redemption: redemption_id("R1"), spending: mixed };
    assert_eq!(rich().and("2024-03-05", command).available("2024-03-05"), points(93));
}

#[test]
fn a_redemption_that_comes_back_returns_to_the_lots_it_came_from() {
    let given = given()
        .and("2024-03-01", lasting("C1", "2024-03-01", 3, Validity::Months(1)))
        .and("2024-03-01", lasting("C2", "2024-03-01", 10, Validity::Months(12)))
        .and("2024-03-05", redeem("R1", 8));
    let event = returned("R1", ("2024-03-05", 8), "2024-03-06", &[(1, 3), (2, 5)], 13);
    given.when("2024-03-06", take_back("R1")).then([event]);
    let given = given.and("2024-03-06", take_back("R1"));
    given.when("2024-03-07", redeem("R2", 4)).then([redeemed("R2", "2024-03-07", &[(1, 3), (2, 1)], 9)]);
}

#[test]
fn a_redemption_that_comes_back_too_late_shows_only_what_can_still_be_spent() {
    let given = given()
        .and("2024-03-01", lasting("C1", "2024-03-01", 3, Validity::Months(1)))
        .and("2024-03-01", lasting("C2", "2024-03-01", 10, Validity::Months(12)))
        .and("2024-03-05", redeem("R1", 8));
    let event = returned("R1", ("2024-03-05", 8), "2024-04-02", &[(1, 3), (2, 5)], 10);
    given.when("2024-04-02", take_back("R1")).then([event]);
}

#[test]
fn a_redemption_comes_back_once() {
    let given = rich().and("2024-03-05", redeem("R1", 8)).and("2024-03-06", take_back("R1"));
    given.when("2024-03-07", take_back("R1")).refused(Code::AlreadyReversed);
    given.when("2024-03-07", take_back("R2")).refused(Code::UnknownRedemption);
}

#[test]
fn a_departed_worker_still_gets_a_redemption_back() {
    let given = rich().and("2024-03-05", redeem("R1", 8)).and("2024-03-06", depart());
    given.when("2024-03-07", take_back("R1")).then([returned("R1", ("2024-03-05", 8), "2024-03-07", &[(1, 8)], 100)]);
}
