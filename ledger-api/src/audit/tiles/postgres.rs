//! Tiles in tables of a Postgres journal's schema.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::tile::TileId;
use ledger_core::journal::postgres::Pool;
use sqlx::Row;

use super::{Changed, TileStore, joined, split};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, signed, unavailable};

/// Each step brings the tables from its index to the next version.
const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

pub(super) struct PostgresTiles {
    pool: Pool,
}

impl PostgresTiles {
    pub(super) async fn open(url: &str, schema: &str) -> Result<PostgresTiles, SideStoreError> {
        Ok(PostgresTiles { pool: open(Schema::new(url, schema), "tiles", STEPS).await? })
    }
}

fn level(tile: &TileId) -> i32 {
    i32::try_from(tile.level).unwrap_or(i32::MAX)
}

#[async_trait]
impl TileStore for PostgresTiles {
    async fn covered(&self) -> Result<u64, SideStoreError> {
        let covered: i64 = sqlx::query("SELECT covered FROM tile_head")
            .fetch_one(&self.pool)
            .await
            .and_then(|row| row.try_get(0))
            .map_err(unavailable)?;
        Ok(u64::try_from(covered).unwrap_or(0))
    }

    async fn read(&self, tiles: &[TileId]) -> Result<Vec<Option<Vec<Hash>>>, SideStoreError> {
        let rows = sqlx::query(
            "SELECT t.level, t.idx, t.hashes FROM unnest($1::integer[], $2::bigint[]) AS asked (level, idx)
             JOIN tile t ON t.level = asked.level AND t.idx = asked.idx",
        )
        .bind(tiles.iter().map(level).collect::<Vec<_>>())
        .bind(tiles.iter().map(|tile| signed(tile.index)).collect::<Vec<_>>())
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        let mut found = BTreeMap::new();
        for row in rows {
            let key = (row.try_get::<i32, _>(0).map_err(unavailable)?, row.try_get::<i64, _>(1).map_err(unavailable)?);
            found.insert(key, split(row.try_get(2).map_err(unavailable)?));
        }
        Ok(tiles.iter().map(|tile| found.get(&(level(tile), signed(tile.index))).cloned().flatten()).collect())
    }

    async fn write(&self, from: u64, to: u64, changed: Changed) -> Result<bool, SideStoreError> {
        let moved = sqlx::query(
            "WITH moved AS (UPDATE tile_head SET covered = $2 WHERE one AND covered = $1 RETURNING 1),
             stored AS (
                 INSERT INTO tile (level, idx, hashes)
                 SELECT given.* FROM moved, unnest($3::integer[], $4::bigint[], $5::bytea[]) AS given
                 ON CONFLICT (level, idx) DO UPDATE SET hashes = EXCLUDED.hashes
             )
             SELECT count(*) FROM moved",
        )
        .bind(signed(from))
        .bind(signed(to))
        .bind(changed.iter().map(|(tile, _)| level(tile)).collect::<Vec<_>>())
        .bind(changed.iter().map(|(tile, _)| signed(tile.index)).collect::<Vec<_>>())
        .bind(changed.iter().map(|(_, hashes)| joined(hashes)).collect::<Vec<_>>())
        .fetch_one(&self.pool)
        .await
        .and_then(|row| row.try_get::<i64, _>(0))
        .map_err(unavailable)?;
        Ok(moved == 1)
    }

    async fn clear(&self) -> Result<(), SideStoreError> {
        sqlx::query("WITH gone AS (DELETE FROM tile) UPDATE tile_head SET covered = 0 WHERE one")
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(())
    }
}
