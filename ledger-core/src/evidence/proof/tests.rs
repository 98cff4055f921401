//! Proofs against the reference vectors, against ct-merkle, and against every way to alter them.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use digest::Digest;
use digest::typenum::U32;
use proptest::prelude::*;

use super::{
    MakeProofError, MemoryTree, NoSuchNode, ProofError, consistency_nodes, consistency_proof, inclusion_nodes,
    inclusion_proof, root_at, verify_consistency, verify_inclusion,
};
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::vectors::{ROOTS_SHA256, hash, leaf_hashes, numbered_leaves};
use crate::evidence::merkle::{Frontier, NodeId};

const SUITE: HashSuite = HashSuite::Sha256;

fn tree_of(suite: HashSuite, leaves: impl IntoIterator<Item = Hash>) -> MemoryTree {
    let mut tree = MemoryTree::new(suite);
    for leaf in leaves {
        tree.push(leaf).expect("a small tree is never full");
    }
    tree
}

fn root_of(size: u64) -> Hash {
    hash(ROOTS_SHA256[usize::try_from(size).expect("small")])
}

/// Inclusion proofs of the reference tree: index, size, hashes.
const INCLUSION: [(u64, u64, &[&str]); 6] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 2, &["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// Consistency proofs of the reference tree: earlier size, later size, hashes.
const CONSISTENCY: [(u64, u64, &[&str]); 5] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

#[test]
fn inclusion_proofs_are_those_of_the_reference_tree() {
    let leaves = leaf_hashes(SUITE);
    let mut tree = tree_of(SUITE, leaves);
    for (index, size, hashes) in INCLUSION {
        let expected: Vec<Hash> = hashes.iter().map(|hex| hash(hex)).collect();
        assert_eq!(inclusion_proof(SUITE, index, size, &mut tree), Ok(expected.clone()));
        let leaf = leaves[usize::try_from(index).expect("small")];
        assert_eq!(verify_inclusion(SUITE, leaf, index, size, &expected, root_of(size)), Ok(()));
    }
}

#[test]
fn consistency_proofs_are_those_of_the_reference_tree() {
    let mut tree = tree_of(SUITE, leaf_hashes(SUITE));
    for (from, to, hashes) in CONSISTENCY {
        let expected: Vec<Hash> = hashes.iter().map(|hex| hash(hex)).collect();
        assert_eq!(consistency_proof(SUITE, from, to, &mut tree), Ok(expected.clone()));
        let verdict = verify_consistency(SUITE, from, to, root_of(from), root_of(to), &expected);
        assert_eq!(verdict, Ok(()));
    }
}

/// All sizes, all indices: the proof holds, and for no other index of any size.
#[test]
fn an_inclusion_proof_holds_for_its_index_alone() {
    let (_, leaves) = numbered_leaves(SUITE, 40);
    let mut tree = tree_of(SUITE, leaves.iter().copied());
    for size in 1..=40 {
        let root = root_at(SUITE, size, &mut tree).expect("in the tree");
        for (leaf, index) in leaves.iter().zip(0..size) {
            let proof = inclusion_proof(SUITE, index, size, &mut tree).expect("in the tree");
            for claimed in 0..size + 2 {
                let holds = verify_inclusion(SUITE, *leaf, claimed, size, &proof, root).is_ok();
                assert_eq!(holds, claimed == index, "leaf {index} as {claimed} of {size}");
            }
        }
    }
}

/// All pairs of sizes: the proof holds between the true roots and for no other pair of roots.
#[test]
fn a_consistency_proof_holds_between_its_roots_alone() {
    let (_, leaves) = numbered_leaves(SUITE, 40);
    let mut tree = tree_of(SUITE, leaves);
    let roots: Vec<Hash> = (0..=40).map(|size| root_at(SUITE, size, &mut tree).expect("in the tree")).collect();
    for (to_root, to) in roots.iter().zip(0..) {
        for (from_root, from) in roots.iter().zip(0..=to) {
            let proof = consistency_proof(SUITE, from, to, &mut tree).expect("in the tree");
            for (claimed, size) in roots.iter().zip(0..) {
                let earlier = verify_consistency(SUITE, from, to, *claimed, *to_root, &proof);
                assert_eq!(earlier.is_ok(), size == from, "{from} to {to} with root of {size}");
                if from > 0 {
                    let later = verify_consistency(SUITE, from, to, *from_root, *claimed, &proof);
                    assert_eq!(later.is_ok(), size == to, "{from} to {to} with root of {size}");
                }
            }
        }
    }
}

#[test]
fn edges_of_inclusion() {
    let leaf = SUITE.leaf_hash(b"data");
    let beyond = |index, size| Err(ProofError::IndexBeyondSize { index, size });
    assert_eq!(verify_inclusion(SUITE, leaf, 0, 1, &[], leaf), Ok(()));
    assert_eq!(verify_inclusion(SUITE, leaf, 0, 1, &[leaf], leaf), Err(ProofError::TooLong));
    assert_eq!(verify_inclusion(SUITE, leaf, 0, 2, &[], leaf), Err(ProofError::TooShort));
    assert_eq!(verify_inclusion(SUITE, leaf, 0, 1, &[], root_of(0)), Err(ProofError::RootMismatch));
    assert_eq!(verify_inclusion(SUITE, leaf, 0, 0, &[], leaf), beyond(0, 0));
    assert_eq!(verify_inclusion(SUITE, leaf, 2, 1, &[], leaf), beyond(2, 1));
    let mut tree = tree_of(SUITE, leaf_hashes(SUITE));
    let asked = MakeProofError::Asked(ProofError::IndexBeyondSize { index: 3, size: 3 });
    assert_eq!(inclusion_proof(SUITE, 3, 3, &mut tree), Err(asked));
}

#[test]
fn edges_of_consistency() {
    let verify =
        |from, to, from_root, to_root, proof: &[Hash]| verify_consistency(SUITE, from, to, from_root, to_root, proof);
    let (empty, one, two) = (root_of(0), root_of(1), root_of(2));
    assert_eq!(verify(0, 0, empty, empty, &[]), Ok(()));
    assert_eq!(verify(0, 1, empty, one, &[]), Ok(()));
    assert_eq!(verify(1, 1, one, one, &[]), Ok(()));
    assert_eq!(verify(0, 1, one, one, &[]), Err(ProofError::FromRootMismatch));
    assert_eq!(verify(0, 0, empty, one, &[]), Err(ProofError::RootMismatch));
    assert_eq!(verify(0, 0, one, one, &[]), Err(ProofError::FromRootMismatch));
    assert_eq!(verify(1, 1, one, two, &[]), Err(ProofError::RootMismatch));
    for (from, to) in [(0, 0), (0, 1), (1, 1)] {
        let verdict = verify(from, to, root_of(from), root_of(to), &[empty]);
        assert_eq!(verdict, Err(ProofError::TooLong));
    }
    assert_eq!(verify(1, 0, one, empty, &[]), Err(ProofError::SizesReversed { from: 1, to: 0 }));
    assert_eq!(verify(1, 2, one, two, &[]), Err(ProofError::TooShort));
    assert_eq!(verify(3, 4, root_of(3), root_of(4), &[]), Err(ProofError::TooShort));
    let asked = MakeProofError::Asked(ProofError::SizesReversed { from: 5, to: 4 });
    let mut tree = tree_of(SUITE, leaf_hashes(SUITE));
    assert_eq!(consistency_proof(SUITE, 5, 4, &mut tree), Err(asked));
}

/// Trees nobody can store: all leaves are equal, so the hash of a complete subtree follows from its
/// level.
#[test]
fn proofs_hold_up_to_the_largest_sizes() {
    let leaf = SUITE.leaf_hash(b"the same everywhere");
    let by_level: Vec<Hash> =
        std::iter::successors(Some(leaf), |hash| Some(SUITE.node_hash(*hash, *hash))).take(64).collect();
    let mut reader = |node: NodeId| Ok::<_, Infallible>(by_level[usize::try_from(node.level).expect("small")]);
    let sizes = [u64::MAX, u64::MAX - 1, (1 << 63) + 1, 1 << 63, (1 << 63) - 1, 1 << 32, 1];
    for size in sizes {
        let root = root_at(SUITE, size, &mut reader).expect("never fails");
        for index in [0, 1, size / 2, size - 1].into_iter().filter(|index| *index < size) {
            let proof = inclusion_proof(SUITE, index, size, &mut reader).expect("never fails");
            assert!(proof.len() <= 64);
            assert_eq!(verify_inclusion(SUITE, leaf, index, size, &proof, root), Ok(()));
            let verdict = verify_inclusion(SUITE, root_of(1), index, size, &proof, root);
            assert_eq!(verdict, Err(ProofError::RootMismatch));
        }
        for from in sizes.into_iter().filter(|from| *from < size) {
            let from_root = root_at(SUITE, from, &mut reader).expect("never fails");
            let proof = consistency_proof(SUITE, from, size, &mut reader).expect("never fails");
            assert!(proof.len() <= 65);
            assert_eq!(verify_consistency(SUITE, from, size, from_root, root, &proof), Ok(()));
            let verdict = verify_consistency(SUITE, from, size, from_root, root_of(1), &proof);
            assert_eq!(verdict, Err(ProofError::RootMismatch));
        }
    }
}

/// Every alteration of a good list of hashes: each bit group, missing, added, swapped elements.
fn alterations(proof: &[Hash], strangers: &[Hash]) -> Vec<Vec<Hash>> {
    let mut altered = Vec::new();
    for at in 0..=proof.len() {
        for stranger in strangers {
            let mut inserted = proof.to_vec();
            inserted.insert(at, *stranger);
            altered.push(inserted);
        }
    }
    for at in 0..proof.len() {
        let mut removed = proof.to_vec();
        removed.remove(at);
        altered.push(removed);
        for byte in [0, 15, 31] {
            let mut bytes = *proof[at].as_bytes();
            bytes[byte] ^= 0x10;
            let mut flipped = proof.to_vec();
            flipped[at] = Hash::from_bytes(bytes);
            altered.push(flipped);
        }
    }
    for pair in 0..proof.len().saturating_sub(1) {
        let mut swapped = proof.to_vec();
        swapped[pair..].rotate_left(1);
        altered.push(swapped);
    }
    altered.retain(|list| list != proof);
    altered
}

#[test]
fn an_altered_proof_is_refused() {
    let (_, leaves) = numbered_leaves(SUITE, 21);
    let mut tree = tree_of(SUITE, leaves.iter().copied());
    for size in 1..=21 {
        let root = root_at(SUITE, size, &mut tree).expect("in the tree");
        for (leaf, index) in leaves.iter().zip(0..size) {
            let proof = inclusion_proof(SUITE, index, size, &mut tree).expect("in the tree");
            for altered in alterations(&proof, &[root, *leaf, root_of(0)]) {
                let verdict = verify_inclusion(SUITE, *leaf, index, size, &altered, root);
                assert!(verdict.is_err(), "leaf {index} of {size}");
            }
        }
        for from in 1..size {
            let from_root = root_at(SUITE, from, &mut tree).expect("in the tree");
            let proof = consistency_proof(SUITE, from, size, &mut tree).expect("in the tree");
            for altered in alterations(&proof, &[root, from_root, root_of(0)]) {
                let verdict = verify_consistency(SUITE, from, size, from_root, root, &altered);
                assert!(verdict.is_err(), "{from} to {size}");
            }
        }
    }
}

#[test]
fn a_node_that_cannot_be_read_is_told() {
    let mut tree = tree_of(SUITE, leaf_hashes(SUITE));
    let missing = NoSuchNode(NodeId { level: 3, index: 1 });
    assert_eq!(inclusion_proof(SUITE, 0, 16, &mut tree), Err(MakeProofError::Read(missing)));
    assert_eq!(root_at(SUITE, 16, &mut tree), Err(NoSuchNode(NodeId { level: 4, index: 0 })));
    assert_eq!(missing.to_string(), "the tree has no node 1 on level 3");
}

/// Proofs from tiles of 256 hashes, stored as a district's journal would, and with few reads.
#[test]
fn proofs_are_made_from_stored_tiles() {
    let (_, leaves) = numbered_leaves(SUITE, 1_000);
    let mut frontier = Frontier::new(SUITE);
    let mut tiles: BTreeMap<(u32, u64), Vec<Hash>> = BTreeMap::new();
    for leaf in leaves.iter().copied() {
        let store = |node: NodeId, hash| {
            if node.level.is_multiple_of(8) {
                let span = node.tile_span();
                tiles.entry((span.tile_level, span.tile_index)).or_default().push(hash);
            }
        };
        frontier.push_with(leaf, store).expect("a small tree is never full");
    }
    let mut read = Vec::new();
    let mut reader = |node: NodeId| {
        read.push(node);
        let span = node.tile_span();
        let tile = tiles.get(&(span.tile_level, span.tile_index)).ok_or(NoSuchNode(node))?;
        let hashes = tile.get(span.first..span.first + span.count).ok_or(NoSuchNode(node))?;
        let mut subtree = Frontier::new(SUITE);
        subtree.extend(hashes.iter().copied()).expect("at most 128 hashes");
        Ok::<_, NoSuchNode>(subtree.root())
    };
    let size = frontier.size();
    assert_eq!(root_at(SUITE, size, &mut reader), Ok(frontier.root()));
    for (leaf, index) in leaves.iter().zip(0..).step_by(37) {
        let proof = inclusion_proof(SUITE, index, size, &mut reader).expect("tiles are whole");
        assert_eq!(verify_inclusion(SUITE, *leaf, index, size, &proof, frontier.root()), Ok(()));
    }
    read.clear();
    let proof = consistency_proof(SUITE, 777, size, &mut |node| {
        read.push(node);
        Ok::<_, Infallible>(root_of(0))
    });
    assert!(proof.is_ok_and(|proof| proof.len() <= 11));
    assert_eq!(consistency_nodes(777, size), Ok(read.clone()));
    assert!(read.len() <= 20, "{} reads", read.len());
    assert_eq!(inclusion_nodes(0, 2), Ok(vec![NodeId { level: 0, index: 1 }]));
}

fn oracle<D: Digest<OutputSize = U32>>(entries: &[Vec<u8>], index: usize, from: usize) -> [Vec<u8>; 2] {
    let mut tree = MemoryBackedTree::<D, Vec<u8>>::new();
    for entry in entries {
        tree.push(entry.clone());
    }
    let inclusion = tree.prove_inclusion(index);
    let consistency = tree.prove_consistency(entries.len().saturating_sub(from));
    [inclusion.as_bytes().to_vec(), consistency.as_bytes().to_vec()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn proofs_are_byte_for_byte_those_of_ct_merkle(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..400),
        index: prop::sample::Index,
        from: prop::sample::Index,
    ) {
        let index = index.index(entries.len());
        let from = from.index(entries.len()).saturating_add(1);
        for (suite, [inclusion, consistency]) in [
            (HashSuite::Sha256, oracle::<sha2::Sha256>(&entries, index, from)),
            (HashSuite::Sm3, oracle::<sm3::Sm3>(&entries, index, from)),
        ] {
            let leaves: Vec<Hash> = entries.iter().map(|entry| suite.leaf_hash(entry)).collect();
            let mut tree = tree_of(suite, leaves.iter().copied());
            let (leaf, root, size) = (leaves[index], tree.frontier().root(), tree.frontier().size());
            let (index, from) = (u64::try_from(index)?, u64::try_from(from)?);
            let flat = |proof: &[Hash]| -> Vec<u8> { proof.iter().flat_map(|hash| *hash.as_bytes()).collect() };

            let proof = inclusion_proof(suite, index, size, &mut tree).expect("in the tree");
            prop_assert_eq!(flat(&proof), inclusion);
            prop_assert_eq!(verify_inclusion(suite, leaf, index, size, &proof, root), Ok(()));

            let from_root = root_at(suite, from, &mut tree).expect("in the tree");
            let proof = consistency_proof(suite, from, size, &mut tree).expect("in the tree");
            prop_assert_eq!(flat(&proof), consistency);
            prop_assert_eq!(verify_consistency(suite, from, size, from_root, root, &proof), Ok(()));
        }
    }

    /// Nothing a stranger sends may make the verifier panic or loop.
    #[test]
    fn hostile_proofs_are_refused(index: u64, from: u64, to: u64, bytes: Vec<[u8; 32]>) {
        let proof: Vec<Hash> = bytes.into_iter().map(Hash::from_bytes).collect();
        let (leaf, root) = (root_of(1), root_of(8));
        prop_assert!(verify_inclusion(SUITE, leaf, index, to, &proof, root).is_err());
        if from != 0 && from != to {
            prop_assert!(verify_consistency(SUITE, from, to, leaf, root, &proof).is_err());
        }
    }
}
