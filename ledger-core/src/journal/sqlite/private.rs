//! Files and folders that only their owner may read: SQLite itself would make them as the umask says, for everybody on
//! most machines.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// A file beside a database: `nuanxin.db` → `nuanxin.db-wal`.
pub fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the folder of a file, and those above it, for their owner alone; those that are there stay as they are.
///
/// # Errors
/// Those of the file system.
pub fn make_folder_of(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How to make a file for its owner alone.
pub fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a database's file for its owner alone, or takes the others' rights away from the one that is there and from its
/// log. SQLite gives a log the mode of its database.
///
/// # Errors
/// Those of the file system; a file of somebody else stays as it is.
pub fn make_database(path: &Path) -> Result<()> {
    match options().write(true).create_new(true).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for suffix in ["", "-wal", "-shm", "-journal"] {
        narrow(&with_suffix(path, suffix))?;
    }
    Ok(())
}

/// Takes the rights of others away from a file, where it is there and ours.
///
/// # Errors
/// Those of the file system.
#[cfg(unix)]
pub fn narrow(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let tolerated = |error: Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Ok(()),
        _ => Err(error),
    };
    match fs::metadata(path) {
        Ok(found) if found.is_file() && found.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, Permissions::from_mode(0o600)).or_else(tolerated)
        }
        Ok(_) => Ok(()),
        Err(error) => tolerated(error),
    }
}

/// Takes the rights of others away from a file: elsewhere than on unix they have none by its mode.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn narrow(_path: &Path) -> Result<()> {
    Ok(())
}

/// Makes new, renamed and removed names in a file's folder durable: they survive a power cut once the folder is synced.
/// Elsewhere than on unix a folder cannot be synced.
///
/// # Errors
/// Those of the file system.
pub fn sync_folder_of(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Removes a file that may not be there.
///
/// # Errors
/// Those of the file system.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
