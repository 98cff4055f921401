//! Receipts: read as written, believed only as a whole, short forms that are the same receipt.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use proptest::prelude::*;

use super::{COMPACT_PREFIX, CompactError, Receipt, ReceiptError};
use crate::evidence::checkpoint::{Checkpoint, CheckpointError};
use crate::evidence::hash::HashSuite;
use crate::evidence::leaf::LeafFields;
use crate::evidence::note::{KeyKind, KeyRing, NoteError, SecretKey};
use crate::evidence::proof::{MemoryTree, ProofError, inclusion_proof};

const ORIGIN: &str = "district.example/journal";

fn key(name: &str, kind: KeyKind, seed: u8) -> SecretKey {
    SecretKey::from_seed(name.parse().expect("a name"), kind, &[seed; 32]).expect("a key")
}

fn ring(keys: &[&SecretKey]) -> KeyRing {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.trust(key.public().clone()).expect("unambiguous");
    }
    ring
}

fn leaf(position: u64) -> Vec<u8> {
    let payload = format!(r#"{{"activity":"ZY01","credit":"K{position}","points":1000,"v":1,"worker":"YS-0001"}}"#);
    let fields = LeafFields {
        position,
        recorded_at: "2024-01-01T08:01:36.000000+08:00",
        key: "K-1",
        fingerprint: "00112233445566778899aabbccddeeff",
        actor: "t-00000001",
        event_type: "VolunteerServiceRecorded",
        payload: payload.as_bytes(),
    };
    let mut bytes = Vec::new();
    fields.encode_into(&mut bytes);
    bytes
}

/// A receipt for a position in a tree of `size` entries, signed twice and cosigned.
fn receipt(suite: HashSuite, position: u64, size: u64) -> Receipt {
    let mut tree = MemoryTree::new(suite);
    for position in 1..=size {
        tree.push(suite.leaf_hash(&leaf(position))).expect("small");
    }
    let path = inclusion_proof(suite, position - 1, size, &mut tree).expect("inside");
    let checkpoint = Checkpoint::of_suite(suite, ORIGIN, size, tree.frontier().root()).expect("an origin");
    let mut note = checkpoint.sign(&key(ORIGIN, KeyKind::Ed25519, 1)).expect("its key");
    note.add_signature(&key(ORIGIN, KeyKind::Ed25519, 2)).expect("few");
    note.add_cosignature(&key("witness.example/w1", KeyKind::CosignatureV1, 9), 1_700_000_000).expect("in range");
    Receipt { leaf: leaf(position), index: position - 1, path, note }
}

#[test]
fn a_receipt_is_believed_by_whoever_knows_one_key() {
    for suite in HashSuite::ALL {
        for (position, size) in [(1, 1), (5, 9), (9, 9), (40, 100)] {
            let receipt = receipt(suite, position, size);
            let text = receipt.to_string();
            assert_eq!(Receipt::parse(text.as_bytes()), Ok(receipt.clone()), "{text}");
            for seed in [1, 2] {
                let keys = ring(&[&key(ORIGIN, KeyKind::Ed25519, seed)]);
                let witnesses = ring(&[&key("witness.example/w1", KeyKind::CosignatureV1, 9)]);
                let verified = receipt.verify(&keys, &witnesses).expect("it holds");
                assert_eq!((verified.checkpoint.size(), verified.cosignatures.len()), (size, 1));
            }
            assert_eq!(receipt.entry().expect("canonical").position, position);
        }
    }
}

#[test]
fn whatever_is_altered_is_not_believed() {
    let good = receipt(HashSuite::Sha256, 5, 9);
    let keys = ring(&[&key(ORIGIN, KeyKind::Ed25519, 1)]);
    let refused = |receipt: &Receipt| receipt.verify(&keys, &KeyRing::new()).map(|_| ()).expect_err("it is refused");

    let mut other_points = good.clone();
    let text = String::from_utf8(other_points.leaf).expect("text").replace("1000", "9000");
    other_points.leaf = text.into_bytes();
    assert_eq!(refused(&other_points), ReceiptError::Proof(ProofError::RootMismatch));

    let moved = Receipt { index: 5, ..good.clone() };
    assert_eq!(refused(&moved), ReceiptError::OtherPosition { said: 5, proved: 6 });

    let mut shorter = good.clone();
    shorter.path.pop();
    assert_eq!(refused(&shorter), ReceiptError::Proof(ProofError::TooShort));

    let other = Receipt { note: receipt(HashSuite::Sha256, 5, 10).note, ..good.clone() };
    assert!(matches!(refused(&other), ReceiptError::Proof(_)));

    let stranger = ring(&[&key(ORIGIN, KeyKind::Ed25519, 3)]);
    let unknown = good.verify(&stranger, &KeyRing::new()).map(|_| ());
    assert_eq!(unknown, Err(CheckpointError::Note(NoteError::NoKnownSigner).into()));
    let elsewhere = ring(&[&key("other.example/journal", KeyKind::Ed25519, 1)]);
    let unknown = good.verify(&elsewhere, &KeyRing::new()).map(|_| ());
    assert_eq!(unknown, Err(CheckpointError::Note(NoteError::NoKnownSigner).into()));
}

#[test]
fn what_is_no_receipt_is_refused() {
    let good = receipt(HashSuite::Sha256, 5, 9).to_string();
    for bad in [
        String::new(),
        good.replacen("tlog-proof@v1", "tlog-proof@v2", 1),
        good.replacen("extra ", "extra=", 1),
        good.replacen("index 4", "index 04", 1),
        good.replacen("index 4", "index +4", 1),
        good.replacen("index 4", "4", 1),
        good.replacen("\n\n", "\nAAAA\n\n", 1),
        good.replacen("\n\n", "\n", 1),
    ] {
        assert!(Receipt::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(Receipt::parse(&[0xff]).is_err());
}

#[test]
fn the_short_form_is_the_same_receipt_in_characters_of_a_dense_code() {
    for suite in HashSuite::ALL {
        let long = receipt(suite, 5, 9);
        let short = long.to_compact().expect("nothing but the suite is added");
        assert!(short.bytes().all(|byte| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&byte)), "{short}");
        assert_eq!(Receipt::parse(short.as_bytes()), Ok(long.clone()));
        assert_eq!(Receipt::parse(format!("{short}\n").as_bytes()), Ok(long));
    }
    // Twenty hashes, as over a million entries, two signatures and a cosignature: within one code (version 40 holds 4,296).
    let mut large = receipt(HashSuite::Sha256, 5, 9);
    large.path = vec![HashSuite::Sha256.empty_root(); 20];
    assert!(large.to_compact().is_err(), "its proof leads to another root than the checkpoint says");
    assert!(receipt(HashSuite::Sha256, 40, 1_000).to_compact().expect("short").len() < 1_400);
}

#[test]
fn a_checkpoint_that_says_more_has_no_short_form() {
    let mut receipt = receipt(HashSuite::Sha256, 1, 1);
    let checkpoint: Checkpoint = receipt.note.text().parse().expect("a checkpoint");
    let more = checkpoint.with_extension("more").expect("a line");
    receipt.note = more.sign(&key(ORIGIN, KeyKind::Ed25519, 1)).expect("its key");
    assert_eq!(receipt.to_compact(), Err(CompactError::NotCompact));
}

proptest! {
    #[test]
    fn hostile_short_forms_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = format!("{COMPACT_PREFIX}{}", super::base45::encode(&bytes));
        prop_assert!(Receipt::parse(text.as_bytes()).is_err());
    }

    #[test]
    fn a_short_form_that_was_misread_is_not_believed(at: prop::sample::Index, to in 0_usize..45) {
        let short = receipt(HashSuite::Sha256, 5, 9).to_compact().expect("short");
        let mut misread = short.clone().into_bytes();
        let at = COMPACT_PREFIX.len() + at.index(misread.len() - COMPACT_PREFIX.len());
        misread[at] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[to];
        let keys = ring(&[&key(ORIGIN, KeyKind::Ed25519, 1), &key(ORIGIN, KeyKind::Ed25519, 2)]);
        let witnesses = ring(&[&key("witness.example/w1", KeyKind::CosignatureV1, 9)]);
        if misread != short.as_bytes() && let Ok(read) = Receipt::parse(&misread) {
            // DEFLATE may spell the same entry in other bits; whatever else was misread is noticed.
            let same = read == receipt(HashSuite::Sha256, 5, 9);
            let names = |receipt: &Receipt| receipt.note.signatures().iter().map(|one| (one.name().clone(), one.id())).collect::<Vec<_>>();
            let renamed = names(&read) != names(&receipt(HashSuite::Sha256, 5, 9));
            prop_assert!(same || renamed || read.verify(&keys, &witnesses).is_err());
        }
    }
}
