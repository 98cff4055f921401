//! A commit whose answer is lost, on a journal that then stays away for longer than the ledger looks for it.

use std::time::Duration;

use ledger_core::domain::refusal::Code;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome, Submission};
use tokio::time::Instant;

use crate::ask::{Ask, Asked, ORIGIN};
use crate::backend::{Process, SimulatedJournal, World};
use crate::steps::prelude;

const RESOLVE_FOR: Duration = Duration::from_secs(3);

/// Registers a worker.
fn registers(key: &str, worker: &str) -> Submission {
    let frame = prelude().swap_remove(0);
    let ask =
        Ask::Register { worker: worker.to_owned(), occupation: "骑手".to_owned(), party_member: None, update: false };
    Asked { key: key.to_owned(), ask, ..frame }.submission()
}

/// Runs in a time of its own, in which waiting takes none.
fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work);
}

async fn open(world: &std::sync::Arc<World>) -> Ledger {
    let settings = LedgerSettings { resolve_for: RESOLVE_FOR, ..LedgerSettings::default() };
    let journal = SimulatedJournal::connect(world, &Process::new());
    Ledger::open(journal, settings, ORIGIN, HashSuite::Sha256).await.expect("the ledger opens").0
}

/// Whether the batch landed or not: nobody can know, so nobody may be told.
async fn whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(lands: bool) {
    let world = World::without_weather();
    let ledger = open(&world).await;
    let old = registers("old", "W1");
    let Outcome::Committed(first_answer) = ledger.submit(old.clone()).await else { panic!("it is recorded") };
    assert!(!first_answer.repeated);

    world.cut_at_the_next_commit(lands);
    let began = Instant::now();
    let new = registers("new", "W2");
    let round = [
        old,
        new.clone(),
        // The same key again in the same round: its answer rests on the batch as much as the first.
        new.clone(),
        // The key with other content, and a rule that only the batch breaks: in no case is anything recorded for these.
        registers("new", "W3"),
        registers("another", "W2"),
    ];
    let told = ledger.submit_all(round.to_vec(), false).await;
    assert!(began.elapsed() >= RESOLVE_FOR, "it gave up after {:?}", began.elapsed());
    let repeated = ledger_core::ledger::Receipt { repeated: true, ..first_answer };
    assert_eq!(told[0], Outcome::Committed(repeated), "recorded long before");
    assert_eq!(told[1], Outcome::Unknown, "the first of its key");
    assert_eq!(told[2], Outcome::Unknown, "the second of its key");
    for (told, asked) in told[3..].iter().zip(&round[3..]) {
        assert_eq!(told.code(), Some(Code::JournalUnavailable), "{asked:?}");
    }

    // Cut off, it neither takes anything nor calls anything recorded that was not.
    let away = ledger.submit(new.clone()).await;
    assert_eq!(away.code(), Some(Code::JournalUnavailable), "{away:?}");
    let head = world.journal.head().await.expect("memory can be read").position;

    world.mend();
    for _ in 0..2 {
        let found = ledger.submit(new.clone()).await;
        let Outcome::Committed(receipt) = &found else { panic!("asked again: {found:?}") };
        assert_eq!(receipt.position, if lands { head } else { head + 1 });
    }
    let found = ledger.submit(new.clone()).await;
    assert!(found.receipt().is_some_and(|receipt| receipt.repeated), "{found:?}");
    let conflict = ledger.submit(registers("new", "W3")).await;
    assert_eq!(conflict.code(), Some(Code::DuplicateConflict), "{conflict:?}");
}

#[test]
fn whoever_rests_on_a_batch_that_landed_unheard_is_told_that_nobody_knows() {
    run(whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(true));
}

#[test]
fn whoever_rests_on_a_batch_that_never_landed_is_told_that_nobody_knows() {
    run(whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(false));
}
