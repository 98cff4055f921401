//! Reading by stream: the index over streams says where its events stand, and what that does not hold yet is found among
//! the newest events.

use std::collections::HashMap;
use std::sync::Arc;

use postgres_es::PostgresEventRepository;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::pool::Pool;
use super::read::{ENTRY, frames, no_command, read_entry, signed, unsigned};
use super::unavailable;
use crate::cqrs;
use crate::domain::event::StreamId;
use crate::domain::layout::snapshot_layout;
use crate::journal::{Entry, JournalError, Snapshot, StoredStream, StreamEvent, upcast};

/// Up to so many streams are loaded one by one through postgres-es, which costs a round trip each; more go in one query.
const ONE_BY_ONE_MAX: usize = 2;

pub(super) async fn streams(
    pool: &Pool,
    repository: &PostgresEventRepository,
    streams: &[StreamId],
    snapshots: bool,
) -> Result<Vec<StoredStream>, JournalError> {
    let mut loaded = known_streams(pool, streams).await?;
    if !snapshots {
        loaded.iter_mut().for_each(|stream| stream.snapshot = None);
    }
    // What a snapshot spares is not known to the framework's view of a stream, which holds all its events.
    let known = || loaded.iter().filter(|stream| stream.stream_no > 0);
    if known().count() <= ONE_BY_ONE_MAX && known().all(|stream| stream.snapshot.is_none()) {
        for stream in loaded.iter_mut().filter(|stream| stream.stream_no > 0) {
            stream.events = cqrs::load_stream(repository, &stream.stream, 0).await?;
        }
    } else {
        load_events(pool, &mut loaded).await?;
    }
    Ok(loaded)
}

/// Numbers and snapshots; the events are still missing.
async fn known_streams(pool: &Pool, streams: &[StreamId]) -> Result<Vec<StoredStream>, JournalError> {
    let rows = sqlx::query(
        "SELECT s.stream_no, n.sequence, n.layout, n.body
         FROM unnest($1::text[], $2::text[], $3::integer[]) WITH ORDINALITY AS asked (kind, id, layout, ord)
         LEFT JOIN stream s ON s.kind = asked.kind AND s.id = asked.id
         LEFT JOIN snapshot n ON n.stream_no = s.stream_no AND n.layout = asked.layout
         ORDER BY asked.ord",
    )
    .bind(streams.iter().map(StreamId::kind).collect::<Vec<_>>())
    .bind(streams.iter().map(StreamId::id).collect::<Vec<_>>())
    .bind(streams.iter().map(|stream| i32::try_from(snapshot_layout(stream)).unwrap_or(0)).collect::<Vec<_>>())
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    streams.iter().zip(&rows).map(|(stream, row)| read_known(stream, row).map_err(unavailable)).collect()
}

fn read_known(stream: &StreamId, row: &PgRow) -> Result<StoredStream, sqlx::Error> {
    let number: Option<i64> = row.try_get(0)?;
    let stream_no = number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let sequence: Option<i64> = row.try_get(1)?;
    let snapshot = match sequence.and_then(|sequence| u64::try_from(sequence).ok()) {
        None => None,
        Some(sequence) => {
            let layout = u32::try_from(row.try_get::<i32, _>(2)?).unwrap_or(0);
            Some(Snapshot { stream_no, sequence, layout, body: row.try_get(3)? })
        }
    };
    Ok(StoredStream { stream: stream.clone(), stream_no, snapshot, events: Vec::new() })
}

async fn load_events(pool: &Pool, streams: &mut [StoredStream]) -> Result<(), JournalError> {
    let spared = |stream: &StoredStream| stream.snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
    let rows = sqlx::query(
        "WITH asked AS MATERIALIZED (
             SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS asked (stream_no, spared)
         )
         SELECT e.stream_no, e.position, e.sequence, e.type, e.payload
         FROM (
             SELECT asked.spared, unnest(part.positions) AS position
             FROM asked CROSS JOIN LATERAL (
                 SELECT positions FROM stream_part
                 WHERE stream_no = asked.stream_no AND last > asked.spared OFFSET 0
             ) AS part
             UNION ALL
             SELECT asked.spared, newest.position
             FROM (SELECT position, stream_no FROM event
                   WHERE position > (SELECT position FROM stream_index WHERE one) OFFSET 0) AS newest
             JOIN asked USING (stream_no)
         ) AS found
         CROSS JOIN LATERAL (SELECT * FROM event WHERE position = found.position OFFSET 0) AS e
         WHERE e.sequence > found.spared
         ORDER BY e.stream_no, e.sequence",
    )
    .bind(streams.iter().map(|stream| signed(stream.stream_no)).collect::<Vec<_>>())
    .bind(streams.iter().map(|stream| signed(spared(stream))).collect::<Vec<_>>())
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    let mut events: HashMap<u64, Vec<StreamEvent>> = HashMap::new();
    for row in rows {
        let position = unsigned(&row, 1).map_err(unavailable)?;
        let event_type: &str = row.try_get(3).map_err(unavailable)?;
        let payload: &[u8] = row.try_get(4).map_err(unavailable)?;
        let event = upcast::decode(position, event_type, payload)?;
        let sequence = unsigned(&row, 2).map_err(unavailable)?;
        events.entry(unsigned(&row, 0).map_err(unavailable)?).or_default().push(StreamEvent { sequence, event });
    }
    for stream in streams {
        stream.events = events.remove(&stream.stream_no).unwrap_or_default();
    }
    Ok(())
}

/// Events after a position with the numbers of their streams.
pub(super) async fn events(pool: &Pool, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
    let until = after.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
    let rows = sqlx::query(
        "SELECT position, stream_no, sequence, type, payload FROM event
         WHERE position > $1 AND position <= $2 ORDER BY position",
    )
    .bind(signed(after))
    .bind(signed(until))
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    let mut expected = after;
    rows.iter()
        .map(|row| {
            expected = expected.saturating_add(1);
            let position = unsigned(row, 0).map_err(unavailable)?;
            if position != expected {
                let what = format!("position {position} follows {}", expected - 1);
                return Err(JournalError::Damaged { position: expected, what });
            }
            let event_type: &str = row.try_get(3).map_err(unavailable)?;
            let payload: &[u8] = row.try_get(4).map_err(unavailable)?;
            let event = upcast::decode(position, event_type, payload)?;
            let sequence = unsigned(row, 2).map_err(unavailable)?;
            Ok((unsigned(row, 1).map_err(unavailable)?, StreamEvent { sequence, event }))
        })
        .collect()
}

pub(super) async fn stream_entries(
    pool: &Pool,
    stream: &StreamId,
    after: u64,
    limit: usize,
) -> Result<Vec<Entry>, JournalError> {
    // Where `after` is of this stream itself, as it is when somebody pages through, its sequence leads to what follows. No
    // more parts are asked for than events, for each of them has one that is wanted.
    let rows = sqlx::query(&format!(
        "SELECT {ENTRY}
         FROM (SELECT stream_no, COALESCE(
                   (SELECT own.sequence FROM event own WHERE own.position = $3 AND own.stream_no = stream.stream_no), 0)
                   AS spared
               FROM stream WHERE kind = $1 AND id = $2) AS s
         CROSS JOIN LATERAL (
             SELECT unnest(positions) AS position
             FROM (SELECT positions FROM stream_part
                   WHERE stream_no = s.stream_no AND last > s.spared AND positions[cardinality(positions)] > $3
                   ORDER BY last LIMIT $4) AS parts
             UNION ALL
             SELECT position FROM event
             WHERE position > (SELECT position FROM stream_index WHERE one) AND stream_no = s.stream_no
         ) AS found
         CROSS JOIN LATERAL (SELECT * FROM event WHERE position = found.position OFFSET 0) AS e
         WHERE found.position > $3 ORDER BY found.position LIMIT $4"
    ))
    .bind(stream.kind())
    .bind(stream.id())
    .bind(signed(after))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut missing = Vec::new();
    for row in &rows {
        let position = unsigned(row, 0).map_err(unavailable)?;
        let entry = read_entry(row, position, None)?;
        if entry.nth > 0 {
            missing.push(position.saturating_sub(u64::from(entry.nth)));
        }
        entries.push(entry);
    }
    if !missing.is_empty() {
        let frames = frames(pool, &missing).await?;
        for entry in entries.iter_mut().filter(|entry| entry.nth > 0) {
            let command = frames.get(&entry.position.saturating_sub(u64::from(entry.nth)));
            entry.command = Arc::clone(command.ok_or_else(|| no_command(entry.position))?);
        }
    }
    Ok(entries)
}
