//! The one task that owns a journal's writing. It is never cancelled: a caller that goes away drops only its answer.
//!
//! Alone on its journal, it decides ahead: while one batch is on its way into the journal (*in flight*), what waits is
//! prepared and decided on top of it (the *next* batch), and sent off the moment the batch in flight has landed. The fence in the
//! append says whether the head was where it was believed to be.
//!
//! Where another server appends as well, the fence finds out: then rounds are decided under the head's lock for a while,
//! after catching up with what the other appended, as nothing else keeps both from refusing what the other made possible.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::book::Book;
use super::command::Submission;
use super::feed::{EventChunk, Recent};
use super::handle::LedgerStats;
use super::lost;
use super::outcome::Outcome;
use super::pipeline::{InFlight, Job, Landing, NextBatch, landing, submissions, while_in_flight};
use super::prepare;
use super::read_ahead::{ReadAhead, reading};
use super::round::{Decided, Round};
use super::settings::LedgerSettings;
use super::used_keys::UsedKeys;
use crate::journal::{Batch, CommitError, Journal, JournalError, Snapshot};

/// So many commands are taken in at once, or one caller's, before it looks whether the batch in flight has landed.
const TAKEN_MAX: usize = 128;
/// So many rounds are decided under the lock after somebody else was found to append as well.
const SHARED_ROUNDS: u32 = 64;

/// A state in memory of more bytes is freed apart.
const FREED_APART: usize = 64 << 20;

/// The writer of one journal.
pub struct Writer {
    journal: Arc<dyn Journal>,
    settings: LedgerSettings,
    committed: watch::Sender<u64>,
    recent: Arc<Recent>,
    stats: Arc<LedgerStats>,
    book: Option<Book>,
    used: UsedKeys,
    ahead: Option<ReadAhead>,
    /// Whether nothing is being read ahead any more.
    read: watch::Sender<bool>,
    /// Snapshots on their way.
    storing: JoinSet<()>,
    next: Option<NextBatch>,
    in_flight: Option<InFlight>,
    /// Rounds still to be decided under the lock.
    shared: u32,
}

/// An empty book at the journal's head, with every key up to there among those used.
async fn at_head(journal: &dyn Journal, used: &mut UsedKeys, settings: &LedgerSettings) -> Result<Book, JournalError> {
    let head = journal.head().await?;
    used.follow(head.position).await?;
    Book::at(&head, settings.limits())
}

impl Writer {
    /// A writer that has nothing in memory yet.
    pub fn new(
        journal: Arc<dyn Journal>,
        settings: LedgerSettings,
        committed: watch::Sender<u64>,
        recent: Arc<Recent>,
        read: watch::Sender<bool>,
        stats: Arc<LedgerStats>,
    ) -> Writer {
        let used = UsedKeys::of(Arc::clone(&journal));
        Writer {
            journal,
            settings,
            committed,
            recent,
            stats,
            book: None,
            used,
            ahead: None,
            read,
            storing: JoinSet::new(),
            next: None,
            in_flight: None,
            shared: 0,
        }
    }

    /// Works until every caller is gone and everything queued is answered.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut ended = false;
        // Before the first command comes, so that reading ahead begins.
        if let Err(error) = self.open_book().await {
            tracing::debug!(%error, "the journal cannot be read yet");
        }
        loop {
            tokio::select! {
                biased;
                landed = landing(&mut self.in_flight), if self.in_flight.is_some() => self.land(landed).await,
                job = queue.recv(), if !ended && self.takes_more() => match job {
                    None => ended = true,
                    Some(first) => {
                        let jobs = self.collect(first, &mut queue);
                        self.take_in(jobs).await;
                    }
                },
                workers = reading(&mut self.ahead), if self.ahead.is_some() && !ended => {
                    if let Some(book) = &mut self.book {
                        // Also when none were read: it need not tell apart any longer who changes.
                        book.take_prefetched(workers.unwrap_or_default());
                    }
                    self.trim(0);
                    self.read.send_replace(true);
                }
                else => break,
            }
            if self.in_flight.is_none() {
                self.send_off().await;
            }
            let weight = self.book.as_ref().map_or(0, Book::weight);
            self.stats.cached_bytes.store(u64::try_from(weight).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        // Whoever waits for this task's end may open the journal again.
        self.used.end().await;
        if let Some(ahead) = self.ahead.take() {
            ahead.end().await;
        }
        while self.storing.join_next().await.is_some() {}
    }

    /// A book at the head; what its commands will need is read ahead, unless others append as well.
    async fn open_book(&mut self) -> Result<(), JournalError> {
        self.ahead = None;
        let mut book = at_head(self.journal.as_ref(), &mut self.used, &self.settings).await?;
        let reads = self.shared == 0 && (1..=self.settings.read_ahead_events_max).contains(&book.position);
        if reads {
            book.await_prefetch();
            let journal = Arc::clone(&self.journal);
            self.ahead = Some(ReadAhead::start(journal, book.position, book.room()));
        }
        self.read.send_replace(!reads);
        self.book = Some(book);
        Ok(())
    }

    /// Throws the state in memory away; a large one on a thread of its own, for freeing it takes a while.
    fn forget(&mut self) {
        if let Some(book) = self.book.take()
            && book.weight() > FREED_APART
        {
            std::thread::spawn(move || drop(book));
        }
    }

    /// Lets the state in memory fall back to its limits, after every round, whatever became of it: what only was looked up
    /// takes room too. What is on its way, or was decided on top of that, stays, and so many streams more.
    fn trim(&mut self, more: usize) {
        let open = self.next.as_ref().map_or(0, |open| open.named);
        let flown = self.in_flight.as_ref().map_or(0, |flight| flight.named);
        if let Some(book) = &mut self.book {
            book.trim(open + flown + more);
        }
    }

    fn takes_more(&self) -> bool {
        let open = self.next.as_ref().map_or(0, |open| submissions(&open.jobs).count());
        open < self.settings.batch_max.max(1)
    }

    fn collect(&self, first: Job, queue: &mut mpsc::Receiver<Job>) -> Vec<Job> {
        let mut waiting = first.submissions.len();
        let mut jobs = vec![first];
        while waiting < self.settings.batch_max.min(TAKEN_MAX)
            && let Ok(job) = queue.try_recv()
        {
            waiting += job.submissions.len();
            jobs.push(job);
        }
        jobs
    }

    /// Whoever reads after being answered reads what was answered: the position is told to followers first, also where it
    /// was found in the journal and not committed here just now.
    fn answer(&self, jobs: Vec<Job>, outcomes: Vec<Vec<Outcome>>) {
        let told = outcomes.iter().flatten().filter_map(|outcome| match outcome {
            Outcome::Committed(receipt) => Some(receipt.position),
            Outcome::Refused(_) | Outcome::Unknown => None,
        });
        let told = told.max().unwrap_or(0);
        self.committed.send_if_modified(|committed| told > std::mem::replace(committed, told.max(*committed)));
        for (job, outcomes) in jobs.into_iter().zip(outcomes) {
            for outcome in &outcomes {
                self.stats.waiting.fetch_sub(1, Ordering::Relaxed);
                let counter = match outcome {
                    Outcome::Committed(_) => &self.stats.committed,
                    Outcome::Refused(_) => &self.stats.refused,
                    Outcome::Unknown => &self.stats.unknown,
                };
                counter.fetch_add(1, Ordering::Relaxed);
            }
            // A caller that went away wants no answer.
            let _ = job.reply.send(outcomes);
        }
    }

    fn answer_unavailable(&self, jobs: Vec<Job>, error: &JournalError) {
        tracing::warn!(%error, "a round of commands could not be recorded");
        let outcomes = jobs.iter().map(|job| vec![Outcome::unavailable(); job.submissions.len()]).collect();
        self.answer(jobs, outcomes);
    }

    /// Prepares commands and decides them on top of what is on its way; under the lock where others append as well.
    async fn take_in(&mut self, jobs: Vec<Job>) {
        if self.shared > 0 && self.in_flight.is_none() && self.next.is_none() {
            self.shared -= 1;
            return self.round_under_lock(jobs).await;
        }
        if let Err(error) = self.decide_ahead(&jobs).await {
            self.answer_unavailable(jobs, &error);
            return self.trim(0);
        }
        if let Some(open) = &mut self.next {
            open.jobs.extend(jobs);
        }
    }

    /// Nothing is decided unless everything could be read.
    async fn decide_ahead(&mut self, jobs: &[Job]) -> Result<(), JournalError> {
        if self.book.is_none() {
            self.open_book().await?;
        }
        let gone = || JournalError::Unavailable("the state in memory is gone".into());
        let (journal, book) = (self.journal.as_ref(), self.book.as_mut().ok_or_else(gone)?);
        let prepared = async {
            let known = prepare::known_keys(journal, &self.used, book, submissions(jobs)).await?;
            let named = prepare::load(journal, book, &submissions(jobs).collect::<Vec<_>>()).await?;
            Ok::<_, JournalError>((known, named))
        };
        let (known, named) = while_in_flight(&mut self.in_flight, prepared).await?;
        let now = (self.settings.clock)();
        let open =
            self.next.get_or_insert_with(|| NextBatch { jobs: Vec::new(), round: Round::new(book, now), named: 0 });
        open.named += named;
        open.round.learn(known);
        if let Some(flight) = &self.in_flight {
            // Its commands may not have been found in the journal yet.
            let flown = submissions(jobs).filter_map(|submission| flight.known.get_key_value(&submission.context.key));
            open.round.learn(flown.map(|(key, known)| (key.clone(), known.clone())));
        }
        for job in jobs {
            open.round.decide(book, &job.submissions, job.atomic);
        }
        Ok(())
    }

    /// Sends the next batch into the journal.
    async fn send_off(&mut self) {
        let Some(NextBatch { jobs, round, named }) = self.next.take() else { return };
        let Some(book) = &mut self.book else {
            return self.answer_unavailable(jobs, &JournalError::Unavailable("the state in memory is gone".into()));
        };
        match round.finish(book) {
            Err(error) => {
                self.forget();
                self.answer_unavailable(jobs, &error);
            }
            Ok(Decided { batch: None, outcomes, .. }) => self.answer_where_it_stands(jobs, outcomes).await,
            Ok(Decided { known, batch: Some(batch), outcomes, chunks }) => {
                let snapshots = book.due_snapshots();
                let (journal, sent) = (Arc::clone(&self.journal), Arc::clone(&batch));
                let landing = Landing::start(async move { journal.append(sent).await }).await;
                // Before it is known whether it landed: if nobody ever knows, its keys are still looked up.
                self.used.insert(batch.keys());
                self.in_flight = Some(InFlight { jobs, batch, outcomes, chunks, known, snapshots, named, landing });
            }
        }
    }

    /// Nothing was appended, so no fence said whether the head was where the decisions took it to be: it is asked.
    async fn answer_where_it_stands(&mut self, jobs: Vec<Job>, outcomes: Vec<Vec<Outcome>>) {
        let stood = self.book.as_ref().map_or(0, |book| book.position);
        match self.journal.head().await {
            Ok(head) if head.position == stood => {
                self.committed.send_replace(stood);
                self.answer(jobs, outcomes);
            }
            Ok(_) => {
                self.shared = SHARED_ROUNDS;
                self.round_under_lock(jobs).await;
            }
            Err(error) => self.answer_unavailable(jobs, &error),
        }
        self.trim(0);
    }

    async fn land(&mut self, landed: Result<(), CommitError>) {
        let Some(flight) = self.in_flight.take() else { return };
        let InFlight { jobs, batch, outcomes, chunks, snapshots, named, .. } = flight;
        match landed {
            Ok(()) => {
                self.record(&batch, chunks);
                // The next batch first: while it is on its way there is time for everything else.
                self.send_off().await;
                self.answer(jobs, outcomes);
                self.store_snapshots(snapshots);
                // What the next batch rests on must stay in memory: the journal does not hold it yet.
                self.trim(named);
            }
            Err(CommitError::Fenced) => {
                tracing::debug!("another server appended first; deciding under the lock");
                // What is in memory assumes that the batch was appended, and so does what was decided on top of it.
                self.forget();
                self.shared = SHARED_ROUNDS;
                let mut again = jobs;
                again.extend(self.next.take().map(|open| open.jobs).unwrap_or_default());
                self.round_under_lock(again).await;
            }
            Err(CommitError::NotCommitted(error)) => {
                self.forget();
                self.answer_unavailable(jobs, &error);
                self.take_in_again().await;
            }
            Err(CommitError::Unknown(error)) => {
                tracing::warn!(%error, "the answer of a commit was lost; finding out what became of it");
                self.forget();
                self.find_out(jobs, &batch, outcomes).await;
                self.take_in_again().await;
            }
        }
    }

    /// Decides the next batch's commands anew, as what it was decided on is gone.
    async fn take_in_again(&mut self) {
        if let Some(open) = self.next.take() {
            self.take_in(open.jobs).await;
        }
    }

    async fn find_out(&mut self, jobs: Vec<Job>, batch: &Batch, outcomes: Vec<Vec<Outcome>>) {
        match lost::resolve(self.journal.as_ref(), batch, outcomes, self.settings.resolve_for).await {
            Ok(outcomes) => self.answer(jobs, outcomes),
            Err(error) => self.answer_unavailable(jobs, &error),
        }
    }

    fn record(&mut self, batch: &Batch, chunks: Vec<EventChunk>) {
        self.used.reached(batch.position);
        self.stats.batches.fetch_add(1, Ordering::Relaxed);
        self.stats.events.fetch_add(u64::try_from(batch.events.len()).unwrap_or(0), Ordering::Relaxed);
        self.recent.push(chunks);
        self.committed.send_replace(batch.position);
    }

    /// Stores snapshots beside everything else: nobody waits for them.
    fn store_snapshots(&mut self, snapshots: Vec<Snapshot>) {
        while self.storing.try_join_next().is_some() {}
        if snapshots.is_empty() {
            return;
        }
        let journal = Arc::clone(&self.journal);
        self.storing.spawn(async move {
            if let Err(error) = journal.store_snapshots(snapshots).await {
                tracing::warn!(%error, "snapshots were not stored; loading takes longer until the next ones");
            }
        });
    }

    /// Decides and appends with the head's lock held from before the deciding to the end.
    async fn round_under_lock(&mut self, jobs: Vec<Job>) {
        match self.try_under_lock(&jobs).await {
            Ok((None, outcomes)) => self.answer(jobs, outcomes),
            Ok((Some(lost), outcomes)) => self.find_out(jobs, &lost, outcomes).await,
            Err(error) => {
                self.forget();
                self.answer_unavailable(jobs, &error);
            }
        }
    }

    /// The answers, and the batch if nobody knows what became of it.
    async fn try_under_lock(&mut self, jobs: &[Job]) -> Result<(Option<Arc<Batch>>, Vec<Vec<Outcome>>), JournalError> {
        let journal = Arc::clone(&self.journal);
        let mut book = match self.book.take() {
            Some(book) => book,
            None => at_head(journal.as_ref(), &mut self.used, &self.settings).await?,
        };
        let all: Vec<&Submission> = submissions(jobs).collect();
        let mut known = prepare::known_keys(journal.as_ref(), &self.used, &mut book, submissions(jobs)).await?;
        prepare::load(journal.as_ref(), &mut book, &all).await?;
        let append = journal.begin().await?;
        let head = append.head().clone();
        let (recent, used) = (&self.recent, &mut self.used);
        let caught = prepare::catch_up(journal.as_ref(), recent, used, &mut book, &head, submissions(jobs)).await?;
        known.extend(caught);
        prepare::load(journal.as_ref(), &mut book, &all).await?;
        let mut round = Round::new(&book, (self.settings.clock)());
        round.learn(known);
        for job in jobs {
            round.decide(&mut book, &job.submissions, job.atomic);
        }
        let Decided { batch, outcomes, chunks, .. } = round.finish(&mut book)?;
        let Some(batch) = batch else {
            append.release().await;
            self.committed.send_replace(book.position);
            book.trim(0);
            self.book = Some(book);
            return Ok((None, outcomes));
        };
        self.used.insert(batch.keys());
        match append.commit(Arc::clone(&batch)).await {
            Ok(()) => {
                self.record(&batch, chunks);
                let snapshots = book.due_snapshots();
                book.trim(0);
                self.book = Some(book);
                self.store_snapshots(snapshots);
                Ok((None, outcomes))
            }
            Err(CommitError::NotCommitted(error)) => Err(error),
            Err(CommitError::Fenced) => Err(JournalError::Unavailable("another server appended first".into())),
            Err(CommitError::Unknown(error)) => {
                tracing::warn!(%error, "the answer of a commit was lost; finding out what became of it");
                Ok((Some(batch), outcomes))
            }
        }
    }
}
