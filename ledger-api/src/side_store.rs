//! Stores that stand beside a journal: how their connections are made and what can go wrong with them.
//!
//! Access tokens and the vault of names are no events: they are changed and deleted. Beside a SQLite journal each has a
//! file of its own, beside a Postgres journal its own tables in the journal's schema. What the tables are and which
//! statements run on them belongs to `access` and `vault`.

pub(crate) mod postgres;
pub(crate) mod rows;
pub(crate) mod sqlite;

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
