//! The embedded journal: one SQLite file, one writing connection of one process on a thread of its own.
//!
//! SQLite 3.46.0 (the newest that can share a lock file with postgres-es) has the WAL-reset bug of several connections
//! writing or checkpointing at once. So exactly one connection ever writes or checkpoints, guarded by a file lock beside
//! the database; all readers are opened read-only with `query_only`. What finds keys and streams lies in a second file
//! that is made from the first ([`index`]).

mod append;
mod connect;
pub mod copy;
mod damage;
mod index;
pub mod lock;
pub mod private;
mod read;
mod reader;
mod stream_row;
mod tail;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as StdMutex};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::{Mutex, oneshot, watch};

use super::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, KEYS_PAGE, SigningKey, Snapshot,
    StoredStream, StreamEvent, StreamRow,
};
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::evidence::verifier::{Chunk, ChunkMaker};
use append::{Closing, SqliteAppend, Task};
use index::{IndexKeeper, SharedTail};
use reader::Reader;

/// Read connections kept for reuse.
const READERS_MAX: usize = 8;

struct WriterThread {
    tasks: std::sync::mpsc::Sender<Task>,
    turn: Arc<Mutex<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _lock: lock::JournalLock,
}

impl Drop for WriterThread {
    /// The lock is given back only once the connection is closed: nobody else may write while it copies its log.
    fn drop(&mut self) {
        let (reply, _) = oneshot::channel();
        let _ = self.tasks.send(Task::Close { how: Closing::Shared, reply });
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's thread ended badly");
        }
    }
}

/// A journal in one SQLite file.
pub struct SqliteJournal {
    path: PathBuf,
    writer: Option<WriterThread>,
    readers: Arc<StdMutex<Vec<Reader>>>,
    tail: Option<SharedTail>,
    changed: watch::Sender<u64>,
}

impl SqliteJournal {
    /// Opens a journal for writing, making and migrating the file as needed.
    ///
    /// # Errors
    /// [`JournalError::InUse`] when another process writes it; [`JournalError::Unusable`] for a path or file that cannot
    /// be used.
    pub fn open(path: &Path) -> Result<SqliteJournal, JournalError> {
        copy::refuse_interrupted_restore(path)?;
        SqliteJournal::open_by(path, connect::writer)
    }

    fn open_by(
        path: &Path,
        connect: fn(&Path) -> Result<Connection, JournalError>,
    ) -> Result<SqliteJournal, JournalError> {
        private::make_folder_of(path)
            .map_err(|error| JournalError::Unusable(format!("the folder of {}: {error}", path.display())))?;
        let lock = lock::JournalLock::take(path)?;
        let connection = connect(path)?;
        let index = IndexKeeper::open(path, &connection)?;
        let tail = Some(index.tail().clone());
        let (tasks, waiting) = std::sync::mpsc::channel();
        let thread_path = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("sqlite-journal".into())
            .spawn(move || append::work(&thread_path, connection, index, &waiting))
            .map_err(|error| JournalError::Unusable(format!("no thread for the journal: {error}")))?;
        let writer = Some(WriterThread { tasks, turn: Arc::default(), thread: Some(thread), _lock: lock });
        Ok(SqliteJournal { path: path.to_owned(), writer, readers: Arc::default(), tail, changed: watch::channel(0).0 })
    }

    /// Opens an existing journal for reading alone, beside whoever writes it.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when there is none, or it is of another version.
    pub fn open_read_only(path: &Path) -> Result<SqliteJournal, JournalError> {
        copy::refuse_interrupted_restore(path)?;
        if !path.is_file() {
            let what = format!("there is no journal at {}; import a pack or start the server first", path.display());
            return Err(JournalError::Unusable(what));
        }
        let reader = Reader::open(path, None)?;
        connect::check_version(&reader.journal, path)?;
        let readers = Arc::new(StdMutex::new(vec![reader]));
        Ok(SqliteJournal { path: path.to_owned(), writer: None, readers, tail: None, changed: watch::channel(0).0 })
    }

    /// Ends the writing, so that the file alone holds everything, can be moved, and can be read where nothing may be
    /// written.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    pub async fn close(self) -> Result<(), JournalError> {
        self.end(Closing::Alone).await
    }

    async fn end(self, how: Closing) -> Result<(), JournalError> {
        lock_readers(&self.readers).clear();
        let Some(writer) = self.writer else { return Ok(()) };
        let (reply, answer) = oneshot::channel();
        writer.tasks.send(Task::Close { how, reply }).map_err(thread_gone)?;
        answer.await.map_err(thread_gone)?
    }

    /// Runs a read on a connection of its own, off the async threads.
    async fn read_with<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reader) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (path, readers, tail) = (self.path.clone(), Arc::clone(&self.readers), self.tail.clone());
        let task = tokio::task::spawn_blocking(move || {
            let pooled = lock_readers(&readers).pop();
            let mut reader = match pooled {
                Some(reader) => reader,
                None => Reader::open(&path, tail)?,
            };
            let result = read(&mut reader);
            if result.is_ok() {
                let mut pool = lock_readers(&readers);
                if pool.len() < READERS_MAX {
                    pool.push(reader);
                }
            }
            result
        });
        task.await.map_err(|error| JournalError::Unavailable(error.to_string()))?
    }

    fn writer(&self) -> Result<&WriterThread, JournalError> {
        self.writer
            .as_ref()
            .ok_or_else(|| JournalError::Unusable(format!("{} was opened for reading alone", self.path.display())))
    }
}

fn lock_readers(readers: &StdMutex<Vec<Reader>>) -> std::sync::MutexGuard<'_, Vec<Reader>> {
    readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn thread_gone<E>(_: E) -> JournalError {
    JournalError::Unavailable("the journal's thread has ended".into())
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        let writer = self.writer()?;
        let turn = Arc::clone(&writer.turn).lock_owned().await;
        let (reply, answer) = oneshot::channel();
        writer.tasks.send(Task::Begin { reply }).map_err(thread_gone)?;
        let head = answer.await.map_err(thread_gone)??;
        Ok(Box::new(SqliteAppend::new(head, writer.tasks.clone(), turn, self.changed.clone())))
    }

    async fn append(&self, batch: Arc<Batch>) -> Result<(), CommitError> {
        let writer = self.writer().map_err(CommitError::NotCommitted)?;
        let _turn = writer.turn.lock().await;
        let (reply, answer) = oneshot::channel();
        let position = batch.position;
        let gone = |error| CommitError::NotCommitted(thread_gone(error));
        writer.tasks.send(Task::Append { batch, reply }).map_err(gone)?;
        answer.await.map_err(|error| CommitError::Unknown(thread_gone(error)))??;
        self.changed.send_replace(position);
        Ok(())
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.read_with(|reader| read::head(&reader.journal)).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.read_with(move |reader| read::entries(&reader.journal, after, limit)).await
    }

    async fn check(
        &self,
        after: u64,
        limit: usize,
        maker: ChunkMaker,
    ) -> Result<(Chunk, Option<JournalError>), JournalError> {
        self.read_with(move |reader| read::checked(&reader.journal, after, limit, maker)).await
    }

    async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
        self.read_with(move |reader| read::leaves(&reader.journal, after, limit)).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        let commands = commands.to_vec();
        self.read_with(move |reader| {
            commands
                .iter()
                .map(|command| {
                    let count = usize::try_from(command.count).unwrap_or(usize::MAX);
                    super::whole(command, read::entries(&reader.journal, command.first.saturating_sub(1), count)?)
                })
                .collect()
        })
        .await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        let streams = streams.to_vec();
        self.read_with(move |reader| reader.streams(&streams, snapshots)).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.read_with(move |reader| read::events(&reader.journal, after, limit)).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        let keys = keys.to_vec();
        self.read_with(move |reader| reader.find(&keys)).await
    }

    async fn key_hashes(&self, tell: &(dyn Fn(Vec<u64>) + Send + Sync)) -> Result<(), JournalError> {
        let mut after = None;
        loop {
            let (hashes, next) = self.read_with(move |reader| reader.key_hashes(after, KEYS_PAGE)).await?;
            tell(hashes);
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        let writer = self.writer()?;
        let _turn = writer.turn.lock().await;
        let (reply, answer) = oneshot::channel();
        writer.tasks.send(Task::Snapshots { snapshots, reply }).map_err(thread_gone)?;
        answer.await.map_err(thread_gone)?
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKey>, JournalError> {
        self.read_with(|reader| read::signing_keys(&reader.journal)).await
    }

    async fn record_signing_keys(&self, keys: Vec<SigningKey>) -> Result<(), JournalError> {
        let writer = self.writer()?;
        let _turn = writer.turn.lock().await;
        let (reply, answer) = oneshot::channel();
        writer.tasks.send(Task::SigningKeys { keys, reply }).map_err(thread_gone)?;
        answer.await.map_err(thread_gone)?
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.read_with(move |reader| read::roots(&reader.journal, after, limit)).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let stream = stream.clone();
        self.read_with(move |reader| reader.stream_entries(&stream, after, limit)).await
    }

    async fn stream_rows(&self, after: u64, limit: usize) -> Result<Option<Vec<StreamRow>>, JournalError> {
        self.read_with(move |reader| read::stream_rows(&reader.journal, after, limit)).await.map(Some)
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
