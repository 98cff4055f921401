//! A reading connection, and the lookups that need the index beside it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::connect::{self, unavailable};
use super::index::{self, SharedTail};
use super::read::{self, signed};
use super::tail::{Part, Place, Tail};
use super::{damage, stream_row};
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

/// What it means that no event of a stream stands where one should.
fn not_there(index: Option<&Connection>) -> impl Fn(u64) -> JournalError {
    move |position| match index {
        // An index made anew names what is there and nothing else.
        Some(index) => damage::found(index, &format!("position {position} is not what it says")),
        None => JournalError::Damaged { position, what: "an entry of a stream is not there".into() },
    }
}

/// Where a key stands in the index's file: by its hash, and by where its command begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyPlace {
    hash: i64,
    first: i64,
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
        let failed = damage::met(index);
        let mut statement = index.prepare_cached("SELECT first FROM command_key WHERE hash = ?1").map_err(failed)?;
        at_once(index, || {
            for (key, firsts) in keys.iter().zip(&mut firsts).filter(|(_, firsts)| firsts.is_empty()) {
                let hash = index::key_hash(key.as_str());
                let rows = statement.query_map([hash], |row| read::unsigned(row, 0)).map_err(failed)?;
                firsts.extend(rows.collect::<rusqlite::Result<Vec<_>>>().map_err(failed)?);
            }
            Ok(())
        })?;
        Ok(firsts)
    }

    /// The hashes of keys in the order of the file, from the one after `after`, at most `limit` of them; the first page has
    /// those in memory before its own.
    fn key_hashes(&self, after: Option<KeyPlace>, limit: usize) -> Result<(Vec<u64>, Option<KeyPlace>), JournalError> {
        let mut hashes = match after {
            None => self.tail(|tail| tail.keys().map(key_hash).collect()),
            Some(_) => Vec::new(),
        };
        let Some(index) = self.index else { return Ok((hashes, None)) };
        let failed = damage::met(index);
        let mut statement = index
            .prepare_cached(
                "SELECT hash, first FROM command_key WHERE (hash, first) > (?1, ?2) ORDER BY hash, first LIMIT ?3",
            )
            .map_err(failed)?;
        let KeyPlace { hash, first } = after.unwrap_or(KeyPlace { hash: i64::MIN, first: 0 });
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query((hash, first, limit)).map_err(failed)?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(failed)? {
            let place = KeyPlace { hash: row.get(0).map_err(failed)?, first: row.get(1).map_err(failed)? };
            hashes.push(place.hash.cast_unsigned());
            last = Some(place);
        }
        Ok((hashes, last))
    }

    /// For each stream its events after a sequence.
    fn places(&self, streams: &[(u64, u64)]) -> Result<Vec<Vec<Place>>, JournalError> {
        let tails: Vec<Vec<Place>> =
            self.tail(|tail| streams.iter().map(|(stream_no, after)| tail.stream(*stream_no, *after)).collect());
        let Some(index) = self.index else { return Ok(tails) };
        let failed = damage::met(index);
        let mut statement = index
            .prepare_cached("SELECT last, positions FROM stream_part WHERE stream_no = ?1 AND last > ?2 ORDER BY last")
            .map_err(failed)?;
        let each = streams.iter().zip(tails);
        let mut place = |(stream_no, after): &(u64, u64), tail: Vec<Place>| {
            let mut places = Vec::new();
            let mut rows = statement.query((signed(*stream_no), signed(*after))).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                let last = read::unsigned(row, 0).map_err(failed)?;
                let positions = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(failed)?;
                let no_row = || damage::found(index, &format!("the row of stream {stream_no} up to {last} is none"));
                places.extend(stream_row::decode(*stream_no, last, positions).ok_or_else(no_row)?);
            }
            places.retain(|place| place.sequence > *after);
            // What moved into the file after the look into memory stands in both.
            let known = places.last().map_or(*after, |last| last.sequence);
            places.extend(tail.into_iter().filter(|place| place.sequence > known));
            Ok(places)
        };
        at_once(index, || each.map(|(stream, tail)| place(stream, tail)).collect())
    }
}

impl Reader {
    pub(super) fn open(path: &Path, tail: Option<SharedTail>) -> Result<Reader, JournalError> {
        Ok(Reader { journal: connect::reader(path)?, index: None, path: path.to_owned(), tail })
    }

    fn lookup(&mut self) -> Result<Lookup<'_>, JournalError> {
        if self.index.is_none() {
            let path = index::index_path(&self.path);
            if path.is_file() {
                self.index = Some(connect::read_only(&path).map_err(|error| damage::met_at(Some(&path), error))?);
            } else if self.tail.is_some() {
                // The journal's writer made it. Without it a key that was used would pass for a new one.
                let what = format!("{} is not there any more; {}", path.display(), damage::CURE);
                return Err(JournalError::Unavailable(what));
            }
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
        after: Option<KeyPlace>,
        limit: usize,
    ) -> Result<(Vec<u64>, Option<KeyPlace>), JournalError> {
        self.lookup()?.key_hashes(after, limit)
    }

    pub(super) fn streams(&mut self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        let mut known = at_once(&self.journal, || read::known_streams(&self.journal, streams, snapshots))?;
        let asked: Vec<(u64, u64)> = known
            .iter()
            .map(|stream| (stream.stream_no, stream.snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence)))
            .collect();
        let places = self.lookup()?.places(&asked)?;
        let not_there = not_there(self.index.as_ref());
        // Begun after the places were found: all of them stand in it.
        at_once(&self.journal, || {
            for (stream, places) in known.iter_mut().zip(places) {
                stream.events = read::stream_events(&self.journal, &places, &not_there)?;
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
        let (mut frames, not_there) = (HashMap::new(), not_there(self.index.as_ref()));
        at_once(&self.journal, || {
            places.iter().map(|place| read::entry_at(&self.journal, place, &mut frames, &not_there)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use rusqlite::Connection;

    use super::{KeyPlace, Lookup};
    use crate::journal::key_hash;
    use crate::journal::sqlite::index;
    use crate::journal::sqlite::tail::{Part, Place, Tail};

    /// Events of two streams, in turn; each by a command of its own.
    fn part(after: u64, last: u64) -> Part {
        let positions = after + 1..=last;
        let place = |position: u64| Place { stream_no: 1 + position % 2, sequence: position.div_ceil(2), position };
        Part {
            after,
            last,
            keys: positions.clone().map(|position| (format!("k{position}").into(), position)).collect(),
            places: positions.map(place).collect(),
        }
    }

    #[test]
    fn what_was_written_at_several_times_is_found_in_order() {
        let journal = Connection::open_in_memory().expect("a database");
        journal.execute_batch("CREATE TABLE event (position INTEGER PRIMARY KEY, leaf BLOB)").expect("a table");
        journal.execute("INSERT INTO event VALUES (4, x'00'), (8, x'00')", []).expect("rows");
        let mut index = index::writer(Path::new(":memory:")).expect("an index");
        for (after, last) in [(0, 4), (4, 8)] {
            index::write(&mut index, &journal, &[Arc::new(part(after, last))]).expect("it is written");
        }
        let part = part(0, 8);

        let lookup = Lookup { index: Some(&index), own: Tail::default(), shared: None };
        let of = |stream_no: u64, after: u64| -> Vec<Place> {
            let places = part.places.iter().copied();
            places.filter(|place| place.stream_no == stream_no && place.sequence > after).collect()
        };
        let asked = [(1, 0), (2, 0), (2, 1), (1, 3), (1, 4), (9, 0)];
        let found = lookup.places(&asked).expect("places");
        assert_eq!(found, asked.map(|(stream_no, after)| of(stream_no, after)));
        assert!(!found[0].is_empty() && found[4].is_empty());

        let keys: Vec<_> = part.keys.iter().map(|(key, _)| key.parse().expect("a key")).collect();
        let firsts = lookup.firsts(&keys).expect("firsts");
        assert_eq!(firsts, part.keys.iter().map(|(_, first)| vec![*first]).collect::<Vec<_>>());

        let (mut told, mut after): (Vec<u64>, Option<KeyPlace>) = (Vec::new(), None);
        loop {
            let (page, next) = lookup.key_hashes(after, 3).expect("hashes");
            told.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        let mut all: Vec<u64> = part.keys.iter().map(|(key, _)| key_hash(key)).collect();
        told.sort_unstable();
        all.sort_unstable();
        assert_eq!(told, all);
    }
}
