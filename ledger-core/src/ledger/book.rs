//! The state in memory: the aggregates that recent commands touched, at one position of the journal.
//!
//! The book is a cache and never the truth: after any failure to append it is thrown away and built again from the
//! journal. Aggregates seldom used fall out; [`super::resolve`] loads what a command needs.

use std::hash::Hash;
use std::sync::LazyLock;

use lru::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::process::{States, named_by};
use crate::domain::card::Card;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{CardNo, Key, MerchantId, StoreId, WorkerId};
use crate::domain::merchant::Merchant;
use crate::domain::programme::Programme;
use crate::domain::store::RedemptionStore;
use crate::domain::worker::Worker;
use crate::evidence::merkle::Frontier;
use crate::journal::{Entry, Head, JournalError, RecordedTime, Snapshot, StoredStream};

/// The layout of snapshot bodies. Raise it with every change to an aggregate's state: a snapshot of another layout is
/// ignored and the stream is read instead.
pub const SNAPSHOT_LAYOUT: u32 = 2;

/// The most keys whose worker is remembered.
const OWNERS_MAX: usize = 200_000;

/// An aggregate in memory.
#[derive(Debug, Clone, Default)]
pub struct Loaded<T> {
    /// Its stream's number; 0 before its first event.
    pub stream_no: u64,
    /// Events folded in.
    pub sequence: u64,
    snapshot_at: u64,
    /// Its state.
    pub state: T,
}

/// An aggregate that events can be folded into and that a snapshot can hold.
pub trait Fold: Default + Serialize + DeserializeOwned {
    /// Folds an event of its own; others change nothing.
    fn fold(&mut self, event: &Event);
}

macro_rules! fold {
    ($($aggregate:ty, $variant:ident;)*) => {$(
        impl Fold for $aggregate {
            fn fold(&mut self, event: &Event) {
                if let Event::$variant(event) = event {
                    self.evolve(event);
                }
            }
        }
    )*};
}

fold! {
    Programme, Programme;
    Worker, Worker;
    Merchant, Merchant;
    RedemptionStore, Store;
    Card, Card;
}

impl<T: Fold> Loaded<T> {
    /// From what the journal stored; `None` when its snapshot cannot be read and the whole stream is needed instead.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where the stream's numbers do not follow one another.
    pub fn from_stored(stored: &StoredStream) -> Result<Option<Loaded<T>>, JournalError> {
        let mut loaded: Loaded<T> = Loaded { stream_no: stored.stream_no, ..Loaded::default() };
        if let Some(snapshot) = &stored.snapshot {
            let Ok(state) = rmp_serde::from_slice(&snapshot.body) else { return Ok(None) };
            loaded = Loaded { sequence: snapshot.sequence, snapshot_at: snapshot.sequence, state, ..loaded };
        }
        for stored_event in &stored.events {
            if stored_event.sequence <= loaded.sequence {
                continue;
            }
            if stored_event.sequence != loaded.sequence + 1 {
                let what =
                    format!("stream {} jumps from {} to {}", stored.stream, loaded.sequence, stored_event.sequence);
                return Err(JournalError::Damaged { position: 0, what });
            }
            loaded.state.fold(&stored_event.event);
            loaded.sequence += 1;
        }
        Ok(Some(loaded))
    }

    const fn is_snapshot_due(&self, every: u64) -> bool {
        self.sequence.saturating_sub(self.snapshot_at) >= every
    }

    /// A snapshot, when so many events came since the last one.
    fn due_snapshot(&mut self, every: u64) -> Option<Snapshot> {
        if self.stream_no == 0 || !self.is_snapshot_due(every) {
            return None;
        }
        // By name and self-describing: fields may be left out of an event's types, which a state shares.
        let body = rmp_serde::to_vec_named(&self.state).ok()?;
        self.snapshot_at = self.sequence;
        Some(Snapshot { stream_no: self.stream_no, sequence: self.sequence, layout: SNAPSHOT_LAYOUT, body })
    }
}

type Cache<K, T> = LruCache<K, Loaded<T>>;

/// What a book keeps.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Aggregates of each kind that stay in memory.
    pub cached_max: usize,
    /// A snapshot of an aggregate is due after so many events of it.
    pub snapshot_every: u64,
}

/// The aggregates at one position.
pub struct Book {
    /// The position everything here is at.
    pub position: u64,
    /// How many streams the journal has.
    pub streams: u64,
    /// When the last batch was recorded.
    pub recorded_at: RecordedTime,
    /// The Merkle frontier; none before the first event.
    pub frontier: Option<Frontier>,
    programme: Option<Loaded<Programme>>,
    workers: Cache<WorkerId, Worker>,
    merchants: Cache<MerchantId, Merchant>,
    stores: Cache<StoreId, RedemptionStore>,
    cards: Cache<CardNo, Card>,
    owners: LruCache<Key, WorkerId>,
    /// Aggregates of which a snapshot may be due.
    due: Vec<StreamId>,
    limits: Limits,
}

/// Shortens a cache to its limit.
fn trim<K: Hash + Eq, T>(cache: &mut LruCache<K, T>, max: usize) {
    while cache.len() > max {
        cache.pop_lru();
    }
}

impl Book {
    /// An empty book at a head.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] when the head's frontier cannot be read.
    pub fn at(head: &Head, limits: Limits) -> Result<Book, JournalError> {
        let frontier = if head.frontier.is_empty() {
            None
        } else {
            let damaged = |what: String| JournalError::Damaged { position: head.position, what };
            let frontier = Frontier::from_bytes(&head.frontier).map_err(|error| damaged(error.to_string()))?;
            if frontier.size() != head.position {
                return Err(damaged(format!("the Merkle frontier holds {} entries", frontier.size())));
            }
            Some(frontier)
        };
        Ok(Book {
            position: head.position,
            streams: head.streams,
            recorded_at: head.recorded_at,
            frontier,
            programme: None,
            workers: LruCache::unbounded(),
            merchants: LruCache::unbounded(),
            stores: LruCache::unbounded(),
            cards: LruCache::unbounded(),
            owners: LruCache::unbounded(),
            due: Vec::new(),
            limits,
        })
    }

    /// Takes over what only the head tells, once everything up to it was folded.
    ///
    /// # Errors
    /// As for [`Book::at`].
    pub fn take_over(&mut self, head: &Head) -> Result<(), JournalError> {
        let fresh = Book::at(head, self.limits)?;
        (self.streams, self.frontier, self.recorded_at) = (fresh.streams, fresh.frontier, fresh.recorded_at);
        Ok(())
    }

    /// Whether a stream is in memory; keeps it from falling out soon.
    pub fn holds(&mut self, stream: &StreamId) -> bool {
        match stream {
            StreamId::Programme => self.programme.is_some(),
            StreamId::Worker(id) => self.workers.get(id).is_some(),
            StreamId::Merchant(id) => self.merchants.get(id).is_some(),
            StreamId::Store(id) => self.stores.get(id).is_some(),
            StreamId::Card(id) => self.cards.get(id).is_some(),
        }
    }

    /// Takes a loaded stream in; false when its snapshot cannot be read and the whole stream is needed instead.
    ///
    /// # Errors
    /// [`JournalError::Damaged`].
    pub fn insert(&mut self, stored: &StoredStream) -> Result<bool, JournalError> {
        Ok(match &stored.stream {
            StreamId::Programme => {
                self.programme = Loaded::from_stored(stored)?;
                self.programme.is_some()
            }
            StreamId::Worker(id) => put(&mut self.workers, id, stored)?,
            StreamId::Merchant(id) => put(&mut self.merchants, id, stored)?,
            StreamId::Store(id) => put(&mut self.stores, id, stored)?,
            StreamId::Card(id) => put(&mut self.cards, id, stored)?,
        })
    }

    /// Remembers whose a keyed thing is.
    pub fn remember_owner(&mut self, key: Key, worker: WorkerId) {
        self.owners.put(key, worker);
    }

    /// Folds an event that somebody else appended.
    pub fn catch_up(&mut self, entry: &Entry, event: &Event) {
        self.note_owner(event);
        let sequence = entry.sequence;
        match event {
            Event::Programme(_) => {
                if let Some(loaded) = &mut self.programme
                    && !follow(loaded, event, sequence)
                {
                    self.programme = None;
                }
            }
            Event::Worker(own) => follow_or_drop(&mut self.workers, own.worker(), event, sequence),
            Event::Merchant(own) => follow_or_drop(&mut self.merchants, own.merchant(), event, sequence),
            Event::Store(own) => follow_or_drop(&mut self.stores, own.store(), event, sequence),
            Event::Card(own) => follow_or_drop(&mut self.cards, own.card_no(), event, sequence),
        }
        self.position = entry.position;
        self.recorded_at = entry.command.recorded_at;
    }

    /// Folds an event just decided; gives its stream's number, whether the stream begins with it, and its sequence.
    pub fn apply(&mut self, event: &Event) -> InStream {
        self.note_owner(event);
        let streams = &mut self.streams;
        let every = self.limits.snapshot_every;
        let (place, due) = match event {
            Event::Programme(_) => fold_own(self.programme.get_or_insert_default(), event, streams, every),
            Event::Worker(own) => fold_cached(&mut self.workers, own.worker(), event, streams, every),
            Event::Merchant(own) => fold_cached(&mut self.merchants, own.merchant(), event, streams, every),
            Event::Store(own) => fold_cached(&mut self.stores, own.store(), event, streams, every),
            Event::Card(own) => fold_cached(&mut self.cards, own.card_no(), event, streams, every),
        };
        if due {
            self.due.push(event.stream());
        }
        place
    }

    /// The snapshots due among the aggregates that events were applied to since the last call.
    pub fn due_snapshots(&mut self) -> Vec<Snapshot> {
        let every = self.limits.snapshot_every;
        std::mem::take(&mut self.due)
            .into_iter()
            .filter_map(|stream| match &stream {
                StreamId::Programme => self.programme.as_mut()?.due_snapshot(every),
                StreamId::Worker(id) => self.workers.peek_mut(id)?.due_snapshot(every),
                StreamId::Merchant(id) => self.merchants.peek_mut(id)?.due_snapshot(every),
                StreamId::Store(id) => self.stores.peek_mut(id)?.due_snapshot(every),
                StreamId::Card(id) => self.cards.peek_mut(id)?.due_snapshot(every),
            })
            .collect()
    }

    /// Lets what was used longest ago fall out, down to the limits, but never the `kept` used last: a decision takes what
    /// is not in memory for what was never recorded, and what is on its way cannot be loaded yet.
    pub fn trim(&mut self, kept: usize) {
        let max = self.limits.cached_max.max(kept);
        trim(&mut self.workers, max);
        trim(&mut self.merchants, max);
        trim(&mut self.stores, max);
        trim(&mut self.cards, max);
        trim(&mut self.owners, OWNERS_MAX);
    }

    /// Sets aside the states of streams, so that [`Book::roll_back`] can bring them back.
    pub fn save(&self, streams: &[StreamId]) -> Saved {
        Saved {
            streams: self.streams,
            programme: self.programme.clone(),
            workers: saved(streams, &self.workers, |stream| match stream {
                StreamId::Worker(id) => Some(id),
                _ => None,
            }),
            merchants: saved(streams, &self.merchants, |stream| match stream {
                StreamId::Merchant(id) => Some(id),
                _ => None,
            }),
            stores: saved(streams, &self.stores, |stream| match stream {
                StreamId::Store(id) => Some(id),
                _ => None,
            }),
            cards: saved(streams, &self.cards, |stream| match stream {
                StreamId::Card(id) => Some(id),
                _ => None,
            }),
        }
    }

    /// Brings saved states back.
    pub fn roll_back(&mut self, saved: Saved) {
        self.streams = saved.streams;
        self.programme = saved.programme;
        saved.workers.into_iter().for_each(|(id, loaded)| drop(self.workers.put(id, loaded)));
        saved.merchants.into_iter().for_each(|(id, loaded)| drop(self.merchants.put(id, loaded)));
        saved.stores.into_iter().for_each(|(id, loaded)| drop(self.stores.put(id, loaded)));
        saved.cards.into_iter().for_each(|(id, loaded)| drop(self.cards.put(id, loaded)));
    }

    fn note_owner(&mut self, event: &Event) {
        if let Event::Worker(event) = event
            && let Some(key) = named_by(event)
        {
            self.owners.put(key, event.worker().clone());
        }
    }
}

/// States set aside before a group of commands that stands or falls together.
pub struct Saved {
    streams: u64,
    programme: Option<Loaded<Programme>>,
    workers: Vec<(WorkerId, Loaded<Worker>)>,
    merchants: Vec<(MerchantId, Loaded<Merchant>)>,
    stores: Vec<(StoreId, Loaded<RedemptionStore>)>,
    cards: Vec<(CardNo, Loaded<Card>)>,
}

fn saved<K: Hash + Eq + Clone, T: Clone>(
    streams: &[StreamId],
    cache: &Cache<K, T>,
    id: impl Fn(&StreamId) -> Option<&K>,
) -> Vec<(K, Loaded<T>)> {
    streams.iter().filter_map(|stream| id(stream).and_then(|id| Some((id.clone(), cache.peek(id)?.clone())))).collect()
}

fn put<K: Hash + Eq + Clone, T: Fold>(
    cache: &mut Cache<K, T>,
    id: &K,
    stored: &StoredStream,
) -> Result<bool, JournalError> {
    let Some(loaded) = Loaded::from_stored(stored)? else { return Ok(false) };
    cache.put(id.clone(), loaded);
    Ok(true)
}

/// Folds a foreign event; false when the copy in memory cannot follow it and must be loaded again.
fn follow<T: Fold>(loaded: &mut Loaded<T>, event: &Event, sequence: u64) -> bool {
    if sequence <= loaded.sequence {
        return true;
    }
    if loaded.stream_no == 0 || sequence != loaded.sequence + 1 {
        return false;
    }
    loaded.state.fold(event);
    loaded.sequence = sequence;
    true
}

fn follow_or_drop<K: Hash + Eq, T: Fold>(cache: &mut Cache<K, T>, id: &K, event: &Event, sequence: u64) {
    if let Some(loaded) = cache.peek_mut(id)
        && !follow(loaded, event, sequence)
    {
        cache.pop(id);
    }
}

/// An event's stream's number, whether the stream begins with it, and its sequence.
type InStream = (u64, bool, u64);

/// Folds an event of the ledger's own; also tells whether a snapshot is due.
fn fold_own<T: Fold>(loaded: &mut Loaded<T>, event: &Event, streams: &mut u64, every: u64) -> (InStream, bool) {
    let begins = loaded.stream_no == 0;
    if begins {
        *streams += 1;
        loaded.stream_no = *streams;
    }
    loaded.state.fold(event);
    loaded.sequence += 1;
    ((loaded.stream_no, begins, loaded.sequence), loaded.is_snapshot_due(every))
}

fn fold_cached<K: Hash + Eq + Clone, T: Fold>(
    cache: &mut Cache<K, T>,
    id: &K,
    event: &Event,
    streams: &mut u64,
    every: u64,
) -> (InStream, bool) {
    fold_own(cache.get_or_insert_mut(id.clone(), Loaded::default), event, streams, every)
}

static NO_PROGRAMME: LazyLock<Programme> = LazyLock::new(Programme::default);
static NO_WORKER: LazyLock<Worker> = LazyLock::new(Worker::default);
static NO_MERCHANT: LazyLock<Merchant> = LazyLock::new(Merchant::default);
static NO_STORE: LazyLock<RedemptionStore> = LazyLock::new(RedemptionStore::default);
static NO_CARD: LazyLock<Card> = LazyLock::new(Card::default);

impl States for Book {
    fn programme(&self) -> &Programme {
        self.programme.as_ref().map_or(&NO_PROGRAMME, |loaded| &loaded.state)
    }

    fn worker(&self, id: &WorkerId) -> &Worker {
        self.workers.peek(id).map_or(&NO_WORKER, |loaded| &loaded.state)
    }

    fn merchant(&self, id: &MerchantId) -> &Merchant {
        self.merchants.peek(id).map_or(&NO_MERCHANT, |loaded| &loaded.state)
    }

    fn store(&self, id: &StoreId) -> &RedemptionStore {
        self.stores.peek(id).map_or(&NO_STORE, |loaded| &loaded.state)
    }

    fn card(&self, id: &CardNo) -> &Card {
        self.cards.peek(id).map_or(&NO_CARD, |loaded| &loaded.state)
    }

    fn owner(&self, key: &Key) -> Option<&WorkerId> {
        self.owners.peek(key)
    }
}
