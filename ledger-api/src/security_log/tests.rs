//! The security log on SQLite: counted by kind, bounded, kept over a stop.

use ledger_core::journal::url::JournalUrl;

use super::{KINDS_MAX, SecurityLog};

async fn open(folder: &tempfile::TempDir) -> SecurityLog {
    SecurityLog::open(&JournalUrl::Sqlite(folder.path().join("nuanxin.db"))).await.unwrap()
}

#[tokio::test]
async fn refusals_of_one_kind_are_counted_and_told_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for _ in 0..3 {
        log.note("forbidden", "U-1", "10.0.0.1", "GET /v1/events");
    }
    assert_eq!(log.newest(None, "", 10).await.unwrap()[0].times, 3);
    log.note("unauthenticated", "", "10.0.0.2", "GET /v1/workers");
    let told = log.newest(None, "", 10).await.unwrap();
    let kinds: Vec<(&str, i64)> = told.iter().map(|one| (one.code.as_str(), one.times)).collect();
    assert_eq!(kinds, [("unauthenticated", 1), ("forbidden", 3)]);
    assert_eq!(log.newest(None, "forbidden", 10).await.unwrap().len(), 1);
    let next = log.newest(Some(told[0].id.parse().unwrap()), "", 10).await.unwrap();
    assert_eq!(next, told[1..]);
}

#[tokio::test]
async fn a_flood_of_kinds_is_counted_together_and_nothing_is_lost_by_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for number in 0..KINDS_MAX + 500 {
        log.note("unauthenticated", "", &number.to_string(), "GET /v1/workers");
    }
    log.stop().await;
    drop(log);
    let told = open(&folder).await.newest(None, "", 10_000).await.unwrap();
    assert_eq!(told.len(), KINDS_MAX + 1);
    assert_eq!(told.iter().map(|one| one.times).sum::<i64>(), i64::try_from(KINDS_MAX + 500).unwrap());
}
