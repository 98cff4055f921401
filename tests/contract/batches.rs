//! Batches as a ledger would append them, made by hand: what a journal is given, and what it must give back.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::domain::event::{Event, StreamId, V1};
use ledger_core::domain::programme::ProgrammeEvent;
use ledger_core::domain::programme::event::JournalOpened;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::WorkerEvent;
use ledger_core::domain::worker::event::{WorkerDeparted, WorkerRecorded};
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::leaf::LeafFields;
use ledger_core::evidence::merkle::Frontier;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::fingerprint::Fingerprint;
use ledger_core::journal::{Batch, BatchCommand, BatchEvent, Entry, Head, Journal, NewStream, RecordedTime};

/// What a journal holds after the batches made so far.
pub(crate) struct Author {
    pub(crate) entries: Vec<Entry>,
    pub(crate) roots: Vec<(u64, [u8; 32])>,
    streams: BTreeMap<StreamId, (u64, u64)>,
    frontier: Frontier,
    recorded_at: i64,
}

/// A command of a batch: its key, and its events.
pub(crate) type Written<'a> = (&'a str, Vec<Event>);

/// When everything in these journals happened.
pub(crate) fn at() -> BusinessTime {
    BusinessTime::parse("2024-03-05 08:01:36").expect("a time")
}

/// The first event of a journal.
pub(crate) fn opened() -> Event {
    let event =
        JournalOpened { demonstration: false, origin: "nuanxin/contract".into(), suite: "sha-256".into(), v: V1 };
    Event::Programme(ProgrammeEvent::JournalOpened(event))
}

/// A worker's particulars.
pub(crate) fn registered(worker: &str, occupation: &str) -> Event {
    Event::Worker(WorkerEvent::WorkerRegistered(WorkerRecorded {
        at: at(),
        occupation: occupation.into(),
        party_member: None,
        platform: None,
        v: V1,
        worker: worker.parse().expect("a worker"),
        probationary: false,
        site: None,
    }))
}

/// A worker's departure, for a reason of any length.
pub(crate) fn departed(worker: &str, reason: &str) -> Event {
    let worker = worker.parse().expect("a worker");
    Event::Worker(WorkerEvent::WorkerDeparted(WorkerDeparted { at: at(), reason: reason.into(), v: V1, worker }))
}

/// A fingerprint told by a number.
pub(crate) fn fingerprint(of: &str) -> Fingerprint {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(of.bytes()).for_each(|(to, from)| *to = from);
    Fingerprint::from_bytes(bytes)
}

impl Author {
    /// Of a journal that holds nothing.
    pub(crate) fn new() -> Author {
        Author {
            entries: Vec::new(),
            roots: Vec::new(),
            streams: BTreeMap::new(),
            frontier: Frontier::new(HashSuite::Sha256),
            recorded_at: 1_704_067_200_000_000,
        }
    }

    /// The head that a journal with these batches has.
    pub(crate) fn head(&self) -> Head {
        if self.entries.is_empty() {
            return Head::empty();
        }
        Head {
            position: self.entries.len() as u64,
            streams: self.streams.len() as u64,
            recorded_at: RecordedTime::from_micros(self.recorded_at),
            frontier: self.frontier.to_bytes(),
        }
    }

    /// The next batch.
    pub(crate) fn batch(&mut self, commands: &[Written<'_>]) -> Batch {
        self.recorded_at += 1_000_001;
        let recorded_at = RecordedTime::from_micros(self.recorded_at);
        let after = self.entries.len() as u64;
        let mut batch = Batch::following(after, 0, recorded_at);
        for (key, events) in commands {
            let frame = Arc::new(CommandFrame {
                key: (*key).into(),
                fingerprint: fingerprint(key),
                actor: "经办人".into(),
                recorded_at,
            });
            batch.commands.push(BatchCommand {
                first: batch.position + 1,
                count: events.len() as u32,
                key: frame.key.clone(),
                fingerprint: frame.fingerprint,
                actor: frame.actor.clone(),
            });
            for (nth, event) in (0..).zip(events) {
                self.write(&mut batch, &frame, nth, event);
            }
        }
        batch.streams = self.streams.len() as u64;
        batch.frontier = self.frontier.to_bytes();
        batch.root = *self.frontier.root().as_bytes();
        self.roots.push((batch.position, batch.root));
        batch
    }

    fn write(&mut self, batch: &mut Batch, frame: &Arc<CommandFrame>, nth: u32, event: &Event) {
        batch.position += 1;
        let next = self.streams.len() as u64 + 1;
        let (stream_no, sequence) = self.streams.entry(event.stream()).or_insert((next, 0));
        if *sequence == 0 {
            batch.new_streams.push(NewStream { stream_no: *stream_no, stream: event.stream() });
        }
        *sequence += 1;
        let mut payload = Vec::new();
        event.encode_into(&mut payload).expect("an event can be written");
        let leaf = LeafFields {
            position: batch.position,
            recorded_at: &frame.recorded_at.to_string(),
            key: &frame.key,
            fingerprint: &frame.fingerprint.to_string(),
            actor: &frame.actor,
            event_type: event.event_type(),
            payload: &payload,
        };
        let mut bytes = Vec::new();
        leaf.encode_into(&mut bytes);
        let hash = HashSuite::Sha256.leaf_hash(&bytes);
        self.frontier.push(hash).expect("a small tree");
        let entry = Entry {
            position: batch.position,
            nth,
            stream_no: *stream_no,
            sequence: *sequence,
            command: Arc::clone(frame),
            event_type: event.event_type().to_owned(),
            payload: payload.clone(),
            leaf: *hash.as_bytes(),
        };
        batch.events.push(BatchEvent {
            position: entry.position,
            nth,
            stream_no: *stream_no,
            sequence: *sequence,
            event_type: event.event_type(),
            payload,
            leaf: entry.leaf,
        });
        self.entries.push(entry);
    }

    /// Appends the next batch.
    pub(crate) async fn append(&mut self, journal: &dyn Journal, commands: &[Written<'_>]) {
        let append = journal.begin().await.expect("the lock is taken");
        assert_eq!(append.head(), &self.head(), "the head under the lock");
        let batch = self.batch(commands);
        append.commit(Arc::new(batch)).await.expect("the batch is committed");
    }

    /// Checks that a journal holds these batches and nothing else.
    pub(crate) async fn check(&self, journal: &dyn Journal) {
        assert_eq!(journal.head().await.expect("a head"), self.head());
        assert_eq!(journal.read(0, 1_000_000).await.expect("entries"), self.entries);
        assert_eq!(journal.roots(0, 1_000_000).await.expect("roots"), self.roots);
    }
}

/// A journal with some streams and batches in it, and what it holds.
pub(crate) async fn furnished(journal: &dyn Journal) -> Author {
    let mut author = Author::new();
    author.append(journal, &[("journal/open", vec![opened()])]).await;
    author.append(journal, &[("a", vec![registered("W1", "骑手")]), ("b", vec![registered("W2", "司机")])]).await;
    author
        .append(journal, &[("c", vec![departed("W1", "离开"), registered("W3", "主播"), departed("W3", "转行")])])
        .await;
    author.append(journal, &[("d/1", vec![departed("W2", "搬家")])]).await;
    author.append(journal, &[("e", vec![registered("W4", "骑手"), registered("W1", "回来")])]).await;
    author
}
