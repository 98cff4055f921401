//! The security log in a file of its own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::params;

use super::store::{ID_BYTES, RefusalStore, StoredRefusal, id};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Where it is: `nuanxin.db` → `nuanxin.security.db`.
pub(super) const FILE: &str = "security.db";
/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

pub(super) struct SqliteRefusals {
    file: SideFile,
}

impl SqliteRefusals {
    pub(super) async fn open(journal: &Path) -> Result<SqliteRefusals, SideStoreError> {
        Ok(SqliteRefusals { file: SideFile::open(sidecar_path(journal, FILE), STEPS).await? })
    }
}

#[async_trait]
impl RefusalStore for SqliteRefusals {
    async fn add(&self, refusals: Vec<StoredRefusal>) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO refusal (id, first_ms, last_ms, times, code, who, address, route)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
                )?;
                for one in &refusals {
                    let times = (one.first_ms, one.last_ms, one.times);
                    statement.execute(params![
                        one.id,
                        times.0,
                        times.1,
                        times.2,
                        one.code,
                        one.who,
                        one.address,
                        one.route
                    ])?;
                }
                Ok(())
            })
            .await
    }

    async fn newest(
        &self,
        before: [u8; ID_BYTES],
        code: &str,
        limit: usize,
    ) -> Result<Vec<StoredRefusal>, SideStoreError> {
        let code = code.to_owned();
        let rows: Vec<(StoredRefusal, Vec<u8>)> = self
            .file
            .read(move |transaction| {
                transaction
                    .prepare_cached(
                        "SELECT id, first_ms, last_ms, times, code, who, address, route FROM refusal
                         WHERE id < ?1 AND (?2 = '' OR code = ?2) ORDER BY id DESC LIMIT ?3",
                    )?
                    .query_map(params![before, code, limit], |row| {
                        let refusal = StoredRefusal {
                            id: [0; ID_BYTES],
                            first_ms: row.get(1)?,
                            last_ms: row.get(2)?,
                            times: row.get(3)?,
                            code: row.get(4)?,
                            who: row.get(5)?,
                            address: row.get(6)?,
                            route: row.get(7)?,
                        };
                        Ok((refusal, row.get(0)?))
                    })?
                    .collect()
            })
            .await?;
        rows.into_iter().map(|(refusal, bytes)| Ok(StoredRefusal { id: id(&bytes)?, ..refusal })).collect()
    }
}
