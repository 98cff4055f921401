//! The Merkle tree as tiles beside the journal, so that a proof reads a handful of rows however long the journal is.
//!
//! Leaf hashes stand in the journal; kept here are the tiles above them, a 256th of their bytes. They are derived: the
//! store can be deleted at any time and fills itself again, and before anything is signed or proved its root is held
//! against the journal's own. Nothing of this runs in the append's transaction: tiles follow behind, and whoever needs
//! them further takes them further.

mod postgres;
mod sqlite;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::merkle::NodeId;
use ledger_core::evidence::proof::{
    MakeProofError, ProofError, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof, root_at,
    root_nodes,
};
use ledger_core::evidence::tile::{TILE_LEAVES, TILE_WIDTH, TileGrower, TileId, TileSet, tiles_of};
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError};
use tokio::sync::Mutex;

use super::AuditError;
use crate::side_store::SideStoreError;
use postgres::PostgresTiles;
use sqlite::SqliteTiles;

/// Leaf tiles folded in one write.
const STEP_TILES: usize = 256;
/// Somebody else who fills the same store may be quicker so often.
const TRIES_MAX: u32 = 100;

/// Tiles that changed, as they are now.
type Changed = Vec<(TileId, Vec<Hash>)>;

/// What a place for tiles must offer.
#[async_trait]
trait TileStore: Send + Sync {
    /// How many leaves the stored tiles were made from.
    async fn covered(&self) -> Result<u64, SideStoreError>;

    /// Tiles, in the order asked.
    async fn read(&self, tiles: &[TileId]) -> Result<Vec<Option<Vec<Hash>>>, SideStoreError>;

    /// Stores tiles if the store still covers `from`; `false`, and nothing changed, when it does not.
    async fn write(&self, from: u64, to: u64, changed: Changed) -> Result<bool, SideStoreError>;

    /// Throws everything away.
    async fn clear(&self) -> Result<(), SideStoreError>;
}

/// The tree of one journal.
pub struct TileTree {
    journal: Arc<dyn Journal>,
    suite: HashSuite,
    store: Box<dyn TileStore>,
    growing: Mutex<()>,
}

impl TileTree {
    /// Opens the tiles beside a journal, making their place on first use.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn open(url: &JournalUrl, journal: Arc<dyn Journal>, suite: HashSuite) -> Result<TileTree, AuditError> {
        let store: Box<dyn TileStore> = match url {
            JournalUrl::Sqlite(path) => Box::new(SqliteTiles::open(path).await?),
            JournalUrl::Postgres { url, schema } => Box::new(PostgresTiles::open(url, schema).await?),
        };
        Ok(TileTree { journal, suite, store, growing: Mutex::default() })
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn root(&self, size: u64) -> Result<Hash, AuditError> {
        let mut tiles = self.fetch(&root_nodes(size), size).await?;
        root_at(self.suite, size, &mut tiles).map_err(|error| damaged(size, error.to_string()))
    }

    /// The inclusion proof of a position in the tree of `size` leaves, with the leaf's hash.
    ///
    /// # Errors
    /// [`AuditError`]; [`AuditError::Asked`] for a position that is not in that tree.
    pub async fn inclusion(&self, position: u64, size: u64) -> Result<(Hash, Vec<Hash>), AuditError> {
        let index = position.checked_sub(1).ok_or_else(|| AuditError::Asked("positions begin at 1".into()))?;
        let mut nodes = inclusion_nodes(index, size).map_err(|error| asked(&error))?;
        let own = NodeId { level: 0, index };
        nodes.push(own);
        let mut tiles = self.fetch(&nodes, size).await?;
        let proof = inclusion_proof(self.suite, index, size, &mut tiles).map_err(|error| unmade(size, error))?;
        let mut reader = tiles;
        let leaf = ledger_core::evidence::proof::TileReader::node(&mut reader, own)
            .map_err(|error| damaged(position, error.to_string()))?;
        Ok((leaf, proof))
    }

    /// The consistency proof between two sizes.
    ///
    /// # Errors
    /// [`AuditError`]; [`AuditError::Asked`] when the earlier size exceeds the later.
    pub async fn consistency(&self, from: u64, to: u64) -> Result<Vec<Hash>, AuditError> {
        let nodes = consistency_nodes(from, to).map_err(|error| asked(&error))?;
        let mut tiles = self.fetch(&nodes, to).await?;
        consistency_proof(self.suite, from, to, &mut tiles).map_err(|error| unmade(to, error))
    }

    /// One tile as it was in a tree of `size` leaves; none where that tree has none.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn tile(&self, tile: TileId, size: u64) -> Result<Option<Vec<Hash>>, AuditError> {
        if tile.width(size) == 0 {
            return Ok(None);
        }
        self.grow(size).await?;
        Ok(self.read(&BTreeSet::from([tile]), size).await?.remove(&tile))
    }

    /// Throws the tiles away; they are made again as they are needed.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn rebuild(&self, size: u64) -> Result<(), AuditError> {
        self.store.clear().await?;
        self.grow(size).await
    }

    /// Takes the tiles on to a tree of `size` leaves, as far as full tiles of leaves go.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn grow(&self, size: u64) -> Result<(), AuditError> {
        let target = size - size % TILE_LEAVES;
        let _one_at_a_time = self.growing.lock().await;
        let mut lost = 0;
        loop {
            let covered = self.store.covered().await?;
            if covered >= target {
                return Ok(());
            }
            if !self.step(covered, target).await? {
                lost += 1;
                if lost > TRIES_MAX {
                    let what = "the tiles are written by somebody else all the time; try again";
                    return Err(SideStoreError::Unavailable(what.to_owned()).into());
                }
            }
        }
    }

    /// One write; `false` when somebody else wrote first.
    async fn step(&self, covered: u64, target: u64) -> Result<bool, AuditError> {
        let needed: Vec<(TileId, usize)> = TileGrower::needed(covered);
        let ids: Vec<TileId> = needed.iter().map(|(tile, _)| *tile).collect();
        let mut open = BTreeMap::new();
        for ((tile, width), hashes) in needed.iter().zip(self.store.read(&ids).await?) {
            let Some(mut hashes) = hashes else { continue };
            // Somebody else may have gone on since `covered` was read; the write then changes nothing.
            hashes.truncate(*width);
            open.insert(*tile, hashes);
        }
        let Ok(mut grower) = TileGrower::resume(self.suite, covered, &open) else {
            tracing::error!(covered, "the stored tiles are not whole; they are made anew");
            self.store.clear().await?;
            return Ok(false);
        };
        let missing = usize::try_from(target.saturating_sub(covered)).unwrap_or(usize::MAX);
        let wanted = missing.min(STEP_TILES.saturating_mul(TILE_WIDTH));
        let leaves = self.leaves(covered, wanted).await?;
        if leaves.len() < wanted {
            return Err(damaged(covered, "leaf hashes are missing that the head says are there".into()));
        }
        for tile in leaves.chunks_exact(TILE_WIDTH) {
            grower.push(tile).map_err(|error| damaged(covered, error.to_string()))?;
        }
        Ok(self.store.write(covered, grower.covered(), grower.take_changed()).await?)
    }

    async fn fetch(&self, nodes: &[NodeId], size: u64) -> Result<TileSet, AuditError> {
        self.grow(size).await?;
        Ok(TileSet::new(self.suite, self.read(&tiles_of(nodes), size).await?))
    }

    /// Tiles, each as it was in a tree of `size` leaves.
    async fn read(&self, tiles: &BTreeSet<TileId>, size: u64) -> Result<BTreeMap<TileId, Vec<Hash>>, AuditError> {
        let mut found = BTreeMap::new();
        let above: Vec<TileId> = tiles.iter().copied().filter(|tile| tile.level > 0).collect();
        for (tile, hashes) in above.iter().zip(self.store.read(&above).await?) {
            let mut hashes = hashes.unwrap_or_default();
            hashes.truncate(tile.width(size));
            found.insert(*tile, hashes);
        }
        for tile in tiles.iter().filter(|tile| tile.level == 0) {
            let after = tile.index.saturating_mul(TILE_LEAVES);
            found.insert(*tile, self.leaves(after, tile.width(size)).await?);
        }
        Ok(found)
    }

    async fn leaves(&self, after: u64, count: usize) -> Result<Vec<Hash>, AuditError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        Ok(self.journal.leaves(after, count).await?.into_iter().map(Hash::from_bytes).collect())
    }
}

/// Hashes as they are stored: one after the other.
fn joined(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Hashes read back; what is no whole number of them counts as no tile, and is made anew.
fn split(bytes: &[u8]) -> Option<Vec<Hash>> {
    bytes.chunks(Hash::BYTES).map(|hash| Hash::try_from(hash).ok()).collect()
}

fn asked(error: &ProofError) -> AuditError {
    AuditError::Asked(error.to_string())
}

fn unmade<E: std::fmt::Display>(size: u64, error: MakeProofError<E>) -> AuditError {
    match error {
        MakeProofError::Asked(error) => asked(&error),
        MakeProofError::Read(error) => damaged(size, error.to_string()),
    }
}

fn damaged(position: u64, what: String) -> AuditError {
    JournalError::Damaged { position, what }.into()
}
