//! What was committed lately, kept in memory for followers of this process: they need not read back from the journal and
//! decode what the ledger has just encoded. Only a shortcut: whoever has fallen behind reads the journal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::domain::event::Event;

/// Events kept at most.
const EVENTS_MAX: usize = 30_000;

/// Consecutive events of the journal.
#[derive(Debug, Clone)]
pub struct EventChunk {
    first: u64,
    events: Arc<[Event]>,
    skip: usize,
}

impl EventChunk {
    /// Events that stand at `first` and the positions after it.
    pub const fn new(first: u64, events: Arc<[Event]>) -> EventChunk {
        EventChunk { first, events, skip: 0 }
    }

    /// The events, in order.
    pub fn events(&self) -> &[Event] {
        self.events.get(self.skip..).unwrap_or_default()
    }

    fn last(&self) -> u64 {
        self.first.saturating_add(u64::try_from(self.events.len()).unwrap_or(u64::MAX)).saturating_sub(1)
    }

    /// The same without what stands up to a position.
    fn after(&self, position: u64) -> EventChunk {
        let skip = usize::try_from((position + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        EventChunk { skip, ..self.clone() }
    }
}

#[derive(Debug, Default)]
struct Kept {
    chunks: VecDeque<EventChunk>,
    events: usize,
}

/// The last events of a journal, without a gap.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Kept>);

impl Recent {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what was committed next; what does not follow on makes it begin anew.
    pub(super) fn push(&self, chunks: impl IntoIterator<Item = EventChunk>) {
        let mut kept = self.kept();
        for chunk in chunks {
            if kept.chunks.back().is_some_and(|last| last.last() + 1 != chunk.first) {
                *kept = Kept::default();
            }
            kept.events += chunk.events.len();
            kept.chunks.push_back(chunk);
        }
        while kept.events > EVENTS_MAX
            && let Some(oldest) = kept.chunks.pop_front()
        {
            kept.events -= oldest.events.len();
        }
    }

    /// At least one of the events after a position, and chunks enough for `wanted` where there are; none when the
    /// journal has to be read.
    pub fn after(&self, position: u64, wanted: usize) -> Option<Vec<EventChunk>> {
        let kept = self.kept();
        let begin = kept.chunks.partition_point(|chunk| chunk.last() <= position);
        let first = kept.chunks.get(begin)?;
        if first.first > position + 1 {
            return None;
        }
        let mut found = vec![first.after(position)];
        let mut events = found.iter().map(|chunk| chunk.events().len()).sum::<usize>();
        for chunk in kept.chunks.iter().skip(begin + 1) {
            if events >= wanted {
                break;
            }
            events += chunk.events.len();
            found.push(chunk.clone());
        }
        Some(found)
    }
}

/// How a ledger tells what it commits.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The last position that the ledger has committed or seen.
    pub committed: watch::Receiver<u64>,
    /// The last events.
    pub recent: Arc<Recent>,
}

#[cfg(test)]
mod tests {
    use super::{EventChunk, Recent};
    use crate::domain::event::Event;
    use crate::domain::programme::event::{JournalOpened, ProgrammeEvent};

    fn chunk(first: u64, events: usize) -> EventChunk {
        let event = JournalOpened {
            demonstration: false,
            origin: "o".into(),
            suite: "sha-256".into(),
            v: crate::domain::event::V1,
        };
        EventChunk::new(first, vec![Event::Programme(ProgrammeEvent::JournalOpened(event)); events].into())
    }

    fn lengths(recent: &Recent, position: u64, wanted: usize) -> Option<Vec<usize>> {
        Some(recent.after(position, wanted)?.iter().map(|chunk| chunk.events().len()).collect())
    }

    #[test]
    fn it_gives_what_follows_a_position_even_inside_a_command() {
        let recent = Recent::default();
        recent.push([chunk(5, 3), chunk(8, 1), chunk(9, 2)]);
        assert_eq!(lengths(&recent, 4, 100), Some(vec![3, 1, 2]));
        assert_eq!(lengths(&recent, 6, 100), Some(vec![1, 1, 2]));
        assert_eq!(lengths(&recent, 7, 2), Some(vec![1, 2]));
        assert_eq!(lengths(&recent, 4, 1), Some(vec![3]));
        assert_eq!(lengths(&recent, 10, 100), None, "nothing follows");
        assert_eq!(lengths(&recent, 3, 100), None, "position 4 is not there");
    }

    #[test]
    fn what_does_not_follow_on_begins_anew() {
        let recent = Recent::default();
        recent.push([chunk(5, 3), chunk(9, 1)]);
        assert_eq!(lengths(&recent, 4, 100), None);
        assert_eq!(lengths(&recent, 8, 100), Some(vec![1]));
    }
}
