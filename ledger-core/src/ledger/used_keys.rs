//! Which keys may have been used: a filter in memory, so that a new key costs no look-up in the journal.
//!
//! A Bloom filter never denies what it was given. It is filled in the background from the journal's own keys; until that
//! is done, and for the keys it cannot deny, the journal is asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastbloom::BloomFilter;
use tokio::task::JoinHandle;

use crate::domain::ids::Key;
use crate::journal::{Journal, JournalError, key_hash};

/// Keys of the first part; each next one holds twice as many. A million take 1.8 MB.
const FIRST_PART: usize = 1 << 20;
/// So many keys never used are looked up all the same.
const FALSE_POSITIVES: f64 = 0.001;
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Entries read at once where others appended.
const GAP_PAGE: usize = 5_000;
/// Where others appended more than this, all keys are read again.
const GAP_MAX: u64 = 200_000;

/// A filter that grows by further filters.
#[derive(Default)]
struct Parts {
    parts: Vec<BloomFilter>,
    /// What the newest was made for, and how much of that is left.
    size: usize,
    room: usize,
}

impl Parts {
    fn insert(&mut self, hash: u64) {
        if self.room == 0 {
            self.size = self.size.saturating_mul(2).max(FIRST_PART);
            self.room = self.size;
            self.parts.push(BloomFilter::with_false_pos(FALSE_POSITIVES).seed(&0).expected_items(self.size));
        }
        if let Some(newest) = self.parts.last_mut() {
            newest.insert_hash(hash);
            self.room -= 1;
        }
    }

    /// Takes in what was filled apart. What was added here meanwhile goes on to be added to.
    fn take_over(&mut self, filled: Parts) {
        if self.parts.is_empty() {
            *self = filled;
        } else {
            self.parts.splice(0..0, filled.parts);
            self.size = self.size.max(filled.size);
        }
    }

    fn may_hold(&self, hash: u64) -> bool {
        self.parts.iter().any(|part| part.contains_hash(hash))
    }
}

#[derive(Default)]
struct Shared {
    parts: Mutex<Parts>,
    /// Every key up to the head at which the filling began is in.
    filled: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, hashes: impl IntoIterator<Item = u64>) {
        let mut parts = self.lock();
        hashes.into_iter().for_each(|hash| parts.insert(hash));
    }
}

/// The keys used up to a position of one journal.
pub struct UsedKeys {
    journal: Arc<dyn Journal>,
    shared: Arc<Shared>,
    /// Once filled, it holds every key of an entry up to here, and whatever the ledger itself has decided since.
    covers: u64,
    filling: Option<JoinHandle<()>>,
}

impl Drop for UsedKeys {
    fn drop(&mut self) {
        self.filling.iter().for_each(JoinHandle::abort);
    }
}

impl UsedKeys {
    /// A filter that knows nothing and denies nothing.
    pub fn of(journal: Arc<dyn Journal>) -> UsedKeys {
        UsedKeys { journal, shared: Arc::default(), covers: 0, filling: None }
    }

    /// Ends the filling, so that nothing holds the journal any more.
    pub async fn end(&mut self) {
        if let Some(filling) = self.filling.take() {
            filling.abort();
            // Ended either way.
            let _ = filling.await;
        }
    }

    /// Which of these may have been used: all that the filter cannot deny.
    pub fn among<'a>(&self, keys: impl Iterator<Item = &'a Key>) -> Vec<Key> {
        if !self.shared.filled.load(Ordering::Acquire) {
            return keys.cloned().collect();
        }
        let parts = self.shared.lock();
        keys.filter(|key| parts.may_hold(key_hash(key.as_str()))).cloned().collect()
    }

    /// Takes in keys, whether what they stand for is recorded in the end or not.
    pub fn insert<'a>(&self, keys: impl Iterator<Item = &'a str>) {
        self.shared.insert(keys.map(key_hash));
    }

    /// Every key up to a position was taken in.
    pub fn reached(&mut self, position: u64) {
        self.covers = position;
    }

    /// Takes in what others appended up to a head; begins to fill it where that is much.
    ///
    /// # Errors
    /// [`JournalError`].
    pub async fn follow(&mut self, head: u64) -> Result<(), JournalError> {
        if self.filling.is_none() || head.saturating_sub(self.covers) > GAP_MAX {
            self.filling.take().iter().for_each(JoinHandle::abort);
            self.shared = Arc::default();
            self.filling = Some(tokio::spawn(fill(Arc::clone(&self.journal), Arc::clone(&self.shared))));
            self.covers = head;
        }
        while self.covers < head {
            let entries = self.journal.read(self.covers, GAP_PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.position) else {
                let what = format!("it ends at {}, but its head says {head}", self.covers);
                return Err(JournalError::Damaged { position: self.covers, what });
            };
            self.insert(entries.iter().map(|entry| entry.command.key.as_str()));
            self.covers = last;
        }
        self.covers = head;
        Ok(())
    }
}

async fn fill(journal: Arc<dyn Journal>, shared: Arc<Shared>) {
    loop {
        // Apart until it is whole: what tries that failed had read would take room again and again.
        let apart = Shared::default();
        match journal.key_hashes(&|page| apart.insert(page)).await {
            Ok(()) => {
                shared.lock().take_over(apart.parts.into_inner().unwrap_or_else(PoisonError::into_inner));
                break;
            }
            Err(error) => {
                tracing::warn!(%error, "the used keys cannot be read now; each key is looked up until they are");
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
    shared.filled.store(true, Ordering::Release);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{FIRST_PART, Parts, UsedKeys};
    use crate::domain::ids::Key;
    use crate::evidence::hash::HashSuite;
    use crate::journal::memory::MemoryJournal;
    use crate::journal::{Journal, key_hash};
    use crate::ledger::{Ledger, LedgerSettings};

    fn keys(texts: &[String]) -> Vec<Key> {
        texts.iter().map(|text| text.parse().expect("a key")).collect()
    }

    async fn filled(used: &UsedKeys) {
        while !used.shared.filled.load(std::sync::atomic::Ordering::Acquire) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn nothing_is_denied_before_all_keys_are_in_and_no_used_one_after() {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let (ledger, task) =
            Ledger::open(Arc::clone(&journal), LedgerSettings::default(), "nuanxin/keys", HashSuite::Sha256)
                .await
                .expect("a ledger");
        drop(ledger);
        task.finished().await;
        let mut used = UsedKeys::of(Arc::clone(&journal));
        let asked = keys(&["journal/open".into(), "never".into()]);
        assert_eq!(used.among(asked.iter()), asked);
        used.follow(journal.head().await.expect("a head").position).await.expect("followed");
        filled(&used).await;
        assert_eq!(used.among(asked.iter()), asked[..1]);
        used.insert(["never"].into_iter());
        assert_eq!(used.among(asked.iter()), asked);
        used.end().await;
    }

    #[test]
    fn what_was_added_while_it_was_filled_stays_in() {
        let parts = |hashes: std::ops::Range<u64>| {
            let mut parts = Parts::default();
            hashes.for_each(|hash| parts.insert(hash));
            parts
        };
        for meanwhile in [0..0, 100..110] {
            let (mut all, added) = (parts(meanwhile.clone()), 200..210);
            all.take_over(parts(0..100));
            added.clone().for_each(|hash| all.insert(hash));
            assert!((0..100).chain(meanwhile).chain(added).all(|hash| all.may_hold(hash)));
            assert!(all.parts.len() <= 2, "{} filters", all.parts.len());
        }
    }

    /// Beyond what the first part was made for.
    #[tokio::test]
    async fn a_filter_that_has_grown_denies_no_used_key_and_nearly_all_others() {
        let mut used = UsedKeys::of(Arc::new(MemoryJournal::default()));
        used.follow(0).await.expect("followed");
        filled(&used).await;
        let hash = |index: usize| key_hash(&index.to_string());
        used.shared.insert((0..FIRST_PART + 200_000).map(hash));
        let some: Vec<String> = (0..FIRST_PART + 200_000).step_by(97).map(|index| index.to_string()).collect();
        assert_eq!(used.among(keys(&some).iter()).len(), some.len());
        let others: Vec<String> = (0..20_000).map(|index| format!("other/{index}")).collect();
        let looked_up = used.among(keys(&others).iter()).len();
        assert!(looked_up < 200, "{looked_up} of 20,000 keys never used would be looked up");
    }
}
