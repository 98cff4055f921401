//! Views in tables of the journal's schema.
//!
//! Any number of servers may keep them: the checkpoint's row lets one batch in at a time, and its generation tells a
//! server that the views were swapped under it. Commits are waited for: a position that was told as reached must not be
//! taken back by a crash of the database, for reads that ask for it would then answer from an older state.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use ledger_core::journal::postgres::Pool;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Executor, Row};
use tokio::sync::Mutex;

use super::{Checkpoint, KeyedRow, Stored, ViewChanges, ViewStore, prefix_end};
use crate::error::ViewError;
use crate::views;

/// Read connections.
const READERS_MAX: usize = 8;

/// What tells a server that rows which it has in memory are no longer those that are stored.
const NEW_GENERATION: &str = "floor(random() * 1e15)::bigint";

/// Views in one schema.
pub struct PostgresViews {
    options: PgConnectOptions,
    pool: Pool,
    writer: Mutex<Option<PgConnection>>,
    /// The generation of the views that this server's rows in memory are of.
    generation: AtomicI64,
}

fn unavailable(error: sqlx::Error) -> ViewError {
    ViewError::Unavailable(error.to_string())
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl PostgresViews {
    /// Opens the views; stored views of another version are thrown away.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`].
    pub async fn open(url: &str, schema: &str) -> Result<PostgresViews, ViewError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(unavailable)?
            .application_name("nuanxin views")
            .options([("search_path", schema), ("idle_in_transaction_session_timeout", "30s"), ("lock_timeout", "15s")])
            .log_statements(tracing::log::LevelFilter::Trace);
        let mut connection = options.connect().await.map_err(unavailable)?;
        prepare(&mut connection, schema).await?;
        let generation = generation(&mut connection).await.map_err(unavailable)?;
        let pool = Pool::new(options.clone(), READERS_MAX, None).map_err(unavailable)?;
        Ok(PostgresViews { options, pool, writer: Mutex::new(None), generation: AtomicI64::new(generation) })
    }

    /// Makes an empty schema to rebuild views in.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`].
    pub async fn open_empty(url: &str, schema: &str) -> Result<PostgresViews, ViewError> {
        let options = PgConnectOptions::from_str(url).map_err(unavailable)?;
        let mut connection = options.connect().await.map_err(unavailable)?;
        connection.execute(format!("DROP SCHEMA IF EXISTS {schema} CASCADE").as_str()).await.map_err(unavailable)?;
        PostgresViews::open(url, schema).await
    }

    /// Drops a schema that views were rebuilt in.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`].
    pub async fn drop_schema(url: &str, schema: &str) -> Result<(), ViewError> {
        let options = PgConnectOptions::from_str(url).map_err(unavailable)?;
        let mut connection = options.connect().await.map_err(unavailable)?;
        connection.execute(format!("DROP SCHEMA IF EXISTS {schema} CASCADE").as_str()).await.map_err(unavailable)?;
        Ok(())
    }

    /// Puts the views of schema `rebuilt` in the place of those of `schema`, in one transaction, and drops `rebuilt`.
    ///
    /// # Errors
    /// [`ViewError::Unavailable`]; the old views stay in place then.
    pub async fn replace(url: &str, rebuilt: &str, schema: &str) -> Result<(), ViewError> {
        let options = PgConnectOptions::from_str(url).map_err(unavailable)?;
        let mut connection = options.connect().await.map_err(unavailable)?;
        let mut script = String::from("BEGIN;");
        for table in views::NAMES.iter().map(|view| format!("view_{view}")).chain(["view_checkpoint".to_owned()]) {
            script
                .push_str(&format!("DROP TABLE {schema}.{table}; ALTER TABLE {rebuilt}.{table} SET SCHEMA {schema};"));
        }
        script.push_str(&format!("DROP SCHEMA {rebuilt} CASCADE; COMMIT;"));
        sqlx::raw_sql(&script).execute(&mut connection).await.map_err(unavailable)?;
        Ok(())
    }

    async fn connect(&self) -> Result<PgConnection, ViewError> {
        let mut connection = self.options.connect().await.map_err(unavailable)?;
        // The statements are always the same; a small batch is carried out faster than it is planned.
        connection.execute("SET plan_cache_mode = force_generic_plan").await.map_err(unavailable)?;
        Ok(connection)
    }
}

async fn generation(executor: impl sqlx::PgExecutor<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT generation FROM view_checkpoint").fetch_one(executor).await
}

async fn prepare(connection: &mut PgConnection, schema: &str) -> Result<(), ViewError> {
    let mut script = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtext('nuanxin migration'));
         CREATE SCHEMA IF NOT EXISTS {schema};
         CREATE TABLE IF NOT EXISTS view_checkpoint {columns};
         DO $$ BEGIN
         IF NOT EXISTS (SELECT FROM view_checkpoint WHERE version = {version}) THEN
         DROP TABLE view_checkpoint;
         CREATE TABLE view_checkpoint {columns};
         INSERT INTO view_checkpoint (position, leaf, version, generation)
         VALUES (0, decode(repeat('00', 32), 'hex'), {version}, {NEW_GENERATION});",
        columns =
            "(position bigint NOT NULL, leaf bytea NOT NULL, version integer NOT NULL, generation bigint NOT NULL)",
        version = views::VERSION
    );
    for view in views::NAMES {
        script.push_str(&format!(
            "DROP TABLE IF EXISTS view_{view};
             CREATE TABLE view_{view} (key text COLLATE \"C\" PRIMARY KEY, row bytea NOT NULL) WITH (fillfactor = 70);"
        ));
    }
    for view in views::FORMER {
        script.push_str(&format!("DROP TABLE IF EXISTS view_{view};"));
    }
    script.push_str("END IF; END $$; COMMIT;");
    sqlx::raw_sql(&script).execute(connection).await.map_err(unavailable)?;
    Ok(())
}

/// Begins a transaction that moves the checkpoint, with what its generation is from then on; false when it stands elsewhere.
async fn begin_from(
    connection: &mut PgConnection,
    generation: i64,
    from: Checkpoint,
    to: Checkpoint,
    next_generation: &str,
) -> Result<bool, sqlx::Error> {
    connection.execute("BEGIN").await?;
    let moved = sqlx::query(&format!(
        "UPDATE view_checkpoint SET position = $1, leaf = $2, generation = {next_generation}
         WHERE position = $3 AND leaf = $4 AND generation = $5"
    ))
    .bind(signed(to.position))
    .bind(to.leaf.as_slice())
    .bind(signed(from.position))
    .bind(from.leaf.as_slice())
    .bind(generation)
    .execute(connection)
    .await?
    .rows_affected();
    Ok(moved == 1)
}

async fn write(
    connection: &mut PgConnection,
    generation: i64,
    from: Checkpoint,
    to: Checkpoint,
    changes: &[ViewChanges],
) -> Result<bool, sqlx::Error> {
    if !begin_from(connection, generation, from, to, "generation").await? {
        return Ok(false);
    }
    for (view, rows) in changes {
        let (mut keys, mut bytes, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for (key, row) in rows {
            match row {
                Some(row) => {
                    keys.push(key.as_str());
                    bytes.push(row.as_slice());
                }
                None => gone.push(key.as_str()),
            }
        }
        if !keys.is_empty() {
            let put = format!(
                "INSERT INTO view_{view} (key, row) SELECT * FROM unnest($1::text[], $2::bytea[])
                 ON CONFLICT (key) DO UPDATE SET row = excluded.row"
            );
            sqlx::query(&put).bind(keys).bind(bytes).execute(&mut *connection).await?;
        }
        if !gone.is_empty() {
            let delete = format!("DELETE FROM view_{view} WHERE key = ANY($1)");
            sqlx::query(&delete).bind(gone).execute(&mut *connection).await?;
        }
    }
    connection.execute("COMMIT").await?;
    Ok(true)
}

/// Reads rows of the checkpoint's position, a key and a row, where both last may be none.
fn with_checkpoint(rows: &[PgRow]) -> Result<Stored<Vec<KeyedRow>>, sqlx::Error> {
    let mut checkpoint = 0;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        checkpoint = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0);
        if let (Some(key), Some(bytes)) = (row.try_get(1)?, row.try_get(2)?) {
            found.push((key, bytes));
        }
    }
    Ok(Stored { checkpoint, rows: found })
}

/// Throws the rows away; false when the checkpoint stands elsewhere. Its row is locked first, as a write does it.
async fn restart(connection: &mut PgConnection, generation: i64, from: Checkpoint) -> Result<bool, sqlx::Error> {
    if !begin_from(connection, generation, from, Checkpoint::default(), NEW_GENERATION).await? {
        return Ok(false);
    }
    let tables: Vec<String> = views::NAMES.iter().map(|view| format!("view_{view}")).collect();
    connection.execute(format!("TRUNCATE {}", tables.join(", ")).as_str()).await?;
    connection.execute("COMMIT").await?;
    Ok(true)
}

#[async_trait]
impl ViewStore for PostgresViews {
    async fn checkpoint(&self) -> Result<Checkpoint, ViewError> {
        let row = sqlx::query("SELECT position, leaf FROM view_checkpoint")
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        let position: i64 = row.try_get(0).map_err(unavailable)?;
        let leaf: &[u8] = row.try_get(1).map_err(unavailable)?;
        let leaf =
            leaf.try_into().map_err(|_| ViewError::Unavailable("the checkpoint's hash is not 32 bytes".into()))?;
        Ok(Checkpoint { position: u64::try_from(position).unwrap_or(0), leaf })
    }

    async fn get_with_checkpoint(
        &self,
        view: &'static str,
        keys: &[String],
    ) -> Result<Stored<Vec<Option<Vec<u8>>>>, ViewError> {
        // One statement sees one state; the checkpoint's row comes even where no other does.
        let rows = sqlx::query(&format!(
            "SELECT c.position, v.key, v.row FROM view_checkpoint c LEFT JOIN view_{view} v ON v.key = ANY($1)"
        ))
        .bind(keys)
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        let Stored { checkpoint, rows } = with_checkpoint(&rows).map_err(unavailable)?;
        let found: HashMap<String, Vec<u8>> = rows.into_iter().collect();
        Ok(Stored { checkpoint, rows: keys.iter().map(|key| found.get(key).cloned()).collect() })
    }

    async fn scan_with_checkpoint(
        &self,
        view: &'static str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Stored<Vec<KeyedRow>>, ViewError> {
        let rows = sqlx::query(&format!(
            "SELECT c.position, v.key, v.row FROM view_checkpoint c LEFT JOIN (
                 SELECT key, row FROM view_{view}
                 WHERE key >= $1 AND key > $2 AND ($3::text IS NULL OR key < $3) ORDER BY key LIMIT $4
             ) v ON true ORDER BY v.key"
        ))
        .bind(prefix)
        .bind(after)
        .bind(prefix_end(prefix))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        with_checkpoint(&rows).map_err(unavailable)
    }

    async fn write(&self, from: Checkpoint, to: Checkpoint, changes: Vec<ViewChanges>) -> Result<(), ViewError> {
        let mut place = self.writer.lock().await;
        // Taken out of its place: whatever fails, or is dropped half-way, closes it with its transaction.
        let mut writer = match place.take() {
            Some(writer) => writer,
            None => self.connect().await?,
        };
        let generation = self.generation.load(Ordering::Acquire);
        if !write(&mut writer, generation, from, to, &changes).await.map_err(unavailable)? {
            drop(writer);
            return Err(if self.is_replaced().await? { ViewError::Replaced } else { ViewError::Moved });
        }
        *place = Some(writer);
        Ok(())
    }

    async fn restart(&self, from: Checkpoint) -> Result<(), ViewError> {
        let mut place = self.writer.lock().await;
        *place = None;
        let mut connection = self.connect().await?;
        let present = generation(&mut connection).await.map_err(unavailable)?;
        if !restart(&mut connection, present, from).await.map_err(unavailable)? {
            return Err(ViewError::Moved);
        }
        // Of the generation that begins here nothing is in memory yet.
        self.is_replaced().await.map(|_| ())
    }

    async fn is_replaced(&self) -> Result<bool, ViewError> {
        let now = generation(&self.pool).await.map_err(unavailable)?;
        Ok(self.generation.swap(now, Ordering::AcqRel) != now)
    }
}
