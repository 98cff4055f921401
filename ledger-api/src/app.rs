//! The wiring: picks the backend by the journal's address and opens what stands around it.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::handle::LedgerTask;
use ledger_core::ledger::{Ledger, LedgerSettings};
use projections::{Views, ViewsRunner};

use crate::access::Access;
use crate::access::identities::Identities;
use crate::access::links::Links;
use crate::access::password::Passwords;
use crate::access::proofs::CounterProofs;
use crate::access::session::Sessions;
use crate::audit::Audit;
use crate::read_record::ReadRecord;
use crate::security_log::SecurityLog;
use crate::side_store::Beside;
use crate::vault::Vault;

/// Everything a server works with. Cheap to clone: every request does, many times over.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// Where the journal is.
    pub url: JournalUrl,
    /// The one door through which anything is written.
    pub ledger: Ledger,
    /// What people look at.
    pub views: Views,
    /// Access tokens.
    pub access: Arc<Access>,
    /// Who acts with which account, as it was found last.
    pub identities: Identities,
    /// Passwords of accounts.
    pub passwords: Arc<Passwords>,
    /// Which account somebody is whom an identity provider vouches for.
    pub links: Arc<Links>,
    /// What workers prove at a counter that they are who spends.
    pub proofs: Arc<CounterProofs>,
    /// Who is logged in.
    pub sessions: Arc<Sessions>,
    /// Names, encrypted per person.
    pub vault: Arc<Vault>,
    /// Who read whose record.
    pub readers: Arc<ReadRecord>,
    /// What was refused to whom.
    pub security: Arc<SecurityLog>,
    /// Checkpoints, proofs and receipts.
    pub audit: Arc<Audit>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What a journal that is made now is called, and what its tree is hashed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJournal {
    /// Its origin: the name in its checkpoints.
    pub origin: String,
    /// Its hash suite.
    pub suite: HashSuite,
}

impl Default for NewJournal {
    /// A name that nobody else has, and the hash function that other tools know.
    fn default() -> NewJournal {
        NewJournal { origin: format!("nuanxin/{}", uuid::Uuid::new_v4()), suite: HashSuite::Sha256 }
    }
}

/// The background work of an [`App`], to wait for at shutdown.
pub struct AppTasks {
    ledger: LedgerTask,
    runner: ViewsRunner,
    readers: Arc<ReadRecord>,
    security: Arc<SecurityLog>,
}

/// What opening can fail with.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The views.
    #[error("the views cannot be opened: {0}")]
    Views(#[from] projections::ViewError),
    /// Tokens or names.
    #[error("{0}")]
    Beside(String),
}

/// A folder is no journal: SQLite would only say that it cannot open it.
pub(crate) fn refuse_folder(path: &Path) -> Result<(), JournalError> {
    if path.is_dir() {
        let file = path.join("nuanxin.db");
        let what = format!("{} is a folder; name a file, such as sqlite:{}", path.display(), file.display());
        return Err(JournalError::Unusable(what));
    }
    Ok(())
}

/// Opens a journal for writing.
///
/// # Errors
/// [`JournalError`].
pub async fn open_journal(url: &JournalUrl) -> Result<Arc<dyn Journal>, JournalError> {
    Ok(match url {
        JournalUrl::Sqlite(path) => {
            refuse_folder(path)?;
            Arc::new(SqliteJournal::open(path)?)
        }
        JournalUrl::Postgres { url, schema } => Arc::new(PostgresJournal::open(url, schema).await?),
    })
}

/// Opens a journal for reading alone, beside whoever writes it.
///
/// # Errors
/// [`JournalError`].
pub async fn open_journal_to_read(url: &JournalUrl) -> Result<Arc<dyn Journal>, JournalError> {
    Ok(match url {
        JournalUrl::Sqlite(path) => {
            refuse_folder(path)?;
            Arc::new(SqliteJournal::open_read_only(path)?)
        }
        JournalUrl::Postgres { url, schema } => Arc::new(PostgresJournal::open(url, schema).await?),
    })
}

impl App {
    /// Opens everything for a process that writes; a journal that is empty gets a name of its own and SHA-256.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &JournalUrl, settings: LedgerSettings) -> Result<(App, AppTasks), OpenError> {
        App::open_as(url, settings, &NewJournal::default()).await
    }

    /// As [`App::open`], with what an empty journal is to be.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_as(
        url: &JournalUrl,
        settings: LedgerSettings,
        new: &NewJournal,
    ) -> Result<(App, AppTasks), OpenError> {
        App::open_on(open_journal(url).await?, url, settings, new).await
    }

    /// As [`App::open_as`], on a journal that is open.
    pub(crate) async fn open_on(
        journal: Arc<dyn Journal>,
        url: &JournalUrl,
        settings: LedgerSettings,
        new: &NewJournal,
    ) -> Result<(App, AppTasks), OpenError> {
        let (ledger, task) = Ledger::open(Arc::clone(&journal), settings, &new.origin, new.suite).await?;
        // One question tells which of them have to be brought up to date. Each sees to that by itself, in a database with a
        // connection of its own: none waits for the others.
        let versions = beside(Beside::from(url).versions()).await?;
        let place = Beside::from(url).found(&versions);
        let (access, passwords, links, proofs, sessions, vault, readers, security, audit) = tokio::try_join!(
            beside(Access::open(place)),
            beside(Passwords::open(place)),
            beside(Links::open(place)),
            beside(CounterProofs::open(place)),
            beside(Sessions::open(place)),
            beside(Vault::open(url)),
            beside(ReadRecord::open(place)),
            beside(SecurityLog::open(place)),
            beside(Audit::open(url, Arc::clone(&journal))),
        )?;
        beside(audit.prepare_keys()).await?;
        let (views, runner) = projections::open(url, journal, ledger.feed()).await?;
        let (readers, security) = (Arc::new(readers), Arc::new(security));
        let (kept, logged) = (Arc::clone(&readers), Arc::clone(&security));
        let app = App(Arc::new(Parts {
            url: url.clone(),
            ledger,
            views,
            access: Arc::new(access),
            identities: Identities::default(),
            passwords: Arc::new(passwords),
            links: Arc::new(links),
            proofs: Arc::new(proofs),
            sessions: Arc::new(sessions),
            vault: Arc::new(vault),
            readers,
            security,
            audit: Arc::new(audit),
        }));
        Ok((app, AppTasks { ledger: task, runner, readers: kept, security: logged }))
    }
}

/// Opens something that stands beside a journal.
async fn beside<T, E: std::fmt::Display>(opening: impl Future<Output = Result<T, E>>) -> Result<T, OpenError> {
    opening.await.map_err(|error| OpenError::Beside(error.to_string()))
}

impl AppTasks {
    /// Lets the views stand still, as when their store is away.
    #[cfg(test)]
    pub(crate) async fn stop_views(self) -> impl Sized {
        let AppTasks { ledger, runner, readers, security } = self;
        runner.stop().await;
        (ledger, readers, security)
    }

    /// Waits until everything queued is answered and the views stand still. Drop every [`App`] clone first.
    pub async fn finished(self) {
        self.ledger.finished().await;
        self.runner.stop().await;
        self.readers.stop().await;
        self.security.stop().await;
    }
}
