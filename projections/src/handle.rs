//! The handle through which views are read, and the task that carries them along.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::Feed;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::error::ViewError;
use crate::resume::{must_fit, resume};
use crate::runner::Runner;
use crate::store::ViewStore;
use crate::store::postgres::PostgresViews;
use crate::store::sqlite::SqliteViews;

/// How long a read waits for a position it asked for.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The views of one journal. Clones share them.
#[derive(Clone)]
pub struct Views {
    journal: Arc<dyn Journal>,
    store: Arc<dyn ViewStore>,
    reached: watch::Receiver<u64>,
    waiters: Arc<Waiters>,
}

/// Readers that wait for a position: while there are any, the runner neither rests nor keeps back what it folded.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    count: AtomicUsize,
    came: Notify,
}

/// Counts one reader for as long as it waits.
struct Waiting<'a>(&'a Waiters);

impl Waiters {
    fn enter(&self) -> Waiting<'_> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.came.notify_one();
        Waiting(self)
    }

    /// Whether anybody waits.
    pub(crate) fn are_any(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    /// Returns as soon as anybody waits.
    pub(crate) async fn any(&self) {
        while !self.are_any() {
            self.came.notified().await;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The task that carries the views along.
pub struct ViewsRunner {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl ViewsRunner {
    /// Folds what is there, then stops.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the views' task ended badly");
        }
    }
}

/// Where the views of a SQLite journal are: `nuanxin.db` → `nuanxin.views.db`.
pub fn views_path(journal: &Path) -> PathBuf {
    let stem = journal.file_stem().map_or_else(|| "nuanxin".into(), |stem| stem.to_string_lossy().into_owned());
    journal.with_file_name(format!("{stem}.views.db"))
}

/// Opens the view store of a journal for writing.
///
/// # Errors
/// [`ViewError`].
pub async fn open_store(url: &JournalUrl) -> Result<Arc<dyn ViewStore>, ViewError> {
    Ok(match url {
        JournalUrl::Sqlite(path) => Arc::new(SqliteViews::open(&views_path(path))?),
        JournalUrl::Postgres { url, schema } => Arc::new(PostgresViews::open(url, schema).await?),
    })
}

/// Opens the views of a journal and starts carrying them along.
///
/// # Errors
/// [`ViewError`].
pub async fn open(url: &JournalUrl, journal: Arc<dyn Journal>, feed: Feed) -> Result<(Views, ViewsRunner), ViewError> {
    start(open_store(url).await?, journal, feed).await
}

/// Starts carrying a store's views along a journal.
///
/// # Errors
/// [`ViewError`].
pub async fn start(
    store: Arc<dyn ViewStore>,
    journal: Arc<dyn Journal>,
    feed: Feed,
) -> Result<(Views, ViewsRunner), ViewError> {
    let at = resume(journal.as_ref(), store.as_ref()).await?;
    let (reached_sender, reached) = watch::channel(at.position);
    let (stop, stopped) = watch::channel(false);
    let runner = Runner::new(Arc::clone(&journal), Arc::clone(&store));
    let waiters = Arc::new(Waiters::default());
    let task = tokio::spawn(runner.follow(feed, reached_sender, Arc::clone(&waiters), stopped));
    Ok((Views { journal, store, reached, waiters }, ViewsRunner { task, stop }))
}

impl Views {
    /// Views that nobody carries along here: as they are stored.
    ///
    /// # Errors
    /// [`ViewError::Foreign`] when they were folded from another journal.
    pub async fn as_stored(journal: Arc<dyn Journal>, store: Arc<dyn ViewStore>) -> Result<Views, ViewError> {
        let at = store.checkpoint().await?;
        must_fit(journal.as_ref(), at).await?;
        let (_, reached) = watch::channel(at.position);
        Ok(Views { journal, store, reached, waiters: Arc::default() })
    }

    /// The position the views have reached.
    pub fn position(&self) -> u64 {
        *self.reached.borrow()
    }

    /// Waits until the views include a position.
    ///
    /// # Errors
    /// [`ViewError::Behind`] when they do not within ten seconds.
    pub async fn wait_for(&self, position: u64) -> Result<u64, ViewError> {
        let mut reached = self.reached.clone();
        if *reached.borrow() >= position {
            return Ok(self.position());
        }
        let _waiting = self.waiters.enter();
        let waited = tokio::time::timeout(WAIT_MAX, reached.wait_for(|at| *at >= position)).await;
        match waited {
            Ok(Ok(at)) => Ok(*at),
            _ => Err(ViewError::Behind { at: self.position(), wanted: position }),
        }
    }

    /// The journal, for what is read from it at once.
    pub(crate) fn journal(&self) -> &dyn Journal {
        self.journal.as_ref()
    }

    /// The store, for questions.
    pub(crate) fn store(&self) -> &dyn ViewStore {
        self.store.as_ref()
    }
}
