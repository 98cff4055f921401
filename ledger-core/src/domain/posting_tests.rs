//! Double entry over the samples of every event type: between which accounts each moves points, and that nothing is
//! made or lost on the way.

use std::collections::BTreeSet;

use super::{Account, Posting, postings};
use crate::domain::event::Event;
use crate::domain::event::tests::samples;
use crate::domain::ids::{StoreId, WorkerId};
use crate::domain::points::Points;

fn worker() -> WorkerId {
    WorkerId::new("YZ-骑手-001").expect("worker")
}

fn store() -> StoreId {
    StoreId::new("YZ-WD001").expect("store")
}

/// From, to, hundredths.
type Move = (Account, Account, i64);

/// The movements of every sample that moves points, in the samples' order.
fn expected() -> Vec<(&'static str, Vec<Move>)> {
    use Account::{Issuance, Reversed};
    let available = || Account::Available(worker());
    let held = || Account::Held(worker());
    let debt = || Account::Debt(worker());
    let expired = || Account::Expired(worker());
    let redeemed = || Account::Redeemed(store());
    let benefit = || Account::Benefit("QY03".parse().expect("a benefit"));
    let earned = || (Issuance, available(), 1000);
    vec![
        ("VolunteerServiceRecorded", vec![earned()]),
        ("CivicCreationRecorded", vec![earned()]),
        ("CommunityServiceRecorded", vec![earned()]),
        ("CommunityServiceRecorded", vec![earned(), (available(), debt(), 400)]),
        ("CreditConfirmed", vec![earned(), (available(), debt(), 400)]),
        ("CreditConfirmed", vec![earned()]),
        ("CreditReversed", vec![(available(), Reversed, 500), (expired(), Reversed, 200), (debt(), Reversed, 300)]),
        ("CreditReversed", vec![(available(), Reversed, 1000)]),
        ("Redeemed", vec![(available(), redeemed(), 1000)]),
        ("RedemptionReversed", vec![(redeemed(), available(), 600), (redeemed(), debt(), 400)]),
        ("RedemptionReversed", vec![(redeemed(), available(), 1000)]),
        ("PointsHeld", vec![(available(), held(), 1000)]),
        ("HoldCaptured", vec![(held(), redeemed(), 1000)]),
        ("HoldReleased", vec![(held(), debt(), 1000)]),
        ("HoldReleased", vec![(held(), available(), 1000)]),
        ("HoldExpired", vec![(held(), available(), 600), (held(), debt(), 400)]),
        ("HoldExpired", vec![(held(), available(), 1000)]),
        ("PointsExpired", vec![(available(), expired(), 300)]),
        ("ExpiryReversed", vec![(expired(), available(), 300)]),
        // Those with a reason.
        ("HoldReleased", vec![(held(), debt(), 1000)]),
        ("HoldReleased", vec![(held(), available(), 1000)]),
        // Of the documents' programmes.
        ("BenefitPointsSpent", vec![(available(), benefit(), 2000)]),
        ("VolunteerServiceRecorded", vec![earned()]),
        ("CivicCreationRecorded", vec![earned()]),
        ("CommunityServiceRecorded", vec![earned()]),
        ("VolunteerServiceRecorded", vec![earned(), (available(), debt(), 400)]),
        ("Redeemed", vec![(available(), redeemed(), 1_000)]),
        ("HoldCaptured", vec![(held(), redeemed(), 1_000)]),
        // By what it was proven who spends, one after the other.
        ("Redeemed", vec![(available(), redeemed(), 1_000)]),
        ("Redeemed", vec![(available(), redeemed(), 1_000)]),
        ("Redeemed", vec![(available(), redeemed(), 1_000)]),
        ("Redeemed", vec![(available(), redeemed(), 1_000)]),
        ("PointsHeld", vec![(available(), held(), 1_000)]),
        // Benefits given back.
        ("BenefitPointsReturned", vec![(benefit(), available(), 1_600), (benefit(), debt(), 400)]),
        ("BenefitPointsReturned", vec![(benefit(), available(), 2_000)]),
        // Two ids of one person.
        ("WorkerMerged", vec![(available(), Issuance, 1_200), (Reversed, debt(), 400)]),
        ("WorkerMerged", vec![(available(), Issuance, 1_200)]),
        ("WorkerAbsorbed", vec![(Issuance, available(), 1_200), (debt(), Reversed, 400)]),
        ("WorkerAbsorbed", vec![(Issuance, available(), 1_200)]),
    ]
}

fn as_postings(moves: Vec<Move>) -> Vec<Posting> {
    let both = |(from, to, hundredths): Move| {
        let from = Posting { account: from, points: Points::from_hundredths(-hundredths) };
        [from, Posting { account: to, points: Points::from_hundredths(hundredths) }]
    };
    moves.into_iter().flat_map(both).collect()
}

#[test]
fn the_postings_of_every_event_sum_to_zero() {
    for event in samples() {
        let total: Points = postings(&event).iter().map(|posting| posting.points).sum();
        assert_eq!(total, Points::ZERO, "{}", event.event_type());
    }
}

#[test]
fn each_event_moves_points_between_its_accounts() {
    let moving = samples().into_iter().map(|event| (event.event_type(), postings(&event)));
    let moving: Vec<_> = moving.filter(|(_, postings)| !postings.is_empty()).collect();
    let expected: Vec<_> = expected().into_iter().map(|(name, moves)| (name, as_postings(moves))).collect();
    assert_eq!(moving, expected);
}

#[test]
fn events_of_other_aggregates_and_of_particulars_move_nothing() {
    let moving: BTreeSet<&str> = expected().iter().map(|(name, _)| *name).collect();
    for event in samples().iter().filter(|event| !moving.contains(event.event_type())) {
        assert_eq!(postings(event), [], "{}", event.event_type());
    }
}

#[test]
fn a_proposal_moves_nothing_until_it_is_confirmed() {
    for event in samples() {
        if let Event::Worker(event) = &event
            && event.as_service().is_some_and(|record| record.proposed)
        {
            assert_eq!(postings(&Event::Worker(event.clone())), [], "{}", event.event_type());
        }
    }
}

#[test]
fn no_posting_is_of_nothing() {
    let all: Vec<Posting> = samples().iter().flat_map(postings).collect();
    assert!(all.iter().all(|posting| !posting.points.is_zero()), "{all:?}");
}

#[test]
fn accounts_are_named_by_group_and_owner() {
    for (account, group, name) in [
        (Account::Issuance, "issuance", "issuance"),
        (Account::Reversed, "reversed", "reversed"),
        (Account::Available(worker()), "available", "available:YZ-骑手-001"),
        (Account::Held(worker()), "held", "held:YZ-骑手-001"),
        (Account::Debt(worker()), "debt", "debt:YZ-骑手-001"),
        (Account::Expired(worker()), "expired", "expired:YZ-骑手-001"),
        (Account::Redeemed(store()), "redeemed", "redeemed:YZ-WD001"),
    ] {
        assert_eq!((account.group(), account.to_string().as_str()), (group, name));
    }
}
