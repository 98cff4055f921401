//! What the index is given, and what is let in before it.

use std::path::Path;

use rusqlite::Connection;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::channel;

use super::{IndexKeeper, LAYOUT, SharedTail, fits, indexed, write, writer};
use crate::journal::JournalError;
use crate::journal::sqlite::tail::{Part, Place};

/// A journal's events, each by a command of its own.
fn journal(events: u64) -> Connection {
    let journal = Connection::open_in_memory().expect("a database");
    journal
        .execute_batch(
            "CREATE TABLE event (position INTEGER PRIMARY KEY, stream_no INTEGER, sequence INTEGER, key TEXT, leaf BLOB)",
        )
        .expect("a table");
    for position in 1..=events {
        let row = (position, position, format!("k{position}"));
        journal.execute("INSERT INTO event VALUES (?1, 1, ?2, ?3, x'00')", row).expect("a row");
    }
    journal
}

fn part(after: u64, last: u64) -> Part {
    let positions = after + 1..=last;
    Part {
        after,
        last,
        keys: positions.clone().map(|position| (format!("k{position}").into(), position)).collect(),
        places: positions.map(|position| Place { stream_no: 1, sequence: position, position }).collect(),
    }
}

/// One whose thread has ended.
fn keeper(tail_max: usize) -> IndexKeeper {
    let (signals, _) = channel();
    let tail = SharedTail::default();
    IndexKeeper { tail, tail_max, last: Cell::new(0), signals: Some(signals), thread: None }
}

#[test]
fn the_index_refuses_what_does_not_follow_on() {
    let journal = journal(9);
    let mut index = writer(Path::new(":memory:")).expect("an index");
    let mut written = |parts: &[(u64, u64)]| {
        let parts: Vec<_> = parts.iter().map(|(after, last)| Arc::new(part(*after, *last))).collect();
        (write(&mut index, &journal, &parts).is_ok(), indexed(&index).expect("it is told"))
    };
    assert_eq!(written(&[(0, 2), (2, 3)]), (true, 3));
    assert_eq!(written(&[(4, 5)]), (false, 3), "4 is missing");
    assert_eq!(written(&[(3, 4), (5, 6)]), (false, 3), "5 is missing between them");
    assert_eq!(written(&[(2, 4)]), (false, 3), "3 is there already");
    assert_eq!(written(&[(3, 9)]), (true, 9));
}

#[test]
fn what_was_appended_untold_is_read_from_the_journal() {
    let (journal, keeper) = (journal(9), keeper(100));
    keeper.push(&journal, part(0, 2)).expect("it follows on");
    keeper.push(&journal, part(4, 5)).expect("3 and 4 are read");
    keeper.follow(&journal, 9).expect("the rest is read");
    let tail = keeper.tail.read();
    assert!((1..=9).all(|position| tail.key(&format!("k{position}")) == Some(position)));
    assert_eq!(tail.stream(1, 0), part(0, 9).places);
}

#[test]
fn a_journal_that_ends_before_what_the_index_holds_is_damaged() {
    let (journal, keeper) = (journal(3), keeper(100));
    keeper.follow(&journal, 3).expect("it follows on");
    assert!(matches!(keeper.follow(&journal, 2), Err(JournalError::Damaged { position: 2, .. })));
    assert!(matches!(keeper.follow(&journal, 4), Err(JournalError::Damaged { position: 3, .. })));
}

/// Counted, not timed: with its thread gone, an index takes no more than it was allowed.
#[test]
fn the_tail_has_an_end_where_nobody_writes_the_index() {
    let (journal, keeper) = (journal(2_000), keeper(100));
    let mut refused = 0;
    for position in 0..2_000 {
        match keeper.admits([format!("new{position}").as_str()].into_iter()) {
            Ok(()) => keeper.push(&journal, part(position, position + 1)).expect("it follows on"),
            Err(_) => refused += 1,
        }
    }
    assert_eq!((keeper.tail.read().unwritten(), refused), (100, 1_900));
}

#[test]
fn a_key_used_a_moment_ago_is_not_admitted() {
    let (journal, keeper) = (journal(2), keeper(100));
    keeper.push(&journal, part(0, 2)).expect("it follows on");
    assert!(keeper.admits(["k2"].into_iter()).is_err() && keeper.admits(["k3"].into_iter()).is_ok());
}

#[test]
fn an_index_of_another_layout_does_not_fit() {
    let journal = Connection::open_in_memory().expect("a database");
    let index = writer(Path::new(":memory:")).expect("an index");
    assert!(fits(&index, &journal).expect("it is told"));
    index.pragma_update(None, "user_version", LAYOUT - 1).expect("an older layout");
    assert!(!fits(&index, &journal).expect("it is told"));
}
