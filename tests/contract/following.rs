//! Following a ledger: rows may wait a little to be written, whoever waits for a position does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use projections::ViewError;
use projections::handle::start;
use projections::store::{Checkpoint, Stored, ViewChanges, ViewStore};
use tokio::time::{Instant, sleep};

use crate::ask::ORIGIN;
use crate::memory_views::MemoryViews;

/// Views that count how often they are written.
#[derive(Default)]
struct Counted {
    views: MemoryViews,
    writes: AtomicUsize,
}

#[async_trait]
impl ViewStore for Counted {
    async fn checkpoint(&self) -> Result<Checkpoint, ViewError> {
        self.views.checkpoint().await
    }

    async fn get_with_checkpoint(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        self.views.get_with_checkpoint(view, keys).await
    }

    async fn scan_with_checkpoint(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Stored<Vec<(String, Vec<u8>)>>, ViewError> {
        self.views.scan_with_checkpoint(view, prefix, after, limit).await
    }

    async fn write(&self, from: Checkpoint, to: Checkpoint, changes: Vec<ViewChanges>) -> Result<(), ViewError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.views.write(from, to, changes).await
    }

    async fn restart(&self, from: Checkpoint) -> Result<(), ViewError> {
        self.views.restart(from).await
    }
}

async fn ledger() -> (Arc<dyn Journal>, Ledger) {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let opened = Ledger::open(Arc::clone(&journal), LedgerSettings::default(), ORIGIN, HashSuite::Sha256).await;
    (journal, opened.expect("the ledger opens").0)
}

/// Registers a worker; gives the position.
async fn register(ledger: &Ledger, number: u32) -> u64 {
    let context = Context {
        key: format!("k{number}").parse().expect("a key"),
        actor: "经办人".parse().expect("an actor"),
        at: BusinessTime::parse("2024-03-05T09:00:00+08:00").expect("a time"),
    };
    let details = WorkerDetails {
        occupation: "骑手".into(),
        platform: None,
        party_member: None,
        probationary: false,
        site: None,
    };
    let worker = format!("W{number}").parse().expect("a worker");
    let command = Command::RegisterWorker(commands::RegisterWorker { worker, details, update: false });
    match ledger.submit(Submission { context, command }).await {
        Outcome::Committed(receipt) => receipt.position,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn under_load_rows_are_written_a_few_times_a_second() {
    let (journal, ledger) = ledger().await;
    let store = Arc::new(Counted::default());
    let (views, runner) = start(store.clone(), journal, ledger.feed()).await.expect("the views start");
    let mut last = 0;
    for number in 0..100 {
        last = register(&ledger, number).await;
        sleep(Duration::from_millis(10)).await;
    }
    let writes = store.writes.load(Ordering::Relaxed);
    assert!((2..=8).contains(&writes), "{writes} transactions in a second");
    sleep(Duration::from_millis(400)).await;
    assert_eq!(views.position(), last);
    let stored = store.checkpoint().await.expect("a checkpoint");
    assert_eq!(stored.position, last, "what was kept back is written though nothing more comes");
    runner.stop().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_position_is_answered_at_once() {
    let (journal, ledger) = ledger().await;
    let (views, runner) = start(Arc::new(Counted::default()), journal, ledger.feed()).await.expect("the views start");
    for number in 0..20 {
        let position = register(&ledger, number).await;
        let asked = Instant::now();
        views.wait_for(position).await.expect("the views follow");
        assert!(asked.elapsed() < Duration::from_millis(5), "{:?}", asked.elapsed());
    }
    runner.stop().await;
}

#[tokio::test(start_paused = true)]
async fn stopping_writes_what_was_kept_back() {
    let (journal, ledger) = ledger().await;
    let store = Arc::new(Counted::default());
    let (views, runner) = start(store.clone(), journal, ledger.feed()).await.expect("the views start");
    let mut last = 0;
    for number in 0..10 {
        last = register(&ledger, number).await;
        sleep(Duration::from_millis(10)).await;
    }
    views.wait_for(last).await.expect("the views follow");
    assert!(store.checkpoint().await.expect("a checkpoint").position < last, "nothing was kept back");
    runner.stop().await;
    assert_eq!(store.checkpoint().await.expect("a checkpoint").position, last);
}
