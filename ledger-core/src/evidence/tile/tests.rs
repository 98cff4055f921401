//! Proofs made from tiles against ct-merkle, for both suites, and tiles grown in any steps against tiles cut at once.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use std::collections::BTreeMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use digest::Digest;
use digest::typenum::U32;
use proptest::prelude::*;

use super::{TILE_LEAVES, TILE_WIDTH, TileError, TileGrower, TileId, TileSet, tiles_of};
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::vectors::numbered_leaves;
use crate::evidence::proof::{
    MemoryTree, TileReader, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof, root_at,
    root_nodes, verify_consistency, verify_inclusion,
};

/// Tiles as a store keeps them: levels from 1 on, filled by steps of some tiles at a time, stopped and resumed in between.
fn grown(suite: HashSuite, leaves: &[Hash], step: usize) -> BTreeMap<TileId, Vec<Hash>> {
    let mut stored: BTreeMap<TileId, Vec<Hash>> = BTreeMap::new();
    let mut covered = 0;
    let full: Vec<&[Hash]> = leaves.chunks_exact(TILE_WIDTH).collect();
    for chunk in full.chunks(step) {
        let needed = TileGrower::needed(covered).into_iter().map(|(tile, _)| (tile, stored[&tile].clone())).collect();
        let mut grower = TileGrower::resume(suite, covered, &needed).expect("what was stored");
        for leaves in chunk {
            grower.push(leaves).expect("a full tile");
        }
        covered = grower.covered();
        stored.extend(grower.take_changed());
    }
    stored
}

/// The tiles that a proof over the first `size` leaves needs: leaf tiles from the leaves, the others from the store, each
/// cut to what a tree of that size has, so that a proof never leans on what came later.
fn fetched(stored: &BTreeMap<TileId, Vec<Hash>>, leaves: &[Hash], size: u64, tile: TileId) -> Vec<Hash> {
    let width = tile.width(size);
    if tile.level > 0 {
        return stored[&tile][..width].to_vec();
    }
    let first = usize::try_from(tile.index * TILE_LEAVES).expect("small");
    leaves[first..first + width].to_vec()
}

#[test]
fn a_tile_has_an_address_and_a_width() {
    let tile = |level, index| TileId { level, index };
    assert_eq!(tile(0, 1_234_067).path(256), "tile/0/x001/x234/067");
    assert_eq!(tile(1, 0).path(17), "tile/1/000.p/17");
    // The specification's example of 70,000 leaves.
    assert_eq!(tile(0, 272).width(70_000), 256);
    assert_eq!(tile(0, 273).width(70_000), 112);
    assert_eq!((tile(1, 0).width(70_000), tile(1, 1).width(70_000), tile(2, 0).width(70_000)), (256, 17, 1));
    assert_eq!((tile(1, 0).width(256), tile(1, 0).width(255), tile(9, 0).width(u64::MAX)), (1, 0, 0));
}

#[test]
fn tiles_that_are_not_of_the_size_are_refused() {
    let (_, leaves) = numbered_leaves(HashSuite::Sha256, 512);
    let stored = grown(HashSuite::Sha256, &leaves, 1);
    assert!(TileGrower::resume(HashSuite::Sha256, 512, &stored).is_ok());
    for covered in [256, 768, 500] {
        let resumed = TileGrower::resume(HashSuite::Sha256, covered, &stored).map(|_| ());
        assert_eq!(resumed, Err(TileError::NotOfThatSize(covered)));
    }
    let mut grower = TileGrower::resume(HashSuite::Sha256, 512, &stored).expect("two full tiles");
    assert_eq!(grower.push(&leaves[..255]), Err(TileError::NotFull));
}

/// 70,000 leaves cross into the third level of tiles; the steps are as a follower takes them.
#[test]
fn proofs_from_tiles_of_three_levels_hold() {
    for suite in HashSuite::ALL {
        let (_, leaves) = numbered_leaves(suite, 70_000);
        let stored = grown(suite, &leaves, 100);
        assert_eq!(stored, grown(suite, &leaves, 1));
        let mut whole = MemoryTree::new(suite);
        for leaf in &leaves {
            whole.push(*leaf).expect("small");
        }
        for size in [1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 65_792, 70_000] {
            let tiles = |nodes: &[_]| {
                let tiles = tiles_of(nodes).into_iter();
                TileSet::new(suite, tiles.map(|tile| (tile, fetched(&stored, &leaves, size, tile))).collect())
            };
            let root = root_at(suite, size, &mut tiles(&root_nodes(size))).expect("fetched");
            assert_eq!(root, root_at(suite, size, &mut whole).expect("in memory"), "root at {size}");
            for index in [0, size / 3, size / 2, size - 1] {
                let mut set = tiles(&inclusion_nodes(index, size).expect("inside"));
                let proof = inclusion_proof(suite, index, size, &mut set).expect("fetched");
                let leaf = leaves[usize::try_from(index).expect("small")];
                assert_eq!(verify_inclusion(suite, leaf, index, size, &proof, root), Ok(()), "{index} of {size}");
            }
            for from in [0, 1, size / 3, size / 2, size - 1, size] {
                let mut set = tiles(&consistency_nodes(from, size).expect("inside"));
                let proof = consistency_proof(suite, from, size, &mut set).expect("fetched");
                let earlier = root_at(suite, from, &mut whole).expect("in memory");
                assert_eq!(verify_consistency(suite, from, size, earlier, root, &proof), Ok(()), "{from} to {size}");
            }
        }
    }
}

/// O(log n): a proof over a million entries reads few tiles.
#[test]
fn a_proof_over_a_million_entries_reads_at_most_six_tiles() {
    let size = 1_000_003;
    for index in [0, 255, 256, 65_535, 65_536, 500_000, 999_999, 1_000_002] {
        let tiles = tiles_of(&inclusion_nodes(index, size).expect("inside"));
        assert!(tiles.len() <= 6, "{index}: {tiles:?}");
        let tiles = tiles_of(&consistency_nodes(index, size).expect("inside"));
        assert!(tiles.len() <= 6, "{index}: {tiles:?}");
    }
}

fn agrees_with_ct_merkle<D: Digest<OutputSize = U32>>(
    suite: HashSuite,
    size: u64,
    index: u64,
) -> Result<(), TestCaseError> {
    let (entries, leaves) = numbered_leaves(suite, size);
    let mut oracle = MemoryBackedTree::<D, Vec<u8>>::new();
    for entry in entries {
        oracle.push(entry);
    }
    let stored = grown(suite, &leaves, 3);
    let set = |nodes: &[_]| {
        let tiles = tiles_of(nodes).into_iter();
        TileSet::new(suite, tiles.map(|tile| (tile, fetched(&stored, &leaves, size, tile))).collect())
    };
    let bytes = |proof: &[Hash]| proof.iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>();
    let root = root_at(suite, size, &mut set(&root_nodes(size))).expect("fetched");
    let theirs: [u8; 32] = (*oracle.root().as_bytes()).into();
    prop_assert_eq!(root, Hash::from_bytes(theirs));
    let mut tiles = set(&inclusion_nodes(index, size).expect("inside"));
    let proof = inclusion_proof(suite, index, size, &mut tiles).expect("fetched");
    let theirs = oracle.prove_inclusion(usize::try_from(index).expect("small"));
    prop_assert_eq!(bytes(&proof), theirs.as_bytes().to_vec());
    if index > 0 {
        let mut tiles = set(&consistency_nodes(index, size).expect("inside"));
        let proof = consistency_proof(suite, index, size, &mut tiles).expect("fetched");
        let theirs = oracle.prove_consistency(usize::try_from(size - index).expect("small"));
        prop_assert_eq!(bytes(&proof), theirs.as_bytes().to_vec());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn proofs_from_tiles_are_those_of_ct_merkle(size in 1_u64..3_000, at: prop::sample::Index) {
        let index = u64::try_from(at.index(usize::try_from(size)?))?;
        agrees_with_ct_merkle::<sha2::Sha256>(HashSuite::Sha256, size, index)?;
        agrees_with_ct_merkle::<sm3::Sm3>(HashSuite::Sm3, size, index)?;
    }
}

#[test]
fn a_node_that_was_not_fetched_is_told() {
    let mut set = TileSet::new(HashSuite::Sha256, BTreeMap::new());
    let node = root_nodes(1)[0];
    assert_eq!(set.node(node).map_err(|error| error.0), Err(node));
}
