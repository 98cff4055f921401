//! Carries the views along the journal: reads entries in order, folds them, writes rows and checkpoint together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::event::Event;
use ledger_core::journal::{Entry, Journal, JournalError};
use ledger_core::ledger::feed::{EventChunk, Feed, Recent};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::ViewError;
use crate::fold::{Folder, Numbered};
use crate::handle::Waiters;
use crate::resume::{checkpoint_at, resume};
use crate::store::{Checkpoint, ViewStore};
use crate::views;

/// Entries folded in one transaction at most.
pub(crate) const PAGE: usize = 10_000;
/// Rows are written when so many have changed, however long the way: most change again and again.
const CHANGED_MAX: usize = 200_000;
/// After a page of fewer entries it rests.
const WIDE: u64 = 3_000;
const REST: Duration = Duration::from_millis(50);
/// Between two transactions, while nobody waits for a position.
const WRITE_EVERY: Duration = Duration::from_millis(150);
/// How often it looks without having been told.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Folds views from a journal into a store.
pub struct Runner {
    journal: Arc<dyn Journal>,
    store: Arc<dyn ViewStore>,
    recent: Option<Arc<Recent>>,
    folders: Vec<Box<dyn Folder>>,
    position: Option<u64>,
    ahead: Option<Ahead>,
    /// Where the store stood when it was last asked or written.
    at: Checkpoint,
    /// The position the store stands at, while more than that is folded.
    stored: Option<u64>,
}

/// A page that is read and decoded while the one before it is folded.
struct Ahead {
    from: u64,
    page: JoinHandle<Result<Vec<EventChunk>, ViewError>>,
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.page.abort();
    }
}

impl Runner {
    /// A runner that continues from the store's checkpoint.
    pub fn new(journal: Arc<dyn Journal>, store: Arc<dyn ViewStore>) -> Runner {
        Runner {
            journal,
            store,
            recent: None,
            folders: views::all(),
            position: None,
            ahead: None,
            at: Checkpoint::default(),
            stored: None,
        }
    }

    /// Folds one page and stores it; gives the position reached. The same as before means that the head was reached.
    ///
    /// # Errors
    /// [`ViewError`]; what is in memory is forgotten then, and the next step starts from the stored checkpoint.
    pub async fn step(&mut self, until: u64) -> Result<u64, ViewError> {
        let reached = self.fold(until).await?;
        self.write().await?;
        Ok(reached)
    }

    /// Folds one page in memory; gives the position reached.
    async fn fold(&mut self, until: u64) -> Result<u64, ViewError> {
        let folded = self.try_step(until).await;
        self.or_forget(folded)
    }

    /// Stores everything that was folded.
    async fn write(&mut self) -> Result<(), ViewError> {
        let written = self.write_out().await;
        self.or_forget(written)
    }

    fn or_forget<T>(&mut self, result: Result<T, ViewError>) -> Result<T, ViewError> {
        if result.is_err() {
            self.folders.iter_mut().for_each(|folder| folder.forget());
            (self.position, self.stored, self.ahead) = (None, None, None);
        }
        result
    }

    /// How many rows changed since they were last stored.
    fn changed(&self) -> usize {
        self.folders.iter().map(|folder| folder.changed()).sum()
    }

    async fn write_out(&mut self) -> Result<(), ViewError> {
        let (Some(reached), Some(_)) = (self.position, self.stored.take()) else { return Ok(()) };
        let to = checkpoint_at(self.journal.as_ref(), reached).await?;
        let mut changes = Vec::new();
        for folder in &mut self.folders {
            let rows = folder.drain()?;
            if !rows.is_empty() {
                changes.push((folder.name(), rows));
            }
        }
        self.store.write(self.at, to, changes).await?;
        self.at = to;
        Ok(())
    }

    /// Begins where the store stands; with nothing, when what it holds is not of this journal.
    async fn resume(&mut self) -> Result<u64, ViewError> {
        self.at = resume(self.journal.as_ref(), self.store.as_ref()).await?;
        Ok(self.at.position)
    }

    async fn try_step(&mut self, until: u64) -> Result<u64, ViewError> {
        let from = match self.position {
            Some(position) => position,
            None => self.resume().await?,
        };
        let wanted = usize::try_from(until.saturating_sub(from)).unwrap_or(usize::MAX).min(PAGE);
        let chunks = match wanted {
            0 => Vec::new(),
            _ => self.events(from, wanted).await?,
        };
        let page: Vec<Numbered<'_>> =
            (from + 1..).zip(chunks.iter().flat_map(EventChunk::events)).take(wanted).collect();
        let Some((last, _)) = page.last().copied() else {
            self.position = Some(from);
            return Ok(from);
        };
        self.stored.get_or_insert(from);
        for folder in &mut self.folders {
            let missing = folder.open(&page);
            if !missing.is_empty() {
                let rows = self.store.get_to_write(folder.name(), &missing).await?;
                for (key, row) in missing.into_iter().zip(rows) {
                    folder.load(key, row)?;
                }
            }
            folder.fold(&page);
        }
        self.position = Some(last);
        Ok(last)
    }

    /// The events after a position: from memory where the ledger committed them a moment ago, else from the journal.
    async fn events(&mut self, from: u64, wanted: usize) -> Result<Vec<EventChunk>, ViewError> {
        if let Some(chunks) = self.recent.as_ref().and_then(|recent| recent.after(from, wanted)) {
            return Ok(chunks);
        }
        let count = |chunks: &[EventChunk]| chunks.iter().map(|chunk| chunk.events().len()).sum::<usize>();
        let ahead = match self.ahead.take_if(|ahead| ahead.from == from) {
            Some(mut ahead) => (&mut ahead.page).await.map_err(|error| ViewError::Unavailable(error.to_string()))??,
            None => Vec::new(),
        };
        // What was the head when it was read ahead need not be the head now.
        let chunks = if count(&ahead) > 0 { ahead } else { read(self.journal.as_ref(), from, wanted).await? };
        let read_now = count(&chunks);
        self.ahead = None;
        // A full page has most likely a next one.
        if wanted == PAGE && read_now == PAGE {
            let (journal, from) = (Arc::clone(&self.journal), from + u64::try_from(PAGE).unwrap_or(0));
            let page = tokio::spawn(async move { read(journal.as_ref(), from, PAGE).await });
            self.ahead = Some(Ahead { from, page });
        }
        Ok(chunks)
    }

    /// Folds to the head or to a position, telling the progress.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn run_until(&mut self, until: u64, progress: &mut (dyn FnMut(u64) + Send)) -> Result<u64, ViewError> {
        let mut at = match self.position {
            Some(position) => position,
            None => self.resume().await?,
        };
        loop {
            let reached = self.fold(until).await?;
            let ended = reached == at || reached >= until;
            if ended || self.changed() >= CHANGED_MAX {
                self.write().await?;
            }
            progress(reached);
            if ended {
                return Ok(reached);
            }
            at = reached;
        }
    }

    /// Follows the journal until told to stop; before it ends it folds what is there.
    ///
    /// Under load rows are written a few times a second, for one that changed ten times costs no more than one that changed
    /// once; who waits for a position has them written at once.
    pub(crate) async fn follow(
        mut self,
        feed: Feed,
        reached: watch::Sender<u64>,
        waiters: Arc<Waiters>,
        mut stop: watch::Receiver<bool>,
    ) {
        let Feed { mut committed, recent } = feed;
        self.recent = Some(recent);
        let mut foreign = self.journal.changes();
        let mut due = Instant::now();
        loop {
            // Seen before the step: what is appended while it runs wakes the next one.
            committed.mark_unchanged();
            foreign.mark_unchanged();
            let before = self.position;
            let stepped = match self.fold(u64::MAX).await {
                Ok(position) if self.held_back(&waiters, &stop, due) => Ok(position),
                Ok(position) => self.write().await.map(|()| position),
                Err(error) => Err(error),
            };
            // Begun anew: whoever waits for a position waits for these rows.
            if self.at.position < *reached.borrow() {
                reached.send_replace(self.at.position);
            }
            match stepped {
                Ok(position) => {
                    if self.stored.is_none() && position > *reached.borrow() {
                        reached.send_replace(position);
                        due = Instant::now() + WRITE_EVERY;
                    }
                    let folded = before.map_or(u64::MAX, |before| position - before);
                    if folded > 0 {
                        if folded < WIDE && !is_to_stop(&stop) {
                            tokio::select! {
                                () = waiters.any() => {}
                                _ = stop.changed() => {}
                                () = tokio::time::sleep(REST) => {}
                            }
                        }
                        continue;
                    }
                }
                Err(ViewError::Moved) => {
                    // Where they stand now is told at once: readers here wait for it, and no change may follow.
                    tracing::debug!("another server moved the views on");
                    continue;
                }
                Err(error) => {
                    tracing::warn!(%error, "the views cannot be carried on now; trying again");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
            let unwritten = self.stored.is_some();
            // Told to stop since it was asked whether rows may wait: they are written first.
            if is_to_stop(&stop) && !unwritten {
                return;
            }
            tokio::select! {
                // Once the ledger is gone, only stopping or other servers can matter.
                Ok(()) = committed.changed() => {}
                Ok(()) = foreign.changed() => {}
                _ = stop.changed() => {}
                () = waiters.any(), if unwritten => {}
                () = tokio::time::sleep_until(due), if unwritten => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Whether what is folded may wait to be written.
    fn held_back(&self, waiters: &Waiters, stop: &watch::Receiver<bool>, due: Instant) -> bool {
        self.changed() < CHANGED_MAX && !waiters.are_any() && !is_to_stop(stop) && Instant::now() < due
    }
}

/// Told to stop, or left by everybody who could tell.
fn is_to_stop(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Reads and decodes what the journal holds after a position.
async fn read(journal: &dyn Journal, from: u64, wanted: usize) -> Result<Vec<EventChunk>, ViewError> {
    let entries = journal.read(from, wanted).await?;
    if let Some((position, entry)) = (from + 1..).zip(&entries).find(|(expected, entry)| entry.position != *expected) {
        let what = format!("position {} stands where {position} should", entry.position);
        return Err(JournalError::Damaged { position, what }.into());
    }
    let events = entries.iter().map(Entry::event).collect::<Result<Vec<Event>, _>>()?;
    Ok(vec![EventChunk::new(from + 1, events.into())])
}

/// Digests of a store's views, by name: equal digests mean equal rows.
///
/// # Errors
/// [`ViewError`].
pub async fn digests(store: &dyn ViewStore) -> Result<BTreeMap<&'static str, String>, ViewError> {
    use sha2::{Digest, Sha256};
    let mut digests = BTreeMap::new();
    for view in views::NAMES {
        let mut hasher = Sha256::new();
        let mut after = String::new();
        loop {
            let rows = store.scan(view, "", &after, PAGE).await?;
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            for (key, row) in &rows {
                for field in [key.as_bytes(), row] {
                    hasher.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
                    hasher.update(field);
                }
            }
        }
        let digest = hasher.finalize();
        digests.insert(*view, digest.iter().map(|byte| format!("{byte:02x}")).collect());
    }
    Ok(digests)
}
