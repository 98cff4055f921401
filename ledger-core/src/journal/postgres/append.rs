//! The append: lock the head, write everything in one statement, commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Executor;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::OwnedMutexGuard;

use super::notifier::Notifier;
use super::pool::Pool;
use super::{Wake, connect, read, unavailable};
use crate::journal::{Append, Batch, CommitError, Head, JournalError, SigningKey, Snapshot};

/// How long taking the lock may take before the journal is called away.
const BEGIN_MAX: Duration = Duration::from_secs(20);
/// How long giving the lock back may take before its connection is closed instead.
const RELEASE_MAX: Duration = Duration::from_secs(5);
/// How long a commit may take before its outcome is called unknown.
const COMMIT_MAX: Duration = Duration::from_secs(30);

type Writer = OwnedMutexGuard<Option<PgConnection>>;

/// Takes the head's lock on the writing connection, opening it first where there is none.
pub(super) async fn begin(
    mut writer: Writer,
    options: &PgConnectOptions,
    wake: &Arc<Wake>,
    term: Arc<AtomicI64>,
) -> Result<PgAppend, JournalError> {
    let taken = tokio::time::timeout(BEGIN_MAX, async {
        let mut connection = match writer.take() {
            Some(connection) => connection,
            None => connect::writer(options).await?,
        };
        connection.execute("BEGIN").await.map_err(unavailable)?;
        let head = read::locked_head(&mut connection).await?;
        Ok::<_, JournalError>((connection, head))
    });
    // The connection was taken out of its place: whatever fails, or is dropped half-way, closes it with its transaction.
    let (connection, (head, now)) =
        taken.await.map_err(|_| JournalError::Unavailable("taking the head's lock took too long".into()))??;
    term.store(now, Ordering::Relaxed);
    Ok(PgAppend { head, connection: Some(connection), writer, wake: Arc::clone(wake), term })
}

/// An append under the head's lock.
pub(super) struct PgAppend {
    head: Head,
    connection: Option<PgConnection>,
    writer: Writer,
    wake: Arc<Wake>,
    term: Arc<AtomicI64>,
}

#[async_trait]
impl Append for PgAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(mut self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        let Some(mut connection) = self.connection.take() else {
            return Err(CommitError::NotCommitted(JournalError::Unavailable("the append has ended".into())));
        };
        let away = || JournalError::Unavailable("the commit took too long".into());
        let written = tokio::time::timeout(
            COMMIT_MAX,
            write(&mut connection, &batch, &self.wake.notifier, true, self.term.load(Ordering::Relaxed)),
        )
        .await;
        match written {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return Err(CommitError::Fenced),
            // COMMIT was not sent: closing the connection rolls back.
            Ok(Err(error)) => return Err(CommitError::NotCommitted(unavailable(error))),
            Err(_) => return Err(CommitError::NotCommitted(away())),
        }
        match tokio::time::timeout(COMMIT_MAX, connection.execute("COMMIT")).await {
            Ok(Ok(_)) => {
                *self.writer = Some(connection);
                self.wake.appended(batch.position, true);
                Ok(())
            }
            Ok(Err(error)) => Err(CommitError::Unknown(unavailable(error))),
            Err(_) => Err(CommitError::Unknown(away())),
        }
    }

    /// A statement that commits itself may lie in the server's buffers after its sender has given up: it must find another
    /// term than the one it was sent under.
    async fn bar_late(mut self: Box<Self>) -> Result<(), JournalError> {
        let Some(mut connection) = self.connection.take() else {
            return Err(JournalError::Unavailable("the append has ended".into()));
        };
        // Given up, it closes the connection: whether the term was raised or not, the next begin reads it.
        let raised = tokio::time::timeout(COMMIT_MAX, async {
            let raised: i64 = sqlx::query_scalar("UPDATE head SET term = term + 1 WHERE one RETURNING term")
                .fetch_one(&mut connection)
                .await?;
            connection.execute("COMMIT").await?;
            Ok::<_, sqlx::Error>(raised)
        });
        let late = |_| JournalError::Unavailable("raising the term took too long".into());
        let raised = raised.await.map_err(late)?.map_err(unavailable)?;
        self.term.store(raised, Ordering::Relaxed);
        *self.writer = Some(connection);
        Ok(())
    }

    async fn release(mut self: Box<Self>) {
        if let Some(mut connection) = self.connection.take()
            && let Ok(Ok(_)) = tokio::time::timeout(RELEASE_MAX, connection.execute("ROLLBACK")).await
        {
            *self.writer = Some(connection);
        }
    }
}

/// Appends a batch in one statement, which commits itself: one round trip. The head's row is locked by the very update
/// that is the fence; nothing is inserted where it finds the head elsewhere.
pub(super) async fn append(
    mut writer: Writer,
    options: &PgConnectOptions,
    wake: &Wake,
    term: i64,
    batch: &Batch,
) -> Result<(), CommitError> {
    let mut connection = match writer.take() {
        Some(connection) => connection,
        None => match tokio::time::timeout(BEGIN_MAX, connect::writer(options)).await {
            Ok(opened) => opened.map_err(CommitError::NotCommitted)?,
            Err(_) => {
                let what = "opening a connection took too long".to_owned();
                return Err(CommitError::NotCommitted(JournalError::Unavailable(what)));
            }
        },
    };
    // The connection was taken out of its place: whatever fails, or is dropped half-way, closes it.
    let notifies = wake.notifier.is_due();
    match tokio::time::timeout(COMMIT_MAX, write(&mut connection, batch, &wake.notifier, notifies, term)).await {
        Ok(Ok(moved)) => {
            *writer = Some(connection);
            if !moved {
                return Err(CommitError::Fenced);
            }
            wake.appended(batch.position, notifies);
            Ok(())
        }
        // The server itself says that the statement failed: then nothing of it is there. That the session was ended says
        // nothing of the statement.
        Ok(Err(sqlx::Error::Database(error))) if !error.code().is_some_and(|code| code.starts_with("57P")) => {
            Err(CommitError::NotCommitted(unavailable(sqlx::Error::Database(error))))
        }
        Ok(Err(error)) => Err(CommitError::Unknown(unavailable(error))),
        Err(_) => Err(CommitError::Unknown(JournalError::Unavailable("the commit took too long".into()))),
    }
}

/// The statement, with a part between for what not every batch has.
macro_rules! appending {
    ($between:literal) => {
        concat!(
            "WITH fence AS (
                 UPDATE head SET position = $1, streams = $2, recorded_at = $3, frontier = $4
                 WHERE one AND position = $5 AND term = $6 RETURNING position
             ), ",
            $between,
            "events AS (
                 INSERT INTO event (position, stream_no, sequence, nth, count, type, payload, leaf, key, fingerprint,
                                    actor, recorded_at)
                 SELECT new.*, CASE WHEN nth = 0 THEN $3 END
                 FROM fence, unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::integer[], $13::integer[],
                                    $14::text[], $15::bytea[], $16::bytea[], $17::text[], $18::bytea[], $19::text[])
                      AS new (position, stream_no, sequence, nth, count, type, payload, leaf, key, fingerprint, actor)
             ), roots AS (
                 INSERT INTO root (size, root) SELECT position, $7 FROM fence
             ), notified AS (
                 SELECT pg_notify($8, $1::text) FROM fence WHERE $20
             )
             SELECT (SELECT count(*) FROM fence), (SELECT count(*) FROM notified)"
        )
    };
}

const APPEND: &str = appending!("");
const APPEND_WITH_STREAMS: &str = appending!(
    "streams AS (
         INSERT INTO stream (stream_no, kind, id)
         SELECT new.* FROM fence, unnest($21::bigint[], $22::text[], $23::text[]) AS new
     ), "
);

/// Writes the batch; false when the fence found the head elsewhere, and nothing is written then.
async fn write(
    connection: &mut PgConnection,
    batch: &Batch,
    notifier: &Notifier,
    notifies: bool,
    term: i64,
) -> Result<bool, sqlx::Error> {
    let rows = EventRows::of(batch);
    let new = &batch.new_streams;
    let query = sqlx::query_scalar(if new.is_empty() { APPEND } else { APPEND_WITH_STREAMS })
        .bind(signed(batch.position))
        .bind(signed(batch.streams))
        .bind(batch.recorded_at.micros())
        .bind(&batch.frontier)
        .bind(signed(batch.after))
        .bind(term)
        .bind(batch.root.as_slice())
        .bind(notifier.channel())
        .bind(rows.position)
        .bind(rows.stream_no)
        .bind(rows.sequence)
        .bind(rows.nth)
        .bind(rows.count)
        .bind(rows.event_type)
        .bind(rows.payload)
        .bind(rows.leaf)
        .bind(rows.key)
        .bind(rows.fingerprint)
        .bind(rows.actor)
        .bind(notifies);
    let query = if new.is_empty() {
        query
    } else {
        query
            .bind(new.iter().map(|new| signed(new.stream_no)).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.stream.kind()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.stream.id()).collect::<Vec<_>>())
    };
    let moved: i64 = query.fetch_one(connection).await?;
    Ok(moved == 1)
}

/// The columns of a batch's events.
#[derive(Default)]
struct EventRows<'a> {
    position: Vec<i64>,
    stream_no: Vec<i64>,
    sequence: Vec<i64>,
    nth: Vec<i32>,
    count: Vec<Option<i32>>,
    event_type: Vec<&'a str>,
    payload: Vec<&'a [u8]>,
    leaf: Vec<&'a [u8]>,
    key: Vec<Option<&'a str>>,
    fingerprint: Vec<Option<&'a [u8]>>,
    actor: Vec<Option<&'a str>>,
}

impl<'a> EventRows<'a> {
    fn of(batch: &'a Batch) -> EventRows<'a> {
        let mut rows = EventRows::default();
        for (event, command) in batch.events_with_commands() {
            rows.position.push(signed(event.position));
            rows.stream_no.push(signed(event.stream_no));
            rows.sequence.push(signed(event.sequence));
            rows.nth.push(small(event.nth));
            rows.count.push(command.map(|command| small(command.count)));
            rows.event_type.push(event.event_type);
            rows.payload.push(event.payload.as_slice());
            rows.leaf.push(event.leaf.as_slice());
            rows.key.push(command.map(|command| command.key.as_str()));
            rows.fingerprint.push(command.map(|command| command.fingerprint.as_bytes().as_slice()));
            rows.actor.push(command.map(|command| command.actor.as_str()));
        }
        rows
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn small(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

pub(super) async fn store_snapshots(pool: &Pool, snapshots: &[Snapshot]) -> Result<(), JournalError> {
    sqlx::query(
        "INSERT INTO snapshot (stream_no, sequence, layout, body)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bytea[])
         ON CONFLICT (stream_no) DO UPDATE
         SET sequence = excluded.sequence, layout = excluded.layout, body = excluded.body
         WHERE snapshot.sequence < excluded.sequence OR snapshot.layout <> excluded.layout",
    )
    .bind(snapshots.iter().map(|snapshot| signed(snapshot.stream_no)).collect::<Vec<_>>())
    .bind(snapshots.iter().map(|snapshot| signed(snapshot.sequence)).collect::<Vec<_>>())
    .bind(snapshots.iter().map(|snapshot| i32::try_from(snapshot.layout).unwrap_or(0)).collect::<Vec<_>>())
    .bind(snapshots.iter().map(|snapshot| snapshot.body.as_slice()).collect::<Vec<_>>())
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(super) async fn record_signing_keys(pool: &Pool, keys: &[SigningKey]) -> Result<(), JournalError> {
    sqlx::query(
        "INSERT INTO signing_key (vkey, added_at_ms, until_ms) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
         ON CONFLICT (vkey) DO UPDATE SET until_ms = excluded.until_ms",
    )
    .bind(keys.iter().map(|key| key.vkey.as_str()).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.added_at_ms).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.until_ms).collect::<Vec<_>>())
    .execute(pool)
    .await
    .map_err(unavailable)?;
    Ok(())
}
