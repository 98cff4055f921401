//! A file that a journal is copied into, by a backup or a restore: no journal before it is whole.
//!
//! It carries a mark in its header until the last entry is in it, whatever its name is by then, and is renamed into place
//! only after that. So a copy that was interrupted is never opened as a journal, and never believed to be a backup.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::append::Closing;
use super::connect::{self, unavailable};
use super::index::index_path;
use super::{SqliteJournal, private};
use crate::journal::JournalError;

/// SQLite's `application_id` of a file that is being copied into: "NXCP".
const UNFINISHED: i32 = 0x4e58_4350;

/// Where a restore copies to before it is renamed into place: `nuanxin.db` → `nuanxin.restoring.db`.
pub fn restoring_path(journal: &Path) -> PathBuf {
    let stem = journal.file_stem().map_or_else(|| "nuanxin".into(), |stem| stem.to_string_lossy().into_owned());
    journal.with_file_name(format!("{stem}.restoring.db"))
}

/// Marks a file, before anything else is in it.
pub(super) fn mark(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", UNFINISHED)
}

/// Takes the mark away.
pub(super) fn unmark(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", 0)
}

/// That a file is not one which a copy was interrupted in.
///
/// # Errors
/// [`JournalError::Unusable`].
pub(super) fn refuse_unfinished(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    let found: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(unavailable)?;
    if found == UNFINISHED {
        let what = format!(
            "{} is an unfinished copy: a backup or restore into it was interrupted, or is under way; make it again, which \
             begins anew",
            path.display()
        );
        return Err(JournalError::Unusable(what));
    }
    Ok(())
}

/// That no journal is begun, and none missed, where a restore was interrupted.
///
/// # Errors
/// [`JournalError::Unusable`].
pub(super) fn refuse_interrupted_restore(path: &Path) -> Result<(), JournalError> {
    let left = restoring_path(path);
    if std::fs::metadata(path).is_ok_and(|found| found.len() > 0) || !left.exists() {
        return Ok(());
    }
    Err(JournalError::Unusable(format!(
        "there is no journal at {}, but {}, which a restore left that was interrupted or is under way; run the restore \
         again, which begins anew, or remove that file",
        path.display(),
        left.display()
    )))
}

/// Removes a copy with everything beside it.
///
/// # Errors
/// [`JournalError::Unusable`].
pub fn remove(path: &Path) -> Result<(), JournalError> {
    let index = index_path(path);
    let beside = ["-wal", "-shm", "-journal", ".lock"].map(|suffix| private::with_suffix(path, suffix));
    let of_index = ["", "-wal", "-shm", "-journal", ".damaged"].map(|suffix| private::with_suffix(&index, suffix));
    // The file itself last: what is left tells that something is left.
    for file in beside.into_iter().chain(of_index).chain([path.to_owned()]) {
        private::remove(&file).map_err(|error| unusable(&file, &error))?;
    }
    Ok(())
}

fn unusable(path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::Unusable(format!("{}: {error}", path.display()))
}

impl SqliteJournal {
    /// Begins a copy in a new file. Nothing of it is synced before [`SqliteJournal::finish_copy`].
    ///
    /// # Errors
    /// As [`SqliteJournal::open`].
    pub fn begin_copy(path: &Path) -> Result<SqliteJournal, JournalError> {
        SqliteJournal::open_by(path, connect::copy_writer)
    }

    /// Ends a copy that is whole: durable, without its mark, in a file that needs no other beside it.
    ///
    /// # Errors
    /// [`JournalError`]; the copy is not to be used then.
    pub async fn finish_copy(self) -> Result<(), JournalError> {
        let path = self.path.clone();
        self.end(Closing::Copied).await?;
        std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(|error| unusable(&path, &error))
    }
}

/// Renames a finished copy into its place, durably; its index goes with it. What lies at the place, an empty journal that
/// nobody has open, is gone then.
///
/// # Errors
/// [`JournalError::Unusable`].
pub fn put_in_place(copy: &Path, journal: &Path) -> Result<(), JournalError> {
    let (from, to) = (index_path(copy), index_path(journal));
    let old = ["-wal", "-shm", "-journal", ".damaged"].map(|suffix| private::with_suffix(&to, suffix));
    let logs = ["-wal", "-shm", "-journal"].map(|suffix| private::with_suffix(journal, suffix));
    // A log that stayed would be played into the new file.
    for file in [journal.to_owned()].into_iter().chain(logs).chain(old) {
        private::remove(&file).map_err(|error| unusable(&file, &error))?;
    }
    if from.is_file() {
        std::fs::rename(&from, &to).map_err(|error| unusable(&to, &error))?;
    }
    private::sync_folder_of(journal).map_err(|error| unusable(journal, &error))?;
    std::fs::rename(copy, journal).map_err(|error| unusable(journal, &error))?;
    private::sync_folder_of(journal).map_err(|error| unusable(journal, &error))?;
    remove(copy)
}
