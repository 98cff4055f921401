//! Views in a SQLite file of their own beside the journal: their own single writer; a rebuild is a new file renamed
//! into place.
//!
//! Commits are not synced one by one (`synchronous = NORMAL`): rows and checkpoint move together, so what a power cut
//! takes back is folded again from the journal.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ledger_core::journal::JournalError;
use ledger_core::journal::sqlite::lock::JournalLock;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{ViewChanges, ViewStore, prefix_end};
use crate::error::ViewError;
use crate::views;

const READERS_MAX: usize = 8;

/// Views in one SQLite file.
pub struct SqliteViews {
    path: PathBuf,
    writer: Option<Arc<Mutex<Connection>>>,
    readers: Arc<Mutex<Vec<Connection>>>,
    _lock: Option<JournalLock>,
}

fn unavailable(error: rusqlite::Error) -> ViewError {
    ViewError::Unavailable(error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SqliteViews {
    /// Opens the views for writing; stored views of another version are thrown away.
    ///
    /// # Errors
    /// [`ViewError::InUse`] when another process keeps them.
    pub fn open(path: &Path) -> Result<SqliteViews, ViewError> {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|error| ViewError::Unavailable(error.to_string()))?;
        }
        let held = JournalLock::take(path).map_err(|error| match error {
            JournalError::InUse(who) => ViewError::InUse(who),
            other => ViewError::Journal(other),
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(unavailable)?;
        connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(unavailable)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(unavailable)?;
        connection
            .execute_batch(
                "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072; PRAGMA mmap_size = 0;
                 PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 268435456;",
            )
            .map_err(unavailable)?;
        connection.set_prepared_statement_cache_capacity(64);
        prepare(&connection)?;
        Ok(SqliteViews {
            path: path.to_owned(),
            writer: Some(Arc::new(Mutex::new(connection))),
            readers: Arc::default(),
            _lock: Some(held),
        })
    }

    /// Opens existing views for reading alone, beside the process that keeps them.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`] when there are none or they are of another version.
    pub fn open_read_only(path: &Path) -> Result<SqliteViews, ViewError> {
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
        Ok(SqliteViews { path: path.to_owned(), writer: None, readers, _lock: None })
    }

    /// Puts these views in the place of another file, whose process must not run.
    ///
    /// # Errors
    /// [`ViewError`]; the old views stay in place then.
    pub fn replace(self, target: &Path) -> Result<(), ViewError> {
        let io = |error: std::io::Error| ViewError::Unavailable(error.to_string());
        let _target_lock = JournalLock::take(target).map_err(|error| match error {
            JournalError::InUse(who) => ViewError::InUse(who),
            other => ViewError::Journal(other),
        })?;
        if let Some(writer) = &self.writer {
            lock(writer).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(unavailable)?;
        }
        let path = self.path.clone();
        drop(self);
        for suffix in ["-wal", "-shm"] {
            for file in [target, path.as_path()] {
                let mut name = file.as_os_str().to_owned();
                name.push(suffix);
                match std::fs::remove_file(PathBuf::from(name)) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
                    _ => {}
                }
            }
        }
        std::fs::rename(&path, target).map_err(io)
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

fn get(connection: &Connection, view: &str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, ViewError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT row FROM view_{view} WHERE key = ?1")).map_err(unavailable)?;
    // In one transaction: each by itself would take the log's lock anew, and forget the pages in memory when a write came
    // between.
    let _open = connection.unchecked_transaction().map_err(unavailable)?;
    keys.iter().map(|key| statement.query_row([key], |row| row.get(0)).optional().map_err(unavailable)).collect()
}

fn prepare(connection: &Connection) -> Result<(), ViewError> {
    let stored: Option<i64> = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'checkpoint'", [], |row| row.get::<_, i64>(0))
        .map_err(unavailable)
        .and_then(|tables| match tables {
            0 => Ok(None),
            _ => connection
                .query_row("SELECT version FROM checkpoint", [], |row| row.get(0))
                .optional()
                .map_err(unavailable),
        })?;
    if stored == Some(i64::from(views::VERSION)) {
        return Ok(());
    }
    let mut script = String::from("BEGIN IMMEDIATE; DROP TABLE IF EXISTS checkpoint;");
    script.push_str("CREATE TABLE checkpoint (position INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;");
    script.push_str(&format!("INSERT INTO checkpoint VALUES (0, {});", views::VERSION));
    for view in views::NAMES {
        script.push_str(&format!(
            "DROP TABLE IF EXISTS view_{view};
             CREATE TABLE view_{view} (key TEXT PRIMARY KEY, row BLOB NOT NULL) STRICT, WITHOUT ROWID;"
        ));
    }
    for view in views::FORMER {
        script.push_str(&format!("DROP TABLE IF EXISTS view_{view};"));
    }
    script.push_str("COMMIT;");
    connection.execute_batch(&script).map_err(unavailable)
}

#[async_trait]
impl ViewStore for SqliteViews {
    async fn checkpoint(&self) -> Result<u64, ViewError> {
        self.read_with(|connection| {
            let position: i64 = connection
                .prepare_cached("SELECT position FROM checkpoint")
                .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
                .map_err(unavailable)?;
            Ok(u64::try_from(position).unwrap_or(0))
        })
        .await
    }

    async fn get(&self, view: &'static str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, ViewError> {
        let keys = keys.to_vec();
        self.read_with(move |connection| get(connection, view, &keys)).await
    }

    async fn get_to_write(&self, view: &'static str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, ViewError> {
        let Some(writer) = self.writer.clone() else { return self.get(view, keys).await };
        let keys = keys.to_vec();
        // A reader forgets its pages after every write; the writer keeps them, and needs them again for writing.
        Self::blocking(move || get(&lock(&writer), view, &keys)).await
    }

    async fn scan(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, ViewError> {
        let (prefix, after) = (prefix.to_owned(), after.to_owned());
        self.read_with(move |connection| {
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
            rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
        })
        .await
    }

    async fn write(&self, from: u64, to: u64, changes: Vec<ViewChanges>) -> Result<(), ViewError> {
        let Some(writer) = self.writer.clone() else {
            return Err(ViewError::InUse("these views were opened for reading alone".into()));
        };
        let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let (from, to) = (signed(from), signed(to));
        Self::blocking(move || {
            let mut connection = lock(&writer);
            let transaction = connection.transaction().map_err(unavailable)?;
            let moved = transaction
                .execute("UPDATE checkpoint SET position = ?1 WHERE position = ?2", (to, from))
                .map_err(unavailable)?;
            if moved != 1 {
                return Err(ViewError::Moved);
            }
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
}
