//! What the writer keeps in memory has a limit, whatever commands do: counted, not timed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cache::WEIGHT;
use super::command::{AskedLine, AskedSpending, AskedTime};
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission};
use crate::domain::ids::Actor;
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::WorkerDetails;
use crate::evidence::hash::HashSuite;
use crate::journal::Journal;
use crate::journal::memory::MemoryJournal;
use crate::ledger::commands;

/// Aggregates of each kind for which there is room.
const ROOM: usize = 50;
/// Commands of one round.
const ROUND: usize = 100;
const ROUNDS: usize = 20;
/// Workers, stores, merchants and card numbers each up to the limit, and what one round names on top.
const WEIGHT_MAX: usize = (4 * ROOM + 2 * ROUND) * WEIGHT;

async fn open(journal: &Arc<dyn Journal>) -> Ledger {
    let settings = LedgerSettings { cached_bytes_max: ROOM * WEIGHT, ..LedgerSettings::default() };
    let (ledger, _) =
        Ledger::open(Arc::clone(journal), settings, "nuanxin/bounds", HashSuite::Sha256).await.expect("a ledger");
    ledger.read_ahead().await;
    ledger
}

fn submission(key: String, command: Command) -> Submission {
    let at = BusinessTime::from_instant(&chrono::DateTime::UNIX_EPOCH);
    let (key, actor) = (key.parse().expect("a key"), Actor::new("test").expect("an actor"));
    Submission { context: Context { key, actor, at }, command }
}

fn registered(number: usize, times: usize) -> Submission {
    let details = WorkerDetails {
        occupation: "rider".into(),
        party_member: None,
        platform: None,
        probationary: false,
        site: None,
    };
    let worker = format!("W-{number}").parse().expect("an id");
    submission(
        format!("{times}/{number}"),
        Command::RegisterWorker(commands::RegisterWorker { worker, details, update: true }),
    )
}

fn redeemed_by_nobody(number: usize) -> Submission {
    let spending = AskedSpending {
        worker: format!("nobody-{number}").parse().expect("an id"),
        store: format!("nowhere-{number}").parse().expect("an id"),
        lines: vec![AskedLine { sku: "none".parse().expect("an id"), quantity: Some(1) }],
        time: AskedTime::Now,
        proven: None,
    };
    submission(format!("redeem/{number}"), Command::Redeem(spending))
}

/// Submits rounds and holds the state's weight against its limit after each.
async fn keeps_to_its_limit(ledger: &Ledger, of: impl Fn(usize) -> Submission) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for round in 0..ROUNDS {
        let some = (round * ROUND..(round + 1) * ROUND).map(&of).collect();
        outcomes.extend(ledger.submit_all(some, false).await);
        let weight = usize::try_from(ledger.stats().cached_bytes.load(Ordering::Relaxed)).expect("small");
        assert!(weight <= WEIGHT_MAX, "{weight} bytes after round {round}, {WEIGHT_MAX} at most");
    }
    outcomes
}

#[tokio::test]
async fn a_roster_imported_again_keeps_no_worker_beyond_the_limit() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = open(&journal).await;
    for times in 0..3 {
        let outcomes = keeps_to_its_limit(&ledger, |number| registered(number, times)).await;
        let changed = outcomes.iter().filter_map(Outcome::receipt).filter(|receipt| !receipt.events.is_empty());
        assert_eq!(changed.count(), if times == 0 { ROUNDS * ROUND } else { 0 });
    }
}

#[tokio::test]
async fn refused_commands_that_name_nobody_keep_nothing_beyond_the_limit() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = open(&journal).await;
    let outcomes = keeps_to_its_limit(&ledger, redeemed_by_nobody).await;
    assert!(outcomes.iter().all(|outcome| outcome.code().is_some()));
}

/// Once another server appends as well, rounds are decided under the lock for a while.
#[tokio::test]
async fn beside_another_server_neither() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let (ledger, other) = (open(&journal).await, open(&journal).await);
    assert!(other.submit(registered(0, 0)).await.receipt().is_some());
    let outcomes = keeps_to_its_limit(&ledger, redeemed_by_nobody).await;
    assert!(outcomes.iter().all(|outcome| outcome.code().is_some()));
}

/// Whoever asks whether it is ready must hear of it.
#[tokio::test]
async fn a_ledger_whose_writer_has_ended_takes_no_commands() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    drop(open(&journal).await);
    let settings = LedgerSettings { clock: Arc::new(ends), ..LedgerSettings::default() };
    let (ledger, task) =
        Ledger::open(Arc::clone(&journal), settings, "nuanxin/bounds", HashSuite::Sha256).await.expect("a ledger");
    assert!(ledger.takes_commands());
    assert_eq!(ledger.submit(registered(0, 0)).await, Outcome::Unknown);
    task.finished().await;
    assert!(!ledger.takes_commands());
}

#[expect(clippy::panic, reason = "what becomes of a writer that ends badly is what is tested")]
fn ends() -> crate::journal::RecordedTime {
    panic!("a fault")
}
