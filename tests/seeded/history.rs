//! The history check: what the clients were told, held against what the journal keeps.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::{Entry, Journal};
use ledger_core::ledger::{Ledger, LedgerSettings, Outcome};

use crate::world::{Asked, End, Run, submission};

/// Checks a run; panics with what is wrong.
pub(crate) async fn check(run: &Run) {
    let entries = run.kept.read(0, usize::MAX).await.expect("the kept journal reads");
    evidence(&run.kept, &entries).await;
    let by_key = by_key(&entries);
    for asked in &run.asked {
        told(asked, by_key.get(asked.key.as_str()).map(Vec::as_slice).unwrap_or_default());
    }
    real_time(&run.asked);
    asked_again(run).await;
}

/// Positions, roots, order, keys and every invariant, by the auditor's own walk.
async fn evidence(kept: &MemoryJournal, entries: &[Entry]) {
    let roots: BTreeMap<u64, [u8; 32]> = kept.roots(0, usize::MAX).await.expect("roots").into_iter().collect();
    let mut verifier = Verifier::default();
    for entry in entries {
        verifier.entry(entry).expect("every entry holds");
        if let Some(root) = roots.get(&entry.position) {
            verifier.recorded_root(entry.position, root).expect("every recorded root holds");
        }
    }
    let verdict = verifier.finish(&kept.head().await.expect("head"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

fn by_key(entries: &[Entry]) -> BTreeMap<&str, Vec<&Entry>> {
    let mut by_key: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_key.entry(entry.command.key.as_str()).or_default().push(entry);
    }
    by_key
}

/// An acknowledged command is there once, at its position, with the answer it was given; a refused one left no trace;
/// one given up happened once or not at all.
fn told(asked: &Asked, recorded: &[&Entry]) {
    let key = &asked.key;
    assert!(recorded.iter().filter(|entry| entry.nth == 0).count() <= 1, "{key} happened twice");
    match &asked.end {
        End::Acknowledged(receipt) => {
            let events: Vec<_> = recorded.iter().map(|entry| entry.event().expect("readable")).collect();
            assert_eq!(receipt.events.as_ref(), events.as_slice(), "{key} was answered otherwise than recorded");
            assert_eq!(recorded.last().map(|entry| entry.position), Some(receipt.position), "{key}");
        }
        End::Refused(code) => assert!(recorded.is_empty(), "{key} was refused with {code} and recorded"),
        End::GivenUp => {}
    }
}

/// What was acknowledged before another was sent stands before it.
fn real_time(asked: &[Asked]) {
    let position = |asked: &Asked| match &asked.end {
        End::Acknowledged(receipt) => Some(receipt.position),
        _ => None,
    };
    for earlier in asked {
        for later in asked.iter().filter(|later| earlier.ended < later.sent) {
            if let (Some(first), Some(second)) = (position(earlier), position(later)) {
                assert!(
                    first < second,
                    "{} at {first} was answered before {} at {second} was sent",
                    earlier.key,
                    later.key
                );
            }
        }
    }
}

/// Every acknowledged command asked again, of a server that knows nothing yet, gets the first answer and adds nothing.
async fn asked_again(run: &Run) {
    let head = run.kept.head().await.expect("head").position;
    let journal = Arc::new(run.kept.clone());
    let (ledger, _task) =
        Ledger::open(journal, LedgerSettings::default(), "simulation", HashSuite::Sha256).await.expect("opens");
    for asked in &run.asked {
        let End::Acknowledged(first) = &asked.end else { continue };
        let Outcome::Committed(again) = ledger.submit(submission(asked.key.as_str(), asked.command.clone())).await
        else {
            panic!("{} is not known any more", asked.key);
        };
        assert_eq!(
            (again.position, &again.events, again.repeated),
            (first.position, &first.events, true),
            "{}",
            asked.key
        );
    }
    assert_eq!(run.kept.head().await.expect("head").position, head, "asking again added something");
}
