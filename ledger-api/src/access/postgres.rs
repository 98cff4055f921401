//! Tokens in a table of a Postgres journal's schema.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::secret::SecretHash;
use super::store::{StoredToken, TokenStore};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the table from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql"), include_str!("postgres_2.sql")];

pub(super) struct PostgresTokens {
    pool: Pool,
}

impl PostgresTokens {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresTokens, SideStoreError> {
        Ok(PostgresTokens { pool: open(place, "access", STEPS).await? })
    }
}

#[async_trait]
impl TokenStore for PostgresTokens {
    async fn insert(&self, token: StoredToken, hash: SecretHash) -> Result<bool, SideStoreError> {
        let added = sqlx::query(
            "INSERT INTO access_token (id, hash, role, scope, name, issued_at_ms, revoked_at_ms, account, until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
        )
        .bind(token.id)
        .bind(hash.as_bytes())
        .bind(token.role)
        .bind(token.scope)
        .bind(token.name)
        .bind(token.issued_at_ms)
        .bind(token.revoked_at_ms)
        .bind(token.account)
        .bind(token.until)
        .execute(&self.pool)
        .await
        .map_err(unavailable)?;
        Ok(added.rows_affected() == 1)
    }

    async fn find(&self, hash: SecretHash) -> Result<Option<StoredToken>, SideStoreError> {
        sqlx::query(
            "SELECT id, role, scope, name, issued_at_ms, revoked_at_ms, account, until FROM access_token
             WHERE hash = $1 AND revoked_at_ms IS NULL",
        )
        .bind(hash.as_bytes())
        .fetch_optional(&self.pool)
        .await
        .and_then(|row| row.as_ref().map(stored).transpose())
        .map_err(unavailable)
    }

    async fn list(&self) -> Result<Vec<StoredToken>, SideStoreError> {
        sqlx::query(
            "SELECT id, role, scope, name, issued_at_ms, revoked_at_ms, account, until FROM access_token
             ORDER BY issued_at_ms, id",
        )
        .fetch_all(&self.pool)
        .await
        .and_then(|rows| rows.iter().map(stored).collect())
        .map_err(unavailable)
    }

    async fn revoke(&self, id: &str, now_ms: i64) -> Result<bool, SideStoreError> {
        let found = sqlx::query("UPDATE access_token SET revoked_at_ms = COALESCE(revoked_at_ms, $2) WHERE id = $1")
            .bind(id)
            .bind(now_ms)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(found.rows_affected() == 1)
    }
}

fn stored(row: &PgRow) -> Result<StoredToken, sqlx::Error> {
    Ok(StoredToken {
        id: row.try_get(0)?,
        role: row.try_get(1)?,
        scope: row.try_get(2)?,
        name: row.try_get(3)?,
        issued_at_ms: row.try_get(4)?,
        revoked_at_ms: row.try_get(5)?,
        account: row.try_get(6)?,
        until: row.try_get(7)?,
    })
}
