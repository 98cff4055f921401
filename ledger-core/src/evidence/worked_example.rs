//! The worked example of docs/evidence.md, computed: a stranger's verifier can be held against these files, and no form
//! changes without them. `NUANXIN_BLESS=1` writes them anew.

use std::path::PathBuf;

use super::checkpoint::Checkpoint;
use super::hash::{Hash, HashSuite};
use super::leaf::LeafFields;
use super::note::{KeyKind, KeyRing, SecretKey};
use super::proof::{MemoryTree, consistency_proof, inclusion_proof, root_at};
use super::receipt::Receipt;
use super::tile::TileId;
use super::witness::AddCheckpoint;

const ORIGIN: &str = "district.example/journal";
const BLESS: &str = "NUANXIN_BLESS";

/// Type and payload of the entries, positions 1 to 5.
const ENTRIES: [(&str, &str, &str); 5] = [
    ("journal/open", "JournalOpened", r#"{"origin":"district.example/journal","suite":"sha-256","v":1}"#),
    ("W-1", "WorkerRegistered", r#"{"at":"2024-03-05T08:00:00+08:00","occupation":"快递员","v":1,"worker":"YS-0001"}"#),
    ("J-1", "ExampleCredit", r#"{"credit":"J-1","on":"2024-03-05","points":1000,"v":1,"worker":"YS-0001"}"#),
    ("J-2", "ExampleCredit", r#"{"credit":"J-2","on":"2024-03-06","points":250,"v":1,"worker":"YS-0001"}"#),
    ("L-1", "ExampleRedemption", r#"{"points":500,"redemption":"L-1","v":1,"worker":"YS-0001"}"#),
];

fn assert_golden(name: &str, text: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/evidence-example");
    let path = folder.join(name);
    if std::env::var_os(BLESS).is_some() {
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(&path, text).expect("a golden file is written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{name} is no longer what is computed; {BLESS}=1 accepts");
}

fn key(name: &str, kind: KeyKind, seed: u8) -> SecretKey {
    SecretKey::from_seed(name.parse().expect("a name"), kind, &[seed; 32]).expect("a key")
}

fn leaves() -> Vec<Vec<u8>> {
    let leaf = |(position, (key, event_type, payload)): (u64, (&str, &str, &str))| {
        let fields = LeafFields {
            position,
            recorded_at: "2024-03-05T08:01:36.000000+08:00",
            key,
            fingerprint: "00112233445566778899aabbccddeeff",
            actor: "t-1a2b3c4d",
            event_type,
            payload: payload.as_bytes(),
        };
        let mut bytes = Vec::new();
        fields.encode_into(&mut bytes);
        bytes
    };
    (1..).zip(ENTRIES).map(leaf).collect()
}

fn tree(suite: HashSuite) -> MemoryTree {
    let mut tree = MemoryTree::new(suite);
    leaves().iter().for_each(|leaf| tree.push(suite.leaf_hash(leaf)).expect("small"));
    tree
}

#[test]
fn the_worked_example_is_what_is_computed() {
    let suite = HashSuite::Sha256;
    let mut tree = tree(suite);
    let (signer, witness) = (key(ORIGIN, KeyKind::Ed25519, 1), key("audit.example/w1", KeyKind::CosignatureV1, 9));
    assert_golden("keys.txt", &format!("{}\n{}\n", signer.public(), witness.public()));
    let texts: Vec<String> = leaves().into_iter().map(|leaf| String::from_utf8(leaf).expect("text")).collect();
    assert_golden("leaves.txt", &format!("{}\n", texts.join("\n")));
    let hashes: Vec<Hash> = leaves().iter().map(|leaf| suite.leaf_hash(leaf)).collect();
    let tile = TileId { level: 0, index: 0 };
    let lines: Vec<String> = hashes.iter().map(ToString::to_string).collect();
    assert_golden("tile-0-000.p-5.hex", &format!("{}\n", lines.join("\n")));
    assert_eq!(tile.path(hashes.len()), "tile/0/000.p/5");

    let root = |size, tree: &mut MemoryTree| root_at(suite, size, tree).expect("in memory");
    let early = Checkpoint::of_suite(suite, ORIGIN, 3, root(3, &mut tree)).expect("an origin");
    assert_golden("checkpoint-3.txt", &early.sign(&signer).expect("its key").to_string());
    let late = Checkpoint::of_suite(suite, ORIGIN, 5, root(5, &mut tree)).expect("an origin");
    let note = late.sign(&signer).expect("its key");
    let proof = consistency_proof(suite, 3, 5, &mut tree).expect("inside");
    let request = AddCheckpoint { old_size: 3, proof, note: note.clone() };
    assert_golden("add-checkpoint-3-to-5.txt", &request.to_string());
    let mut cosigned = note;
    cosigned.add_cosignature(&witness, 1_709_600_000).expect("in range");
    assert_golden("checkpoint-5.txt", &cosigned.to_string());

    let path = inclusion_proof(suite, 2, 5, &mut tree).expect("inside");
    let receipt = Receipt { leaf: leaves().remove(2), index: 2, path, note: cosigned };
    assert_golden("receipt-3.tlog-proof", &receipt.to_string());
    assert_golden("receipt-3-short.txt", &format!("{}\n", receipt.to_compact().expect("short")));

    // And all of it holds.
    let ring = |key: &SecretKey| {
        let mut ring = KeyRing::new();
        ring.trust(key.public().clone()).expect("one");
        ring
    };
    let verified = receipt.verify(&ring(&signer), &ring(&witness)).expect("it holds");
    assert_eq!((verified.checkpoint.size(), verified.cosignatures.len()), (5, 1));
}

#[test]
fn the_worked_example_under_sm3_is_what_is_computed() {
    let suite = HashSuite::Sm3;
    let mut tree = tree(suite);
    let root = root_at(suite, 5, &mut tree).expect("in memory");
    let checkpoint = Checkpoint::of_suite(suite, ORIGIN, 5, root).expect("an origin");
    let note = checkpoint.sign(&key(ORIGIN, KeyKind::Ed25519, 1)).expect("its key");
    assert_golden("checkpoint-5-sm3.txt", &note.to_string());
}
