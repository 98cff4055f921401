//! Where a journal is restored to: a file or schema beside its place, which takes the place in one step.
//!
//! Until then there is no journal at the place, and whoever opens it is told of the restore. What an interrupted restore
//! left is removed by the next.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ledger_core::journal::postgres::{self, PostgresJournal};
use ledger_core::journal::sqlite::lock::JournalLock;
use ledger_core::journal::sqlite::{self, SqliteJournal, private};
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError, SigningKey};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Executor, Row};

use super::{STORES, copy_into};
use crate::app;
use crate::side_store::rows::Store;
use crate::sidecar::sidecar_path;

/// The server of a restore that was killed notices it a moment later.
const TURN_TRIES_MAX: u32 = 50;
const TURN_RETRY: Duration = Duration::from_millis(200);

/// A place for a journal, empty, and held until it is dropped.
pub struct Place {
    kind: Kind,
    /// What an interrupted restore had left here, which is gone now.
    pub removed: Option<String>,
}

enum Kind {
    Sqlite { journal: PathBuf, _lock: JournalLock },
    Postgres { url: String, schema: String, _turn: PgConnection },
}

fn not_empty(entries: impl std::fmt::Display) -> JournalError {
    JournalError::Unusable(format!("the target holds {entries} entries; a copy goes into an empty journal"))
}

fn unavailable(error: sqlx::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}

impl Place {
    /// Takes an empty place; what an interrupted restore left in it is removed.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when there is a journal, [`JournalError::InUse`] when somebody else writes there.
    pub async fn take(url: &JournalUrl) -> Result<Place, JournalError> {
        match url {
            JournalUrl::Sqlite(path) => take_file(path.clone()).await,
            JournalUrl::Postgres { url, schema } => take_schema(url, schema).await,
        }
    }

    /// Where the copy is made: what stands beside it goes with it when it is put into place.
    pub fn staged(&self) -> JournalUrl {
        match &self.kind {
            Kind::Sqlite { journal, .. } => JournalUrl::Sqlite(sqlite::copy::restoring_path(journal)),
            Kind::Postgres { url, schema, .. } => {
                JournalUrl::Postgres { url: url.clone(), schema: postgres::copy::restoring_schema(schema) }
            }
        }
    }

    /// Begins the copy.
    ///
    /// # Errors
    /// [`JournalError`].
    pub async fn begin(&self) -> Result<Copy, JournalError> {
        Ok(match (&self.kind, self.staged()) {
            (Kind::Postgres { url, schema, .. }, _) => {
                Copy::Postgres(Arc::new(PostgresJournal::begin_copy(url, schema).await?))
            }
            (Kind::Sqlite { .. }, JournalUrl::Sqlite(staged)) => Copy::Sqlite(SqliteJournal::begin_copy(&staged)?),
            (Kind::Sqlite { .. }, staged) => return Err(JournalError::Unusable(format!("{staged} is no file"))),
        })
    }

    /// Gives the place up as it was found: what could not be brought back is removed.
    ///
    /// # Errors
    /// [`JournalError`]; the next restore removes it then.
    pub async fn give_up(&self) -> Result<(), JournalError> {
        match &self.kind {
            Kind::Sqlite { journal, .. } => clear_file(&sqlite::copy::restoring_path(journal)),
            Kind::Postgres { url, schema, .. } => postgres::copy::remove(url, schema).await,
        }
    }

    /// Puts a finished copy into place, and with it the stores that were made beside it. The journal comes last: until it
    /// is there, everybody is told of the restore.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(crate) async fn put(self, stores: &[Store]) -> Result<(), JournalError> {
        match self.kind {
            Kind::Sqlite { journal, _lock } => {
                let staged = sqlite::copy::restoring_path(&journal);
                for store in stores {
                    let (from, to) = (sidecar_path(&staged, store.file), sidecar_path(&journal, store.file));
                    // A log of another file would be played back into this one.
                    private::remove(&private::with_suffix(&to, "-journal"))
                        .and_then(|()| std::fs::rename(&from, &to))
                        .map_err(|error| JournalError::Unusable(format!("{}: {error}", to.display())))?;
                }
                sqlite::copy::put_in_place(&staged, &journal)
            }
            Kind::Postgres { url, schema, _turn } => {
                postgres::copy::put_in_place(&url, &schema, &keeping_versions(&schema)).await
            }
        }
    }
}

/// Removes what stands at the place of a copy in a file.
fn clear_file(staged: &Path) -> Result<(), JournalError> {
    for store in STORES {
        let file = sidecar_path(staged, store.file);
        for file in [private::with_suffix(&file, "-journal"), file] {
            private::remove(&file).map_err(|error| JournalError::Unusable(format!("{}: {error}", file.display())))?;
        }
    }
    sqlite::copy::remove(&opened_path(staged))?;
    // Its own file last: what is left tells that something is left.
    sqlite::copy::remove(staged)
}

/// What keeps the versions of stores that stay as they are, where the table of versions is another from now on.
fn keeping_versions(schema: &str) -> String {
    let restoring = postgres::copy::restoring_schema(schema);
    format!(
        "DO $$ BEGIN
         IF to_regclass('{schema}.side_store_version') IS NOT NULL
            AND to_regclass('{restoring}.side_store_version') IS NOT NULL THEN
         INSERT INTO {restoring}.side_store_version SELECT * FROM {schema}.side_store_version ON CONFLICT DO NOTHING;
         END IF; END $$"
    )
}

/// A copy that is being made.
pub enum Copy {
    /// In a file.
    Sqlite(SqliteJournal),
    /// In a schema.
    Postgres(Arc<PostgresJournal>),
}

impl Copy {
    /// Copies a journal and ends the copy; gives its size.
    ///
    /// # Errors
    /// [`JournalError`].
    pub async fn fill(
        self,
        from: &dyn Journal,
        keys: Vec<SigningKey>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, JournalError> {
        let to: &dyn Journal = match &self {
            Copy::Sqlite(journal) => journal,
            Copy::Postgres(journal) => journal.as_ref(),
        };
        let size = copy_into(from, keys, to, progress).await?;
        match self {
            Copy::Sqlite(journal) => journal.finish_copy().await?,
            Copy::Postgres(journal) => journal.finish_copy().await?,
        }
        Ok(size)
    }
}

/// Where a sealed journal is opened to, beside the copy that is made from it.
pub(super) fn opened_path(staged: &Path) -> PathBuf {
    private::with_suffix(staged, ".opened")
}

async fn take_file(journal: PathBuf) -> Result<Place, JournalError> {
    app::refuse_folder(&journal)?;
    let unusable = |error: std::io::Error| JournalError::Unusable(format!("{}: {error}", journal.display()));
    private::make_folder_of(&journal).map_err(unusable)?;
    let lock = JournalLock::take(&journal)?;
    let staged = sqlite::copy::restoring_path(&journal);
    let was_left = staged.exists();
    if std::fs::metadata(&journal).is_ok_and(|found| found.len() > 0) {
        match SqliteJournal::open_read_only(&journal)?.head().await?.position {
            0 => {}
            entries => return Err(not_empty(entries)),
        }
    } else if !was_left && private::with_suffix(&journal, "-wal").exists() {
        let what = format!(
            "{0} is not there, but its log {0}-wal is, which may hold its newest entries; move it to where the journal's \
             file is now, or away",
            journal.display()
        );
        return Err(JournalError::Unusable(what));
    }
    clear_file(&staged)?;
    let removed = was_left.then(|| staged.display().to_string());
    Ok(Place { kind: Kind::Sqlite { journal, _lock: lock }, removed })
}

async fn take_schema(url: &str, schema: &str) -> Result<Place, JournalError> {
    let options = PgConnectOptions::from_str(url).map_err(unavailable)?.application_name("nuanxin restore");
    let mut turn = options.connect().await.map_err(unavailable)?;
    let question = format!("SELECT pg_try_advisory_lock(hashtext('nuanxin restore {schema}'))");
    let mut tries = 0;
    while !turn.fetch_one(question.as_str()).await.and_then(|row| row.try_get(0)).map_err(unavailable)? {
        tries += 1;
        if tries > TURN_TRIES_MAX {
            let what = format!("another restore into schema {schema} is under way");
            return Err(JournalError::InUse(what));
        }
        tokio::time::sleep(TURN_RETRY).await;
    }
    match postgres::copy::entries_in(url, schema).await? {
        Some(entries) if entries > 0 => return Err(not_empty(entries)),
        _ => {}
    }
    let left = postgres::copy::is_left(url, schema).await?;
    postgres::copy::remove(url, schema).await?;
    let removed = left.then(|| format!("schema {}", postgres::copy::restoring_schema(schema)));
    let kind = Kind::Postgres { url: url.to_owned(), schema: schema.to_owned(), _turn: turn };
    Ok(Place { kind, removed })
}
