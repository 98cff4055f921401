//! Tokens in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params};

use super::secret::SecretHash;
use super::store::{StoredToken, TokenStore};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql"), include_str!("sqlite_2.sql")];

pub(super) struct SqliteTokens {
    file: SideFile,
}

impl SqliteTokens {
    pub(super) async fn open(journal: &Path) -> Result<SqliteTokens, SideStoreError> {
        Ok(SqliteTokens { file: SideFile::open(sidecar_path(journal, "access.db"), STEPS).await? })
    }
}

#[async_trait]
impl TokenStore for SqliteTokens {
    async fn insert(&self, token: StoredToken, hash: SecretHash) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let added = transaction
                    .prepare_cached(
                        "INSERT INTO access_token (id, hash, role, scope, name, issued_at_ms, revoked_at_ms, account, until)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
                    )?
                    .execute(params![
                        token.id,
                        hash.as_bytes(),
                        token.role,
                        token.scope,
                        token.name,
                        token.issued_at_ms,
                        token.revoked_at_ms,
                        token.account,
                        token.until
                    ])?;
                Ok(added == 1)
            })
            .await
    }

    async fn find(&self, hash: SecretHash) -> Result<Option<StoredToken>, SideStoreError> {
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached(
                        "SELECT id, role, scope, name, issued_at_ms, revoked_at_ms, account, until FROM access_token
                         WHERE hash = ?1 AND revoked_at_ms IS NULL",
                    )?
                    .query_row([hash.as_bytes()], stored)
                    .optional()
            })
            .await
    }

    async fn list(&self) -> Result<Vec<StoredToken>, SideStoreError> {
        self.file
            .read(|transaction| {
                transaction
                    .prepare_cached(
                        "SELECT id, role, scope, name, issued_at_ms, revoked_at_ms, account, until FROM access_token
                         ORDER BY issued_at_ms, id",
                    )?
                    .query_map([], stored)?
                    .collect()
            })
            .await
    }

    async fn revoke(&self, id: &str, now_ms: i64) -> Result<bool, SideStoreError> {
        let id = id.to_owned();
        self.file
            .write(move |transaction| {
                let found = transaction
                    .prepare_cached(
                        "UPDATE access_token SET revoked_at_ms = COALESCE(revoked_at_ms, ?2) WHERE id = ?1",
                    )?
                    .execute(params![id, now_ms])?;
                Ok(found == 1)
            })
            .await
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredToken> {
    Ok(StoredToken {
        id: row.get(0)?,
        role: row.get(1)?,
        scope: row.get(2)?,
        name: row.get(3)?,
        issued_at_ms: row.get(4)?,
        revoked_at_ms: row.get(5)?,
        account: row.get(6)?,
        until: row.get(7)?,
    })
}
