//! A journal in a bad world: behind the same trait, by a seeded chance, calls stall, fail, lose their answers, and
//! processes die between any two steps. What was committed stays; who held the head's lock and died has given it back.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use tokio::sync::watch;

use crate::sign::Sign;
use crate::world::{World, count, lock};

/// A process that can die. What it was doing then never goes on.
pub(crate) struct Process {
    dead: Sign,
    held: Mutex<Option<Box<dyn Append>>>,
}

impl Process {
    pub(crate) fn new() -> Arc<Process> {
        Arc::new(Process { dead: Sign::default(), held: Mutex::new(None) })
    }

    /// Ends it at whatever it is doing.
    pub(crate) fn die(&self) {
        self.dead.raise();
        drop(lock(&self.held).take());
    }

    /// Waits for its end.
    pub(crate) async fn death(&self) {
        self.dead.raised().await;
    }

    /// Does something unless the process dies meanwhile: then it is dropped where it stands, and nothing ever follows.
    async fn alive<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            biased;
            () = self.death() => std::future::pending().await,
            value = work => value,
        }
    }
}

/// The journal as one process sees it.
pub(crate) struct SimulatedJournal {
    world: Arc<World>,
    process: Arc<Process>,
}

/// Gives the head's lock back where taking it was given up half-way, as every journal must.
struct Taking<'a>(Option<&'a Process>);

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        if let Some(process) = self.0 {
            drop(lock(&process.held).take());
        }
    }
}

fn away(what: &str) -> JournalError {
    JournalError::Unavailable(what.to_owned())
}

impl SimulatedJournal {
    pub(crate) fn connect(world: &Arc<World>, process: &Arc<Process>) -> Arc<dyn Journal> {
        Arc::new(SimulatedJournal { world: Arc::clone(world), process: Arc::clone(process) })
    }

    async fn die(&self) {
        count(&self.world.wreckage.deaths);
        self.process.die();
        std::future::pending().await
    }

    async fn trouble(&self) {
        let World { weather, .. } = *self.world;
        if self.world.happens(weather.stall) {
            self.world.pause(2_000).await;
        }
        if self.world.happens(weather.die) {
            self.die().await;
        }
    }

    /// An append that is carried out some time later, unless the fence or the term has moved by then.
    fn buffered(&self, batch: Arc<Batch>) {
        let world = Arc::clone(&self.world);
        let term = world.term.load(Ordering::Relaxed);
        count(&world.wreckage.late);
        count(&world.in_flight);
        tokio::spawn(async move {
            world.pause(3_000).await;
            if let Ok(append) = world.journal.begin().await {
                let fenced = append.head().position != batch.after || world.term.load(Ordering::Relaxed) != term;
                if fenced {
                    count(&world.wreckage.fenced);
                } else {
                    let _ = append.commit(batch).await;
                }
            }
            world.in_flight.fetch_sub(1, Ordering::Relaxed);
        });
    }

    async fn call<T>(&self, work: impl Future<Output = Result<T, JournalError>>) -> Result<T, JournalError> {
        let fail = self.world.weather.fail;
        self.process
            .alive(async {
                self.trouble().await;
                if self.world.happens(fail) || self.world.is_cut() {
                    return Err(away("the call was lost"));
                }
                let value = work.await?;
                self.trouble().await;
                if self.world.happens(fail) { Err(away("the answer was lost")) } else { Ok(value) }
            })
            .await
    }
}

#[async_trait]
impl Journal for SimulatedJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let mut taking = Taking(Some(&self.process));
        let begun = self
            .call(async {
                let append = self.world.journal.begin().await?;
                let head = append.head().clone();
                *lock(&self.process.held) = Some(append);
                Ok(head)
            })
            .await;
        let head = begun?;
        taking.0 = None;
        let (world, process) = (Arc::clone(&self.world), Arc::clone(&self.process));
        Ok(Box::new(SimulatedAppend { head, journal: SimulatedJournal { world, process } }))
    }

    /// In one step; that step may lie in a buffer, without any lock, when its sender has long given up.
    async fn append(&self, batch: Arc<Batch>) -> Result<(), CommitError> {
        count(&self.world.in_one_step);
        if self.world.happens(self.world.weather.commit / 3) {
            self.buffered(batch);
            count(&self.world.wreckage.lost);
            return Err(CommitError::Unknown(away("the answer of an append was lost")));
        }
        if self.world.cut_before_the_fence() {
            return Err(CommitError::Unknown(away("the cable was cut")));
        }
        let append = self.begin().await.map_err(CommitError::NotCommitted)?;
        if append.head().position != batch.after {
            append.release().await;
            return Err(CommitError::Fenced);
        }
        append.commit(batch).await
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.call(self.world.journal.head()).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.call(self.world.journal.read(after, limit)).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        self.call(self.world.journal.read_commands(commands)).await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.call(self.world.journal.load(streams, snapshots)).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.call(self.world.journal.stream_events(after, limit)).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.call(self.world.journal.find(keys)).await
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.call(self.world.journal.store_snapshots(snapshots)).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.call(self.world.journal.roots(after, limit)).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.call(self.world.journal.read_stream(stream, after, limit)).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.world.journal.changes()
    }
}

struct SimulatedAppend {
    head: Head,
    journal: SimulatedJournal,
}

impl Drop for SimulatedAppend {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl SimulatedAppend {
    fn take(&self) -> Option<Box<dyn Append>> {
        lock(&self.journal.process.held).take()
    }

    /// The commit is on its way and will land, whatever becomes of who sent it. Until then it keeps the lock.
    fn send_off(&self, batch: &Arc<Batch>) {
        let Some(append) = self.take() else { return };
        let (world, batch) = (Arc::clone(&self.journal.world), Arc::clone(batch));
        count(&world.wreckage.late);
        count(&world.in_flight);
        tokio::spawn(async move {
            world.pause(3_000).await;
            let _ = append.commit(batch).await;
            world.in_flight.fetch_sub(1, Ordering::Relaxed);
        });
    }

    async fn carry_out(&self, batch: &Arc<Batch>) -> Result<(), CommitError> {
        match self.take() {
            Some(append) => append.commit(Arc::clone(batch)).await,
            None => Err(CommitError::NotCommitted(away("the append has ended"))),
        }
    }

    /// The session broke and the lock went with it, which nobody noticed yet: others may append, and only the fence is
    /// left.
    async fn carry_out_without_lock(&self, batch: &Arc<Batch>) -> Result<(), CommitError> {
        const WAITS_MAX: usize = 20;
        let World { journal, wreckage, .. } = self.journal.world.as_ref();
        drop(self.take());
        for _ in 0..WAITS_MAX {
            self.journal.world.pause(1_000).await;
            if journal.head().await.map_err(CommitError::NotCommitted)?.position != batch.after {
                break;
            }
        }
        let append = journal.begin().await.map_err(CommitError::NotCommitted)?;
        let done = append.commit(Arc::clone(batch)).await;
        if matches!(done, Err(CommitError::Fenced)) {
            count(&wreckage.fenced);
        }
        done
    }

    async fn go_wrong(&self, batch: &Arc<Batch>) -> Result<(), CommitError> {
        let world = &self.journal.world;
        let lost = || {
            count(&world.wreckage.lost);
            Err(CommitError::Unknown(away("the commit's answer was lost")))
        };
        match world.below(10) {
            0 => {
                count(&world.wreckage.refused);
                Err(CommitError::NotCommitted(away("the commit was refused")))
            }
            1 => {
                drop(self.take());
                lost()
            }
            2 => self.carry_out(batch).await.and_then(|()| lost()),
            3 => {
                self.send_off(batch);
                lost()
            }
            4 | 8 | 9 => self.carry_out_without_lock(batch).await,
            way => {
                match way {
                    5 => {}
                    6 => drop(self.carry_out(batch).await),
                    _ => self.send_off(batch),
                }
                self.journal.die().await;
                lost()
            }
        }
    }
}

#[async_trait]
impl Append for SimulatedAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        let journal = &self.journal;
        let committing = async {
            journal.trouble().await;
            if let Some(lands) = journal.world.cut_now() {
                let held = self.take();
                if let Some(append) = held.filter(|_| lands) {
                    append.commit(batch).await?;
                }
                return Err(CommitError::Unknown(away("the cable was cut")));
            }
            if journal.world.happens(journal.world.weather.commit) {
                return self.go_wrong(&batch).await;
            }
            let done = self.carry_out(&batch).await;
            journal.trouble().await;
            done
        };
        journal.process.alive(committing).await
    }

    async fn bar_late(self: Box<Self>) -> Result<(), JournalError> {
        self.journal.process.alive(self.journal.trouble()).await;
        if self.take().is_none() {
            return Err(away("the append has ended"));
        }
        self.journal.world.term.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn release(self: Box<Self>) {
        self.journal.process.alive(self.journal.trouble()).await;
    }
}
