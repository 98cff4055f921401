//! Tokens seen lately, so that a request costs no query.
//!
//! Where this process alone revokes, an entry is believed for less than a second after the store was asked, for the sake of
//! hands that change the file; where others revoke as well, only by those who already waited when the store was asked.
//! Then one of the waiting requests asks again.
//! What the store does not know is remembered apart, for a while and up to a number: a flood of one bad token asks it once,
//! and guessing fills no memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::Shown;
use super::secret::SecretHash;

/// A revoked token stops working within a second everywhere; this leaves room for the query and for slow machines.
pub(super) const BELIEVED: Duration = Duration::from_millis(800);

/// Tokens kept. More are in use only if something is wrong; then those not seen lately are dropped.
const ENTRIES_MAX: usize = 65_536;

/// Tokens remembered that the store does not know.
const UNKNOWN_MAX: usize = 16_384;
/// For so long. Nobody shows a token before it is issued, for it is drawn at random; only one that comes back with a
/// restore beside a running server may have to wait.
const UNKNOWN_FOR: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Cache {
    entries: RwLock<HashMap<SecretHash, Arc<Entry>>>,
    /// What the store did not know, with when it was asked.
    unknown: Mutex<HashMap<SecretHash, Instant>>,
}

pub(super) struct Entry {
    seen: Mutex<Seen>,
    /// Held by the request that asks the store again; the others wait for its answer instead of asking too. Tells when
    /// the store last failed to answer, if it has not answered since.
    pub(super) turn: tokio::sync::Mutex<Option<Instant>>,
}

struct Seen {
    asked: Instant,
    shown: Shown,
}

impl Entry {
    /// What the store answered, if it was asked at that time or later; at any time where there was none so long ago.
    pub(super) fn asked_since(&self, oldest: Option<Instant>) -> Option<Shown> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        oldest.is_none_or(|oldest| oldest <= seen.asked).then(|| seen.shown.clone())
    }
}

impl Cache {
    pub(super) fn get(&self, hash: &SecretHash) -> Option<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(hash).map(Arc::clone)
    }

    /// Keeps what the store answered. `asked` is when the question was put, not when the answer came: a revocation in
    /// between must not gain time.
    pub(super) fn keep(&self, hash: SecretHash, asked: Instant, shown: Shown) {
        let seen = Seen { asked, shown };
        if let Some(entry) = self.get(&hash) {
            *entry.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
            return;
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ENTRIES_MAX {
            let oldest = Instant::now().checked_sub(BELIEVED);
            entries.retain(|_, entry| entry.asked_since(oldest).is_some());
        }
        if entries.len() < ENTRIES_MAX {
            entries.insert(hash, Arc::new(Entry { seen: Mutex::new(seen), turn: tokio::sync::Mutex::new(None) }));
        }
    }

    /// Whether the store did not know it a moment ago.
    pub(super) fn is_unknown(&self, hash: &SecretHash) -> bool {
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.get(hash).is_some_and(|asked| asked.elapsed() < UNKNOWN_FOR)
    }

    pub(super) fn keep_unknown(&self, hash: SecretHash) {
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if unknown.len() >= UNKNOWN_MAX {
            unknown.retain(|_, asked| asked.elapsed() < UNKNOWN_FOR);
        }
        // Guessing fills no memory: beyond this the store is asked again, which the limits by address keep rare.
        if unknown.len() < UNKNOWN_MAX {
            unknown.insert(hash, Instant::now());
        }
    }

    pub(super) fn forget(&self, hash: &SecretHash) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(hash);
    }

    /// Forgets the token of that id, for the process that revokes it: there it stops at once.
    pub(super) fn forget_id(&self, id: &str) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.seen.lock().unwrap_or_else(PoisonError::into_inner).shown.id.as_ref() != id);
    }
}
