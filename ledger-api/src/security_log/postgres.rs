//! The security log in a table of a Postgres journal's schema.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::store::{ID_BYTES, RefusalStore, StoredRefusal, id};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the table from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

pub(super) struct PostgresRefusals {
    pool: Pool,
}

impl PostgresRefusals {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresRefusals, SideStoreError> {
        Ok(PostgresRefusals { pool: open(place, super::STORE.name, STEPS).await? })
    }
}

#[async_trait]
impl RefusalStore for PostgresRefusals {
    async fn add(&self, refusals: Vec<StoredRefusal>) -> Result<(), SideStoreError> {
        let ids: Vec<Vec<u8>> = refusals.iter().map(|one| one.id.to_vec()).collect();
        let numbers = |of: fn(&StoredRefusal) -> i64| refusals.iter().map(of).collect::<Vec<i64>>();
        let texts = |of: fn(&StoredRefusal) -> &String| refusals.iter().map(of).cloned().collect::<Vec<String>>();
        sqlx::query(
            "INSERT INTO refusal (id, first_ms, last_ms, times, code, who, address, route)
             SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[],
                                  $5::text[], $6::text[], $7::text[], $8::text[])
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(ids)
        .bind(numbers(|one| one.first_ms))
        .bind(numbers(|one| one.last_ms))
        .bind(numbers(|one| one.times))
        .bind(texts(|one| &one.code))
        .bind(texts(|one| &one.who))
        .bind(texts(|one| &one.address))
        .bind(texts(|one| &one.route))
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }

    async fn newest(
        &self,
        before: [u8; ID_BYTES],
        code: &str,
        limit: usize,
    ) -> Result<Vec<StoredRefusal>, SideStoreError> {
        let rows = sqlx::query(
            "SELECT id, first_ms, last_ms, times, code, who, address, route FROM refusal
             WHERE id < $1 AND ($2 = '' OR code = $2) ORDER BY id DESC LIMIT $3",
        )
        .bind(before.to_vec())
        .bind(code)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.iter().map(stored).collect()
    }
}

fn stored(row: &PgRow) -> Result<StoredRefusal, SideStoreError> {
    Ok(StoredRefusal {
        id: id(&row.try_get::<Vec<u8>, _>(0).map_err(unavailable)?)?,
        first_ms: row.try_get(1).map_err(unavailable)?,
        last_ms: row.try_get(2).map_err(unavailable)?,
        times: row.try_get(3).map_err(unavailable)?,
        code: row.try_get(4).map_err(unavailable)?,
        who: row.try_get(5).map_err(unavailable)?,
        address: row.try_get(6).map_err(unavailable)?,
        route: row.try_get(7).map_err(unavailable)?,
    })
}
