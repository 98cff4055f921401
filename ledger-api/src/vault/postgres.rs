//! Sealed names in tables of a Postgres journal's schema.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::{PgPool, PgRow};

use super::store::{Found, NameStore, SealedField, Subject, WrappedKey, key_id};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{open, unavailable};

/// Each step brings the tables from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql")];

/// A person was erased while a name was being written: the key is gone, or both waited for each other.
const ERASED_IN_BETWEEN: [&str; 2] = ["23503", "40P01"];

pub(super) struct PostgresNames {
    pool: PgPool,
}

impl PostgresNames {
    pub(super) async fn open(url: &str, schema: &str) -> Result<PostgresNames, SideStoreError> {
        Ok(PostgresNames { pool: open(url, schema, "vault", STEPS).await? })
    }
}

#[async_trait]
impl NameStore for PostgresNames {
    async fn check(&self) -> Result<Option<String>, SideStoreError> {
        sqlx::query("SELECT value FROM vault_check")
            .fetch_optional(&self.pool)
            .await
            .and_then(|row| row.map(|row| row.try_get(0)).transpose())
            .map_err(unavailable)
    }

    async fn check_or_set(&self, value: &str) -> Result<String, SideStoreError> {
        sqlx::query("INSERT INTO vault_check (one, value) VALUES (1, $1) ON CONFLICT (one) DO NOTHING")
            .bind(value)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        sqlx::query("SELECT value FROM vault_check")
            .fetch_one(&self.pool)
            .await
            .and_then(|row| row.try_get(0))
            .map_err(unavailable)
    }

    async fn find(&self, subjects: Vec<Subject>, field: &'static str) -> Result<Vec<Found>, SideStoreError> {
        let (kinds, ids): (Vec<String>, Vec<String>) =
            subjects.into_iter().map(|subject| (subject.kind, subject.id)).unzip();
        let rows = sqlx::query(
            "SELECT key.key_id, key.wrapped, field.sealed
             FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (kind, id, no)
             LEFT JOIN person_key AS key ON key.subject_kind = asked.kind AND key.subject_id = asked.id
             LEFT JOIN person_field AS field ON field.key_id = key.key_id AND field.field = $3
             ORDER BY asked.no",
        )
        .bind(kinds)
        .bind(ids)
        .bind(field)
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.iter().map(found).collect()
    }

    async fn add_keys(&self, keys: Vec<(Subject, WrappedKey)>) -> Result<(), SideStoreError> {
        let (subjects, keys): (Vec<Subject>, Vec<WrappedKey>) = keys.into_iter().unzip();
        let (kinds, ids): (Vec<String>, Vec<String>) =
            subjects.into_iter().map(|subject| (subject.kind, subject.id)).unzip();
        let (key_ids, wrapped): (Vec<Vec<u8>>, Vec<Vec<u8>>) =
            keys.into_iter().map(|key| (key.key_id.to_vec(), key.wrapped)).unzip();
        sqlx::query(
            "INSERT INTO person_key (subject_kind, subject_id, key_id, wrapped)
             SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
             ON CONFLICT (subject_kind, subject_id) DO NOTHING",
        )
        .bind(kinds)
        .bind(ids)
        .bind(key_ids)
        .bind(wrapped)
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }

    async fn put(&self, fields: Vec<SealedField>, field: &'static str) -> Result<bool, SideStoreError> {
        let (key_ids, sealed): (Vec<Vec<u8>>, Vec<Vec<u8>>) =
            fields.into_iter().map(|sealed| (sealed.key_id.to_vec(), sealed.sealed)).unzip();
        let stored = sqlx::query(
            "INSERT INTO person_field (key_id, field, sealed)
             SELECT given.key_id, $3, given.sealed FROM unnest($1::bytea[], $2::bytea[]) AS given (key_id, sealed)
             ON CONFLICT (key_id, field) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(key_ids)
        .bind(sealed)
        .bind(field)
        .execute(&self.pool)
        .await;
        match stored {
            Ok(_) => Ok(true),
            Err(sqlx::Error::Database(error))
                if error.code().is_some_and(|code| ERASED_IN_BETWEEN.contains(&code.as_ref())) =>
            {
                Ok(false)
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn erase(&self, subject: Subject) -> Result<bool, SideStoreError> {
        let erased = sqlx::query("DELETE FROM person_key WHERE subject_kind = $1 AND subject_id = $2")
            .bind(subject.kind)
            .bind(subject.id)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(erased.rows_affected() > 0)
    }
}

fn found(row: &PgRow) -> Result<Found, SideStoreError> {
    let Some(id) = row.try_get::<Option<Vec<u8>>, _>(0).map_err(unavailable)? else { return Ok(Found::default()) };
    let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
    let wrapped = row.try_get(1).map_err(unavailable)?;
    Ok(Found { key: Some(WrappedKey { key_id, wrapped }), sealed: row.try_get(2).map_err(unavailable)? })
}
