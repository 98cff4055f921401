//! Sealed names in tables of a Postgres journal's schema.

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::postgres::PgRow;
use sqlx::{Executor, Row};

use super::store::{Found, Held, KeyId, NameStore, Place, SealedField, Subject, WrappedKey, key_id};
use crate::side_store::SideStoreError;
use crate::side_store::postgres::{Schema, open, unavailable};

/// Each step brings the tables from its index to the next version.
pub(super) const STEPS: &[&str] = &[include_str!("postgres_1.sql"), include_str!("postgres_2.sql")];

/// A person was erased while a name was being written: the key is gone, or both waited for each other.
const ERASED_IN_BETWEEN: [&str; 2] = ["23503", "40P01"];

pub(super) struct PostgresNames {
    pool: Pool,
}

impl PostgresNames {
    pub(super) async fn open(url: &str, schema: &str) -> Result<PostgresNames, SideStoreError> {
        Ok(PostgresNames { pool: open(Schema::new(url, schema), "vault", STEPS).await? })
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

    async fn find(&self, places: Vec<Place>) -> Result<Vec<Found>, SideStoreError> {
        let (mut kinds, mut ids, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        for Place { subject, field } in places {
            kinds.push(subject.kind);
            ids.push(subject.id);
            fields.push(field);
        }
        let rows = sqlx::query(
            "SELECT key.key_id, key.wrapped, field.sealed
             FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (kind, id, field, no)
             LEFT JOIN person_key AS key ON key.subject_kind = asked.kind AND key.subject_id = asked.id
             LEFT JOIN person_field AS field ON field.key_id = key.key_id AND field.field = asked.field
             ORDER BY asked.no",
        )
        .bind(kinds)
        .bind(ids)
        .bind(fields)
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

    async fn put(&self, fields: Vec<SealedField>) -> Result<bool, SideStoreError> {
        let (mut key_ids, mut names, mut sealed, mut tokens) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for field in fields {
            key_ids.push(field.key_id.to_vec());
            names.push(field.field);
            sealed.push(field.sealed);
            tokens.push(field.token);
        }
        let stored = sqlx::query(
            "INSERT INTO person_field (key_id, field, sealed, token)
             SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[])
             ON CONFLICT (key_id, field) DO UPDATE SET sealed = excluded.sealed, token = excluded.token",
        )
        .bind(key_ids)
        .bind(names)
        .bind(sealed)
        .bind(tokens)
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

    async fn remove(&self, place: Place) -> Result<(), SideStoreError> {
        sqlx::query(
            "DELETE FROM person_field WHERE field = $3 AND key_id =
                 (SELECT key_id FROM person_key WHERE subject_kind = $1 AND subject_id = $2)",
        )
        .bind(place.subject.kind)
        .bind(place.subject.id)
        .bind(place.field)
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }

    async fn with_token(&self, field: &str, token: Vec<u8>) -> Result<Vec<Subject>, SideStoreError> {
        let rows = sqlx::query(
            "SELECT subject_kind, subject_id FROM person_field NATURAL JOIN person_key
             WHERE field = $1 AND token = $2 ORDER BY subject_kind, subject_id",
        )
        .bind(field)
        .bind(token)
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.iter()
            .map(|row| Ok(Subject { kind: row.try_get(0)?, id: row.try_get(1)? }))
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    async fn without_token(&self, kind: &str, field: &str, limit: usize) -> Result<Vec<Held>, SideStoreError> {
        let query = sqlx::query(
            "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
             FROM person_field NATURAL JOIN person_key
             WHERE subject_kind = $1 AND field = $2 AND token IS NULL LIMIT $3",
        );
        let rows = query.bind(kind).bind(field).bind(many(limit)).fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter().map(held).collect()
    }

    async fn held_of(&self, subject: Subject) -> Result<Vec<Held>, SideStoreError> {
        let query = sqlx::query(
            "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
             FROM person_field NATURAL JOIN person_key
             WHERE subject_kind = $1 AND subject_id = $2 ORDER BY field",
        );
        let rows = query.bind(subject.kind).bind(subject.id).fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter().map(held).collect()
    }

    async fn held_of_kind(
        &self,
        kind: &str,
        field: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Held>, SideStoreError> {
        let query = sqlx::query(
            "SELECT subject_kind, subject_id, key_id, wrapped, field, sealed
             FROM person_key NATURAL JOIN person_field
             WHERE subject_kind = $1 AND field = $2 AND subject_id > $3 ORDER BY subject_id LIMIT $4",
        );
        let query = query.bind(kind).bind(field).bind(after).bind(many(limit));
        let rows = query.fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter().map(held).collect()
    }

    async fn erase(&self, keys: Vec<KeyId>) -> Result<u64, SideStoreError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
        let erased = sqlx::query("DELETE FROM person_key WHERE key_id = ANY ($1)")
            .bind(keys)
            .execute(&self.pool)
            .await
            .map_err(unavailable)?;
        if erased.rows_affected() > 0 {
            // A deleted row stays in its page until the table is written anew: what is erased is not to be found there,
            // wrapped and sealed as it is. Names are few; nobody waits long for this lock.
            for table in ["VACUUM (FULL) person_field", "VACUUM (FULL) person_key"] {
                if let Err(error) = self.pool.execute(table).await {
                    tracing::warn!(%error, "erased rows stay in their pages until PostgreSQL's own vacuum comes by");
                }
            }
        }
        Ok(erased.rows_affected())
    }

    async fn mark_erased(&self, token: Vec<u8>) -> Result<(), SideStoreError> {
        let mark = sqlx::query("INSERT INTO erased_subject (token) VALUES ($1) ON CONFLICT (token) DO NOTHING");
        mark.bind(token).execute(&self.pool).await.map(drop).map_err(unavailable)
    }

    async fn erased_of(&self, tokens: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, SideStoreError> {
        let asked = sqlx::query("SELECT token FROM erased_subject WHERE token = ANY ($1)").bind(tokens);
        let rows = asked.fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter().map(|row| row.try_get(0).map_err(unavailable)).collect()
    }

    async fn begin_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError> {
        let begin = "INSERT INTO erasure_begun (worker, key) VALUES ($1, $2) ON CONFLICT (worker, key) DO NOTHING";
        sqlx::query(begin).bind(worker).bind(key).execute(&self.pool).await.map(drop).map_err(unavailable)
    }

    async fn begun_erasures(&self) -> Result<Vec<(String, String)>, SideStoreError> {
        let asked = sqlx::query("SELECT worker, key FROM erasure_begun ORDER BY worker, key");
        let rows = asked.fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0).map_err(unavailable)?, row.try_get(1).map_err(unavailable)?)))
            .collect()
    }

    async fn end_erasure(&self, worker: &str, key: &str) -> Result<(), SideStoreError> {
        let end = sqlx::query("DELETE FROM erasure_begun WHERE worker = $1 AND key = $2").bind(worker).bind(key);
        end.execute(&self.pool).await.map(drop).map_err(unavailable)
    }
}

fn many(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn held(row: &PgRow) -> Result<Held, SideStoreError> {
    let id: Vec<u8> = row.try_get(2).map_err(unavailable)?;
    let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
    Ok(Held {
        subject: Subject { kind: row.try_get(0).map_err(unavailable)?, id: row.try_get(1).map_err(unavailable)? },
        key: WrappedKey { key_id, wrapped: row.try_get(3).map_err(unavailable)? },
        field: row.try_get(4).map_err(unavailable)?,
        sealed: row.try_get(5).map_err(unavailable)?,
    })
}

fn found(row: &PgRow) -> Result<Found, SideStoreError> {
    let Some(id) = row.try_get::<Option<Vec<u8>>, _>(0).map_err(unavailable)? else { return Ok(Found::default()) };
    let key_id = key_id(&id).map_err(SideStoreError::Unusable)?;
    let wrapped = row.try_get(1).map_err(unavailable)?;
    Ok(Found { key: Some(WrappedKey { key_id, wrapped }), sealed: row.try_get(2).map_err(unavailable)? })
}
