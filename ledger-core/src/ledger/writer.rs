//! The one task that owns a journal's writing. It is never cancelled: a caller that goes away drops only its answer.
//!
//! A round: take what waits, look up keys and load aggregates, take the head's lock, catch up with what others
//! appended, decide in order, append everything in one durable transaction, answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::book::Book;
use super::command::Submission;
use super::feed::{EventChunk, Recent};
use super::handle::LedgerStats;
use super::outcome::{Outcome, Receipt};
use super::resolve;
use super::round::{Decided, Known, Round};
use super::settings::LedgerSettings;
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::journal::{Batch, CommandRecord, CommitError, Head, Journal, JournalError};

/// Commands from one caller, answered together.
pub struct Job {
    /// In order.
    pub submissions: Vec<Submission>,
    /// Whether all take effect or none.
    pub atomic: bool,
    /// Where the answers go.
    pub reply: oneshot::Sender<Vec<Outcome>>,
}

/// Entries read at once while catching up.
const CATCH_UP_PAGE: usize = 5_000;
/// Loading may name more to load: a worker's hold names a store, its listing a merchant.
const LOAD_ROUNDS_MAX: usize = 5;

/// The writer of one journal.
pub struct Writer {
    journal: Arc<dyn Journal>,
    settings: LedgerSettings,
    committed: watch::Sender<u64>,
    recent: Arc<Recent>,
    stats: Arc<LedgerStats>,
    book: Option<Book>,
}

impl Writer {
    /// A writer that has nothing in memory yet.
    pub fn new(
        journal: Arc<dyn Journal>,
        settings: LedgerSettings,
        committed: watch::Sender<u64>,
        recent: Arc<Recent>,
        stats: Arc<LedgerStats>,
    ) -> Writer {
        Writer { journal, settings, committed, recent, stats, book: None }
    }

    /// Works until every caller is gone and everything queued is answered.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.recv().await {
            let mut waiting = first.submissions.len();
            let mut jobs = vec![first];
            while waiting < self.settings.batch_max
                && let Ok(job) = queue.try_recv()
            {
                waiting += job.submissions.len();
                jobs.push(job);
            }
            let outcomes = self.round(&jobs).await;
            self.count(&outcomes);
            for (job, outcomes) in jobs.into_iter().zip(outcomes) {
                // A caller that went away wants no answer.
                let _ = job.reply.send(outcomes);
            }
            self.store_snapshots().await;
        }
    }

    fn count(&self, outcomes: &[Vec<Outcome>]) {
        for outcome in outcomes.iter().flatten() {
            self.stats.waiting.fetch_sub(1, Ordering::Relaxed);
            let counter = match outcome {
                Outcome::Committed(_) => &self.stats.committed,
                Outcome::Refused(_) => &self.stats.refused,
                Outcome::Unknown => &self.stats.unknown,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn round(&mut self, jobs: &[Job]) -> Vec<Vec<Outcome>> {
        match self.try_round(jobs).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::warn!(%error, "a round of commands could not be recorded; the state is rebuilt before the next");
                self.book = None;
                jobs.iter().map(|job| vec![Outcome::unavailable(); job.submissions.len()]).collect()
            }
        }
    }

    async fn try_round(&mut self, jobs: &[Job]) -> Result<Vec<Vec<Outcome>>, JournalError> {
        let mut book = match self.book.take() {
            Some(book) => book,
            None => Book::at(&self.journal.head().await?, self.settings.cached_aggregates_max)?,
        };
        let mut known = self.known_keys(&mut book, jobs).await?;
        self.load(&mut book, jobs).await?;
        let append = self.journal.begin().await?;
        let head = append.head().clone();
        self.catch_up(&mut book, &head, jobs, &mut known).await?;
        self.load(&mut book, jobs).await?;
        let mut round = Round::new(&mut book, known, (self.settings.clock)());
        for job in jobs {
            round.decide(&job.submissions, job.atomic);
        }
        let Decided { batch, outcomes, chunks } = round.finish()?;
        let Some(batch) = batch else {
            append.release().await;
            self.committed.send_replace(book.position);
            self.book = Some(book);
            return Ok(outcomes);
        };
        match append.commit(Arc::clone(&batch)).await {
            Ok(()) => {
                self.stats.batches.fetch_add(1, Ordering::Relaxed);
                self.stats.events.fetch_add(u64::try_from(batch.events.len()).unwrap_or(0), Ordering::Relaxed);
                self.recent.push(chunks);
                self.committed.send_replace(batch.position);
                self.book = Some(book);
                Ok(outcomes)
            }
            Err(CommitError::NotCommitted(error)) => Err(error),
            Err(CommitError::Fenced) => Err(JournalError::Unavailable("another server appended first".into())),
            Err(CommitError::Unknown(error)) => {
                tracing::warn!(%error, "the answer of a commit was lost; finding out what became of it");
                // What is in memory assumes that the commit happened: it goes, whatever comes out.
                drop(book);
                self.resolve(&batch, outcomes).await
            }
        }
    }

    /// Finds out under the lock, where no earlier transaction can still be pending, whether a batch is there.
    async fn resolve(&self, batch: &Batch, outcomes: Vec<Vec<Outcome>>) -> Result<Vec<Vec<Outcome>>, JournalError> {
        let Some(witness) = batch.commands.first() else { return Ok(outcomes) };
        let key = Key::new(&witness.key).map_err(|error| JournalError::Unusable(error.to_string()))?;
        let started = Instant::now();
        let mut pause = std::time::Duration::from_millis(10);
        loop {
            let found = async {
                let append = self.journal.begin().await?;
                let found = self.journal.find(std::slice::from_ref(&key)).await;
                append.release().await;
                found
            };
            match found.await {
                Ok(found) => {
                    let recorded = found
                        .first()
                        .and_then(Option::as_ref)
                        .is_some_and(|found| found.first == witness.first && found.fingerprint == witness.fingerprint);
                    return if recorded {
                        Ok(outcomes)
                    } else {
                        Err(JournalError::Unavailable("the commit did not happen".into()))
                    };
                }
                Err(error) if started.elapsed() >= self.settings.resolve_for => {
                    tracing::error!(%error, "what became of a commit cannot be found out now; its callers are told so");
                    let told = |outcome| told_without_knowing(outcome, batch.after);
                    return Ok(outcomes.into_iter().map(|job| job.into_iter().map(told).collect()).collect());
                }
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(std::time::Duration::from_millis(500));
                }
            }
        }
    }

    /// Looks the commands' keys up, and the keys they name.
    async fn known_keys(&self, book: &mut Book, jobs: &[Job]) -> Result<HashMap<Key, Known>, JournalError> {
        use super::process::States as _;
        let mut keys: Vec<Key> = Vec::new();
        let mut named: Vec<Key> = Vec::new();
        for submission in jobs.iter().flat_map(|job| &job.submissions) {
            keys.push(submission.context.key.clone());
            named.extend(resolve::named_key(&submission.command).filter(|key| book.owner(key).is_none()));
        }
        let own = keys.len();
        keys.extend(named);
        let found = self.journal.find(&keys).await?;
        let mut places = Vec::new();
        let mut records = Vec::new();
        for (place, record) in found.into_iter().enumerate() {
            if let Some(record) = record {
                places.push(place);
                records.push(record);
            }
        }
        let mut known = HashMap::new();
        for ((place, record), receipt) in places.into_iter().zip(&records).zip(self.receipts(&records).await?) {
            let Some(key) = keys.get(place).cloned() else { continue };
            if place < own {
                known.insert(key, Known { fingerprint: record.fingerprint, receipt });
            } else if let Some(worker) = receipt.events.iter().find_map(resolve::owner_of) {
                book.remember_owner(key, worker);
            }
        }
        Ok(known)
    }

    /// The first answers of commands recorded before.
    async fn receipts(&self, records: &[CommandRecord]) -> Result<Vec<Receipt>, JournalError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let commands = self.journal.read_commands(records).await?;
        records
            .iter()
            .zip(commands)
            .map(|(record, entries)| {
                let events = entries.iter().map(crate::journal::Entry::event).collect::<Result<Vec<_>, _>>()?;
                Ok(Receipt { position: record.last(), events: events.into(), repeated: true })
            })
            .collect()
    }

    async fn load(&self, book: &mut Book, jobs: &[Job]) -> Result<(), JournalError> {
        for _ in 0..LOAD_ROUNDS_MAX {
            let mut missing: Vec<StreamId> = Vec::new();
            for submission in jobs.iter().flat_map(|job| &job.submissions) {
                for stream in resolve::streams(book, &submission.command) {
                    if !book.holds(&stream) {
                        missing.push(stream);
                    }
                }
            }
            if missing.is_empty() {
                return Ok(());
            }
            missing.sort();
            missing.dedup();
            let mut whole = Vec::new();
            for stored in self.journal.load(&missing, true).await? {
                if !book.insert(&stored)? {
                    tracing::warn!(stream = %stored.stream, "a snapshot cannot be read; reading the whole stream");
                    whole.push(stored.stream);
                }
            }
            if !whole.is_empty() {
                for stored in self.journal.load(&whole, false).await? {
                    book.insert(&stored)?;
                }
            }
        }
        Ok(())
    }

    /// Folds what others appended since, under the lock: afterwards the book is at the head.
    async fn catch_up(
        &self,
        book: &mut Book,
        head: &Head,
        jobs: &[Job],
        known: &mut HashMap<Key, Known>,
    ) -> Result<(), JournalError> {
        if head.position == book.position {
            return Ok(());
        }
        if head.position < book.position {
            let what = format!("its head went back from {} to {}: was it restored?", book.position, head.position);
            return Err(JournalError::Damaged { position: head.position, what });
        }
        let waiting: HashMap<&str, ()> =
            jobs.iter().flat_map(|job| &job.submissions).map(|one| (one.context.key.as_str(), ())).collect();
        let mut recorded: HashMap<Key, CommandRecord> = HashMap::new();
        while book.position < head.position {
            let entries = self.journal.read(book.position, CATCH_UP_PAGE).await?;
            if entries.is_empty() {
                let what = format!("it ends at {}, but its head says {}", book.position, head.position);
                return Err(JournalError::Damaged { position: book.position, what });
            }
            let mut events = Vec::with_capacity(entries.len());
            let first = book.position + 1;
            for entry in entries.iter().take_while(|entry| entry.position <= head.position) {
                let event = entry.event()?;
                book.catch_up(entry, &event);
                events.push(event);
                if waiting.contains_key(entry.command.key.as_str())
                    && let Ok(key) = Key::new(&entry.command.key)
                {
                    let record = CommandRecord {
                        first: entry.position.saturating_sub(u64::from(entry.nth)),
                        count: entry.nth + 1,
                        fingerprint: entry.command.fingerprint,
                    };
                    recorded.insert(key, record);
                }
            }
            self.recent.push([EventChunk::new(first, events.into())]);
        }
        let (keys, records): (Vec<Key>, Vec<CommandRecord>) = recorded.into_iter().unzip();
        for ((key, record), receipt) in keys.into_iter().zip(&records).zip(self.receipts(&records).await?) {
            known.insert(key, Known { fingerprint: record.fingerprint, receipt });
        }
        let fresh = Book::at(head, 1)?;
        (book.streams, book.frontier, book.recorded_at) = (fresh.streams, fresh.frontier, fresh.recorded_at);
        Ok(())
    }

    async fn store_snapshots(&mut self) {
        let Some(book) = &mut self.book else { return };
        let due = book.due_snapshots(self.settings.snapshot_every);
        book.trim();
        if !due.is_empty()
            && let Err(error) = self.journal.store_snapshots(due).await
        {
            tracing::warn!(%error, "snapshots were not stored; loading takes longer until the next ones");
        }
    }
}

/// What to say while nobody knows whether a batch after this position was committed. An answer given again from further
/// back was durable long before; everything else rests on the batch, repeats and conflicts within it too.
fn told_without_knowing(outcome: Outcome, after: u64) -> Outcome {
    match outcome {
        Outcome::Committed(receipt) if receipt.repeated && receipt.position <= after => Outcome::Committed(receipt),
        Outcome::Committed(_) => Outcome::Unknown,
        Outcome::Refused(_) | Outcome::Unknown => Outcome::unavailable(),
    }
}
