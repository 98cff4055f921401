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
        let bounds = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let mut rows = statement.query(bounds).map_err(unavailable)?;
        let mut part = Part { last: after, ..Part::default() };
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
