//! The index of a SQLite journal: which command a key made, which events a stream has. It is a sidecar file of the journal
//! and derived: lost or foreign, it is made anew from the journal.
//!
//! Why a file of its own: an index over keys or streams is written all over its tree, page after page. Inside the append's
//! transaction these pages are what a commit waits for; three quarters of the time went there when measured. Here they
//! are written in wide batches by a thread of their own, without a sync a commit, while the newest entries are found in
//! memory ([`Tail`]).

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::connect::unavailable;
use super::read::signed;
use super::tail::{Part, Place, Tail};
use super::{damage, private, stream_row};
use crate::journal::JournalError;

/// The layout of the file; another one is thrown away.
const LAYOUT: i64 = 500;
/// The name under which SQLite makes no file.
const IN_MEMORY: &str = ":memory:";
/// Events written in one transaction: the wider, the more of them share a page of keys and a row of a stream.
const WIDTH: usize = 262_144;
/// What is fewer is written once nothing more came for so long.
const IDLE: Duration = Duration::from_millis(500);
/// How long the tail is left to others between two steps of letting go.
const BETWEEN_STEPS: Duration = Duration::from_micros(100);
/// With so many events in memory an append waits for the index, and is refused where that does not help.
const TAIL_MAX: usize = 1_000_000;

/// The sidecar of a journal: `nuanxin.db` → `nuanxin.db.index`.
pub(super) fn index_path(journal: &Path) -> PathBuf {
    private::with_suffix(journal, ".index")
}

/// What wakes the thread.
enum Signal {
    /// The tail has grown.
    More,
    /// Write everything and answer.
    Flush(Sender<()>),
}

/// The tail in memory, shared by the writer, the index's thread and all readers.
#[derive(Clone, Default)]
pub(super) struct SharedTail(Arc<RwLock<Tail>>);

impl SharedTail {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Tail> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tail> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The index as the journal's writer keeps it.
pub(super) struct IndexKeeper {
    tail: SharedTail,
    tail_max: usize,
    /// The position up to which the tail, or the file before it, holds everything.
    last: Cell<u64>,
    signals: Option<Sender<Signal>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl IndexKeeper {
    /// Opens the index of a journal, making what is missing of it, and starts its thread.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) fn open(journal_path: &Path, journal: &Connection) -> Result<IndexKeeper, JournalError> {
        let (index, rest) = opened(&index_path(journal_path), journal)?;
        let (tail, last) = (SharedTail::default(), rest.last);
        if !rest.places.is_empty() {
            tail.write().push(rest);
        }
        let (signals, received) = std::sync::mpsc::channel();
        let (shared, path) = (tail.clone(), journal_path.to_owned());
        let thread = std::thread::Builder::new()
            .name("sqlite-index".into())
            .spawn(move || work(&path, index, &shared, &received))
            .map_err(|error| JournalError::Unusable(format!("no thread for the index: {error}")))?;
        Ok(IndexKeeper {
            tail,
            tail_max: TAIL_MAX,
            last: Cell::new(last),
            signals: Some(signals),
            thread: Some(thread),
        })
    }

    /// The tail, for readers.
    pub(super) const fn tail(&self) -> &SharedTail {
        &self.tail
    }

    /// Whether a batch with these keys may be appended: none of them was used a moment ago, and there is room for it. The
    /// ledger has looked all of the keys up; this is what keeps a key unique whatever it believes of the newest.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    pub(super) fn admits<'a>(&self, mut keys: impl Iterator<Item = &'a str>) -> Result<(), JournalError> {
        let full = {
            let tail = self.tail.read();
            if keys.any(|key| tail.key(key).is_some()) {
                return Err(JournalError::Unavailable("a key of the batch was used before".into()));
            }
            tail.unwritten() >= self.tail_max
        };
        if !full {
            return Ok(());
        }
        self.flush();
        // Memory has an end, and what is not in the index must stay in memory.
        if self.tail.read().unwritten() < self.tail_max {
            return Ok(());
        }
        let what = format!("nothing is appended, as the index beside the journal is not written; {}", damage::CURE);
        Err(JournalError::Unavailable(what))
    }

    /// Waits until the thread has written what it can. One that is gone writes nothing.
    fn flush(&self) {
        let Some(signals) = &self.signals else { return };
        let (done, waiting) = std::sync::mpsc::channel();
        if signals.send(Signal::Flush(done)).is_ok() {
            let _ = waiting.recv();
        }
    }

    /// Takes in what was just committed.
    ///
    /// # Errors
    /// As [`IndexKeeper::follow`].
    pub(super) fn push(&self, journal: &Connection, part: Part) -> Result<(), JournalError> {
        self.follow(journal, part.after)?;
        self.take_in(part);
        Ok(())
    }

    fn take_in(&self, part: Part) {
        self.last.set(part.last);
        self.tail.write().push(part);
        if let Some(signals) = &self.signals {
            let _ = signals.send(Signal::More);
        }
    }

    /// Reads what the journal holds up to its head and was not pushed: a COMMIT may fail and land all the same.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where the journal ends before what the index holds.
    pub(super) fn follow(&self, journal: &Connection, head: u64) -> Result<(), JournalError> {
        let ends = |position: u64, what: String| Err(JournalError::Damaged { position, what });
        while self.last.get() < head {
            let after = self.last.get();
            let missing = usize::try_from(head - after).unwrap_or(usize::MAX);
            let part = Part::read(journal, after, missing.min(WIDTH))?;
            if part.places.is_empty() {
                return ends(after, format!("it ends at {after}, but its head says {head}"));
            }
            self.take_in(part);
        }
        if self.last.get() == head {
            return Ok(());
        }
        ends(head, format!("its head went back from {} to {head}: was the file replaced?", self.last.get()))
    }
}

impl Drop for IndexKeeper {
    /// Writes what is left, so that the next start finds it.
    fn drop(&mut self) {
        drop(self.signals.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the index's thread ended badly");
        }
    }
}

fn work(journal_path: &Path, mut index: Connection, tail: &SharedTail, signals: &Receiver<Signal>) {
    let journal = match super::connect::reader(journal_path) {
        Ok(journal) => journal,
        Err(error) => {
            tracing::error!(%error, "the index cannot read its journal; it stays as it is");
            return;
        }
    };
    loop {
        let (least, flushed, ended) = match signals.recv_timeout(IDLE) {
            Ok(Signal::More) => (WIDTH, None, false),
            Ok(Signal::Flush(done)) => (1, Some(done), false),
            Err(RecvTimeoutError::Timeout) => (1, None, false),
            Err(RecvTimeoutError::Disconnected) => (1, None, true),
        };
        while tail.read().unwritten() >= least {
            let parts = tail.read().oldest(WIDTH);
            if let Err(error) = write(&mut index, &journal, &parts) {
                if damage::path_of(&index).is_some_and(damage::is_marked) {
                    // The next start throws it away. Nothing is lost: what was not written is read again then.
                    tracing::error!(%error, "the index is not written any more; its newest part stays in memory");
                    return;
                }
                tracing::warn!(%error, "the index cannot be written now; its part stays in memory");
                std::thread::sleep(IDLE);
                break;
            }
            // Only now: a reader looks into memory first, then into the file.
            tail.write().wrote(&parts);
            drop(parts);
            // Whoever appends gets the tail in between: a lock that is taken again at once is taken before those that wait.
            while tail.write().let_go() {
                std::thread::sleep(BETWEEN_STEPS);
            }
        }
        drop(flushed);
        if ended {
            if let Err(error) = index.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
                tracing::warn!(%error, "the index's log could not be copied into its file");
            }
            return;
        }
    }
}

/// The index of a journal, and what it does not hold yet: less than is written at once. A damaged one is thrown away.
fn opened(path: &Path, journal: &Connection) -> Result<(Connection, Part), JournalError> {
    if !damage::is_marked(path) {
        match caught_up(path, journal) {
            Err(_) if damage::is_marked(path) => {}
            opened => return opened,
        }
    }
    tracing::warn!("{} is damaged; it is thrown away and made anew now", path.display());
    damage::throw_away(path)?;
    caught_up(path, journal)
}

fn caught_up(path: &Path, journal: &Connection) -> Result<(Connection, Part), JournalError> {
    let mut index = writer(path)?;
    if !fits(&index, journal)? {
        tracing::info!("the index does not belong to this journal as it is; it is made anew");
        clear(&index)?;
    }
    let mut after = indexed(&index)?;
    loop {
        let part = Part::read(journal, after, WIDTH)?;
        if part.places.len() < WIDTH {
            return Ok((index, part));
        }
        after = part.last;
        write(&mut index, journal, &[Arc::new(part)])?;
    }
}

pub(super) fn writer(path: &Path) -> Result<Connection, JournalError> {
    let unusable = |error: rusqlite::Error| {
        if damage::is_damage(&error) {
            return damage::met_at(Some(path), error);
        }
        JournalError::Unusable(format!("{}: {error}", path.display()))
    };
    if path != Path::new(IN_MEMORY) {
        private::make_database(path).map_err(|error| JournalError::Unusable(format!("{}: {error}", path.display())))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(unusable)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(unusable)?;
    connection
        .execute_batch(
            "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 0;
             PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 268435456;",
        )
        .map_err(unusable)?;
    let layout: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(unusable)?;
    if layout != LAYOUT {
        clear(&connection)?;
    }
    Ok(connection)
}

fn clear(index: &Connection) -> Result<(), JournalError> {
    index
        .execute_batch(&format!(
            "BEGIN IMMEDIATE;
             DROP TABLE IF EXISTS indexed; DROP TABLE IF EXISTS command_key; DROP TABLE IF EXISTS stream_event;
             DROP TABLE IF EXISTS stream_part;
             CREATE TABLE indexed (position INTEGER NOT NULL, leaf BLOB NOT NULL) STRICT;
             INSERT INTO indexed VALUES (0, x'');
             CREATE TABLE command_key (hash INTEGER, first INTEGER, PRIMARY KEY (hash, first)) STRICT, WITHOUT ROWID;
             CREATE TABLE stream_part (stream_no INTEGER, last INTEGER, positions BLOB NOT NULL,
                                       PRIMARY KEY (stream_no, last)) STRICT, WITHOUT ROWID;
             PRAGMA user_version = {LAYOUT};
             COMMIT;"
        ))
        .map_err(damage::met(index))
}

/// The position up to which the file holds everything.
pub(super) fn indexed(index: &Connection) -> Result<u64, JournalError> {
    let mut statement = index.prepare_cached("SELECT position FROM indexed").map_err(damage::met(index))?;
    statement.query_row([], |row| super::read::unsigned(row, 0)).map_err(damage::met(index))
}

/// Whether the index was made from this very journal: the last entry it holds is the journal's.
pub(super) fn fits(index: &Connection, journal: &Connection) -> Result<bool, JournalError> {
    // Beside a server of an older program it may be of an older layout, and nobody but that server writes it.
    let layout: i64 = index.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(damage::met(index))?;
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('indexed', 'command_key', 'stream_part')";
    let tables: i64 = index.query_row(tables, [], |row| row.get(0)).map_err(damage::met(index))?;
    if layout != LAYOUT || tables != 3 {
        return Ok(false);
    }
    let held = index
        .query_row("SELECT position, leaf FROM indexed", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()
        .map_err(damage::met(index))?;
    let Some((position, leaf)) = held else { return Ok(false) };
    if position == 0 {
        return Ok(true);
    }
    Ok(leaf_at(journal, position)?.is_some_and(|own| own == leaf))
}

/// The hash of a key as the file holds it.
pub(super) fn key_hash(key: &str) -> i64 {
    crate::journal::key_hash(key).cast_signed()
}

fn leaf_at(journal: &Connection, position: i64) -> Result<Option<Vec<u8>>, JournalError> {
    let mut statement = journal.prepare_cached("SELECT leaf FROM event WHERE position = ?1").map_err(unavailable)?;
    statement.query_row([position], |row| row.get(0)).optional().map_err(unavailable)
}

/// Writes parts that follow on what the file holds. Where they do not, something was never pushed: the index is damaged,
/// and nothing of it may be believed any more.
pub(super) fn write(index: &mut Connection, journal: &Connection, parts: &[Arc<Part>]) -> Result<(), JournalError> {
    let Some(last) = parts.last().map(|part| part.last) else { return Ok(()) };
    let mut held = indexed(index)?;
    for part in parts {
        if part.after != held {
            return Err(damage::found(
                index,
                &format!("it holds {held} events, but is given what follows {}", part.after),
            ));
        }
        held = part.last;
    }
    let Some(leaf) = leaf_at(journal, signed(last))? else {
        let what = "the index is ahead of what the journal holds".to_owned();
        return Err(JournalError::Damaged { position: last, what });
    };
    // In the order of the trees, so that each page is written once.
    let keys = parts.iter().flat_map(|part| &part.keys);
    let mut keys: Vec<_> = keys.map(|(key, first)| (key_hash(key), signed(*first))).collect();
    keys.sort_unstable();
    let mut places: Vec<Place> = parts.iter().flat_map(|part| &part.places).copied().collect();
    places.sort_unstable_by_key(|place| (place.stream_no, place.sequence));
    let path = damage::path_of(index).map(Path::to_owned);
    let failed = |error| damage::met_at(path.as_deref(), error);
    let transaction = index.transaction().map_err(failed)?;
    {
        let mut insert = transaction
            .prepare_cached("INSERT OR REPLACE INTO command_key (hash, first) VALUES (?1, ?2)")
            .map_err(failed)?;
        for row in keys {
            insert.execute(row).map_err(failed)?;
        }
        let mut insert = transaction
            .prepare_cached("INSERT OR REPLACE INTO stream_part (stream_no, last, positions) VALUES (?1, ?2, ?3)")
            .map_err(failed)?;
        let follows = |one: &Place, next: &Place| {
            one.stream_no == next.stream_no && one.sequence + 1 == next.sequence && one.position < next.position
        };
        for row in places.chunk_by(follows).flat_map(|stream| stream.chunks(stream_row::EVENTS_MAX)) {
            let Some(last) = row.last() else { continue };
            let place = (signed(last.stream_no), signed(last.sequence), stream_row::encode(row)?);
            insert.execute(place).map_err(failed)?;
        }
        transaction.execute("UPDATE indexed SET position = ?1, leaf = ?2", (signed(last), leaf)).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

#[cfg(test)]
mod tests;
