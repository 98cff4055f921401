//! How much room the disk has on which a journal lies.

use std::path::Path;

use ledger_core::journal::url::JournalUrl;

/// How many bytes can still be written where the journal's file lies; none for a journal in a database, whose disk is another
/// machine's to tell of, and where the system does not tell.
pub(crate) fn free_bytes(url: &JournalUrl) -> Option<u64> {
    match url {
        JournalUrl::Sqlite(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let told = rustix::fs::statvfs(folder.unwrap_or(Path::new("."))).ok()?;
            Some(told.f_bavail.saturating_mul(told.f_frsize))
        }
        JournalUrl::Postgres { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::journal::url::JournalUrl;

    use super::free_bytes;

    #[test]
    fn a_file_s_folder_tells_its_room_and_a_database_tells_none() {
        let folder = tempfile::tempdir().unwrap();
        let room = free_bytes(&JournalUrl::Sqlite(folder.path().join("nuanxin.db"))).unwrap();
        // No machine this runs on has less than a megabyte, nor more than an exabyte.
        assert!((1 << 20..1 << 60).contains(&room), "{room}");
        assert!(free_bytes(&JournalUrl::Sqlite("nuanxin.db".into())).is_some(), "the folder it was started in");
        assert_eq!(free_bytes(&JournalUrl::Sqlite(folder.path().join("no").join("nuanxin.db"))), None);
        let database: JournalUrl = "postgres://nobody@127.0.0.1/none?schema=one".parse().unwrap();
        assert_eq!(free_bytes(&database), None);
    }
}
