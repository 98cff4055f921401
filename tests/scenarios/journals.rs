//! Journals for scenarios: new ones on either database, and copies to be tampered with.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ledger_core::journal::url::JournalUrl;
use nuanxin_tests::{Server, SetClock, cli, scratch_dir, shared_cluster};

use crate::tables::{Tables, copy_of_schema};

/// Which database holds a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    /// One file.
    Sqlite,
    /// One schema of the cluster that this test program shares.
    Postgres,
}

/// The address of a journal that is not there yet.
pub(crate) fn fresh(database: Database) -> String {
    match database {
        Database::Sqlite => in_folder(&scratch_dir("journal")),
        Database::Postgres => shared_cluster().fresh_schema_url(),
    }
}

/// The address of a journal to serve the demonstration from. It is filled: made once for all of this test program on each
/// database and copied for each, with everything that lies beside it.
pub(crate) fn demonstration(database: Database) -> String {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    static JOURNAL: OnceLock<String> = OnceLock::new();
    match database {
        Database::Sqlite => copied(FOLDER.get_or_init(|| made(|journal| Server::start(journal, &["--demo"])))),
        Database::Postgres => copied_database(JOURNAL.get_or_init(made_database)),
    }
}

/// The database of which those with the demonstration are copies, and its only schema.
const ORIGINAL: &str = "demonstration";

fn made_database() -> String {
    carry_out(shared_cluster().url_with_schema("public"), format!("CREATE DATABASE {ORIGINAL}"));
    let journal = shared_cluster().url_in(ORIGINAL, ORIGINAL);
    let server = Server::start(&journal, &["--demo"]);
    assert!(server.terminate().success(), "{}", server.stderr());
    journal
}

/// A copy of that database, with its journal in a schema of its own: files are named by schemas.
fn copied_database(made: &str) -> String {
    let Ok(JournalUrl::Postgres { schema: name, .. }) = fresh(Database::Postgres).parse() else {
        panic!("a journal on Postgres has a schema")
    };
    carry_out(shared_cluster().url_with_schema("public"), format!("CREATE DATABASE {name} TEMPLATE {ORIGINAL}"));
    let journal = shared_cluster().url_in(&name, &name);
    carry_out(journal.clone(), format!("ALTER SCHEMA {ORIGINAL} RENAME TO {name}"));
    cli::copy_signing_keys(made, &journal);
    journal
}

/// The same on SQLite, made by another clock, which must be set to the same time whoever asks.
pub(crate) fn demonstration_by(clock: &SetClock) -> String {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    copied(MADE.get_or_init(|| made(|journal| Server::start_by(journal, &["--demo"], clock))))
}

/// Carries out a statement on a thread of its own: whoever asks may be within a runtime, and a connection brings one along.
fn carry_out(journal: String, statement: String) {
    std::thread::spawn(move || Tables::of(&journal).run(&statement)).join().expect("it is carried out");
}

fn made(start: impl FnOnce(&str) -> Server) -> PathBuf {
    let folder = scratch_dir("demonstration");
    let server = start(&in_folder(&folder));
    assert!(server.terminate().success(), "{}", server.stderr());
    folder
}

fn copied(folder: &Path) -> String {
    let copy = scratch_dir("demonstration");
    copy_into(folder, &copy);
    in_folder(&copy)
}

fn copy_into(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry");
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("a kind").is_dir() {
            std::fs::create_dir(&copy).expect("a folder");
            std::fs::set_permissions(&copy, std::fs::metadata(&path).expect("a folder").permissions())
                .expect("its mode");
            copy_into(&path, &copy);
        } else {
            std::fs::copy(&path, &copy).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}

/// The address of an SQLite journal in a folder.
pub(crate) fn in_folder(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("nuanxin.db").display())
}

/// The file of an SQLite journal.
#[track_caller]
pub(crate) fn file_of(journal: &str) -> PathBuf {
    PathBuf::from(journal.strip_prefix("sqlite:").expect("an SQLite journal"))
}

/// A copy of a journal that no process has open, in a folder or schema of its own: the journal alone, without views,
/// tokens and names.
pub(crate) fn copy_of(journal: &str) -> String {
    if !journal.starts_with("sqlite:") {
        return copy_of_schema(journal);
    }
    let copy = fresh(Database::Sqlite);
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", file_of(journal).display());
        let to = format!("{}{ending}", file_of(&copy).display());
        if Path::new(&from).exists() {
            std::fs::copy(&from, &to).unwrap_or_else(|error| panic!("{from} to {to}: {error}"));
        }
    }
    copy
}

/// Names of what lies in a folder, sorted.
pub(crate) fn listing(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort();
    names
}
