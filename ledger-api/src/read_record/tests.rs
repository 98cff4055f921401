//! The record of readers on SQLite: written in a moment, whole after a stop, told newest first.

use ledger_core::journal::url::JournalUrl;

use super::{ReadBy, ReadRecord};

const BY: ReadBy<'_> = ReadBy { reader: "U-1", role: "operator", what: "balance" };

async fn open(folder: &tempfile::TempDir) -> ReadRecord {
    ReadRecord::open(&JournalUrl::Sqlite(folder.path().join("nuanxin.db"))).await.unwrap()
}

#[tokio::test]
async fn a_read_is_told_to_its_subject_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let record = open(&folder).await;
    record.note(BY, ["W1", "W2"]);
    record.note_everybody(ReadBy { what: "report", role: "auditor", reader: "U-2" });
    let told = record.of("W1", None, 10).await.unwrap();
    let told: Vec<(&str, &str, bool)> =
        told.iter().map(|read| (read.reader.as_str(), read.what.as_str(), read.of_everybody)).collect();
    assert_eq!(told, [("U-2", "report", true), ("U-1", "balance", false)]);
    assert_eq!(record.of("W3", None, 10).await.unwrap().len(), 1, "everybody's alone");
}

#[tokio::test]
async fn reads_are_told_page_by_page_from_the_newest_on() {
    let folder = tempfile::tempdir().unwrap();
    let record = open(&folder).await;
    for what in ["a", "b", "c", "d", "e"] {
        record.note(ReadBy { what, ..BY }, ["W1"]);
    }
    let (mut before, mut told) = (None, Vec::new());
    loop {
        let page = record.of("W1", before, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id.parse().unwrap());
        told.extend(page.into_iter().map(|read| read.what));
    }
    assert_eq!(told, ["e", "d", "c", "b", "a"]);
}

#[tokio::test]
async fn nothing_is_lost_by_a_stop_right_after_many_reads() {
    let folder = tempfile::tempdir().unwrap();
    let record = open(&folder).await;
    let workers: Vec<String> = (0..12_000).map(|number| format!("W{number}")).collect();
    record.note(BY, workers.iter().map(String::as_str));
    record.stop().await;
    drop(record);
    let record = open(&folder).await;
    for worker in ["W0", "W4999", "W5000", "W11999"] {
        assert_eq!(record.of(worker, None, 10).await.unwrap().len(), 1, "{worker}");
    }
}

#[tokio::test]
async fn the_same_read_many_times_in_a_moment_is_one_row_and_later_another() {
    let folder = tempfile::tempdir().unwrap();
    let record = open(&folder).await;
    for _ in 0..100 {
        record.note(BY, ["W1"]);
    }
    assert_eq!(record.of("W1", None, 10).await.unwrap().len(), 1);
    record.note(BY, ["W1"]);
    assert_eq!(record.of("W1", None, 10).await.unwrap().len(), 2);
}
