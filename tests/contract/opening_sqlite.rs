//! Opening a journal in a file: one writer at a time, readers beside it, versions forward only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::{Journal, JournalError};
use nuanxin_tests::scratch_dir;

use crate::batches::{Author, departed, furnished};

/// How long a program may take to start on a machine under load.
const STARTING_MAX: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_second_writer_is_told_who_holds_the_journal() {
    let path = scratch_dir("contract").join("nuanxin.db");
    let journal = SqliteJournal::open(&path).expect("it opens");
    let second = SqliteJournal::open(&path).map(drop);
    let Err(JournalError::InUse(who)) = second else { panic!("two writers: {second:?}") };
    assert!(who.contains(&format!("process {}", std::process::id())), "{who}");
    let author = furnished(&journal).await;
    author.check(&journal).await;
    drop(journal);
    author.check(&open_again(&path).await).await;
}

/// Opens what was closed a moment ago. Other tests start programs meanwhile: until such a one is itself, it holds all that this
/// process had open, the lock among it.
async fn open_again(path: &Path) -> SqliteJournal {
    let closed = Instant::now();
    loop {
        match SqliteJournal::open(path) {
            Err(JournalError::InUse(_)) if closed.elapsed() < STARTING_MAX => {
                tokio::time::sleep(STARTING_MAX / 100).await
            }
            opened => return opened.expect("it opens again"),
        }
    }
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let path = scratch_dir("contract").join("deep/below/nuanxin.db");
    let mut author = Author::new();
    for round in 0..4 {
        let journal = open_again(&path).await;
        if round == 0 {
            author = furnished(&journal).await;
        }
        author.append(&journal, &[(&format!("round/{round}"), vec![departed("W4", "又一年")])]).await;
        author.check(&journal).await;
        journal.close().await.expect("it closes");
    }
}

#[tokio::test]
async fn a_closed_journal_is_one_file() {
    let path = scratch_dir("contract").join("nuanxin.db");
    let journal = SqliteJournal::open(&path).expect("it opens");
    let author = furnished(&journal).await;
    journal.close().await.expect("it closes");
    let moved = path.with_file_name("moved.db");
    std::fs::rename(&path, &moved).expect("one file is moved");
    author.check(&SqliteJournal::open(&moved).expect("it opens elsewhere")).await;
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_beside_it_and_writes_nothing() {
    let path = scratch_dir("contract").join("nuanxin.db");
    let missing = SqliteJournal::open_read_only(&path).map(drop);
    assert!(matches!(missing, Err(JournalError::Unusable(_))), "{missing:?}");
    assert!(!path.exists(), "looking for a journal makes none");

    let writer = SqliteJournal::open(&path).expect("it opens");
    let reader = SqliteJournal::open_read_only(&path).expect("it opens beside the writer");
    let mut author = furnished(&writer).await;
    author.check(&reader).await;
    let append = writer.begin().await.expect("the lock is taken");
    author.check(&reader).await;
    let batch = author.batch(&[("f", vec![departed("W4", "之后")])]);
    append.commit(Arc::new(batch)).await.expect("the batch is committed");
    author.check(&reader).await;
    let begun = reader.begin().await.map(drop);
    assert!(matches!(begun, Err(JournalError::Unusable(_))), "{begun:?}");
    assert!(reader.store_snapshots(Vec::new()).await.is_err());

    drop(writer);
    author.check(&reader).await;
    author.check(&SqliteJournal::open_read_only(&path).expect("it opens alone")).await;
}

#[tokio::test]
async fn a_file_of_a_newer_another_or_no_program_is_left_alone() {
    let dir = scratch_dir("contract");
    let newer = dir.join("newer.db");
    drop(SqliteJournal::open(&newer).expect("it opens"));
    set_version(&newer, 99);
    let text = dir.join("text.db");
    std::fs::write(&text, "这不是一个数据库，只是一段很长的文字。".repeat(100)).expect("a file is written");
    let other = dir.join("other.db");
    let connection = rusqlite::Connection::open(&other).expect("SQLite opens");
    connection.execute_batch("CREATE TABLE event (name TEXT)").expect("a table is made");
    drop(connection);
    for path in [&newer, &text, &other] {
        let before = std::fs::read(path).expect("a file is read");
        for opened in [SqliteJournal::open(path).map(drop), SqliteJournal::open_read_only(path).map(drop)] {
            assert!(opened.is_err(), "{}", path.display());
        }
        assert!(std::fs::read(path).expect("a file is read") == before, "{} was changed", path.display());
    }
    let opened = SqliteJournal::open(&newer).map(drop);
    assert!(matches!(&opened, Err(JournalError::Unusable(what)) if what.contains("99")), "{opened:?}");
}

fn set_version(path: &Path, version: u32) {
    let connection = rusqlite::Connection::open(path).expect("SQLite opens");
    connection.pragma_update(None, "user_version", version).expect("a version is written");
}

/// A journal as the first version laid it out: commands in a table of their own, indexes in the file.
const FIRST_LAYOUT: &str = "
    CREATE TABLE command (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
                          actor TEXT NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
    INSERT INTO command SELECT position, count, key, fingerprint, actor, recorded_at FROM event WHERE nth = 0;
    CREATE UNIQUE INDEX command_key ON command (key);
    ALTER TABLE event DROP COLUMN count;
    ALTER TABLE event DROP COLUMN key;
    ALTER TABLE event DROP COLUMN fingerprint;
    ALTER TABLE event DROP COLUMN actor;
    ALTER TABLE event DROP COLUMN recorded_at;
    CREATE UNIQUE INDEX event_stream ON event (stream_no, sequence);
    DROP TABLE signing_key;
    PRAGMA user_version = 1;";

#[tokio::test]
async fn a_journal_of_the_first_layout_is_brought_to_this_one() {
    let (path, mut author) = left_behind().await;
    std::fs::remove_file(path.with_file_name("nuanxin.db.index")).expect("the first version had no index beside it");
    let first = rusqlite::Connection::open(&path).expect("a journal is a database");
    first.execute_batch(FIRST_LAYOUT).expect("the first layout");
    first.close().expect("the file is closed");

    assert!(
        matches!(SqliteJournal::open_read_only(&path).map(drop), Err(JournalError::Unusable(_))),
        "a reader migrates"
    );
    let journal = SqliteJournal::open(&path).expect("it is brought to this version");
    author.check(&journal).await;
    let found = journal.find(&["c".parse().expect("a key")]).await.expect("keys");
    assert_eq!(found[0].as_ref().map(|found| (found.first, found.count)), Some((4, 3)));
    author.append(&journal, &[("f", vec![departed("W4", "之后")])]).await;
    author.check(&journal).await;
}

/// A journal that was written and closed: its file, and what is in it.
async fn left_behind() -> (PathBuf, Author) {
    let path = scratch_dir("contract").join("nuanxin.db");
    let journal = SqliteJournal::open(&path).expect("it opens");
    let author = furnished(&journal).await;
    journal.close().await.expect("it closes");
    (path, author)
}

/// Overwrites pages of a closed file, counted from 1.
fn garble(path: &Path, is_hit: impl Fn(usize) -> bool) {
    const PAGE: usize = 4_096;
    let mut bytes = std::fs::read(path).expect("the file is read");
    for (_, page) in (1..).zip(bytes.chunks_mut(PAGE)).filter(|(number, _)| is_hit(*number)) {
        page.fill(0xa5);
    }
    std::fs::write(path, bytes).expect("the file is written");
}

#[tokio::test]
async fn an_index_that_cannot_be_opened_any_more_is_made_anew() {
    let (path, author) = left_behind().await;
    let index = path.with_file_name("nuanxin.db.index");
    for first_hit in [1, 2] {
        garble(&index, |page| page >= first_hit);
        let journal = SqliteJournal::open(&path).expect("it opens all the same");
        author.check(&journal).await;
        journal.close().await.expect("it closes");
        assert_finds_c(&path).await;
    }
}

/// The key is in the index itself: nothing is in memory after a start.
async fn assert_finds_c(path: &Path) {
    let journal = SqliteJournal::open(path).expect("it opens");
    let found = journal.find(&["c".parse().expect("a key")]).await.expect("keys");
    assert_eq!(found[0].as_ref().map(|found| (found.first, found.count)), Some((4, 3)));
    journal.close().await.expect("it closes");
}

fn assert_told<T: std::fmt::Debug>(told: &Result<T, JournalError>) {
    let cure = |what: &str| what.contains("nuanxin.db.index is damaged") && what.contains("start the server again");
    assert!(matches!(told, Err(JournalError::Unavailable(what)) if cure(what)), "{told:?}");
}

#[tokio::test]
async fn an_index_that_turns_out_to_be_damaged_says_so_and_is_made_anew_by_the_next_start() {
    let (path, author) = left_behind().await;
    let index = path.with_file_name("nuanxin.db.index");
    let root: usize = {
        let index = rusqlite::Connection::open(&index).expect("an index is a database");
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'command_key'";
        index.query_row(sql, [], |row| row.get(0)).expect("the table's first page")
    };
    garble(&index, |page| page == root);

    let journal = SqliteJournal::open(&path).expect("nobody has looked there yet");
    assert_told(&journal.find(&["c".parse().expect("a key")]).await);
    journal.close().await.expect("it closes");
    assert_is_made_anew(&path, &author).await;
}

/// By the next start, which finds the mark; the one after that finds the key in the file.
async fn assert_is_made_anew(path: &Path, author: &Author) {
    let mark = path.with_file_name("nuanxin.db.index.damaged");
    assert!(mark.exists(), "nobody left a mark");
    let journal = SqliteJournal::open(path).expect("it is made anew");
    author.check(&journal).await;
    journal.close().await.expect("it closes");
    assert!(!mark.exists(), "the mark is left");
    assert_finds_c(path).await;
}

#[tokio::test]
async fn a_reader_that_meets_a_row_that_is_none_marks_the_index() {
    let (path, author) = left_behind().await;
    let streams: BTreeSet<_> = author.entries.iter().map(|entry| entry.event().expect("an event").stream()).collect();
    let streams = Vec::from_iter(streams);
    let index = rusqlite::Connection::open(path.with_file_name("nuanxin.db.index")).expect("an index is a database");
    // Two that are no rows, and one that is: a single event at position 5, for every stream.
    for damage in ["x'c1'", "x'92'", "x'9105'"] {
        index.execute(&format!("UPDATE stream_part SET positions = {damage}"), []).expect("rows are written");
        let reader = SqliteJournal::open_read_only(&path).expect("a reader");
        assert_told(&reader.load(&streams, false).await);
        let mut told = Vec::new();
        for stream in &streams {
            told.push(reader.read_stream(stream, 0, 100).await);
        }
        assert_told(told.iter().find(|told| told.is_err()).expect("no stream is where it says"));
    }
    drop(index);
    assert_is_made_anew(&path, &author).await;
}

#[tokio::test]
async fn a_server_whose_index_was_taken_away_takes_no_key_for_a_new_one() {
    let (path, _) = left_behind().await;
    let journal = SqliteJournal::open(&path).expect("it opens");
    std::fs::remove_file(path.with_file_name("nuanxin.db.index")).expect("the index is removed");
    let found = journal.find(&["c".parse().expect("a key")]).await;
    assert!(
        matches!(&found, Err(JournalError::Unavailable(what)) if what.contains("start the server again")),
        "{found:?}"
    );
    journal.close().await.expect("it closes");
    assert_finds_c(&path).await;
}
