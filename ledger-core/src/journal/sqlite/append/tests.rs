//! The writing thread, asked as the journal asks it, where a COMMIT fails.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use rusqlite::{Connection, Error};
use tokio::sync::oneshot;

use super::{Committing, Task, connect, work_by};
use crate::domain::event::StreamId;
use crate::domain::ids::Key;
use crate::journal::fingerprint::Fingerprint;
use crate::journal::sqlite::index::{IndexKeeper, SharedTail};
use crate::journal::sqlite::reader::Reader;
use crate::journal::{Batch, BatchCommand, BatchEvent, CommitError, Head, JournalError, NewStream, RecordedTime};

/// A folder that is gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("nuanxin-append-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left costs a little room in a folder that is emptied by itself.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The thread at work on a file, and what readers see of its tail.
struct Working {
    tasks: Sender<Task>,
    tail: SharedTail,
    thread: std::thread::JoinHandle<()>,
}

impl Working {
    fn start(path: &Path, committing: Committing) -> Working {
        let connection = connect::writer(path).expect("a file");
        let index = IndexKeeper::open(path, &connection).expect("an index");
        let (tasks, waiting) = channel();
        let (tail, path) = (index.tail().clone(), path.to_owned());
        let thread = std::thread::spawn(move || work_by(committing, &path, connection, index, &waiting));
        Working { tasks, tail, thread }
    }

    fn ask<T>(&self, task: impl FnOnce(oneshot::Sender<T>) -> Task) -> T {
        let (reply, answer) = oneshot::channel();
        self.tasks.send(task(reply)).expect("it works");
        answer.blocking_recv().expect("it answers")
    }

    fn append(&self, after: u64) -> Result<(), CommitError> {
        self.ask(|reply| Task::Append { batch: Arc::new(batch(after)), reply })
    }

    fn begin(&self) -> Result<Head, JournalError> {
        let head = self.ask(|reply| Task::Begin { reply });
        self.tasks.send(Task::Rollback).expect("it works");
        head
    }

    /// Ends it as a server ends, so that its index is written.
    fn end(self) {
        self.ask(|reply| Task::Close { how: super::Closing::Shared, reply }).expect("it closes");
        self.thread.join().expect("it ends well");
    }
}

/// One more event of the one stream, by a command of its own.
fn batch(after: u64) -> Batch {
    let position = after + 1;
    let new = NewStream { stream_no: 1, stream: StreamId::Programme };
    Batch {
        after,
        position,
        streams: 1,
        recorded_at: RecordedTime::from_micros(0),
        new_streams: if after == 0 { vec![new] } else { Vec::new() },
        commands: vec![BatchCommand {
            first: position,
            count: 1,
            key: format!("k{position}").into(),
            fingerprint: Fingerprint::from_bytes([7; 16]),
            actor: "test".into(),
        }],
        events: vec![BatchEvent {
            position,
            nth: 0,
            stream_no: 1,
            sequence: position,
            event_type: "JournalOpened",
            payload: br#"{"origin":"o","suite":"sha-256","v":1}"#.to_vec(),
            leaf: [0; 32],
        }],
        frontier: Vec::new(),
        root: [0; 32],
    }
}

fn found(reader: &mut Reader, positions: std::ops::RangeInclusive<u64>) -> (Vec<Option<u64>>, usize) {
    let keys: Vec<Key> = positions.map(|position| format!("k{position}").parse().expect("a key")).collect();
    let firsts = reader.find(&keys).expect("keys are looked up");
    let streams = reader.streams(&[StreamId::Programme], false).expect("a stream is read");
    (firsts.into_iter().map(|found| found.map(|found| found.first)).collect(), streams[0].events.len())
}

/// The third says that it failed, and did not.
fn lands_and_fails(open: &Connection) -> rusqlite::Result<()> {
    let position: i64 = open.query_row("SELECT position FROM head", [], |row| row.get(0))?;
    open.execute_batch("COMMIT")?;
    if position == 3 { Err(Error::InvalidQuery) } else { Ok(()) }
}

#[test]
fn a_commit_that_failed_and_landed_is_in_the_index_before_anything_else_happens() {
    let folder = Folder::new("landed");
    let path = folder.0.join("journal.db");
    let working = Working::start(&path, lands_and_fails);
    assert!(working.append(0).is_ok() && working.append(1).is_ok());
    assert!(matches!(working.append(2), Err(CommitError::Unknown(_))));
    assert_eq!(working.begin().expect("the lock is taken").position, 3);
    let mut beside = Reader::open(&path, Some(working.tail.clone())).expect("a reader");
    assert_eq!(found(&mut beside, 1..=4), (vec![Some(1), Some(2), Some(3), None], 3));
    assert!(working.append(3).is_ok());
    working.end();
    // What the file says, once it is written.
    let mut alone = Reader::open(&path, None).expect("a reader");
    assert_eq!(found(&mut alone, 1..=4), (vec![Some(1), Some(2), Some(3), Some(4)], 4));
}

#[test]
fn a_commit_that_failed_and_did_not_land_leaves_nothing() {
    let folder = Folder::new("lost");
    let path = folder.0.join("journal.db");
    let working = Working::start(&path, |open| {
        let position: i64 = open.query_row("SELECT position FROM head", [], |row| row.get(0))?;
        if position == 2 { Err(Error::InvalidQuery) } else { open.execute_batch("COMMIT") }
    });
    assert!(working.append(0).is_ok());
    assert!(matches!(working.append(1), Err(CommitError::Unknown(_))));
    assert_eq!(working.begin().expect("the lock is taken").position, 1);
    let mut beside = Reader::open(&path, Some(working.tail.clone())).expect("a reader");
    assert_eq!(found(&mut beside, 1..=2), (vec![Some(1), None], 1));
    drop(beside);
    working.end();
}
