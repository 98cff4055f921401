//! The record of readers in a file of its own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::params;

use super::store::{ID_BYTES, ReadStore, StoredRead, id};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Where they are: `nuanxin.db` → `nuanxin.readers.db`.
pub(super) const FILE: &str = "readers.db";
/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];
/// Above every id there is.
const NEWEST: [u8; ID_BYTES] = [0xff; ID_BYTES];

pub(super) struct SqliteReads {
    file: SideFile,
}

impl SqliteReads {
    pub(super) async fn open(journal: &Path) -> Result<SqliteReads, SideStoreError> {
        Ok(SqliteReads { file: SideFile::open(sidecar_path(journal, FILE), STEPS).await? })
    }
}

#[async_trait]
impl ReadStore for SqliteReads {
    async fn add(&self, reads: Vec<StoredRead>) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO read_record (worker, id, at_ms, reader, role, what) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (worker, id) DO NOTHING",
                )?;
                for read in &reads {
                    statement.execute(params![read.worker, read.id, read.at_ms, read.reader, read.role, read.what])?;
                }
                Ok(())
            })
            .await
    }

    async fn of(
        &self,
        worker: &str,
        before: Option<[u8; ID_BYTES]>,
        limit: usize,
    ) -> Result<Vec<StoredRead>, SideStoreError> {
        let (worker, before) = (worker.to_owned(), before.unwrap_or(NEWEST));
        let rows: Vec<(StoredRead, Vec<u8>)> = self
            .file
            .read(move |transaction| {
                // Each side walks the key backwards and stops at the limit.
                transaction
                    .prepare_cached(
                        "SELECT worker, id, at_ms, reader, role, what FROM (
                             SELECT * FROM (SELECT * FROM read_record WHERE worker = ?1 AND id < ?2
                                            ORDER BY id DESC LIMIT ?3)
                             UNION ALL
                             SELECT * FROM (SELECT * FROM read_record WHERE worker = '' AND id < ?2
                                            ORDER BY id DESC LIMIT ?3))
                         ORDER BY id DESC LIMIT ?3",
                    )?
                    .query_map(params![worker, before, limit], |row| {
                        let read = StoredRead {
                            worker: row.get(0)?,
                            id: [0; ID_BYTES],
                            at_ms: row.get(2)?,
                            reader: row.get(3)?,
                            role: row.get(4)?,
                            what: row.get(5)?,
                        };
                        Ok((read, row.get(1)?))
                    })?
                    .collect()
            })
            .await?;
        rows.into_iter().map(|(read, bytes)| Ok(StoredRead { id: id(&bytes)?, ..read })).collect()
    }
}
