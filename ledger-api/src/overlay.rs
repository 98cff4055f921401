//! A journal laid over another: reads fall through to the one below, appends stay in memory. Lets `--dry-run` judge a
//! pack by the very rules that would record it, while the journal below is only ever read.
//!
//! Owns: what was appended on top. Does not own durability: it ends with its process. The journal below may go on
//! growing meanwhile; what it gained after this one was laid over it is not seen, except in streams not read before.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

/// A journal in memory over another one. Clones share it.
#[derive(Clone)]
pub(crate) struct OverlayJournal {
    below: Arc<dyn Journal>,
    /// The position up to which the journal below is read.
    floor: u64,
    top: Arc<RwLock<Top>>,
    turn: Arc<Mutex<()>>,
    changed: watch::Sender<u64>,
}

struct Top {
    head: Head,
    entries: Vec<Entry>,
    /// Streams and their numbers, as far as they were read or begun here.
    names: HashMap<u64, StreamId>,
    numbers: HashMap<StreamId, u64>,
    /// For every stream its entries up here.
    own: HashMap<StreamId, Vec<usize>>,
    commands: HashMap<String, CommandRecord>,
}

impl OverlayJournal {
    /// Lays one over a journal as it is now.
    ///
    /// # Errors
    /// [`JournalError`] when its head cannot be read.
    pub(crate) async fn over(below: Arc<dyn Journal>) -> Result<OverlayJournal, JournalError> {
        let head = below.head().await?;
        let floor = head.position;
        let top = Top {
            head,
            entries: Vec::new(),
            names: HashMap::new(),
            numbers: HashMap::new(),
            own: HashMap::new(),
            commands: HashMap::new(),
        };
        let (changed, _) = watch::channel(floor);
        Ok(OverlayJournal { below, floor, top: Arc::new(RwLock::new(top)), turn: Arc::default(), changed })
    }

    fn with<T>(&self, read: impl FnOnce(&Top) -> T) -> T {
        read(&self.top.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Top) -> T) -> T {
        change(&mut self.top.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Top {
    fn append(&mut self, batch: &Batch) -> Result<(), CommitError> {
        if self.head.position != batch.after {
            return Err(CommitError::Fenced);
        }
        for new in &batch.new_streams {
            self.know(new.stream_no, &new.stream);
        }
        let mut events = batch.events.iter();
        for command in &batch.commands {
            let frame = Arc::new(CommandFrame {
                key: command.key.clone(),
                fingerprint: command.fingerprint,
                actor: command.actor.clone(),
                recorded_at: batch.recorded_at,
            });
            let record = CommandRecord { first: command.first, count: command.count, fingerprint: command.fingerprint };
            self.commands.insert(command.key.to_string(), record);
            for event in events.by_ref().take(usize::try_from(command.count).unwrap_or(usize::MAX)) {
                if let Some(stream) = self.names.get(&event.stream_no) {
                    self.own.entry(stream.clone()).or_default().push(self.entries.len());
                }
                self.entries.push(Entry {
                    position: event.position,
                    nth: event.nth,
                    stream_no: event.stream_no,
                    sequence: event.sequence,
                    command: Arc::clone(&frame),
                    event_type: event.event_type.to_owned(),
                    payload: event.payload.clone(),
                    leaf: event.leaf,
                });
            }
        }
        self.head = Head {
            position: batch.position,
            streams: batch.streams,
            recorded_at: batch.recorded_at,
            frontier: batch.frontier.clone(),
        };
        Ok(())
    }

    fn know(&mut self, stream_no: u64, stream: &StreamId) {
        self.names.insert(stream_no, stream.clone());
        self.numbers.insert(stream.clone(), stream_no);
    }

    /// Entries up here, without the first ones.
    fn after(&self, skipped: u64, limit: usize) -> impl Iterator<Item = Entry> {
        self.entries.iter().skip(usize::try_from(skipped).unwrap_or(usize::MAX)).take(limit).cloned()
    }

    /// Adds to a stream from below what it gained up here.
    fn complete(&mut self, stored: &mut StoredStream) -> Result<(), JournalError> {
        if let Some(number) = self.numbers.get(&stored.stream) {
            stored.stream_no = *number;
        } else if stored.stream_no > 0 {
            self.know(stored.stream_no, &stored.stream);
        }
        let Some(own) = self.own.get(&stored.stream) else { return Ok(()) };
        for entry in own.iter().filter_map(|index| self.entries.get(*index)) {
            stored.events.push(StreamEvent { sequence: entry.sequence, event: entry.event()? });
        }
        Ok(())
    }
}

struct OverlayAppend {
    journal: OverlayJournal,
    head: Head,
    _turn: OwnedMutexGuard<()>,
}

#[async_trait]
impl Append for OverlayAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        self.journal.change(|top| top.append(&batch))?;
        self.journal.changed.send_replace(batch.position);
        Ok(())
    }

    async fn release(self: Box<Self>) {}
}

#[async_trait]
impl Journal for OverlayJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let head = self.head().await?;
        Ok(Box::new(OverlayAppend { journal: self.clone(), head, _turn: turn }))
    }

    async fn head(&self) -> Result<Head, JournalError> {
        Ok(self.with(|top| top.head.clone()))
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let mut entries = Vec::new();
        let below = usize::try_from(self.floor.saturating_sub(after)).unwrap_or(usize::MAX).min(limit);
        if below > 0 {
            entries = self.below.read(after, below).await?;
        }
        let wanted = limit.saturating_sub(entries.len());
        self.with(|top| entries.extend(top.after(after.saturating_sub(self.floor), wanted)));
        Ok(entries)
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        // No command has events on both sides: it is appended whole.
        let is_below = |command: &&CommandRecord| command.last() <= self.floor;
        let below: Vec<CommandRecord> = commands.iter().filter(is_below).cloned().collect();
        let mut below = self.below.read_commands(&below).await?.into_iter();
        Ok(self.with(|top| {
            let mut entries = |command| {
                if is_below(&command) {
                    return below.next().unwrap_or_default();
                }
                let skipped = command.first.saturating_sub(1).saturating_sub(self.floor);
                top.after(skipped, usize::try_from(command.count).unwrap_or(usize::MAX)).collect()
            };
            commands.iter().map(&mut entries).collect()
        }))
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        let mut loaded = self.below.load(streams, snapshots).await?;
        self.change(|top| loaded.iter_mut().try_for_each(|stored| top.complete(stored)))?;
        Ok(loaded)
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        let mut events = Vec::new();
        let below = usize::try_from(self.floor.saturating_sub(after)).unwrap_or(usize::MAX).min(limit);
        if below > 0 {
            events = self.below.stream_events(after, below).await?;
        }
        let wanted = limit.saturating_sub(events.len());
        self.change(|top| {
            events.iter().for_each(|(stream_no, stored)| top.know(*stream_no, &stored.event.stream()));
            for entry in top.after(after.saturating_sub(self.floor), wanted) {
                let event = entry.event()?;
                let stream_no = top.numbers.get(&event.stream()).copied().unwrap_or(0);
                events.push((stream_no, StreamEvent { sequence: entry.sequence, event }));
            }
            Ok(events)
        })
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        let below = self.below.find(keys).await?;
        Ok(self.with(|top| {
            let own = |key: &Key| top.commands.get(key.as_str()).cloned();
            let found = keys.iter().zip(below);
            found.map(|(key, record)| record.filter(|found| found.last() <= self.floor).or_else(|| own(key))).collect()
        }))
    }

    async fn store_snapshots(&self, _: Vec<Snapshot>) -> Result<(), JournalError> {
        // Only a shortcut for loading, and everything a dry run touches stays in its memory.
        Ok(())
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.below.roots(after, limit).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let mut entries = self.below.read_stream(stream, after, limit).await?;
        entries.retain(|entry| entry.position <= self.floor);
        let wanted = limit.saturating_sub(entries.len());
        self.with(|top| {
            let own = top.own.get(stream).into_iter().flatten().filter_map(|index| top.entries.get(*index));
            entries.extend(own.filter(|entry| entry.position > after).take(wanted).cloned());
        });
        Ok(entries)
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::ids::{Actor, WorkerId};
    use ledger_core::domain::time::BusinessTime;
    use ledger_core::domain::worker::command::WorkerDetails;
    use ledger_core::evidence::hash::HashSuite;
    use ledger_core::journal::memory::MemoryJournal;
    use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Submission, commands};

    use super::*;

    async fn register(ledger: &Ledger, key: &str, platform: &str) -> u64 {
        let details = WorkerDetails {
            occupation: "骑手".into(),
            party_member: None,
            platform: Some(platform.to_owned()),
            probationary: false,
            site: None,
        };
        let at = BusinessTime::parse("2024-03-01").unwrap();
        let context = Context { key: Key::new(key).unwrap(), actor: Actor::new("test").unwrap(), at };
        let command = Command::RegisterWorker(commands::RegisterWorker {
            worker: WorkerId::new("W1").unwrap(),
            details,
            update: true,
        });
        ledger.submit(Submission { context, command }).await.receipt().unwrap().position
    }

    async fn open(journal: Arc<dyn Journal>) -> Ledger {
        Ledger::open(journal, LedgerSettings::default(), "test", HashSuite::Sha256).await.unwrap().0
    }

    #[tokio::test]
    async fn what_is_appended_on_top_never_reaches_the_journal_below() {
        let below: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        assert_eq!(register(&open(Arc::clone(&below)).await, "k1", "甲").await, 2);
        let overlay = OverlayJournal::over(Arc::clone(&below)).await.unwrap();
        let ledger = open(Arc::new(overlay.clone())).await;
        assert_eq!(register(&ledger, "k1", "甲").await, 2, "known from below");
        assert_eq!(register(&ledger, "k2", "甲").await, 2, "the state from below makes it no change");
        assert_eq!(register(&ledger, "k3", "乙").await, 3);
        assert_eq!(below.head().await.unwrap().position, 2);
        let positions = |entries: Vec<Entry>| entries.iter().map(|entry| entry.position).collect::<Vec<_>>();
        assert_eq!(positions(overlay.read(0, 9).await.unwrap()), [1, 2, 3]);
        assert_eq!(positions(overlay.read(1, 1).await.unwrap()), [2]);
        assert_eq!(positions(overlay.read(2, 9).await.unwrap()), [3]);
    }

    #[tokio::test]
    async fn a_second_ledger_on_top_finds_what_the_first_one_did() {
        let below: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        register(&open(Arc::clone(&below)).await, "k1", "甲").await;
        let overlay = OverlayJournal::over(below).await.unwrap();
        register(&open(Arc::new(overlay.clone())).await, "k2", "乙").await;
        let again = open(Arc::new(overlay.clone())).await;
        assert_eq!(register(&again, "k2", "乙").await, 3, "a repeat");
        assert_eq!(register(&again, "k3", "甲").await, 4);
        let keys = [Key::new("k1").unwrap(), Key::new("k3").unwrap(), Key::new("k9").unwrap()];
        let found = overlay.find(&keys).await.unwrap();
        assert_eq!(
            found.iter().map(|found| found.as_ref().map(|found| found.first)).collect::<Vec<_>>(),
            [Some(2), Some(4), None]
        );
    }
}
