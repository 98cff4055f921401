//! The lock file that keeps a second writing process away and says who holds the journal.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::private;
use crate::journal::JournalError;

/// The held lock; the operating system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub struct JournalLock {
    _file: File,
}

impl JournalLock {
    /// Takes the lock beside a database.
    ///
    /// # Errors
    /// [`JournalError::InUse`] with who holds it; [`JournalError::Unusable`] where no lock file can be made.
    pub fn take(database: &Path) -> Result<JournalLock, JournalError> {
        let path = private::with_suffix(database, ".lock");
        let unusable = |error: std::io::Error| JournalError::Unusable(format!("{}: {error}", path.display()));
        let mut file =
            private::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(unusable)?;
        private::narrow(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Without the note the message only says less.
                let _ = Read::by_ref(&mut file).take(200).read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
                let what = format!("{} is written by {holder}; stop it, or use its HTTP API", database.display());
                return Err(JournalError::InUse(what));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let note = format!("process {}", std::process::id());
        file.set_len(0).map_err(unusable)?;
        file.seek(SeekFrom::Start(0)).map_err(unusable)?;
        file.write_all(note.as_bytes()).map_err(unusable)?;
        Ok(JournalLock { _file: file })
    }
}
