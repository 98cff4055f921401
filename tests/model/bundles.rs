//! Bundles of random histories: whatever happened in a journal, its bundle is as the verifier makes it anew.
//!
//! `NUANXIN_BUNDLES` sets how many histories are bundled (100 without).

use std::io::Cursor;

use ledger_api::bundle::{self, Coverage, Request};
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::WorkerId;
use ledger_core::evidence::bundle::streams::{EXTENSION, Streams};
use ledger_core::evidence::bundle::verify::{Report, Trust, Verdict, verify_bundle};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::note::{KeyKind, SecretKey, SignedNote};
use proptest::test_runner::TestRunner;

use crate::ask::ORIGIN;
use crate::machine::{any_history, play_plainly};
use crate::play::Played;
use crate::run;

fn key() -> SecretKey {
    SecretKey::from_seed(ORIGIN.parse().expect("a name"), KeyKind::Ed25519, &[7; 32]).expect("a key")
}

/// Signs some of the recorded roots, the last with the root of streams.
fn checkpoints(played: &Played) -> Vec<SignedNote> {
    let mut streams = Streams::default();
    for entry in &played.entries {
        streams.add(entry.event().expect("an event").stream(), entry.position);
    }
    let root = streams.root(HashSuite::Sha256);
    let last = played.roots.len() - 1;
    let chosen = played.roots.iter().enumerate().filter(|(index, _)| index % 5 == 0 || *index == last);
    chosen
        .map(|(index, (size, root_of_log))| {
            let checkpoint = Checkpoint::new(ORIGIN, *size, Hash::from_bytes(*root_of_log)).expect("an origin");
            let line = format!("{EXTENSION}{}", root.to_base64());
            let checkpoint = if index == last { checkpoint.with_extension(&line).expect("a line") } else { checkpoint };
            checkpoint.sign(&key()).expect("it is signed")
        })
        .collect()
}

async fn bundled(played: &Played, coverage: Coverage, checkpoints: &[SignedNote]) -> (Vec<u8>, Report) {
    let size = played.entries.len() as u64;
    let request = Request { coverage, size, as_of: None, checkpoints: checkpoints.to_vec() };
    let mut bytes = Cursor::new(Vec::new());
    bundle::write(played.journal.as_ref(), &request, &mut bytes, &|_| ()).await.expect("a bundle");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bundle.zip");
    std::fs::write(&path, bytes.get_ref()).expect("it is written");
    let mut trust = Trust::default();
    trust.journal.trust(key().public().clone()).expect("one key");
    let report = verify_bundle(&path, &trust, &mut |_| ());
    (bytes.into_inner(), report)
}

#[test]
fn clean_bundles_of_random_histories_raise_no_alarm() {
    let count = std::env::var("NUANXIN_BUNDLES").ok().and_then(|count| count.parse().ok()).unwrap_or(100);
    let mut runner = TestRunner::deterministic();
    for number in 0..count {
        let (start, moves) = any_history(&mut runner);
        run(async {
            let (played, _) = play_plainly(start, &moves).await;
            let size = played.entries.len() as u64;
            let notes = checkpoints(&played);
            let (bytes, whole) = bundled(&played, Coverage::Journal, &notes).await;
            assert_eq!(whole.verdict, Verdict::Valid, "history {number}");
            assert_eq!((whole.events, whole.signed_size, whole.streams_signed), (size, Some(size), true));
            assert_eq!(bundled(&played, Coverage::Journal, &notes).await.0, bytes, "history {number}: other bytes");

            let (from, to) = (size / 3 + 1, size / 3 + size / 2);
            let (_, range) = bundled(&played, Coverage::Positions { from, to: to.max(from) }, &notes).await;
            assert_eq!(range.verdict, Verdict::Valid, "history {number}, {from} to {to}");

            let own = |entry: &ledger_core::journal::Entry| match entry.event() {
                Ok(Event::Worker(event)) => Some(event.worker().clone()),
                _ => None,
            };
            let workers: Vec<WorkerId> = played.entries.iter().filter_map(own).collect();
            let Some(worker) = workers.get(number % workers.len().max(1)) else { return };
            let (_, one) = bundled(&played, Coverage::Worker(worker.clone()), &notes).await;
            assert_eq!(one.verdict, Verdict::Valid, "history {number}, {worker}");
            assert!(one.streams_signed, "nothing of the worker is missing, and that is signed");
            let stream = StreamId::Worker(worker.clone());
            let has = played.entries.iter().filter(|entry| entry.event().is_ok_and(|event| event.stream() == stream));
            assert!(one.events >= has.count() as u64);
        });
    }
}
