//! The limits and the clock of a ledger. Everything has a limit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::book::Limits;
use crate::journal::RecordedTime;

/// Settings of a ledger's writer.
#[derive(Clone)]
pub struct LedgerSettings {
    /// Most commands decided and appended in one transaction.
    pub batch_max: usize,
    /// Most commands waiting; beyond it callers wait at the door.
    pub queue_max: usize,
    /// About how many bytes of memory the states of workers may take; those of merchants, stores and card numbers, of
    /// which there are few, as many each.
    pub cached_bytes_max: usize,
    /// The longest journal, in events, whose workers are read ahead when it is opened; 0 never reads ahead.
    pub read_ahead_events_max: u64,
    /// A snapshot of an aggregate is stored after so many events of it.
    pub snapshot_every: u64,
    /// How long the writer tries to find out what became of a commit before it answers "unknown".
    pub resolve_for: Duration,
    /// The journal's clock. It dates what is recorded, and what is said to have happened after it is refused.
    pub clock: Arc<dyn Fn() -> RecordedTime + Send + Sync>,
    /// Whether a journal that is empty is to be a demonstration: its first event says so, for ever.
    pub demonstration: bool,
}

impl LedgerSettings {
    pub(super) const fn limits(&self) -> Limits {
        Limits { cached_bytes_max: self.cached_bytes_max, snapshot_every: self.snapshot_every }
    }
}

impl Default for LedgerSettings {
    fn default() -> LedgerSettings {
        LedgerSettings {
            batch_max: 1_024,
            queue_max: 8_192,
            cached_bytes_max: 1 << 30,
            // A longer one would take more than some five minutes, and most of its workers have no room.
            read_ahead_events_max: 50_000_000,
            snapshot_every: 1_000,
            resolve_for: Duration::from_secs(3),
            clock: Arc::new(RecordedTime::now),
            demonstration: false,
        }
    }
}

impl fmt::Debug for LedgerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerSettings")
            .field("batch_max", &self.batch_max)
            .field("queue_max", &self.queue_max)
            .field("cached_bytes_max", &self.cached_bytes_max)
            .field("read_ahead_events_max", &self.read_ahead_events_max)
            .field("snapshot_every", &self.snapshot_every)
            .field("resolve_for", &self.resolve_for)
            .field("demonstration", &self.demonstration)
            .finish_non_exhaustive()
    }
}
