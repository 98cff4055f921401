//! The contract of view stores, with the one in memory as the measure.

use std::path::Path;
use std::sync::Arc;

use nuanxin_tests::scratch_dir;
use projections::ViewError;
use projections::fold::Change;
use projections::store::postgres::PostgresViews;
use projections::store::sqlite::SqliteViews;
use projections::store::{Checkpoint, ViewStore};
use projections::views::NAMES;

use crate::backends::Backend;
use crate::memory_views::MemoryViews;

pub(crate) fn sqlite() -> Arc<dyn ViewStore> {
    Arc::new(SqliteViews::open(&scratch_dir("contract").join("nuanxin.views.db")).expect("SQLite opens"))
}

pub(crate) async fn postgres() -> Arc<dyn ViewStore> {
    let Backend::Postgres { url, schema } = Backend::postgres() else { unreachable!("PostgreSQL was asked for") };
    Arc::new(PostgresViews::open(&url, &schema).await.expect("PostgreSQL opens"))
}

/// A checkpoint at a position, of a journal whose leaves are all the same.
fn at(position: u64) -> Checkpoint {
    Checkpoint { position, leaf: [if position == 0 { 0 } else { 7 }; 32] }
}

fn put(key: &str, row: &[u8]) -> Change {
    (key.to_owned(), Some(row.to_vec()))
}

fn texts(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

pub(crate) async fn an_empty_store_stands_at_zero(store: Arc<dyn ViewStore>) {
    assert_eq!(store.checkpoint().await.expect("a checkpoint"), at(0));
    for view in NAMES {
        assert!(store.scan(view, "", "", 10).await.expect("rows").is_empty());
        assert_eq!(store.get(view, &texts(&["a", "b"])).await.expect("rows"), [None, None]);
        assert!(store.get(view, &[]).await.expect("rows").is_empty());
    }
}

pub(crate) async fn rows_are_written_over_deleted_and_found(store: Arc<dyn ViewStore>) {
    let written = vec![("balance", vec![put("W1", b"one"), put("W2", b"two")]), ("hold", vec![put("W1", b"hold")])];
    store.write(at(0), at(5), written).await.expect("rows are written");
    let changed = vec![("balance", vec![put("W1", b"\0\xff"), ("W2".into(), None), ("W9".into(), None)])];
    store.write(at(5), at(6), changed).await.expect("rows are written");
    assert_eq!(store.checkpoint().await.expect("a checkpoint"), at(6));
    let asked = texts(&["W3", "W1", "W2", "W1", ""]);
    let one = Some(b"\0\xff".to_vec());
    assert_eq!(store.get("balance", &asked).await.expect("rows"), [None, one.clone(), None, one, None]);
    assert_eq!(store.get("hold", &texts(&["W1"])).await.expect("rows"), [Some(b"hold".to_vec())]);
    store.write(at(6), at(9), Vec::new()).await.expect("a checkpoint moves without rows");
    assert_eq!(store.checkpoint().await.expect("a checkpoint"), at(9));
}

pub(crate) async fn scans_are_those_of_ordered_bytes(store: Arc<dyn ViewStore>) {
    let keys = [
        "W1/1",
        "W1/10",
        "W1/2",
        "W1",
        "W10/1",
        "W1\u{10ffff}",
        "W1/\u{10ffff}",
        "w1/1",
        "Z",
        "a",
        "é",
        "e\u{301}",
        "一/1",
        "一/2",
        "丁/1",
        "𠮷/1",
        "\u{d7ff}/1",
        "\u{e000}/1",
        "\u{ffff}",
        "%",
        "_",
        "W_/1",
        "W%/1",
        "'",
        "\\",
    ];
    let measure = MemoryViews::default();
    for store in [store.as_ref(), &measure as &dyn ViewStore] {
        let rows = keys.iter().map(|key| put(key, key.as_bytes())).collect();
        store.write(at(0), at(1), vec![("card_branch", rows)]).await.expect("rows are written");
    }
    let prefixes =
        ["", "W1/", "W1", "W", "W_", "W%", "一/", "一", "𠮷", "\u{d7ff}", "\u{ffff}", "\u{10ffff}", "zz", "'"];
    let afters = ["", "W1/1", "W1/10", "W1/", "Z", "一/1", "\u{10ffff}", "%", "nobody"];
    for prefix in prefixes {
        for after in afters {
            for limit in [0, 1, 2, 100, usize::MAX] {
                let found = store.scan("card_branch", prefix, after, limit).await.expect("rows");
                let expected = measure.scan("card_branch", prefix, after, limit).await.expect("rows");
                assert_eq!(found, expected, "prefix {prefix:?}, after {after:?}, limit {limit}");
            }
        }
    }
}

pub(crate) async fn a_checkpoint_that_stands_elsewhere_writes_nothing(store: Arc<dyn ViewStore>) {
    store.write(at(0), at(5), vec![("balance", vec![put("W1", b"one")])]).await.expect("rows are written");
    let elsewhere = Checkpoint { leaf: [8; 32], ..at(5) };
    for from in [at(0), at(4), at(6), elsewhere] {
        let written = store.write(from, at(9), vec![("balance", vec![put("W1", b"two"), put("W2", b"two")])]).await;
        assert!(matches!(written, Err(ViewError::Moved)), "from {from:?}: {written:?}");
        assert_eq!(store.checkpoint().await.expect("a checkpoint"), at(5));
        let rows = store.scan("balance", "", "", 10).await.expect("rows");
        assert_eq!(rows, [("W1".to_owned(), b"one".to_vec())]);
    }
    store.write(at(5), at(9), vec![("balance", vec![put("W1", b"two")])]).await.expect("rows are written");
}

pub(crate) async fn a_store_begun_anew_is_as_an_empty_one(store: Arc<dyn ViewStore>) {
    let written = || vec![("balance", vec![put("W1", b"one")]), ("hold", vec![put("W1", b"hold")])];
    store.write(at(0), at(5), written()).await.expect("rows are written");
    let elsewhere = Checkpoint { leaf: [8; 32], ..at(5) };
    for from in [at(0), at(4), elsewhere] {
        let restarted = store.restart(from).await;
        assert!(matches!(restarted, Err(ViewError::Moved)), "from {from:?}: {restarted:?}");
        assert_eq!(store.scan("hold", "", "", 10).await.expect("rows").len(), 1);
    }
    store.restart(at(5)).await.expect("rows are thrown away");
    an_empty_store_stands_at_zero(Arc::clone(&store)).await;
    // Whoever wrote before knows rows that are gone.
    let late = store.write(at(5), at(6), written()).await;
    assert!(matches!(late, Err(ViewError::Moved)), "{late:?}");
    store.write(at(0), at(3), written()).await.expect("rows are written");
}

/// Two servers carry the same views along: one writes, the other is told and goes on from there.
#[tokio::test]
async fn of_two_servers_one_writes_and_the_other_is_told() {
    let Backend::Postgres { url, schema } = Backend::postgres() else { unreachable!("PostgreSQL was asked for") };
    let one = PostgresViews::open(&url, &schema).await.expect("PostgreSQL opens");
    let other = PostgresViews::open(&url, &schema).await.expect("PostgreSQL opens");
    for round in 0..5 {
        let rows = || vec![("balance", vec![put("W1", format!("{round}").as_bytes())])];
        let (first, second) =
            tokio::join!(one.write(at(round), at(round + 1), rows()), other.write(at(round), at(round + 1), rows()));
        assert!(first.is_ok() != second.is_ok(), "{first:?}, {second:?}");
        assert!(matches!(first.and(second), Err(ViewError::Moved)));
    }
    assert_eq!(other.checkpoint().await.expect("a checkpoint"), at(5));
}

#[tokio::test]
async fn a_second_keeper_of_a_file_is_told_who_holds_it_and_readers_are_not() {
    let path = scratch_dir("contract").join("nuanxin.views.db");
    assert!(SqliteViews::open_read_only(&path).is_err(), "there are none yet");
    let keeper = SqliteViews::open(&path).expect("SQLite opens");
    let second = SqliteViews::open(&path).map(drop);
    let Err(ViewError::InUse(who)) = second else { panic!("two keepers: {second:?}") };
    assert!(who.contains(&format!("process {}", std::process::id())), "{who}");

    keeper.write(at(0), at(5), vec![("balance", vec![put("W1", b"one")])]).await.expect("rows are written");
    let reader = SqliteViews::open_read_only(&path).expect("it opens beside the keeper");
    assert_eq!(reader.checkpoint().await.expect("a checkpoint"), at(5));
    assert!(matches!(reader.write(at(5), at(6), Vec::new()).await, Err(ViewError::InUse(_))));
    drop(keeper);
    assert_eq!(SqliteViews::open(&path).expect("it opens again").checkpoint().await.expect("a checkpoint"), at(5));
}

#[tokio::test]
async fn views_that_a_power_cut_may_have_torn_are_made_anew_and_those_of_a_killed_process_go_on() {
    let path = scratch_dir("contract").join("nuanxin.views.db");
    let mark = path.with_file_name("nuanxin.views.db.unsynced");
    let keeper = SqliteViews::open(&path).expect("SQLite opens");
    keeper.write(at(0), at(5), vec![("balance", vec![put("W1", b"one")])]).await.expect("rows are written");
    assert!(mark.exists(), "nothing was synced yet");

    // What a process leaves behind that is killed now.
    let killed = scratch_dir("contract").join("nuanxin.views.db");
    for suffix in ["", "-wal", ".unsynced"] {
        let name = |path: &Path| path.with_file_name(format!("nuanxin.views.db{suffix}"));
        std::fs::copy(name(&path), name(&killed)).expect("a file is copied");
    }
    drop(keeper);
    assert!(!mark.exists(), "all is synced");

    let reader = SqliteViews::open_read_only(&killed).expect("it opens");
    assert_eq!(reader.checkpoint().await.expect("a checkpoint"), at(5));
    drop(reader);
    let keeper = SqliteViews::open(&killed).expect("it opens again");
    assert_eq!(keeper.checkpoint().await.expect("a checkpoint"), at(5));
    drop(keeper);

    for other_start in ["00000000-0000-0000-0000-000000000000", ""] {
        std::fs::write(&mark, other_start).expect("a mark is written");
        // Torn pages are not even looked at.
        std::fs::write(path.with_file_name("nuanxin.views.db-wal"), [7; 5_000]).expect("a log is torn");
        let Err(ViewError::Unavailable(what)) = SqliteViews::open_read_only(&path).map(drop) else {
            panic!("torn views are read");
        };
        assert!(what.contains("start the server once"), "{what}");
        let keeper = SqliteViews::open(&path).expect("it opens");
        assert_eq!(keeper.checkpoint().await.expect("a checkpoint"), at(0));
        assert_eq!(keeper.get("balance", &["W1".to_owned()]).await.expect("no row"), [None]);
        keeper.write(at(0), at(5), vec![("balance", vec![put("W1", b"one")])]).await.expect("rows are written");
        drop(keeper);
        let reader = SqliteViews::open_read_only(&path).expect("it opens");
        assert_eq!(reader.checkpoint().await.expect("a checkpoint"), at(5));
    }
}
