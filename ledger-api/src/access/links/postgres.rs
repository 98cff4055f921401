//! Links beside the passwords, in a table of a Postgres journal's schema: all servers of the journal see the same.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{ExternalSubject, LinkStore};
use crate::access::password::{STORE, postgres::STEPS};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

pub(super) struct PostgresLinks {
    pool: Pool,
}

impl PostgresLinks {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresLinks, SideStoreError> {
        Ok(PostgresLinks { pool: open(place, STORE.name, STEPS).await? })
    }
}

#[async_trait]
impl LinkStore for PostgresLinks {
    async fn add(&self, who: &ExternalSubject, account: &str, now_ms: i64) -> Result<bool, SideStoreError> {
        sqlx::query(
            "INSERT INTO external_subject (issuer, subject, account, linked_at_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(&who.issuer)
        .bind(&who.subject)
        .bind(account)
        .bind(now_ms)
        .execute(&self.pool)
        .await
        .map(|done| done.rows_affected() > 0)
        .map_err(unavailable)
    }

    async fn account(&self, who: &ExternalSubject) -> Result<Option<String>, SideStoreError> {
        let row = sqlx::query("SELECT account FROM external_subject WHERE issuer = $1 AND subject = $2")
            .bind(&who.issuer)
            .bind(&who.subject)
            .fetch_optional(&self.pool)
            .await
            .map_err(unavailable)?;
        row.map(|row| row.try_get(0)).transpose().map_err(unavailable)
    }

    async fn remove(&self, who: &ExternalSubject, account: &str) -> Result<bool, SideStoreError> {
        sqlx::query("DELETE FROM external_subject WHERE issuer = $1 AND subject = $2 AND account = $3")
            .bind(&who.issuer)
            .bind(&who.subject)
            .bind(account)
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected() > 0)
            .map_err(unavailable)
    }

    async fn all(&self) -> Result<Vec<(String, String, String)>, SideStoreError> {
        let rows = sqlx::query("SELECT issuer, subject, account FROM external_subject").fetch_all(&self.pool).await;
        let read = |row: PgRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
        rows.and_then(|rows| rows.into_iter().map(read).collect()).map_err(unavailable)
    }
}
