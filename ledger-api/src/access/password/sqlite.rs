//! Passwords in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::{Kept, PasswordStore};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Each step brings the file from its index to the next version.
pub(in crate::access) const STEPS: &[&str] = &[
    include_str!("sqlite_1.sql"),
    include_str!("sqlite_2.sql"),
    include_str!("sqlite_3.sql"),
    include_str!("sqlite_4.sql"),
];

pub(super) struct SqlitePasswords {
    file: SideFile,
}

impl SqlitePasswords {
    pub(super) async fn open(journal: &Path) -> Result<SqlitePasswords, SideStoreError> {
        Ok(SqlitePasswords { file: SideFile::open(sidecar_path(journal, super::STORE.file), STEPS).await? })
    }
}

#[async_trait]
impl PasswordStore for SqlitePasswords {
    async fn put(&self, account: &str, kept: Kept) -> Result<(), SideStoreError> {
        let account = account.to_owned();
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO password (account, hash, set_at_ms, given_by) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms,
                             given_by = excluded.given_by",
                    )?
                    .execute(params![account, kept.hash, kept.set_at_ms, kept.given_by])
                    .map(|_| ())
            })
            .await
    }

    async fn get(&self, account: &str) -> Result<Option<Kept>, SideStoreError> {
        let account = account.to_owned();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached("SELECT hash, set_at_ms, given_by FROM password WHERE account = ?1")?
                    .query_row([account], |row| {
                        Ok(Kept { hash: row.get(0)?, set_at_ms: row.get(1)?, given_by: row.get(2)? })
                    })
                    .optional()
            })
            .await
    }
}
