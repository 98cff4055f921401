//! Whole histories against a reference model: whatever is asked of the ledger, in whatever order and with whatever
//! falling out of memory in between, it answers what the reference answers, and at every prefix the invariants hold.
//!
//! `NUANXIN_PROPTEST_CASES` sets how many histories are played on the journal in memory (256 without); the databases
//! get a sixteenth of that. A failing history is shrunk, printed, and kept in `regressions.txt`, which is played first.

mod ask;
mod backends;
mod books;
mod bundles;
mod compare;
mod evidence;
mod facts;
mod memory_views;
mod play;
mod reference;
mod replay;
mod steps;
mod traces;

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger_core::domain::event::Event;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use backends::Backend;
use play::{Play, state_of, views_of};
use steps::{Limits, Move, history, limits};

const MOVES_MAX: usize = 60;
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/regressions.txt");

fn cases() -> u32 {
    std::env::var("NUANXIN_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

fn config(cases: u32, max_shrink_iters: u32) -> Config {
    Config {
        cases: cases.max(1),
        max_shrink_iters,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..Config::default()
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

proptest! {
    #![proptest_config(config(cases(), 4_000))]

    /// The eight invariants at every prefix, every answer, and every read model.
    #[test]
    fn every_answer_and_every_prefix_is_as_the_reference_says(limits in limits(), moves in history(MOVES_MAX)) {
        run(async {
            let played = Play::whole(Backend::memory(), limits, &moves, Play::WATCHED).await;
            replay::check(played.journal.as_ref(), &played.entries).await;
            traces::check(&played).await;
        });
    }

    /// Invariant 4: a history in which every command is sent twice is the history without that.
    #[test]
    fn sending_everything_twice_changes_no_byte(limits in limits(), moves in history(MOVES_MAX / 2)) {
        run(async {
            let once = Play::whole(Backend::memory(), limits, &moves, Play::ALONE).await;
            let twice = Play::whole(Backend::memory(), limits, &moves, Play::ECHOED).await;
            prop_assert_eq!(once.entries, twice.entries);
            Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(config(cases() / 16, 400))]

    /// Invariant 5: the same bytes, states and views on every journal, however each was restarted, and on two of them
    /// with every command sent twice.
    #[test]
    fn all_journals_hold_the_same_bytes(
        moves in history(MOVES_MAX),
        limits in [limits(), limits(), limits()],
        pages in [1_u64..9, 9..40, 40..4_000],
    ) {
        run(async {
            let [memory, sqlite, postgres] = limits;
            let memory = Play::whole(Backend::memory(), memory, &moves, Play::ALONE).await;
            let sqlite = Play::whole(Backend::sqlite(), sqlite, &moves, Play::ECHOED).await;
            let postgres = Play::whole(Backend::postgres(), postgres, &moves, Play::ECHOED).await;
            let until = memory.entries.len() as u64;
            let views = views_of(Arc::clone(&memory.journal), until, pages[0]).await;
            replay::check(memory.journal.as_ref(), &memory.entries).await;
            evidence::check(&memory);
            for (other, page) in [(sqlite, pages[1]), (postgres, pages[2])] {
                prop_assert_eq!(&other.entries, &memory.entries);
                evidence::check(&other);
                prop_assert_eq!(state_of(&other.entries, None), state_of(&memory.entries, None));
                prop_assert_eq!(&views_of(Arc::clone(&other.journal), until, page).await, &views);
                replay::check(other.journal.as_ref(), &other.entries).await;
            }
            Ok(())
        })?;
    }
}

/// What the histories above are made of is not left to chance: within a hundred of them everything happens.
#[test]
fn histories_reach_every_event_and_every_refusal_of_the_rules() {
    let mut runner = TestRunner::deterministic();
    let strategy = history(MOVES_MAX);
    let limits = Limits { cached_bytes: 1 << 30, snapshot_every: 1_000, batch: 1_000 };
    let (mut types, mut codes): (BTreeSet<String>, BTreeSet<&str>) = Default::default();
    for _ in 0..150 {
        let moves: Vec<Move> = strategy.new_tree(&mut runner).expect("a history").current();
        let played = run(Play::whole(Backend::memory(), limits, &moves, Play::ALONE));
        types.extend(played.entries.into_iter().map(|entry| entry.event_type));
        codes.extend(played.codes);
    }
    let missing: Vec<&str> = Event::all_types().filter(|event_type| !types.contains(*event_type)).collect();
    assert!(missing.is_empty(), "no history has {missing:?}");
    let rules = [
        "duplicate_conflict",
        "unknown_worker",
        "unknown_activity",
        "unknown_store",
        "unknown_item",
        "unknown_merchant",
        "invalid_date",
        "invalid_quantity",
        "invalid_input",
        "daily_cap_reached",
        "limit_per_worker",
        "insufficient_points",
        "out_of_stock",
        "same_person",
        "already_decided",
        "already_reversed",
        "hold_expired",
        "not_a_party_member",
        "card_exists",
        "store_closed",
        "worker_departed",
        "not_found",
    ];
    let missing: Vec<&str> = rules.into_iter().filter(|code| !codes.contains(code)).collect();
    assert!(missing.is_empty(), "no history is refused with {missing:?}");
}
