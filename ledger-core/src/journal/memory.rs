//! A journal in memory: the reference the real backends are compared with, and the base of simulations.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use smol_str::SmolStr;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::entry::CommandFrame;
use super::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::domain::layout::snapshot_layout;

#[derive(Default)]
struct Store {
    head: Option<Head>,
    entries: Vec<Entry>,
    streams: HashMap<StreamId, (u64, Vec<usize>)>,
    numbers: HashMap<u64, StreamId>,
    commands: HashMap<SmolStr, CommandRecord>,
    snapshots: HashMap<u64, Snapshot>,
    roots: Vec<(u64, [u8; 32])>,
}

/// A journal that lives as long as its process. Clones share it.
#[derive(Clone)]
pub struct MemoryJournal {
    store: Arc<std::sync::RwLock<Store>>,
    lock: Arc<Mutex<()>>,
    changed: watch::Sender<u64>,
}

impl Default for MemoryJournal {
    fn default() -> MemoryJournal {
        MemoryJournal { store: Arc::default(), lock: Arc::default(), changed: watch::channel(0).0 }
    }
}

impl MemoryJournal {
    fn with<T>(&self, read: impl FnOnce(&Store) -> T) -> T {
        match self.store.read() {
            Ok(store) => read(&store),
            Err(poisoned) => read(&poisoned.into_inner()),
        }
    }

    fn append(&self, batch: &Batch) -> Result<(), CommitError> {
        let mut store = match self.store.write() {
            Ok(store) => store,
            Err(poisoned) => poisoned.into_inner(),
        };
        if store.head.as_ref().map_or(0, |head| head.position) != batch.after {
            return Err(CommitError::Fenced);
        }
        let key_taken = batch.commands.iter().any(|command| store.commands.contains_key(command.key.as_str()));
        if key_taken || batch.new_streams.iter().any(|new| store.streams.contains_key(&new.stream)) {
            let what = "a key or a stream is there already".to_owned();
            return Err(CommitError::NotCommitted(JournalError::Unavailable(what)));
        }
        for new in &batch.new_streams {
            store.streams.insert(new.stream.clone(), (new.stream_no, Vec::new()));
            store.numbers.insert(new.stream_no, new.stream.clone());
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
            store.commands.insert(command.key.clone(), record);
            for event in events.by_ref().take(usize::try_from(command.count).unwrap_or(0)) {
                let index = store.entries.len();
                store.entries.push(Entry {
                    position: event.position,
                    nth: event.nth,
                    stream_no: event.stream_no,
                    sequence: event.sequence,
                    command: Arc::clone(&frame),
                    event_type: event.event_type.to_owned(),
                    payload: event.payload.clone(),
                    leaf: event.leaf,
                });
                if let Some(stream) = store.numbers.get(&event.stream_no).cloned()
                    && let Some((_, indices)) = store.streams.get_mut(&stream)
                {
                    indices.push(index);
                }
            }
        }
        store.roots.push((batch.position, batch.root));
        store.head = Some(Head {
            position: batch.position,
            streams: batch.streams,
            recorded_at: batch.recorded_at,
            frontier: batch.frontier.clone(),
        });
        drop(store);
        self.changed.send_replace(batch.position);
        Ok(())
    }
}

struct MemoryAppend {
    journal: MemoryJournal,
    head: Head,
    _lock: OwnedMutexGuard<()>,
}

#[async_trait]
impl Append for MemoryAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        self.journal.append(&batch)
    }

    async fn release(self: Box<Self>) {}
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let lock = Arc::clone(&self.lock).lock_owned().await;
        let head = self.head().await?;
        Ok(Box::new(MemoryAppend { journal: self.clone(), head, _lock: lock }))
    }

    async fn head(&self) -> Result<Head, JournalError> {
        Ok(self.with(|store| store.head.clone()).unwrap_or_else(Head::empty))
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.with(|store| store.entries.iter().skip(from).take(limit).cloned().collect()))
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        let mut found = Vec::with_capacity(commands.len());
        for command in commands {
            let count = usize::try_from(command.count).unwrap_or(usize::MAX);
            found.push(super::whole(command, self.read(command.first.saturating_sub(1), count).await?)?);
        }
        Ok(found)
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.with(|store| {
            streams
                .iter()
                .map(|stream| {
                    let Some((stream_no, indices)) = store.streams.get(stream) else {
                        let stream = stream.clone();
                        return Ok(StoredStream { stream, stream_no: 0, snapshot: None, events: Vec::new() });
                    };
                    let ours = |found: &&Snapshot| snapshots && found.layout == snapshot_layout(stream);
                    let snapshot = store.snapshots.get(stream_no).filter(ours);
                    let snapshot = snapshot.cloned();
                    let spared = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
                    let events = indices
                        .iter()
                        .filter_map(|index| store.entries.get(*index))
                        .filter(|entry| entry.sequence > spared)
                        .map(|entry| Ok(StreamEvent { sequence: entry.sequence, event: entry.event()? }))
                        .collect::<Result<Vec<_>, JournalError>>()?;
                    Ok(StoredStream { stream: stream.clone(), stream_no: *stream_no, snapshot, events })
                })
                .collect()
        })
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        let entries = self.read(after, limit).await?;
        self.with(|store| {
            entries
                .iter()
                .map(|entry| {
                    let event = entry.event()?;
                    let stream_no = store.streams.get(&event.stream()).map_or(0, |(stream_no, _)| *stream_no);
                    Ok((stream_no, StreamEvent { sequence: entry.sequence, event }))
                })
                .collect()
        })
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        Ok(self.with(|store| keys.iter().map(|key| store.commands.get(key.as_str()).cloned()).collect()))
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        let mut store = match self.store.write() {
            Ok(store) => store,
            Err(poisoned) => poisoned.into_inner(),
        };
        for snapshot in snapshots {
            store.snapshots.insert(snapshot.stream_no, snapshot);
        }
        Ok(())
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        Ok(self.with(|store| store.roots.iter().filter(|(size, _)| *size > after).take(limit).copied().collect()))
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        Ok(self.with(|store| {
            let indices = store.streams.get(stream).map(|(_, indices)| indices.as_slice()).unwrap_or_default();
            let entries = indices.iter().filter_map(|index| store.entries.get(*index));
            entries.filter(|entry| entry.position > after).take(limit).cloned().collect()
        }))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
