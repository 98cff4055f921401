//! A journal that, by seed, refuses, stalls, loses the answer of a commit that happened or did not, and crashes between
//! any two steps. What it keeps is a [`MemoryJournal`], shared by every incarnation of every server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::Notify;

/// How often, in a thousand steps, something goes wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) refuses: u32,
    pub(crate) stalls: u32,
    pub(crate) loses: u32,
    pub(crate) crashes: u32,
}

type Held = Arc<Mutex<Option<Box<dyn Append>>>>;

struct Incarnation {
    dead: AtomicBool,
    died: Notify,
    /// The append under way: a database gives its lock back when the process is gone.
    held: Mutex<Option<Held>>,
    random: Mutex<ChaCha8Rng>,
    weather: Weather,
}

/// One server's view of the journal, from its start to its crash.
#[derive(Clone)]
pub(crate) struct SimulatedJournal {
    kept: MemoryJournal,
    incarnation: Arc<Incarnation>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SimulatedJournal {
    pub(crate) fn new(kept: MemoryJournal, seed: u64, weather: Weather) -> SimulatedJournal {
        let incarnation = Incarnation {
            dead: AtomicBool::new(false),
            died: Notify::new(),
            held: Mutex::new(None),
            random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            weather,
        };
        SimulatedJournal { kept, incarnation: Arc::new(incarnation) }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.incarnation.dead.load(Ordering::SeqCst)
    }

    /// Waits until this incarnation has crashed.
    pub(crate) async fn died(&self) {
        while !self.is_dead() {
            let died = self.incarnation.died.notified();
            if self.is_dead() {
                return;
            }
            died.await;
        }
    }

    pub(crate) fn crash(&self) {
        self.incarnation.dead.store(true, Ordering::SeqCst);
        if let Some(held) = lock(&self.incarnation.held).take() {
            lock(&held).take();
        }
        self.incarnation.died.notify_waiters();
    }

    fn chance(&self, in_a_thousand: u32) -> bool {
        lock(&self.incarnation.random).gen_range(0..1_000) < in_a_thousand
    }

    /// Between two steps: a dead process goes no further, a live one may stall or die.
    async fn pass(&self) {
        let Weather { stalls, crashes, .. } = self.incarnation.weather;
        if self.chance(stalls) {
            let millis = lock(&self.incarnation.random).gen_range(1..3_000);
            tokio::time::sleep(Duration::from_millis(millis)).await;
        } else {
            tokio::task::yield_now().await;
        }
        if self.chance(crashes) {
            self.crash();
        }
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }

    /// A step that may be refused.
    async fn step(&self) -> Result<(), JournalError> {
        self.pass().await;
        if self.chance(self.incarnation.weather.refuses) {
            return Err(JournalError::Unavailable("simulated".into()));
        }
        Ok(())
    }
}

struct SimulatedAppend {
    journal: SimulatedJournal,
    head: Head,
    held: Held,
}

impl Drop for SimulatedAppend {
    fn drop(&mut self) {
        lock(&self.held).take();
    }
}

#[async_trait]
impl Append for SimulatedAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(self: Box<Self>, batch: &Batch) -> Result<(), CommitError> {
        let lost = || JournalError::Unavailable("simulated".into());
        self.journal.pass().await;
        let Some(append) = lock(&self.held).take() else { return Err(CommitError::NotCommitted(lost())) };
        if self.journal.chance(self.journal.incarnation.weather.refuses) {
            return Err(CommitError::NotCommitted(lost()));
        }
        if self.journal.chance(self.journal.incarnation.weather.loses) {
            // Lost on the way there, or on the way back.
            if self.journal.chance(500) {
                append.commit(batch).await?;
            } else {
                drop(append);
            }
            self.journal.pass().await;
            return Err(CommitError::Unknown(lost()));
        }
        append.commit(batch).await?;
        self.journal.pass().await;
        Ok(())
    }

    async fn release(self: Box<Self>) {
        let append = lock(&self.held).take();
        if let Some(append) = append {
            append.release().await;
        }
    }
}

#[async_trait]
impl Journal for SimulatedJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        self.step().await?;
        let append = self.kept.begin().await?;
        let head = append.head().clone();
        let held: Held = Arc::new(Mutex::new(Some(append)));
        let begun = SimulatedAppend { journal: self.clone(), head, held: Arc::clone(&held) };
        *lock(&self.incarnation.held) = Some(held);
        self.step().await?;
        Ok(Box::new(begun))
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.step().await?;
        self.kept.head().await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.step().await?;
        self.kept.read(after, limit).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        self.step().await?;
        self.kept.read_commands(commands).await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.step().await?;
        self.kept.load(streams, snapshots).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.step().await?;
        self.kept.find(keys).await
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.step().await?;
        self.kept.store_snapshots(snapshots).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.step().await?;
        self.kept.roots(after, limit).await
    }

    async fn changed(&self) {
        self.kept.changed().await;
    }
}
