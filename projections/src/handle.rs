//! The handle through which views are read, and the task that carries them along.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::Feed;
use tokio::sync::{Notify, RwLock, watch};
use tokio::task::JoinHandle;

use crate::error::ViewError;
use crate::memory::Memory;
use crate::newest::Newest;
use crate::resume::{must_fit, resume};
use crate::runner::Runner;
use crate::store::ViewStore;
use crate::store::postgres::PostgresViews;
use crate::store::sqlite::SqliteViews;

/// How long a read waits for a position it asked for.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(10);

/// The views of one journal. Clones share them.
#[derive(Clone)]
pub struct Views {
    journal: Arc<dyn Journal>,
    store: Arc<dyn ViewStore>,
    /// The rows in memory, where this process carries the views along.
    memory: Option<Arc<RwLock<Memory>>>,
    reached: watch::Receiver<u64>,
    wanted: Arc<Wanted>,
    /// The last position that anybody was told of the views: nobody is shown less afterwards.
    told: Arc<AtomicU64>,
    newest: Arc<Newest>,
}

/// What readers wait for: the runner does not rest before it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    position: AtomicU64,
    asked: Notify,
}

impl Wanted {
    fn ask(&self, position: u64) {
        self.position.fetch_max(position, Ordering::AcqRel);
        self.asked.notify_one();
    }

    /// Whether somebody waits, or has waited, for more than a position.
    pub(crate) fn is_beyond(&self, position: u64) -> bool {
        self.position.load(Ordering::Acquire) > position
    }

    /// Returns once somebody has asked.
    pub(crate) async fn asked(&self) {
        self.asked.notified().await;
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
    let (memory, wanted) = (runner.memory(), Arc::<Wanted>::default());
    let newest = Arc::new(Newest::new(Some(feed.clone())));
    let task = tokio::spawn(runner.follow(feed, reached_sender, Arc::clone(&wanted), stopped));
    let views = Views { journal, store, memory: Some(memory), reached, wanted, told: Arc::default(), newest };
    Ok((views, ViewsRunner { task, stop }))
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
        let newest = Arc::new(Newest::new(None));
        Ok(Views { journal, store, memory: None, reached, wanted: Arc::default(), told: Arc::default(), newest })
    }

    /// The position the views have reached.
    pub fn position(&self) -> u64 {
        *self.reached.borrow()
    }

    /// Waits until the views include whatever anybody was told to be recorded before this was called, by this server or by
    /// another on the same journal, and a position besides; tells the position waited for.
    ///
    /// # Errors
    /// [`ViewError::NoSuchPosition`] for a position beyond the journal's head, [`ViewError::Behind`] when the views do not
    /// get there within ten seconds.
    pub async fn fresh(&self, position: Option<u64>) -> Result<u64, ViewError> {
        let newest = self.newest.ask(self.journal()).await?;
        let wanted = position.unwrap_or(0).max(newest);
        if wanted > newest {
            // The ledger may not know yet what it will find recorded.
            let head = self.journal.head().await?.position;
            if wanted > head {
                return Err(ViewError::NoSuchPosition { head, wanted });
            }
        }
        self.wait_for(wanted).await
    }

    /// Waits until the accounts among the views are as whoever was told before this was called was told; tells the position
    /// that accounts are known to stand as they do since, or a later one. While that is the same, every account is.
    ///
    /// # Errors
    /// As [`Views::fresh`].
    pub async fn fresh_accounts(&self) -> Result<u64, ViewError> {
        let newest = self.newest.ask(self.journal()).await?;
        self.wait_for(self.accounts_changed(newest)).await
    }

    /// Up to a position that [`Views::fresh`] told, the last one from which on accounts are known to stand as they do, or a
    /// later one. The journal is not asked.
    pub fn accounts_changed(&self, position: u64) -> u64 {
        self.newest.accounts_within(self.journal(), position)
    }

    /// Waits until the views include a position.
    ///
    /// # Errors
    /// [`ViewError::Behind`] when they do not within ten seconds.
    pub async fn wait_for(&self, position: u64) -> Result<u64, ViewError> {
        let mut reached = self.reached.clone();
        if *reached.borrow() < position {
            self.wanted.ask(position);
            let waited = tokio::time::timeout(WAIT_MAX, reached.wait_for(|at| *at >= position)).await;
            if !matches!(waited, Ok(Ok(_))) {
                return Err(ViewError::Behind { at: self.position(), wanted: position });
            }
        }
        self.tell(position);
        Ok(position)
    }

    /// Takes note of a position that somebody is told.
    pub(crate) fn tell(&self, position: u64) {
        self.told.fetch_max(position, Ordering::AcqRel);
    }

    /// The last position that anybody was told.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::Acquire)
    }

    /// Has the runner go on to a position.
    pub(crate) fn want(&self, position: u64) {
        self.wanted.ask(position);
    }

    /// Follows the position that is folded.
    pub(crate) fn reached(&self) -> watch::Receiver<u64> {
        self.reached.clone()
    }

    /// The rows in memory, where this process carries the views along.
    pub(crate) fn memory(&self) -> Option<&RwLock<Memory>> {
        self.memory.as_deref()
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
