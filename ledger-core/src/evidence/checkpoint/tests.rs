//! Checkpoints: the specification's example, strict reading, and what it takes to believe one.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use proptest::prelude::*;

use super::{Checkpoint, CheckpointError, EXTENSION_BYTES_MAX, EXTENSIONS_MAX};
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::note::{KeyKind, KeyRing, NoteError, SecretKey, SignedNote};

const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const ORIGIN: &str = "district.example/journal";

fn key(name: &str, kind: KeyKind, seed: u8) -> SecretKey {
    SecretKey::from_seed(name.parse().expect("a name"), kind, &[seed; 32]).expect("a usable key")
}

fn journal_key(seed: u8) -> SecretKey {
    key(ORIGIN, KeyKind::Ed25519, seed)
}

fn ring(keys: &[&SecretKey]) -> KeyRing {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.trust(key.public().clone()).expect("unambiguous");
    }
    ring
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 42, HashSuite::Sm3.leaf_hash(b"x")).expect("a good origin")
}

#[test]
fn the_example_of_the_specification_is_read() {
    let checkpoint: Checkpoint = EXAMPLE.parse().expect("the specification's example");
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size(), 20_852_163);
    assert_eq!(checkpoint.root(), Hash::from_base64(ROOT).expect("base64"));
    assert!(checkpoint.extensions().is_empty());
    assert_eq!(checkpoint.to_string(), EXAMPLE);
}

#[test]
fn a_new_journal_states_its_empty_root() {
    let root = HashSuite::Sha256.empty_root();
    let empty = Checkpoint::new("积分 账本", 0, root).expect("blanks are allowed in an origin");
    assert_eq!(empty.to_string(), "积分 账本\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    assert_eq!(empty.to_string().parse(), Ok(empty));
}

#[test]
fn every_other_spelling_is_refused() {
    for (text, reason) in [
        (String::new(), CheckpointError::Lines),
        (EXAMPLE.trim_end().to_owned(), CheckpointError::Lines),
        (format!("o\n{ROOT}\n"), CheckpointError::Lines),
        (format!("\n1\n{ROOT}\n"), CheckpointError::Origin),
        (format!("{}\n1\n{ROOT}\n", "o".repeat(256)), CheckpointError::Origin),
        (format!("o\tx\n1\n{ROOT}\n"), CheckpointError::Origin),
        (format!("o\n\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n01\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n00\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n+1\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n-1\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n１\n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n1 \n{ROOT}\n"), CheckpointError::Size),
        (format!("o\n18446744073709551616\n{ROOT}\n"), CheckpointError::Size),
        ("o\n1\nAAAA\n".to_owned(), CheckpointError::Root),
        (format!("o\n1\n{}\n", ROOT.replace("2I=", "2J=")), CheckpointError::Root),
        (format!("o\n1\n{}\n", ROOT.replace('=', "")), CheckpointError::Root),
        (format!("o\n1\n{ROOT} \n"), CheckpointError::Root),
        (format!("o\n1\n{ROOT}\n\n"), CheckpointError::Extension),
        (format!("o\n1\n{ROOT}\na\n\nb\n"), CheckpointError::Extension),
        (format!("o\n1\n{ROOT}\n{}", "e\n".repeat(EXTENSIONS_MAX + 1)), CheckpointError::Extension),
        (format!("o\n1\n{ROOT}\n{}\n", "e".repeat(EXTENSION_BYTES_MAX + 1)), CheckpointError::Extension),
    ] {
        assert_eq!(text.parse::<Checkpoint>(), Err(reason), "{text:?}");
    }
}

#[test]
fn a_signed_checkpoint_is_believed() {
    let key = journal_key(1);
    let note = checkpoint().with_extension("hash sm3").expect("a line").sign(&key).expect("own key");
    let opened = Checkpoint::open(note.to_string().as_bytes(), ORIGIN, &ring(&[&key]), &KeyRing::new());
    let opened = opened.expect("just signed");
    assert_eq!(opened.checkpoint.extensions(), ["hash sm3"]);
    assert_eq!(opened.checkpoint.size(), 42);
    assert_eq!(opened.signatures[0].key, *key.public());
    assert_eq!(opened.cosignatures, []);
}

#[test]
fn any_altered_line_is_noticed() {
    let key = journal_key(1);
    let note = checkpoint().with_extension("e").expect("a line").sign(&key).expect("own key");
    let note = note.to_string();
    let root = checkpoint().root().to_base64();
    let other_root = HashSuite::Sm3.leaf_hash(b"y").to_base64();
    for altered in [
        note.replacen(ORIGIN, "district.example/another", 1),
        note.replace("\n42\n", "\n41\n"),
        note.replace(&root, &other_root),
        note.replace("\ne\n", "\nf\n"),
        note.replace("\ne\n", "\n"),
    ] {
        let opened = Checkpoint::open(altered.as_bytes(), ORIGIN, &ring(&[&key]), &KeyRing::new());
        let invalid = matches!(opened, Err(CheckpointError::Note(NoteError::InvalidSignature { .. })));
        assert!(invalid, "{altered}");
    }
}

#[test]
fn a_wrong_key_or_another_journal_is_told() {
    let note = checkpoint().sign(&journal_key(1)).expect("own key").to_string();
    let open =
        |origin, key: &SecretKey| Checkpoint::open(note.as_bytes(), origin, &ring(&[key]), &KeyRing::new()).map(|_| ());
    let stranger = CheckpointError::Note(NoteError::NoKnownSigner);
    assert_eq!(open(ORIGIN, &journal_key(2)), Err(stranger));
    let other = CheckpointError::OtherOrigin(ORIGIN.to_owned());
    assert_eq!(open("district.example/another", &journal_key(1)), Err(other));
    let misnamed = key("someone.else", KeyKind::Ed25519, 1);
    assert_eq!(checkpoint().sign(&misnamed), Err(CheckpointError::KeyName));
}

#[test]
fn a_signed_text_that_is_no_checkpoint_is_refused() {
    let key = journal_key(1);
    let note = SignedNote::sign("a poem\n", &key).expect("a text").to_string();
    let opened = Checkpoint::open(note.as_bytes(), ORIGIN, &ring(&[&key]), &KeyRing::new());
    assert_eq!(opened, Err(CheckpointError::Lines));
}

#[test]
fn witnesses_are_counted_once_and_checked() {
    let journal = journal_key(1);
    let (first, second) = (key("w1.example", KeyKind::CosignatureV1, 2), key("w2.example", KeyKind::CosignatureV1, 3));
    let mut note = checkpoint().sign(&journal).expect("own key");
    note.add_cosignature(&first, 1_700_000_000).expect("a witness");
    let witnesses = ring(&[&first, &second]);
    let opened = Checkpoint::open(note.to_string().as_bytes(), ORIGIN, &ring(&[&journal]), &witnesses);
    let opened = opened.expect("signed and cosigned");
    assert_eq!(opened.signatures.len(), 1);
    assert_eq!(opened.cosignatures.len(), 1);
    assert_eq!(opened.cosignatures[0].cosigned_at, Some(1_700_000_000));

    // A witness alone makes no checkpoint, and its false signature spoils one.
    let unsigned = Checkpoint::open(note.to_string().as_bytes(), ORIGIN, &ring(&[&journal_key(9)]), &witnesses);
    assert_eq!(unsigned, Err(CheckpointError::Note(NoteError::NoKnownSigner)));
    let line = note.signatures()[1].to_string();
    let mut other = Checkpoint::new(ORIGIN, 43, checkpoint().root()).expect("good").sign(&journal).expect("own");
    other.add_line(&line).expect("a line");
    let opened = Checkpoint::open(other.to_string().as_bytes(), ORIGIN, &ring(&[&journal]), &witnesses);
    assert!(matches!(opened, Err(CheckpointError::Note(NoteError::InvalidSignature { .. }))));
}

#[test]
fn nobody_is_the_own_witness() {
    let journal = journal_key(1);
    let disguised = key("w1.example", KeyKind::CosignatureV1, 1);
    let note = checkpoint().sign(&journal).expect("own key").to_string();
    let opened = Checkpoint::open(note.as_bytes(), ORIGIN, &ring(&[&journal]), &ring(&[&disguised]));
    assert_eq!(opened, Err(CheckpointError::OwnWitness));
}

#[test]
fn two_roots_for_one_size_contradict_each_other() {
    let other_root = HashSuite::Sm3.leaf_hash(b"y");
    let fork = Checkpoint::new(ORIGIN, 42, other_root).expect("good");
    let later = Checkpoint::new(ORIGIN, 43, other_root).expect("good");
    let another = Checkpoint::new("another", 42, other_root).expect("good");
    assert!(checkpoint().contradicts(&fork));
    for fine in [checkpoint(), later, another] {
        assert!(!checkpoint().contradicts(&fine));
    }
}

proptest! {
    #[test]
    fn any_checkpoint_reads_back(
        origin in "[^\\x00-\\x1f]{1,40}",
        size: u64,
        root: [u8; 32],
        extensions in prop::collection::vec("[^\\x00-\\x1f]{1,40}", 0..4),
    ) {
        let checkpoint = Checkpoint::new(&origin, size, Hash::from_bytes(root)).expect("a line");
        let checkpoint = extensions
            .iter()
            .try_fold(checkpoint, |checkpoint, line| checkpoint.with_extension(line))
            .expect("few lines");
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    }

    /// Whatever is accepted is what would have been written.
    #[test]
    fn an_altered_text_is_refused_or_canonical(at: prop::sample::Index, byte in 0_u8..128) {
        let mut text = EXAMPLE.as_bytes().to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        let text = String::from_utf8(text)?;
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}

#[test]
fn another_hash_suite_is_named_and_signed() {
    let root = HashSuite::Sm3.empty_root();
    let sm3 = Checkpoint::of_suite(HashSuite::Sm3, "district.example/journal", 0, root).expect("an origin");
    assert_eq!(sm3.to_string(), format!("district.example/journal\n0\n{}\nhash sm3\n", root.to_base64()));
    let read: Checkpoint = sm3.to_string().parse().expect("what was written");
    assert_eq!(read.suite(), Ok(HashSuite::Sm3));
    let plain = Checkpoint::of_suite(HashSuite::Sha256, "district.example/journal", 0, root).expect("an origin");
    assert_eq!((plain.suite(), plain.extensions().len()), (Ok(HashSuite::Sha256), 0));
    let unknown = plain.with_extension("hash md5").expect("a line");
    assert_eq!(unknown.suite(), Err(CheckpointError::Suite));
}
