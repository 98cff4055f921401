//! Proofs beside the passwords, in tables of a Postgres journal's schema: all servers of the journal see the same.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{Kept, Once, ProofStore};
use crate::access::password::{STORE, postgres::STEPS};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

pub(super) struct PostgresProofs {
    pool: Pool,
}

impl PostgresProofs {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresProofs, SideStoreError> {
        Ok(PostgresProofs { pool: open(place, STORE.name, STEPS).await? })
    }

    async fn put<T>(&self, statement: &'static str, worker: &str, kept: Kept<T>) -> Result<(), SideStoreError>
    where
        T: for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + 'static,
    {
        sqlx::query(statement)
            .bind(worker)
            .bind(kept.secret)
            .bind(kept.set_at_ms)
            .bind(kept.given_by)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(unavailable)
    }

    async fn row(&self, statement: &'static str, worker: &str) -> Result<Option<PgRow>, SideStoreError> {
        sqlx::query(statement).bind(worker).fetch_optional(&self.pool).await.map_err(unavailable)
    }
}

fn kept<'r, T>(row: Option<&'r PgRow>) -> Result<Option<Kept<T>>, SideStoreError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let Some(row) = row else { return Ok(None) };
    let kept = || Ok(Kept { secret: row.try_get(0)?, set_at_ms: row.try_get(1)?, given_by: row.try_get(2)? });
    kept().map(Some).map_err(unavailable)
}

#[async_trait]
impl ProofStore for PostgresProofs {
    async fn put_pin(&self, worker: &str, kept: Kept<String>) -> Result<(), SideStoreError> {
        self.put(
            "INSERT INTO worker_pin (worker, hash, set_at_ms, given_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (worker) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms,
                 given_by = excluded.given_by",
            worker,
            kept,
        )
        .await
    }

    async fn pin(&self, worker: &str) -> Result<Option<Kept<String>>, SideStoreError> {
        let row = self.row("SELECT hash, set_at_ms, given_by FROM worker_pin WHERE worker = $1", worker).await?;
        kept(row.as_ref())
    }

    async fn put_printed(&self, worker: &str, kept: Kept<Vec<u8>>) -> Result<(), SideStoreError> {
        self.put(
            "INSERT INTO printed_code (worker, digest, set_at_ms, given_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (worker) DO UPDATE SET digest = excluded.digest, set_at_ms = excluded.set_at_ms,
                 given_by = excluded.given_by",
            worker,
            kept,
        )
        .await
    }

    async fn printed(&self, worker: &str) -> Result<Option<Kept<Vec<u8>>>, SideStoreError> {
        let row = self.row("SELECT digest, set_at_ms, given_by FROM printed_code WHERE worker = $1", worker).await?;
        kept(row.as_ref())
    }

    async fn take(&self, once: &Once, key: &str, forget_before: i64) -> Result<String, SideStoreError> {
        sqlx::query("DELETE FROM used_proof WHERE minute < $1")
            .bind(forget_before)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        // Whoever came first keeps it: an update that changes nothing gives the row as it is, also where another server
        // is just writing it.
        let row = sqlx::query(
            "INSERT INTO used_proof (worker, mark, minute, key) VALUES ($1, $2, $3, $4)
             ON CONFLICT (worker, mark) DO UPDATE SET key = used_proof.key RETURNING key",
        )
        .bind(once.worker.as_str())
        .bind(&once.mark)
        .bind(once.minute)
        .bind(key)
        .fetch_one(&self.pool)
        .await
        .map_err(unavailable)?;
        row.try_get(0).map_err(unavailable)
    }

    async fn give_back(&self, once: &Once, key: &str) -> Result<(), SideStoreError> {
        sqlx::query("DELETE FROM used_proof WHERE worker = $1 AND mark = $2 AND key = $3")
            .bind(once.worker.as_str())
            .bind(&once.mark)
            .bind(key)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(unavailable)
    }
}
