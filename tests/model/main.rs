//! Whole histories against a reference model: whatever is asked of the ledger, on whatever journal, in whatever order and
//! with whatever falling out of memory in between, it answers what the reference answers, and after every step the
//! invariants hold.
//!
//! `NUANXIN_PROPTEST_CASES` sets how many histories are played on the journal in memory (256 without); SQLite and
//! PostgreSQL get a quarter of that, and 64 at least where so many are asked for at all. A failing history is shrunk, printed, and its seed kept in `regressions.txt`, which
//! is played first, on all journals. `PROPTEST_RNG_SEED` makes a whole run the same again.

mod ask;
mod backends;
mod books;
mod bundles;
mod compare;
mod days;
mod evidence;
mod facts;
mod machine;
mod memory_views;
mod people;
mod persons;
mod play;
mod programmes;
mod reference;
mod replay;
mod selections;
mod steps;
mod system;
mod traces;
mod what_ifs;

use std::collections::BTreeSet;

use ledger_core::domain::event::Event;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use proptest_state_machine::prop_state_machine;

use machine::{Memory, Postgres, Sqlite, Trial};

const MOVES_MAX: usize = 60;
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/regressions.txt");

fn cases() -> u32 {
    std::env::var("NUANXIN_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

/// On databases, where a history takes longer. Fewer than 64 are played only by whoever asks for fewer in all.
fn cases_on_databases() -> u32 {
    (cases() / 4).max(cases().min(64))
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

prop_state_machine! {
    #![proptest_config(config(cases(), 4_000))]

    #[test]
    fn in_memory_every_answer_is_the_reference_s_and_every_invariant_holds(sequential 1..=MOVES_MAX => Trial<Memory>);
}

prop_state_machine! {
    #![proptest_config(config(cases_on_databases(), 400))]

    #[test]
    fn on_sqlite_every_answer_is_the_reference_s_and_every_invariant_holds(sequential 1..=MOVES_MAX => Trial<Sqlite>);
}

// On PostgreSQL whoever plays a history mostly waits for its answers: half of them are played beside the other half.
prop_state_machine! {
    #![proptest_config(config(cases_on_databases().div_ceil(2), 400))]

    #[test]
    fn on_postgres_every_answer_is_the_reference_s_and_every_invariant_holds(sequential 1..=MOVES_MAX => Trial<Postgres>);

    #[test]
    fn on_postgres_in_other_histories_every_answer_is_the_reference_s_as_well(sequential 1..=MOVES_MAX => Trial<Postgres>);
}

/// Machines beside this one, on the same three journals: what each is there to play, and one of its histories.
type Beside = (&'static str, &'static [&'static str], fn(&mut TestRunner) -> BTreeSet<String>);

const OTHER_MACHINES: [Beside; 3] = [
    ("programmes", programmes::PLAYED, programmes::any_types),
    ("people", people::PLAYED, people::any_types),
    ("selections", selections::PLAYED, selections::any_types),
];

/// Events that no machine plays, and who tells of them instead.
///
/// - Mergers of workers: whole ledgers at random in the core, on the journal in memory (`ledger/merge_tests.rs`). They are
///   decided from two streams alone; what a database could do to that it would do to any command here.
/// - What sites offer, and that a later sheet opens one again; pairs, funds and offers that a later sheet changes: each is one
///   value by its day (`domain/site/tests.rs`, `domain/pair/tests.rs`, `domain/fund/tests.rs`, `domain/pass/tests.rs`).
/// - A second administrator's word, and the end of one's days: `domain/account/tests.rs`.
/// - Erasures, devices and deliveries, and the marks that guards keep: they move no points; `scenarios` and the aggregates
///   tell of them.
const NOT_MODELLED: &[&str] = &[
    "WorkerErasureAsked",
    "WorkerErased",
    "WorkerMerged",
    "WorkerAbsorbed",
    // Whole ledgers tell of second persons who confirm in the core (ledger/appointment_tests.rs).
    "AppointmentProposed",
    "AppointmentConfirmed",
    "AppointmentRejected",
    "ServiceWitnessed",
    "EvidenceLodged",
    "GrantConfirmed",
    "AdministratorDelisted",
    "SiteUpdated",
    "SiteReopened",
    "ServicesSet",
    "PairUpdated",
    "FundUpdated",
    "OfferUpdated",
    "DeviceEnrolled",
    "DeliveryRefused",
    "CaseSettled",
];

/// Events of other machines.
fn played_beside(event_type: &str) -> bool {
    OTHER_MACHINES.iter().any(|(_, played, _)| played.contains(&event_type))
}

/// Each of the other machines comes to what it is said to play, and none to what no machine is said to.
#[test]
fn other_machines_come_to_what_they_are_said_to_play() {
    for (machine, played, any_types) in OTHER_MACHINES {
        let mut runner = TestRunner::deterministic();
        let mut types: BTreeSet<String> = BTreeSet::new();
        let missing = |types: &BTreeSet<String>| -> Vec<&str> {
            played.iter().copied().filter(|event_type| !types.contains(*event_type)).collect()
        };
        for _ in 0..5_000 {
            if missing(&types).is_empty() {
                break;
            }
            types.extend(any_types(&mut runner));
        }
        assert!(missing(&types).is_empty(), "no history of {machine} has {:?}", missing(&types));
        assert_none_of_no_machine(machine, &types);
    }
}

fn assert_none_of_no_machine(machine: &str, types: &BTreeSet<String>) {
    let more: Vec<&str> = NOT_MODELLED.iter().copied().filter(|event_type| types.contains(*event_type)).collect();
    assert!(more.is_empty(), "{machine} plays {more:?}, which are said to be played by no machine");
}

/// What the histories above are made of is not left to chance: within a hundred of them everything happens.
#[test]
fn histories_reach_every_event_and_every_refusal_of_the_rules() {
    let mut runner = TestRunner::deterministic();
    let (mut types, mut codes): (BTreeSet<String>, BTreeSet<&str>) = Default::default();
    for _ in 0..150 {
        let (start, moves) = machine::any_history(&mut runner);
        let (played, refusals) = run(machine::play_plainly(start, &moves));
        types.extend(played.entries.into_iter().map(|entry| entry.event_type));
        codes.extend(refusals);
    }
    let beside = |event_type: &str| played_beside(event_type) || NOT_MODELLED.contains(&event_type);
    let missing: Vec<&str> =
        Event::all_types().filter(|event_type| !types.contains(*event_type) && !beside(event_type)).collect();
    assert!(missing.is_empty(), "no history has {missing:?}");
    assert_none_of_no_machine("the first machine", &types);
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
