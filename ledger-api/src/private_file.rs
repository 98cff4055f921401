//! Small files that only their owner may read: keys. Written whole or not at all, and never world-readable in between.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;

use ledger_core::journal::sqlite::private;
use zeroize::Zeroizing;

/// Reads a file of at most `bytes_max`; none when it is not there. Warns when others can read it too.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<Option<Zeroizing<String>>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    warn_if_others_can_read(&file, path);
    let mut text = Zeroizing::new(String::new());
    file.take(bytes_max.saturating_add(1)).read_to_string(&mut text)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > bytes_max {
        return Err(Error::new(ErrorKind::InvalidData, format!("longer than {bytes_max} bytes")));
    }
    Ok(Some(text))
}

/// Makes a file that must not be there yet; `false`, and nothing changed, when another process was first.
pub(crate) fn create(path: &Path, text: &str) -> Result<bool> {
    let file = written(path, text)?;
    match file.persist_noclobber(path) {
        Ok(_) => private::sync_folder_of(path).map(|()| true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// Puts a file in the place of the one that may be there.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    written(path, text)?.persist(path).map_err(|error| error.error)?;
    private::sync_folder_of(path)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file is its owner's alone (mode 0600) and keeps that mode under its final name.
fn written(path: &Path, text: &str) -> Result<tempfile::NamedTempFile> {
    let folder = folder(path);
    private::make_folder_of(path)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn warn_if_others_can_read(file: &std::fs::File, path: &Path) {
    use std::os::unix::fs::MetadataExt;
    let open_to_others = file.metadata().is_ok_and(|metadata| metadata.mode() & 0o077 != 0);
    if open_to_others {
        tracing::warn!(path = %path.display(), "others can read this key file; run chmod 600 on it");
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_file: &std::fs::File, _path: &Path) {}

#[cfg(test)]
mod tests {
    use super::{create, read, replace};

    #[test]
    fn a_file_is_made_once_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("one");
        assert!(read(&path, 10).unwrap().is_none());
        assert!(create(&path, "first").unwrap());
        assert!(!create(&path, "second").unwrap());
        assert_eq!(read(&path, 10).unwrap().unwrap().as_str(), "first");
        replace(&path, "third").unwrap();
        assert_eq!(read(&path, 5).unwrap().unwrap().as_str(), "third");
        assert!(read(&path, 4).is_err());
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
