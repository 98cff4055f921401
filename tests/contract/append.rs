//! Appending: one at a time, all or nothing, only where the head stands.

use std::sync::Arc;
use std::time::Duration;

use ledger_core::journal::{CommitError, Journal};
use tokio::time::timeout;

use crate::backends::Backend;
use crate::batches::{Author, departed, furnished, opened, registered};

/// Long enough for any answer, short enough for a test that hangs.
const SOON: Duration = Duration::from_secs(20);
/// Long enough to see that something waits.
const A_WHILE: Duration = Duration::from_millis(150);

pub(crate) async fn positions_follow_one_another_in_the_order_of_commits(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    author.check(journal.as_ref()).await;
    let entries = journal.read(0, 100).await.expect("entries");
    let positions: Vec<u64> = entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=9).collect::<Vec<u64>>());
    let keys: Vec<&str> = entries.iter().map(|entry| entry.command.key.as_str()).collect();
    assert_eq!(keys, ["journal/open", "a", "b", "c", "c", "c", "d/1", "e", "e"]);
    assert!(entries.is_sorted_by_key(|entry| entry.command.recorded_at));
}

pub(crate) async fn a_batch_that_does_not_follow_the_head_leaves_nothing(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    for after in [0, 8, 10, 99] {
        let mut batch = furnished_again().batch(&[("astray", vec![registered("W9", "走失"), departed("W1", "走失")])]);
        let moved = |position: u64| position - author.entries.len() as u64 + after;
        (batch.after, batch.position) = (after, moved(batch.position));
        batch.events.iter_mut().for_each(|event| event.position = moved(event.position));
        batch.commands.iter_mut().for_each(|command| command.first = moved(command.first));
        let append = journal.begin().await.expect("the lock is taken");
        let refused = append.commit(Arc::new(batch)).await;
        // Positions that are taken may be what is noticed first.
        let nothing_done = matches!(refused, Err(CommitError::Fenced | CommitError::NotCommitted(_)));
        assert!(nothing_done && (after <= 9 || matches!(refused, Err(CommitError::Fenced))), "{after}: {refused:?}");
        nothing_is_left(journal.as_ref(), &author).await;
    }
    author.append(journal.as_ref(), &[("f", vec![departed("W4", "之后")])]).await;
    author.check(journal.as_ref()).await;
}

/// What [`furnished`] wrote, to go on from.
fn furnished_again() -> Author {
    let mut author = Author::new();
    author.batch(&[("journal/open", vec![opened()])]);
    author.batch(&[("a", vec![registered("W1", "骑手")]), ("b", vec![registered("W2", "司机")])]);
    author.batch(&[("c", vec![departed("W1", "离开"), registered("W3", "主播"), departed("W3", "转行")])]);
    author.batch(&[("d/1", vec![departed("W2", "搬家")])]);
    author.batch(&[("e", vec![registered("W4", "骑手"), registered("W1", "回来")])]);
    author
}

async fn nothing_is_left(journal: &dyn Journal, author: &Author) {
    author.check(journal).await;
    let key = "astray".parse().expect("a key");
    assert_eq!(journal.find(&[key]).await.expect("keys"), [None]);
    let streams = [registered("W9", "").stream(), registered("W1", "").stream()];
    let loaded = journal.load(&streams, true).await.expect("streams");
    assert_eq!((loaded[0].stream_no, loaded[0].events.len(), loaded[1].events.len()), (0, 0, 3));
}

/// Keys are unique in a journal, and so are streams: a ledger never asks for this, and if it did nothing would happen.
pub(crate) async fn a_key_or_a_stream_that_is_there_already_leaves_nothing(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    let key_again = furnished_again().batch(&[("c", vec![departed("W1", "又一次")])]);
    let mut stream_again = furnished_again().batch(&[("astray", vec![registered("W9", "走失")])]);
    stream_again.new_streams.iter_mut().for_each(|new| new.stream = registered("W1", "").stream());
    for batch in [key_again, stream_again] {
        let append = journal.begin().await.expect("the lock is taken");
        let refused = append.commit(Arc::new(batch)).await;
        assert!(matches!(refused, Err(CommitError::NotCommitted(_))), "{refused:?}");
        nothing_is_left(journal.as_ref(), &author).await;
    }
    author.append(journal.as_ref(), &[("f", vec![departed("W4", "之后")])]).await;
    author.check(journal.as_ref()).await;
}

pub(crate) async fn an_append_given_up_changes_nothing(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    for released in [true, false, true, false] {
        let append = timeout(SOON, journal.begin()).await.expect("the lock is free").expect("the lock is taken");
        if released {
            append.release().await;
        } else {
            drop(append);
        }
        nothing_is_left(journal.as_ref(), &author).await;
    }
    timeout(SOON, author.append(journal.as_ref(), &[("f", vec![departed("W4", "之后")])])).await.expect("in time");
    author.check(journal.as_ref()).await;
}

pub(crate) async fn a_begin_given_up_leaves_the_lock_free(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    // Given up at its first await, a little later, and just about when the lock is given.
    for micros in [0, 1, 20, 50, 100, 200, 400, 800, 1_600, 3_200] {
        let given_up = timeout(Duration::from_micros(micros), journal.begin()).await;
        drop(given_up);
    }
    author.append(journal.as_ref(), &[("f", vec![departed("W4", "之后")])]).await;
    author.check(journal.as_ref()).await;
}

pub(crate) async fn one_append_at_a_time(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    let first = journal.begin().await.expect("the lock is taken");
    let second = {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move { journal.begin().await })
    };
    tokio::time::sleep(A_WHILE).await;
    assert!(!second.is_finished(), "two appends at once");
    let batch = author.batch(&[("f", vec![departed("W4", "之后")])]);
    first.commit(Arc::new(batch)).await.expect("the batch is committed");
    let second = timeout(SOON, second).await.expect("the lock is free").expect("no panic").expect("the lock is taken");
    assert_eq!(second.head(), &author.head(), "whoever waited sees what was committed meanwhile");
    let batch = author.batch(&[("g", vec![departed("W3", "再次")])]);
    second.commit(Arc::new(batch)).await.expect("the batch is committed");
    author.check(journal.as_ref()).await;
}

pub(crate) async fn whoever_waits_for_a_change_is_woken(backend: Backend) {
    let journal = backend.open().await;
    let mut author = furnished(journal.as_ref()).await;
    let waiting = {
        let journal = Arc::clone(&journal);
        let mut changes = journal.changes();
        tokio::spawn(async move { changes.changed().await.expect("it follows") })
    };
    tokio::time::sleep(A_WHILE).await;
    author.append(journal.as_ref(), &[("f", vec![departed("W4", "之后")])]).await;
    timeout(SOON, waiting).await.expect("woken in time").expect("no panic");
}
