//! Stores that stand beside a journal: how their connections are made and what can go wrong with them.
//!
//! Access tokens and the vault of names are no events: they are changed and deleted. Beside a SQLite journal each has a
//! file of its own, beside a Postgres journal its own tables in the journal's schema. What the tables are and which
//! statements run on them belongs to `access` and `vault`.

pub(crate) mod postgres;
pub(crate) mod rows;
pub(crate) mod sqlite;

use std::path::Path;

use ledger_core::journal::url::JournalUrl;

use postgres::{Schema, Versions};

/// Beside which journal something stands.
#[derive(Debug, Clone, Copy)]
pub enum Beside<'a> {
    /// In files beside its file.
    Sqlite(&'a Path),
    /// In tables of its schema.
    Postgres(Schema<'a>),
}

impl<'a> From<&'a JournalUrl> for Beside<'a> {
    fn from(url: &'a JournalUrl) -> Beside<'a> {
        match url {
            JournalUrl::Sqlite(path) => Beside::Sqlite(path),
            JournalUrl::Postgres { url, schema } => Beside::Postgres(Schema::new(url, schema)),
        }
    }
}

impl<'a> Beside<'a> {
    /// As what stands there was found to be, for whoever opens all of it.
    pub(crate) const fn found(self, versions: &'a Versions) -> Beside<'a> {
        match self {
            Beside::Sqlite(path) => Beside::Sqlite(path),
            Beside::Postgres(place) => Beside::Postgres(place.found(versions)),
        }
    }

    /// Finds out once, for all that stands there, what has to be brought up to date.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub(crate) async fn versions(self) -> Result<Versions, SideStoreError> {
        match self {
            Beside::Sqlite(_) => Ok(Versions::default()),
            Beside::Postgres(place) => place.versions().await,
        }
    }
}

/// A store beside the journal could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SideStoreError {
    /// It cannot be reached now; trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// Its place, settings or content cannot be used by this program.
    #[error("{0}")]
    Unusable(String),
}
