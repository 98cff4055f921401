//! The mark beside a database that is written without syncs: what it says of the file is what a power cut may have undone.
//!
//! A process that dies takes nothing back: what it wrote is the system's by then. Only when the machine itself goes down
//! may pages be lost, some and not others. So the mark names the machine's start under which the file is written, and is
//! durable before anything else is; it is taken away once all is synced. A file with the mark of another start is not to
//! be believed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ledger_core::journal::sqlite::private;

/// Where Linux tells one start of the machine from another.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// No file that holds an id is longer.
const ID_MAX: u64 = 200;

/// The mark of a database that is written without syncs now. Dropped, it syncs the database, whose connections must be
/// closed by then, and goes.
pub(super) struct Unsynced {
    database: PathBuf,
}

/// The id of the machine's present start; none where the system does not tell.
fn boot_id() -> Option<String> {
    read(Path::new(BOOT_ID)).ok().filter(|id| !id.is_empty())
}

fn read(path: &Path) -> io::Result<String> {
    let mut id = String::new();
    io::Read::read_to_string(&mut io::Read::take(File::open(path)?, ID_MAX), &mut id)?;
    Ok(id.trim().to_owned())
}

fn mark_path(database: &Path) -> PathBuf {
    private::with_suffix(database, ".unsynced")
}

/// Whether the machine has kept everything that was written to the database: it is not marked, or the machine has not
/// gone down since it was.
pub(super) fn is_whole(database: &Path) -> io::Result<bool> {
    match read(&mark_path(database)) {
        Ok(marked) => Ok(boot_id().is_some_and(|now| now == marked)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        // A mark that is no text is one that a power cut left half written.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the database, its log and, once they are gone for good, its mark.
pub(super) fn remove_database(database: &Path) -> io::Result<()> {
    remove_log(database)?;
    private::remove(database)?;
    remove_mark(database)
}

/// Removes the database with everything beside it, the lock included.
pub(super) fn remove_all(database: &Path) -> io::Result<()> {
    remove_database(database)?;
    private::remove(&private::with_suffix(database, ".lock"))
}

/// Removes what belongs to the database's connections: its log, and the memory they share.
pub(super) fn remove_log(database: &Path) -> io::Result<()> {
    private::remove(&private::with_suffix(database, "-wal"))?;
    private::remove(&private::with_suffix(database, "-shm"))
}

/// Removes the mark, once what was done to the names of the folder is durable.
pub(super) fn remove_mark(database: &Path) -> io::Result<()> {
    let mark = mark_path(database);
    if mark.try_exists()? {
        private::sync_folder_of(database)?;
        private::remove(&mark)?;
    }
    Ok(())
}

impl Unsynced {
    /// Marks a database before it is opened; none where that cannot be done, or nobody could tell later whether the machine
    /// went down: then it must be synced as it is written.
    pub(super) fn mark(database: &Path) -> Option<Unsynced> {
        let id = boot_id()?;
        let new = private::options().write(true).create(true).truncate(true).open(mark_path(database));
        let marked = new.and_then(|mut file| {
            private::narrow(&mark_path(database))?;
            file.write_all(id.as_bytes())?;
            file.sync_all()?;
            private::sync_folder_of(database)
        });
        match marked {
            Ok(()) => Some(Unsynced { database: database.to_owned() }),
            Err(error) => {
                tracing::debug!(%error, "the views cannot be marked; they are synced as they are written");
                None
            }
        }
    }

    fn sync(&self) -> io::Result<()> {
        // Readers may have kept the log from being copied into the database.
        for file in [self.database.clone(), private::with_suffix(&self.database, "-wal")] {
            match File::open(&file) {
                Ok(file) => file.sync_all()?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        remove_mark(&self.database)
    }
}

impl Drop for Unsynced {
    fn drop(&mut self) {
        if let Err(error) = self.sync() {
            tracing::warn!(%error, "the views could not be synced; after a power cut they are made anew");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Unsynced, boot_id, is_whole, mark_path, remove_database};

    #[test]
    fn a_database_is_believed_again_once_it_was_synced() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("views.db");
        assert!(is_whole(&database).expect("it is told"), "nothing is there yet");
        fs::write(&database, "rows").expect("a file");
        let unsynced = Unsynced::mark(&database);
        assert_eq!(unsynced.is_some(), boot_id().is_some());
        assert_eq!(mark_path(&database).exists(), unsynced.is_some());
        assert!(is_whole(&database).expect("it is told"), "the machine has not gone down");
        drop(unsynced);
        assert!(!mark_path(&database).exists());
    }

    #[test]
    fn a_database_written_under_another_start_of_the_machine_is_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("views.db");
        fs::write(&database, "rows").expect("a file");
        for mark in [b"00000000-0000-0000-0000-000000000000".as_slice(), b"", b"\xff\xfe", &[0; 36]] {
            fs::write(mark_path(&database), mark).expect("a mark");
            assert!(!is_whole(&database).expect("it is told"), "{mark:?}");
        }
        remove_database(&database).expect("it goes");
        assert!(!database.exists());
        assert!(is_whole(&database).expect("it is told"));
    }
}
