//! A reading connection, and the lookups that need the index beside it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::connect::{self, unavailable};
use super::index::{self, SharedTail};
use super::read;
use super::tail::{Part, Place, Tail};
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::journal::{CommandRecord, Entry, JournalError, StoredStream, key_hash};

/// A reader of the journal; the index is opened once it is needed.
pub(super) struct Reader {
    pub(super) journal: Connection,
    index: Option<Connection>,
    path: PathBuf,
    /// The writer's tail, where this process writes the journal.
    tail: Option<SharedTail>,
}

/// Reads several times in one transaction: each statement by itself would take the lock of the log anew and, after every
/// append, forget the pages it has in memory. Nothing is looked for here that the caller saw appended later.
fn at_once<T>(connection: &Connection, read: impl FnOnce() -> Result<T, JournalError>) -> Result<T, JournalError> {
    let _open = connection.unchecked_transaction().map_err(unavailable)?;
    read()
}

/// Where to look things up: memory first, then the file, in the order in which entries move from one to the other.
struct Lookup<'a> {
    index: Option<&'a Connection>,
    /// Beside another process's writer: what the index lacked a moment ago.
    own: Tail,
    shared: Option<&'a SharedTail>,
}

impl Lookup<'_> {
    fn tail<T>(&self, look: impl FnOnce(&Tail) -> T) -> T {
        match self.shared {
            Some(shared) => look(&shared.read()),
            None => look(&self.own),
        }
    }

    /// Where the commands of keys may begin: the journal tells keys apart whose hashes are the same.
    fn firsts(&self, keys: &[Key]) -> Result<Vec<Vec<u64>>, JournalError> {
        let mut firsts: Vec<Vec<u64>> =
            self.tail(|tail| keys.iter().map(|key| tail.key(key.as_str()).into_iter().collect()).collect());
        let Some(index) = self.index else { return Ok(firsts) };
        let mut statement =
            index.prepare_cached("SELECT first FROM command_key WHERE hash = ?1").map_err(unavailable)?;
        for (key, firsts) in keys.iter().zip(&mut firsts).filter(|(_, firsts)| firsts.is_empty()) {
            let rows = statement
                .query_map([index::key_hash(key.as_str())], |row| read::unsigned(row, 0))
                .map_err(unavailable)?;
            firsts.extend(rows.collect::<rusqlite::Result<Vec<_>>>().map_err(unavailable)?);
        }
        Ok(firsts)
    }

    /// The hashes of keys in their order, from the one after `after`, at most `limit` of them; the first page has those in
    /// memory before its own.
    fn key_hashes(&self, after: Option<i64>, limit: usize) -> Result<(Vec<u64>, Option<i64>), JournalError> {
        let mut hashes = match after {
            None => self.tail(|tail| tail.keys().map(key_hash).collect()),
            Some(_) => Vec::new(),
        };
        let Some(index) = self.index else { return Ok((hashes, None)) };
        let mut statement = index
            .prepare_cached("SELECT hash FROM command_key WHERE hash >= ?1 ORDER BY hash LIMIT ?2")
            .map_err(unavailable)?;
        // A bound that the tree can be entered at: asked in any other way, each page begins at the first of all hashes.
        let from = after.map_or(Some(i64::MIN), |after| after.checked_add(1));
        let Some(from) = from else { return Ok((hashes, None)) };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query((from, limit)).map_err(unavailable)?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(unavailable)? {
            let hash: i64 = row.get(0).map_err(unavailable)?;
            hashes.push(hash.cast_unsigned());
            last = Some(hash);
        }
        Ok((hashes, last))
    }

    /// For each stream its events after a sequence.
    fn places(&self, streams: &[(u64, u64)]) -> Result<Vec<Vec<Place>>, JournalError> {
        let tails: Vec<Vec<Place>> =
            self.tail(|tail| streams.iter().map(|(stream_no, after)| tail.stream(*stream_no, *after)).collect());
        let Some(index) = self.index else { return Ok(tails) };
        let mut statement = index
            .prepare_cached("SELECT last, positions FROM stream_part WHERE stream_no = ?1 AND last > ?2 ORDER BY last")
            .map_err(unavailable)?;
        let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let each = streams.iter().zip(tails);
        let place = |((stream_no, after), tail): (&(u64, u64), Vec<Place>)| {
            let mut rows = statement.query((signed(*stream_no), signed(*after))).map_err(unavailable)?;
            let mut places = Vec::new();
            while let Some(row) = rows.next().map_err(unavailable)? {
                let last = read::unsigned(row, 0).map_err(unavailable)?;
                let positions = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(unavailable)?;
                places.extend(index::decode(*stream_no, last, positions)?);
            }
            places.retain(|place| place.sequence > *after);
            // What moved into the file after the look into memory stands in both.
            let known = places.last().map_or(*after, |last| last.sequence);
            places.extend(tail.into_iter().filter(|place| place.sequence > known));
            Ok(places)
        };
        at_once(index, || each.map(place).collect())
    }
}

impl Reader {
    pub(super) fn open(path: &Path, tail: Option<SharedTail>) -> Result<Reader, JournalError> {
        Ok(Reader { journal: connect::reader(path)?, index: None, path: path.to_owned(), tail })
    }

    fn lookup(&mut self) -> Result<Lookup<'_>, JournalError> {
        if self.index.is_none() {
            let path = index::index_path(&self.path);
            self.index = if path.is_file() { Some(connect::reader(&path)?) } else { None };
        }
        if self.tail.is_some() {
            return Ok(Lookup { index: self.index.as_ref(), own: Tail::default(), shared: self.tail.as_ref() });
        }
        // One moment for both: what is indexed up to here, and everything after it from the journal itself.
        let index = match &self.index {
            Some(index) if index::fits(index, &self.journal)? => Some(index),
            _ => None,
        };
        let after = index.map(index::indexed).transpose()?.unwrap_or(0);
        let mut own = Tail::default();
        own.push(Part::read(&self.journal, after, usize::MAX)?);
        Ok(Lookup { index, own, shared: None })
    }

    pub(super) fn find(&mut self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        let firsts = self.lookup()?.firsts(keys)?;
        firsts
            .into_iter()
            .zip(keys)
            .map(|(firsts, key)| {
                for first in firsts {
                    if let Some(found) = read::command(&self.journal, first, key)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            })
            .collect()
    }

    /// A page of the hashes of all keys, and where the next one begins; none behind the last.
    pub(super) fn key_hashes(
        &mut self,
        after: Option<i64>,
        limit: usize,
    ) -> Result<(Vec<u64>, Option<i64>), JournalError> {
        self.lookup()?.key_hashes(after, limit)
    }

    pub(super) fn streams(&mut self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        let mut known = at_once(&self.journal, || read::known_streams(&self.journal, streams, snapshots))?;
        let asked: Vec<(u64, u64)> = known
            .iter()
            .map(|stream| (stream.stream_no, stream.snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence)))
            .collect();
        let places = self.lookup()?.places(&asked)?;
        // Begun after the places were found: all of them stand in it.
        at_once(&self.journal, || {
            for (stream, places) in known.iter_mut().zip(places) {
                stream.events = read::stream_events(&self.journal, &places)?;
            }
            Ok(())
        })?;
        Ok(known)
    }

    pub(super) fn stream_entries(
        &mut self,
        stream: &StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        let Some(stream_no) = read::stream_no(&self.journal, stream)? else { return Ok(Vec::new()) };
        // Where `after` is of this stream itself, as it is when somebody pages through, the index leads to what follows.
        let from = read::sequence_at(&self.journal, after, stream_no)?;
        let mut places = self.lookup()?.places(&[(stream_no, from.unwrap_or(0))])?.pop().unwrap_or_default();
        places.retain(|place| place.position > after);
        places.truncate(limit);
        let mut frames = HashMap::new();
        at_once(&self.journal, || {
            places.iter().map(|place| read::entry_at(&self.journal, place.position, &mut frames)).collect()
        })
    }
}
