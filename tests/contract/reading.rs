//! Reading back: the same bytes, whatever was written, in pages of any size.

use std::collections::BTreeSet;
use std::sync::Mutex;

use ledger_core::journal::{CommandRecord, Head, Journal, JournalError, key_hash};

use crate::backends::Backend;
use crate::batches::{Author, departed, fingerprint, furnished, opened, registered};

pub(crate) async fn an_empty_journal_has_an_empty_head(backend: Backend) {
    let journal = backend.open().await;
    assert_eq!(journal.head().await.expect("a head"), Head::empty());
    Author::new().check(journal.as_ref()).await;
    let key = "a".parse().expect("a key");
    assert_eq!(journal.find(&[key]).await.expect("keys"), [None]);
    assert!(journal.find(&[]).await.expect("no keys").is_empty());
    assert!(journal.load(&[], true).await.expect("no streams").is_empty());
    assert!(journal.read_commands(&[]).await.expect("no commands").is_empty());
    let loaded = journal.load(&[opened().stream()], true).await.expect("streams");
    assert_eq!((loaded[0].stream_no, loaded[0].events.len(), &loaded[0].snapshot), (0, 0, &None));
    let append = journal.begin().await.expect("the lock is taken");
    assert_eq!(append.head(), &Head::empty());
}

pub(crate) async fn what_is_appended_is_read_back_byte_for_byte(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    author.check(journal.as_ref()).await;
    let read = journal.read(0, 100).await.expect("entries");
    for (entry, wrote) in read.iter().zip(&author.entries) {
        assert_eq!(entry.leaf_bytes(), wrote.leaf_bytes(), "the bytes that are hashed at position {}", entry.position);
    }
    if matches!(backend, Backend::Memory(_)) {
        return;
    }
    drop(journal);
    author.check(backend.open().await.as_ref()).await;
}

pub(crate) async fn texts_of_every_script_come_back(backend: Backend) {
    let journal = backend.open().await;
    let mut author = Author::new();
    author.append(journal.as_ref(), &[("journal/open", vec![opened()])]).await;
    let texts = [
        "暖新积分账本：骑手、快递员",
        "𠮷野家 🛵👨‍👩‍👧 e\u{301} \u{200b}|\u{feff}|\u{202e}",
        "\\ \" ' ; -- $1 %s {} \\u0000 \u{7f}",
        "\t\n\u{1}\u{1f}\u{85}\u{2028}\u{fffd}\u{10ffff}",
        "",
        "ПРИВЕТ ﷽ ไทย ก็ 한국어 ñandú İı ß",
    ];
    for (index, text) in texts.iter().enumerate() {
        let (key, worker) = (format!("钥匙/{index}/é’🗝"), format!("工{index}號"));
        author.append(journal.as_ref(), &[(&key, vec![registered(&worker, text), departed(&worker, text)])]).await;
        let found = journal.find(&[key.parse().expect("a key")]).await.expect("keys");
        assert_eq!(found[0].as_ref().map(|found| found.count), Some(2), "{key}");
        let loaded = journal.load(&[registered(&worker, "").stream()], true).await.expect("streams");
        let events: Vec<_> = loaded[0].events.iter().map(|stored| stored.event.clone()).collect();
        assert_eq!(events, [registered(&worker, text), departed(&worker, text)]);
    }
    author.check(journal.as_ref()).await;
}

pub(crate) async fn large_payloads_and_large_batches_come_back(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    let reason = "字".repeat(700_000);
    author.append(journal.as_ref(), &[("large", vec![departed("W1", &reason), departed("W2", &reason)])]).await;
    let keys: Vec<String> = (0..3_000).map(|index| format!("many/{index}")).collect();
    let many: Vec<_> =
        keys.iter().map(|key| (key.as_str(), vec![registered(&key.replace('/', "-"), "骑手")])).collect();
    author.append(journal.as_ref(), &many).await;
    author.check(journal.as_ref()).await;
}

pub(crate) async fn pages_of_any_size_give_the_same(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    for size in 1..=10 {
        let (mut read, mut after) = (Vec::new(), 0);
        loop {
            let page = journal.read(after, size).await.expect("entries");
            assert!(page.len() <= size);
            let Some(last) = page.last() else { break };
            after = last.position;
            assert!(page.len() == size || after == 9, "a page is short only at the head");
            read.extend(page);
        }
        assert_eq!(read, author.entries, "in pages of {size}");
    }
    // A page may begin and end within a command.
    assert_eq!(journal.read(4, 1).await.expect("entries"), author.entries[4..5]);
    for (after, limit) in [(0, 0), (9, 5), (10, 5), (i64::MAX as u64, 5), (u64::MAX - 1, 5), (u64::MAX, usize::MAX)] {
        assert!(journal.read(after, limit).await.expect("no entries").is_empty(), "{limit} after {after}");
    }
    assert_eq!(journal.read(3, usize::MAX).await.expect("entries"), author.entries[3..]);
}

fn record(first: u64, count: u32, key: &str) -> CommandRecord {
    CommandRecord { first, count, fingerprint: fingerprint(key) }
}

pub(crate) async fn keys_are_found_in_the_order_asked(backend: Backend) {
    let journal = backend.open().await;
    furnished(journal.as_ref()).await;
    let asked = ["e", "nobody", "a", "c", "a", "A", "d", "d/1"].map(|key| key.parse().expect("a key"));
    let found = journal.find(&asked).await.expect("keys");
    let a = Some(record(2, 1, "a"));
    let expected =
        [Some(record(8, 2, "e")), None, a.clone(), Some(record(4, 3, "c")), a, None, None, Some(record(7, 1, "d/1"))];
    assert_eq!(found, expected);
}

pub(crate) async fn commands_are_read_whole_or_called_damaged(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    let (c, a, e) = (record(4, 3, "c"), record(2, 1, "a"), record(8, 2, "e"));
    let read = journal.read_commands(&[e.clone(), c.clone(), a.clone(), c.clone()]).await.expect("commands");
    let entries = |first: usize, count: usize| author.entries[first - 1..first - 1 + count].to_vec();
    assert_eq!(read, [entries(8, 2), entries(4, 3), entries(2, 1), entries(4, 3)]);
    for broken in [record(8, 3, "e"), record(99, 1, "nobody"), record(5, 3, "c"), record(4, 4, "c")] {
        let read = journal.read_commands(&[a.clone(), broken.clone()]).await;
        assert!(matches!(read, Err(JournalError::Damaged { .. })), "{broken:?}: {read:?}");
    }
}

pub(crate) async fn recorded_roots_come_in_order(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    let sizes: Vec<u64> = author.roots.iter().map(|(size, _)| *size).collect();
    assert_eq!(sizes, [1, 3, 6, 7, 9]);
    let roots = async |after, limit| journal.roots(after, limit).await.expect("roots");
    assert_eq!(roots(0, 2).await, author.roots[..2]);
    assert_eq!(roots(3, 2).await, author.roots[2..4]);
    assert_eq!(roots(4, usize::MAX).await, author.roots[2..]);
    assert!(roots(9, 5).await.is_empty() && roots(u64::MAX, 5).await.is_empty() && roots(0, 0).await.is_empty());
}

/// What a reading ahead folds is what loading each stream gives.
pub(crate) async fn events_come_with_the_numbers_of_their_streams(backend: Backend) {
    let journal = backend.open().await;
    assert!(journal.stream_events(0, 5).await.expect("events").is_empty());
    let author = furnished(journal.as_ref()).await;
    let mut expected = Vec::new();
    for entry in &author.entries {
        let event = entry.event().expect("an event");
        let loaded = journal.load(&[event.stream()], false).await.expect("a stream").pop().expect("one");
        assert!(loaded.stream_no > 0);
        expected.push((loaded.stream_no, entry.sequence, event));
    }
    let read = async |after, limit| {
        let events = journal.stream_events(after, limit).await.expect("events");
        events.into_iter().map(|(stream_no, stored)| (stream_no, stored.sequence, stored.event)).collect::<Vec<_>>()
    };
    assert_eq!(read(0, usize::MAX).await, expected);
    assert_eq!(read(3, 4).await, expected[3..7]);
    assert!(read(9, 5).await.is_empty() && read(u64::MAX, 5).await.is_empty() && read(0, 0).await.is_empty());
}

/// More keys than one page holds, and then some that stand in no index yet.
pub(crate) async fn the_hash_of_every_key_is_told(backend: Backend) {
    async fn told(journal: &dyn Journal) -> BTreeSet<u64> {
        let told = Mutex::new(BTreeSet::new());
        journal.key_hashes(&|page| told.lock().expect("no panic").extend(page)).await.expect("keys");
        told.into_inner().expect("no panic")
    }
    let journal = backend.open().await;
    assert!(told(journal.as_ref()).await.is_empty());
    let mut author = furnished(journal.as_ref()).await;
    for part in 0..3 {
        let commands: Vec<(String, _)> = (0..5_000)
            .map(|index| (format!("k/{part}/{index}"), vec![registered(&format!("W{part}-{index}"), "rider")]))
            .collect();
        let commands: Vec<_> = commands.iter().map(|(key, events)| (key.as_str(), events.clone())).collect();
        author.append(journal.as_ref(), &commands).await;
    }
    let keys: BTreeSet<u64> = author.entries.iter().map(|entry| key_hash(&entry.command.key)).collect();
    assert!(keys.len() > 15_000);
    assert_eq!(told(journal.as_ref()).await, keys);
    if matches!(backend, Backend::Memory(_)) {
        return;
    }
    drop(journal);
    let journal = backend.open().await;
    author.append(journal.as_ref(), &[("k/last", vec![departed("W0-0", "moved")])]).await;
    let told = told(journal.as_ref()).await;
    assert!(told.contains(&key_hash("k/last")) && told.is_superset(&keys));
}
