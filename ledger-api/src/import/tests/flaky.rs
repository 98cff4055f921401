//! A journal that is away for a while, or loses the answer to a commit that happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use tokio::sync::watch;

/// A journal in memory with faults. Clones share it.
#[derive(Clone, Default)]
pub(super) struct FlakyJournal {
    inner: MemoryJournal,
    faults: Arc<Faults>,
}

#[derive(Default)]
struct Faults {
    /// How often the head's lock cannot be had.
    away: AtomicU32,
    /// Whether the next commit happens and then loses its answer, with the journal away for one time.
    lose: AtomicBool,
}

impl FlakyJournal {
    pub(super) fn stay_away(&self, times: u32) {
        self.faults.away.store(times, Ordering::SeqCst);
    }

    pub(super) fn lose_an_answer(&self) {
        self.faults.lose.store(true, Ordering::SeqCst);
    }
}

fn pulled() -> JournalError {
    JournalError::Unavailable("the cable was pulled".into())
}

struct FlakyAppend {
    inner: Box<dyn Append>,
    faults: Arc<Faults>,
}

#[async_trait]
impl Append for FlakyAppend {
    fn head(&self) -> &Head {
        self.inner.head()
    }

    async fn commit(self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        self.inner.commit(batch).await?;
        if self.faults.lose.swap(false, Ordering::SeqCst) {
            self.faults.away.store(1, Ordering::SeqCst);
            return Err(CommitError::Unknown(pulled()));
        }
        Ok(())
    }

    async fn release(self: Box<Self>) {
        self.inner.release().await;
    }
}

#[async_trait]
impl Journal for FlakyJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let away = |times: u32| times.checked_sub(1);
        if self.faults.away.fetch_update(Ordering::SeqCst, Ordering::SeqCst, away).is_ok() {
            return Err(pulled());
        }
        Ok(Box::new(FlakyAppend { inner: self.inner.begin().await?, faults: Arc::clone(&self.faults) }))
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.inner.head().await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.inner.read(after, limit).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        self.inner.read_commands(commands).await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.inner.load(streams, snapshots).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.inner.stream_events(after, limit).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.inner.find(keys).await
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.inner.store_snapshots(snapshots).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.inner.roots(after, limit).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.inner.read_stream(stream, after, limit).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes()
    }
}
