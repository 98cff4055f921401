//! What callers are told when a commit's answer is lost, or when what belongs beside a command cannot be kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use axum::http::Method;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::Key;
use ledger_core::journal::{
    Append, Batch, CommandRecord, CommitError, Entry, Head, Journal, JournalError, Snapshot, StoredStream, StreamEvent,
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::support::{Edge, Told};

/// A journal that, once told to, appends what it is given, loses the answer and is away from then on.
struct Losing {
    journal: Arc<dyn Journal>,
    loses: Arc<AtomicBool>,
}

fn away() -> JournalError {
    JournalError::Unavailable("the line is cut".into())
}

#[async_trait]
impl Journal for Losing {
    async fn begin(&self) -> Result<Box<dyn Append>, JournalError> {
        if self.loses.load(Ordering::SeqCst) { Err(away()) } else { self.journal.begin().await }
    }

    async fn append(&self, batch: Arc<Batch>) -> Result<(), CommitError> {
        self.journal.append(batch).await?;
        if self.loses.load(Ordering::SeqCst) { Err(CommitError::Unknown(away())) } else { Ok(()) }
    }

    async fn head(&self) -> Result<Head, JournalError> {
        self.journal.head().await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.journal.read(after, limit).await
    }

    async fn read_commands(&self, commands: &[CommandRecord]) -> Result<Vec<Vec<Entry>>, JournalError> {
        self.journal.read_commands(commands).await
    }

    async fn load(&self, streams: &[StreamId], snapshots: bool) -> Result<Vec<StoredStream>, JournalError> {
        self.journal.load(streams, snapshots).await
    }

    async fn stream_events(&self, after: u64, limit: usize) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
        self.journal.stream_events(after, limit).await
    }

    async fn find(&self, keys: &[Key]) -> Result<Vec<Option<CommandRecord>>, JournalError> {
        self.journal.find(keys).await
    }

    async fn store_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<(), JournalError> {
        self.journal.store_snapshots(snapshots).await
    }

    async fn roots(&self, after: u64, limit: usize) -> Result<Vec<(u64, [u8; 32])>, JournalError> {
        self.journal.roots(after, limit).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.journal.read_stream(stream, after, limit).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.journal.changes()
    }
}

fn worker(id: &str) -> Value {
    json!({"key": format!("register-{id}"), "command": "register_worker", "id": id, "occupation": "骑手", "name": "赵六"})
}

async fn give(edge: &Edge, atomic: bool, items: &Value) -> Told {
    let path = format!("/v1/batch?atomic={atomic}");
    edge.send(edge.request(Method::POST, &path, &edge.desk), items.to_string()).await
}

/// Whether anything in an answer says that nothing was recorded.
fn says_nothing_was_recorded(told: &Told) -> bool {
    told.body.to_string().contains("nothing was recorded")
}

#[tokio::test]
async fn a_batch_whose_commit_was_lost_is_unknown_as_a_whole_and_command_by_command() {
    let loses = Arc::new(AtomicBool::new(false));
    let cut = Arc::clone(&loses);
    let edge = Edge::over(|journal| Arc::new(Losing { journal, loses: cut })).await.set_up().await;
    let items = json!([worker("N1"), worker("N2")]);
    for atomic in [true, false] {
        loses.store(true, Ordering::SeqCst);
        let lost = give(&edge, atomic, &items).await;
        if atomic {
            assert_eq!(lost.no(), (503, "journal_unavailable"), "{lost:?}");
            assert_eq!(lost.body["outcome"], "unknown", "{lost:?}");
            assert!(lost.header("retry-after").is_some(), "{lost:?}");
            let results = lost.body["results"].as_array().expect("one a command");
            assert_eq!(results.len(), 2);
            for one in results {
                assert_eq!((&one["status"], &one["body"]["outcome"]), (&json!(503), &json!("unknown")), "{lost:?}");
            }
        } else {
            // Both were recorded before, and are answered as they were.
            assert_eq!(lost.status.as_u16(), 200, "{lost:?}");
        }
        assert!(!says_nothing_was_recorded(&lost), "{lost:?}");
        loses.store(false, Ordering::SeqCst);
        let again = give(&edge, atomic, &items).await;
        assert_eq!(again.status.as_u16(), 200, "{again:?}");
        let results = again.body["results"].as_array().expect("one a command");
        assert!(results.iter().all(|one| one["status"] == 201 && one["replayed"] == true), "{again:?}");
        assert_eq!(edge.get("/v1/workers/N2").await.body["name"], "赵六", "asking again keeps the name");
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_kept_takes_nothing_back_and_is_told_as_what_is_missing() {
    let edge = Edge::with_district().await;
    let vault = rusqlite::Connection::open(edge.file("nuanxin.vault.db")).unwrap();
    vault.execute_batch("ALTER TABLE person_field RENAME TO away").unwrap();
    for atomic in [true, false] {
        let id = if atomic { "N1" } else { "N2" };
        let told = give(
            &edge,
            atomic,
            &json!([worker(id), {"key": format!("r-{id}"), "command": "restock",
            "store": "S1", "sku": "P1", "quantity": 3}]),
        )
        .await;
        assert_eq!(told.status.as_u16(), 200, "all of it took effect: {told:?}");
        let results = &told.body["results"];
        assert_eq!(
            (&results[0]["status"], &results[0]["body"]["outcome"]),
            (&json!(503), &json!("committed")),
            "{told:?}"
        );
        assert_eq!(results[1]["status"], 201, "{told:?}");
        assert_eq!(told.body["position"], results[1]["body"]["position"], "{told:?}");
        assert!(!says_nothing_was_recorded(&told), "{told:?}");
        assert_eq!(edge.get("/v1/stores/S1/stock").await.status.as_u16(), 200);
    }
    let body = json!({"id": "N3", "occupation": "骑手", "name": "赵六"});
    let single = edge.post("/v1/workers", "register-N3", body.clone()).await;
    assert_eq!(single.no(), (503, "journal_unavailable"), "{single:?}");
    assert_eq!(single.body["outcome"], "committed", "{single:?}");
    vault.execute_batch("ALTER TABLE away RENAME TO person_field").unwrap();
    assert_eq!(edge.get("/v1/workers/N3").await.body["name"], Value::Null, "it was registered all the same");
    assert_eq!(edge.post("/v1/workers", "register-N3", body).await.status.as_u16(), 201);
    assert_eq!(edge.get("/v1/workers/N3").await.body["name"], "赵六");
}
