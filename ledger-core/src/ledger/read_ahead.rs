//! Reading workers ahead: a ledger that was just opened reads its journal once from the beginning, beside everything
//! else, so that the first command of a worker need not wait for that worker's own events, which lie far apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::cache::{Cache, Loaded};
use crate::domain::event::Event;
use crate::domain::ids::WorkerId;
use crate::domain::worker::Worker;
use crate::journal::{Journal, JournalError, StreamEvent};

/// Events read at once: some two milliseconds of a processor, which nothing else gets meanwhile.
const PAGE: usize = 1_000;

/// Whatever else is opened with the journal comes first: until then nobody sends a command.
const OTHERS_FIRST: Duration = Duration::from_millis(100);

/// Workers as they stand at the position they were read up to.
pub type Workers = Cache<WorkerId, Worker>;

/// A reading that goes on beside everything else.
pub struct ReadAhead(JoinHandle<Result<Workers, JournalError>>);

impl Drop for ReadAhead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl ReadAhead {
    /// Starts to read up to a position; of more bytes than there is room for, which may change meanwhile, those are kept
    /// that were active last.
    pub fn start(journal: Arc<dyn Journal>, until: u64, room: Arc<AtomicUsize>) -> ReadAhead {
        ReadAhead(tokio::spawn(async move {
            tokio::time::sleep(OTHERS_FIRST).await;
            read(journal.as_ref(), until, &room).await
        }))
    }

    /// Ends it before its end, so that nothing holds the journal any more.
    pub async fn end(mut self) {
        self.0.abort();
        // Ended either way.
        let _ = (&mut self.0).await;
    }
}

/// What was read, once it is; nothing where that failed; never, while nothing is read.
pub async fn reading(ahead: &mut Option<ReadAhead>) -> Option<Workers> {
    let read = match ahead {
        Some(ahead) => (&mut ahead.0).await,
        None => std::future::pending().await,
    };
    *ahead = None;
    match read {
        Ok(Ok(workers)) => {
            tracing::debug!(workers = workers.count(), "workers were read ahead");
            Some(workers)
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "workers could not be read ahead; each is read when a command names it");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the reading ahead ended badly");
            None
        }
    }
}

async fn read(journal: &dyn Journal, until: u64, room: &AtomicUsize) -> Result<Workers, JournalError> {
    let mut workers = Workers::default();
    let mut at = 0;
    let mut events = page(journal, at, until).await?;
    while at < until {
        if events.is_empty() {
            let what = format!("it ends at {at}, but its head was at {until}");
            return Err(JournalError::Damaged { position: at, what });
        }
        at += u64::try_from(events.len()).unwrap_or(0);
        // The next page is read while this one is folded.
        let folding = async {
            fold(&mut workers, &events);
            workers.trim(room.load(Ordering::Relaxed), 0);
        };
        let (next, ()) = tokio::join!(page(journal, at, until), folding);
        events = next?;
    }
    Ok(workers)
}

async fn page(journal: &dyn Journal, after: u64, until: u64) -> Result<Vec<(u64, StreamEvent)>, JournalError> {
    match usize::try_from(until.saturating_sub(after)).unwrap_or(usize::MAX).min(PAGE) {
        0 => Ok(Vec::new()),
        count => journal.stream_events(after, count).await,
    }
}

fn fold(workers: &mut Workers, events: &[(u64, StreamEvent)]) {
    for (stream_no, stored) in events {
        let Event::Worker(event) = &stored.event else { continue };
        let id = event.worker();
        if stored.sequence == 1 {
            workers.put(id.clone(), Loaded::beginning(*stream_no));
        }
        // Of one that fell out before, the beginning is missing: it stays out.
        if workers.touch(id) {
            workers.follow(id, &stored.event, stored.sequence);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::{PAGE, Workers, read};
    use crate::domain::ids::{Actor, WorkerId};
    use crate::domain::time::BusinessTime;
    use crate::domain::worker::command::WorkerDetails;
    use crate::evidence::hash::HashSuite;
    use crate::journal::memory::MemoryJournal;
    use crate::journal::{Journal, JournalError};
    use crate::ledger::book::{Book, Limits};
    use crate::ledger::cache::{Loaded, WEIGHT};
    use crate::ledger::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};

    const WORKERS: usize = PAGE + 10;

    fn worker(number: usize) -> WorkerId {
        format!("W-{number}").parse().expect("an id")
    }

    fn register(number: usize, occupation: &str) -> Submission {
        let details = WorkerDetails {
            occupation: occupation.to_owned(),
            party_member: None,
            platform: None,
            probationary: false,
            site: None,
        };
        Submission {
            context: Context {
                key: format!("{occupation}/{number}").parse().expect("a key"),
                actor: Actor::new("test").expect("an actor"),
                at: BusinessTime::from_instant(&chrono::DateTime::UNIX_EPOCH),
            },
            command: Command::RegisterWorker(commands::RegisterWorker {
                worker: worker(number),
                details,
                update: true,
            }),
        }
    }

    /// More workers than a page has events; those with even numbers changed once more.
    async fn journal() -> Arc<dyn Journal> {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let opened = Ledger::open(Arc::clone(&journal), LedgerSettings::default(), "test", HashSuite::Sha256).await;
        let (ledger, task) = opened.expect("a ledger");
        let first = (0..WORKERS).map(|number| register(number, "rider"));
        let second = (0..WORKERS).step_by(2).map(|number| register(number, "courier"));
        let outcomes = ledger.submit_all(first.chain(second).collect(), false).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Committed(_))));
        drop(ledger);
        task.finished().await;
        journal
    }

    #[tokio::test]
    async fn every_worker_is_read_as_loading_it_would_give_it() {
        let journal = journal().await;
        let head = journal.head().await.expect("a head").position;
        let mut read = read(journal.as_ref(), head, &AtomicUsize::new(usize::MAX)).await.expect("it is read");
        assert_eq!(read.count(), WORKERS);
        for number in 0..WORKERS {
            let stream = crate::domain::event::StreamId::Worker(worker(number));
            let stored = journal.load(&[stream], true).await.expect("it is loaded").pop().expect("the stream");
            let loaded = crate::ledger::cache::Loaded::from_stored(&stored).expect("it is read").expect("no snapshot");
            let ahead = read.take(&worker(number)).expect("it was read");
            assert_eq!(
                (ahead.stream_no, ahead.sequence, ahead.state),
                (loaded.stream_no, loaded.sequence, loaded.state)
            );
        }
    }

    #[tokio::test]
    async fn what_came_after_the_position_is_left_out() {
        let journal = journal().await;
        // The journal's own event, then one of each worker.
        let first = u64::try_from(WORKERS).expect("small") + 1;
        let mut read = read(journal.as_ref(), first, &AtomicUsize::new(usize::MAX)).await.expect("it is read");
        assert_eq!(read.take(&worker(0)).map(|loaded| loaded.sequence), Some(1));
    }

    #[tokio::test]
    async fn where_room_is_short_the_last_active_stay_and_none_is_half_there() {
        let journal = journal().await;
        let head = journal.head().await.expect("a head").position;
        let mut read = read(journal.as_ref(), head, &AtomicUsize::new(20 * WEIGHT)).await.expect("it is read");
        assert!((1..=20).contains(&read.count()), "{} workers", read.count());
        for number in 0..WORKERS {
            if let Some(loaded) = read.take(&worker(number)) {
                assert_eq!(loaded.sequence, if number % 2 == 0 { 2 } else { 1 });
            }
        }
    }

    /// What commands have named meanwhile leaves the less room: both together keep to one limit.
    #[tokio::test]
    async fn it_keeps_to_what_the_book_leaves() {
        let journal = journal().await;
        let head = journal.head().await.expect("a head");
        let limits = Limits { cached_bytes_max: 20 * WEIGHT, snapshot_every: 9 };
        let mut book = Book::at(&head, limits).expect("a book");
        book.await_prefetch();
        let room = book.room();
        let named: Vec<_> = (0..15).map(|number| crate::domain::event::StreamId::Worker(worker(number))).collect();
        for stored in journal.load(&named, true).await.expect("they are loaded") {
            assert!(book.insert(&stored).expect("it is read"));
        }
        book.trim(0);
        let read = read(journal.as_ref(), head.position, &room).await.expect("it is read");
        assert_eq!(read.count(), 5);
        book.take_prefetched(read);
        assert_eq!(book.weight(), 20 * WEIGHT);
        // Whatever is given to it, it keeps to its limit from the next trim on.
        book.await_prefetch();
        let mut more = Workers::default();
        (0..50).for_each(|number| more.put(worker(number), Loaded::beginning(1)));
        book.take_prefetched(more);
        book.trim(0);
        assert_eq!(book.weight(), 20 * WEIGHT);
    }

    #[tokio::test]
    async fn a_journal_that_ends_too_early_is_damaged() {
        let journal = journal().await;
        let head = journal.head().await.expect("a head").position;
        let read = read(journal.as_ref(), head + 5, &AtomicUsize::new(usize::MAX)).await;
        assert!(matches!(read, Err(JournalError::Damaged { .. })));
    }
}
