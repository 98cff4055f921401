//! The three journals a history is played on.

use std::path::PathBuf;
use std::sync::Arc;

use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::url::JournalUrl;
use nuanxin_tests::{scratch_dir, shared_cluster};

/// Where a history's journal is.
pub(crate) enum Backend {
    Memory(MemoryJournal),
    Sqlite(PathBuf),
    Postgres { url: String, schema: String },
}

impl Backend {
    pub(crate) fn memory() -> Backend {
        Backend::Memory(MemoryJournal::default())
    }

    pub(crate) fn sqlite() -> Backend {
        Backend::Sqlite(scratch_dir("model").join("nuanxin.db"))
    }

    pub(crate) fn postgres() -> Backend {
        match shared_cluster().fresh_schema_url().parse() {
            Ok(JournalUrl::Postgres { url, schema }) => Backend::Postgres { url, schema },
            other => panic!("a cluster gives an address of PostgreSQL, not {other:?}"),
        }
    }

    /// Opens the journal, anew where it is kept outside this process.
    pub(crate) async fn open(&self) -> Arc<dyn Journal> {
        match self {
            Backend::Memory(journal) => Arc::new(journal.clone()),
            Backend::Sqlite(path) => Arc::new(SqliteJournal::open(path).expect("SQLite opens")),
            Backend::Postgres { url, schema } => {
                Arc::new(PostgresJournal::open(url, schema).await.expect("PostgreSQL opens"))
            }
        }
    }
}
