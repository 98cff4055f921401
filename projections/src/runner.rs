//! Carries the views along the journal: reads entries in order, folds them, writes rows and checkpoint together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::event::Event;
use ledger_core::journal::{Entry, Journal, JournalError};
use ledger_core::ledger::feed::{EventChunk, Feed, Recent};
use tokio::sync::{RwLock, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::ViewError;
use crate::fold::Numbered;
use crate::handle::Wanted;
use crate::memory::{Memory, Span};
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
/// Between two transactions. Nobody waits for one: readers see what is folded.
const WRITE_EVERY: Duration = Duration::from_millis(150);
/// How often it looks without having been told.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Folds views from a journal into a store.
pub struct Runner {
    journal: Arc<dyn Journal>,
    store: Arc<dyn ViewStore>,
    recent: Option<Arc<Recent>>,
    memory: Arc<RwLock<Memory>>,
    ahead: Option<Ahead>,
    /// Where the store stood when it was last asked or written.
    at: Checkpoint,
    writing: Option<Writing>,
}

/// A transaction of the store under way; folding goes on meanwhile.
struct Writing {
    from: u64,
    to: Checkpoint,
    done: JoinHandle<Result<(), ViewError>>,
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
            memory: Arc::default(),
            ahead: None,
            at: Checkpoint::default(),
            writing: None,
        }
    }

    /// The rows in memory, for readers.
    pub(crate) fn memory(&self) -> Arc<RwLock<Memory>> {
        Arc::clone(&self.memory)
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
        self.or_forget(folded).await
    }

    /// Stores everything that was folded.
    async fn write(&mut self) -> Result<(), ViewError> {
        loop {
            if self.writing.is_none() {
                self.send_off().await?;
            }
            if self.writing.is_none() {
                return Ok(());
            }
            let landed = landing(&mut self.writing).await;
            self.land(landed).await?;
        }
    }

    /// Begins to store what was folded; nothing else may be under way.
    async fn send_off(&mut self) -> Result<(), ViewError> {
        let Some(span) = self.span().await.filter(|span| span.folded > span.stored) else { return Ok(()) };
        let to = checkpoint_at(self.journal.as_ref(), span.folded).await;
        let to = self.or_forget(to).await?;
        let drained = self.memory.write().await.drain();
        // None where a reader found meanwhile that the views were put anew in their place.
        let Some(changes) = self.or_forget(drained).await? else { return Ok(()) };
        let (store, at) = (Arc::clone(&self.store), self.at);
        let done = tokio::spawn(async move { store.write(at, to, changes).await });
        self.writing = Some(Writing { from: at.position, to, done });
        Ok(())
    }

    /// Takes in how a transaction ended.
    async fn land(&mut self, landed: Landed) -> Result<(), ViewError> {
        if let Err(ViewError::Moved) = landed.result {
            // Another server was quicker. What it stored is folded here as well, or will be.
            let checkpoint = self.store.checkpoint().await;
            let checkpoint = self.or_forget(checkpoint).await?;
            if self.memory.write().await.rebase(checkpoint.position) {
                self.at = checkpoint;
                return Ok(());
            }
        }
        let written = landed.result.map(|()| (landed.from, landed.to));
        let (from, to) = self.or_forget(written).await?;
        if self.memory.write().await.written(from, to.position) {
            self.at = to;
        }
        Ok(())
    }

    async fn or_forget<T>(&mut self, result: Result<T, ViewError>) -> Result<T, ViewError> {
        if result.is_err() {
            self.memory.write().await.forget();
            self.ahead = None;
        }
        result
    }

    /// How many rows changed since they were last stored, or sent off.
    async fn changed(&self) -> usize {
        self.memory.read().await.changed()
    }

    /// Where the rows in memory stand.
    async fn span(&self) -> Option<Span> {
        self.memory.read().await.span()
    }

    /// The position that is folded. Begins where the store stands; with nothing, when what it holds is not of this journal.
    async fn folded(&mut self) -> Result<u64, ViewError> {
        if let Some(span) = self.span().await {
            return Ok(span.folded);
        }
        self.at = resume(self.journal.as_ref(), self.store.as_ref()).await?;
        self.memory.write().await.begin(self.at.position);
        Ok(self.at.position)
    }

    async fn try_step(&mut self, until: u64) -> Result<u64, ViewError> {
        let from = self.folded().await?;
        let wanted = usize::try_from(until.saturating_sub(from)).unwrap_or(usize::MAX).min(PAGE);
        let chunks = match wanted {
            0 => Vec::new(),
            _ => self.events(from, wanted).await?,
        };
        let page: Vec<Numbered<'_>> =
            (from + 1..).zip(chunks.iter().flat_map(EventChunk::events)).take(wanted).collect();
        let Some((last, _)) = page.last().copied() else { return Ok(from) };
        let mut memory = self.memory.write().await;
        let missing = memory.open(&page);
        if !missing.is_empty() {
            // Readers go on with what was folded before.
            drop(memory);
            let mut found = Vec::with_capacity(missing.len());
            for (view, keys) in missing {
                // The connection that writes is taken; what is missing has not changed since it last wrote.
                let stored = match self.writing {
                    Some(_) => self.store.get_with_checkpoint(view, &keys).await?,
                    None => self.store.get_to_write(view, &keys).await?,
                };
                // Another server is further: its rows hold events of this page already.
                if stored.checkpoint > from {
                    return Err(ViewError::Moved);
                }
                found.push((view, keys, stored.rows));
            }
            memory = self.memory.write().await;
            for (view, keys, rows) in found {
                memory.load(view, keys.into_iter().zip(rows))?;
            }
        }
        memory.fold(from, &page)?;
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
        let mut at = self.folded().await?;
        loop {
            let reached = self.fold(until).await?;
            let ended = reached == at || reached >= until;
            if ended || self.changed().await >= CHANGED_MAX {
                self.write().await?;
            }
            progress(reached);
            if ended {
                return Ok(reached);
            }
            at = reached;
        }
    }

    /// Follows the journal until told to stop; before it ends it folds and stores what is there.
    ///
    /// Rows are stored a few times a second, for one that changed ten times costs no more than one that changed once; what
    /// is folded is told at once, for readers see it in memory.
    pub(crate) async fn follow(
        mut self,
        feed: Feed,
        reached: watch::Sender<u64>,
        wanted: Arc<Wanted>,
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
            let before = self.span().await.map(|span| span.folded);
            let stepped = match self.fold(u64::MAX).await {
                Ok(position) => {
                    if before != Some(position) {
                        reached.send_replace(position);
                    }
                    self.send_off_when_due(&stop, &mut due).await.map(|()| position)
                }
                Err(error) => Err(error),
            };
            let position = match stepped {
                Ok(position) => position,
                Err(error) => {
                    tell(&error);
                    if !error.passes_at_once() {
                        if is_to_stop(&stop) {
                            return;
                        }
                        tokio::time::sleep(RETRY_AFTER).await;
                    }
                    continue;
                }
            };
            let progress = before.map_or(u64::MAX, |before| position.saturating_sub(before));
            let to_stop = is_to_stop(&stop);
            if progress > 0 && (progress >= WIDE || to_stop || wanted.is_beyond(position)) {
                continue;
            }
            let unwritten = self.span().await.is_some_and(|span| span.folded > span.stored);
            let writing = self.writing.is_some();
            // Told to stop since it was asked whether rows may wait: they are written first.
            match (to_stop, writing, unwritten) {
                (true, false, false) => return,
                (true, false, true) => continue,
                _ => {}
            }
            let landed = tokio::select! {
                landed = landing(&mut self.writing), if writing => Some(landed),
                () = wanted.asked() => None,
                _ = stop.changed(), if !to_stop => None,
                () = tokio::time::sleep(REST), if progress > 0 => None,
                // Once the ledger is gone, only stopping or other servers can matter.
                Ok(()) = committed.changed(), if progress == 0 => None,
                Ok(()) = foreign.changed(), if progress == 0 => None,
                () = tokio::time::sleep_until(due), if unwritten && !writing => None,
                () = tokio::time::sleep(LOOK_EVERY) => {
                    // Nothing is written that would tell.
                    if self.store.is_replaced().await.unwrap_or(false) {
                        tell(&ViewError::Replaced);
                        self.memory.write().await.forget();
                    }
                    None
                }
            };
            if let Some(landed) = landed
                && let Err(error) = self.land(landed).await
            {
                tell(&error);
                if to_stop && !error.passes_at_once() {
                    return;
                }
            }
        }
    }

    /// Begins to store what is folded, unless it may wait or something is under way.
    async fn send_off_when_due(&mut self, stop: &watch::Receiver<bool>, due: &mut Instant) -> Result<(), ViewError> {
        let now = Instant::now();
        let is_due = now >= *due || is_to_stop(stop) || self.changed().await >= CHANGED_MAX;
        if self.writing.is_none() && is_due {
            self.send_off().await?;
            if self.writing.is_some() {
                *due = now + WRITE_EVERY;
            }
        }
        Ok(())
    }
}

/// How a transaction of the store ended.
struct Landed {
    from: u64,
    to: Checkpoint,
    result: Result<(), ViewError>,
}

/// How the transaction under way ends; never, when there is none.
async fn landing(writing: &mut Option<Writing>) -> Landed {
    let Some(Writing { from, to, done }) = writing else { return std::future::pending().await };
    let (from, to) = (*from, *to);
    let result = done.await.unwrap_or_else(|error| Err(ViewError::Unavailable(error.to_string())));
    *writing = None;
    Landed { from, to, result }
}

fn tell(error: &ViewError) {
    // Where they stand now is told at once: readers here wait for it, and no change may follow.
    if matches!(error, ViewError::Moved | ViewError::Replaced) {
        tracing::debug!(%error, "the views are read again");
    } else {
        tracing::warn!(%error, "the views cannot be carried on now; trying again");
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
