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

    /// Where the last of its events stands that changes an account.
    fn last_of_account(&self) -> Option<u64> {
        let at = self.events.iter().rposition(|event| matches!(event, Event::Account(_)))?;
        Some(self.first.saturating_add(u64::try_from(at).unwrap_or(u64::MAX)))
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
    /// The last position that was taken in.
    last: u64,
    /// The last position at which an account changed, or may have changed before anything was taken in.
    accounts: u64,
}

impl Kept {
    /// Keeps nothing of what was before a position, which nobody here knows.
    fn begin_at(&mut self, first: u64) {
        let before = first.saturating_sub(1);
        *self = Kept { last: before, accounts: before, ..Kept::default() };
    }
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
            if kept.last + 1 != chunk.first {
                kept.begin_at(chunk.first);
            }
            kept.last = chunk.last();
            kept.accounts = chunk.last_of_account().unwrap_or(kept.accounts);
            kept.events += chunk.events.len();
            kept.chunks.push_back(chunk);
        }
        while kept.events > EVENTS_MAX
            && let Some(oldest) = kept.chunks.pop_front()
        {
            kept.events -= oldest.events.len();
        }
    }

    /// The last position up to one at which an account changed; that position itself where nobody here knows.
    fn accounts_by(&self, committed: u64) -> u64 {
        let kept = self.kept();
        if committed > kept.last { committed } else { kept.accounts.min(committed) }
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

impl Feed {
    /// Of what the ledger has committed or seen, the last position that changed an account: who may do what is known from
    /// there on. A later one where it cannot be told.
    pub fn accounts_changed(&self) -> u64 {
        let committed = *self.committed.borrow();
        self.recent.accounts_by(committed)
    }
}

#[cfg(test)]
mod tests {
    use super::{EventChunk, Recent};
    use crate::domain::account::AccountEvent;
    use crate::domain::account::event::AccountOpened;
    use crate::domain::event::Event;
    use crate::domain::ids::AccountId;
    use crate::domain::programme::event::{JournalOpened, ProgrammeEvent};
    use crate::domain::time::BusinessTime;

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
    fn it_tells_where_an_account_changed_last_and_never_too_early() {
        let recent = Recent::default();
        assert_eq!(recent.accounts_by(7), 7, "nothing is known of what was before");
        let opened = |first| {
            let event = AccountOpened {
                account: AccountId::new("a").unwrap(),
                at: BusinessTime::start_of(chrono::NaiveDate::default()),
                worker: None,
                v: crate::domain::event::V1,
            };
            EventChunk::new(first, vec![Event::Account(AccountEvent::AccountOpened(event))].into())
        };
        recent.push([chunk(8, 3)]);
        assert_eq!(recent.accounts_by(10), 7);
        recent.push([opened(11), chunk(12, 2)]);
        assert_eq!([11, 12, 13].map(|committed| recent.accounts_by(committed)), [11, 11, 11]);
        assert_eq!(recent.accounts_by(14), 14, "committed and not taken in yet");
        recent.push([chunk(20, 1)]);
        assert_eq!(recent.accounts_by(20), 19, "nobody knows what was between");
    }

    #[test]
    fn what_does_not_follow_on_begins_anew() {
        let recent = Recent::default();
        recent.push([chunk(5, 3), chunk(9, 1)]);
        assert_eq!(lengths(&recent, 4, 100), None);
        assert_eq!(lengths(&recent, 8, 100), Some(vec![1]));
    }
}
