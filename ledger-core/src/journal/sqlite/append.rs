//! The writing thread of the SQLite journal and the append that talks to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::{OwnedMutexGuard, oneshot, watch};

use super::connect::{self, unavailable};
use super::index::IndexKeeper;
use super::tail::Part;
use super::{copy, read, thread_gone};
use crate::journal::{Append, Batch, CommitError, Head, JournalError, SigningKey, Snapshot};

/// What the thread is asked to do.
pub(super) enum Task {
    /// Take the write lock and read the head.
    Begin { reply: oneshot::Sender<Result<Head, JournalError>> },
    /// Write a batch and commit.
    Commit { batch: Arc<Batch>, reply: oneshot::Sender<Result<(), CommitError>> },
    /// Take the write lock, write a batch and commit.
    Append { batch: Arc<Batch>, reply: oneshot::Sender<Result<(), CommitError>> },
    /// Give the write lock back.
    Rollback,
    /// Copy the log into the database, close it and end the thread.
    Close { how: Closing, reply: oneshot::Sender<Result<(), JournalError>> },
    /// Store snapshots in a transaction of their own.
    Snapshots { snapshots: Vec<Snapshot>, reply: oneshot::Sender<Result<(), JournalError>> },
    /// Keep which keys have signed, in a transaction of its own.
    SigningKeys { keys: Vec<SigningKey>, reply: oneshot::Sender<Result<(), JournalError>> },
}

/// How a file is left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// For the next who writes it, beside readers.
    Shared,
    /// As a file that needs no other beside it and can be read where nothing may be written.
    Alone,
    /// The same, of a copy that is whole.
    Copied,
}

/// An append under the write lock.
pub(super) struct SqliteAppend {
    head: Head,
    tasks: Option<Sender<Task>>,
    turn: Option<OwnedMutexGuard<()>>,
    changed: watch::Sender<u64>,
}

impl SqliteAppend {
    pub(super) fn new(
        head: Head,
        tasks: Sender<Task>,
        turn: OwnedMutexGuard<()>,
        changed: watch::Sender<u64>,
    ) -> SqliteAppend {
        SqliteAppend { head, tasks: Some(tasks), turn: Some(turn), changed }
    }
}

impl Drop for SqliteAppend {
    fn drop(&mut self) {
        if let Some(tasks) = self.tasks.take() {
            // The thread rolls back before it looks at anything that is asked later.
            let _ = tasks.send(Task::Rollback);
        }
        drop(self.turn.take());
    }
}

#[async_trait]
impl Append for SqliteAppend {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn commit(mut self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError> {
        let Some(tasks) = self.tasks.take() else {
            return Err(CommitError::NotCommitted(JournalError::Unavailable("the append has ended".into())));
        };
        let (reply, answer) = oneshot::channel();
        let position = batch.position;
        let task = Task::Commit { batch, reply };
        tasks.send(task).map_err(|error| CommitError::NotCommitted(thread_gone(error)))?;
        answer.await.map_err(|error| CommitError::Unknown(thread_gone(error)))??;
        self.changed.send_replace(position);
        Ok(())
    }

    async fn release(self: Box<Self>) {
        drop(self);
    }
}

/// Ends a transaction.
type Committing = fn(&Connection) -> rusqlite::Result<()>;

/// The thread: one task after the other, until the journal is dropped.
pub(super) fn work(path: &Path, connection: Connection, index: IndexKeeper, tasks: &Receiver<Task>) {
    work_by(|open| open.execute_batch("COMMIT"), path, connection, index, tasks);
}

fn work_by(committing: Committing, path: &Path, connection: Connection, index: IndexKeeper, tasks: &Receiver<Task>) {
    let mut connection = Some(connection);
    while let Ok(task) = tasks.recv() {
        match task {
            Task::Begin { reply } => {
                // Whoever was given the lock last may have been dropped before the answer reached it.
                rollback(&mut connection);
                let begun = begin(path, &mut connection, &index);
                let failed = begun.is_err();
                if reply.send(begun).is_err() {
                    rollback(&mut connection);
                }
                if failed {
                    connection = None;
                }
            }
            Task::Commit { batch, reply } => {
                let _ = reply.send(committed(committing, &mut connection, &index, &batch));
            }
            Task::Append { batch, reply } => {
                rollback(&mut connection);
                let result = match begin(path, &mut connection, &index) {
                    Ok(_) => committed(committing, &mut connection, &index, &batch),
                    Err(error) => {
                        connection = None;
                        Err(CommitError::NotCommitted(error))
                    }
                };
                let _ = reply.send(result);
            }
            Task::Rollback => rollback(&mut connection),
            Task::Close { how, reply } => {
                rollback(&mut connection);
                drop(index);
                let _ = reply.send(connection.take().map_or(Ok(()), |open| close(open, how)));
                return;
            }
            Task::Snapshots { snapshots, reply } => {
                rollback(&mut connection);
                let result = match &mut connection {
                    Some(open) => store_snapshots(open, &snapshots),
                    None => Err(JournalError::Unavailable("the journal was closed".into())),
                };
                let _ = reply.send(result);
            }
            Task::SigningKeys { keys, reply } => {
                rollback(&mut connection);
                let result = match &mut connection {
                    Some(open) => record_signing_keys(open, &keys),
                    None => Err(JournalError::Unavailable("the journal was closed".into())),
                };
                let _ = reply.send(result);
            }
        }
    }
}

/// Takes the write lock and reads the head, having made sure that the index has heard of everything up to there: an append
/// whose COMMIT failed may have landed all the same.
fn begin(path: &Path, connection: &mut Option<Connection>, index: &IndexKeeper) -> Result<Head, JournalError> {
    let open = match connection {
        Some(open) => open,
        None => {
            let open = connect::writer(path)?;
            // A commit may sit in the page cache though its fsync failed. Copying it into the database and syncing that
            // makes sure that what is about to be believed is on disk.
            let busy: bool =
                open.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(unavailable)?;
            if busy {
                // Somebody reads an older state, and what was written since was not synced.
                return Err(JournalError::Unavailable("the journal's log cannot be copied while it is read".into()));
            }
            connection.insert(open)
        }
    };
    open.execute_batch("BEGIN IMMEDIATE").map_err(unavailable)?;
    let head = read::head(open)?;
    index.follow(open, head.position)?;
    Ok(head)
}

fn close(connection: Connection, how: Closing) -> Result<(), JournalError> {
    if how == Closing::Copied {
        copy::unmark(&connection).map_err(unavailable)?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(unavailable)?;
    if how != Closing::Shared {
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(unavailable)?;
    }
    connection.close().map_err(|(_, error)| unavailable(error))
}

fn rollback(connection: &mut Option<Connection>) {
    let broken = match connection {
        Some(open) if !open.is_autocommit() => open.execute_batch("ROLLBACK").is_err(),
        _ => false,
    };
    if broken {
        *connection = None;
    }
}

/// Commits a batch and tells the index of it, before anybody is answered: whoever acts on the answer must find what was
/// appended.
fn committed(
    committing: Committing,
    connection: &mut Option<Connection>,
    index: &IndexKeeper,
    batch: &Batch,
) -> Result<(), CommitError> {
    let result = match connection {
        Some(open) => {
            let admitted = index.admits(batch.keys()).map_err(CommitError::NotCommitted);
            admitted.and_then(|()| commit(committing, open, batch))
        }
        None => Err(CommitError::NotCommitted(JournalError::Unavailable("the journal was closed".into()))),
    };
    if let (Ok(()), Some(open)) = (&result, connection.as_ref())
        && let Err(error) = index.push(open, Part::of(batch))
    {
        // It is durable; the next begin reads what the index was not told.
        tracing::error!(%error, "the index could not be told of an append");
    }
    match &result {
        Ok(()) => {}
        // Nothing was written: the head is elsewhere.
        Err(CommitError::Fenced) => rollback(connection),
        Err(_) => {
            // After any error nothing the connection holds is believed: the next begin opens anew.
            rollback(connection);
            *connection = None;
        }
    }
    result
}

fn commit(committing: Committing, connection: &Connection, batch: &Batch) -> Result<(), CommitError> {
    let not_committed = |error: rusqlite::Error| CommitError::NotCommitted(unavailable(error));
    let fenced = !write(connection, batch).map_err(not_committed)?;
    if fenced {
        return Err(CommitError::Fenced);
    }
    committing(connection).map_err(|error| CommitError::Unknown(unavailable(error)))
}

/// Writes the batch; false when the fence found the head elsewhere.
fn write(connection: &Connection, batch: &Batch) -> rusqlite::Result<bool> {
    let signed = |value: u64| i64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, i64::MAX));
    let moved = connection
        .prepare_cached(
            "UPDATE head SET position = ?1, streams = ?2, recorded_at = ?3, frontier = ?4 WHERE one = 1 AND position = ?5",
        )?
        .execute((
            signed(batch.position)?,
            signed(batch.streams)?,
            batch.recorded_at.micros(),
            &batch.frontier,
            signed(batch.after)?,
        ))?;
    if moved != 1 {
        return Ok(false);
    }
    let mut streams = connection.prepare_cached("INSERT INTO stream (stream_no, kind, id) VALUES (?1, ?2, ?3)")?;
    for new in &batch.new_streams {
        streams.execute((signed(new.stream_no)?, new.stream.kind(), new.stream.id()))?;
    }
    let mut events = connection.prepare_cached(
        "INSERT INTO event (position, nth, stream_no, sequence, type, payload, leaf, count, key, fingerprint, actor,
                            recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for (event, command) in batch.events_with_commands() {
        events.execute((
            signed(event.position)?,
            event.nth,
            signed(event.stream_no)?,
            signed(event.sequence)?,
            event.event_type,
            &event.payload,
            &event.leaf,
            command.map(|command| command.count),
            command.map(|command| command.key.as_str()),
            command.map(|command| command.fingerprint.as_bytes()),
            command.map(|command| command.actor.as_str()),
            command.map(|_| batch.recorded_at.micros()),
        ))?;
    }
    connection
        .prepare_cached("INSERT INTO root (size, root) VALUES (?1, ?2)")?
        .execute((signed(batch.position)?, &batch.root))?;
    Ok(true)
}

fn store_snapshots(connection: &mut Connection, snapshots: &[Snapshot]) -> Result<(), JournalError> {
    let transaction = connection.transaction().map_err(unavailable)?;
    {
        let mut insert = transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO snapshot (stream_no, sequence, layout, body) VALUES (?1, ?2, ?3, ?4)",
            )
            .map_err(unavailable)?;
        for snapshot in snapshots {
            let stream_no = read::signed(snapshot.stream_no);
            let sequence = read::signed(snapshot.sequence);
            insert.execute((stream_no, sequence, snapshot.layout, &snapshot.body)).map_err(unavailable)?;
        }
    }
    transaction.commit().map_err(unavailable)
}

fn record_signing_keys(connection: &mut Connection, keys: &[SigningKey]) -> Result<(), JournalError> {
    let transaction = connection.transaction().map_err(unavailable)?;
    {
        let mut insert = transaction
            .prepare_cached(
                "INSERT INTO signing_key (vkey, added_at_ms, until_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (vkey) DO UPDATE SET until_ms = excluded.until_ms",
            )
            .map_err(unavailable)?;
        for key in keys {
            insert.execute((&key.vkey, key.added_at_ms, key.until_ms)).map_err(unavailable)?;
        }
    }
    transaction.commit().map_err(unavailable)
}

#[cfg(test)]
mod tests;
