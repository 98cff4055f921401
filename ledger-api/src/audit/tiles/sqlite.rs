//! Tiles in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::tile::TileId;
use rusqlite::{OptionalExtension, params};

use super::{Changed, TileStore, joined, split};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::{SideFile, signed};
use crate::sidecar::sidecar_path;

/// Each step brings the file from its index to the next version.
const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

pub(super) struct SqliteTiles {
    file: SideFile,
}

impl SqliteTiles {
    pub(super) async fn open(journal: &Path) -> Result<SqliteTiles, SideStoreError> {
        Ok(SqliteTiles { file: SideFile::open(sidecar_path(journal, "tiles.db"), STEPS).await? })
    }
}

#[async_trait]
impl TileStore for SqliteTiles {
    async fn covered(&self) -> Result<u64, SideStoreError> {
        let covered: i64 = self
            .file
            .read(|transaction| transaction.query_row("SELECT covered FROM tile_head", [], |row| row.get(0)))
            .await?;
        Ok(u64::try_from(covered).unwrap_or(0))
    }

    async fn read(&self, tiles: &[TileId]) -> Result<Vec<Option<Vec<Hash>>>, SideStoreError> {
        let tiles = tiles.to_vec();
        let rows: Vec<Option<Vec<u8>>> = self
            .file
            .read(move |transaction| {
                let mut statement =
                    transaction.prepare_cached("SELECT hashes FROM tile WHERE level = ?1 AND idx = ?2")?;
                let read = |tile: &TileId| {
                    statement.query_row(params![tile.level, signed(tile.index)], |row| row.get(0)).optional()
                };
                tiles.iter().map(read).collect()
            })
            .await?;
        Ok(rows.into_iter().map(|row| row.and_then(|bytes| split(&bytes))).collect())
    }

    async fn write(&self, from: u64, to: u64, changed: Changed) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let moved = transaction
                    .prepare_cached("UPDATE tile_head SET covered = ?2 WHERE covered = ?1")?
                    .execute(params![signed(from), signed(to)])?;
                if moved != 1 {
                    return Ok(false);
                }
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO tile (level, idx, hashes) VALUES (?1, ?2, ?3)
                     ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
                )?;
                for (tile, hashes) in &changed {
                    statement.execute(params![tile.level, signed(tile.index), joined(hashes)])?;
                }
                Ok(true)
            })
            .await
    }

    async fn clear(&self) -> Result<(), SideStoreError> {
        self.file
            .write(|transaction| transaction.execute_batch("DELETE FROM tile; UPDATE tile_head SET covered = 0;"))
            .await
    }
}
