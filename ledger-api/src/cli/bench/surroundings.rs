//! What a measurement ran on, read back and not assumed: a figure without it cannot be compared with another.

use std::path::Path;

use ledger_core::journal::url::JournalUrl;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::failed;
use crate::cli::CliError;

/// Settings of PostgreSQL that a commit's price and promise depend on.
const POSTGRES_SETTINGS: &[&str] = &[
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "wal_compression",
    "shared_buffers",
    "max_wal_size",
    "commit_delay",
];

/// Cores that this process may use.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The database's version and its settings of durability.
pub(super) async fn database(url: &JournalUrl) -> Result<Value, CliError> {
    match url {
        JournalUrl::Sqlite(path) => sqlite(path),
        JournalUrl::Postgres { url, .. } => postgres(url).await,
    }
}

fn sqlite(path: &Path) -> Result<Value, CliError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).map_err(failed);
    let page_size: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(failed)?;
    Ok(json!({
        "sqlite_version": text("SELECT sqlite_version()")?,
        "journal_mode": text("PRAGMA journal_mode")?,
        // A setting of each connection: opening the journal fails where the writer's is any other.
        "synchronous": "full",
        "page_size": page_size,
    }))
}

async fn postgres(url: &str) -> Result<Value, CliError> {
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    let mut settings = Map::new();
    for name in POSTGRES_SETTINGS {
        let value: Option<String> = sqlx::query_scalar("SELECT current_setting($1, true)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        settings.insert((*name).to_owned(), json!(value));
    }
    connection.close().await.map_err(failed)?;
    Ok(Value::Object(settings))
}
