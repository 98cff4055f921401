//! The keys and streams of the newest entries, in memory: what the index does not hold yet, and some of what it does.

use std::collections::VecDeque;
use std::sync::Arc;

use foldhash::HashMap;
use rusqlite::Connection;
use smol_str::SmolStr;

use super::connect::unavailable;
use crate::journal::{Batch, JournalError};

/// One event as the index needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) stream_no: u64,
    pub(super) sequence: u64,
    pub(super) position: u64,
}

/// What one batch adds to the index.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// The position it follows.
    pub(super) after: u64,
    /// The batch's last position.
    pub(super) last: u64,
    /// Keys, with the position of their command's first event.
    pub(super) keys: Vec<(SmolStr, u64)>,
    /// Events, in order.
    pub(super) places: Vec<Place>,
}

impl Part {
    pub(super) fn of(batch: &Batch) -> Part {
        Part {
            after: batch.after,
            last: batch.position,
            keys: batch.commands.iter().map(|command| (command.key.clone(), command.first)).collect(),
            places: batch
                .events
                .iter()
                .map(|event| Place { stream_no: event.stream_no, sequence: event.sequence, position: event.position })
                .collect(),
        }
    }

    /// Reads what a journal holds after a position, at most `limit` events.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) fn read(journal: &Connection, after: u64, limit: usize) -> Result<Part, JournalError> {
        let mut statement = journal
            .prepare_cached(
                "SELECT position, stream_no, sequence, key FROM event WHERE position > ?1 ORDER BY position LIMIT ?2",
            )
            .map_err(unavailable)?;
        let bounds = (super::read::signed(after), i64::try_from(limit).unwrap_or(i64::MAX));
        let mut rows = statement.query(bounds).map_err(unavailable)?;
        let mut part = Part { after, last: after, ..Part::default() };
        while let Some(row) = rows.next().map_err(unavailable)? {
            let number = |index: usize| super::read::unsigned(row, index).map_err(unavailable);
            part.last = number(0)?;
            part.places.push(Place { position: part.last, stream_no: number(1)?, sequence: number(2)? });
            if let Some(key) = row.get::<_, Option<String>>(3).map_err(unavailable)? {
                part.keys.push((key.into(), part.last));
            }
        }
        Ok(part)
    }
}

/// So many events stay in memory though the index holds them: here an append sees whether a key was used a moment ago.
const KEPT: usize = 10_000;
/// So many events are let go of at once: an append waits meanwhile.
const LET_GO: usize = 2_000;

/// Parts in order, findable.
#[derive(Debug, Default)]
pub(super) struct Tail {
    parts: VecDeque<Arc<Part>>,
    keys: HashMap<SmolStr, u64>,
    streams: HashMap<u64, VecDeque<Place>>,
    events: usize,
    /// How many of the parts, oldest first, the index holds.
    written: usize,
    unwritten: usize,
}

impl Tail {
    pub(super) fn push(&mut self, part: Part) {
        self.events += part.places.len();
        self.unwritten += part.places.len();
        self.keys.extend(part.keys.iter().cloned());
        for place in &part.places {
            self.streams.entry(place.stream_no).or_default().push_back(*place);
        }
        self.parts.push_back(Arc::new(part));
    }

    /// Events that the index does not hold yet.
    pub(super) const fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// Where the command of a key begins.
    pub(super) fn key(&self, key: &str) -> Option<u64> {
        self.keys.get(key).copied()
    }

    /// Every key.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(SmolStr::as_str)
    }

    /// A stream's events after a sequence.
    pub(super) fn stream(&self, stream_no: u64, after: u64) -> Vec<Place> {
        let places = self.streams.get(&stream_no).into_iter().flatten();
        places.filter(|place| place.sequence > after).copied().collect()
    }

    /// The oldest parts that the index does not hold, of so many events or one part more.
    pub(super) fn oldest(&self, events: usize) -> Vec<Arc<Part>> {
        let mut found = 0;
        let fits = |part: &&Arc<Part>| {
            let more = found < events;
            found += part.places.len();
            more
        };
        self.parts.iter().skip(self.written).take_while(fits).cloned().collect()
    }

    /// The index holds so many parts more.
    pub(super) fn wrote(&mut self, parts: &[Arc<Part>]) {
        self.written += parts.len();
        self.unwritten -= parts.iter().map(|part| part.places.len()).sum::<usize>();
    }

    /// Lets go of some of the oldest that the index holds; whether there is more to let go of.
    pub(super) fn let_go(&mut self) -> bool {
        let mut gone = 0;
        while self.events > KEPT
            && self.written > 0
            && let Some(part) = self.parts.pop_front()
        {
            if gone >= LET_GO {
                self.parts.push_front(part);
                return true;
            }
            gone += part.places.len();
            self.written -= 1;
            self.events -= part.places.len();
            for (key, _) in &part.keys {
                self.keys.remove(key);
            }
            for place in &part.places {
                if let Some(places) = self.streams.get_mut(&place.stream_no) {
                    while places.front().is_some_and(|place| place.position <= part.last) {
                        places.pop_front();
                    }
                    if places.is_empty() {
                        self.streams.remove(&place.stream_no);
                    }
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KEPT, LET_GO, Part, Place, Tail};

    /// One part for each count: events of three streams in turn, a key for each.
    fn parts(counts: &[usize]) -> Vec<Part> {
        let (mut position, mut sequences) = (0_u64, [0_u64; 3]);
        counts
            .iter()
            .map(|count| {
                let mut part = Part { after: position, ..Part::default() };
                for _ in 0..*count {
                    position += 1;
                    let stream = usize::try_from(position % 3).expect("small");
                    sequences[stream] += 1;
                    part.keys.push((format!("k{position}").into(), position));
                    part.places.push(Place { stream_no: position % 3, sequence: sequences[stream], position });
                }
                part.last = position;
                part
            })
            .collect()
    }

    proptest! {
        #[test]
        fn what_the_index_does_not_hold_is_found_in_memory(
            counts in prop::collection::vec(1_usize..4_000, 1..12),
            width in 1_usize..9_000,
            rounds in 0_usize..6,
        ) {
            let mut tail = Tail::default();
            parts(&counts).into_iter().for_each(|part| tail.push(part));
            let all: usize = counts.iter().sum();
            let mut written = 0;
            for _ in 0..rounds {
                let oldest = tail.oldest(width);
                let events = oldest.iter().map(|part| part.places.len()).sum::<usize>();
                prop_assert!(events >= width.min(all - written), "{} events of {}", events, width);
                written += events;
                tail.wrote(&oldest);
                while tail.let_go() {}
                prop_assert_eq!(tail.unwritten(), all - written);
            }
            for position in written as u64 + 1..=all as u64 {
                prop_assert_eq!(tail.key(&format!("k{position}")), Some(position));
            }
            let places: usize = (0..3).map(|stream| tail.stream(stream, 0).len()).sum();
            prop_assert!(places >= all - written);
            prop_assert!(places <= (all - written).max(KEPT) + 4_000, "{} events stay", places);
        }
    }

    #[test]
    fn it_lets_go_in_small_steps() {
        let mut tail = Tail::default();
        parts(&[500; 100]).into_iter().for_each(|part| tail.push(part));
        let oldest = tail.oldest(50_000);
        tail.wrote(&oldest);
        let mut steps = 1;
        while tail.let_go() {
            steps += 1;
        }
        assert_eq!(tail.stream(1, 0).len() + tail.stream(2, 0).len() + tail.stream(0, 0).len(), KEPT);
        assert_eq!(steps, (50_000 - KEPT) / LET_GO);
    }
}
