//! The index over streams, carried along behind the append: what came in since is found among the newest events until
//! then. Whichever server appended enough asks the database to take it in; nothing of it passes through here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::pool::Pool;
use super::unavailable;
use crate::journal::JournalError;

/// Events that the index does not hold before it is carried along: so many a reader of a stream looks through.
const BEHIND: u64 = 1_024;
/// Events taken in by one statement.
const WIDTH: i64 = 16_384;
/// Under load it rests: a wide statement is cheaper for an event than a narrow one.
const REST: Duration = Duration::from_millis(250);
/// How long one statement may take.
const CARRY_MAX: Duration = Duration::from_secs(120);

/// Takes in what follows, up to so many events; gives how many, and the position reached. Servers take turns on the row of the index: whoever
/// waited sees where the other left off, and no further than its own view of the events.
const CARRY: &str = "WITH held AS MATERIALIZED (
         SELECT position FROM stream_index WHERE one FOR UPDATE
     ), span AS MATERIALIZED (
         SELECT held.position AS after, LEAST(head.position, held.position + $1) AS until
         FROM held, head WHERE head.one AND head.position > held.position
     ), moved AS (
         UPDATE stream_index SET position = span.until FROM span WHERE stream_index.one
     ), parts AS (
         INSERT INTO stream_part (stream_no, last, positions)
         SELECT stream_no, max(sequence), array_agg(e.position ORDER BY e.position)
         FROM span CROSS JOIN LATERAL (
             SELECT position, stream_no, sequence FROM event
             WHERE position > span.after AND position <= span.until OFFSET 0
         ) AS e
         GROUP BY stream_no, (sequence - 1) / 256
         ORDER BY stream_no
     )
     SELECT COALESCE(until - after, 0), COALESCE(until, position) FROM held LEFT JOIN span ON true";

/// Carries one journal's index along.
pub(super) struct Indexer {
    pool: Pool,
    /// The last position appended here.
    appended: AtomicU64,
    /// The position up to which the index holds everything, as last seen.
    reached: AtomicU64,
    runs: AtomicBool,
}

impl Indexer {
    /// An indexer that knows up to where the index holds everything.
    pub(super) fn new(pool: Pool, reached: u64) -> Arc<Indexer> {
        Arc::new(Indexer {
            pool,
            appended: AtomicU64::new(0),
            reached: AtomicU64::new(reached),
            runs: AtomicBool::new(false),
        })
    }

    /// Takes note of an append, and carries the index along where it is far behind.
    pub(super) fn appended(self: &Arc<Self>, position: u64) {
        self.appended.store(position, Ordering::Relaxed);
        if self.is_behind() && !self.runs.swap(true, Ordering::Relaxed) {
            let indexer = Arc::clone(self);
            tokio::spawn(async move {
                while indexer.is_behind() {
                    if let Err(error) = indexer.carry().await {
                        // The next append tries again; until then readers look through more of the newest events.
                        tracing::warn!(%error, "the index over streams cannot be carried along now");
                        break;
                    }
                    tokio::time::sleep(REST).await;
                }
                indexer.runs.store(false, Ordering::Relaxed);
            });
        }
    }

    fn is_behind(&self) -> bool {
        self.appended.load(Ordering::Relaxed).saturating_sub(self.reached.load(Ordering::Relaxed)) >= BEHIND
    }

    /// Takes in what follows, to the head.
    pub(super) async fn carry(&self) -> Result<(), JournalError> {
        loop {
            let carried = sqlx::query_as(CARRY).bind(WIDTH).fetch_one(&self.pool);
            let late = |_| JournalError::Unavailable("no answer in time".into());
            let (taken, reached): (i64, i64) = timeout(CARRY_MAX, carried).await.map_err(late)?.map_err(unavailable)?;
            self.reached.store(u64::try_from(reached).unwrap_or(0), Ordering::Relaxed);
            if taken < WIDTH {
                return Ok(());
            }
        }
    }
}
