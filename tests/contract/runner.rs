//! Carrying views along a journal: the same whatever the pages, never over a hole.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::{
    Append, CommandRecord, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use projections::ViewError;
use projections::runner::{Runner, digests};
use projections::store::ViewStore;
use sqlx::Executor;
use tokio::sync::watch;

use crate::backends::Backend;
use crate::batches::furnished;
use crate::lived_in::live_in;
use crate::memory_views::MemoryViews;
use crate::view_store;

/// Folds to a position in pages of a size.
async fn fold(journal: &Arc<dyn Journal>, store: &Arc<dyn ViewStore>, until: u64, page: u64) {
    let mut runner = Runner::new(Arc::clone(journal), Arc::clone(store));
    let mut at = store.checkpoint().await.expect("a checkpoint").position;
    while at < until {
        let reached = runner.step((at + page).min(until)).await.expect("views follow");
        assert!(reached > at, "the runner stands still at {at}");
        at = reached;
    }
}

async fn digests_of(journal: &Arc<dyn Journal>, until: u64, page: u64) -> BTreeMap<&'static str, String> {
    let store: Arc<dyn ViewStore> = Arc::new(MemoryViews::default());
    fold(journal, &store, until, page).await;
    digests(store.as_ref()).await.expect("digests")
}

pub(crate) async fn any_page_size_gives_the_same_views(backend: Backend) {
    let journal = backend.open().await;
    let until = live_in(&journal).await;
    let expected = digests_of(&journal, until, until).await;
    for page in [1, 2, 3, 17, 100] {
        assert_eq!(digests_of(&journal, until, page).await, expected, "in pages of {page}");
    }
    for (store, page) in [(view_store::sqlite(), 5), (view_store::postgres().await, 50)] {
        fold(&journal, &store, until, page).await;
        assert_eq!(digests(store.as_ref()).await.expect("digests"), expected, "in a database");
    }
}

pub(crate) async fn a_batch_folded_twice_changes_nothing(backend: Backend) {
    let journal = backend.open().await;
    let until = live_in(&journal).await;
    let store: Arc<dyn ViewStore> = Arc::new(MemoryViews::default());
    let mut late = Runner::new(Arc::clone(&journal), Arc::clone(&store));
    assert_eq!(late.step(10).await.expect("views follow"), 10);
    fold(&journal, &store, until, 40).await;
    let expected = digests(store.as_ref()).await.expect("digests");
    // It still believes that the views stand at 10.
    let again = late.step(until).await;
    assert!(matches!(again, Err(ViewError::Moved)), "{again:?}");
    assert_eq!(late.step(u64::MAX).await.expect("it looks where the views stand"), until);
    fold(&journal, &store, until, 1).await;
    assert_eq!(digests(store.as_ref()).await.expect("digests"), expected);
}

/// Stepping over a hole is damage at its first position, however the pages are cut around it.
async fn stops_at_the_hole(journal: &Arc<dyn Journal>) {
    for pages in [[4_u64, 100], [4, 5], [4, 6], [3, 6], [3, 4]] {
        let store: Arc<dyn ViewStore> = Arc::new(MemoryViews::default());
        let mut runner = Runner::new(Arc::clone(journal), Arc::clone(&store));
        let mut stopped = Ok(0);
        for until in pages.into_iter().chain([5, 7, 9]) {
            stopped = runner.step(until).await;
            match stopped {
                Ok(reached) => assert_eq!(reached, until, "it stands still below the head, as if that were the end"),
                Err(_) => break,
            }
        }
        let found = matches!(&stopped, Err(ViewError::Journal(JournalError::Damaged { position: 5, .. })));
        assert!(found, "in pages until {pages:?}: {stopped:?}");
        assert!(store.checkpoint().await.expect("a checkpoint").position <= 4, "nothing beyond the hole was folded");
    }
}

#[tokio::test]
async fn a_hole_in_a_file_stops_the_runner_loudly() {
    let backend = Backend::sqlite();
    let Backend::Sqlite(path) = &backend else { unreachable!("SQLite was asked for") };
    furnished(backend.open().await.as_ref()).await;
    let connection = rusqlite::Connection::open(path).expect("SQLite opens");
    connection.execute("DELETE FROM event WHERE position BETWEEN 5 AND 7", []).expect("a hole is made");
    drop(connection);
    stops_at_the_hole(&backend.open().await).await;
}

#[tokio::test]
async fn a_hole_in_a_schema_stops_the_runner_loudly() {
    let backend = Backend::postgres();
    let Backend::Postgres { schema, .. } = &backend else { unreachable!("PostgreSQL was asked for") };
    furnished(backend.open().await.as_ref()).await;
    let mut connection = nuanxin_tests::shared_cluster().connect().await.expect("a connection");
    let hole = format!("DELETE FROM {schema}.event WHERE position BETWEEN 5 AND 7");
    connection.execute(hole.as_str()).await.expect("a hole is made");
    stops_at_the_hole(&backend.open().await).await;
}

/// A journal whose reads leave positions out, which none of ours would do.
struct Holey(MemoryJournal);

#[tokio::test]
async fn a_journal_that_leaves_positions_out_stops_the_runner_loudly() {
    let journal = MemoryJournal::default();
    furnished(&journal).await;
    stops_at_the_hole(&(Arc::new(Holey(journal)) as Arc<dyn Journal>)).await;
}

#[async_trait]
impl Journal for Holey {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        self.0.begin().await
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.0.head().await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let entries = self.0.read(after, 100).await?;
        Ok(entries.into_iter().filter(|entry| !(5..=7).contains(&entry.position)).take(limit).collect())
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        self.0.read_commands(commands).await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.0.load(streams, snapshots).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.0.stream_events(after, limit).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.0.find(keys).await
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.0.store_snapshots(snapshots).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.0.roots(after, limit).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.0.read_stream(stream, after, limit).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes()
    }
}
