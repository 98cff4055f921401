//! Connections with every pragma written out, and the schema's migrations: forward only.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{copy, private};
use crate::journal::JournalError;

/// Each step brings the schema from its index to the next version.
const STEPS: &[&str] = &[include_str!("schema_1.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];

/// The oldest version that is read as it is. What came since is asked for only where it is.
const READABLE: usize = 2;

/// How long a reader waits for a lock that is held only for an instant.
const BUSY: Duration = Duration::from_secs(5);

pub(super) fn unavailable(error: rusqlite::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}

/// The one connection that writes and checkpoints.
pub(super) fn writer(path: &Path) -> Result<Connection, JournalError> {
    let mut connection = writing(path)?;
    check_ours(&connection, path)?;
    copy::refuse_unfinished(&connection, path)?;
    set_up(&mut connection, path, "FULL")?;
    Ok(connection)
}

/// The one connection that writes a copy: what an interruption leaves is thrown away, so nothing is synced before its end.
pub(super) fn copy_writer(path: &Path) -> Result<Connection, JournalError> {
    let mut connection = writing(path)?;
    check_ours(&connection, path)?;
    copy::mark(&connection).map_err(unavailable)?;
    set_up(&mut connection, path, "OFF")?;
    Ok(connection)
}

fn writing(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let unusable = |error: rusqlite::Error| JournalError::Unusable(format!("{}: {error}", path.display()));
    private::make_database(path).map_err(|error| JournalError::Unusable(format!("{}: {error}", path.display())))?;
    let connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
    connection.busy_timeout(BUSY).map_err(unusable)?;
    Ok(connection)
}

fn set_up(connection: &mut Connection, path: &Path, synchronous: &str) -> Result<(), JournalError> {
    let unusable = |error: rusqlite::Error| JournalError::Unusable(format!("{}: {error}", path.display()));
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(unusable)?;
    if mode != "wal" {
        return Err(JournalError::Unusable(format!("{}: the file system does not allow WAL", path.display())));
    }
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = {synchronous};
             PRAGMA foreign_keys = OFF;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -131072;
             PRAGMA mmap_size = 0;
             PRAGMA wal_autocheckpoint = 8000;
             PRAGMA journal_size_limit = 268435456;"
        ))
        .map_err(unusable)?;
    let accepted: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(unusable)?;
    if accepted != i64::from(synchronous == "FULL") * 2 {
        return Err(JournalError::Unusable(format!("synchronous={synchronous} was not accepted")));
    }
    connection.set_prepared_statement_cache_capacity(32);
    migrate(connection)
}

/// A connection to a journal that can change nothing.
pub(super) fn reader(path: &Path) -> Result<Connection, JournalError> {
    read_only(path).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => JournalError::Unusable(format!("{}: {error}", path.display())),
        _ => unavailable(error),
    })
}

/// The same to any database.
pub(super) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // The first to read the file: what is no database shows here.
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    connection.execute_batch(
        "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;",
    )?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// A reader never migrates: it needs a version it can read.
pub(super) fn check_version(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    copy::refuse_unfinished(connection, path)?;
    let found = version(connection)?;
    if !(READABLE..=STEPS.len()).contains(&found) {
        let what = format!(
            "{} is of schema version {found}, this program knows {}; start the server or an import once to migrate it, or use a newer program",
            path.display(),
            STEPS.len()
        );
        return Err(JournalError::Unusable(what));
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, JournalError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(unavailable)?;
    usize::try_from(found).map_err(|_| JournalError::Unusable("the file is not a journal of this program".into()))
}

/// A newer program's journal and another program's database are left as they are.
fn check_ours(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    let unusable = |error: rusqlite::Error| JournalError::Unusable(format!("{}: {error}", path.display()));
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(unusable)?;
    match version(connection)? {
        0 if tables > 0 => {
            let what = format!("{} is another program's database; name a file of its own", path.display());
            Err(JournalError::Unusable(what))
        }
        found if found > STEPS.len() => check_version(connection, path),
        _ => Ok(()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let found = version(connection)?;
    for (index, step) in STEPS.iter().enumerate().skip(found) {
        let transaction = connection.transaction().map_err(unavailable)?;
        transaction.execute_batch(step).map_err(unavailable)?;
        transaction.pragma_update(None, "user_version", index + 1).map_err(unavailable)?;
        transaction.commit().map_err(unavailable)?;
    }
    Ok(())
}
