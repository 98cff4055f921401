//! The handle through which everyone writes: it queues commands for the one task that owns the writing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::command::{Context, Submission};
use super::commands::Command;
use super::feed::{Feed, Recent};
use super::outcome::Outcome;
use super::pipeline::Job;
use super::settings::LedgerSettings;
use super::writer::Writer;
use crate::domain::ids::{Actor, Key};
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;
use crate::evidence::hash::HashSuite;
use crate::journal::{Journal, JournalError, RecordedTime};
use crate::ledger::commands;

/// Commands of one caller that stand each on its own are queued in parts of so many: the next part is decided while the
/// one before it is on its way into the journal.
const PART: usize = 128;

/// Counts of what the writer did, for metrics.
#[derive(Debug, Default)]
pub struct LedgerStats {
    /// Transactions committed.
    pub batches: AtomicU64,
    /// Commands that took effect.
    pub committed: AtomicU64,
    /// Commands refused.
    pub refused: AtomicU64,
    /// Commands whose outcome had to be called unknown.
    pub unknown: AtomicU64,
    /// Events appended.
    pub events: AtomicU64,
    /// Commands waiting in the queue.
    pub waiting: AtomicU64,
    /// About how many bytes the state in memory takes.
    pub cached_bytes: AtomicU64,
}

/// The ledger of one journal. Clones share one writer.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Job>,
    journal: Arc<dyn Journal>,
    feed: Feed,
    read: watch::Receiver<bool>,
    stats: Arc<LedgerStats>,
    clock: Arc<dyn Fn() -> RecordedTime + Send + Sync>,
}

/// The writer's task, to wait for at shutdown.
pub struct LedgerTask(JoinHandle<()>);

impl LedgerTask {
    /// Waits until everything queued was answered; call it once every [`Ledger`] clone is dropped.
    pub async fn finished(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "the writer's task ended badly");
        }
    }
}

impl Ledger {
    /// Opens the ledger of a journal and starts its writer. An empty journal gets its first event, which names the
    /// log and its hash suite.
    ///
    /// # Errors
    /// [`JournalError`] when the journal cannot be read or its first event not be written.
    pub async fn open(
        journal: Arc<dyn Journal>,
        settings: LedgerSettings,
        origin: &str,
        suite: HashSuite,
    ) -> Result<(Ledger, LedgerTask), JournalError> {
        let head = journal.head().await?;
        let (queue, waiting) = mpsc::channel(settings.queue_max.max(1));
        let (position, committed) = watch::channel(head.position);
        let stats = Arc::new(LedgerStats::default());
        let recent = Arc::new(Recent::default());
        let (reading, read) = watch::channel(false);
        let clock = Arc::clone(&settings.clock);
        let demonstration = settings.demonstration;
        let writer =
            Writer::new(Arc::clone(&journal), settings, position, Arc::clone(&recent), reading, Arc::clone(&stats));
        let task = LedgerTask(tokio::spawn(writer.run(waiting)));
        let ledger = Ledger { queue, journal, feed: Feed { committed, recent }, read, stats, clock };
        if head.position == 0 {
            ledger.make_first_event(origin, suite, demonstration).await?;
        }
        Ok((ledger, task))
    }

    async fn make_first_event(&self, origin: &str, suite: HashSuite, demonstration: bool) -> Result<(), JournalError> {
        let unusable = |what: String| JournalError::Unusable(what);
        let key = Key::new("journal/open").map_err(|error| unusable(error.to_string()))?;
        let actor = Actor::new("ledger").map_err(|error| unusable(error.to_string()))?;
        let command = Command::OpenJournal(commands::OpenJournal {
            origin: origin.to_owned(),
            suite: suite.name().to_owned(),
            demonstration,
        });
        let at = BusinessTime::from_instant(&chrono::DateTime::UNIX_EPOCH);
        match self.submit(Submission { context: Context { key, actor, at }, command }).await {
            Outcome::Committed(_) => Ok(()),
            // Another server made it a moment earlier, under another origin: that one stands.
            Outcome::Refused(refusal) if refusal.code == Code::DuplicateConflict => Ok(()),
            Outcome::Refused(refusal) => Err(JournalError::Unavailable(refusal.message)),
            Outcome::Unknown => Err(JournalError::Unavailable("the journal's first event".into())),
        }
    }

    /// Whether the writer still takes commands. Once its task has ended, however that happened, none will be answered until
    /// the process starts again.
    pub fn takes_commands(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Returns once no workers are being read ahead: from then on, as many as have room are in memory.
    pub async fn read_ahead(&self) {
        // Only a writer that has ended tells nothing any more.
        let _ = self.read.clone().wait_for(|read| *read).await;
    }

    /// Submits one command and waits for its answer. Dropping the wait does not take the command back.
    pub async fn submit(&self, submission: Submission) -> Outcome {
        self.submit_all(vec![submission], false).await.pop().unwrap_or(Outcome::Unknown)
    }

    /// Submits commands in order; one answer each. With `atomic`, all take effect or none: a refused one then refuses
    /// the others with the code `invalid_input`, naming it.
    pub async fn submit_all(&self, submissions: Vec<Submission>, atomic: bool) -> Vec<Outcome> {
        if atomic || submissions.len() <= PART {
            return self.queue(submissions, atomic).await.wait().await;
        }
        let mut outcomes = Vec::with_capacity(submissions.len());
        let mut parts = Vec::with_capacity(submissions.len().div_ceil(PART));
        let mut rest = submissions;
        while !rest.is_empty() {
            let next = rest.split_off(rest.len().min(PART));
            parts.push(self.queue(rest, false).await);
            rest = next;
        }
        for part in parts {
            outcomes.extend(part.wait().await);
        }
        outcomes
    }

    /// Queues commands in order without waiting for their answers: what is queued later is decided later.
    pub async fn queue(&self, submissions: Vec<Submission>, atomic: bool) -> Answers {
        let (reply, answers) = oneshot::channel();
        let count = submissions.len();
        let counted = u64::try_from(count).unwrap_or(u64::MAX);
        self.stats.waiting.fetch_add(counted, Ordering::Relaxed);
        if self.queue.send(Job { submissions, atomic, reply }).await.is_err() {
            self.stats.waiting.fetch_sub(counted, Ordering::Relaxed);
        }
        Answers { count, answers }
    }

    /// The journal, for reading.
    pub const fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Follows the last position that this ledger has committed or seen.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.feed.committed.clone()
    }

    /// What followers of this process are told: positions and the events themselves.
    pub fn feed(&self) -> Feed {
        self.feed.clone()
    }

    /// The business time now, by the clock that commands are judged by.
    pub fn now(&self) -> BusinessTime {
        (self.clock)().to_business()
    }

    /// Counts for metrics.
    pub fn stats(&self) -> &LedgerStats {
        &self.stats
    }
}

/// Answers on their way.
pub struct Answers {
    count: usize,
    answers: oneshot::Receiver<Vec<Outcome>>,
}

impl Answers {
    /// Waits for the answers, one a command, in order.
    pub async fn wait(self) -> Vec<Outcome> {
        match self.answers.await {
            Ok(outcomes) => outcomes,
            // The writer is gone: nobody knows what became of the commands.
            Err(_) => vec![Outcome::Unknown; self.count],
        }
    }
}
