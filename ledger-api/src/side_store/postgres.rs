//! Tables beside a Postgres journal, in its schema: a small pool and the tables' migrations.
//!
//! On a pooled connection no transaction can be begun: a `begin()` cancelled half-way would leave the connection inside a
//! transaction, and what the next borrower writes would be lost. Every change is one statement.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use ledger_core::journal::postgres::Pool;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::SideStoreError;

/// Tokens and names are small reads; the journal and the views need the database's connections more.
const CONNECTIONS_MAX: usize = 8;

/// Servers may be set to answer before a commit is durable; a revocation or an erasure must not be undone by a crash.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// The schema of a journal.
#[derive(Debug, Clone, Copy)]
pub struct Schema<'a> {
    url: &'a str,
    schema: &'a str,
    versions: Option<&'a Versions>,
}

impl<'a> Schema<'a> {
    /// A schema of a database.
    pub(crate) const fn new(url: &'a str, schema: &'a str) -> Schema<'a> {
        Schema { url, schema, versions: None }
    }

    /// With what was found there.
    pub(super) const fn found(self, versions: &'a Versions) -> Schema<'a> {
        Schema { versions: Some(versions), ..self }
    }

    /// The versions of all stores that are there, and the pool that these stores share.
    pub(super) async fn versions(self) -> Result<Versions, SideStoreError> {
        let pool = pool(options(self.url, self.schema)?)?;
        let rows = sqlx::raw_sql("SELECT store, version FROM side_store_version").fetch_all(&pool).await;
        let versions: Result<_, sqlx::Error> = match rows {
            Ok(rows) => rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>(),
            // A schema without stores yet.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => {
                Ok(BTreeMap::new())
            }
            Err(error) => Err(error),
        };
        Ok(Versions { of: versions.map_err(unavailable)?, pool: Some(pool) })
    }
}

/// The versions of stores, by their names, as they were found a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    of: BTreeMap<String, i32>,
    /// What they were asked through; none beside a journal in a file.
    pool: Option<Pool>,
}

impl Versions {
    fn is(&self, store: &str, version: usize) -> bool {
        self.of.get(store).is_some_and(|found| usize::try_from(*found) == Ok(version))
    }
}

/// What PostgreSQL says of a table that is not there.
const UNDEFINED_TABLE: &str = "42P01";

fn pool(options: PgConnectOptions) -> Result<Pool, SideStoreError> {
    Pool::new(options, CONNECTIONS_MAX, Some(DURABLE)).map_err(unavailable)
}

/// Makes the tables of `store` if needed, brings them to the version of the last step, and gives a pool for them: the one
/// that all stores of the place share, where there is one.
pub(crate) async fn open(place: Schema<'_>, store: &str, steps: &[&str]) -> Result<Pool, SideStoreError> {
    let options = options(place.url, place.schema)?;
    if !place.versions.is_some_and(|versions| versions.is(store, steps.len())) {
        migrate(&options, place.schema, store, steps).await?;
    }
    match place.versions.and_then(|versions| versions.pool.clone()) {
        Some(shared) => Ok(shared),
        None => pool(options),
    }
}

/// What the database said, for the log; sqlx puts no address or password into it.
pub(crate) fn unavailable(error: sqlx::Error) -> SideStoreError {
    SideStoreError::Unavailable(format!("the database: {error}"))
}

/// A count as Postgres stores it; none of ours comes near the limit.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn options(url: &str, schema: &str) -> Result<PgConnectOptions, SideStoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| SideStoreError::Unusable(format!("the journal's address cannot be read: {error}")))?;
    Ok(options
        .application_name("nuanxin")
        .options([
            ("search_path", schema),
            ("statement_timeout", "15s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ])
        .log_statements(tracing::log::LevelFilter::Trace)
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(5)))
}

/// The version of a store; none where its schema has no stores yet.
async fn version(connection: &mut PgConnection, store: &str) -> Result<Option<usize>, SideStoreError> {
    let there = sqlx::query("SELECT to_regclass('side_store_version') IS NOT NULL");
    let there: bool = there.fetch_one(&mut *connection).await.and_then(|row| row.try_get(0)).map_err(unavailable)?;
    if there { found(connection, store).await } else { Ok(None) }
}

async fn found(connection: &mut PgConnection, store: &str) -> Result<Option<usize>, SideStoreError> {
    let found: Option<i32> = sqlx::query("SELECT version FROM side_store_version WHERE store = $1")
        .bind(store)
        .fetch_optional(connection)
        .await
        .and_then(|row| row.map(|row| row.try_get(0)).transpose())
        .map_err(unavailable)?;
    Ok(found.map(|found| usize::try_from(found).unwrap_or(usize::MAX)))
}

async fn migrate(options: &PgConnectOptions, schema: &str, store: &str, steps: &[&str]) -> Result<(), SideStoreError> {
    let mut connection = options.connect().await.map_err(unavailable)?;
    // Mostly nothing is to be done, and then nobody has to wait for a turn.
    if version(&mut connection, store).await? == Some(steps.len()) {
        return connection.close().await.map_err(unavailable);
    }
    let mut transaction = connection.begin().await.map_err(unavailable)?;
    // The lock that the journal's migration takes too: making schemas at the same moment collides in the catalogue.
    let turn = "SELECT pg_advisory_xact_lock(hashtext('nuanxin migration'))";
    transaction.execute(turn).await.map_err(unavailable)?;
    // Asked for first, because a user without the right to make a schema may still use one that is there.
    let there: bool = sqlx::query("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
        .bind(schema)
        .fetch_one(&mut *transaction)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(unavailable)?;
    if !there {
        transaction.execute(format!("CREATE SCHEMA {schema}").as_str()).await.map_err(unavailable)?;
    }
    let versions = "CREATE TABLE IF NOT EXISTS side_store_version (store text PRIMARY KEY, version integer NOT NULL)";
    transaction.execute(versions).await.map_err(unavailable)?;
    let from = found(&mut transaction, store).await?.unwrap_or(0);
    if from > steps.len() {
        let known = steps.len();
        let what =
            format!("{store} in schema {schema} is of version {from}, this program knows {known}; use a newer program");
        return Err(SideStoreError::Unusable(what));
    }
    for step in steps.iter().skip(from) {
        transaction.execute(*step).await.map_err(unavailable)?;
    }
    if from < steps.len() {
        let version = i32::try_from(steps.len()).unwrap_or(i32::MAX);
        sqlx::query(
            "INSERT INTO side_store_version VALUES ($1, $2)
             ON CONFLICT (store) DO UPDATE SET version = EXCLUDED.version",
        )
        .bind(store)
        .bind(version)
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)?;
    connection.close().await.map_err(unavailable)
}
