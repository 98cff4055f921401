//! Passwords in a table of a Postgres journal's schema.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;

use super::{Kept, PasswordStore};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the table from its index to the next version.
pub(in crate::access) const STEPS: &[&str] = &[
    include_str!("postgres_1.sql"),
    include_str!("postgres_2.sql"),
    include_str!("postgres_3.sql"),
    include_str!("postgres_4.sql"),
];

pub(super) struct PostgresPasswords {
    pool: Pool,
}

impl PostgresPasswords {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresPasswords, SideStoreError> {
        Ok(PostgresPasswords { pool: open(place, super::STORE.name, STEPS).await? })
    }
}

#[async_trait]
impl PasswordStore for PostgresPasswords {
    async fn put(&self, account: &str, kept: Kept) -> Result<(), SideStoreError> {
        sqlx::query(
            "INSERT INTO password (account, hash, set_at_ms, given_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms,
                 given_by = excluded.given_by",
        )
        .bind(account)
        .bind(kept.hash)
        .bind(kept.set_at_ms)
        .bind(kept.given_by)
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(unavailable)
    }

    async fn get(&self, account: &str) -> Result<Option<Kept>, SideStoreError> {
        // PostgreSQL takes no NUL, not even to compare with; no account has one.
        if account.contains('\0') {
            return Ok(None);
        }
        let row = sqlx::query("SELECT hash, set_at_ms, given_by FROM password WHERE account = $1")
            .bind(account)
            .fetch_optional(&self.pool)
            .await
            .map_err(unavailable)?;
        let Some(row) = row else { return Ok(None) };
        let kept = || Ok(Kept { hash: row.try_get(0)?, set_at_ms: row.try_get(1)?, given_by: row.try_get(2)? });
        kept().map(Some).map_err(unavailable)
    }
}
