//! The growing RFC 9162 Merkle tree, held as the few hashes that later leaves can still touch.
//!
//! A tree of `n` leaves is a row of complete subtrees, one for each bit set in `n`, largest first.
//! Their roots (peaks) are enough to add leaves and to say the root, so a journal keeps at most 64
//! hashes in one database row instead of the tree. Adding a leaf costs one node hash on average,
//! the root O(log n).
//!
//! Owns the frontier, its stored form, and the names of nodes. Proofs are in `proof`.
//!
//! Stored form, exactly `10 + 32 * count_ones(size)` bytes:
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | version of the form, `0x01` |
//! | 1 | hash suite: `0x01` SHA-256, `0x02` SM3 |
//! | 8 | number of leaves, big-endian |
//! | 32 each | peaks, largest (leftmost) subtree first |

use super::hash::{Hash, HashSuite};

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod vectors;

/// Version byte of the stored form.
const FORM_VERSION: u8 = 0x01;
/// Version, suite and size.
const HEADER_BYTES: usize = 10;
/// Tree levels a stored tile spans (C2SP tlog-tiles): 256 hashes, 8 levels.
const TILE_LEVELS: u32 = 8;

/// A complete subtree: `2^level` leaves, the `index`-th of its level counted from the left and from
/// 0. Level 0 are the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height above the leaves, 0 to 63.
    pub level: u32,
    /// Place in its level, from 0.
    pub index: u64,
}

/// Where a node stands in tiles of 256 hashes: the node is the root over `count` hashes of one
/// tile, which a [`Frontier`] computes from them as from leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileSpan {
    /// Level of the tile; a tile of level `t` holds hashes of tree level `8 * t`.
    pub tile_level: u32,
    /// Place of the tile in its level, from 0.
    pub tile_index: u64,
    /// First hash of the node inside the tile, 0 to 255.
    pub first: usize,
    /// Number of hashes below the node inside the tile, a power of two from 1 to 128.
    pub count: usize,
}

/// A Merkle tree that can grow and say its root, without its leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    suite: HashSuite,
    size: u64,
    /// Roots of the complete subtrees, largest first; as many as bits are set in `size`.
    peaks: Vec<Hash>,
}

/// The tree has `u64::MAX` leaves and takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tree is full")]
pub struct TreeFull;

/// A subtree cannot stand where it was put: it begins at no multiple of its size, or the tree would be too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subtree cannot stand here")]
pub struct SubtreeMisplaced;

/// Why stored bytes are not a frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// A later version of the form, or not a frontier at all.
    #[error("unknown version of the stored frontier")]
    Version,
    /// The suite byte is neither 1 nor 2.
    #[error("unknown hash suite in the stored frontier")]
    Suite,
    /// The number of bytes does not follow from the number of leaves.
    #[error("the stored frontier has the wrong length")]
    Length,
}

impl NodeId {
    /// Where to find the node in stored tiles.
    #[must_use]
    pub fn tile_span(self) -> TileSpan {
        let height = self.level % TILE_LEVELS;
        // Hashes per tile that stand at this node's height: 2^(8 - height), the rest of the index
        // is the tile's.
        let below_tile = TILE_LEVELS.saturating_sub(height);
        let first = self.index & low_bits(below_tile);
        TileSpan {
            tile_level: self.level / TILE_LEVELS,
            tile_index: self.index.checked_shr(below_tile).unwrap_or(0),
            first: usize::try_from(first.checked_shl(height).unwrap_or(0)).unwrap_or(0),
            count: 1_usize.checked_shl(height).unwrap_or(1),
        }
    }
}

impl Frontier {
    /// A tree without leaves.
    #[must_use]
    pub const fn new(suite: HashSuite) -> Self {
        Self { suite, size: 0, peaks: Vec::new() }
    }

    /// The hash function of this tree.
    #[must_use]
    pub const fn suite(&self) -> HashSuite {
        self.suite
    }

    /// Number of leaves; equals the position of the last entry.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds one leaf hash (see [`HashSuite::leaf_hash`]).
    ///
    /// # Errors
    /// [`TreeFull`]; the tree is then unchanged.
    pub fn push(&mut self, leaf: Hash) -> Result<(), TreeFull> {
        self.push_with(leaf, |_, _| ())
    }

    /// Adds one leaf hash and shows every node it completes, leaf first, so that nodes can be
    /// stored. Over the life of a tree each node is shown exactly once.
    ///
    /// # Errors
    /// [`TreeFull`]; the tree is then unchanged and nothing was shown.
    pub fn push_with(&mut self, leaf: Hash, mut completed: impl FnMut(NodeId, Hash)) -> Result<(), TreeFull> {
        let grown = self.size.checked_add(1).ok_or(TreeFull)?;
        let mut node = NodeId { level: 0, index: self.size };
        let mut hash = leaf;
        completed(node, hash);
        // Adding one carries through the low bits that are set, and each carry merges two equal
        // subtrees.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = self.suite.node_hash(left, hash);
            node = NodeId { level: node.level.saturating_add(1), index: node.index >> 1 };
            completed(node, hash);
        }
        self.peaks.push(hash);
        self.size = grown;
        Ok(())
    }

    /// Adds a complete subtree of `2^level` leaves whose content stays hidden; what is added must begin at a multiple of
    /// its own size.
    ///
    /// # Errors
    /// [`SubtreeMisplaced`], also where the tree would grow beyond its largest size; the tree is then unchanged.
    pub fn push_subtree(&mut self, level: u32, root: Hash) -> Result<(), SubtreeMisplaced> {
        let leaves = 1_u64.checked_shl(level).ok_or(SubtreeMisplaced)?;
        let grown = self.size.checked_add(leaves).ok_or(SubtreeMisplaced)?;
        if self.size & leaves.wrapping_sub(1) != 0 {
            return Err(SubtreeMisplaced);
        }
        let mut hash = root;
        for _ in 0..(self.size >> level).trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = self.suite.node_hash(left, hash);
        }
        self.peaks.push(hash);
        self.size = grown;
        Ok(())
    }

    /// Adds the leaves of a tree that was grown by itself, on another processor perhaps.
    ///
    /// # Errors
    /// [`SubtreeMisplaced`] unless this tree's size is a multiple of the other's largest subtree.
    pub fn append(&mut self, tail: &Frontier) -> Result<(), SubtreeMisplaced> {
        let levels = (0..u64::BITS).rev().filter(|level| tail.size >> level & 1 == 1);
        levels.zip(&tail.peaks).try_for_each(|(level, peak)| self.push_subtree(level, *peak))
    }

    /// The root that [`Frontier::append`] would lead to, told by the tail's root alone.
    #[must_use]
    pub fn root_with(&self, tail: Hash) -> Hash {
        self.peaks.iter().rev().fold(tail, |right, left| self.suite.node_hash(*left, right))
    }

    /// Adds leaf hashes in order.
    ///
    /// # Errors
    /// [`TreeFull`]; the leaves before the one that did not fit were added.
    pub fn extend(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Result<(), TreeFull> {
        leaves.into_iter().try_for_each(|leaf| self.push(leaf))
    }

    /// The root over all leaves (RFC 9162, section 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_peaks(self.suite, &self.peaks)
    }

    /// The stored form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(stored_bytes(self.size));
        bytes.extend([FORM_VERSION, suite_byte(self.suite)]);
        bytes.extend(self.size.to_be_bytes());
        for peak in &self.peaks {
            bytes.extend(peak.as_bytes());
        }
        bytes
    }

    /// Reads the stored form. Whether the peaks are true can only be told by folding the journal
    /// again.
    ///
    /// # Errors
    /// A [`FrontierError`] for anything [`Frontier::to_bytes`] would not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (header, peaks) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(FrontierError::Length)?;
        let [version, suite, size @ ..] = *header;
        if version != FORM_VERSION {
            return Err(FrontierError::Version);
        }
        let suite = HashSuite::ALL.into_iter().find(|known| suite_byte(*known) == suite).ok_or(FrontierError::Suite)?;
        let size = u64::from_be_bytes(size);
        if bytes.len() != stored_bytes(size) {
            return Err(FrontierError::Length);
        }
        let peaks = peaks
            .chunks(Hash::BYTES)
            .map(|peak| Hash::try_from(peak).map_err(|_| FrontierError::Length))
            .collect::<Result<_, _>>()?;
        Ok(Self { suite, size, peaks })
    }
}

/// The complete subtrees that cover `size` leaves from leaf `start` on, largest first.
///
/// `start` must be a multiple of the largest of them, as it always is where RFC 9162 splits a tree.
pub(super) fn subtrees(start: u64, size: u64) -> impl Iterator<Item = NodeId> {
    (0..u64::BITS).rev().filter(move |level| size >> level & 1 == 1).map(move |level| {
        // What the larger subtrees to the left cover: the bits of the size above this one.
        let before = size & !low_bits(level.saturating_add(1));
        NodeId { level, index: start.saturating_add(before) >> level }
    })
}

/// The root over a row of complete subtrees, largest first; of none, the empty root.
pub(super) fn fold_peaks(suite: HashSuite, peaks: &[Hash]) -> Hash {
    peaks.iter().rev().copied().reduce(|right, left| suite.node_hash(left, right)).unwrap_or_else(|| suite.empty_root())
}

/// A number with the `count` lowest bits set.
fn low_bits(count: u32) -> u64 {
    u64::MAX.checked_shl(count).map_or(u64::MAX, |high| !high)
}

const fn suite_byte(suite: HashSuite) -> u8 {
    match suite {
        HashSuite::Sha256 => 0x01,
        HashSuite::Sm3 => 0x02,
    }
}

/// Length of the stored form of a tree with `size` leaves, at most 2,058 bytes.
fn stored_bytes(size: u64) -> usize {
    let peaks = usize::try_from(size.count_ones()).unwrap_or(usize::MAX);
    peaks.saturating_mul(Hash::BYTES).saturating_add(HEADER_BYTES)
}
