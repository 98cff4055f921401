//! The ledger in a bad world, by seed: several servers on one journal whose calls stall, fail and lose their answers,
//! and who die at any step; clients who ask again with the same key. Whatever happens, everything acknowledged is there
//! exactly once, in an order that agrees with real time, and is what one command after the other would have given by the
//! reference model of tests/model, which knows the rules and nothing of the ledger.
//!
//! `NUANXIN_SIM_SEEDS` sets how many seeds are run (200 without), `NUANXIN_SIM_FIRST` where they begin. A seed that ever
//! failed stays below under a name.

#[path = "../model/ask.rs"]
mod ask;
#[path = "../model/evidence.rs"]
mod evidence;
#[path = "../model/facts.rs"]
mod facts;
#[path = "../model/memory_views.rs"]
mod memory_views;
#[path = "../model/reference.rs"]
#[expect(dead_code, reason = "what is compared with views elsewhere only decides here")]
mod reference;
#[path = "../model/replay.rs"]
mod replay;
#[path = "../model/steps.rs"]
#[expect(dead_code, reason = "many clients play here at once, each without the state machine")]
mod steps;

mod backend;
mod clients;
mod history;
mod run;
mod servers;
mod sign;
mod stale;
mod unknown;
mod world;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ledger_core::ledger::Outcome;

use clients::Attempt;
use world::World;

/// No run takes longer, in its own time: beyond it something waits for ever.
const DAYS_MAX: u64 = 30;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// Says which seed it was, should it fail.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {0}: NUANXIN_SIM_FIRST={0} NUANXIN_SIM_SEEDS=1 cargo test --test simulation", self.0);
        }
    }
}

/// Plays a seed to its end; gives the world it leaves and what clients noted.
fn play(seed: u64) -> (Arc<World>, Vec<Attempt>) {
    let _seed = Seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let limit = Duration::from_secs(DAYS_MAX * 86_400);
        let played = tokio::time::timeout(limit, run::run(seed)).await;
        played.unwrap_or_else(|_| panic!("something waits for ever"))
    })
}

/// What a seed saw go wrong: deaths, refused, lost, late and fenced commits; and what clients were told.
fn run(seed: u64) -> ([usize; 5], BTreeSet<&'static str>) {
    let (world, attempts) = play(seed);
    let wreckage = &world.wreckage;
    let counts = [&wreckage.deaths, &wreckage.refused, &wreckage.lost, &wreckage.late, &wreckage.fenced];
    let mut told = BTreeSet::new();
    for attempt in attempts {
        match attempt.outcomes {
            None => drop(told.insert("nothing")),
            Some(outcomes) => told.extend(outcomes.iter().map(told_as)),
        }
    }
    (counts.map(|count: &AtomicUsize| count.load(Ordering::Relaxed)), told)
}

fn told_as(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Committed(receipt) if receipt.repeated => "repeated",
        Outcome::Committed(receipt) if receipt.events.is_empty() => "unchanged",
        Outcome::Committed(_) => "done",
        Outcome::Refused(refusal) => refusal.code.as_str(),
        Outcome::Unknown => "unknown",
    }
}

/// Runs every other seed: two tests keep two processors busy.
fn run_seeds(from: u64) {
    let (first, seeds) = (number("NUANXIN_SIM_FIRST", 0), number("NUANXIN_SIM_SEEDS", 200));
    let (mut wrecked, mut told) = ([0; 5], BTreeSet::new());
    for seed in (first + from..first + seeds).step_by(2) {
        let (counts, said) = run(seed);
        wrecked.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        told.extend(said);
    }
    if seeds < 100 {
        return;
    }
    assert!(wrecked.iter().all(|count| *count > 5), "too calm: deaths, refused, lost, late, fenced are {wrecked:?}");
    let answers = ["nothing", "unknown", "journal_unavailable", "done", "repeated", "unchanged", "duplicate_conflict"];
    let missing: Vec<_> = answers.into_iter().filter(|answer| !told.contains(answer)).collect();
    assert!(missing.is_empty(), "too calm: nobody was told {missing:?}");
}

#[test]
fn even_seeds_keep_every_promise() {
    run_seeds(0);
}

#[test]
fn odd_seeds_keep_every_promise() {
    run_seeds(1);
}

/// Or the seed that a failure names would not show it again.
#[test]
fn a_seed_is_the_same_run_each_time() {
    for seed in 0..12 {
        // What chance would bring next tells how often it was asked.
        let [first, second] = [play(seed), play(seed)].map(|(world, attempts)| (world.below(u64::MAX), attempts));
        assert_eq!(format!("{first:?}"), format!("{second:?}"), "seed {seed}");
    }
}

/// Found by this seed: an earlier attempt at the same commands landed late, and was taken for the later one whose answer
/// had been lost.
#[test]
fn an_earlier_attempt_that_lands_late_is_not_taken_for_the_later_one() {
    run(2_378);
}
