//! Sealed names in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::store::{Found, NameStore, SealedField, Subject, WrappedKey, key_id};
use crate::app::beside;
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;

/// Where they are: `nuanxin.db` → `nuanxin.vault.db`.
const FILE: &str = "vault.db";
/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

type Row = Option<(Vec<u8>, Vec<u8>, Option<Vec<u8>>)>;

pub(super) struct SqliteNames {
    file: SideFile,
}

impl SqliteNames {
    pub(super) async fn open(journal: &Path) -> Result<SqliteNames, SideStoreError> {
        Ok(SqliteNames { file: SideFile::open(beside(journal, FILE), STEPS).await? })
    }

    /// Whether there are any beside a journal.
    pub(super) fn is_there(journal: &Path) -> bool {
        beside(journal, FILE).exists()
    }
}

#[async_trait]
impl NameStore for SqliteNames {
    async fn check(&self) -> Result<Option<String>, SideStoreError> {
        self.file
            .read(|transaction| transaction.query_row("SELECT value FROM vault_check", [], |row| row.get(0)).optional())
            .await
    }

    async fn check_or_set(&self, value: &str) -> Result<String, SideStoreError> {
        let value = value.to_owned();
        self.file
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO vault_check (one, value) VALUES (1, ?1) ON CONFLICT (one) DO NOTHING",
                    [value],
                )?;
                transaction.query_row("SELECT value FROM vault_check", [], |row| row.get(0))
            })
            .await
    }

    async fn find(&self, subjects: Vec<Subject>, field: &'static str) -> Result<Vec<Found>, SideStoreError> {
        let rows: Vec<Row> = self
            .file
            .read(move |transaction| {
                let mut statement = transaction.prepare_cached(
                    "SELECT key.key_id, key.wrapped, field.sealed
                     FROM person_key AS key
                     LEFT JOIN person_field AS field ON field.key_id = key.key_id AND field.field = ?3
                     WHERE key.subject_kind = ?1 AND key.subject_id = ?2",
                )?;
                let row = |subject: &Subject| {
                    statement
                        .query_row(params![subject.kind, subject.id, field], |row| {
                            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                        })
                        .optional()
                };
                subjects.iter().map(row).collect()
            })
            .await?;
        rows.into_iter().map(found).collect()
    }

    async fn add_keys(&self, keys: Vec<(Subject, WrappedKey)>) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO person_key (subject_kind, subject_id, key_id, wrapped) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (subject_kind, subject_id) DO NOTHING",
                )?;
                for (subject, key) in &keys {
                    statement.execute(params![subject.kind, subject.id, key.key_id, key.wrapped])?;
                }
                Ok(())
            })
            .await
    }

    async fn put(&self, fields: Vec<SealedField>, field: &'static str) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                // The write lock is held: what is there now stays until the commit.
                let mut there = transaction.prepare_cached("SELECT 1 FROM person_key WHERE key_id = ?1")?;
                for sealed in &fields {
                    if !there.exists([sealed.key_id])? {
                        return Ok(false);
                    }
                }
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO person_field (key_id, field, sealed) VALUES (?1, ?2, ?3)
                     ON CONFLICT (key_id, field) DO UPDATE SET sealed = excluded.sealed",
                )?;
                for sealed in &fields {
                    statement.execute(params![sealed.key_id, field, sealed.sealed])?;
                }
                Ok(true)
            })
            .await
    }

    async fn erase(&self, subject: Subject) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let erased = transaction
                    .prepare_cached("DELETE FROM person_key WHERE subject_kind = ?1 AND subject_id = ?2")?
                    .execute(params![subject.kind, subject.id])?;
                Ok(erased > 0)
            })
            .await
    }
}

fn found(row: Row) -> Result<Found, SideStoreError> {
    let Some((id, wrapped, sealed)) = row else { return Ok(Found::default()) };
    let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
    Ok(Found { key: Some(WrappedKey { key_id, wrapped }), sealed })
}
