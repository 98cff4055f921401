//! Loading streams: the same events whichever way they come, with snapshots as shortcuts and nothing more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::layout;
use ledger_core::domain::worker::Worker;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::{Entry, Journal, Snapshot, StoredStream};
use ledger_core::ledger::Command;
use ledger_core::ledger::cache::Loaded;
use ledger_core::ledger::{Context, Ledger, LedgerSettings, Outcome, Submission, commands};

use crate::backends::Backend;
use crate::batches::{Author, at, departed, furnished, opened, registered};

fn worker(id: &str) -> StreamId {
    registered(id, "").stream()
}

fn sequences(stored: &StoredStream) -> Vec<u64> {
    stored.events.iter().map(|event| event.sequence).collect()
}

async fn load_one(journal: &dyn Journal, stream: StreamId, snapshots: bool) -> StoredStream {
    journal.load(&[stream], snapshots).await.expect("streams").remove(0)
}

pub(crate) async fn unknown_and_known_streams_load_in_the_order_asked(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let asked = [worker("W4"), worker("W9"), opened().stream(), worker("W1"), worker("w1"), worker("W2")];
    let loaded = journal.load(&asked, true).await.expect("streams");
    let told: Vec<_> = loaded.iter().map(|stored| (stored.stream_no, sequences(stored))).collect();
    let none = Vec::new();
    assert_eq!(
        told,
        [(5, vec![1]), (0, none.clone()), (1, vec![1]), (2, vec![1, 2, 3]), (0, none), (3, vec![1, 2])],
        "numbers and sequences"
    );
    assert!(loaded.iter().zip(&asked).all(|(stored, asked)| stored.stream == *asked));
}

/// PostgreSQL loads a few streams through postgres-es and many in one query of its own.
pub(crate) async fn a_stream_loads_alike_alone_and_among_many(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let streams = ["W1", "W2", "W3", "W4"].map(worker);
    let together = journal.load(&streams, true).await.expect("streams");
    for (stream, among_many) in streams.iter().zip(&together) {
        assert_eq!(&load_one(journal.as_ref(), stream.clone(), true).await, among_many);
        let two = journal.load(&[stream.clone(), worker("W9")], true).await.expect("streams");
        assert_eq!(&two[0], among_many);
    }
    let events: Vec<_> = together[0].events.iter().map(|stored| stored.event.clone()).collect();
    assert_eq!(events, [registered("W1", "骑手"), departed("W1", "离开"), registered("W1", "回来")]);
}

/// W1 folded from its first events, as a ledger stores it.
async fn snapshot(journal: &dyn Journal, sequence: u64) -> Snapshot {
    let mut stored = load_one(journal, worker("W1"), false).await;
    stored.events.truncate(sequence as usize);
    let loaded: Loaded<Worker> = Loaded::from_stored(&stored).expect("it folds").expect("without a snapshot");
    let body = rmp_serde::to_vec_named(&loaded.state).expect("a state can be written");
    Snapshot { stream_no: stored.stream_no, sequence, layout: layout::WORKER, body }
}

async fn state(journal: &dyn Journal, snapshots: bool) -> (u64, Worker) {
    let stored = load_one(journal, worker("W1"), snapshots).await;
    let loaded: Loaded<Worker> = Loaded::from_stored(&stored).expect("it folds").expect("its snapshot can be read");
    (loaded.sequence, loaded.state)
}

pub(crate) async fn a_snapshot_spares_events(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let whole = state(journal.as_ref(), false).await;
    for sequence in 1..=3 {
        let stored = snapshot(journal.as_ref(), sequence).await;
        journal.store_snapshots(vec![stored.clone()]).await.expect("a snapshot is stored");
        let loaded = load_one(journal.as_ref(), worker("W1"), true).await;
        assert_eq!((loaded.snapshot.as_ref(), sequences(&loaded)), (Some(&stored), (sequence + 1..=3).collect()));
        let among = journal.load(&["W2", "W1", "W3", "W4"].map(worker), true).await.expect("streams");
        assert_eq!(among[1], loaded);
        assert_eq!(state(journal.as_ref(), true).await, whole);
    }
    let loaded = load_one(journal.as_ref(), worker("W1"), false).await;
    assert_eq!((loaded.snapshot, loaded.events.len()), (None, 3), "nobody has to take a snapshot");
    journal.store_snapshots(Vec::new()).await.expect("nothing is stored");
}

fn with(snapshot: &Snapshot) -> StoredStream {
    let snapshot = snapshot.clone();
    StoredStream { stream: worker("W1"), stream_no: snapshot.stream_no, snapshot: Some(snapshot), events: Vec::new() }
}

pub(crate) async fn a_snapshot_of_another_layout_is_ignored(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    // An older program's can be read as well, and lacks what came since.
    for layout in [layout::WORKER - 1, layout::WORKER + 1] {
        let other = Snapshot { layout, ..snapshot(journal.as_ref(), 2).await };
        assert_eq!(Loaded::<Worker>::from_stored(&with(&other)).expect("nothing is damaged").map(|_| ()), None);
        journal.store_snapshots(vec![other]).await.expect("a snapshot is stored");
        let loaded = load_one(journal.as_ref(), worker("W1"), true).await;
        assert_eq!((loaded.snapshot.as_ref(), sequences(&loaded)), (None, vec![1, 2, 3]));
    }
    let ours = snapshot(journal.as_ref(), 1).await;
    journal.store_snapshots(vec![ours.clone()]).await.expect("a snapshot is stored");
    let loaded = load_one(journal.as_ref(), worker("W1"), true).await;
    assert_eq!(loaded.snapshot, Some(ours), "our layout takes the place of another, however far that one was");
}

pub(crate) async fn an_older_snapshot_loads_no_less(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let whole = state(journal.as_ref(), false).await;
    for sequence in [3, 1, 2] {
        let stored = snapshot(journal.as_ref(), sequence).await;
        journal.store_snapshots(vec![stored]).await.expect("a snapshot is stored");
        assert_eq!(state(journal.as_ref(), true).await, whole);
    }
}

/// A snapshot is a shortcut: a ledger that cannot read one goes the long way and answers all the same.
pub(crate) async fn a_snapshot_that_cannot_be_read_costs_only_time(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let unreadable = Snapshot { body: vec![0xc1], ..snapshot(journal.as_ref(), 2).await };
    journal.store_snapshots(vec![unreadable]).await.expect("a snapshot is stored");
    let opened =
        Ledger::open(Arc::clone(&journal), LedgerSettings::default(), "nuanxin/contract", HashSuite::Sha256).await;
    let (ledger, task) = opened.expect("the ledger opens");
    let context = Context { key: "x".parse().expect("a key"), actor: "甲".parse().expect("an actor"), at: at() };
    let command = Command::DepartWorker(commands::DepartWorker {
        worker: "W1".parse().expect("a worker"),
        reason: "核对".into(),
    });
    let outcome = ledger.submit(Submission { context, command }).await;
    let Outcome::Refused(refusal) = outcome else { panic!("W1 left long ago: {outcome:?}") };
    assert_eq!(refusal.code.as_str(), "worker_departed");
    drop(ledger);
    task.finished().await;
}

/// What finds a stream's events is carried along behind the append: some stand in it, the newest do not yet. Every
/// stream must be whole at any moment of that, and in pages of any size.
pub(crate) async fn a_stream_is_whole_wherever_its_index_stands(backend: Backend) {
    const COMMANDS: usize = 450;
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    // Far behind, a moment later, and once more after few events.
    for (round, commands) in [(0, COMMANDS), (1, COMMANDS), (2, 3)] {
        let written: Vec<(String, Vec<Event>)> = (0..commands)
            .map(|number| {
                let (often, seldom) = (format!("W{}", number % 2), format!("S{}", number % 97));
                let events = vec![registered(&often, "常"), registered(&seldom, "少"), departed(&often, "再")];
                (format!("round/{round}/{number}"), events)
            })
            .collect();
        let asked: Vec<_> = written.iter().map(|(key, events)| (key.as_str(), events.clone())).collect();
        for some in asked.chunks(100) {
            author.append(journal.as_ref(), some).await;
        }
        for pause in [0, 20, 400] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            streams_are_whole(journal.as_ref(), &author).await;
        }
    }
    if matches!(backend, Backend::Memory(_)) {
        return;
    }
    drop(journal);
    streams_are_whole(backend.open().await.as_ref(), &author).await;
}

async fn streams_are_whole(journal: &dyn Journal, author: &Author) {
    let mut streams: BTreeMap<StreamId, Vec<Entry>> = BTreeMap::new();
    for entry in &author.entries {
        streams.entry(entry.event().expect("an event").stream()).or_default().push(entry.clone());
    }
    let asked: Vec<StreamId> = streams.keys().cloned().collect();
    let loaded = journal.load(&asked, true).await.expect("streams");
    for ((stream, entries), stored) in streams.iter().zip(&loaded) {
        let expected: Vec<_> = entries.iter().map(|entry| (entry.sequence, entry.event().expect("an event"))).collect();
        let found: Vec<_> = stored.events.iter().map(|found| (found.sequence, found.event.clone())).collect();
        assert!(found == expected, "{stream} among many: {} events of {}", found.len(), expected.len());
    }
    let alone = [worker("W0"), worker("W1"), worker("S5"), opened().stream()];
    for stream in &alone {
        let entries = &streams[stream];
        let found = sequences(&load_one(journal, stream.clone(), true).await);
        assert!(found.into_iter().eq(1..=entries.len() as u64), "{stream} alone");
        let last = entries.last().map_or(0, |last| last.position);
        let middle = entries.get(entries.len() / 2).map_or(0, |middle| middle.position);
        for (after, limit) in [(0, 1_000_000), (0, 7), (middle, 300), (middle + 1, 1), (last - 1, 5), (last, 5)] {
            let expected: Vec<_> = entries.iter().filter(|entry| entry.position > after).take(limit).cloned().collect();
            let found = journal.read_stream(stream, after, limit).await.expect("a stream");
            assert!(
                found == expected,
                "{stream} after {after}, {limit} at most: {} of {}",
                found.len(),
                expected.len()
            );
        }
    }
}
