//! What stands beside a journal as evidence, on both databases: tiles that can be thrown away, the mark of what was
//! signed, the keys, and the memory of a witness.

use std::sync::Arc;

use ledger_api::audit::keys::KeyFile;
use ledger_api::audit::store::{CheckpointStore, KeyUse, SignedHead};
use ledger_api::audit::tiles::TileTree;
use ledger_api::audit::{Audit, AuditError};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::note::{KeyKind, KeyRing, SecretKey};
use ledger_core::evidence::proof::{verify_consistency, verify_inclusion};
use ledger_core::evidence::witness::Cosigned;
use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use nuanxin_tests::scratch_dir;

use crate::backends::Backend;
use crate::batches::{Author, opened, registered};

const ORIGIN: &str = "nuanxin/contract";

fn url_of(backend: &Backend) -> JournalUrl {
    match backend {
        Backend::Sqlite(path) => JournalUrl::Sqlite(path.clone()),
        Backend::Postgres { url, schema } => JournalUrl::Postgres { url: url.clone(), schema: schema.clone() },
        Backend::Memory(_) => unreachable!("nothing stands beside a journal in memory"),
    }
}

fn key(name: &str, kind: KeyKind, seed: u8) -> SecretKey {
    SecretKey::from_seed(name.parse().expect("a name"), kind, &[seed; 32]).expect("a key")
}

fn root(of: u8) -> Hash {
    HashSuite::Sha256.digest(&[of])
}

fn checkpoint(size: u64, of: u8) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, root(of)).expect("an origin")
}

/// Appends workers until the journal has `size` entries.
async fn grow(journal: &dyn Journal, author: &mut Author, size: usize) {
    let from = author.entries.len();
    let events = (from..size).map(|number| registered(&format!("W{number}"), "骑手")).collect();
    author.append(journal, &[(&format!("grow-{from}"), events)]).await;
}

async fn begun(journal: &dyn Journal) -> Author {
    let mut author = Author::new();
    author.append(journal, &[("journal/open", vec![opened()])]).await;
    author
}

pub(crate) async fn leaf_hashes_come_alone_and_in_order(backend: Backend) {
    let journal = backend.open().await;
    let mut author = begun(journal.as_ref()).await;
    grow(journal.as_ref(), &mut author, 40).await;
    let all: Vec<[u8; 32]> = author.entries.iter().map(|entry| entry.leaf).collect();
    for (after, limit) in [(0, 100), (0, 1), (7, 5), (39, 10), (40, 10), (100, 10), (3, 0)] {
        let from = usize::try_from(after).expect("small").min(all.len());
        let expected = &all[from..(from + limit).min(all.len())];
        assert_eq!(journal.leaves(after, limit).await.expect("leaf hashes"), expected, "{limit} after {after}");
    }
}

pub(crate) async fn tiles_grow_behind_the_journal_and_can_be_thrown_away(backend: Backend) {
    let journal = backend.open().await;
    let mut author = begun(journal.as_ref()).await;
    let suite = HashSuite::Sha256;
    let tree = TileTree::open(&url_of(&backend), Arc::clone(&journal), suite).await.expect("tiles open");
    let mut roots = Vec::new();
    for size in [1, 200, 256, 257, 600, 1_030] {
        if size > 1 {
            grow(journal.as_ref(), &mut author, size).await;
        }
        let (recorded, root) = *author.roots.last().expect("a root a batch");
        assert_eq!(tree.root(recorded).await.expect("a root"), Hash::from_bytes(root), "at {recorded}");
        roots.push((recorded, Hash::from_bytes(root)));
    }
    // Another process with the same store, and one that finds the store empty.
    let other = TileTree::open(&url_of(&backend), Arc::clone(&journal), suite).await.expect("tiles open");
    for again in [false, true] {
        if again {
            other.rebuild(1_030).await.expect("tiles are made again");
        }
        for (size, root) in &roots {
            assert_eq!(other.root(*size).await.expect("a root"), *root, "at {size}");
            let position = (*size).div_ceil(2);
            let (leaf, path) = other.inclusion(position, *size).await.expect("a proof");
            assert_eq!(verify_inclusion(suite, leaf, position - 1, *size, &path, *root), Ok(()));
            let (last, last_root) = *roots.last().expect("a root");
            let path = other.consistency(*size, last).await.expect("a proof");
            assert_eq!(verify_consistency(suite, *size, last, *root, last_root, &path), Ok(()));
        }
    }
    assert!(matches!(other.inclusion(0, 10).await, Err(AuditError::Asked(_))));
    assert!(matches!(other.inclusion(11, 10).await, Err(AuditError::Asked(_))));
    assert!(matches!(other.consistency(11, 10).await, Err(AuditError::Asked(_))));
}

pub(crate) async fn the_mark_moves_only_from_where_it_stands(backend: Backend) {
    let store = CheckpointStore::open(&url_of(&backend)).await.expect("it opens");
    assert_eq!(store.signed_head().await.expect("a mark"), None);
    let signer = key(ORIGIN, KeyKind::Ed25519, 1);
    let mark = |size, of| Some(SignedHead { size, root: root(of) });
    let record = async |last, checkpoint: &Checkpoint| {
        let note = checkpoint.sign(&signer).expect("its key");
        store.record(last, checkpoint, &note, 1_000).await.expect("the store answers")
    };
    assert!(record(None, &checkpoint(5, 1)).await);
    assert!(!record(None, &checkpoint(6, 1)).await, "somebody signed meanwhile");
    assert!(!record(mark(5, 2), &checkpoint(6, 1)).await, "what was signed last has another root");
    assert!(!record(mark(4, 1), &checkpoint(6, 1)).await);
    assert!(record(mark(5, 1), &checkpoint(9, 3)).await);
    assert_eq!(store.signed_head().await.expect("a mark"), mark(9, 3));

    let again = CheckpointStore::open(&url_of(&backend)).await.expect("it opens again");
    assert_eq!(again.signed_head().await.expect("a mark"), mark(9, 3));
    let sizes: Vec<u64> = again.list(0, 10).await.expect("a list").iter().map(|one| one.size).collect();
    assert_eq!(sizes, [5, 9]);
    assert_eq!(again.list(5, 10).await.expect("a list").len(), 1);
    assert_eq!(again.list(0, 1).await.expect("a list").len(), 1);
    assert_eq!(again.of_size(9).await.expect("one").map(|one| one.signed_at_ms), Some(1_000));
    assert_eq!(again.of_size(6).await.expect("none"), None);
}

pub(crate) async fn signatures_of_several_servers_and_witnesses_gather_under_one_checkpoint(backend: Backend) {
    let store = CheckpointStore::open(&url_of(&backend)).await.expect("it opens");
    let signed = checkpoint(5, 1);
    let first = signed.sign(&key(ORIGIN, KeyKind::Ed25519, 1)).expect("its key");
    let second = signed.sign(&key(ORIGIN, KeyKind::Ed25519, 2)).expect("its key");
    assert!(store.record(None, &signed, &first, 1).await.expect("recorded"));
    let last = Some(SignedHead { size: 5, root: root(1) });
    assert!(store.record(last, &signed, &second, 2).await.expect("recorded"));
    let mut cosigned = first.clone();
    let witness = key("witness.example/w1", KeyKind::CosignatureV1, 9);
    for seconds in [100, 200] {
        cosigned.add_cosignature(&witness, seconds).expect("in range");
        assert!(store.add_signatures(&signed, &cosigned).await.expect("added"));
    }
    assert!(!store.add_signatures(&checkpoint(5, 2), &cosigned).await.expect("answered"), "another root");
    assert!(!store.add_signatures(&checkpoint(6, 1), &cosigned).await.expect("answered"), "never published");

    let one = store.of_size(5).await.expect("read").expect("published");
    assert_eq!((one.note.text(), one.note.signatures().len(), one.signed_at_ms), (first.text(), 3, 1));
    let mut ring = KeyRing::new();
    ring.trust(witness.public().clone()).expect("one");
    let by = one.note.verify(&ring).expect("cosigned");
    assert_eq!(by.first().and_then(|by| by.cosigned_at), Some(200), "the later cosignature stands");
}

pub(crate) async fn keys_are_known_by_their_use_and_end(backend: Backend) {
    let store = CheckpointStore::open(&url_of(&backend)).await.expect("it opens");
    let own: Vec<SecretKey> = (1..4).map(|seed| key(ORIGIN, KeyKind::Ed25519, seed)).collect();
    let add =
        async |key: &SecretKey, usage, first| store.add_key(key.public(), usage, first, 7).await.expect("answered");
    assert!(add(&own[0], KeyUse::Journal, true).await);
    assert!(!add(&own[1], KeyUse::Journal, true).await, "there is a first key");
    assert!(add(&own[1], KeyUse::Journal, false).await);
    assert!(!add(&own[1], KeyUse::Journal, false).await, "it is known");
    assert!(add(&own[2], KeyUse::Watched, true).await, "the first of another use");
    assert!(store.set_until(own[0].public(), 50).await.expect("answered"));
    let known = store.keys().await.expect("keys");
    let told: Vec<_> = known.iter().map(|one| (one.key.id(), one.usage, one.until_ms, one.signs_at(50))).collect();
    let id = |index: usize| own[index].public().id();
    assert_eq!(
        told,
        [
            (id(0), KeyUse::Journal, Some(50), false),
            (id(1), KeyUse::Journal, None, true),
            (id(2), KeyUse::Watched, None, true)
        ]
    );
    assert_eq!(store.ring(KeyUse::Journal, None).await.expect("a ring").keys().count(), 2, "ended keys stay believed");
    assert_eq!(store.ring(KeyUse::Watched, Some("else")).await.expect("a ring").keys().count(), 0);
    assert!(store.remove_key(own[2].public()).await.expect("answered"));
    assert!(!store.remove_key(own[2].public()).await.expect("answered"));
}

pub(crate) async fn what_was_cosigned_moves_in_one_step(backend: Backend) {
    let store = CheckpointStore::open(&url_of(&backend)).await.expect("it opens");
    let signer = key(ORIGIN, KeyKind::Ed25519, 1);
    let cosigned = |size, of| Some(Cosigned { size, root: root(of) });
    let step = async |last, size, of| {
        let next = checkpoint(size, of);
        let note = next.sign(&signer).expect("its key");
        store.move_cosigned(last, &next, &note, 1).await.expect("answered")
    };
    assert_eq!(store.cosigned(ORIGIN).await.expect("answered"), None);
    assert!(step(None, 5, 1).await);
    assert!(!step(None, 6, 1).await, "another request was quicker");
    assert!(!step(cosigned(5, 2), 6, 1).await);
    assert!(step(cosigned(5, 1), 8, 2).await);
    assert_eq!(store.cosigned(ORIGIN).await.expect("answered"), cosigned(8, 2));
    assert_eq!(store.cosigned("other").await.expect("answered"), None);
}

/// Two servers with keys of their own sign while the journal grows: every checkpoint that comes out is true.
pub(crate) async fn two_servers_that_sign_at_once_never_contradict_each_other(backend: Backend) {
    let journal = backend.open().await;
    let mut author = begun(journal.as_ref()).await;
    let folder = scratch_dir("keys");
    let mut servers = Vec::new();
    for name in ["one", "two"] {
        let keys = KeyFile::at(folder.join(name));
        keys.generate(ORIGIN, KeyKind::Ed25519).expect("a key");
        let audit = Audit::open_with(&url_of(&backend), Arc::clone(&journal), keys).await.expect("it opens");
        audit.prepare_keys().await.expect("keys are known");
        servers.push(Arc::new(audit));
    }
    let signing: Vec<_> = servers
        .iter()
        .map(|audit| {
            let audit = Arc::clone(audit);
            tokio::spawn(async move {
                for _ in 0..25 {
                    audit.publish().await.expect("it signs");
                }
            })
        })
        .collect();
    for size in (20..500).step_by(40) {
        grow(journal.as_ref(), &mut author, size).await;
    }
    for task in signing {
        task.await.expect("it ends");
    }
    let last = servers[0].publish().await.expect("it signs");
    let both = servers[1].publish().await.expect("it signs");
    assert_eq!(last.size, both.size);
    assert_eq!(both.note.signatures().len(), 2, "both keys stand under the last one");
    let ring = servers[0].store().ring(KeyUse::Journal, None).await.expect("a ring");
    let published = servers[0].store().list(0, 1_000).await.expect("a list");
    assert!(published.windows(2).all(|pair| pair[0].size < pair[1].size));
    for one in published {
        let opened = Checkpoint::open(one.note.to_string().as_bytes(), ORIGIN, &ring, &KeyRing::new());
        let checkpoint = opened.expect("it is signed").checkpoint;
        let recorded = author.roots.iter().find(|(size, _)| *size == one.size).expect("a size of the journal");
        assert_eq!(checkpoint.root(), Hash::from_bytes(recorded.1));
    }
}

/// A journal that lost its tail, and one that went another way from an earlier point: nothing is signed for either.
pub(crate) async fn a_journal_rolled_back_or_forked_is_signed_no_more(backend: Backend) {
    let journal = backend.open().await;
    let mut author = begun(journal.as_ref()).await;
    grow(journal.as_ref(), &mut author, 30).await;
    let keys = KeyFile::at(scratch_dir("keys").join("one"));
    let audit = Audit::open_with(&url_of(&backend), Arc::clone(&journal), keys.clone()).await.expect("it opens");
    audit.prepare_keys().await.expect("a first key");
    assert_eq!(audit.publish().await.expect("it signs").size, 30);

    // Another journal of the same name in its place, with what was signed still remembered.
    let other = match backend {
        Backend::Sqlite(_) => Backend::sqlite(),
        _ => Backend::postgres(),
    };
    let short = other.open().await;
    let mut author = begun(short.as_ref()).await;
    let audit = Audit::open_with(&url_of(&backend), Arc::clone(&short), keys.clone()).await.expect("it opens");
    let refused = |result: Result<_, AuditError>| match result {
        Err(AuditError::Refused(what)) => what,
        other => panic!("it was not refused: {:?}", other.map(|_: ledger_api::audit::store::Published| ())),
    };
    assert!(refused(audit.publish().await).contains("its tail is gone"));
    let events = (0..60).map(|number| registered(&format!("X{number}"), "骑手")).collect();
    author.append(short.as_ref(), &[("another way", events)]).await;
    let said = refused(audit.publish().await);
    assert!(said.contains("the first 30 entries"), "{said}");
    assert_eq!(audit.counts().refused.load(std::sync::atomic::Ordering::Relaxed), 2);

    // With the store forgotten as well, the mark beside the keys still knows.
    let forgotten = Audit::open_with(&url_of(&other), Arc::clone(&short), keys).await.expect("it opens");
    forgotten.prepare_keys().await.expect("the key is known");
    assert!(refused(forgotten.publish().await).contains("this server's keys"));
}
