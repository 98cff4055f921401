//! Inclusion and consistency proofs of the RFC 9162 tree: made from nodes, checked from nothing.
//!
//! Owns the two verification algorithms exactly as RFC 9162 states them (sections 2.1.3.2 and
//! 2.1.4.2). Making proofs is in `make`. A proof is a list of hashes in the RFC's order, at most 64
//! for inclusion and 65 for consistency.
//!
//! Indices count from 0: the entry at position `p` of a journal has index `p - 1`, and a journal
//! whose last position is `p` has size `p`. An empty tree is a prefix of every tree, by an empty
//! proof and the empty root; the RFC leaves that case open.

use super::hash::{Hash, HashSuite};

pub use self::make::{
    MakeProofError, MemoryTree, NoSuchNode, TileReader, consistency_nodes, consistency_proof, inclusion_nodes,
    inclusion_proof, root_at, root_nodes,
};

mod make;
#[cfg(test)]
mod tests;

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not below the size.
    #[error("index {index} is not in a tree of {size} leaves")]
    IndexBeyondSize {
        /// Index asked for, from 0.
        index: u64,
        /// Number of leaves.
        size: u64,
    },
    /// The earlier size exceeds the later one.
    #[error("a tree of {from} leaves is no prefix of one of {to}")]
    SizesReversed {
        /// Size of the earlier tree.
        from: u64,
        /// Size of the later tree.
        to: u64,
    },
    /// The proof has fewer hashes than the sizes demand.
    #[error("the proof is too short")]
    TooShort,
    /// The proof has more hashes than the sizes demand.
    #[error("the proof is too long")]
    TooLong,
    /// The proof does not lead to the root, or to the later root of two.
    #[error("the proof leads to another root")]
    RootMismatch,
    /// The proof does not lead to the earlier root of two.
    #[error("the proof leads to another earlier root")]
    FromRootMismatch,
}

/// Checks that a leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162,
/// 2.1.3.2).
///
/// # Errors
/// A [`ProofError`] for the first reason found.
pub fn verify_inclusion(
    suite: HashSuite,
    leaf_hash: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if inclusion_root(suite, leaf_hash, index, size, proof)? == root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// The root that an inclusion proof leads to, for whoever knows it by its signature alone.
///
/// # Errors
/// Every [`ProofError`] but that of another root.
pub fn inclusion_root(
    suite: HashSuite,
    leaf_hash: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
) -> Result<Hash, ProofError> {
    let mut path = Path::of_leaf(index, size)?;
    let mut hash = leaf_hash;
    for sibling in proof {
        hash = match path.step()? {
            Side::Left => suite.node_hash(*sibling, hash),
            Side::Right => suite.node_hash(hash, *sibling),
        };
    }
    path.end()?;
    Ok(hash)
}

/// Checks that the tree of `to_size` leaves begins with the tree of `from_size` leaves (RFC 9162,
/// 2.1.4.2).
///
/// # Errors
/// A [`ProofError`] for the first reason found. An empty tree must have the empty root, and sizes
/// that are equal, or 0 for the earlier, take an empty proof only.
pub fn verify_consistency(
    suite: HashSuite,
    from_size: u64,
    to_size: u64,
    from_root: Hash,
    to_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if from_size > to_size {
        return Err(ProofError::SizesReversed { from: from_size, to: to_size });
    }
    if from_size == 0 && from_root != suite.empty_root() {
        return Err(ProofError::FromRootMismatch);
    }
    if from_size == to_size && from_root != to_root {
        return Err(ProofError::RootMismatch);
    }
    if from_size == 0 || from_size == to_size {
        return if proof.is_empty() { Ok(()) } else { Err(ProofError::TooLong) };
    }
    // A power of two is itself a node of the later tree, so the proof leaves it out.
    let (start, rest) = if from_size.is_power_of_two() {
        (from_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::TooShort)?;
        (*first, rest)
    };
    let mut path = Path::of_leaf(from_size.saturating_sub(1), to_size)?;
    path.climb(path.node.trailing_ones());
    let (mut from_hash, mut to_hash) = (start, start);
    for sibling in rest {
        match path.step()? {
            Side::Left => {
                from_hash = suite.node_hash(*sibling, from_hash);
                to_hash = suite.node_hash(*sibling, to_hash);
            }
            Side::Right => to_hash = suite.node_hash(to_hash, *sibling),
        }
    }
    path.end()?;
    if from_hash != from_root {
        return Err(ProofError::FromRootMismatch);
    }
    if to_hash == to_root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// On which side of the path the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root: the RFC's `fn` and `sn`.
struct Path {
    /// Index of the path's node in its level.
    node: u64,
    /// Index of the last node in that level.
    last: u64,
}

impl Path {
    fn of_leaf(index: u64, size: u64) -> Result<Self, ProofError> {
        if index >= size {
            return Err(ProofError::IndexBeyondSize { index, size });
        }
        Ok(Self { node: index, last: size.saturating_sub(1) })
    }

    /// Says where the next hash stands and goes up to the node that combines both.
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::TooLong);
        }
        let right_child = self.node & 1 == 1;
        if !right_child && self.node != self.last {
            self.climb(1);
            return Ok(Side::Right);
        }
        // The last node of a level without a sibling is carried up unchanged until it is a right
        // child.
        if !right_child {
            self.climb(self.node.trailing_zeros());
        }
        self.climb(1);
        Ok(Side::Left)
    }

    fn climb(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    const fn end(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::TooShort) }
    }
}
