//! Aggregates in memory: least recently used ones fall out once all of them together weigh too much.

use std::hash::Hash;

use lru::LruCache;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::event::Event;
use crate::journal::{JournalError, Snapshot, StoredStream};
/// What an aggregate takes beside its parts, its place in the cache included, in bytes.
pub const WEIGHT: usize = 1_000;
/// What a lot, a redemption or a hold takes: about what an allocator was seen to hand out for one.
const WEIGHT_OF_PART: usize = 350;

/// An aggregate in memory.
#[derive(Debug, Clone, Default)]
pub struct Loaded<T> {
    /// Its stream's number; 0 before its first event.
    pub stream_no: u64,
    /// Events folded in.
    pub sequence: u64,
    snapshot_at: u64,
    /// As folded up to `sequence`.
    pub state: T,
}

/// An aggregate that events can be folded into and that a snapshot can hold.
pub trait Fold: Default + Serialize + DeserializeOwned {
    /// The layout of its snapshots.
    const LAYOUT: u32;

    /// Folds an event of its own; others change nothing.
    fn fold(&mut self, event: &Event);

    /// How many parts its state has that take memory of their own; 0 where there are few of its kind.
    fn parts(&self) -> usize {
        0
    }
}

impl<T: Fold> Loaded<T> {
    /// Of a stream that begins.
    pub fn beginning(stream_no: u64) -> Loaded<T> {
        Loaded { stream_no, ..Loaded::default() }
    }

    /// From what the journal stored; `None` when its snapshot cannot be read, or is of another layout, and the whole stream
    /// is needed instead.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where the stream's numbers do not follow one another.
    pub fn from_stored(stored: &StoredStream) -> Result<Option<Loaded<T>>, JournalError> {
        let mut loaded: Loaded<T> = Loaded::beginning(stored.stream_no);
        if let Some(snapshot) = &stored.snapshot {
            if snapshot.layout != T::LAYOUT {
                return Ok(None);
            }
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

    /// Folds an event of its own.
    pub fn fold(&mut self, event: &Event) {
        self.state.fold(event);
        self.sequence += 1;
    }

    /// Folds an event that was recorded; false when it does not follow, so that the aggregate must be loaded again.
    pub fn follow(&mut self, event: &Event, sequence: u64) -> bool {
        if sequence <= self.sequence {
            return true;
        }
        if self.stream_no == 0 || sequence != self.sequence + 1 {
            return false;
        }
        self.fold(event);
        true
    }

    /// Whether so many events came since the last snapshot.
    pub const fn is_snapshot_due(&self, every: u64) -> bool {
        self.sequence.saturating_sub(self.snapshot_at) >= every
    }

    /// A snapshot, when it is due.
    pub fn due_snapshot(&mut self, every: u64) -> Option<Snapshot> {
        if self.stream_no == 0 || !self.is_snapshot_due(every) {
            return None;
        }
        // By name and self-describing: fields may be left out of an event's types, which a state shares.
        let body = rmp_serde::to_vec_named(&self.state).ok()?;
        self.snapshot_at = self.sequence;
        Some(Snapshot { stream_no: self.stream_no, sequence: self.sequence, layout: T::LAYOUT, body })
    }

    fn weight(&self) -> usize {
        WEIGHT.saturating_add(self.state.parts().saturating_mul(WEIGHT_OF_PART))
    }
}

/// Aggregates of one kind. It knows about what they weigh, and lets nothing fall out until it is told to.
pub struct Cache<K, T> {
    entries: LruCache<K, Loaded<T>>,
    weight: usize,
}

impl<K: Hash + Eq, T> Default for Cache<K, T> {
    fn default() -> Cache<K, T> {
        Cache { entries: LruCache::unbounded(), weight: 0 }
    }
}

impl<K: Hash + Eq + Clone, T: Fold> Cache<K, T> {
    /// Whether it is here; keeps it from falling out soon.
    pub fn touch(&mut self, id: &K) -> bool {
        self.entries.get(id).is_some()
    }

    /// An aggregate, wherever it stands among those that may fall out.
    pub fn peek(&self, id: &K) -> Option<&Loaded<T>> {
        self.entries.peek(id)
    }

    /// Takes an aggregate in.
    pub fn put(&mut self, id: K, loaded: Loaded<T>) {
        self.weight += loaded.weight();
        let before = self.entries.put(id, loaded).map_or(0, |before| before.weight());
        self.weight -= before;
    }

    /// Takes an aggregate out.
    pub fn take(&mut self, id: &K) -> Option<Loaded<T>> {
        let taken = self.entries.pop(id)?;
        self.weight -= taken.weight();
        Some(taken)
    }

    /// Changes an aggregate; one that is not here begins as what was never recorded.
    pub fn change<R>(&mut self, id: &K, change: impl FnOnce(&mut Loaded<T>) -> R) -> R {
        if let Some(loaded) = self.entries.get_mut(id) {
            let before = loaded.weight();
            let changed = change(loaded);
            self.weight += loaded.weight();
            self.weight -= before;
            return changed;
        }
        let mut loaded = Loaded::default();
        let changed = change(&mut loaded);
        self.put(id.clone(), loaded);
        changed
    }

    /// A snapshot of an aggregate, when it is due.
    pub fn due_snapshot(&mut self, id: &K, every: u64) -> Option<Snapshot> {
        self.entries.peek_mut(id)?.due_snapshot(every)
    }

    /// Folds an event that was recorded into the aggregate, if it is here; it falls out where the event does not follow.
    pub fn follow(&mut self, id: &K, event: &Event, sequence: u64) {
        let Some(loaded) = self.entries.peek_mut(id) else { return };
        let before = loaded.weight();
        let followed = loaded.follow(event, sequence);
        self.weight += loaded.weight();
        self.weight -= before;
        if !followed {
            self.take(id);
        }
    }

    /// Lets fall out what was used longest ago, down to a weight in bytes, but never the `kept` used last.
    pub fn trim(&mut self, max: usize, kept: usize) {
        while self.weight > max && self.entries.len() > kept {
            let Some((_, fallen)) = self.entries.pop_lru() else { return };
            self.weight -= fallen.weight();
        }
    }

    /// About how many bytes all of them take.
    pub const fn weight(&self) -> usize {
        self.weight
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod states;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cache, Loaded, WEIGHT};
    use crate::domain::card::Card;

    proptest! {
        /// Put, changed, taken out and trimmed in any order, it weighs what is in it.
        #[test]
        fn a_cache_weighs_what_is_in_it(moves in prop::collection::vec((0_u8..4, 0_u32..6), 0..40)) {
            let mut cache: Cache<u32, Card> = Cache::default();
            for (what, id) in moves {
                match what {
                    0 => cache.put(id, Loaded::beginning(7)),
                    1 => cache.change(&id, |loaded| loaded.stream_no = 9),
                    2 => drop(cache.take(&id)),
                    _ => cache.trim(2 * WEIGHT, 1),
                }
                prop_assert_eq!(cache.weight(), cache.count() * WEIGHT);
            }
        }
    }

    #[test]
    fn what_was_used_last_stays_whatever_it_weighs() {
        let mut cache: Cache<u32, Card> = Cache::default();
        (0..5).for_each(|id| cache.put(id, Loaded::beginning(1)));
        assert!(cache.touch(&1));
        cache.trim(0, 2);
        assert_eq!((cache.count(), cache.touch(&1), cache.touch(&4), cache.touch(&3)), (2, true, true, false));
    }
}
