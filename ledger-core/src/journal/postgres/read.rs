//! Reading the Postgres journal. Each read is one statement.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::pool::Pool;
use super::unavailable;
use crate::domain::ids::Key;
use crate::journal::entry::CommandFrame;
use crate::journal::fingerprint::Fingerprint;
use crate::journal::{CommandRecord, Entry, Head, JournalError, RecordedTime, SigningKey, StreamRow};

/// An event with what its command's first event says of the command: the event itself, or one just before it.
pub(super) const ENTRY: &str = "e.position, e.nth, e.sequence, e.type, e.payload, e.leaf, e.key, e.fingerprint, e.actor, e.recorded_at, e.stream_no";

const HEAD: &str = "SELECT position, streams, recorded_at, frontier FROM head WHERE one";

pub(super) async fn head(pool: &Pool) -> Result<Head, JournalError> {
    let row = sqlx::query(HEAD).fetch_one(pool).await.map_err(unavailable)?;
    read_head(&row).map_err(unavailable)
}

/// The head under its lock, and its term.
pub(super) async fn locked_head(connection: &mut PgConnection) -> Result<(Head, i64), JournalError> {
    const LOCKED: &str = "SELECT position, streams, recorded_at, frontier, term FROM head WHERE one FOR UPDATE";
    let row = sqlx::query(LOCKED).fetch_one(connection).await.map_err(unavailable)?;
    Ok((read_head(&row).map_err(unavailable)?, row.try_get(4).map_err(unavailable)?))
}

pub(super) async fn term(pool: &Pool) -> Result<i64, JournalError> {
    sqlx::query_scalar("SELECT term FROM head WHERE one").fetch_one(pool).await.map_err(unavailable)
}

/// The position up to which the index over streams holds everything.
pub(super) async fn indexed(pool: &Pool) -> Result<u64, JournalError> {
    let position: i64 =
        sqlx::query_scalar("SELECT position FROM stream_index WHERE one").fetch_one(pool).await.map_err(unavailable)?;
    Ok(u64::try_from(position).unwrap_or(0))
}

fn read_head(row: &PgRow) -> Result<Head, sqlx::Error> {
    Ok(Head {
        position: unsigned(row, 0)?,
        streams: unsigned(row, 1)?,
        recorded_at: RecordedTime::from_micros(row.try_get(2)?),
        frontier: row.try_get(3)?,
    })
}

/// Keys after a key, in their order: read from their index alone.
pub(super) async fn keys(pool: &Pool, after: &str, limit: usize) -> Result<Vec<String>, JournalError> {
    sqlx::query_scalar("SELECT key FROM event WHERE key IS NOT NULL AND key > $1 ORDER BY key LIMIT $2")
        .bind(after)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await
        .map_err(unavailable)
}

pub(super) async fn entries(pool: &Pool, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
    let until = after.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
    let found = page(pool, after, until).await?;
    let reached = |page: &[Entry]| page.last().map_or(after, |last| last.position);
    if reached(&found) == until {
        return Ok(found);
    }
    // A page is short at the head alone. A hole looks alike, but the head stands beyond it; what was appended since the
    // page was read does too, so it is read again.
    let head = head(pool).await?.position.min(until);
    if reached(&found) >= head {
        return Ok(found);
    }
    let found = page(pool, after, until).await?;
    if reached(&found) < head {
        let what = format!("nothing follows position {}, but the journal goes on", reached(&found));
        return Err(JournalError::Damaged { position: reached(&found).saturating_add(1), what });
    }
    Ok(found)
}

async fn page(pool: &Pool, after: u64, until: u64) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    let mut first = read_page(pool, after, until, &mut entries).await?;
    if let Some(begun) = first.take() {
        // The page begins inside a command: what its first event says of it stands before the page.
        let command = frames(pool, &[begun]).await?.remove(&begun);
        for entry in entries.iter_mut().take_while(|entry| entry.position - u64::from(entry.nth) == begun) {
            let Some(command) = &command else { return Err(no_command(entry.position)) };
            entry.command = Arc::clone(command);
        }
    }
    Ok(entries)
}

/// Reads entries in order; gives the first position of the command that the page begins inside of.
async fn read_page(pool: &Pool, after: u64, until: u64, entries: &mut Vec<Entry>) -> Result<Option<u64>, JournalError> {
    let rows = sqlx::query(&format!(
        "SELECT {ENTRY} FROM event e WHERE e.position > $1 AND e.position <= $2 ORDER BY e.position"
    ))
    .bind(signed(after))
    .bind(signed(until))
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    entries.reserve(rows.len());
    let mut begun = None;
    for row in rows {
        let position = unsigned(&row, 0).map_err(unavailable)?;
        let previous = entries.last().map_or(after, |last| last.position);
        if position != previous.saturating_add(1) {
            let what = format!("position {position} follows {previous}");
            return Err(JournalError::Damaged { position: previous.saturating_add(1), what });
        }
        let shared = entries.last().map(|last| Arc::clone(&last.command));
        let entry = read_entry(&row, position, shared)?;
        if entries.is_empty() && entry.nth > 0 {
            begun = Some(position.saturating_sub(u64::from(entry.nth)));
        }
        entries.push(entry);
    }
    Ok(begun)
}

/// What commands say of themselves, by the positions of their first events.
pub(super) async fn frames(pool: &Pool, firsts: &[u64]) -> Result<HashMap<u64, Arc<CommandFrame>>, JournalError> {
    let rows = sqlx::query(&format!("SELECT {ENTRY} FROM event e WHERE e.position = ANY($1) AND e.nth = 0"))
        .bind(firsts.iter().map(|first| signed(*first)).collect::<Vec<_>>())
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    rows.iter()
        .map(|row| {
            let position = unsigned(row, 0).map_err(unavailable)?;
            Ok((position, read_frame(row).map_err(|error| damaged(position, &error))?))
        })
        .collect()
}

pub(super) async fn leaves(pool: &Pool, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
    let until = after.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
    let rows = sqlx::query("SELECT position, leaf FROM event WHERE position > $1 AND position <= $2 ORDER BY position")
        .bind(signed(after))
        .bind(signed(until))
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    let mut leaves = Vec::with_capacity(rows.len());
    let mut expected = after.saturating_add(1);
    for row in rows {
        let position = unsigned(&row, 0).map_err(unavailable)?;
        if position != expected {
            let what = format!("position {position} follows {}", expected - 1);
            return Err(JournalError::Damaged { position: expected, what });
        }
        expected = expected.saturating_add(1);
        let damaged = |error: sqlx::Error| JournalError::Damaged { position, what: error.to_string() };
        leaves.push(thirty_two(&row, 1).map_err(damaged)?);
    }
    Ok(leaves)
}

pub(super) async fn command_entries(pool: &Pool, commands: &[CommandRecord]) -> Result<Vec<Entry>, JournalError> {
    // DISTINCT: one round may ask for a command several times, when its key is sent by many at once.
    // OFFSET 0 keeps the planner from turning the few positions of each command into a scan of the whole journal.
    let rows = sqlx::query(&format!(
        "SELECT {ENTRY}
         FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::integer[]) AS given (first, count)) AS asked
         CROSS JOIN LATERAL (
             SELECT * FROM event WHERE position >= asked.first AND position < asked.first + asked.count OFFSET 0
         ) AS e
         ORDER BY e.position"
    ))
    .bind(commands.iter().map(|command| signed(command.first)).collect::<Vec<_>>())
    .bind(commands.iter().map(|command| i32::try_from(command.count).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .fetch_all(pool)
    .await
    .map_err(unavailable)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(rows.len());
    for row in rows {
        let position = unsigned(&row, 0).map_err(unavailable)?;
        let shared = entries.last().map(|last| Arc::clone(&last.command));
        entries.push(read_entry(&row, position, shared)?);
    }
    Ok(entries)
}

fn damaged(position: u64, error: &sqlx::Error) -> JournalError {
    JournalError::Damaged { position, what: error.to_string() }
}

pub(super) fn no_command(position: u64) -> JournalError {
    JournalError::Damaged { position, what: "its command's first event is not there".into() }
}

/// An entry, sharing the command of the one before it where it is not its command's first.
pub(super) fn read_entry(row: &PgRow, position: u64, shared: Option<Arc<CommandFrame>>) -> Result<Entry, JournalError> {
    let read = || {
        let nth = u32::try_from(row.try_get::<i32, _>(1)?).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let command = match shared {
            _ if nth == 0 => read_frame(row)?,
            Some(command) => command,
            None => Arc::new(CommandFrame::unknown()),
        };
        Ok(Entry {
            position,
            nth,
            stream_no: unsigned(row, 10)?,
            sequence: unsigned(row, 2)?,
            command,
            event_type: row.try_get(3)?,
            payload: row.try_get(4)?,
            leaf: thirty_two(row, 5)?,
        })
    };
    read().map_err(|error: sqlx::Error| damaged(position, &error))
}

fn read_frame(row: &PgRow) -> Result<Arc<CommandFrame>, sqlx::Error> {
    Ok(Arc::new(CommandFrame {
        key: row.try_get::<&str, _>(6)?.into(),
        fingerprint: fingerprint(row, 7)?,
        actor: row.try_get::<&str, _>(8)?.into(),
        recorded_at: RecordedTime::from_micros(row.try_get(9)?),
    }))
}

pub(super) async fn commands(pool: &Pool, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
    let rows = sqlx::query("SELECT key, position, count, fingerprint FROM event WHERE key = ANY($1)")
        .bind(keys.iter().map(Key::as_str).collect::<Vec<_>>())
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let key: String = row.try_get(0).map_err(unavailable)?;
        found.insert(key, read_command(row).map_err(unavailable)?);
    }
    Ok(keys.iter().map(|key| found.get(key.as_str()).cloned()).collect())
}

fn read_command(row: &PgRow) -> Result<CommandRecord, sqlx::Error> {
    let count = u32::try_from(row.try_get::<i32, _>(2)?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(CommandRecord { first: unsigned(row, 1)?, count, fingerprint: fingerprint(row, 3)? })
}

pub(super) async fn roots(pool: &Pool, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
    let rows = sqlx::query("SELECT size, root FROM root WHERE size > $1 ORDER BY size LIMIT $2")
        .bind(signed(after))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    rows.iter()
        .map(|row| {
            let size = unsigned(row, 0)?;
            Ok((size, thirty_two(row, 1)?))
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(unavailable)
}

/// The streams after a number, as their table names them.
pub(super) async fn stream_rows(pool: &Pool, after: u64, limit: usize) -> Result<Vec<StreamRow>, JournalError> {
    let rows = sqlx::query("SELECT stream_no, kind, id FROM stream WHERE stream_no > $1 ORDER BY stream_no LIMIT $2")
        .bind(signed(after))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    let read = |row: &PgRow| Ok(StreamRow { stream_no: unsigned(row, 0)?, kind: row.try_get(1)?, id: row.try_get(2)? });
    rows.iter().map(read).collect::<Result<_, sqlx::Error>>().map_err(unavailable)
}

pub(super) async fn signing_keys(pool: &Pool) -> Result<Vec<SigningKey>, JournalError> {
    let rows = sqlx::query("SELECT vkey, added_at_ms, until_ms FROM signing_key ORDER BY added_at_ms, vkey")
        .fetch_all(pool)
        .await
        .map_err(unavailable)?;
    rows.iter()
        .map(|row| Ok(SigningKey { vkey: row.try_get(0)?, added_at_ms: row.try_get(1)?, until_ms: row.try_get(2)? }))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(unavailable)
}

fn thirty_two(row: &PgRow, index: usize) -> Result<[u8; 32], sqlx::Error> {
    let bytes: &[u8] = row.try_get(index)?;
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a hash is not 32 bytes".into()))
}

fn fingerprint(row: &PgRow, index: usize) -> Result<Fingerprint, sqlx::Error> {
    let bytes: &[u8] = row.try_get(index)?;
    let bytes = bytes.try_into().map_err(|_| sqlx::Error::Decode("a fingerprint is not 16 bytes".into()))?;
    Ok(Fingerprint::from_bytes(bytes))
}

pub(super) fn unsigned(row: &PgRow, index: usize) -> Result<u64, sqlx::Error> {
    u64::try_from(row.try_get::<i64, _>(index)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
