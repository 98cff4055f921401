//! cqrs-es on PostgreSQL: postgres-es's own table, a pool as wide as the load.

use std::time::Duration;

use anyhow::Result;
use postgres_es::PostgresEventRepository;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Executor, PgConnection};

use super::{Frameworks, HISTORY, METADATA, Row, histories};
use crate::load::Skew;
use crate::reading::Reading;
use crate::sql::Operation;

/// Rows of one INSERT.
const CHUNK: usize = 5_000;

/// Peer (a).
pub(crate) struct OnPostgres {
    url: String,
    skew: Skew,
}

impl OnPostgres {
    /// Makes postgres-es's table and fills the streams.
    pub(crate) async fn prepare(url: &str, skew: Skew) -> Result<OnPostgres> {
        let pool = PgPool::connect(url).await?;
        pool.execute(
            "DROP TABLE IF EXISTS events;
             CREATE TABLE events (
                 aggregate_type text NOT NULL, aggregate_id text NOT NULL,
                 sequence bigint CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, event_version text NOT NULL,
                 payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))",
        )
        .await?;
        let mut connection = pool.acquire().await?;
        let mut rows = histories(skew);
        loop {
            let chunk = rows.by_ref().take(CHUNK).collect::<Result<Vec<Row>>>()?;
            if chunk.is_empty() {
                break;
            }
            insert(&mut connection, chunk).await?;
        }
        pool.execute("VACUUM ANALYZE events").await?;
        drop(connection);
        pool.close().await;
        Ok(OnPostgres { url: url.to_owned(), skew })
    }

    pub(crate) async fn run(&self, operation: Operation, callers: u32, time: Duration) -> Result<Reading> {
        let pool = PgPoolOptions::new().max_connections(callers).min_connections(callers).connect(&self.url).await?;
        // What an earlier run added goes: long streams would make the peer slower and slower.
        sqlx::query("DELETE FROM events WHERE sequence > $1").bind(i64::from(HISTORY)).execute(&pool).await?;
        pool.execute("VACUUM ANALYZE events").await?;
        let frameworks = Frameworks::new(|| PostgresEventRepository::new(pool.clone()));
        let reading = super::run(frameworks, self.skew, operation, callers, time).await?;
        pool.close().await;
        Ok(reading)
    }
}

async fn insert(connection: &mut PgConnection, rows: Vec<Row>) -> Result<()> {
    let (mut kinds, mut ids, mut sequences) = (Vec::new(), Vec::new(), Vec::new());
    let (mut types, mut payloads) = (Vec::new(), Vec::new());
    for row in rows {
        kinds.push(row.aggregate_type);
        ids.push(row.aggregate_id);
        sequences.push(row.sequence);
        types.push(row.event_type);
        payloads.push(row.payload);
    }
    let sql = "INSERT INTO events SELECT kind, id, sequence, type, '1.0', payload::json, $6::json
               FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[])
               AS given (kind, id, sequence, type, payload)";
    let query = sqlx::query(sql).bind(kinds).bind(ids).bind(sequences).bind(types).bind(payloads).bind(METADATA);
    query.execute(connection).await?;
    Ok(())
}
