//! That the recorded Merkle roots are those of the recorded entries, and that the auditor finds nothing.

use std::collections::BTreeMap;

use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::merkle::Frontier;

use super::play::Played;

/// Recomputes every root; the last one is over everything.
pub(crate) fn check(played: &Played) {
    let mut frontier = Frontier::new(HashSuite::Sha256);
    let mut recomputed = BTreeMap::new();
    for entry in &played.entries {
        frontier.push(HashSuite::Sha256.leaf_hash(&entry.leaf_bytes())).expect("a small tree");
        recomputed.insert(entry.position, *frontier.root().as_bytes());
    }
    for (size, root) in &played.roots {
        assert_eq!(recomputed.get(size), Some(root), "the root of {size} entries");
    }
    assert_eq!(played.roots.last().map(|root| root.0), Some(played.entries.len() as u64));
}
