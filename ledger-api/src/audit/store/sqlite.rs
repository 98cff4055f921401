//! Checkpoints in a file of their own beside a SQLite journal.

use std::path::Path;

use async_trait::async_trait;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::witness::Cosigned;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{CheckpointRow, Checkpoints, KeyRow, SignatureRow, SignedHead, root_of};
use crate::side_store::SideStoreError;
use crate::side_store::sqlite::{SideFile, signed};
use crate::sidecar::sidecar_path;

/// Each step brings the file from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("sqlite_1.sql")];

pub(super) struct SqliteCheckpoints {
    file: SideFile,
}

impl SqliteCheckpoints {
    pub(super) async fn open(journal: &Path) -> Result<SqliteCheckpoints, SideStoreError> {
        Ok(SqliteCheckpoints { file: SideFile::open(sidecar_path(journal, "checkpoints.db"), STEPS).await? })
    }
}

#[async_trait]
impl Checkpoints for SqliteCheckpoints {
    async fn signed_head(&self) -> Result<Option<SignedHead>, SideStoreError> {
        self.file
            .read(|transaction| {
                transaction.query_row("SELECT size, root FROM signed_head", [], |row| {
                    let size = unsigned(row, 0)?;
                    Ok(root_of(&row.get::<_, Vec<u8>>(1)?).map(|root| SignedHead { size, root }))
                })
            })
            .await
    }

    async fn record(
        &self,
        last: Option<SignedHead>,
        checkpoint: CheckpointRow,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let root = checkpoint.root.as_bytes().as_slice();
                let (last_size, last_root) = stored(last);
                let moved = transaction
                    .prepare_cached("UPDATE signed_head SET size = ?3, root = ?4 WHERE size = ?1 AND root = ?2")?
                    .execute(params![last_size, last_root, signed(checkpoint.size), root])?;
                if moved != 1 {
                    return Ok(false);
                }
                transaction
                    .prepare_cached(
                        "INSERT INTO checkpoint (size, root, text, signed_at_ms) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (size) DO NOTHING",
                    )?
                    .execute(params![signed(checkpoint.size), root, checkpoint.text, checkpoint.signed_at_ms])?;
                add_lines(transaction, checkpoint.size, &signatures)?;
                Ok(true)
            })
            .await
    }

    async fn add_signatures(
        &self,
        size: u64,
        root: Hash,
        signatures: Vec<SignatureRow>,
    ) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let there = transaction
                    .prepare_cached("SELECT 1 FROM checkpoint WHERE size = ?1 AND root = ?2")?
                    .exists(params![signed(size), root.as_bytes().as_slice()])?;
                if there {
                    add_lines(transaction, size, &signatures)?;
                }
                Ok(there)
            })
            .await
    }

    async fn list(&self, after: u64, limit: usize) -> Result<Vec<(CheckpointRow, Vec<String>)>, SideStoreError> {
        self.file
            .read(move |transaction| {
                let mut lines = transaction
                    .prepare_cached("SELECT line FROM checkpoint_signature WHERE size = ?1 ORDER BY rowid")?;
                let mut rows = transaction.prepare_cached(
                    "SELECT size, root, text, signed_at_ms FROM checkpoint WHERE size > ?1 ORDER BY size LIMIT ?2",
                )?;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let rows = rows.query_map(params![signed(after), limit], checkpoint)?;
                rows.map(|row| {
                    let row = row?;
                    let lines = lines.query_map([signed(row.size)], |row| row.get(0))?;
                    Ok((row, lines.collect::<rusqlite::Result<_>>()?))
                })
                .collect()
            })
            .await
    }

    async fn add_key(&self, key: KeyRow, only_first: bool) -> Result<bool, SideStoreError> {
        self.file
            .write(move |transaction| {
                let added = transaction
                    .prepare_cached(
                        "INSERT INTO verifier_key (vkey, usage, added_at_ms, until_ms) SELECT ?1, ?2, ?3, ?4
                         WHERE NOT (?5 AND EXISTS (SELECT 1 FROM verifier_key WHERE usage = ?2))
                         ON CONFLICT (vkey) DO NOTHING",
                    )?
                    .execute(params![key.vkey, key.usage, key.added_at_ms, key.until_ms, only_first])?;
                Ok(added == 1)
            })
            .await
    }

    async fn keys(&self) -> Result<Vec<KeyRow>, SideStoreError> {
        self.file
            .read(|transaction| {
                transaction
                    .prepare_cached("SELECT vkey, usage, added_at_ms, until_ms FROM verifier_key ORDER BY rowid")?
                    .query_map([], |row| {
                        Ok(KeyRow {
                            vkey: row.get(0)?,
                            usage: row.get(1)?,
                            added_at_ms: row.get(2)?,
                            until_ms: row.get(3)?,
                        })
                    })?
                    .collect()
            })
            .await
    }

    async fn set_until(&self, vkey: &str, until_ms: i64) -> Result<bool, SideStoreError> {
        let vkey = vkey.to_owned();
        self.file
            .write(move |transaction| {
                let found = transaction
                    .prepare_cached("UPDATE verifier_key SET until_ms = ?2 WHERE vkey = ?1")?
                    .execute(params![vkey, until_ms])?;
                Ok(found == 1)
            })
            .await
    }

    async fn remove_key(&self, vkey: &str) -> Result<bool, SideStoreError> {
        let vkey = vkey.to_owned();
        self.file
            .write(move |transaction| {
                Ok(transaction.prepare_cached("DELETE FROM verifier_key WHERE vkey = ?1")?.execute([vkey])? == 1)
            })
            .await
    }

    async fn cosigned(&self, origin: &str) -> Result<Option<Cosigned>, SideStoreError> {
        let origin = origin.to_owned();
        self.file
            .read(move |transaction| {
                transaction
                    .prepare_cached("SELECT size, root FROM cosigned WHERE origin = ?1")?
                    .query_row([origin], |row| Ok(Cosigned { size: unsigned(row, 0)?, root: root(row, 1)? }))
                    .optional()
            })
            .await
    }

    async fn move_cosigned(
        &self,
        origin: &str,
        last: Option<Cosigned>,
        next: Cosigned,
        note: &str,
        at_ms: i64,
    ) -> Result<bool, SideStoreError> {
        let (origin, note) = (origin.to_owned(), note.to_owned());
        self.file
            .write(move |transaction| {
                let next_root = next.root.as_bytes().as_slice();
                let moved = match last {
                    Some(last) => transaction
                        .prepare_cached(
                            "UPDATE cosigned SET size = ?4, root = ?5, note = ?6, cosigned_at_ms = ?7
                             WHERE origin = ?1 AND size = ?2 AND root = ?3",
                        )?
                        .execute(params![
                            origin,
                            signed(last.size),
                            last.root.as_bytes().as_slice(),
                            signed(next.size),
                            next_root,
                            note,
                            at_ms
                        ])?,
                    None => transaction
                        .prepare_cached(
                            "INSERT INTO cosigned (origin, size, root, note, cosigned_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                             ON CONFLICT (origin) DO NOTHING",
                        )?
                        .execute(params![origin, signed(next.size), next_root, note, at_ms])?,
                };
                Ok(moved == 1)
            })
            .await
    }
}

fn stored(head: Option<SignedHead>) -> (i64, Vec<u8>) {
    head.map_or((0, Vec::new()), |head| (signed(head.size), head.root.as_bytes().to_vec()))
}

fn add_lines(transaction: &Transaction<'_>, size: u64, signatures: &[SignatureRow]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO checkpoint_signature (size, name, key_id, line) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (size, name, key_id) DO UPDATE SET line = excluded.line",
    )?;
    for signature in signatures {
        statement.execute(params![signed(size), signature.name, signature.id, signature.line])?;
    }
    Ok(())
}

fn checkpoint(row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    Ok(CheckpointRow { size: unsigned(row, 0)?, root: root(row, 1)?, text: row.get(2)?, signed_at_ms: row.get(3)? })
}

fn root(row: &Row<'_>, index: usize) -> rusqlite::Result<Hash> {
    let bytes: Vec<u8> = row.get(index)?;
    root_of(&bytes).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Blob, "a root is not 32 bytes".into())
    })
}

fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}
