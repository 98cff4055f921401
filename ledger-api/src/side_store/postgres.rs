//! Tables beside a Postgres journal, in its schema: a small pool and the tables' migrations.
//!
//! Nothing here or above begins a transaction on a pooled connection: a `begin()` cancelled half-way would leave the
//! connection inside a transaction, and what the next borrower writes would be lost. Every change is one statement.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::SideStoreError;

/// Tokens and names are small reads; the journal and the views need the server's connections more.
const CONNECTIONS_MAX: u32 = 4;

/// Servers may be set to answer before a commit is durable; a revocation or an erasure must not be undone by a crash.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Makes the tables of `store` if needed, brings them to the version of the last step, and gives a pool for them.
pub(crate) async fn open(url: &str, schema: &str, store: &str, steps: &[&str]) -> Result<PgPool, SideStoreError> {
    let options = options(url, schema)?;
    migrate(&options, schema, store, steps).await?;
    Ok(PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(Duration::from_secs(2))
        .after_connect(|connection, _| Box::pin(async move { connection.execute(DURABLE).await.map(|_| ()) }))
        .connect_lazy_with(options))
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
