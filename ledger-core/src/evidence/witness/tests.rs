//! A witness's answers, each as the specification says.

use super::{AddCheckpoint, Cosigned, WitnessRefusal, with_lines};
use crate::evidence::checkpoint::Checkpoint;
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::vectors::numbered_leaves;
use crate::evidence::note::{KeyKind, KeyRing, SecretKey};
use crate::evidence::proof::{MemoryTree, consistency_proof, root_at};

const ORIGIN: &str = "district.example/journal";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(ORIGIN.parse().expect("a name"), KeyKind::Ed25519, &[seed; 32]).expect("a key")
}

fn trusted() -> KeyRing {
    let mut ring = KeyRing::new();
    ring.trust(key(1).public().clone()).expect("one key");
    ring
}

struct Log(HashSuite, MemoryTree);

impl Log {
    fn new(suite: HashSuite) -> Log {
        let mut tree = MemoryTree::new(suite);
        for leaf in numbered_leaves(suite, 20).1 {
            tree.push(leaf).expect("small");
        }
        Log(suite, tree)
    }

    fn root(&mut self, size: u64) -> Hash {
        root_at(self.0, size, &mut self.1).expect("in memory")
    }

    fn asks(&mut self, old_size: u64, size: u64, signer: &SecretKey) -> AddCheckpoint {
        let checkpoint = Checkpoint::of_suite(self.0, ORIGIN, size, self.root(size)).expect("an origin");
        let proof = consistency_proof(self.0, old_size.min(size), size, &mut self.1).expect("in memory");
        AddCheckpoint { old_size, proof, note: checkpoint.sign(signer).expect("its key") }
    }
}

#[test]
fn what_extends_is_cosigned_whatever_the_suite() {
    for suite in HashSuite::ALL {
        let mut log = Log::new(suite);
        let first = log.asks(0, 7, &key(1));
        assert_eq!(AddCheckpoint::parse(first.to_string().as_bytes()), Ok(first.clone()));
        assert_eq!(first.judge(&trusted(), None).map(|checkpoint| checkpoint.size()), Ok(7));
        let last = Some(Cosigned { size: 7, root: log.root(7) });
        for size in [7, 8, 20] {
            let next = log.asks(7, size, &key(1));
            assert_eq!(next.judge(&trusted(), last).map(|checkpoint| checkpoint.size()), Ok(size));
        }
    }
}

#[test]
fn each_refusal_has_its_status() {
    let mut log = Log::new(HashSuite::Sha256);
    let last = Some(Cosigned { size: 7, root: log.root(7) });
    let refused = |request: &AddCheckpoint, keys: &KeyRing| request.judge(keys, last).expect_err("it is refused");
    let cases = [
        (refused(&log.asks(7, 9, &key(1)), &KeyRing::new()), 404),
        (refused(&log.asks(7, 9, &key(2)), &trusted()), 403),
        (refused(&AddCheckpoint { old_size: 10, ..log.asks(9, 9, &key(1)) }, &trusted()), 400),
        (refused(&log.asks(6, 9, &key(1)), &trusted()), 409),
        (refused(&log.asks(0, 9, &key(1)), &trusted()), 409),
        (refused(&log.asks(0, 3, &key(1)), &trusted()), 409),
        (refused(&AddCheckpoint { proof: Vec::new(), ..log.asks(7, 9, &key(1)) }, &trusted()), 422),
    ];
    for (refusal, status) in cases {
        assert_eq!(refusal.status(), status, "{refusal}");
    }
    let forked = Some(Cosigned { size: 7, root: log.root(6) });
    assert_eq!(log.asks(7, 7, &key(1)).judge(&trusted(), forked), Err(WitnessRefusal::OtherRoot(7)));
    assert_eq!(log.asks(7, 9, &key(1)).judge(&trusted(), forked), Err(WitnessRefusal::NotConsistent(7)));
}

#[test]
fn what_is_no_request_is_refused() {
    let good = Log::new(HashSuite::Sha256).asks(7, 9, &key(1)).to_string();
    let hash = HashSuite::Sha256.empty_root().to_base64();
    for bad in [
        String::new(),
        good.replacen("old 7", "old 07", 1),
        good.replacen("old 7", "old +7", 1),
        good.replacen("old 7", "old -1", 1),
        good.replacen("old 7", "new 7", 1),
        good.replacen("\n\n", "\nnot a hash\n\n", 1),
        good.replacen("\n\n", &format!("\n{}\n", format!("{hash}\n").repeat(64)), 1),
        good.split_once("\n\n").map(|(head, _)| format!("{head}\n\n")).unwrap_or_default(),
    ] {
        assert!(matches!(AddCheckpoint::parse(bad.as_bytes()), Err(WitnessRefusal::Malformed(_))), "{bad}");
    }
    assert!(AddCheckpoint::parse(&[0xff; 10]).is_err());
    assert!(AddCheckpoint::parse(&vec![b'\n'; 70_000]).is_err());
}

#[test]
fn an_answer_is_put_under_its_checkpoint() {
    let note = Log::new(HashSuite::Sha256).asks(0, 7, &key(1)).note;
    let witness = SecretKey::from_seed("witness.example/w1".parse().expect("a name"), KeyKind::CosignatureV1, &[9; 32])
        .expect("a key");
    let mut cosigned = note.clone();
    cosigned.add_cosignature(&witness, 1_700_000_000).expect("in range");
    let answer = format!("{}\n", cosigned.signatures().last().expect("just added"));
    assert_eq!(with_lines(&note, &answer), Ok(cosigned));
    assert!(with_lines(&note, "no line\n").is_err());
}
