//! cqrs-es on SQLite: sqlite-es's own table, with synchronous FULL, which its own pool leaves at NORMAL: under that, a
//! power cut may take back what was answered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor};

use super::{Frameworks, HISTORY, METADATA, histories};
use crate::load::Skew;
use crate::reading::Reading;
use crate::sql::Operation;

/// How long a writer waits for the others, as SQLite's guides advise.
const BUSY: Duration = Duration::from_secs(30);

/// Peer (e).
pub(crate) struct OnSqlite {
    path: PathBuf,
    skew: Skew,
}

impl OnSqlite {
    /// Makes sqlite-es's table and fills the streams.
    pub(crate) async fn prepare(folder: &Path, skew: Skew) -> Result<OnSqlite> {
        let peer = OnSqlite { path: folder.join("sqlite-es.db"), skew };
        let pool = peer.pool(1).await?;
        pool.execute(
            "CREATE TABLE events (
                 aggregate_type text NOT NULL, aggregate_id text NOT NULL,
                 sequence integer CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, event_version text NOT NULL,
                 payload text NOT NULL, metadata text NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence)
             ) STRICT",
        )
        .await?;
        let mut connection = pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        for row in histories(skew) {
            let row = row?;
            sqlx::query("INSERT INTO events VALUES (?, ?, ?, ?, '1.0', ?, ?)")
                .bind(row.aggregate_type)
                .bind(row.aggregate_id)
                .bind(row.sequence)
                .bind(row.event_type)
                .bind(row.payload)
                .bind(METADATA)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        drop(connection);
        pool.close().await;
        Ok(peer)
    }

    async fn pool(&self, connections: u32) -> Result<SqlitePool> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        Ok(SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY).connect_with(options).await?)
    }

    pub(crate) async fn run(&self, operation: Operation, callers: u32, time: Duration) -> Result<Reading> {
        let pool = self.pool(callers).await?;
        sqlx::query("DELETE FROM events WHERE sequence > ?").bind(i64::from(HISTORY)).execute(&pool).await?;
        let frameworks = Frameworks::new(|| SqliteEventRepository::new(pool.clone()));
        let reading = super::run(frameworks, self.skew, operation, callers, time).await?;
        pool.close().await;
        Ok(reading)
    }
}
