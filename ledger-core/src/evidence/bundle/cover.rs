//! What stands between the events that a bundle gives: the log's other entries, as few roots of complete subtrees as
//! will do. Together with the leaf hashes of the events given they lead to the log's root, and so prove that these
//! events stand in it at these positions; of the hidden ones they tell nothing.

use serde::{Deserialize, Serialize};

use crate::evidence::hash::{Hash, HashSuite};

/// A line of nodes.jsonl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeLine {
    /// Position of the first entry below.
    pub first: u64,
    /// `2^level` entries stand below.
    pub level: u32,
    /// The subtree's root, lower-case hexadecimal digits.
    pub hash: String,
}

/// The hidden entries between two given ones, as subtrees.
#[derive(Debug)]
pub struct Gap {
    suite: HashSuite,
    /// Subtrees with the index of their first leaf and their level, in order.
    nodes: Vec<(u64, u32, Hash)>,
}

impl Gap {
    /// No hidden entry yet.
    pub const fn new(suite: HashSuite) -> Gap {
        Gap { suite, nodes: Vec::new() }
    }

    /// Hides the entry at a position, which must follow what was hidden before.
    pub fn hide(&mut self, position: u64, leaf: Hash) {
        self.nodes.push((position.saturating_sub(1), 0, leaf));
        // Two neighbours of one level are one subtree of the next where the left one begins at a multiple of its size.
        while let [.., (first, level, left), (_, right_level, right)] = self.nodes.as_slice() {
            let aligned = first & ((2_u64 << level.min(&62)).wrapping_sub(1)) == 0;
            if level != right_level || !aligned {
                break;
            }
            let merged = (*first, level.saturating_add(1), self.suite.node_hash(*left, *right));
            self.nodes.truncate(self.nodes.len().saturating_sub(2));
            self.nodes.push(merged);
        }
    }

    /// Ends the gap: its subtrees, in order.
    pub fn end(&mut self) -> impl Iterator<Item = NodeLine> + use<'_> {
        self.nodes.drain(..).map(|(first, level, hash)| NodeLine {
            first: first.saturating_add(1),
            level,
            hash: hash.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Gap;
    use crate::evidence::hash::{Hash, HashSuite};
    use crate::evidence::merkle::Frontier;

    proptest! {
        #[test]
        fn given_leaves_and_hidden_subtrees_lead_to_the_root(given in prop::collection::vec(any::<bool>(), 1..300)) {
            let suite = HashSuite::Sha256;
            let leaf = |position: u64| suite.leaf_hash(&position.to_be_bytes());
            let mut whole = Frontier::new(suite);
            let mut pieced = Frontier::new(suite);
            let mut gap = Gap::new(suite);
            let mut hidden = 0;
            let mut end = |gap: &mut Gap, pieced: &mut Frontier| {
                for node in gap.end() {
                    assert_eq!(node.first, pieced.size() + 1);
                    hidden += 1;
                    pieced.push_subtree(node.level, node.hash.parse::<Hash>().unwrap()).unwrap();
                }
            };
            for (position, given) in (1..).zip(&given) {
                whole.push(leaf(position)).unwrap();
                if *given {
                    end(&mut gap, &mut pieced);
                    pieced.push(leaf(position)).unwrap();
                } else {
                    gap.hide(position, leaf(position));
                }
            }
            end(&mut gap, &mut pieced);
            prop_assert_eq!(&pieced, &whole);
            prop_assert!(hidden <= 2 * 9 * (given.iter().filter(|given| **given).count() + 1));
        }
    }
}
