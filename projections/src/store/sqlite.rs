//! Views in a SQLite file of their own beside the journal: their own single writer; a rebuild is a new file renamed
//! into place.
//!
//! What is written is not synced ([`keeper`]): views can always be made anew, and the disk is the journal's.

mod keeper;
mod unsynced;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction};

use super::{Checkpoint, KeyedRow, Stored, ViewChanges, ViewStore, prefix_end};
use crate::error::ViewError;
use crate::views;
use keeper::Keeper;

const READERS_MAX: usize = 8;

/// Views in one SQLite file.
pub struct SqliteViews {
    path: PathBuf,
    writer: Option<Arc<Keeper>>,
    readers: Arc<Mutex<Vec<Connection>>>,
}

fn unavailable(error: impl std::fmt::Display) -> ViewError {
    ViewError::Unavailable(error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SqliteViews {
    /// Opens the views for writing; stored views of another version are thrown away, and those that were being written
    /// when the machine went down.
    ///
    /// # Errors
    /// [`ViewError::InUse`] when another process keeps them.
    pub fn open(path: &Path) -> Result<SqliteViews, ViewError> {
        let keeper = Keeper::open(path)?;
        Ok(SqliteViews { path: path.to_owned(), writer: Some(Arc::new(keeper)), readers: Arc::default() })
    }

    /// Opens existing views for reading alone, beside the process that keeps them.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`] when there are none, they are of another version, or they were being written when the
    /// machine went down.
    pub fn open_read_only(path: &Path) -> Result<SqliteViews, ViewError> {
        if !unsynced::is_whole(path).map_err(unavailable)? {
            let what = "holds views that were being written when the machine went down; start the server once";
            return Err(ViewError::Unavailable(format!("{} {what}", path.display())));
        }
        let connection = reader(path)?;
        let version: Option<i64> = connection
            .query_row("SELECT version FROM checkpoint", [], |row| row.get(0))
            .optional()
            .map_err(unavailable)?;
        if version != Some(i64::from(views::VERSION)) {
            let what = format!("{} holds views of another version; start the server once", path.display());
            return Err(ViewError::Unavailable(what));
        }
        let readers = Arc::new(Mutex::new(vec![connection]));
        Ok(SqliteViews { path: path.to_owned(), writer: None, readers })
    }

    /// Puts these views in the place of another file, whose process must not run.
    ///
    /// # Errors
    /// [`ViewError`]; the old views stay in place then.
    pub fn replace(self, target: &Path) -> Result<(), ViewError> {
        let _target_lock = keeper::take(target)?;
        if let Some(writer) = &self.writer {
            writer.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(unavailable)?;
        }
        let path = self.path.clone();
        drop(self);
        for file in [target, path.as_path()] {
            unsynced::remove_log(file).map_err(unavailable)?;
        }
        std::fs::rename(&path, target).map_err(unavailable)?;
        unsynced::remove_mark(target).map_err(unavailable)
    }

    /// Removes a views' file that nobody keeps, with everything beside it.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`].
    pub(crate) fn remove(path: &Path) -> Result<(), ViewError> {
        unsynced::remove_all(path).map_err(unavailable)
    }

    fn writer(&self) -> Result<Arc<Keeper>, ViewError> {
        self.writer.clone().ok_or_else(|| ViewError::InUse("these views were opened for reading alone".into()))
    }

    async fn blocking<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, ViewError> + Send + 'static,
    ) -> Result<T, ViewError> {
        tokio::task::spawn_blocking(work).await.map_err(|error| ViewError::Unavailable(error.to_string()))?
    }

    async fn read_with<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ViewError> + Send + 'static,
    ) -> Result<T, ViewError> {
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        Self::blocking(move || {
            let pooled = lock(&readers).pop();
            let connection = match pooled {
                Some(connection) => connection,
                None => reader(&path)?,
            };
            let result = read(&connection);
            let mut pool = lock(&readers);
            if pool.len() < READERS_MAX {
                pool.push(connection);
            }
            result
        })
        .await
    }
}

fn reader(path: &Path) -> Result<Connection, ViewError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unavailable)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(unavailable)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768;")
        .map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn position(connection: &Connection) -> Result<u64, ViewError> {
    let position: i64 = connection
        .prepare_cached("SELECT position FROM checkpoint")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(unavailable)?;
    Ok(u64::try_from(position).unwrap_or(0))
}

fn get(connection: &Connection, view: &str, keys: &[String]) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
    // In one transaction: of one state, and each by itself would take the log's lock anew and forget the pages in memory
    // when a write came between.
    let _open = connection.unchecked_transaction().map_err(unavailable)?;
    let checkpoint = position(connection)?;
    let mut statement =
        connection.prepare_cached(&format!("SELECT row FROM view_{view} WHERE key = ?1")).map_err(unavailable)?;
    let row = |key| statement.query_row([key], |row| row.get(0)).optional().map_err(unavailable);
    Ok(Stored { checkpoint, rows: keys.iter().map(row).collect::<Result<_, _>>()? })
}

fn move_checkpoint(transaction: &Transaction<'_>, from: Checkpoint, to: Checkpoint) -> Result<(), ViewError> {
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let moved = transaction
        .prepare_cached("UPDATE checkpoint SET position = ?1, leaf = ?2 WHERE position = ?3 AND leaf = ?4")
        .and_then(|mut statement| statement.execute((signed(to.position), to.leaf, signed(from.position), from.leaf)))
        .map_err(unavailable)?;
    if moved == 1 { Ok(()) } else { Err(ViewError::Moved) }
}

#[async_trait]
impl ViewStore for SqliteViews {
    async fn checkpoint(&self) -> Result<Checkpoint, ViewError> {
        self.read_with(|connection| {
            let (position, leaf): (i64, _) = connection
                .prepare_cached("SELECT position, leaf FROM checkpoint")
                .and_then(|mut statement| statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
                .map_err(unavailable)?;
            Ok(Checkpoint { position: u64::try_from(position).unwrap_or(0), leaf })
        })
        .await
    }

    async fn get_with_checkpoint(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        let keys = keys.to_vec();
        self.read_with(move |connection| get(connection, view, &keys)).await
    }

    async fn get_to_write(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        let Some(writer) = self.writer.clone() else { return self.get_with_checkpoint(view, keys).await };
        let keys = keys.to_vec();
        // A reader forgets its pages after every write; the writer keeps them, and needs them again for writing.
        Self::blocking(move || get(&writer.connection(), view, &keys)).await
    }

    async fn scan_with_checkpoint(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Stored<Vec<KeyedRow>>, ViewError> {
        let (prefix, after) = (prefix.to_owned(), after.to_owned());
        self.read_with(move |connection| {
            let _open = connection.unchecked_transaction().map_err(unavailable)?;
            let checkpoint = position(connection)?;
            let mut statement = connection
                .prepare_cached(&format!(
                    "SELECT key, row FROM view_{view}
                     WHERE key >= ?1 AND key > ?2 AND (?3 IS NULL OR key < ?3) ORDER BY key LIMIT ?4"
                ))
                .map_err(unavailable)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement
                .query_map((&prefix, &after, prefix_end(&prefix), limit), |row| Ok((row.get(0)?, row.get(1)?)))
                .map_err(unavailable)?;
            Ok(Stored { checkpoint, rows: rows.collect::<rusqlite::Result<_>>().map_err(unavailable)? })
        })
        .await
    }

    async fn write(&self, from: Checkpoint, to: Checkpoint, changes: Vec<ViewChanges>) -> Result<(), ViewError> {
        let writer = self.writer()?;
        Self::blocking(move || {
            let mut connection = writer.connection();
            let transaction = connection.transaction().map_err(unavailable)?;
            move_checkpoint(&transaction, from, to)?;
            for (view, rows) in &changes {
                let mut put = transaction
                    .prepare_cached(&format!(
                        // One way down the tree: an upsert looks first, and goes down again to write.
                        "REPLACE INTO view_{view} (key, row) VALUES (?1, ?2)"
                    ))
                    .map_err(unavailable)?;
                let mut delete = transaction
                    .prepare_cached(&format!("DELETE FROM view_{view} WHERE key = ?1"))
                    .map_err(unavailable)?;
                for (key, row) in rows {
                    match row {
                        Some(row) => put.execute((key, row)).map_err(unavailable)?,
                        None => delete.execute([key]).map_err(unavailable)?,
                    };
                }
            }
            transaction.commit().map_err(unavailable)
        })
        .await
    }

    async fn restart(&self, from: Checkpoint) -> Result<(), ViewError> {
        let writer = self.writer()?;
        Self::blocking(move || {
            let mut connection = writer.connection();
            let transaction = connection.transaction().map_err(unavailable)?;
            move_checkpoint(&transaction, from, Checkpoint::default())?;
            for view in views::NAMES {
                transaction.execute(&format!("DELETE FROM view_{view}"), []).map_err(unavailable)?;
            }
            transaction.commit().map_err(unavailable)
        })
        .await
    }
}
