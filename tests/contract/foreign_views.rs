//! Views beside another journal than the one they were folded from, as after an older backup was put back: never read, and
//! folded anew.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::ledger::{Ledger, LedgerSettings};
use projections::handle::start;
use projections::runner::{Runner, digests};
use projections::store::{Checkpoint, ViewStore};
use projections::{ViewError, Views};

use crate::ask::ORIGIN;
use crate::lived_in::play;
use crate::memory_views::MemoryViews;

/// A journal with a part of the history, and its end.
async fn journal(part: Range<usize>) -> (Arc<dyn Journal>, u64) {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let end = play(&journal, part).await;
    (journal, end)
}

async fn fold(journal: &Arc<dyn Journal>, store: &Arc<dyn ViewStore>, until: u64) {
    let reached = Runner::new(Arc::clone(journal), Arc::clone(store)).run_until(until, &mut |_| ()).await;
    assert_eq!(reached.expect("views follow"), until);
}

/// What the views of a journal must be at a position.
async fn expected(journal: &Arc<dyn Journal>, until: u64) -> BTreeMap<&'static str, String> {
    let store: Arc<dyn ViewStore> = Arc::new(MemoryViews::default());
    fold(journal, &store, until).await;
    digests(store.as_ref()).await.expect("digests")
}

/// Starts the views beside a journal as a server does, and holds them to what the journal says.
async fn are_folded_anew(journal: &Arc<dyn Journal>, end: u64, store: Arc<dyn ViewStore>) {
    let opened = Ledger::open(Arc::clone(journal), LedgerSettings::default(), ORIGIN, HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    let started = start(Arc::clone(&store), Arc::clone(journal), ledger.feed()).await;
    let (views, runner) = started.expect("the views start");
    assert_eq!(views.wait_for(end).await.expect("the views follow"), end);
    // What is in memory until then is stored.
    runner.stop().await;
    assert_eq!(digests(store.as_ref()).await.expect("digests"), expected(journal, end).await);
    drop(ledger);
    task.finished().await;
}

pub(crate) async fn views_newer_than_their_journal_are_folded_anew(store: Arc<dyn ViewStore>) {
    let (newer, newer_end) = journal(0..usize::MAX).await;
    let (older, older_end) = journal(0..40).await;
    assert!(older_end < newer_end, "{older_end} and {newer_end}");
    let shared = |journal: Arc<dyn Journal>| async move { journal.leaves(older_end - 1, 1).await.expect("a leaf") };
    assert_eq!(
        shared(Arc::clone(&older)).await,
        shared(Arc::clone(&newer)).await,
        "the older one is a part of the other"
    );
    fold(&newer, &store, newer_end).await;
    are_folded_anew(&older, older_end, store).await;
}

pub(crate) async fn views_at_the_same_position_of_another_journal_are_folded_anew(store: Arc<dyn ViewStore>) {
    let (one, one_end) = journal(0..usize::MAX).await;
    let (other, other_end) = journal(10..usize::MAX).await;
    let at = one_end.min(other_end);
    assert_ne!(expected(&one, at).await, expected(&other, at).await, "they differ");
    fold(&one, &store, at).await;
    are_folded_anew(&other, other_end, store).await;
}

pub(crate) async fn views_that_another_server_moved_along_another_journal_are_folded_anew(store: Arc<dyn ViewStore>) {
    let (one, one_end) = journal(0..usize::MAX).await;
    let (other, other_end) = journal(10..usize::MAX).await;
    let mut runner = Runner::new(Arc::clone(&other), Arc::clone(&store));
    assert_eq!(runner.step(20).await.expect("views follow"), 20);
    // Elsewhere somebody throws them away and folds what this server does not hold.
    let at = store.checkpoint().await.expect("a checkpoint");
    store.restart(at).await.expect("rows are thrown away");
    fold(&one, &store, one_end.min(40)).await;
    let moved = runner.step(30).await;
    assert!(matches!(moved, Err(ViewError::Moved)), "{moved:?}");
    assert_eq!(runner.run_until(other_end, &mut |_| ()).await.expect("views follow"), other_end);
    assert_eq!(digests(store.as_ref()).await.expect("digests"), expected(&other, other_end).await);
}

pub(crate) async fn foreign_views_are_not_read_as_they_are_stored(store: Arc<dyn ViewStore>) {
    let (newer, newer_end) = journal(0..usize::MAX).await;
    let (older, _) = journal(0..40).await;
    fold(&newer, &store, newer_end).await;
    let read = Views::as_stored(older, Arc::clone(&store)).await.map(|views| views.position());
    assert!(matches!(read, Err(ViewError::Foreign(_))), "{read:?}");
    let read = Views::as_stored(newer, store).await.expect("their own journal");
    assert_eq!(read.position(), newer_end);
}

pub(crate) async fn views_of_the_same_journal_are_carried_on(store: Arc<dyn ViewStore>) {
    let (journal, end) = journal(0..usize::MAX).await;
    fold(&journal, &store, 30).await;
    let at = store.checkpoint().await.expect("a checkpoint");
    let leaf = journal.leaves(29, 1).await.expect("a leaf")[0];
    assert_eq!(at, Checkpoint { position: 30, leaf });
    // A row that no event leads to tells whether the rows were kept.
    let marked = vec![("balance", vec![("nobody".to_owned(), Some(b"kept".to_vec()))])];
    store.write(at, at, marked).await.expect("a row is written");
    fold(&journal, &store, end).await;
    let kept = store.get("balance", &["nobody".to_owned()]).await.expect("rows");
    assert_eq!(kept, [Some(b"kept".to_vec())]);
}
