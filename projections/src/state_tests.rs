//! The state as of past days: last days, late entries, and what is taken back or spent only afterwards.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use serde_json::{Value, json};

use super::{Figures, State, StateFold};
use ledger_core::domain::points::Points;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn event(event_type: &str, mut payload: Value) -> Event {
    payload["v"] = 1.into();
    payload["worker"] = "W1".into();
    Event::decode(event_type, payload.to_string().as_bytes()).unwrap()
}

/// A credit of ten points, recorded at a time for a service date.
fn credit(name: &str, lot: u32, at: &str, on: &str, more: Value) -> Event {
    let mut payload = json!({
        "activity": "A", "at": at, "card": true, "category": "志愿服务", "credit": name, "lot": lot, "on": on,
        "points": 1_000, "proposer": "T", "quantity": 1_000_000, "schedule": 1,
    });
    merge(&mut payload, more);
    event("VolunteerServiceRecorded", payload)
}

fn merge(payload: &mut Value, more: Value) {
    for (name, value) in more.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
}

fn spent(event_type: &str, name: &str, at: &str, lots: Value, more: Value) -> Event {
    let mut payload = json!({
        "at": at, "balance": 0, "lines": [], "lots": lots, "points": 1_000, "redemption": name, "store": "S",
    });
    merge(&mut payload, more);
    event(event_type, payload)
}

fn judged(event_type: &str, credit: &str, lot: u32, at: &str, more: Value) -> Event {
    let mut payload = json!({"at": at, "by": "U", "credit": credit, "lot": lot, "points": 1_000, "reason": "r"});
    merge(&mut payload, more);
    event(event_type, payload)
}

fn held(event_type: &str, at: &str, lots: Value) -> Event {
    let mut payload = json!({
        "at": at, "hold": "H", "held_at": at, "expires_at": "2024-03-09", "lines": [], "lots": lots, "points": 1_000,
        "store": "S", "balance": 0,
    });
    if event_type == "PointsHeld" {
        payload.as_object_mut().unwrap().remove("held_at");
    } else {
        payload.as_object_mut().unwrap().remove("expires_at");
        payload.as_object_mut().unwrap().remove("balance");
    }
    event(event_type, payload)
}

fn as_of(events: &[Event], on: Option<&str>) -> State {
    let mut fold = StateFold::new(on.map(day));
    for (position, event) in (1..).zip(events) {
        fold.fold(position, event);
    }
    fold.finish()
}

/// Earned, redeemed, expired and balance in whole points.
#[track_caller]
fn told(events: &[Event], on: &str, expected: [i32; 4]) {
    let state = as_of(events, Some(on));
    let Figures { earned, redeemed, expired, balance } = state.totals;
    let expected = expected.map(Points::from_whole);
    assert_eq!([earned, redeemed, expired, balance], expected, "earned, redeemed, expired, balance as of {on}");
    assert_eq!(earned, redeemed + expired + balance);
}

#[test]
fn a_lot_counts_through_its_last_day_and_has_expired_the_day_after() {
    let lasts = |last: &str| credit("C1", 1, "2024-02-29", "2024-02-29", json!({"last_day": last}));
    for (last, next) in [("2024-12-31", "2025-01-01"), ("2025-02-28", "2025-03-01"), ("2024-02-29", "2024-03-01")] {
        let events = [lasts(last)];
        told(&events, last, [10, 0, 0, 10]);
        told(&events, next, [10, 0, 10, 0]);
    }
    told(&[credit("C1", 1, "2024-02-29", "2024-02-29", json!({}))], "9998-12-31", [10, 0, 0, 10]);
}

#[test]
fn booking_an_expiry_changes_nothing_that_is_told() {
    let booked =
        |event_type: &str| event(event_type, json!({"at": "2024-03-02", "lots": [[1, 1_000]], "points": 1_000}));
    let events = [
        credit("C1", 1, "2024-02-01", "2024-02-01", json!({"last_day": "2024-03-01"})),
        booked("PointsExpired"),
        booked("ExpiryReversed"),
        spent("Redeemed", "R1", "2024-02-20", json!([[1, 1_000]]), json!({})),
    ];
    told(&events[..2], "2024-03-01", [10, 0, 0, 10]);
    told(&events[..2], "2024-03-02", [10, 0, 10, 0]);
    told(&events, "2024-03-02", [10, 10, 0, 0]);
}

#[test]
fn a_service_still_to_come_counts_from_its_day() {
    let events = [credit("C1", 1, "2024-03-01", "2024-03-10", json!({}))];
    told(&events, "2024-03-09", [0, 0, 0, 0]);
    told(&events, "2024-03-10", [10, 0, 0, 10]);
    assert_eq!(as_of(&events, None).as_of, Some(day("2024-03-10")), "the last business day is the service's");
}

#[test]
fn a_credit_confirmed_late_counts_from_its_service_date_and_one_rejected_never() {
    let proposed = |name: &str, lot| credit(name, lot, "2024-03-02", "2024-03-01", json!({"proposed": true}));
    let events = [
        proposed("C1", 1),
        proposed("C2", 2),
        judged("CreditConfirmed", "C1", 1, "2024-03-20", json!({})),
        judged("CreditRejected", "C2", 2, "2024-03-20", json!({})),
    ];
    told(&events[..2], "2024-03-05", [0, 0, 0, 0]);
    told(&events, "2024-03-05", [10, 0, 0, 10]);
    told(&events, "2024-02-29", [0, 0, 0, 0]);
}

#[test]
fn a_credit_taken_back_later_still_counted_before() {
    let events = [
        credit("C1", 1, "2024-03-01", "2024-03-01", json!({})),
        judged("CreditReversed", "C1", 1, "2024-03-10", json!({})),
    ];
    told(&events, "2024-03-09", [10, 0, 0, 10]);
    told(&events, "2024-03-10", [0, 0, 0, 0]);
    let card = event("CardIssued", json!({"at": "2024-01-01", "branch": "B", "card_no": "K"}));
    let events = [card, events[0].clone(), events[1].clone()];
    assert_eq!(as_of(&events, Some("2024-03-09")).appraisal[&2024]["K"]["total"], Points::from_whole(10));
    assert!(as_of(&events, Some("2024-03-10")).appraisal.is_empty());
}

/// The reversal left a debt for points that were spent, but spent on a day that is still to come: as of the reversal's
/// day they lie in the lot, and go with it.
#[test]
fn points_spent_only_afterwards_go_with_the_credit_that_is_taken_back() {
    let events = [
        credit("C1", 1, "2024-03-01", "2024-03-01", json!({})),
        spent("Redeemed", "R1", "2024-03-20", json!([[1, 1_000]]), json!({})),
        judged("CreditReversed", "C1", 1, "2024-03-10", json!({"debt": 1_000})),
    ];
    told(&events, "2024-03-09", [10, 0, 0, 10]);
    told(&events, "2024-03-10", [0, 0, 0, 0]);
    told(&events, "2024-03-20", [10, 10, 0, 0]);
}

/// A credit for an earlier day, entered after a reversal, paid the debt that the reversal left. As of a day before the
/// reversal there is no debt that it could pay.
#[test]
fn a_debt_left_later_takes_nothing_of_an_earlier_day() {
    let events = [
        credit("C1", 1, "2024-03-01", "2024-03-01", json!({})),
        spent("Redeemed", "R1", "2024-03-02", json!([[1, 1_000]]), json!({})),
        judged("CreditReversed", "C1", 1, "2024-03-10", json!({"debt": 1_000})),
        credit("C2", 2, "2024-03-12", "2024-03-03", json!({"debt_paid": 1_000})),
    ];
    told(&events, "2024-03-05", [20, 10, 0, 10]);
    told(&events, "2024-03-12", [10, 10, 0, 0]);
    let confirmed_late = [
        events[0].clone(),
        events[1].clone(),
        events[2].clone(),
        credit("C2", 2, "2024-03-12", "2024-03-03", json!({"proposed": true})),
        judged("CreditConfirmed", "C2", 2, "2024-03-13", json!({"debt_paid": 1_000})),
    ];
    told(&confirmed_late, "2024-03-05", [20, 10, 0, 10]);
    told(&confirmed_late, "2024-03-13", [10, 10, 0, 0]);
}

/// Points that came back paid a debt that was left later: as of the day before, their credit stands and gets them.
#[test]
fn points_that_come_back_go_to_a_credit_that_is_taken_back_only_later() {
    for (spends, returns) in [("Redeemed", "RedemptionReversed"), ("PointsHeld", "HoldReleased")] {
        let taken = match spends {
            "Redeemed" => spent(spends, "R1", "2024-03-02", json!([[1, 1_000]]), json!({})),
            _ => held(spends, "2024-03-02", json!([[1, 1_000]])),
        };
        let back = match returns {
            "RedemptionReversed" => {
                let more = json!({"debt_paid": 1_000, "reason": "r", "redeemed_at": "2024-03-02"});
                spent(returns, "R1", "2024-03-04", json!([]), more)
            }
            _ => {
                let mut payload = json!({
                    "at": "2024-03-04", "hold": "H", "held_at": "2024-03-02", "lines": [], "lots": [],
                    "points": 1_000, "store": "S",
                });
                payload["debt_paid"] = 1_000.into();
                event(returns, payload)
            }
        };
        let events = [
            credit("C1", 1, "2024-03-01", "2024-03-01", json!({})),
            taken,
            judged("CreditReversed", "C1", 1, "2024-03-10", json!({"debt": 1_000})),
            back,
        ];
        told(&events, "2024-03-05", [10, 0, 0, 10]);
        told(&events, "2024-03-10", [0, 0, 0, 0]);
    }
}

#[test]
fn what_is_set_aside_is_balance_until_it_is_taken_even_of_a_lot_that_ended() {
    let events = [
        credit("C1", 1, "2024-02-01", "2024-02-01", json!({"last_day": "2024-03-05"})),
        held("PointsHeld", "2024-03-01", json!([[1, 1_000]])),
        held("HoldExpired", "2024-03-09", json!([[1, 1_000]])),
    ];
    told(&events, "2024-03-08", [10, 0, 0, 10]);
    told(&events, "2024-03-09", [10, 0, 10, 0]);
    let captured = event(
        "HoldCaptured",
        json!({
            "at": "2024-03-07", "balance": 0, "held_at": "2024-03-01", "hold": "H", "lines": [],
            "lots": [[1, 1_000]], "points": 1_000, "redemption": "R1", "store": "S",
        }),
    );
    let events = [events[0].clone(), events[1].clone(), captured];
    told(&events, "2024-03-06", [10, 0, 0, 10]);
    told(&events, "2024-03-07", [10, 10, 0, 0]);
}
