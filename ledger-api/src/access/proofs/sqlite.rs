//! Proofs in the file of the passwords, beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::types::{FromSql, ToSql};
use rusqlite::{OptionalExtension, params};

use super::{Kept, Once, ProofStore};
use crate::access::password::{STORE, sqlite::STEPS};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

pub(super) struct SqliteProofs {
    file: SideFile,
}

impl SqliteProofs {
    pub(super) async fn open(journal: &Path) -> Result<SqliteProofs, SideStoreError> {
        Ok(SqliteProofs { file: SideFile::open(sidecar_path(journal, STORE.file), STEPS).await? })
    }

    async fn put<T>(&self, statement: &'static str, worker: &str, kept: Kept<T>) -> Result<(), SideStoreError>
    where
        T: ToSql + Send + 'static,
    {
        let worker = worker.to_owned();
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached(statement)?
                    .execute(params![worker, kept.secret, kept.set_at_ms, kept.given_by])
                    .map(|_| ())
            })
            .await
    }

    async fn get<T>(&self, statement: &'static str, worker: &str) -> Result<Option<Kept<T>>, SideStoreError>
    where
        T: FromSql + Send + 'static,
    {
        let worker = worker.to_owned();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached(statement)?
                    .query_row([worker], |row| {
                        Ok(Kept { secret: row.get(0)?, set_at_ms: row.get(1)?, given_by: row.get(2)? })
                    })
                    .optional()
            })
            .await
    }
}

#[async_trait]
impl ProofStore for SqliteProofs {
    async fn put_pin(&self, worker: &str, kept: Kept<String>) -> Result<(), SideStoreError> {
        self.put(
            "INSERT INTO worker_pin (worker, hash, set_at_ms, given_by) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (worker) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms,
                 given_by = excluded.given_by",
            worker,
            kept,
        )
        .await
    }

    async fn pin(&self, worker: &str) -> Result<Option<Kept<String>>, SideStoreError> {
        self.get("SELECT hash, set_at_ms, given_by FROM worker_pin WHERE worker = ?1", worker).await
    }

    async fn put_printed(&self, worker: &str, kept: Kept<Vec<u8>>) -> Result<(), SideStoreError> {
        self.put(
            "INSERT INTO printed_code (worker, digest, set_at_ms, given_by) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (worker) DO UPDATE SET digest = excluded.digest, set_at_ms = excluded.set_at_ms,
                 given_by = excluded.given_by",
            worker,
            kept,
        )
        .await
    }

    async fn printed(&self, worker: &str) -> Result<Option<Kept<Vec<u8>>>, SideStoreError> {
        self.get("SELECT digest, set_at_ms, given_by FROM printed_code WHERE worker = ?1", worker).await
    }

    async fn take(&self, once: &Once, key: &str, forget_before: i64) -> Result<String, SideStoreError> {
        let (Once { worker, mark, minute }, key) = (once.clone(), key.to_owned());
        self.file
            .write(move |transaction| {
                transaction.prepare_cached("DELETE FROM used_proof WHERE minute < ?1")?.execute([forget_before])?;
                transaction
                    .prepare_cached(
                        "INSERT INTO used_proof (worker, mark, minute, key) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (worker, mark) DO NOTHING",
                    )?
                    .execute(params![worker.as_str(), mark, minute, key])?;
                transaction
                    .prepare_cached("SELECT key FROM used_proof WHERE worker = ?1 AND mark = ?2")?
                    .query_row(params![worker.as_str(), mark], |row| row.get(0))
            })
            .await
    }

    async fn give_back(&self, once: &Once, key: &str) -> Result<(), SideStoreError> {
        let (Once { worker, mark, .. }, key) = (once.clone(), key.to_owned());
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached("DELETE FROM used_proof WHERE worker = ?1 AND mark = ?2 AND key = ?3")?
                    .execute(params![worker.as_str(), mark, key])
                    .map(|_| ())
            })
            .await
    }
}
