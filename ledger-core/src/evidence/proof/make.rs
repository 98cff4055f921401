//! Making proofs from stored nodes of the tree, in O(log n) reads.
//!
//! Owns: which nodes a proof consists of and the [`TileReader`] they are read through. Does not own
//! where nodes are stored; `NodeId::tile_span` says where a node stands in tiles of 256 hashes.

use super::super::hash::{Hash, HashSuite};
use super::super::merkle::{Frontier, NodeId, TreeFull, fold_peaks, subtrees};
use super::ProofError;

/// Gives the hashes of complete subtrees. Implemented by every closure of the fitting form, so a
/// proof can be made from tiles in memory, in files, or fetched beforehand (see
/// [`inclusion_nodes`]).
pub trait TileReader {
    /// What can go wrong when a node is read.
    type Error;

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// The reader's own error, when the node is not stored or cannot be read.
    fn node(&mut self, node: NodeId) -> Result<Hash, Self::Error>;
}

impl<F, E> TileReader for F
where
    F: FnMut(NodeId) -> Result<Hash, E>,
{
    type Error = E;

    fn node(&mut self, node: NodeId) -> Result<Hash, E> {
        self(node)
    }
}

/// Why a proof could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeProofError<E> {
    /// What was asked for does not exist.
    #[error(transparent)]
    Asked(#[from] ProofError),
    /// A node could not be read.
    #[error("a node of the tree could not be read")]
    Read(#[source] E),
}

/// The inclusion proof of the leaf at `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1),
/// reading O(log n) nodes.
///
/// # Errors
/// [`MakeProofError::Asked`] for an index that is not below the size; [`MakeProofError::Read`] from
/// the reader.
pub fn inclusion_proof<R: TileReader>(
    suite: HashSuite,
    index: u64,
    size: u64,
    reader: &mut R,
) -> Result<Vec<Hash>, MakeProofError<R::Error>> {
    hash_ranges(suite, &inclusion_ranges(index, size)?, reader)
}

/// The consistency proof between two sizes of one tree (RFC 9162, 2.1.4.1), reading O(log n) nodes.
///
/// # Errors
/// [`MakeProofError::Asked`] when the earlier size exceeds the later; [`MakeProofError::Read`] from
/// the reader.
pub fn consistency_proof<R: TileReader>(
    suite: HashSuite,
    from_size: u64,
    to_size: u64,
    reader: &mut R,
) -> Result<Vec<Hash>, MakeProofError<R::Error>> {
    hash_ranges(suite, &consistency_ranges(from_size, to_size)?, reader)
}

/// The root the tree had when it held `size` leaves, from at most 64 stored nodes.
///
/// # Errors
/// Whatever the reader answers.
pub fn root_at<R: TileReader>(suite: HashSuite, size: u64, reader: &mut R) -> Result<Hash, R::Error> {
    let peaks: Vec<Hash> = subtrees(0, size).map(|node| reader.node(node)).collect::<Result<_, _>>()?;
    Ok(fold_peaks(suite, &peaks))
}

/// The nodes [`root_at`] will read, in its order: for readers that must fetch them all beforehand.
#[must_use]
pub fn root_nodes(size: u64) -> Vec<NodeId> {
    subtrees(0, size).collect()
}

/// The nodes [`inclusion_proof`] will read, in its order: for readers that must fetch them all
/// beforehand.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`].
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<NodeId>, ProofError> {
    Ok(inclusion_ranges(index, size)?.iter().flat_map(|range| subtrees(range.start, range.size)).collect())
}

/// The nodes [`consistency_proof`] will read, in its order: for readers that must fetch them all
/// beforehand.
///
/// # Errors
/// [`ProofError::SizesReversed`].
pub fn consistency_nodes(from_size: u64, to_size: u64) -> Result<Vec<NodeId>, ProofError> {
    Ok(consistency_ranges(from_size, to_size)?.iter().flat_map(|range| subtrees(range.start, range.size)).collect())
}

/// A whole tree in memory: for tests, and for a bundle that is proved from as soon as it is read.
/// 64 bytes a leaf.
#[derive(Clone, Debug)]
pub struct MemoryTree {
    frontier: Frontier,
    /// One row of hashes a level, leaves first.
    levels: Vec<Vec<Hash>>,
}

/// The node lies outside the tree in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tree has no node {} on level {}", .0.index, .0.level)]
pub struct NoSuchNode(pub NodeId);

impl MemoryTree {
    /// A tree without leaves.
    #[must_use]
    pub const fn new(suite: HashSuite) -> Self {
        Self { frontier: Frontier::new(suite), levels: Vec::new() }
    }

    /// Adds one leaf hash.
    ///
    /// # Errors
    /// [`TreeFull`].
    pub fn push(&mut self, leaf: Hash) -> Result<(), TreeFull> {
        let levels = &mut self.levels;
        self.frontier.push_with(leaf, |node, hash| {
            // Levels appear one at a time from below and fill from the left, so pushing puts each
            // hash in its place.
            match levels.iter_mut().zip(0..).find(|(_, level)| *level == node.level) {
                Some((row, _)) => row.push(hash),
                None => levels.push(vec![hash]),
            }
        })
    }

    /// The frontier over the same leaves: size, root and suite.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }
}

impl TileReader for MemoryTree {
    type Error = NoSuchNode;

    fn node(&mut self, node: NodeId) -> Result<Hash, NoSuchNode> {
        let level = usize::try_from(node.level).ok();
        let index = usize::try_from(node.index).ok();
        let row = level.and_then(|level| self.levels.get(level));
        row.zip(index).and_then(|(row, index)| row.get(index)).copied().ok_or(NoSuchNode(node))
    }
}

/// Consecutive leaves whose Merkle tree hash is one element of a proof.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    size: u64,
}

impl Range {
    /// Splits as the RFC does, at the largest power of two below the size; only called for sizes
    /// above 1.
    fn split(self) -> (Self, Self) {
        let left = self.size.saturating_sub(1).checked_ilog2().map_or(0, |level| 1_u64 << level);
        let right_start = self.start.saturating_add(left);
        let right = self.size.saturating_sub(left);
        (Self { start: self.start, size: left }, Self { start: right_start, size: right })
    }
}

fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range>, ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let mut ranges = Vec::new();
    let mut tree = Range { start: 0, size };
    while tree.size > 1 {
        let (left, right) = tree.split();
        let (inside, sibling) = if index < right.start { (left, right) } else { (right, left) };
        ranges.push(sibling);
        tree = inside;
    }
    ranges.reverse();
    Ok(ranges)
}

fn consistency_ranges(from: u64, to: u64) -> Result<Vec<Range>, ProofError> {
    if from > to {
        return Err(ProofError::SizesReversed { from, to });
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let mut ranges = Vec::new();
    let mut tree = Range { start: 0, size: to };
    // Ends at the subtree whose right border is the end of the earlier tree.
    while tree.start.saturating_add(tree.size) != from {
        let (left, right) = tree.split();
        let (inside, sibling) = if from <= right.start { (left, right) } else { (right, left) };
        ranges.push(sibling);
        tree = inside;
    }
    // When that subtree is the whole earlier tree, the verifier knows its root already.
    if tree.start != 0 {
        ranges.push(tree);
    }
    ranges.reverse();
    Ok(ranges)
}

fn hash_ranges<R: TileReader>(
    suite: HashSuite,
    ranges: &[Range],
    reader: &mut R,
) -> Result<Vec<Hash>, MakeProofError<R::Error>> {
    let mut peaks = Vec::new();
    let mut proof = Vec::with_capacity(ranges.len());
    for range in ranges {
        peaks.clear();
        for node in subtrees(range.start, range.size) {
            peaks.push(reader.node(node).map_err(MakeProofError::Read)?);
        }
        proof.push(fold_peaks(suite, &peaks));
    }
    Ok(proof)
}
