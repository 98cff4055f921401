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

    #[test]
    fn on_postgres_every_answer_is_the_reference_s_and_every_invariant_holds(sequential 1..=MOVES_MAX => Trial<Postgres>);
}

/// Events that no history of this machine comes to, and where they are played instead.
///
/// - Requests, pairs, benefits, passes, funds with the statements of the body that pays, appointments, and sites that are
///   opened, moved and closed: [`programmes`], a machine of its own on the same three journals. Accounts, grants, appeals and
///   seals: [`people`].
/// - Mergers of workers: whole ledgers at random in the core, on the journal in memory (`ledger/merge_tests.rs`). They are
///   decided from two streams alone; what a database could do to that it would do to any command here.
/// - What sites offer, and that a later sheet opens one again: `domain/site/tests.rs`; each is one value by its day.
/// - Selections: one order of steps of one stream, and a list drawn from what stands in the journal at a position. Its
///   rules are told step by step (`domain/selection/tests.rs`), and the auditor draws anew by code of its own.
/// - Statements of merchants: the rules are those of a body's, which [`programmes`] plays (`domain/statement.rs`), with
///   disputes besides (`domain/merchant/tests/statements.rs`).
/// - Erasures, devices and deliveries, and the marks that guards keep: they move no points; `scenarios` and the aggregates
///   tell of them.
const NOT_MODELLED: &[&str] = &[
    "AppraisalSealed",
    "WorkerErasureAsked",
    "WorkerErased",
    "WorkerMerged",
    "WorkerAbsorbed",
    "CreditAppealed",
    "AppointmentRecorded",
    "BenefitPointsSpent",
    "MoneyClaimed",
    "MoneyTakenBack",
    "BenefitUseReversed",
    "PassUseReversed",
    "ServiceWitnessed",
    "EvidenceLodged",
    "AccountOpened",
    "RoleGranted",
    "GrantConfirmed",
    "GrantEnded",
    "AdministratorListed",
    "AdministratorDelisted",
    "SiteOpened",
    "SiteUpdated",
    "SiteMoved",
    "SiteClosed",
    "SiteReopened",
    "ServicesSet",
    "RequestPosted",
    "HandlingRecorded",
    "HandlingRated",
    "RequestRouted",
    "RequestClaimed",
    "ClaimReturned",
    "RequestWithdrawn",
    "RequestMerged",
    "PairOpened",
    "PairUpdated",
    "VisitReported",
    "VisitConfirmed",
    "FundRegistered",
    "FundUpdated",
    "FundCommitted",
    "FundReleased",
    "FundStatementPrepared",
    "FundStatementConfirmed",
    "FundPaid",
    "StatementPrepared",
    "StatementDisputed",
    "StatementAcknowledged",
    "StatementDisputeAnswered",
    "StatementConfirmed",
    "BenefitRegistered",
    "BenefitUpdated",
    "BenefitGranted",
    "BenefitQueued",
    "BenefitUsed",
    "BenefitWithdrawn",
    // Whole ledgers tell of bodies that approve in the core (ledger/approval_tests.rs).
    "BenefitProposed",
    "BenefitChecked",
    "BenefitRejected",
    "BenefitPointsReturned",
    "CertificateClaimed",
    "CertificateReleased",
    "CertificateReserved",
    "PassIssued",
    "PassUpdated",
    "PassUsed",
    "OfferRegistered",
    "OfferUpdated",
    "SelectionAnnounced",
    "CandidateConsented",
    "CandidateWithdrawn",
    "SelectionSealed",
    "SelectionDrawn",
    "SelectionObjected",
    "SelectionObjectionAnswered",
    "SelectionRevised",
    "SelectionResultRecorded",
    "DeviceEnrolled",
    "DeliveryRefused",
    "CaseSettled",
];

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
    let missing: Vec<&str> = Event::all_types()
        .filter(|event_type| !types.contains(*event_type) && !NOT_MODELLED.contains(event_type))
        .collect();
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
