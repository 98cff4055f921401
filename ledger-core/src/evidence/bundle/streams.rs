//! The tree of streams: who has which entries.
//!
//! The log's leaves name no stream, so they cannot prove that nothing of a worker is missing. This tree can: its leaves
//! are the streams, sorted, each with all its positions; it follows from the log's events alone (a log-derived map), so
//! that everyone who holds a bundle of the whole journal computes the same root. A worker's bundle proves its stream
//! against that root.
//!
//! A leaf is four netstrings: the stream's kind, its id, how many positions it has, the positions in decimal with a
//! comma between. Streams stand in the order of kind and id by their bytes. Hashing is the log's: `H(0x00 ‖ leaf)` and
//! `H(0x01 ‖ left ‖ right)`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use foldhash::HashMap;

use super::manifest::StreamProof;
use crate::domain::event::StreamId;
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::Frontier;
use crate::evidence::proof::{MemoryTree, inclusion_proof, verify_inclusion};

/// What the extension line of a checkpoint begins with that binds the tree's root: `streams BASE64`.
pub const EXTENSION: &str = "streams ";

/// Streams in the making. Holds eight bytes for each event.
#[derive(Debug, Default)]
pub struct Streams(HashMap<StreamId, Vec<u64>>);

impl Streams {
    /// Adds the stream's next position.
    pub fn add(&mut self, stream: StreamId, position: u64) {
        self.0.entry(stream).or_default().push(position);
    }

    /// How many streams there are.
    pub fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// The tree's root.
    pub fn root(&self, suite: HashSuite) -> Hash {
        let mut frontier = Frontier::new(suite);
        for (stream, positions) in self.sorted() {
            // A tree of so many streams fits no memory.
            let _ = frontier.push(suite.leaf_hash(&leaf(stream.0, stream.1, positions)));
        }
        frontier.root()
    }

    /// Where a stream stands, and the proof; none for a stream without events.
    pub fn prove(&self, suite: HashSuite, wanted: &StreamId) -> Option<StreamProof> {
        let sorted = self.sorted();
        let index = sorted.keys().position(|key| *key == (wanted.kind(), wanted.id()))?;
        let mut tree = MemoryTree::new(suite);
        for (stream, positions) in &sorted {
            tree.push(suite.leaf_hash(&leaf(stream.0, stream.1, positions))).ok()?;
        }
        let (index, size) = (u64::try_from(index).ok()?, tree.frontier().size());
        let proof = inclusion_proof(suite, index, size, &mut tree).ok()?;
        Some(StreamProof { index, proof: proof.iter().map(ToString::to_string).collect() })
    }

    fn sorted(&self) -> BTreeMap<(&str, &str), &[u64]> {
        self.0.iter().map(|(stream, positions)| ((stream.kind(), stream.id()), positions.as_slice())).collect()
    }
}

/// Checks that a stream has these positions and no other.
///
/// # Errors
/// Why the proof does not hold.
pub fn verify(
    suite: HashSuite,
    stream: &StreamId,
    positions: &[u64],
    proof: &StreamProof,
    count: u64,
    root: Hash,
) -> Result<(), String> {
    let hashes: Result<Vec<Hash>, _> = proof.proof.iter().map(|hash| hash.parse()).collect();
    let hashes = hashes.map_err(|error| format!("the stream's proof: {error}"))?;
    let leaf = suite.leaf_hash(&leaf(stream.kind(), stream.id(), positions));
    verify_inclusion(suite, leaf, proof.index, count, &hashes, root)
        .map_err(|error| format!("the stream's proof: {error}"))
}

fn leaf(kind: &str, id: &str, positions: &[u64]) -> Vec<u8> {
    let mut list = String::with_capacity(positions.len() * 7);
    for position in positions {
        if !list.is_empty() {
            list.push(',');
        }
        // Writing to a string never fails.
        let _ = write!(list, "{position}");
    }
    let mut leaf = String::with_capacity(list.len() + kind.len() + id.len() + 32);
    for field in [kind, id, &positions.len().to_string(), &list] {
        let _ = write!(leaf, "{}:{field},", field.len());
    }
    leaf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Streams, leaf, verify};
    use crate::domain::event::StreamId;
    use crate::domain::ids::WorkerId;
    use crate::evidence::hash::HashSuite;

    fn worker(number: u64) -> StreamId {
        StreamId::Worker(WorkerId::new(&format!("W-{number}")).unwrap())
    }

    #[test]
    fn a_leaf_is_four_netstrings() {
        assert_eq!(leaf("Worker", "骑手", &[3, 17, 200]), "6:Worker,6:骑手,1:3,8:3,17,200,".as_bytes());
    }

    #[test]
    fn a_stream_proves_all_its_positions_and_no_fewer() {
        for suite in HashSuite::ALL {
            let mut streams = Streams::default();
            (1..=100).for_each(|position| streams.add(worker(position % 7), position));
            let positions: Vec<u64> = (1..=100).filter(|position| position % 7 == 3).collect();
            let proof = streams.prove(suite, &worker(3)).unwrap();
            let (root, count) = (streams.root(suite), streams.count());
            assert_eq!(verify(suite, &worker(3), &positions, &proof, count, root), Ok(()));
            let fewer = &positions[..positions.len() - 1];
            assert!(verify(suite, &worker(3), fewer, &proof, count, root).is_err());
            assert!(verify(suite, &worker(4), &positions, &proof, count, root).is_err());
            assert!(streams.prove(suite, &worker(50)).is_none());
        }
    }
}
