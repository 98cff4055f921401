//! An index whose file is damaged. Whoever meets the damage leaves a mark beside the file; the next start of a server
//! throws it away with the mark and makes it anew, for nothing stands in it that the journal does not hold.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Error, ErrorCode};

use super::connect::unavailable;
use crate::journal::JournalError;

/// What a person does about it.
pub(super) const CURE: &str = "start the server again: it makes the index anew from the journal";

/// SQLite names the file that a link leads to; the mark lies beside that one, whoever makes it or looks for it.
fn with(index: &Path, suffix: &str) -> PathBuf {
    let mut name = fs::canonicalize(index).unwrap_or_else(|_| index.to_owned()).into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

fn mark(index: &Path) -> PathBuf {
    with(index, ".damaged")
}

/// What an error of this index means: where it says that the file is damaged, that is marked.
pub(super) fn met(index: &Connection) -> impl Fn(Error) -> JournalError + Copy + '_ {
    move |error| met_at(path_of(index), error)
}

/// The same, where its connection is lent elsewhere or was never made.
pub(super) fn met_at(index: Option<&Path>, error: Error) -> JournalError {
    if is_damage(&error) { found_at(index, &error.to_string()) } else { unavailable(error) }
}

/// Also where a column holds what its table does not allow: SQLite does not look at that again when it reads.
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::FromSqlConversionFailure(..) | Error::IntegralValueOutOfRange(..) | Error::InvalidColumnType(..) => true,
        other => matches!(other.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)),
    }
}

/// The index holds what no index can hold.
pub(super) fn found(index: &Connection, what: &str) -> JournalError {
    found_at(path_of(index), what)
}

fn found_at(index: Option<&Path>, what: &str) -> JournalError {
    let Some(index) = index else { return JournalError::Unavailable(what.to_owned()) };
    // Whoever may only read cannot mark it; a server that meets it will.
    if let Err(error) = super::private::options().write(true).create(true).truncate(true).open(mark(index)) {
        tracing::warn!(%error, "the damaged index could not be marked");
    }
    JournalError::Unavailable(format!("{} is damaged ({what}); {CURE}", index.display()))
}

/// The file of an index; none where it lies in memory.
pub(super) fn path_of(index: &Connection) -> Option<&Path> {
    index.path().filter(|path| !path.is_empty()).map(Path::new)
}

/// Whether somebody found it damaged.
pub(super) fn is_marked(index: &Path) -> bool {
    mark(index).exists()
}

/// Throws a marked index away; the mark last, so that nothing of it is left when the mark is gone.
///
/// # Errors
/// [`JournalError::Unusable`] when a file cannot be removed.
pub(super) fn throw_away(index: &Path) -> Result<(), JournalError> {
    // All named before the first is gone: a link that leads nowhere cannot be followed any more.
    for file in ["", "-wal", "-shm", "-journal", ".damaged"].map(|suffix| with(index, suffix)) {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                let what = format!("{} is of a damaged index and cannot be removed: {error}", file.display());
                return Err(JournalError::Unusable(what));
            }
            _ => {}
        }
    }
    Ok(())
}
