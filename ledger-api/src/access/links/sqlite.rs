//! Links in the file of the passwords, beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::{ExternalSubject, LinkStore};
use crate::access::password::{STORE, sqlite::STEPS};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

pub(super) struct SqliteLinks {
    file: SideFile,
}

impl SqliteLinks {
    pub(super) async fn open(journal: &Path) -> Result<SqliteLinks, SideStoreError> {
        Ok(SqliteLinks { file: SideFile::open(sidecar_path(journal, STORE.file), STEPS).await? })
    }
}

#[async_trait]
impl LinkStore for SqliteLinks {
    async fn add(&self, who: &ExternalSubject, account: &str, now_ms: i64) -> Result<bool, SideStoreError> {
        let (who, account) = (who.clone(), account.to_owned());
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO external_subject (issuer, subject, account, linked_at_ms) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![who.issuer, who.subject, account, now_ms])
                    .map(|added| added > 0)
            })
            .await
    }

    async fn account(&self, who: &ExternalSubject) -> Result<Option<String>, SideStoreError> {
        let who = who.clone();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached("SELECT account FROM external_subject WHERE issuer = ?1 AND subject = ?2")?
                    .query_row(params![who.issuer, who.subject], |row| row.get(0))
                    .optional()
            })
            .await
    }

    async fn remove(&self, who: &ExternalSubject, account: &str) -> Result<bool, SideStoreError> {
        let (who, account) = (who.clone(), account.to_owned());
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached("DELETE FROM external_subject WHERE issuer = ?1 AND subject = ?2 AND account = ?3")?
                    .execute(params![who.issuer, who.subject, account])
                    .map(|removed| removed > 0)
            })
            .await
    }

    async fn all(&self) -> Result<Vec<(String, String, String)>, SideStoreError> {
        self.file
            .read(|transaction| {
                transaction
                    .prepare_cached("SELECT issuer, subject, account FROM external_subject")?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect()
            })
            .await
    }
}
