//! That the recorded Merkle roots are those of the recorded entries, and that the auditor, whose books are independent of
//! the ledger's rules, finds nothing.

use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::merkle::Frontier;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::{Entry, Journal};

/// Recomputes every root; the last one is over everything.
pub(crate) async fn check(journal: &dyn Journal, entries: &[Entry]) {
    let (mut frontier, mut verifier) = (Frontier::new(HashSuite::Sha256), Verifier::default());
    let mut roots = journal.roots(0, usize::MAX).await.expect("the journal can be read").into_iter().peekable();
    let mut last = 0;
    for entry in entries {
        frontier.push(HashSuite::Sha256.leaf_hash(&entry.leaf_bytes())).expect("a small tree");
        verifier.entry(entry).expect("the auditor finds nothing");
        if let Some((size, root)) = roots.next_if(|(size, _)| *size == entry.position) {
            assert_eq!(&root, frontier.root().as_bytes(), "the root of {size} entries");
            let own = (verifier.size(), verifier.root().map(|root| *root.as_bytes()));
            assert_eq!(own, (size, Some(root)), "a recorded root is true");
            last = size;
        }
    }
    assert_eq!(roots.next(), None, "every root is of entries that are there");
    assert_eq!(last, entries.len() as u64, "the last root is over everything");
    let verdict = verifier.finish(&journal.head().await.expect("the journal can be read"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}
