//! The one connection that writes the views' file.
//!
//! Nothing is synced while it is written: rows and checkpoint move together, so what a dying process takes back is folded
//! again from the journal. What a dying machine may have left half written is told by the file's mark ([`super::unsynced`])
//! and thrown away.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ledger_core::journal::JournalError;
use ledger_core::journal::sqlite::lock::JournalLock;
use ledger_core::journal::sqlite::private;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::unavailable;
use super::unsynced::{self, Unsynced};
use crate::error::ViewError;
use crate::views;

/// Whoever may write a views' file. Dropped in the order of the fields: closed, synced, and only then given free.
pub(super) struct Keeper {
    connection: Mutex<Connection>,
    _unsynced: Option<Unsynced>,
    _lock: JournalLock,
}

/// Takes the lock beside a views' file.
pub(super) fn take(path: &Path) -> Result<JournalLock, ViewError> {
    JournalLock::take(path).map_err(|error| {
        if let JournalError::InUse(who) = error { ViewError::InUse(who) } else { ViewError::Journal(error) }
    })
}

impl Keeper {
    /// Opens the file; stored views of another version, or which the machine may have lost a part of, are thrown away.
    pub(super) fn open(path: &Path) -> Result<Keeper, ViewError> {
        private::make_folder_of(path).map_err(unavailable)?;
        let lock = take(path)?;
        if !unsynced::is_whole(path).map_err(unavailable)? {
            tracing::warn!("the machine went down while the views were written; they are made anew from the journal");
            unsynced::remove_database(path).map_err(unavailable)?;
        }
        let unsynced = Unsynced::mark(path);
        let synchronous = if unsynced.is_some() { "OFF" } else { "NORMAL" };
        let connection = match prepared(path, synchronous) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "{} is damaged; it is thrown away and made anew", path.display());
                unsynced::remove_log(path).and_then(|()| private::remove(path)).map_err(unavailable)?;
                prepared(path, synchronous)
            }
            opened => opened,
        };
        let connection = connection.map_err(unavailable)?;
        Ok(Keeper { connection: Mutex::new(connection), _unsynced: unsynced, _lock: lock })
    }

    /// The connection, once nobody else uses it.
    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a file says that holds no database any more: views can always be made anew.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn prepared(path: &Path, synchronous: &str) -> rusqlite::Result<Connection> {
    let connection = open(path, synchronous)?;
    prepare(&connection)?;
    Ok(connection)
}

fn open(path: &Path, synchronous: &str) -> rusqlite::Result<Connection> {
    // A file whose folder lets nobody make it is told by SQLite as well.
    let _ = private::make_database(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072; PRAGMA mmap_size = 0;
             PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 268435456;"
    ))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    let stored: Option<i64> = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'checkpoint'", [], |row| row.get::<_, i64>(0))
        .and_then(|tables| match tables {
            0 => Ok(None),
            _ => connection.query_row("SELECT version FROM checkpoint", [], |row| row.get(0)).optional(),
        })?;
    if stored == Some(i64::from(views::VERSION)) {
        return Ok(());
    }
    let mut script = String::from("BEGIN IMMEDIATE; DROP TABLE IF EXISTS checkpoint;");
    script.push_str(
        "CREATE TABLE checkpoint (position INTEGER NOT NULL, leaf BLOB NOT NULL, version INTEGER NOT NULL) STRICT;",
    );
    // Before the first entry stands a leaf of zeros.
    script.push_str(&format!("INSERT INTO checkpoint VALUES (0, zeroblob(32), {});", views::VERSION));
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
    connection.execute_batch(&script)
}
