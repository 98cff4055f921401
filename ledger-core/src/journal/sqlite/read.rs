//! Reading the SQLite journal.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};

use super::connect::unavailable;
use super::tail::Place;
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::domain::layout::snapshot_layout;
use crate::evidence::verifier::{Chunk, ChunkMaker};
use crate::journal::entry::{CommandFrame, EntryView};
use crate::journal::fingerprint::Fingerprint;
use crate::journal::{
    CommandRecord, Entry, Head, JournalError, RecordedTime, SigningKey, Snapshot, StoredStream, StreamEvent, StreamRow,
    upcast,
};

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

/// An event with what its command's first event says of the command.
const ENTRY: &str = "position, nth, sequence, type, payload, leaf, key, fingerprint, actor, recorded_at, stream_no";

/// Hands over the rows of the events after a position, in order, at most `limit`. The first of the columns must be the
/// position.
///
/// # Errors
/// [`JournalError::Damaged`] where positions do not follow one another, and what `take` says of a row.
fn each_after(
    connection: &Connection,
    columns: &str,
    after: u64,
    limit: usize,
    mut take: impl FnMut(u64, &Row<'_>) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {columns} FROM event WHERE position > ?1 ORDER BY position LIMIT ?2"))
        .map_err(unavailable)?;
    let bounds = (signed(after), i64::try_from(limit).unwrap_or(i64::MAX));
    let mut rows = statement.query(bounds).map_err(unavailable)?;
    let mut expected = after.saturating_add(1);
    while let Some(row) = rows.next().map_err(unavailable)? {
        let position = unsigned(row, 0).map_err(unavailable)?;
        if position != expected {
            let what = format!("position {position} follows {}", expected - 1);
            return Err(JournalError::Damaged { position: expected, what });
        }
        expected += 1;
        take(position, row)?;
    }
    Ok(())
}

pub(super) fn entries(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
    let mut entries: Vec<Entry> = Vec::with_capacity(limit.min(10_000));
    each_after(connection, ENTRY, after, limit, |position, row| {
        let shared = entries.last().map(|last| Arc::clone(&last.command));
        entries.push(entry(connection, row, position, shared)?);
        Ok(())
    })?;
    Ok(entries)
}

/// Entries after a position, checked row by row where they stand; and why what stands next cannot be read, if so.
pub(super) fn checked(
    connection: &Connection,
    after: u64,
    limit: usize,
    mut maker: ChunkMaker,
) -> Result<(Chunk, Option<JournalError>), JournalError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ENTRY} FROM event WHERE position > ?1 ORDER BY position LIMIT ?2"))
        .map_err(unavailable)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((signed(after), limit)).map_err(unavailable)?;
    let mut expected = after.saturating_add(1);
    let mut shared: Option<Arc<CommandFrame>> = None;
    while let Some(row) = rows.next().map_err(unavailable)? {
        let position = unsigned(row, 0).map_err(unavailable)?;
        let checked = if position == expected {
            command_of(connection, row, position, shared.take())
        } else {
            let what = format!("position {position} follows {}", expected - 1);
            Err(JournalError::Damaged { position: expected, what })
        };
        let checked = checked.and_then(|command| {
            let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
            maker.push(&EntryView {
                position,
                nth: row.get(1).map_err(damaged)?,
                stream_no: unsigned(row, 10).map_err(damaged)?,
                sequence: unsigned(row, 2).map_err(damaged)?,
                command: &command,
                event_type: row.get_ref(3).and_then(|value| Ok(value.as_str()?)).map_err(damaged)?,
                payload: row.get_ref(4).and_then(|value| Ok(value.as_blob()?)).map_err(damaged)?,
                leaf: row.get(5).map_err(damaged)?,
            });
            Ok(command)
        });
        match checked {
            Ok(command) => shared = Some(command),
            Err(damage @ JournalError::Damaged { .. }) => return Ok((maker.finish(), Some(damage))),
            Err(error) => return Err(error),
        }
        expected += 1;
    }
    Ok((maker.finish(), None))
}

pub(super) fn leaves(connection: &Connection, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
    let mut leaves = Vec::new();
    each_after(connection, "position, leaf", after, limit, |position, row| {
        let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
        leaves.push(row.get(1).map_err(damaged)?);
        Ok(())
    })?;
    Ok(leaves)
}

/// The entry at a place that the index gave; the commands read on the way are kept in `frames`, by the positions of their first events.
pub(super) fn entry_at(
    connection: &Connection,
    place: &Place,
    frames: &mut HashMap<u64, Arc<CommandFrame>>,
    not_there: &impl Fn(u64) -> JournalError,
) -> Result<Entry, JournalError> {
    let Place { position, stream_no, .. } = *place;
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ENTRY} FROM event WHERE position = ?1 AND stream_no = ?2"))
        .map_err(unavailable)?;
    let mut rows = statement.query((signed(position), signed(stream_no))).map_err(unavailable)?;
    let Some(row) = rows.next().map_err(unavailable)? else { return Err(not_there(position)) };
    let nth: u64 = unsigned(row, 1).map_err(unavailable)?;
    let first = position.saturating_sub(nth);
    let found = entry(connection, row, position, frames.get(&first).cloned())?;
    frames.insert(first, Arc::clone(&found.command));
    Ok(found)
}

/// What an entry's command says of itself: its first event's row does; the entry before shares it, or it is read.
fn command_of(
    connection: &Connection,
    row: &Row<'_>,
    position: u64,
    shared: Option<Arc<CommandFrame>>,
) -> Result<Arc<CommandFrame>, JournalError> {
    let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
    let nth: u32 = row.get(1).map_err(damaged)?;
    Ok(match shared {
        _ if nth == 0 => Arc::new(frame(row).map_err(damaged)?),
        Some(command) => command,
        None => {
            let first = position.saturating_sub(u64::from(nth));
            let mut statement = connection
                .prepare_cached(&format!("SELECT {ENTRY} FROM event WHERE position = ?1 AND nth = 0"))
                .map_err(unavailable)?;
            let found = statement.query_row([signed(first)], frame).optional();
            let what = || "its command's first event is not there".to_owned();
            let found = found.map_err(damaged)?;
            Arc::new(found.ok_or_else(|| JournalError::Damaged { position, what: what() })?)
        }
    })
}

/// Reads an entry. What its command's first event says is shared by the entry before it, or read where none is given.
fn entry(
    connection: &Connection,
    row: &Row<'_>,
    position: u64,
    shared: Option<Arc<CommandFrame>>,
) -> Result<Entry, JournalError> {
    let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
    let command = command_of(connection, row, position, shared)?;
    Ok(Entry {
        position,
        nth: row.get(1).map_err(damaged)?,
        stream_no: unsigned(row, 10).map_err(damaged)?,
        sequence: unsigned(row, 2).map_err(damaged)?,
        command,
        event_type: row.get(3).map_err(damaged)?,
        payload: row.get(4).map_err(damaged)?,
        leaf: row.get(5).map_err(damaged)?,
    })
}

fn frame(row: &Row<'_>) -> rusqlite::Result<CommandFrame> {
    Ok(CommandFrame {
        key: row.get_ref(6)?.as_str()?.into(),
        fingerprint: Fingerprint::from_bytes(row.get(7)?),
        actor: row.get_ref(8)?.as_str()?.into(),
        recorded_at: RecordedTime::from_micros(row.get(9)?),
    })
}

/// A stream's number; none before its first event.
pub(super) fn stream_no(connection: &Connection, stream: &StreamId) -> Result<Option<u64>, JournalError> {
    let mut statement =
        connection.prepare_cached("SELECT stream_no FROM stream WHERE kind = ?1 AND id = ?2").map_err(unavailable)?;
    statement.query_row((stream.kind(), stream.id()), |row| unsigned(row, 0)).optional().map_err(unavailable)
}

/// The streams after a number, as their table names them.
pub(super) fn stream_rows(connection: &Connection, after: u64, limit: usize) -> Result<Vec<StreamRow>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT stream_no, kind, id FROM stream WHERE stream_no > ?1 ORDER BY stream_no LIMIT ?2")
        .map_err(unavailable)?;
    let bounds = (signed(after), i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = statement
        .query_map(bounds, |row| Ok(StreamRow { stream_no: unsigned(row, 0)?, kind: row.get(1)?, id: row.get(2)? }));
    rows.map_err(unavailable)?.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

/// The sequence of the entry at a position, if it is of this stream.
pub(super) fn sequence_at(connection: &Connection, position: u64, stream_no: u64) -> Result<Option<u64>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT sequence FROM event WHERE position = ?1 AND stream_no = ?2")
        .map_err(unavailable)?;
    statement.query_row((signed(position), signed(stream_no)), |row| unsigned(row, 0)).optional().map_err(unavailable)
}

/// Numbers and snapshots of streams; their events are still missing.
pub(super) fn known_streams(
    connection: &Connection,
    streams: &[StreamId],
    with_snapshots: bool,
) -> Result<Vec<StoredStream>, JournalError> {
    let mut snapshots = connection
        .prepare_cached("SELECT sequence, layout, body FROM snapshot WHERE stream_no = ?1")
        .map_err(unavailable)?;
    streams
        .iter()
        .map(|stream| {
            let stream_no = stream_no(connection, stream)?.unwrap_or(0);
            let snapshot = match stream_no {
                0 => None,
                _ if !with_snapshots => None,
                _ => snapshots
                    .query_row([signed(stream_no)], |row| {
                        Ok(Snapshot { stream_no, sequence: unsigned(row, 0)?, layout: row.get(1)?, body: row.get(2)? })
                    })
                    .optional()
                    .map_err(unavailable)?
                    .filter(|snapshot| snapshot.layout == snapshot_layout(stream)),
            };
            Ok(StoredStream { stream: stream.clone(), stream_no, snapshot, events: Vec::new() })
        })
        .collect()
}

/// Events after a position with the numbers of their streams.
pub(super) fn events(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
    let mut events = Vec::with_capacity(limit.min(10_000));
    each_after(connection, "position, stream_no, sequence, type, payload", after, limit, |position, row| {
        let damaged = |error: rusqlite::Error| JournalError::Damaged { position, what: error.to_string() };
        let event_type = row.get_ref(3).and_then(|value| Ok(value.as_str()?)).map_err(damaged)?;
        let payload = row.get_ref(4).and_then(|value| Ok(value.as_blob()?)).map_err(damaged)?;
        let event = upcast::decode(position, event_type, payload)?;
        let sequence = unsigned(row, 2).map_err(damaged)?;
        events.push((unsigned(row, 1).map_err(damaged)?, StreamEvent { sequence, event }));
        Ok(())
    })?;
    Ok(events)
}

/// The events of one stream at places that the index gave.
pub(super) fn stream_events(
    connection: &Connection,
    places: &[Place],
    not_there: &impl Fn(u64) -> JournalError,
) -> Result<Vec<StreamEvent>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT sequence, type, payload FROM event WHERE position = ?1 AND stream_no = ?2")
        .map_err(unavailable)?;
    places
        .iter()
        .map(|place| {
            let position = place.position;
            let mut rows = statement.query((signed(position), signed(place.stream_no))).map_err(unavailable)?;
            let Some(row) = rows.next().map_err(unavailable)? else { return Err(not_there(position)) };
            let event_type = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).map_err(unavailable)?;
            let payload = row.get_ref(2).and_then(|value| Ok(value.as_blob()?)).map_err(unavailable)?;
            let event = upcast::decode(position, event_type, payload)?;
            Ok(StreamEvent { sequence: unsigned(row, 0).map_err(unavailable)?, event })
        })
        .collect()
}

/// The command that begins at a position, if it has this key.
pub(super) fn command(connection: &Connection, first: u64, key: &Key) -> Result<Option<CommandRecord>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT count, fingerprint FROM event WHERE position = ?1 AND key = ?2")
        .map_err(unavailable)?;
    statement
        .query_row((signed(first), key.as_str()), |row| {
            Ok(CommandRecord { first, count: row.get(0)?, fingerprint: Fingerprint::from_bytes(row.get(1)?) })
        })
        .optional()
        .map_err(unavailable)
}

pub(super) fn roots(connection: &Connection, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT size, root FROM root WHERE size > ?1 ORDER BY size LIMIT ?2")
        .map_err(unavailable)?;
    let bounds = (signed(after), i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = statement.query_map(bounds, |row| Ok((unsigned(row, 0)?, row.get(1)?))).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

/// The keys that sign; none in a file of an older program.
pub(super) fn signing_keys(connection: &Connection) -> Result<Vec<SigningKey>, JournalError> {
    let there = "SELECT count(*) FROM sqlite_schema WHERE name = 'signing_key'";
    if connection.query_row(there, [], |row| row.get::<_, i64>(0)).map_err(unavailable)? == 0 {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare_cached("SELECT vkey, added_at_ms, until_ms FROM signing_key ORDER BY added_at_ms, vkey")
        .map_err(unavailable)?;
    let rows = statement
        .query_map([], |row| Ok(SigningKey { vkey: row.get(0)?, added_at_ms: row.get(1)?, until_ms: row.get(2)? }))
        .map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

/// A number as SQLite holds it; what is beyond its numbers is beyond whatever is stored.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}
