//! Sessions in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::{SessionStore, StoredSession};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Each step brings the file from its index to the next version.
const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

pub(super) struct SqliteSessions {
    file: SideFile,
}

impl SqliteSessions {
    pub(super) async fn open(journal: &Path) -> Result<SqliteSessions, SideStoreError> {
        Ok(SqliteSessions { file: SideFile::open(sidecar_path(journal, "sessions.db"), STEPS).await? })
    }
}

#[async_trait]
impl SessionStore for SqliteSessions {
    async fn begin(&self, hash: [u8; 32], session: StoredSession, over: (i64, i64)) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached("DELETE FROM session WHERE begun_at_ms < ?1 OR seen_at_ms < ?2")?
                    .execute(params![over.0, over.1])?;
                transaction
                    .prepare_cached(
                        "INSERT INTO session (hash, account, begun_at_ms, seen_at_ms) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![hash, session.account, session.begun_at_ms, session.seen_at_ms])
                    .map(|_| ())
            })
            .await
    }

    async fn find(&self, hash: [u8; 32]) -> Result<Option<StoredSession>, SideStoreError> {
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached("SELECT account, begun_at_ms, seen_at_ms FROM session WHERE hash = ?1")?
                    .query_row([hash], |row| {
                        Ok(StoredSession { account: row.get(0)?, begun_at_ms: row.get(1)?, seen_at_ms: row.get(2)? })
                    })
                    .optional()
            })
            .await
    }

    async fn note(&self, hash: [u8; 32], now_ms: i64) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached("UPDATE session SET seen_at_ms = ?2 WHERE hash = ?1")?
                    .execute(params![hash, now_ms])
                    .map(|_| ())
            })
            .await
    }

    async fn end(&self, hash: [u8; 32]) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                transaction.prepare_cached("DELETE FROM session WHERE hash = ?1")?.execute([hash]).map(|_| ())
            })
            .await
    }

    async fn end_all(&self, account: &str) -> Result<(), SideStoreError> {
        let account = account.to_owned();
        self.file
            .write(move |transaction| {
                transaction.prepare_cached("DELETE FROM session WHERE account = ?1")?.execute([account]).map(|_| ())
            })
            .await
    }
}
