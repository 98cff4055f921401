//! Workers read ahead: their states at one position, until a command names them.
//!
//! A state may be taken from here only while nothing was appended to its stream since that position. So whoever changes
//! the book says which workers changed; those are not taken in, or are dropped.

use foldhash::HashSet;

use super::cache::{Cache, Loaded};
use crate::domain::ids::WorkerId;
use crate::domain::worker::Worker;

/// Workers that were read and not asked for yet.
#[derive(Default)]
pub struct Prefetch {
    workers: Cache<WorkerId, Worker>,
    state: State,
    /// Of whom something was appended since the position, as long as it is not known who was read.
    outdated: HashSet<WorkerId>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Nothing was ever to come.
    #[default]
    Closed,
    /// The workers are being read.
    Awaited,
    /// They are here.
    Filled,
}

impl Prefetch {
    /// One whose workers are being read, as they stand now.
    pub fn awaited() -> Prefetch {
        Prefetch { state: State::Awaited, ..Prefetch::default() }
    }

    /// Takes in what was read. Nothing, where nothing is awaited.
    pub fn fill(&mut self, workers: Cache<WorkerId, Worker>) {
        if self.state == State::Awaited {
            (self.workers, self.state) = (workers, State::Filled);
        }
    }

    /// Something was appended to a worker's stream.
    pub fn outdate(&mut self, id: &WorkerId) {
        match self.state {
            State::Closed => {}
            // Taken out one by one later: all at once would keep everybody waiting.
            State::Awaited => {
                if !self.outdated.contains(id) {
                    self.outdated.insert(id.clone());
                }
            }
            State::Filled => drop(self.workers.take(id)),
        }
    }

    /// Gives a worker away.
    pub fn take(&mut self, id: &WorkerId) -> Option<Loaded<Worker>> {
        self.workers.take(id).filter(|_| !self.outdated.contains(id))
    }

    /// About how many bytes all of them take.
    pub const fn weight(&self) -> usize {
        self.workers.weight()
    }

    /// Drops workers down to a weight in bytes, those first of whom nothing was recorded for longest.
    pub fn trim(&mut self, max: usize) {
        self.workers.trim(max, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Prefetch;
    use crate::domain::ids::WorkerId;
    use crate::domain::worker::Worker;
    use crate::ledger::cache::{Cache, Loaded};

    fn id(text: &str) -> WorkerId {
        text.parse().expect("an id")
    }

    fn read() -> Cache<WorkerId, Worker> {
        let mut workers = Cache::default();
        (1..)
            .zip(["W-1", "W-2", "W-3"])
            .for_each(|(number, worker)| workers.put(id(worker), Loaded::beginning(number)));
        workers
    }

    #[test]
    fn whoever_changed_while_it_was_read_or_since_is_not_in_it() {
        let mut prefetched = Prefetch::awaited();
        prefetched.outdate(&id("W-1"));
        prefetched.fill(read());
        assert!(prefetched.take(&id("W-1")).is_none());
        prefetched.outdate(&id("W-2"));
        assert!(prefetched.take(&id("W-2")).is_none());
        assert_eq!(prefetched.take(&id("W-3")).map(|loaded| loaded.stream_no), Some(3));
        assert!(prefetched.take(&id("W-3")).is_none());
    }

    #[test]
    fn what_nobody_awaits_is_not_taken_in() {
        let mut prefetched = Prefetch::default();
        prefetched.outdate(&id("W-1"));
        prefetched.fill(read());
        assert!(prefetched.take(&id("W-2")).is_none());
    }

    #[test]
    fn it_can_be_emptied() {
        let mut prefetched = Prefetch::awaited();
        prefetched.fill(read());
        prefetched.trim(0);
        assert!(prefetched.take(&id("W-3")).is_none());
    }
}
