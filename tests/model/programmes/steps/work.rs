//! Steps with requests, pairs, appointments and sites.

use proptest::prelude::*;

use super::chances::{day, days, maybe, of, said, worker};
use super::{Activity, Step};
use crate::programmes::desk::LEFT;

fn request() -> BoxedStrategy<Step> {
    let activity = prop_oneof![
        8 => Just(Activity::Rated),
        6 => Just(Activity::FedBack),
        1 => Just(Activity::Plain),
        1 => Just(Activity::Unknown),
    ];
    (0_u8..6, activity, day(), maybe(4, 1, worker()), maybe(1, 6, of(6)))
        .prop_map(|(request, activity, day, reporter, merged_into)| Step::Post {
            request,
            activity,
            day,
            reporter,
            merged_into,
        })
        .boxed()
}

fn handling() -> BoxedStrategy<Step> {
    let word = maybe(3, 1, (said(), day()).boxed());
    (0_u8..12, of(6), maybe(8, 1, worker()), days(), 0_u8..6, word)
        .prop_map(|(handling, request, claimer, (claimed, done), quantity, word)| Step::Handle {
            handling,
            request,
            claimer,
            claimed,
            done,
            quantity,
            word: word.map(|(said, day)| (said, day.max(done))),
        })
        .boxed()
}

/// Claims apart from the work. A claim's request is mostly the one that it was made of: the one of its number.
fn claim() -> BoxedStrategy<Step> {
    let named =
        || (0_u8..12).prop_flat_map(|handling| (Just(handling), prop_oneof![5 => Just(handling % 6), 1 => of(6)]));
    let made = (named(), worker(), day()).prop_map(|((handling, request), claimer, day)| Step::Claim {
        handling,
        request,
        claimer,
        day,
    });
    let report = (named(), day(), prop_oneof![1 => Just(0_u8), 8 => 1_u8..6])
        .prop_map(|((handling, request), done, quantity)| Step::Report { handling, request, done, quantity });
    let give_up = (named(), day()).prop_map(|((handling, request), day)| Step::Return { handling, request, day });
    prop_oneof![6 => made, 5 => report, 3 => give_up].boxed()
}

/// Two who are mostly the partners of a pair.
fn partners() -> BoxedStrategy<(u8, u8, u8)> {
    let of_pair = (0_u8..2, any::<bool>()).prop_map(|(pair, turned)| match turned {
        true => (pair, 2 * pair + 1, 2 * pair),
        false => (pair, 2 * pair, 2 * pair + 1),
    });
    // The third pair is of one who is there and one who has left.
    prop_oneof![4 => of_pair, 2 => Just((2, 0, LEFT)), 1 => (of(3), of(4), of(4))].boxed()
}

fn visit() -> BoxedStrategy<Step> {
    let activity = prop_oneof![10 => Just(Activity::Visit), 1 => Just(Activity::Unknown)];
    let later = maybe(3, 1, prop_oneof![6 => Just(1_u16), 1 => 0_u16..20].boxed());
    (0_u8..10, partners(), activity, day(), later)
        .prop_map(|(visit, (pair, reporter, by), activity, day, later)| Step::Visit {
            visit,
            pair,
            activity,
            day,
            reporter,
            // Now and then before the visit.
            confirmed: later.map(|later| (by, (day + later).saturating_sub(1).max(1))),
        })
        .boxed()
}

/// Mostly of the pair whose partner has left, by its own branch.
fn stand_in() -> BoxedStrategy<Step> {
    let pair = prop_oneof![6 => Just(2_u8), 1 => of(3)];
    (0_u8..10, pair, prop_oneof![4 => Just(0_u8), 1 => Just(1)], day())
        .prop_map(|(visit, pair, branch, day)| Step::StandIn { visit, pair, branch, day })
        .boxed()
}

/// Mostly letters that begin early, some of which end, be it before they begin.
fn appointment() -> BoxedStrategy<Step> {
    let from = prop_oneof![5 => Just(25_u16), 1 => day()];
    (of(4), of(2), from, maybe(1, 3, day()), maybe(1, 2, day()))
        .prop_map(|(worker, letter, from, through, ended)| Step::Appoint { worker, letter, from, through, ended })
        .boxed()
}

/// Few sites, that are opened early for the most part and moved on any day, be it before they were opened.
fn site() -> BoxedStrategy<Step> {
    let opened = prop_oneof![3 => Just(5_u16), 2 => day()];
    let open =
        (0_u8..4, maybe(1, 2, of(4)), opened).prop_map(|(site, parent, day)| Step::OpenSite { site, parent, day });
    let hang = (of(4), maybe(5, 1, of(4)), day()).prop_map(|(site, parent, day)| Step::MoveSite { site, parent, day });
    let close = (of(4), day()).prop_map(|(site, day)| Step::CloseSite { site, day });
    prop_oneof![4 => open, 6 => hang, 1 => close].boxed()
}

pub(super) fn of_requests() -> BoxedStrategy<Step> {
    prop_oneof![
        5 => request(),
        8 => handling(),
        8 => claim(),
        1 => (of(6), any::<bool>(), day()).prop_map(|(request, named, day)| Step::Route { request, named, day }),
        1 => (of(6), day()).prop_map(|(request, day)| Step::Withdraw { request, day }),
        1 => (of(6), of(6)).prop_map(|(request, into)| Step::Merge { request, into }),
        3 => (0_u8..12, of(6), said(), day())
            .prop_map(|(handling, request, word, day)| Step::Rate { handling, request, word, day }),
    ]
    .boxed()
}

pub(super) fn of_pairs() -> BoxedStrategy<Step> {
    prop_oneof![
        4 => visit(),
        2 => (0_u8..10, of(3), of(4), day()).prop_map(|(visit, pair, by, day)| Step::Confirm { visit, pair, by, day }),
        2 => stand_in(),
    ]
    .boxed()
}

pub(super) fn of_places() -> BoxedStrategy<Step> {
    prop_oneof![
        2 => appointment(),
        3 => (of(4), day(), 0_u8..4).prop_map(|(worker, day, units)| Step::Serve { worker, day, units }),
        7 => site(),
    ]
    .boxed()
}
