//! A file beside a SQLite journal, which several processes may write: opening, migrating, reading, writing.
//!
//! The journal's own file is written by one process alone, so it may use WAL. These files are written by `nuanxin token`
//! while `nuanxin serve` runs, and SQLite 3.46.0 can lose a commit when several connections reset a WAL at once. They
//! therefore keep the rollback journal, where a commit excludes every other connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ledger_core::journal::sqlite::private;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Mutex;

use super::SideStoreError;

/// How long to wait for another process's transaction; ours last milliseconds.
const BUSY: Duration = Duration::from_secs(5);

/// `PRAGMA synchronous` as SQLite answers it: EXTRA also syncs the folder after the rollback journal is deleted.
/// With FULL a power cut could bring that journal back and undo a revocation that was already answered.
const SYNCHRONOUS_EXTRA: i64 = 3;

/// One connection, used by one blocking thread at a time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SideFile {
    connection: Arc<Mutex<Connection>>,
    path: Arc<PathBuf>,
}

impl SideFile {
    /// Opens the file, making it and bringing it to the version of the last step.
    pub(crate) async fn open(path: PathBuf, steps: &'static [&'static str]) -> Result<SideFile, SideStoreError> {
        let opened = path.clone();
        let connection = tokio::task::spawn_blocking(move || connect(&opened, steps)).await.map_err(stopped)??;
        Ok(SideFile { connection: Arc::new(Mutex::new(connection)), path: Arc::new(path) })
    }

    /// Runs statements that see one state of the file.
    pub(crate) async fn read<T, F>(&self, statements: F) -> Result<T, SideStoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.transact(TransactionBehavior::Deferred, statements).await
    }

    /// Runs statements whose changes land together, durably, before this returns.
    pub(crate) async fn write<T, F>(&self, statements: F) -> Result<T, SideStoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        // Taking the write lock at once: two readers that both want to write would otherwise wait for each other.
        self.transact(TransactionBehavior::Immediate, statements).await
    }

    async fn transact<T, F>(&self, behavior: TransactionBehavior, statements: F) -> Result<T, SideStoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        // Waiting happens here, not on a blocking thread, so that a crowd of callers takes one thread, not hundreds.
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let path = Arc::clone(&self.path);
        let work = move || {
            let run = || {
                let transaction = connection.transaction_with_behavior(behavior)?;
                let answer = statements(&transaction)?;
                transaction.commit()?;
                Ok(answer)
            };
            run().map_err(|error: rusqlite::Error| unavailable(&path, &error))
        };
        tokio::task::spawn_blocking(work).await.map_err(stopped)?
    }
}

fn connect(path: &Path, steps: &[&str]) -> Result<Connection, SideStoreError> {
    make_private(path)?;
    let unusable = |error: rusqlite::Error| SideStoreError::Unusable(format!("{}: {error}", path.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
    connection.busy_timeout(BUSY).map_err(unusable)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(unusable)?;
    if mode != "delete" {
        let what = format!("{}: journal_mode=DELETE was not accepted, it is {mode}", path.display());
        return Err(SideStoreError::Unusable(what));
    }
    // secure_delete overwrites what is deleted: an erased person's key must not survive in a free page.
    connection
        .execute_batch(
            "PRAGMA synchronous = EXTRA;
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8192;
             PRAGMA mmap_size = 0;",
        )
        .map_err(unusable)?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(unusable)?;
    let foreign_keys: i64 = connection.query_row("PRAGMA foreign_keys", [], |row| row.get(0)).map_err(unusable)?;
    if synchronous != SYNCHRONOUS_EXTRA || foreign_keys != 1 {
        let what = format!("{}: synchronous=EXTRA or foreign_keys=ON was not accepted", path.display());
        return Err(SideStoreError::Unusable(what));
    }
    connection.set_prepared_statement_cache_capacity(16);
    migrate(&mut connection, path, steps)?;
    Ok(connection)
}

/// Makes the folder, and the file for its owner alone: SQLite itself would let everybody read it.
fn make_private(path: &Path) -> Result<(), SideStoreError> {
    let unusable = |place: &Path, error: std::io::Error| {
        SideStoreError::Unusable(format!("{}: {error}; choose a place this user may write", place.display()))
    };
    private::make_folder_of(path).and_then(|()| private::make_database(path)).map_err(|error| unusable(path, error))
}

fn migrate(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), SideStoreError> {
    if version(connection, path)? == steps.len() {
        return Ok(());
    }
    let failed = |error: rusqlite::Error| unavailable(path, &error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Read again under the lock: another process may have migrated in between.
    let found = version(&transaction, path)?;
    if found > steps.len() {
        let what = format!(
            "{} is of version {found}, this program knows {}; use a newer program",
            path.display(),
            steps.len()
        );
        return Err(SideStoreError::Unusable(what));
    }
    for step in steps.iter().skip(found) {
        transaction.execute_batch(step).map_err(failed)?;
    }
    transaction.pragma_update(None, "user_version", steps.len()).map_err(failed)?;
    transaction.commit().map_err(failed)
}

fn version(connection: &Connection, path: &Path) -> Result<usize, SideStoreError> {
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| SideStoreError::Unusable(format!("{}: {error}", path.display())))?;
    usize::try_from(found)
        .map_err(|_| SideStoreError::Unusable(format!("{} is not a file of this program", path.display())))
}

/// A count as SQLite stores it; none of ours comes near the limit.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unavailable(path: &Path, error: &rusqlite::Error) -> SideStoreError {
    SideStoreError::Unavailable(format!("{}: {error}", path.display()))
}

fn stopped(error: tokio::task::JoinError) -> SideStoreError {
    SideStoreError::Unavailable(format!("the thread that works on the file stopped: {error}"))
}
