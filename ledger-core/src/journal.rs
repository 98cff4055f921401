//! The journal of one district: an append-only, totally ordered log of events, and the trait its backends meet.
//!
//! Positions are 1, 2, 3, … with no gap and no reuse, in commit order: they are given under the head's lock inside
//! the append's transaction. Backends are strangers to each other and meet in one contract suite.

pub mod batch;
pub mod entry;
pub mod error;
pub mod fingerprint;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod transfer;
pub mod upcast;
pub mod url;

use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

pub use batch::{Batch, BatchCommand, BatchEvent, NewStream};
pub use entry::{CommandRecord, Entry, Head, RecordedTime, SigningKey, Snapshot, StoredStream, StreamEvent, StreamRow};
pub use error::{CommitError, JournalError};

use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::evidence::verifier::{Chunk, ChunkMaker};

/// Keys read at once.
const KEYS_PAGE: usize = 10_000;

/// Eight bytes that stand for a key: a tree of numbers is half as large and twice as fast as one of texts. Who must be
/// sure tells keys apart that share them.
pub fn key_hash(key: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(Sha256::digest(key.as_bytes())).for_each(|(to, from)| *to = from);
    u64::from_be_bytes(bytes)
}

/// A journal. Reads may be called from anywhere at any time; writing goes through [`Journal::begin`], from one task.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Takes the head's lock: until the [`Append`] is committed or dropped, nobody else appends to this journal.
    ///
    /// # Errors
    /// [`JournalError`]; nothing is locked then.
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError>;

    /// Appends a batch in one step, durably, all or nothing: for whoever believes to know the head. The fence finds out.
    ///
    /// # Errors
    /// [`CommitError::Fenced`] when the head stands elsewhere, and whatever [`Append::commit`] can say.
    async fn append(&self, batch: Arc<Batch>) -> Result<(), CommitError> {
        let append = self.begin().await.map_err(CommitError::NotCommitted)?;
        if append.head().position != batch.after {
            append.release().await;
            return Err(CommitError::Fenced);
        }
        append.commit(batch).await
    }

    /// The head as last committed.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn head(&self) -> Result<Head, JournalError>;

    /// Entries after a position, in order, at most `limit`; fewer only at the head.
    ///
    /// # Errors
    /// [`JournalError`], also [`JournalError::Damaged`] where positions do not follow one another.
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError>;

    /// Entries after a position, checked by themselves as a verifier does it, at most `limit`; and, where the last of them
    /// is followed by one that cannot be read, why. A backend checks them as it reads them, without entries of their own.
    ///
    /// # Errors
    /// As [`Journal::read`], but for damage that stands behind an entry that can be read.
    async fn check(
        &self,
        after: u64,
        limit: usize,
        mut maker: ChunkMaker,
    ) -> Result<(Chunk, Option<JournalError>), JournalError> {
        let (entries, damage) = match self.read(after, limit).await {
            Err(JournalError::Damaged { position, what }) if position > after.saturating_add(1) => {
                let before = usize::try_from(position - after - 1).unwrap_or(usize::MAX).min(limit);
                (self.read(after, before).await?, Some(JournalError::Damaged { position, what }))
            }
            read => (read?, None),
        };
        let checked = tokio::task::spawn_blocking(move || {
            entries.iter().for_each(|entry| maker.push(&entry.view()));
            maker.finish()
        });
        Ok((checked.await.map_err(|error| JournalError::Unavailable(error.to_string()))?, damage))
    }

    /// The stored leaf hashes of entries after a position, in order, at most `limit`; fewer only at the head. What proofs
    /// are made from: a backend reads them without the entries.
    ///
    /// # Errors
    /// As [`Journal::read`].
    async fn leaves(&self, after: u64, limit: usize) -> Result<Vec<[u8; 32]>, JournalError> {
        Ok(self.read(after, limit).await?.into_iter().map(|entry| entry.leaf).collect())
    }

    /// The entries of commands found before, in the order asked.
    ///
    /// # Errors
    /// [`JournalError`], also [`JournalError::Damaged`] where one is not whole.
    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError>;

    /// The streams, each named once, in the order asked: with `snapshots`, their latest snapshots of our layout and the
    /// events after them, else all their events.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError>;

    /// The events after a position with the numbers of their streams, in order, at most `limit`; fewer only at the head.
    ///
    /// # Errors
    /// As [`Journal::read`].
    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError>;

    /// The commands recorded under these keys, in the order asked.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError>;

    /// Tells the hashes ([`key_hash`]) of the keys of all commands recorded when it is called, page by page; those recorded
    /// meanwhile may be among them.
    ///
    /// # Errors
    /// [`JournalError`]; some pages may have been told.
    async fn key_hashes(&self, tell: &(dyn Fn(Vec<u64>) + Send + Sync)) -> Result<(), JournalError> {
        let mut after = 0;
        loop {
            let entries = self.read(after, KEYS_PAGE).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.position;
            let begun = entries.iter().filter(|entry| entry.nth == 0);
            tell(begun.map(|entry| key_hash(&entry.command.key)).collect());
        }
    }

    /// Stores snapshots: only a shortcut for [`Journal::load`], thrown away when it cannot be read.
    ///
    /// # Errors
    /// [`JournalError`]; nothing is lost then but time.
    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError>;

    /// The public keys that are known to have signed for this journal, in the order they were recorded. A copy of the
    /// journal has them as well; a journal that is kept nowhere has none.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn signing_keys(&self) -> Result<Vec<SigningKey>, JournalError> {
        Ok(Vec::new())
    }

    /// Keeps public keys with the journal, before they sign; of one that is there the end alone changes.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn record_signing_keys(&self, keys: Vec<SigningKey>) -> Result<(), JournalError> {
        let _ = keys;
        Ok(())
    }

    /// The recorded roots `(size, root)` after a size, in order, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError>;

    /// The entries of a stream after a position, in order, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError>;

    /// Whether others than this process may append to it.
    fn is_shared(&self) -> bool {
        false
    }

    /// The rows after a number of the table that says which stream a number stands for, in order, at most `limit`. None where
    /// a journal has no such table, but its streams from the entries themselves.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn stream_rows(&self, _after: u64, _limit: usize) -> Result<Option<Vec<StreamRow>>, JournalError> {
        Ok(None)
    }

    /// Follows what anybody appends, as far as this process is told: a hint to look, which may come late or twice.
    fn changes(&self) -> watch::Receiver<u64>;
}

/// Cuts entries read for several commands into one list each, in the order asked.
///
/// # Errors
/// [`JournalError::Damaged`] where a command is not whole.
fn by_command(commands: &[CommandRecord], entries: Vec<Entry>) -> Result<Vec<Vec<Entry>>, JournalError> {
    let mut by_first: std::collections::HashMap<u64, Vec<Entry>> = std::collections::HashMap::new();
    for entry in entries {
        let first = entry.position.saturating_sub(u64::from(entry.nth));
        by_first.entry(first).or_default().push(entry);
    }
    commands
        .iter()
        .map(|command| {
            let found = by_first.get(&command.first).cloned().unwrap_or_default();
            if u32::try_from(found.len()) == Ok(command.count) {
                Ok(found)
            } else {
                let what = format!("a command of {} events has {}", command.count, found.len());
                Err(JournalError::Damaged { position: command.first, what })
            }
        })
        .collect()
}

/// Entries read for one command, if they are all of it and nothing else.
///
/// # Errors
/// [`JournalError::Damaged`].
fn whole(command: &CommandRecord, entries: Vec<Entry>) -> Result<Vec<Entry>, JournalError> {
    let own = (0..).zip(&entries).all(|(nth, entry)| entry.nth == nth);
    if own && u32::try_from(entries.len()) == Ok(command.count) {
        return Ok(entries);
    }
    let what = format!("no whole command of {} events begins here", command.count);
    Err(JournalError::Damaged { position: command.first, what })
}

/// An append in progress, under the head's lock. Dropping it gives the lock back and changes nothing.
#[async_trait]
pub trait Append: Send {
    /// The head under the lock.
    fn head(&self) -> &Head;

    /// Appends a batch that follows [`Append::head`], durably, all or nothing.
    ///
    /// # Errors
    /// [`CommitError`]: whether nothing happened, or whether that is unknown.
    async fn commit(self: Box<Self>, batch: Arc<Batch>) -> Result<(), CommitError>;

    /// Gives the lock back without a change.
    async fn release(self: Box<Self>);

    /// Gives the lock back, having made sure that nothing which was sent before and whose answer was lost can still land.
    ///
    /// # Errors
    /// [`JournalError`] when that is not sure.
    async fn bar_late(self: Box<Self>) -> Result<(), JournalError> {
        // Where appends are carried out one after the other, what was sent before has been.
        self.release().await;
        Ok(())
    }
}
