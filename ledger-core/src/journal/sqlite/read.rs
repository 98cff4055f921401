//! Reading the SQLite journal.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};

use super::connect::unavailable;
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::journal::entry::CommandFrame;
use crate::journal::{
    CommandRecord, Entry, Head, JournalError, RecordedTime, Snapshot, StoredStream, StreamEvent, upcast,
};
use crate::ledger::fingerprint::Fingerprint;

pub(super) fn head(connection: &Connection) -> Result<Head, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT position, streams, recorded_at, frontier FROM head WHERE one = 1")
        .map_err(unavailable)?;
    statement
        .query_row([], |row| {
            Ok(Head {
                position: unsigned(row, 0)?,
                streams: unsigned(row, 1)?,
                recorded_at: RecordedTime::from_micros(row.get(2)?),
                frontier: row.get(3)?,
            })
        })
        .map_err(unavailable)
}

pub(super) fn entries(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT e.position, e.nth, e.sequence, e.type, e.payload, c.key, c.fingerprint, c.actor, c.recorded_at, e.leaf
             FROM event e LEFT JOIN command c ON c.first = e.position - e.nth
             WHERE e.position > ?1 ORDER BY e.position LIMIT ?2",
        )
        .map_err(unavailable)?;
    let limit_i64 = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((i64::try_from(after).unwrap_or(i64::MAX), limit_i64)).map_err(unavailable)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(limit.min(10_000));
    let mut expected = after.saturating_add(1);
    while let Some(row) = rows.next().map_err(unavailable)? {
        let position = unsigned(row, 0).map_err(unavailable)?;
        if position != expected {
            let what = format!("position {position} follows {}", expected - 1);
            return Err(JournalError::Damaged { position: expected, what });
        }
        expected += 1;
        let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
        let nth: u32 = row.get(1).map_err(damaged)?;
        let shared = if nth == 0 { None } else { entries.last().map(|last| Arc::clone(&last.command)) };
        let command = match shared {
            Some(command) => command,
            None => Arc::new(frame(row).map_err(damaged)?),
        };
        entries.push(Entry {
            position,
            nth,
            sequence: unsigned(row, 2).map_err(damaged)?,
            command,
            event_type: row.get(3).map_err(damaged)?,
            payload: row.get(4).map_err(damaged)?,
            leaf: row.get(9).map_err(damaged)?,
        });
    }
    Ok(entries)
}

pub(super) fn leaves(connection: &Connection, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT position, leaf FROM event WHERE position > ?1 ORDER BY position LIMIT ?2")
        .map_err(unavailable)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((i64::try_from(after).unwrap_or(i64::MAX), limit)).map_err(unavailable)?;
    let mut leaves = Vec::new();
    let mut expected = after.saturating_add(1);
    while let Some(row) = rows.next().map_err(unavailable)? {
        let position = unsigned(row, 0).map_err(unavailable)?;
        if position != expected {
            let what = format!("position {position} follows {}", expected - 1);
            return Err(JournalError::Damaged { position: expected, what });
        }
        expected += 1;
        let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
        leaves.push(row.get(1).map_err(damaged)?);
    }
    Ok(leaves)
}

fn frame(row: &Row<'_>) -> rusqlite::Result<CommandFrame> {
    Ok(CommandFrame {
        key: row.get(5)?,
        fingerprint: Fingerprint::from_bytes(row.get(6)?),
        actor: row.get(7)?,
        recorded_at: RecordedTime::from_micros(row.get(8)?),
    })
}

pub(super) fn streams(
    connection: &Connection,
    streams: &[StreamId],
    with_snapshots: bool,
) -> Result<Vec<StoredStream>, JournalError> {
    let mut numbers =
        connection.prepare_cached("SELECT stream_no FROM stream WHERE kind = ?1 AND id = ?2").map_err(unavailable)?;
    let mut snapshots = connection
        .prepare_cached("SELECT sequence, layout, body FROM snapshot WHERE stream_no = ?1")
        .map_err(unavailable)?;
    let mut events = connection
        .prepare_cached(
            "SELECT position, sequence, type, payload FROM event WHERE stream_no = ?1 AND sequence > ?2 ORDER BY sequence",
        )
        .map_err(unavailable)?;
    // One read transaction: the streams are as of one moment.
    connection.execute_batch("BEGIN DEFERRED").map_err(unavailable)?;
    let mut load = || {
        streams
            .iter()
            .map(|stream| {
                let number: Option<i64> = numbers
                    .query_row((stream.kind(), stream.id()), |row| row.get(0))
                    .optional()
                    .map_err(unavailable)?;
                let Some(number) = number else {
                    return Ok(StoredStream {
                        stream: stream.clone(),
                        stream_no: 0,
                        snapshot: None,
                        events: Vec::new(),
                    });
                };
                let stream_no = u64::try_from(number).unwrap_or(0);
                let snapshot = snapshots
                    .query_row([number], |row| {
                        Ok(Snapshot { stream_no, sequence: unsigned(row, 0)?, layout: row.get(1)?, body: row.get(2)? })
                    })
                    .optional()
                    .map_err(unavailable)?
                    .filter(|snapshot| with_snapshots && snapshot.layout == crate::ledger::book::SNAPSHOT_LAYOUT);
                let spared = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
                let mut rows =
                    events.query((number, i64::try_from(spared).unwrap_or(i64::MAX))).map_err(unavailable)?;
                let mut tail = Vec::new();
                while let Some(row) = rows.next().map_err(unavailable)? {
                    let position = unsigned(row, 0).map_err(unavailable)?;
                    let event_type: String = row.get(2).map_err(unavailable)?;
                    let payload = row.get_ref(3).and_then(|value| Ok(value.as_blob()?)).map_err(unavailable)?;
                    let event = upcast::decode(position, &event_type, payload)?;
                    tail.push(StreamEvent { sequence: unsigned(row, 1).map_err(unavailable)?, event });
                }
                Ok(StoredStream { stream: stream.clone(), stream_no, snapshot, events: tail })
            })
            .collect()
    };
    let loaded = load();
    connection.execute_batch("COMMIT").map_err(unavailable)?;
    loaded
}

pub(super) fn commands(connection: &Connection, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT first, count, fingerprint FROM command WHERE key = ?1")
        .map_err(unavailable)?;
    keys.iter()
        .map(|key| {
            statement
                .query_row([key.as_str()], |row| {
                    Ok(CommandRecord {
                        first: unsigned(row, 0)?,
                        count: row.get(1)?,
                        fingerprint: Fingerprint::from_bytes(row.get(2)?),
                    })
                })
                .optional()
                .map_err(unavailable)
        })
        .collect()
}

pub(super) fn roots(connection: &Connection, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT size, root FROM root WHERE size > ?1 ORDER BY size LIMIT ?2")
        .map_err(unavailable)?;
    let bounds = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = statement.query_map(bounds, |row| Ok((unsigned(row, 0)?, row.get(1)?))).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}
