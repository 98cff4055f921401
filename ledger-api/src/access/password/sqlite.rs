//! Passwords in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::PasswordStore;
use crate::app::beside;
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;

/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

pub(super) struct SqlitePasswords {
    file: SideFile,
}

impl SqlitePasswords {
    pub(super) async fn open(journal: &Path) -> Result<SqlitePasswords, SideStoreError> {
        Ok(SqlitePasswords { file: SideFile::open(beside(journal, super::STORE.file), STEPS).await? })
    }
}

#[async_trait]
impl PasswordStore for SqlitePasswords {
    async fn put(&self, account: &str, hash: &str, now_ms: i64) -> Result<(), SideStoreError> {
        let (account, hash) = (account.to_owned(), hash.to_owned());
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO password (account, hash, set_at_ms) VALUES (?1, ?2, ?3)
                         ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms",
                    )?
                    .execute(params![account, hash, now_ms])
                    .map(|_| ())
            })
            .await
    }

    async fn get(&self, account: &str) -> Result<Option<String>, SideStoreError> {
        let account = account.to_owned();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached("SELECT hash FROM password WHERE account = ?1")?
                    .query_row([account], |row| row.get(0))
                    .optional()
            })
            .await
    }
}
