//! Whoever reads by stream goes by the journal's table of streams, which no hash covers. The auditor holds it against what
//! the events themselves say.

use std::sync::Arc;

use ledger_core::evidence::verifier::{Verdict, verify};
use nuanxin_tests::shared_cluster;
use sqlx::Executor;

use crate::backends::Backend;
use crate::batches::furnished;

/// A change to a journal that [`furnished`] made, and the first position that cannot be believed then.
const CHANGES: &[(&str, &[&str], u64)] = &[
    ("a stream renamed", &["UPDATE stream SET id = 'W9' WHERE id = 'W2'"], 3),
    ("a stream of another kind", &["UPDATE stream SET kind = 'Card' WHERE id = 'W4'"], 8),
    (
        "two streams exchanged",
        &[
            "UPDATE stream SET id = 'away' WHERE id = 'W1'",
            "UPDATE stream SET id = 'W1' WHERE id = 'W3'",
            "UPDATE stream SET id = 'W3' WHERE id = 'away'",
        ],
        2,
    ),
    ("a stream taken away", &["DELETE FROM stream WHERE id = 'W3'"], 5),
    ("the last stream taken away", &["DELETE FROM stream WHERE id = 'W4'"], 8),
    ("a stream under another number", &["UPDATE stream SET stream_no = 70 WHERE id = 'W2'"], 3),
    ("a stream that nobody began", &["INSERT INTO stream (stream_no, kind, id) VALUES (77, 'Worker', 'W77')"], 9),
    ("an event of another stream", &["UPDATE event SET stream_no = 3 WHERE position = 9"], 9),
    ("a head that names more streams", &["UPDATE head SET streams = 6"], 9),
];

pub(crate) async fn a_table_of_streams_that_disagrees_with_the_events_is_found(backend: Backend) {
    for (what, statements, position) in CHANGES {
        let backend = match backend {
            Backend::Sqlite(_) => Backend::sqlite(),
            Backend::Postgres { .. } => Backend::postgres(),
            Backend::Memory(_) => unreachable!("it has no such table"),
        };
        let journal = backend.open().await;
        furnished(journal.as_ref()).await;
        let whole = verify(&journal, &[], &mut |_, _| ()).await;
        assert!(matches!(whole, Verdict::Valid { size: 9, .. }), "before {what}: {whole:?}");
        drop(journal);
        for statement in *statements {
            change(&backend, statement).await;
        }
        let verdict = verify(&backend.open().await, &[], &mut |_, _| ()).await;
        let Verdict::Invalid(finding) = &verdict else { panic!("{what}: {verdict:?}") };
        assert_eq!(finding.position, *position, "{what}: {finding}");
    }
}

/// What a server begins while the auditor reads is no disagreement.
pub(crate) async fn a_journal_that_grows_meanwhile_is_valid(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    let audited = Arc::clone(&journal);
    let verdict = tokio::spawn(async move {
        let mut tell = |position: u64, _: u64| {
            // Whoever was told once needs no more.
            let _ = told.send(position);
        };
        verify(&audited, &[], &mut tell).await
    });
    // Its head is known once it tells of the first entries.
    hears.recv().await.expect("it makes progress");
    let events = (100..120).map(|number| crate::batches::registered(&format!("W{number}"), "骑手")).collect();
    author.append(journal.as_ref(), &[("meanwhile", events)]).await;
    let verdict = verdict.await.expect("it ends well");
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

async fn change(backend: &Backend, statement: &str) {
    match backend {
        Backend::Sqlite(path) => {
            let file = rusqlite::Connection::open(path).expect("a journal is a database");
            assert_eq!(file.execute(statement, []).expect("a change"), 1, "{statement}");
        }
        Backend::Postgres { schema, .. } => {
            let mut connection = shared_cluster().connect().await.expect("a connection");
            connection.execute(format!("SET search_path TO {schema}").as_str()).await.expect("a schema");
            let changed = connection.execute(statement).await.expect("a change");
            assert_eq!(changed.rows_affected(), 1, "{statement}");
        }
        Backend::Memory(_) => unreachable!("it has no such table"),
    }
}
