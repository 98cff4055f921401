//! Sessions in a table of a Postgres journal's schema, which all servers of the journal share.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;

use super::{SessionStore, StoredSession};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the table from its index to the next version.
const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

pub(super) struct PostgresSessions {
    pool: Pool,
}

impl PostgresSessions {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresSessions, SideStoreError> {
        Ok(PostgresSessions { pool: open(place, "sessions", STEPS).await? })
    }

    async fn change(
        &self,
        query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<(), SideStoreError> {
        query.execute(&self.pool).await.map(|_| ()).map_err(unavailable)
    }
}

#[async_trait]
impl SessionStore for PostgresSessions {
    async fn begin(&self, hash: [u8; 32], session: StoredSession, over: (i64, i64)) -> Result<(), SideStoreError> {
        // One statement, as every change here.
        let begin = sqlx::query(
            "WITH over AS (DELETE FROM session WHERE begun_at_ms < $5 OR seen_at_ms < $6)
             INSERT INTO session (hash, account, begun_at_ms, seen_at_ms) VALUES ($1, $2, $3, $4)",
        );
        let begin = begin.bind(hash.to_vec()).bind(session.account).bind(session.begun_at_ms).bind(session.seen_at_ms);
        self.change(begin.bind(over.0).bind(over.1)).await
    }

    async fn find(&self, hash: [u8; 32]) -> Result<Option<StoredSession>, SideStoreError> {
        let row = sqlx::query("SELECT account, begun_at_ms, seen_at_ms FROM session WHERE hash = $1")
            .bind(hash.to_vec())
            .fetch_optional(&self.pool)
            .await;
        let stored = |row: sqlx::postgres::PgRow| {
            Ok(StoredSession { account: row.try_get(0)?, begun_at_ms: row.try_get(1)?, seen_at_ms: row.try_get(2)? })
        };
        row.and_then(|row| row.map(stored).transpose()).map_err(unavailable)
    }

    async fn note(&self, hash: [u8; 32], now_ms: i64) -> Result<(), SideStoreError> {
        let note = sqlx::query("UPDATE session SET seen_at_ms = $2 WHERE hash = $1");
        self.change(note.bind(hash.to_vec()).bind(now_ms)).await
    }

    async fn end(&self, hash: [u8; 32]) -> Result<(), SideStoreError> {
        self.change(sqlx::query("DELETE FROM session WHERE hash = $1").bind(hash.to_vec())).await
    }

    async fn end_all(&self, account: &str) -> Result<(), SideStoreError> {
        self.change(sqlx::query("DELETE FROM session WHERE account = $1").bind(account)).await
    }
}
