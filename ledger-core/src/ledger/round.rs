//! One round's deciding: commands in order, each against the state the one before it left.

use std::sync::Arc;

use foldhash::HashMap;

use super::book::Book;
use super::command::Submission;
use super::commands::Command;
use super::feed::EventChunk;
use super::fingerprint::fingerprint;
use super::outcome::{Outcome, Receipt};
use super::process::{self, NotLoaded};
use crate::domain::event::Event;
use crate::domain::ids::Key;
use crate::domain::refusal::{Code, Refusal};
use crate::evidence::hash::HashSuite;
use crate::evidence::leaf::LeafFields;
use crate::evidence::merkle::{Frontier, TreeFull};
use crate::journal::fingerprint::Fingerprint;
use crate::journal::{Batch, BatchCommand, BatchEvent, JournalError, NewStream, RecordedTime};
use crate::ledger::commands;

/// A command recorded before.
#[derive(Debug, Clone)]
pub struct Known {
    /// Digest of its content.
    pub fingerprint: Fingerprint,
    /// Its first answer.
    pub receipt: Receipt,
}

/// A round being decided. It goes with one book, which nothing else changes until the round is finished.
pub struct Round {
    clock: process::Clock,
    known: HashMap<Key, Known>,
    batch: Batch,
    outcomes: Vec<Vec<Outcome>>,
    chunks: Vec<EventChunk>,
    /// The Merkle log as the batch leaves it; none before the journal's first event.
    frontier: Option<Frontier>,
    /// Why the log cannot grow.
    full: Option<TreeFull>,
    /// The batch's recorded time as the leaves hold it.
    recorded_at: String,
    /// Room for one leaf.
    leaf: Vec<u8>,
}

/// What a round came to.
pub struct Decided {
    /// The commands it knows, those it decided among them.
    pub known: HashMap<Key, Known>,
    /// What to append, if anything was decided.
    pub batch: Option<Arc<Batch>>,
    /// The answers to give once it is durable.
    pub outcomes: Vec<Vec<Outcome>>,
    /// Its events, for followers, once it is durable.
    pub chunks: Vec<EventChunk>,
}

impl Round {
    /// A round on a book: what it decides follows the book's position.
    pub fn new(book: &Book, now: RecordedTime) -> Round {
        // The recorded time never goes back, whatever the machine's clock does.
        let recorded_at = now.max(book.recorded_at);
        let clock = process::Clock::new(now, recorded_at);
        let batch = Batch::following(book.position, book.streams, recorded_at);
        Round {
            clock,
            known: HashMap::default(),
            batch,
            outcomes: Vec::new(),
            chunks: Vec::new(),
            frontier: book.frontier.clone(),
            full: None,
            recorded_at: recorded_at.to_string(),
            leaf: Vec::with_capacity(1_024),
        }
    }

    /// Takes in commands recorded before.
    pub fn learn(&mut self, known: impl IntoIterator<Item = (Key, Known)>) {
        for (key, command) in known {
            self.known.entry(key).or_insert(command);
        }
    }

    /// Decides one caller's commands.
    pub fn decide(&mut self, book: &mut Book, submissions: &[Submission], atomic: bool) {
        let outcomes = if atomic {
            self.all_or_none(book, submissions)
        } else {
            submissions.iter().map(|submission| self.one(book, submission)).collect()
        };
        self.outcomes.push(outcomes);
    }

    fn all_or_none(&mut self, book: &mut Book, submissions: &[Submission]) -> Vec<Outcome> {
        let mut streams: Vec<_> = submissions.iter().flat_map(|submission| submission.streams(book)).collect();
        streams.sort();
        streams.dedup();
        let saved = book.save(&streams);
        let mark =
            (self.batch.position, self.batch.new_streams.len(), self.batch.commands.len(), self.batch.events.len());
        let (chunks, frontier) = (self.chunks.len(), self.frontier.clone());
        let mut new_keys = Vec::new();
        let mut outcomes = Vec::with_capacity(submissions.len());
        for (index, submission) in submissions.iter().enumerate() {
            let outcome = self.one(book, submission);
            match &outcome {
                Outcome::Refused(refusal) => {
                    let first = refusal.clone();
                    book.roll_back(saved);
                    self.batch.position = mark.0;
                    self.batch.new_streams.truncate(mark.1);
                    self.batch.commands.truncate(mark.2);
                    self.batch.events.truncate(mark.3);
                    self.chunks.truncate(chunks);
                    self.frontier = frontier;
                    for key in &new_keys {
                        self.known.remove(key);
                    }
                    return (0..submissions.len())
                        .map(|other| {
                            if other == index {
                                Outcome::Refused(first.clone())
                            } else {
                                let message = format!("nothing was recorded: command {index} was refused, {first}");
                                // A fault of ours is no fault of theirs.
                                let ours = first.code == Code::JournalUnavailable;
                                let code = if ours { first.code } else { Code::InvalidInput };
                                Outcome::refused(code, message)
                            }
                        })
                        .collect();
                }
                Outcome::Committed(receipt) if !receipt.repeated => new_keys.push(submission.context.key.clone()),
                Outcome::Committed(_) | Outcome::Unknown => {}
            }
            outcomes.push(outcome);
        }
        outcomes
    }

    fn one(&mut self, book: &mut Book, submission: &Submission) -> Outcome {
        let fingerprint = fingerprint(&submission.command);
        let key = &submission.context.key;
        if let Some(known) = self.known.get(key) {
            if known.fingerprint == fingerprint {
                return Outcome::Committed(Receipt { repeated: true, ..known.receipt.clone() });
            }
            let message = format!("key {key} was used before with other content; give this one a key of its own");
            return Outcome::refused(Code::DuplicateConflict, message);
        }
        let opens = matches!(submission.command, Command::OpenJournal(_));
        if self.frontier.is_none() && !opens {
            return Outcome::refused(Code::JournalUnavailable, "the journal has no first event yet; try again");
        }
        match process::decide(book, self.clock, &submission.context, &submission.command) {
            Err(refusal) => {
                // No rule refuses with this code: something was not loaded.
                if refusal.code == Code::JournalUnavailable {
                    tracing::error!(%key, %refusal, "a command could not be decided");
                }
                Outcome::Refused(refusal)
            }
            Ok(events) if events.is_empty() => {
                let position = self.batch.position;
                Outcome::Committed(Receipt { position, events: Arc::from([]), repeated: false })
            }
            Ok(events) => match self.record(book, submission, fingerprint, events) {
                Ok(receipt) => Outcome::Committed(receipt),
                Err(refusal) => Outcome::Refused(refusal),
            },
        }
    }

    fn record(
        &mut self,
        book: &mut Book,
        submission: &Submission,
        fingerprint: Fingerprint,
        events: Vec<Event>,
    ) -> Result<Receipt, Refusal> {
        let unreadable = |what: String| Refusal::new(Code::InvalidInput, what);
        // First of all, while nothing has changed yet: who is refused here is refused alone.
        let payloads = events.iter().map(written).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        if let Command::OpenJournal(commands::OpenJournal { suite, .. }) = &submission.command {
            let suite: HashSuite =
                suite.parse().map_err(|_| unreadable(format!("hash suite {suite:?}; use sha-256 or sm3")))?;
            self.frontier = Some(Frontier::new(suite));
        }
        let Some(frontier) = &mut self.frontier else {
            return Err(unreadable("the journal names no hash suite".to_owned()));
        };
        if let Some(event) = events.iter().find(|event| !book.holds_stream_of(event)) {
            let refusal = Refusal::from(NotLoaded(event.stream()));
            tracing::error!(key = %submission.context.key, %refusal, "a command could not be recorded");
            return Err(refusal);
        }
        let first = self.batch.position + 1;
        let (key, actor) = (submission.context.key.to_smol(), submission.context.actor.to_smol());
        let fingerprint_text = fingerprint.to_string();
        for (nth, (event, payload)) in (0u32..).zip(events.iter().zip(payloads)) {
            let (stream_no, begins, sequence) = book.apply(event);
            if begins {
                self.batch.new_streams.push(NewStream { stream_no, stream: event.stream() });
            }
            self.batch.position += 1;
            let position = self.batch.position;
            let event_type = event.event_type();
            // Hashed now, while the batch before is on its way: what is left for the end of the round waits for nothing.
            LeafFields {
                position,
                recorded_at: &self.recorded_at,
                key: &key,
                fingerprint: &fingerprint_text,
                actor: &actor,
                event_type,
                payload: &payload,
            }
            .encode_into(&mut self.leaf);
            let leaf = frontier.suite().leaf_hash(&self.leaf);
            self.full = self.full.or(frontier.push(leaf).err());
            let leaf = *leaf.as_bytes();
            self.batch.events.push(BatchEvent { position, nth, stream_no, sequence, event_type, payload, leaf });
        }
        self.batch.commands.push(BatchCommand {
            first,
            count: u32::try_from(events.len()).unwrap_or(u32::MAX),
            key,
            fingerprint,
            actor,
        });
        let events: Arc<[Event]> = events.into();
        self.chunks.push(EventChunk::new(first, Arc::clone(&events)));
        let receipt = Receipt { position: self.batch.position, events, repeated: false };
        self.known.insert(submission.context.key.clone(), Known { fingerprint, receipt: receipt.clone() });
        Ok(receipt)
    }

    /// Ends the round.
    ///
    /// # Errors
    /// [`JournalError::Unusable`] when the Merkle log cannot grow.
    pub fn finish(mut self, book: &mut Book) -> Result<Decided, JournalError> {
        if self.batch.events.is_empty() {
            return Ok(Decided { known: self.known, batch: None, outcomes: self.outcomes, chunks: Vec::new() });
        }
        let unusable = |what: String| JournalError::Unusable(what);
        if let Some(full) = self.full {
            return Err(unusable(full.to_string()));
        }
        let frontier = self.frontier.ok_or_else(|| unusable("the journal names no hash suite".to_owned()))?;
        self.batch.frontier = frontier.to_bytes();
        self.batch.root = *frontier.root().as_bytes();
        book.frontier = Some(frontier);
        self.batch.streams = book.streams;
        book.position = self.batch.position;
        book.recorded_at = self.batch.recorded_at;
        Ok(Decided {
            known: self.known,
            batch: Some(Arc::new(self.batch)),
            outcomes: self.outcomes,
            chunks: self.chunks,
        })
    }
}

/// The payload of an event, as it will stand in the journal. Nothing is recorded that would not be read again as what it
/// was: a single unreadable entry would close the journal for ever.
fn written(event: &Event) -> Result<Vec<u8>, String> {
    let event_type = event.event_type();
    let mut payload = Vec::with_capacity(384);
    event.encode_into(&mut payload).map_err(|error| format!("{event_type} cannot be written: {error}"))?;
    match Event::decode(event_type, &payload) {
        Ok(read) if &read == event => Ok(payload),
        Ok(_) => Err(format!("{event_type} would be read again as something else, so it is not recorded")),
        Err(error) => Err(format!("it would not be read again, so it is not recorded: {error}")),
    }
}
