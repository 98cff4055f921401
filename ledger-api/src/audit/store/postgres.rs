//! Checkpoints in tables of a Postgres journal's schema.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::witness::Cosigned;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{CheckpointRow, Checkpoints, KeyRow, SignatureRow, SignedHead, root_of};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, signed, unavailable};

/// Each step brings the tables from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

pub(super) struct PostgresCheckpoints {
    pool: Pool,
}

impl PostgresCheckpoints {
    pub(super) async fn open(url: &str, schema: &str) -> Result<PostgresCheckpoints, SideStoreError> {
        Ok(PostgresCheckpoints { pool: open(Schema::new(url, schema), "checkpoints", STEPS).await? })
    }
}

#[async_trait]
impl Checkpoints for PostgresCheckpoints {
    async fn signed_head(&self) -> Result<Option<SignedHead>, SideStoreError> {
        let row = sqlx::query("SELECT size, root FROM signed_head").fetch_one(&self.pool).await.map_err(unavailable)?;
        let size = unsigned(&row, 0).map_err(unavailable)?;
        let root: &[u8] = row.try_get(1).map_err(unavailable)?;
        Ok(root_of(root).map(|root| SignedHead { size, root }))
    }

    async fn record(
        &self,
        last: Option<SignedHead>,
        checkpoint: CheckpointRow,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError> {
        let (last_size, last_root) =
            last.map_or((0, Vec::new()), |head| (signed(head.size), head.root.as_bytes().to_vec()));
        let moved = sqlx::query(
            "WITH moved AS (
                 UPDATE signed_head SET size = $3, root = $4 WHERE one AND size = $1 AND root = $2 RETURNING 1
             ), kept AS (
                 INSERT INTO checkpoint (size, root, text, signed_at_ms) SELECT $3, $4, $5, $6 FROM moved
                 ON CONFLICT (size) DO NOTHING
             ), lines AS (
                 INSERT INTO checkpoint_signature (size, name, key_id, line)
                 SELECT $3, given.* FROM moved, unnest($7::text[], $8::bigint[], $9::text[]) AS given
                 ON CONFLICT (size, name, key_id) DO UPDATE SET line = EXCLUDED.line
             )
             SELECT count(*) FROM moved",
        )
        .bind(last_size)
        .bind(last_root)
        .bind(signed(checkpoint.size))
        .bind(checkpoint.root.as_bytes().as_slice())
        .bind(checkpoint.text)
        .bind(checkpoint.signed_at_ms)
        .bind(signatures.iter().map(|signature| signature.name.clone()).collect::<Vec<_>>())
        .bind(signatures.iter().map(|signature| i64::from(signature.id)).collect::<Vec<_>>())
        .bind(signatures.iter().map(|signature| signature.line.clone()).collect::<Vec<_>>())
        .fetch_one(&self.pool)
        .await
        .and_then(|row| row.try_get::<i64, _>(0))
        .map_err(unavailable)?;
        Ok(moved == 1)
    }

    async fn add_signatures(
        &self,
        size: u64,
        root: Hash,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError> {
        let there = sqlx::query(
            "WITH there AS (SELECT size FROM checkpoint WHERE size = $1 AND root = $2), lines AS (
                 INSERT INTO checkpoint_signature (size, name, key_id, line)
                 SELECT there.size, given.* FROM there, unnest($3::text[], $4::bigint[], $5::text[]) AS given
                 ON CONFLICT (size, name, key_id) DO UPDATE SET line = EXCLUDED.line
             )
             SELECT count(*) FROM there",
        )
        .bind(signed(size))
        .bind(root.as_bytes().as_slice())
        .bind(signatures.iter().map(|signature| signature.name.clone()).collect::<Vec<_>>())
        .bind(signatures.iter().map(|signature| i64::from(signature.id)).collect::<Vec<_>>())
        .bind(signatures.iter().map(|signature| signature.line.clone()).collect::<Vec<_>>())
        .fetch_one(&self.pool)
        .await
        .and_then(|row| row.try_get::<i64, _>(0))
        .map_err(unavailable)?;
        Ok(there == 1)
    }

    async fn list(&self, after: u64, limit: usize) -> Result<Vec<(CheckpointRow, Vec<String>)>, SideStoreError> {
        let rows = sqlx::query(
            "SELECT c.size, c.root, c.text, c.signed_at_ms, s.line
             FROM (SELECT * FROM checkpoint WHERE size > $1 ORDER BY size LIMIT $2) AS c
             JOIN checkpoint_signature s ON s.size = c.size ORDER BY c.size, s.nth",
        )
        .bind(signed(after))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        let mut found: BTreeMap<u64, (CheckpointRow, Vec<String>)> = BTreeMap::new();
        for row in &rows {
            let (checkpoint, line) = checkpoint(row).map_err(unavailable)?;
            found.entry(checkpoint.size).or_insert_with(|| (checkpoint, Vec::new())).1.push(line);
        }
        Ok(found.into_values().collect())
    }

    async fn add_key(&self, key: KeyRow, only_first: bool) -> Result<bool, SideStoreError> {
        // Of two servers that both find none, the second waits at the unique index and then adds nothing.
        let added = sqlx::query(
            "INSERT INTO verifier_key (vkey, usage, added_at_ms, until_ms, first)
             SELECT $1, $2, $3, $4, CASE WHEN $5 THEN true END
             WHERE NOT ($5 AND EXISTS (SELECT 1 FROM verifier_key WHERE usage = $2))
             ON CONFLICT DO NOTHING",
        )
        .bind(key.vkey)
        .bind(key.usage)
        .bind(key.added_at_ms)
        .bind(key.until_ms)
        .bind(only_first)
        .execute(&self.pool)
        .await
        .map_err(unavailable)?;
        Ok(added.rows_affected() == 1)
    }

    async fn keys(&self) -> Result<Vec<KeyRow>, SideStoreError> {
        let read = |row: &PgRow| {
            Ok(KeyRow {
                vkey: row.try_get(0)?,
                usage: row.try_get(1)?,
                added_at_ms: row.try_get(2)?,
                until_ms: row.try_get(3)?,
            })
        };
        sqlx::query("SELECT vkey, usage, added_at_ms, until_ms FROM verifier_key ORDER BY nth")
            .fetch_all(&self.pool)
            .await
            .and_then(|rows| rows.iter().map(read).collect())
            .map_err(unavailable)
    }

    async fn set_until(&self, vkey: &str, until_ms: i64) -> Result<bool, SideStoreError> {
        let found = sqlx::query("UPDATE verifier_key SET until_ms = $2 WHERE vkey = $1")
            .bind(vkey)
            .bind(until_ms)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(found.rows_affected() == 1)
    }

    async fn remove_key(&self, vkey: &str) -> Result<bool, SideStoreError> {
        let found = sqlx::query("DELETE FROM verifier_key WHERE vkey = $1")
            .bind(vkey)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(found.rows_affected() == 1)
    }

    async fn cosigned(&self, origin: &str) -> Result<Option<Cosigned>, SideStoreError> {
        let read = |row: PgRow| Ok(Cosigned { size: unsigned(&row, 0)?, root: root(&row, 1)? });
        sqlx::query("SELECT size, root FROM cosigned WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&self.pool)
            .await
            .and_then(|row| row.map(read).transpose())
            .map_err(unavailable)
    }

    async fn move_cosigned(
        &self,
        origin: &str,
        last: Option<Cosigned>,
        next: Cosigned,
        note: &str,
        at_ms: i64,
    ) -> Result<bool, SideStoreError> {
        let statement = match last {
            Some(_) => {
                "UPDATE cosigned SET size = $2, root = $3, note = $4, cosigned_at_ms = $5
                 WHERE origin = $1 AND size = $6 AND root = $7"
            }
            None => {
                "INSERT INTO cosigned (origin, size, root, note, cosigned_at_ms) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (origin) DO NOTHING"
            }
        };
        let query = sqlx::query(statement)
            .bind(origin)
            .bind(signed(next.size))
            .bind(next.root.as_bytes().to_vec())
            .bind(note)
            .bind(at_ms);
        let query = match last {
            Some(last) => query.bind(signed(last.size)).bind(last.root.as_bytes().to_vec()),
            None => query,
        };
        Ok(query.execute(&self.pool).await.map_err(unavailable)?.rows_affected() == 1)
    }
}

fn checkpoint(row: &PgRow) -> Result<(CheckpointRow, String), sqlx::Error> {
    let checkpoint = CheckpointRow {
        size: unsigned(row, 0)?,
        root: root(row, 1)?,
        text: row.try_get(2)?,
        signed_at_ms: row.try_get(3)?,
    };
    Ok((checkpoint, row.try_get(4)?))
}

fn root(row: &PgRow, index: usize) -> Result<Hash, sqlx::Error> {
    let bytes: &[u8] = row.try_get(index)?;
    root_of(bytes).ok_or_else(|| sqlx::Error::Decode("a root is not 32 bytes".into()))
}

fn unsigned(row: &PgRow, index: usize) -> Result<u64, sqlx::Error> {
    u64::try_from(row.try_get::<i64, _>(index)?).map_err(|error| sqlx::Error::Decode(error.into()))
}
