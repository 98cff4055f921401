//! Tiles (<https://c2sp.org/tlog-tiles>): the tree cut into rows of 256 hashes that span eight levels each.
//!
//! A tile of level `t` and index `n` holds the hashes of tree level `8 * t` from `256 * n` on, at most 256 of them. Tiles
//! of level 0 are leaf hashes; a hash of a higher tile is the root over one full tile below. The rightmost tile of a level
//! may be partial, but only roots of full tiles go up, so what stands in a tile never changes: tiles only grow.
//!
//! Owns: which tiles a node needs, how tiles grow as leaves come, and nodes read out of tiles. Does not own where tiles
//! are kept. Everything here can be computed again from the leaf hashes alone.

use std::collections::{BTreeMap, BTreeSet};

use super::hash::{Hash, HashSuite};
use super::merkle::{Frontier, NodeId};
use super::proof::{NoSuchNode, TileReader};

#[cfg(test)]
mod tests;

/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;
/// Leaves below one hash of a tile of level 1.
pub const TILE_LEAVES: u64 = 256;
/// Tree levels from one level of tiles to the next.
const LEVELS: u32 = 8;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Level of the tile: its hashes stand on tree level `8 * level`.
    pub level: u32,
    /// Place in its level, from 0.
    pub index: u64,
}

/// Why tiles cannot grow as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The tiles to go on from are not those of a tree of that size.
    #[error("the stored tiles are not those of a tree of {0} leaves")]
    NotOfThatSize(u64),
    /// Leaves come by full tiles.
    #[error("tiles grow by {TILE_WIDTH} leaves at a time")]
    NotFull,
}

impl TileId {
    /// The tile that a node is computed from.
    #[must_use]
    pub fn of(node: NodeId) -> Self {
        let span = node.tile_span();
        Self { level: span.tile_level, index: span.tile_index }
    }

    /// How many hashes the tile has in a tree of `size` leaves: 0 to 256.
    #[must_use]
    pub fn width(self, size: u64) -> usize {
        let row = size.checked_shr(self.level.saturating_mul(LEVELS)).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_LEAVES);
        usize::try_from(row.saturating_sub(before).min(TILE_LEAVES)).unwrap_or(TILE_WIDTH)
    }

    /// The address below a log's prefix, such as `tile/0/x001/234` or `tile/1/000.p/17`.
    #[must_use]
    pub fn path(self, width: usize) -> String {
        let mut groups = vec![format!("{:03}", self.index % 1_000)];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1_000));
            rest /= 1_000;
        }
        groups.reverse();
        let partial = if width < TILE_WIDTH { format!(".p/{width}") } else { String::new() };
        format!("tile/{}/{}{partial}", self.level, groups.join("/"))
    }
}

/// The tiles that some nodes are computed from, each once.
#[must_use]
pub fn tiles_of(nodes: &[NodeId]) -> BTreeSet<TileId> {
    nodes.iter().copied().map(TileId::of).collect()
}

/// Tiles above the leaves, growing.
#[derive(Clone, Debug)]
pub struct TileGrower {
    suite: HashSuite,
    /// Leaves taken in, a multiple of 256.
    covered: u64,
    /// The last tile of each level from 1 on, while it is partial.
    open: BTreeMap<u32, Vec<Hash>>,
    changed: BTreeMap<TileId, Vec<Hash>>,
}

impl TileGrower {
    /// The partial tiles to read before growth can go on from a tree of `covered` leaves, with their widths.
    #[must_use]
    pub fn needed(covered: u64) -> Vec<(TileId, usize)> {
        let rows = (1..).map(|level: u32| (level, covered.checked_shr(level.saturating_mul(LEVELS)).unwrap_or(0)));
        rows.take_while(|(_, row)| *row > 0)
            .map(|(level, row)| TileId { level, index: row / TILE_LEAVES })
            .map(|tile| (tile, tile.width(covered)))
            .filter(|(_, width)| *width > 0)
            .collect()
    }

    /// Goes on from a tree of `covered` leaves with the tiles of [`TileGrower::needed`].
    ///
    /// # Errors
    /// [`TileError::NotOfThatSize`].
    pub fn resume(suite: HashSuite, covered: u64, tiles: &BTreeMap<TileId, Vec<Hash>>) -> Result<Self, TileError> {
        let wrong = TileError::NotOfThatSize(covered);
        if !covered.is_multiple_of(TILE_LEAVES) {
            return Err(wrong);
        }
        let mut open = BTreeMap::new();
        for (tile, width) in Self::needed(covered) {
            let hashes = tiles.get(&tile).filter(|hashes| hashes.len() == width).ok_or(wrong)?;
            open.insert(tile.level, hashes.clone());
        }
        Ok(Self { suite, covered, open, changed: BTreeMap::new() })
    }

    /// Leaves taken in so far.
    #[must_use]
    pub const fn covered(&self) -> u64 {
        self.covered
    }

    /// Takes in the next full tile of leaves.
    ///
    /// # Errors
    /// [`TileError::NotFull`]; nothing is taken in then.
    pub fn push(&mut self, leaves: &[Hash]) -> Result<(), TileError> {
        if leaves.len() != TILE_WIDTH {
            return Err(TileError::NotFull);
        }
        self.covered = self.covered.saturating_add(TILE_LEAVES);
        let mut hash = root_over(self.suite, leaves);
        for level in 1.. {
            let row = self.covered.checked_shr(LEVELS.saturating_mul(level)).unwrap_or(0);
            let tile = TileId { level, index: row.saturating_sub(1) / TILE_LEAVES };
            let open = self.open.entry(level).or_default();
            open.push(hash);
            self.changed.insert(tile, open.clone());
            if open.len() < TILE_WIDTH {
                break;
            }
            // Full: its root goes up, and the next hash begins a new tile.
            hash = root_over(self.suite, open);
            open.clear();
        }
        Ok(())
    }

    /// The tiles that changed since this was last asked, as they are now.
    pub fn take_changed(&mut self) -> Vec<(TileId, Vec<Hash>)> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }
}

/// Tiles at hand, to make proofs from.
#[derive(Clone, Debug)]
pub struct TileSet {
    suite: HashSuite,
    tiles: BTreeMap<TileId, Vec<Hash>>,
}

impl TileSet {
    /// Tiles of a tree; each holds at least the hashes that the nodes to be read need.
    #[must_use]
    pub const fn new(suite: HashSuite, tiles: BTreeMap<TileId, Vec<Hash>>) -> Self {
        Self { suite, tiles }
    }
}

impl TileReader for TileSet {
    type Error = NoSuchNode;

    fn node(&mut self, node: NodeId) -> Result<Hash, NoSuchNode> {
        let span = node.tile_span();
        let hashes = self.tiles.get(&TileId::of(node));
        let below = hashes.and_then(|hashes| hashes.get(span.first..span.first.saturating_add(span.count)));
        below.map(|below| root_over(self.suite, below)).ok_or(NoSuchNode(node))
    }
}

/// The root over hashes that stand in for leaves.
fn root_over(suite: HashSuite, hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::new(suite);
    // A tile has 256 hashes at most: the tree is never full.
    let _ = frontier.extend(hashes.iter().copied());
    frontier.root()
}
