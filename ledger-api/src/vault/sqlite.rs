//! Sealed names in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::store::{Found, Held, KeyId, NameStore, Place, SealedField, Subject, WrappedKey, key_id};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::SideFile;
use crate::sidecar::sidecar_path;

/// Where they are: `nuanxin.db` → `nuanxin.vault.db`.
const FILE: &str = "vault.db";
/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql"), include_str!("sqlite_2.sql")];

type Row = Option<(Vec<u8>, Vec<u8>, Option<Vec<u8>>)>;

pub(super) struct SqliteNames {
    file: SideFile,
}

impl SqliteNames {
    pub(super) async fn open(journal: &Path) -> Result<SqliteNames, SideStoreError> {
        Ok(SqliteNames { file: SideFile::open(sidecar_path(journal, FILE), STEPS).await? })
    }

    /// Whether there are any beside a journal.
    pub(super) fn is_there(journal: &Path) -> bool {
        sidecar_path(journal, FILE).exists()
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

    async fn find(&self, places: Vec<Place>) -> Result<Vec<Found>, SideStoreError> {
        let rows: Vec<Row> = self
            .file
            .read(move |transaction| {
                let mut statement = transaction.prepare_cached(
                    "SELECT key.key_id, key.wrapped, field.sealed
                     FROM person_key AS key
                     LEFT JOIN person_field AS field ON field.key_id = key.key_id AND field.field = ?3
                     WHERE key.subject_kind = ?1 AND key.subject_id = ?2",
                )?;
                let row = |place: &Place| {
                    statement
                        .query_row(params![place.subject.kind, place.subject.id, place.field], |row| {
                            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                        })
                        .optional()
                };
                places.iter().map(row).collect()
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

    async fn put(&self, fields: Vec<SealedField>) -> Result<bool, SideStoreError> {
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
                    "INSERT INTO person_field (key_id, field, sealed, token) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (key_id, field) DO UPDATE SET sealed = excluded.sealed, token = excluded.token",
                )?;
                for sealed in &fields {
                    statement.execute(params![sealed.key_id, sealed.field, sealed.sealed, sealed.token])?;
                }
                Ok(true)
            })
            .await
    }

    async fn remove(&self, place: Place) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                transaction
                    .prepare_cached(
                        "DELETE FROM person_field WHERE field = ?3 AND key_id =
                             (SELECT key_id FROM person_key WHERE subject_kind = ?1 AND subject_id = ?2)",
                    )?
                    .execute(params![place.subject.kind, place.subject.id, place.field])
                    .map(drop)
            })
            .await
    }

    async fn with_token(&self, field: &str, token: Vec<u8>) -> Result<Vec<Subject>, SideStoreError> {
        let field = field.to_owned();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached(
                        "SELECT subject_kind, subject_id FROM person_field NATURAL JOIN person_key
                         WHERE field = ?1 AND token = ?2 ORDER BY subject_kind, subject_id",
                    )?
                    .query_map(params![field, token], |row| Ok(Subject { kind: row.get(0)?, id: row.get(1)? }))?
                    .collect()
            })
            .await
    }

    async fn without_token(&self, kind: &str, field: &str, limit: usize) -> Result<Vec<Held>, SideStoreError> {
        let (kind, field) = (kind.to_owned(), field.to_owned());
        self.held(HELD_WITHOUT_TOKEN, move |statement| {
            statement.query_map(params![kind, field, limit], held_row)?.collect()
        })
        .await
    }

    async fn held_of(&self, subject: Subject) -> Result<Vec<Held>, SideStoreError> {
        self.held(HELD_OF, move |statement| statement.query_map(params![subject.kind, subject.id], held_row)?.collect())
            .await
    }

    async fn held_of_kind(
        &self,
        kind: &str,
        field: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Held>, SideStoreError> {
        let (kind, field, after) = (kind.to_owned(), field.to_owned(), after.to_owned());
        self.held(HELD_OF_KIND, move |statement| {
            statement.query_map(params![kind, field, after, limit], held_row)?.collect()
        })
        .await
    }

    async fn erase(&self, keys: Vec<KeyId>) -> Result<u64, SideStoreError> {
        self.file
            .write(move |transaction| {
                let mut statement = transaction.prepare_cached("DELETE FROM person_key WHERE key_id = ?1")?;
                let mut erased = 0;
                for key in &keys {
                    erased += statement.execute([key])?;
                }
                Ok(u64::try_from(erased).unwrap_or(u64::MAX))
            })
            .await
    }

    async fn mark_erased(&self, token: Vec<u8>) -> Result<(), SideStoreError> {
        self.file
            .write(move |transaction| {
                transaction
                    .execute("INSERT INTO erased_subject (token) VALUES (?1) ON CONFLICT (token) DO NOTHING", [token])
                    .map(drop)
            })
            .await
    }

    async fn erased_of(&self, tokens: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, SideStoreError> {
        self.file
            .read(move |transaction| {
                let mut there = transaction.prepare_cached("SELECT 1 FROM erased_subject WHERE token = ?1")?;
                let mut erased = Vec::new();
                for token in tokens {
                    if there.exists([&token])? {
                        erased.push(token);
                    }
                }
                Ok(erased)
            })
            .await
    }

    async fn begin_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError> {
        let (worker, key) = (worker.to_owned(), key.to_owned());
        self.file
            .write(move |transaction| {
                let begin =
                    "INSERT INTO erasure_begun (worker, key) VALUES (?1, ?2) ON CONFLICT (worker, key) DO NOTHING";
                transaction.execute(begin, [worker, key]).map(drop)
            })
            .await
    }

    async fn begun_erasures(&self) -> Result<Vec<(String, String)>, SideStoreError> {
        self.file
            .read(|transaction| {
                transaction
                    .prepare_cached("SELECT worker, key FROM erasure_begun ORDER BY worker, key")?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .await
    }

    async fn end_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError> {
        let (worker, key) = (worker.to_owned(), key.to_owned());
        self.file
            .write(move |transaction| {
                transaction.execute("DELETE FROM erasure_begun WHERE worker = ?1 AND key = ?2", [worker, key]).map(drop)
            })
            .await
    }
}

const HELD_WITHOUT_TOKEN: &str = "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
    FROM person_field NATURAL JOIN person_key
    WHERE subject_kind = ?1 AND field = ?2 AND token IS NULL LIMIT ?3";
const HELD_OF: &str = "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
    FROM person_field NATURAL JOIN person_key
    WHERE subject_kind = ?1 AND subject_id = ?2 ORDER BY field";
const HELD_OF_KIND: &str = "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
    FROM person_key NATURAL JOIN person_field
    WHERE subject_kind = ?1 AND field = ?2 AND subject_id > ?3 ORDER BY subject_id LIMIT ?4";

type HeldRow = (Subject, Vec<u8>, Vec<u8>, String, Vec<u8>);

fn held_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<HeldRow> {
    let subject = Subject { kind: row.get(0)?, id: row.get(1)? };
    Ok((subject, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

impl SqliteNames {
    async fn held<F>(&self, query: &'static str, ask: F) -> Result<Vec<Held>, SideStoreError>
    where
        F: FnOnce(&mut rusqlite::Statement<'_>) -> rusqlite::Result<Vec<HeldRow>> + Send + 'static,
    {
        let rows = self.file.read(move |transaction| ask(&mut *transaction.prepare_cached(query)?)).await?;
        rows.into_iter()
            .map(|(subject, id, wrapped, field, sealed)| {
                let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
                Ok(Held { subject, key: WrappedKey { key_id, wrapped }, field, sealed })
            })
            .collect()
    }
}

fn found(row: Row) -> Result<Found, SideStoreError> {
    let Some((id, wrapped, sealed)) = row else { return Ok(Found::default()) };
    let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
    Ok(Found { key: Some(WrappedKey { key_id, wrapped }), sealed })
}
