//! Connections with every option written out, the promise of durability checked, and migrations: forward only.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::pool::Pool;
use super::{copy, unavailable};
use crate::journal::JournalError;

/// Each step brings the schema from its index to the next version.
const STEPS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// What a schema is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To be a journal.
    Journal,
    /// To be copied into.
    Copy,
}

/// Read connections.
const READERS_MAX: usize = 8;
/// Connections that postgres-es loads streams on, and the one that listens.
const FRAMEWORK_MAX: u32 = 4;
/// How long one of those may take to be lent, and how long to say that it still works when it is given back.
const FRAMEWORK_WAIT: Duration = Duration::from_secs(2);

pub(super) fn options(url: &str, schema: &str) -> Result<PgConnectOptions, JournalError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| JournalError::Unusable(format!("the address cannot be read: {error}")))?;
    Ok(options
        .application_name("nuanxin")
        .options([
            ("search_path", schema),
            // A server that hangs while it holds the head's lock must lose it.
            ("idle_in_transaction_session_timeout", "30s"),
            ("lock_timeout", "15s"),
            // Everything here is found by an index. Where nothing was counted yet, the planner would guess otherwise.
            ("enable_seqscan", "off"),
            // Each statement here is done sooner than it could be compiled.
            ("jit", "off"),
        ])
        .log_statements(tracing::log::LevelFilter::Trace)
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(5)))
}

pub(super) fn readers(options: PgConnectOptions) -> Result<Pool, JournalError> {
    Pool::new(options, READERS_MAX, None).map_err(unavailable)
}

/// postgres-es takes no other pool than sqlx's own.
pub(super) fn framework_pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(FRAMEWORK_MAX)
        .acquire_timeout(FRAMEWORK_WAIT)
        .after_release(|connection, _| {
            Box::pin(async move {
                // A load that was given up may have left a connection on which nobody answers any more. The pool itself
                // would wait for it without end, and count it among those that are lent.
                match tokio::time::timeout(FRAMEWORK_WAIT, connection.ping()).await {
                    Ok(pinged) => pinged.map(|()| true),
                    Err(_) => Err(sqlx::Error::PoolTimedOut),
                }
            })
        })
        .connect_lazy_with(options)
}

/// Opens a connection for appending and makes sure that its commits are durable.
pub(super) async fn writer(options: &PgConnectOptions) -> Result<PgConnection, JournalError> {
    let mut connection = options.connect().await.map_err(unavailable)?;
    let setting = |name: &'static str| format!("SELECT current_setting('{name}')");
    let fsync: String =
        connection.fetch_one(setting("fsync").as_str()).await.map_err(unavailable)?.try_get(0).map_err(unavailable)?;
    if fsync != "on" {
        return Err(JournalError::Unusable(
            "the server runs with fsync = off; a power cut would lose what was answered".into(),
        ));
    }
    let synchronous: String = connection
        .fetch_one(setting("synchronous_commit").as_str())
        .await
        .map_err(unavailable)?
        .try_get(0)
        .map_err(unavailable)?;
    if !matches!(synchronous.as_str(), "on" | "remote_apply" | "remote_write") {
        connection.execute("SET synchronous_commit = on").await.map_err(unavailable)?;
    }
    // The statement is always the same; planning it anew for each batch takes longer than carrying out a small one.
    connection.execute("SET plan_cache_mode = force_generic_plan").await.map_err(unavailable)?;
    Ok(connection)
}

/// Makes the schema and brings it to this program's version. Servers starting at once wait for one another.
pub(super) async fn migrate(options: &PgConnectOptions, schema: &str, purpose: Use) -> Result<(), JournalError> {
    let mut connection = options.connect().await.map_err(unavailable)?;
    let mut transaction = connection.begin().await.map_err(unavailable)?;
    // Creating schemas at the same moment collides in the catalogue even with IF NOT EXISTS; migrations are rare, so
    // they take turns on a lock of their own, which ends with the transaction.
    let turn = "SELECT pg_advisory_xact_lock(hashtext('nuanxin migration'))";
    transaction.execute(turn).await.map_err(unavailable)?;
    if purpose == Use::Journal {
        copy::refuse_unfinished(&mut transaction, schema).await?;
    }
    let found: Option<i32> = {
        transaction.execute(format!("CREATE SCHEMA IF NOT EXISTS {schema}").as_str()).await.map_err(unavailable)?;
        transaction
            .execute("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)")
            .await
            .map_err(unavailable)?;
        transaction
            .fetch_optional("SELECT version FROM schema_version")
            .await
            .map_err(unavailable)?
            .map(|row| row.try_get(0))
            .transpose()
            .map_err(unavailable)?
    };
    let known = STEPS.len();
    let from = usize::try_from(found.unwrap_or(0)).unwrap_or(usize::MAX);
    if from > known {
        let what = format!("schema {schema} is of version {from}, this program knows {known}; use a newer program");
        return Err(JournalError::Unusable(what));
    }
    for step in STEPS.iter().skip(from) {
        transaction.execute(*step).await.map_err(unavailable)?;
    }
    if from < known {
        transaction.execute("DELETE FROM schema_version").await.map_err(unavailable)?;
        let version = format!("INSERT INTO schema_version VALUES ({known})");
        transaction.execute(version.as_str()).await.map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)?;
    connection.close().await.map_err(unavailable)
}
