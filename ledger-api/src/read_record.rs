//! Who read whose record: kept beside the journal, so that a worker can see it (个人信息保护法 44, 45).
//!
//! A read costs its reader nothing but a place in memory: what was noted is written a tenth of a second later, many reads
//! in one transaction. On a normal stop all of it is written ([`ReadRecord::stop`]). A crash loses what was noted since the
//! last writing, which is that tenth of a second while the store answers; the log has its line for each read either way.
//!
//! Nobody is refused a read because the record cannot be written: what waits is kept up to [`WAITING_MAX`] and tried again.

mod postgres;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::side_store::rows::Store;
use crate::side_store::{Beside, SideStoreError};
use postgres::PostgresReads;
use sqlite::SqliteReads;
use store::{ReadStore, StoredRead};

/// Where the record is kept.
pub(crate) const STORE: Store =
    Store { name: "readers", file: sqlite::FILE, sqlite: sqlite::STEPS, postgres: postgres::STEPS };

/// How long reads are gathered before they are written.
const GATHER: Duration = Duration::from_millis(100);
/// How long to wait after the store did not answer.
const REST: Duration = Duration::from_secs(1);
/// Reads that wait to be written; what comes beyond them while the store is away stands in the log alone.
const WAITING_MAX: usize = 500_000;
/// Reads written in one transaction.
const AT_ONCE_MAX: usize = 5_000;
/// So often is writing tried at a stop.
const LAST_TRIES: u32 = 5;

/// One read of somebody's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRead {
    /// Its id, to ask on after.
    pub id: String,
    /// When, by the clock of this server.
    pub at: DateTime<Utc>,
    /// Who: an account's or token's id.
    pub reader: String,
    /// The role by which it was allowed.
    pub role: String,
    /// What was read.
    pub what: String,
    /// Whether it was a read of everybody's records at once, such as an audit's.
    pub of_everybody: bool,
}

/// Who reads, for the record.
#[derive(Debug, Clone, Copy)]
pub struct ReadBy<'a> {
    /// An account's or token's id.
    pub reader: &'a str,
    /// The role by which it was allowed.
    pub role: &'a str,
    /// What is read.
    pub what: &'a str,
}

/// The record of a journal.
pub struct ReadRecord {
    shared: Arc<Shared>,
    writing: JoinHandle<()>,
}

struct Shared {
    store: Box<dyn ReadStore>,
    waiting: Mutex<Vec<StoredRead>>,
    wake: Notify,
    /// One writes at a time, so that whoever waits for the writing knows that all of it was written.
    turn: tokio::sync::Mutex<()>,
}

impl ReadRecord {
    /// Opens the record beside a journal, making its place on first use.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<ReadRecord, SideStoreError> {
        let store: Box<dyn ReadStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqliteReads::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresReads::open(place).await?),
        };
        let (waiting, wake, turn) = (Mutex::default(), Notify::new(), tokio::sync::Mutex::default());
        let shared = Arc::new(Shared { store, waiting, wake, turn });
        let writing = tokio::spawn(write_on(Arc::clone(&shared)));
        Ok(ReadRecord { shared, writing })
    }

    /// Notes that somebody read the records of some workers.
    pub fn note<'a>(&self, by: ReadBy<'_>, workers: impl IntoIterator<Item = &'a str>) {
        let mut waiting = self.shared.waiting();
        for worker in workers {
            if waiting.len() >= WAITING_MAX {
                tracing::error!("the record of readers cannot be written; a read stands in the log alone");
                return;
            }
            waiting.push(read(by, worker));
        }
        drop(waiting);
        self.shared.wake.notify_one();
    }

    /// Notes that somebody read everybody's records.
    pub fn note_everybody(&self, by: ReadBy<'_>) {
        self.note(by, [""]);
    }

    /// Who read a worker's record, newest first: at most so many, before the one with that id. What was noted by this
    /// process is written first.
    ///
    /// # Errors
    /// [`SideStoreError`].
    pub async fn of(
        &self,
        worker: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<RecordedRead>, SideStoreError> {
        self.shared.write().await?;
        let found = self.shared.store.of(worker, before.map(Uuid::into_bytes), limit).await?;
        found.into_iter().map(recorded).collect()
    }

    /// Writes what waits, for the last time.
    pub async fn stop(&self) {
        self.writing.abort();
        for tried in 1..=LAST_TRIES {
            let Err(error) = self.shared.write().await else { return };
            tracing::error!(%error, tried, "the record of readers could not be written");
            tokio::time::sleep(GATHER).await;
        }
    }
}

impl Drop for ReadRecord {
    fn drop(&mut self) {
        self.writing.abort();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Vec<StoredRead>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waited when it was called.
    async fn write(&self) -> Result<(), SideStoreError> {
        let _turn = self.turn.lock().await;
        let mut left = self.waiting().len();
        while left > 0 {
            // Taken out only once they are stored: whoever stops this in between loses nothing.
            let reads: Vec<StoredRead> = self.waiting().iter().take(AT_ONCE_MAX.min(left)).cloned().collect();
            let taken = reads.len();
            self.store.add(once_each(reads)).await?;
            self.waiting().drain(..taken);
            left -= taken;
        }
        Ok(())
    }
}

/// The same read again within one writing is one read.
fn once_each(reads: Vec<StoredRead>) -> Vec<StoredRead> {
    let mut seen = HashSet::new();
    let key = |read: &StoredRead| (read.worker.clone(), read.reader.clone(), read.role.clone(), read.what.clone());
    reads.into_iter().filter(|read| seen.insert(key(read))).collect()
}

async fn write_on(shared: Arc<Shared>) {
    loop {
        shared.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        while let Err(error) = shared.write().await {
            tracing::warn!(%error, "the record of readers waits for its store");
            tokio::time::sleep(REST).await;
        }
    }
}

fn read(by: ReadBy<'_>, worker: &str) -> StoredRead {
    StoredRead {
        worker: worker.to_owned(),
        id: Uuid::now_v7().into_bytes(),
        at_ms: Utc::now().timestamp_millis(),
        reader: by.reader.to_owned(),
        role: by.role.to_owned(),
        what: by.what.to_owned(),
    }
}

fn recorded(read: StoredRead) -> Result<RecordedRead, SideStoreError> {
    let at = DateTime::from_timestamp_millis(read.at_ms)
        .ok_or_else(|| SideStoreError::Unusable("the record of readers holds a time out of range".into()))?;
    Ok(RecordedRead {
        id: Uuid::from_bytes(read.id).to_string(),
        at,
        reader: read.reader,
        role: read.role,
        what: read.what,
        of_everybody: read.worker.is_empty(),
    })
}
