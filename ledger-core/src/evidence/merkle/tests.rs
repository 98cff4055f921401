//! The frontier against reference roots, against ct-merkle, and its stored form.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use std::collections::BTreeMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use digest::Digest;
use digest::typenum::U32;
use proptest::prelude::*;

use super::vectors::{ROOTS_SHA256, ROOTS_SM3, hash, leaf_hashes, numbered_leaves};
use super::{Frontier, FrontierError, NodeId, TileSpan, TreeFull, subtrees};
use crate::evidence::hash::{Hash, HashSuite};

fn grown(suite: HashSuite, leaves: impl IntoIterator<Item = Hash>) -> Frontier {
    let mut frontier = Frontier::new(suite);
    frontier.extend(leaves).expect("a small tree is never full");
    frontier
}

#[test]
fn roots_are_those_of_the_reference_tree() {
    for (suite, roots) in [(HashSuite::Sha256, ROOTS_SHA256), (HashSuite::Sm3, ROOTS_SM3)] {
        let mut frontier = Frontier::new(suite);
        let mut leaves = leaf_hashes(suite).into_iter();
        for (root, size) in roots.into_iter().zip(0_u64..) {
            assert_eq!((frontier.size(), frontier.root()), (size, hash(root)));
            frontier.extend(leaves.next()).expect("eight leaves fit");
        }
    }
}

#[test]
fn one_peak_stands_for_each_bit_of_the_size() {
    let (_, leaves) = numbered_leaves(HashSuite::Sha256, 300);
    let mut frontier = Frontier::new(HashSuite::Sha256);
    for leaf in leaves {
        frontier.push(leaf).expect("a small tree is never full");
        assert_eq!(u32::try_from(frontier.peaks().len()), Ok(frontier.size().count_ones()));
    }
}

/// Version, suite, size 5, the peak over leaves 0 to 3, leaf 4.
#[test]
fn the_stored_form_is_golden() {
    for (suite, byte, roots) in [(HashSuite::Sha256, 1, ROOTS_SHA256), (HashSuite::Sm3, 2, ROOTS_SM3)] {
        let leaves = leaf_hashes(suite);
        let mut expected = vec![1, byte, 0, 0, 0, 0, 0, 0, 0, 5];
        expected.extend(hash(roots[4]).as_bytes());
        expected.extend(leaves[4].as_bytes());
        assert_eq!(grown(suite, leaves.into_iter().take(5)).to_bytes(), expected);
    }
}

#[test]
fn a_stored_frontier_grows_like_the_one_that_was_kept() {
    let (_, leaves) = numbered_leaves(HashSuite::Sm3, 70);
    for cut in 0..leaves.len() {
        let (before, after) = leaves.split_at(cut);
        let stored = grown(HashSuite::Sm3, before.iter().copied()).to_bytes();
        let mut read = Frontier::from_bytes(&stored).expect("what was written is read");
        assert_eq!(read.to_bytes(), stored);
        read.extend(after.iter().copied()).expect("a small tree is never full");
        assert_eq!(read, grown(HashSuite::Sm3, leaves.iter().copied()));
    }
}

#[test]
fn bytes_that_were_not_written_here_are_refused() {
    let good = grown(HashSuite::Sha256, leaf_hashes(HashSuite::Sha256)).to_bytes();
    let altered = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Frontier::from_bytes(&bytes)
    };
    assert_eq!(altered(0, 2), Err(FrontierError::Version));
    assert_eq!(altered(1, 0), Err(FrontierError::Suite));
    assert_eq!(altered(1, 3), Err(FrontierError::Suite));
    assert_eq!(altered(9, 7), Err(FrontierError::Length));
    assert_eq!(Frontier::from_bytes(&good[..41]), Err(FrontierError::Length));
    assert_eq!(Frontier::from_bytes(&[good.clone(), vec![0; 32]].concat()), Err(FrontierError::Length));
    assert_eq!(Frontier::from_bytes(&[]), Err(FrontierError::Length));
    assert_eq!(Frontier::from_bytes(&good[..9]), Err(FrontierError::Length));
}

#[test]
fn a_full_tree_takes_no_leaf_and_stays_as_it_is() {
    let mut bytes = vec![1, 1];
    bytes.extend(u64::MAX.to_be_bytes());
    bytes.extend([7; 64 * 32]);
    let mut full = Frontier::from_bytes(&bytes).expect("64 peaks belong to the largest size");
    let leaf = HashSuite::Sha256.leaf_hash(b"");
    let mut shown = 0;
    assert_eq!(full.push_with(leaf, |_, _| shown += 1), Err(TreeFull));
    assert_eq!((full.to_bytes(), shown), (bytes, 0));
}

#[test]
fn every_complete_subtree_is_shown_once_with_its_root() {
    let suite = HashSuite::Sha256;
    let (_, leaves) = numbered_leaves(suite, 600);
    let mut nodes = BTreeMap::new();
    let mut frontier = Frontier::new(suite);
    for leaf in leaves.iter().copied() {
        let show = |node, hash| assert_eq!(nodes.insert(node, hash), None, "{node:?} twice");
        frontier.push_with(leaf, show).expect("a small tree is never full");
    }
    let expected: u64 = (0..10).map(|level| 600_u64 >> level).sum();
    assert_eq!(nodes.len(), usize::try_from(expected).expect("small"));
    for (node, hash) in nodes {
        let below: Vec<Hash> =
            leaves.chunks(1 << node.level).nth(node.index.try_into().expect("small")).expect("full").to_vec();
        assert_eq!(grown(suite, below).root(), hash, "{node:?}");
    }
}

#[test]
fn subtrees_cover_a_range_from_left_to_right() {
    let covered = |start, size| subtrees(start, size).map(|node| (node.level, node.index)).collect::<Vec<_>>();
    assert_eq!(covered(0, 0), []);
    assert_eq!(covered(0, 7), [(2, 0), (1, 2), (0, 6)]);
    assert_eq!(covered(8, 5), [(2, 2), (0, 12)]);
    assert_eq!(covered(0, 1 << 63), [(63, 0)]);
    assert_eq!(covered(0, u64::MAX).len(), 64);
    assert_eq!(covered(0, u64::MAX).last(), Some(&(0, u64::MAX - 1)));
}

#[test]
fn nodes_are_found_in_tiles_of_256_hashes() {
    let span = |level, index| NodeId { level, index }.tile_span();
    let tile = |tile_level, tile_index, first, count| TileSpan { tile_level, tile_index, first, count };
    assert_eq!(span(0, 0), tile(0, 0, 0, 1));
    assert_eq!(span(0, 255), tile(0, 0, 255, 1));
    assert_eq!(span(0, 256), tile(0, 1, 0, 1));
    assert_eq!(span(7, 0), tile(0, 0, 0, 128));
    assert_eq!(span(7, 3), tile(0, 1, 128, 128));
    assert_eq!(span(8, 3), tile(1, 0, 3, 1));
    assert_eq!(span(9, 129), tile(1, 1, 2, 2));
    assert_eq!(span(63, 1), tile(7, 0, 128, 128));
}

fn oracle_roots<D: Digest<OutputSize = U32>>(entries: Vec<Vec<u8>>) -> Vec<[u8; 32]> {
    let mut tree = MemoryBackedTree::<D, Vec<u8>>::new();
    let roots = entries.into_iter().map(|entry| {
        tree.push(entry);
        (*tree.root().as_bytes()).into()
    });
    roots.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_root_is_the_one_ct_merkle_computes(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..400),
    ) {
        for (suite, roots) in [
            (HashSuite::Sha256, oracle_roots::<sha2::Sha256>(entries.clone())),
            (HashSuite::Sm3, oracle_roots::<sm3::Sm3>(entries.clone())),
        ] {
            let mut frontier = Frontier::new(suite);
            for (entry, root) in entries.iter().zip(roots) {
                frontier.push(suite.leaf_hash(entry)).expect("a small tree is never full");
                prop_assert_eq!(frontier.root(), Hash::from_bytes(root));
            }
        }
    }
}

#[test]
fn a_tail_grown_by_itself_leads_to_the_same_tree() {
    let (_, leaves) = numbered_leaves(HashSuite::Sha256, 100);
    let suite = HashSuite::Sha256;
    for start in [0_usize, 16, 64, 80] {
        for count in 1..=16 {
            let before = grown(suite, leaves.iter().take(start).copied());
            let tail = grown(suite, leaves.iter().skip(start).take(count).copied());
            let whole = grown(suite, leaves.iter().take(start + count).copied());
            assert_eq!(before.root_with(tail.root()), whole.root(), "{start} and {count}");
            let mut joined = before.clone();
            joined.append(&tail).expect("it begins at a multiple of sixteen");
            assert_eq!(joined, whole);
        }
    }
    let mut odd = grown(suite, leaves.iter().take(3).copied());
    assert!(odd.append(&grown(suite, leaves.iter().take(2).copied())).is_err(), "two leaves behind three");
}
