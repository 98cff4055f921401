//! Passwords in a table of a Postgres journal's schema.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::PgPool;

use super::PasswordStore;
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{open, unavailable};

/// Each step brings the table from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

pub(super) struct PostgresPasswords {
    pool: PgPool,
}

impl PostgresPasswords {
    pub(super) async fn open(url: &str, schema: &str) -> Result<PostgresPasswords, SideStoreError> {
        Ok(PostgresPasswords { pool: open(url, schema, super::STORE.name, STEPS).await? })
    }
}

#[async_trait]
impl PasswordStore for PostgresPasswords {
    async fn put(&self, account: &str, hash: &str, now_ms: i64) -> Result<(), SideStoreError> {
        sqlx::query(
            "INSERT INTO password (account, hash, set_at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms",
        )
        .bind(account)
        .bind(hash)
        .bind(now_ms)
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(unavailable)
    }

    async fn get(&self, account: &str) -> Result<Option<String>, SideStoreError> {
        sqlx::query("SELECT hash FROM password WHERE account = $1")
            .bind(account)
            .fetch_optional(&self.pool)
            .await
            .and_then(|row| row.map(|row| row.try_get(0)).transpose())
            .map_err(unavailable)
    }
}
