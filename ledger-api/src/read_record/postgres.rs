//! The record of readers in a table of a Postgres journal's schema.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;

use super::store::{ID_BYTES, ReadStore, StoredRead, id};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the table from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql")];
/// Above every id there is.
const NEWEST: [u8; ID_BYTES] = [0xff; ID_BYTES];

pub(super) struct PostgresReads {
    pool: Pool,
}

impl PostgresReads {
    pub(super) async fn open(place: Schema<'_>) -> Result<PostgresReads, SideStoreError> {
        Ok(PostgresReads { pool: open(place, super::STORE.name, STEPS).await? })
    }
}

#[async_trait]
impl ReadStore for PostgresReads {
    async fn add(&self, reads: Vec<StoredRead>) -> Result<(), SideStoreError> {
        let ids: Vec<Vec<u8>> = reads.iter().map(|read| read.id.to_vec()).collect();
        let times: Vec<i64> = reads.iter().map(|read| read.at_ms).collect();
        let texts = |of: fn(&StoredRead) -> &String| reads.iter().map(of).cloned().collect::<Vec<String>>();
        sqlx::query(
            "INSERT INTO read_record (worker, id, at_ms, reader, role, what)
             SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[])
             ON CONFLICT (worker, id) DO NOTHING",
        )
        .bind(texts(|read| &read.worker))
        .bind(ids)
        .bind(times)
        .bind(texts(|read| &read.reader))
        .bind(texts(|read| &read.role))
        .bind(texts(|read| &read.what))
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }

    async fn of(
        &self,
        worker: &str,
        before: Option<[u8; ID_BYTES]>,
        limit: usize,
    ) -> Result<Vec<StoredRead>, SideStoreError> {
        let rows = sqlx::query(
            "SELECT worker, id, at_ms, reader, role, what FROM (
                 (SELECT * FROM read_record WHERE worker = $1 AND id < $2 ORDER BY id DESC LIMIT $3)
                 UNION ALL
                 (SELECT * FROM read_record WHERE worker = '' AND id < $2 ORDER BY id DESC LIMIT $3)) AS found
             ORDER BY id DESC LIMIT $3",
        )
        .bind(worker)
        .bind(before.unwrap_or(NEWEST).to_vec())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.iter()
            .map(|row| {
                Ok(StoredRead {
                    worker: row.try_get(0).map_err(unavailable)?,
                    id: id(&row.try_get::<Vec<u8>, _>(1).map_err(unavailable)?)?,
                    at_ms: row.try_get(2).map_err(unavailable)?,
                    reader: row.try_get(3).map_err(unavailable)?,
                    role: row.try_get(4).map_err(unavailable)?,
                    what: row.try_get(5).map_err(unavailable)?,
                })
            })
            .collect()
    }
}
