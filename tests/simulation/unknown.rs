//! A commit whose answer is lost, on a journal that then stays away for longer than the ledger looks for it.

use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::refusal::Code;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome, Submission};
use tokio::time::Instant;

use crate::ask::{Ask, Asked, ORIGIN};
use crate::backend::{Process, SimulatedJournal};
use crate::servers::START;
use crate::steps::prelude;
use crate::world::World;

const RESOLVE_FOR: Duration = Duration::from_secs(3);

fn says(key: &str, worker: &str, occupation: &str, update: bool) -> Submission {
    let frame = prelude().swap_remove(0);
    let ask =
        Ask::Register { worker: worker.to_owned(), occupation: occupation.to_owned(), party_member: None, update };
    Asked { key: key.to_owned(), ask, ..frame }.submission()
}

/// Registers a worker.
fn registers(key: &str, worker: &str) -> Submission {
    says(key, worker, "骑手", false)
}

/// Says of a worker who was registered that he drives now.
fn drives(key: &str, worker: &str) -> Submission {
    says(key, worker, "货运司机", true)
}

/// Runs in a time of its own, in which waiting takes none.
fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work);
}

async fn open(world: &Arc<World>) -> Ledger {
    // A clock that stands: what two servers decide on the same state is the same to the byte.
    let clock = Arc::new(|| START);
    let settings = LedgerSettings { resolve_for: RESOLVE_FOR, clock, ..LedgerSettings::default() };
    let journal = SimulatedJournal::connect(world, &Process::new());
    Ledger::open(journal, settings, ORIGIN, HashSuite::Sha256).await.expect("the ledger opens").0
}

/// How a batch comes into the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Alone on it, a server decides ahead and appends in one step.
    InOneStep,
    /// Beside another that appended, it takes the head's lock before it decides.
    UnderTheLock,
}

/// Whether the batch landed or not: nobody can know, so nobody may be told.
async fn whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(way: Way, lands: bool) {
    let world = World::without_weather();
    let ledger = open(&world).await;
    let old = registers("old", "W1");
    let Outcome::Committed(first_answer) = ledger.submit(old.clone()).await else { panic!("it is recorded") };
    assert!(!first_answer.repeated);
    if way == Way::UnderTheLock {
        let other = open(&world).await;
        assert!(other.submit(registers("other", "W8")).await.receipt().is_some());
        // The fence keeps it out, and from then on it takes turns.
        assert!(ledger.submit(registers("turn", "W9")).await.receipt().is_some());
    }

    world.cut_at_the_next_commit(lands);
    let (began, in_one_step) = (Instant::now(), world.in_one_step());
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
    assert_eq!(world.in_one_step() > in_one_step, way == Way::InOneStep);
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
    for way in [Way::InOneStep, Way::UnderTheLock] {
        run(whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(way, true));
    }
}

#[test]
fn whoever_rests_on_a_batch_that_never_landed_is_told_that_nobody_knows() {
    for way in [Way::InOneStep, Way::UnderTheLock] {
        run(whoever_rests_on_a_lost_batch_is_told_that_nobody_knows(way, false));
    }
}

/// The batch found is another server's, made of the same command: nobody can tell, and what is told is true all the same.
#[test]
fn a_server_that_lost_its_answer_and_finds_the_same_batch_of_another_tells_what_is_recorded() {
    run(async {
        let world = World::without_weather();
        let busy = open(&world).await;
        assert!(busy.submit(registers("old", "W1")).await.receipt().is_some());
        // It has read the journal up to here, the worker and all used keys among it, and hears of nothing after.
        let behind = open(&world).await;
        tokio::time::sleep(RESOLVE_FOR).await;
        assert!(behind.submit(registers("old", "W1")).await.receipt().is_some_and(|receipt| receipt.repeated));
        let new = drives("new", "W1");
        let Outcome::Committed(recorded) = busy.submit(new.clone()).await else { panic!("it is recorded") };

        world.cut_at_the_next_commit(false);
        let mended = async {
            tokio::time::sleep(RESOLVE_FOR / 2).await;
            world.mend();
        };
        let (told, ()) = tokio::join!(behind.submit(new.clone()), mended);
        assert_eq!(told, Outcome::Committed(recorded.clone()));
        assert_eq!(world.journal.head().await.expect("memory can be read").position, recorded.position);
        // The fence would have kept the batch out: from here on it decides on what is recorded.
        let next = behind.submit(registers("next", "W3")).await;
        assert!(next.receipt().is_some_and(|next| next.position > recorded.position), "{next:?}");
    });
}
