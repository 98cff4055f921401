//! How far the journal goes when a reader asks: whoever was answered before then has its write within that.

use std::sync::atomic::{AtomicU64, Ordering};

use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::Feed;
use tokio::sync::Mutex;

/// Tells the last position that anybody was told before it is asked.
pub(crate) struct Newest {
    /// What this process's ledger committed; none where there is no ledger.
    feed: Option<Feed>,
    /// Counts the questions to the journal when they begin.
    begun: AtomicU64,
    /// The number and the answer of the last question that ended.
    last: Mutex<(u64, u64)>,
}

impl Newest {
    pub(crate) fn new(feed: Option<Feed>) -> Newest {
        Newest { feed, begun: AtomicU64::new(0), last: Mutex::new((0, 0)) }
    }

    /// The last position that anybody was told, as far as can be known without the journal where nobody else appends.
    ///
    /// # Errors
    /// [`JournalError`] where others append and it cannot be asked.
    pub(crate) async fn ask(&self, journal: &dyn Journal) -> Result<u64, JournalError> {
        match &self.feed {
            // The ledger notes what it committed before it answers.
            Some(feed) if !journal.is_shared() => Ok(*feed.committed.borrow()),
            _ => self.head(journal).await,
        }
    }

    /// Up to a position that was told, the last one at which an account changed; that position where others append.
    pub(crate) fn accounts_within(&self, journal: &dyn Journal, position: u64) -> u64 {
        match &self.feed {
            Some(feed) if !journal.is_shared() => feed.accounts_changed().min(position),
            _ => position,
        }
    }

    /// The journal's head. Readers that come while it is asked for share the next question: an answer that was on its way
    /// when a reader came may be older than what that reader was told.
    async fn head(&self, journal: &dyn Journal) -> Result<u64, JournalError> {
        let before = self.begun.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if last.0 > before {
            return Ok(last.1);
        }
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let head = journal.head().await?.position;
        *last = (number, head);
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use ledger_core::journal::Journal;
    use ledger_core::journal::memory::MemoryJournal;

    use super::Newest;

    #[tokio::test]
    async fn readers_that_come_while_the_journal_is_asked_share_one_more_question() {
        let newest = Arc::new(Newest::new(None));
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        // Somebody's question is on its way.
        let on_its_way = newest.last.lock().await;
        newest.begun.store(1, Ordering::Release);
        let readers: Vec<_> = (0..20)
            .map(|_| {
                let (newest, journal) = (Arc::clone(&newest), Arc::clone(&journal));
                tokio::spawn(async move { newest.ask(journal.as_ref()).await })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(on_its_way);
        for reader in readers {
            assert_eq!(reader.await.unwrap().unwrap(), 0);
        }
        assert_eq!(newest.begun.load(Ordering::Acquire), 2, "one question for all of them");
    }
}
