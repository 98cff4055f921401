//! The auditor's walk over a journal's entries: read-only, and sharing nothing with the write path but hashing and
//! `evolve`. It never repairs.
//!
//! Reading, decoding and hashing need nothing but the entry and run on all processors ([`Chunk`]); what an entry must be
//! after those before it is held in order ([`Verifier`]); [`verify`] does both for a whole journal.
//!
//! It recomputes the Merkle log from the stored bytes and holds every invariant against every event, so that a changed,
//! removed, inserted or reordered entry is named by its position.

mod chunk;
mod walk;

use std::sync::Arc;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};

use super::books::Books;
use super::hash::{Hash, HashSuite};
use super::merkle::Frontier;
use crate::domain::event::{Event, StreamId};
use crate::domain::selection::command::SelectionTerms;
use crate::domain::selection::formula::InputLine;
use crate::journal::entry::CommandFrame;
use crate::journal::{Entry, Head, RecordedTime};
use chunk::Checked;
pub use chunk::{Chunk, ChunkMaker, Due};
pub use walk::{Claim, verify};

/// Keys for which room is made ahead, whatever a head says: 34 MiB.
const EXPECTED_MAX: usize = 1_800_000;

/// What was found wrong, and where first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {what}")]
pub struct Finding {
    /// The first position that cannot be believed.
    pub position: u64,
    /// In words, for people.
    pub what: String,
}

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything recorded fits together.
    Valid {
        /// Entries verified.
        size: u64,
        /// Their Merkle root.
        root: Hash,
    },
    /// Something does not.
    Invalid(Finding),
    /// The record could not be read to its end.
    Unreadable(String),
    /// There is nothing yet.
    Empty,
}

/// A stream so far.
#[derive(Debug, Clone, Copy)]
struct Stream {
    /// The number under which the journal keeps it.
    number: u64,
    /// Its last event's place in it.
    sequence: u64,
}

/// A running verification: entries in order, then [`Verifier::finish`].
#[derive(Default)]
pub struct Verifier {
    frontier: Option<Frontier>,
    position: u64,
    recorded_at: RecordedTime,
    command: Option<Arc<CommandFrame>>,
    nth: u32,
    keys: HashSet<[u8; 16]>,
    streams: HashMap<StreamId, Stream>,
    books: Books,
    /// What was measured for selections, to be counted anew where streams can be read.
    seals: Vec<Seal>,
}

/// What an entry says of candidates.
#[derive(Debug)]
struct Seal {
    position: u64,
    terms: SelectionTerms,
    lines: Vec<InputLine>,
}

impl Verifier {
    /// A verification of about so many entries: a set of keys that need not grow is not copied over and over.
    pub fn of_about(entries: u64) -> Verifier {
        let expected = usize::try_from(entries).unwrap_or(usize::MAX).min(EXPECTED_MAX);
        Verifier { keys: HashSet::with_capacity_and_hasher(expected, RandomState::default()), ..Verifier::default() }
    }

    /// Verifies the next entry.
    ///
    /// # Errors
    /// The [`Finding`] that ends the verification.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Finding> {
        let mut chunk = ChunkMaker::new(self.suite(), Vec::new(), None);
        chunk.push(&entry.view());
        self.chunk(&mut chunk.finish())
    }

    /// Verifies the next entries, and the roots that are due among them. A chunk begins at a multiple of its largest
    /// subtree, as those of one size do. Its entries stay in it, for whoever makes the next chunk in its memory to throw
    /// away: here everything waits.
    ///
    /// # Errors
    /// The first [`Finding`], which ends the verification.
    pub fn chunk(&mut self, chunk: &mut Chunk) -> Result<(), Finding> {
        let Chunk { entries, tree, due } = chunk;
        let mut due = due.drain(..).peekable();
        for entry in entries.iter() {
            self.step(entry, tree.as_ref().map(Frontier::suite))?;
            let position = self.position;
            while let Some((due, tail)) = due.next_if(|(due, _)| due.size == position) {
                let root = self.frontier.as_ref().map(|frontier| frontier.root_with(tail));
                due.hold(root)?;
            }
        }
        if let (Some(frontier), Some(tree)) = (&mut self.frontier, tree.take()) {
            let position = self.position;
            frontier.append(&tree).map_err(|error| Finding { position, what: error.to_string() })?;
        }
        Ok(())
    }

    /// The journal's hash suite, once its first event is known.
    pub fn suite(&self) -> Option<HashSuite> {
        self.frontier.as_ref().map(Frontier::suite)
    }

    fn step(&mut self, entry: &Checked, suite: Option<HashSuite>) -> Result<(), Finding> {
        let position = entry.position;
        let wrong = |what: String| Finding { position, what };
        if position != self.position + 1 {
            return Err(wrong(format!("follows position {}", self.position)));
        }
        let event = entry.event.as_ref().map_err(|what| wrong(what.clone()))?;
        self.order(entry)?;
        if self.frontier.is_none() {
            let suite =
                suite.ok_or_else(|| wrong("the first event does not open a journal with a known hash suite".into()))?;
            self.frontier = Some(Frontier::new(suite));
        }
        if !entry.fits {
            return Err(wrong("its bytes are not those that were hashed when it was recorded".into()));
        }
        self.place(event, entry)?;
        if entry.nth == 0 {
            self.books.settled().map_err(wrong)?;
            let day = || entry.command.recorded_at.to_business().date();
            self.books.authorise(&entry.command.actor, day).map_err(wrong)?;
        }
        self.books.book(event).map_err(wrong)?;
        if let Event::Selection(event) = event
            && let Some((terms, lines)) = self.books.measured_by(event)
        {
            self.seals.push(Seal { position, terms, lines });
        }
        self.position = position;
        Ok(())
    }

    /// A stream's events follow one another, and the journal keeps all of them under one number.
    fn place(&mut self, event: &Event, entry: &Checked) -> Result<(), Finding> {
        let stream = event.stream();
        let Checked { position, stream_no, sequence, .. } = *entry;
        let known = match self.streams.get_mut(&stream) {
            Some(known) => known,
            None => self.streams.entry(stream.clone()).or_insert(Stream { number: stream_no, sequence: 0 }),
        };
        let before = std::mem::replace(&mut known.sequence, sequence);
        if sequence != before + 1 {
            let what = format!("is number {sequence} of {stream}, but {before} came before");
            return Err(Finding { position, what });
        }
        if stream_no != known.number {
            let what = format!("is of {stream}, but stands under stream {stream_no}, not {}", known.number);
            return Err(Finding { position, what });
        }
        Ok(())
    }

    /// The streams begun so far with the numbers under which the journal keeps them, in the order of these.
    fn numbered(&self) -> Vec<(u64, &StreamId)> {
        let mut streams: Vec<_> = self.streams.iter().map(|(stream, known)| (known.number, stream)).collect();
        streams.sort_unstable();
        streams
    }

    /// Commands stand whole and in order, keys once, and the recorded time never goes back.
    fn order(&mut self, entry: &Checked) -> Result<(), Finding> {
        let wrong = |what: &str| Finding { position: entry.position, what: what.to_owned() };
        if entry.command.recorded_at < self.recorded_at {
            return Err(wrong("was recorded before the entry it follows"));
        }
        self.recorded_at = entry.command.recorded_at;
        if entry.nth == 0 {
            if !self.keys.insert(entry.key) {
                return Err(wrong("its key was used by an earlier command"));
            }
        } else if entry.nth != self.nth + 1 || !self.goes_on(&entry.command) {
            return Err(wrong("does not continue the command it says it belongs to"));
        }
        self.nth = entry.nth;
        self.command = Some(Arc::clone(&entry.command));
        Ok(())
    }

    fn goes_on(&self, command: &Arc<CommandFrame>) -> bool {
        self.command.as_ref().is_some_and(|last| Arc::ptr_eq(last, command) || last == command)
    }

    /// Entries verified so far.
    pub const fn size(&self) -> u64 {
        self.position
    }

    /// The Merkle root of what was verified so far; none before the first entry.
    pub fn root(&self) -> Option<Hash> {
        self.frontier.as_ref().map(Frontier::root)
    }

    /// Ends the verification against the journal's head.
    pub fn finish(self, head: &Head) -> Verdict {
        let Some(frontier) = self.frontier else {
            return if head.position == 0 {
                Verdict::Empty
            } else {
                Verdict::Unreadable(format!("the head names {} entries, none could be read", head.position))
            };
        };
        if head.position != self.position {
            let what = format!("the record ends here, but its head names {} entries", head.position);
            return Verdict::Invalid(Finding { position: self.position + 1, what });
        }
        if head.frontier != frontier.to_bytes() {
            let what = "the head's Merkle frontier is not that of what is recorded".to_owned();
            return Verdict::Invalid(Finding { position: self.position, what });
        }
        if usize::try_from(head.streams) != Ok(self.streams.len()) {
            let what = format!("the head names {} streams, but {} have events", head.streams, self.streams.len());
            return Verdict::Invalid(Finding { position: self.position, what });
        }
        if let Err(due) = self.books.settled() {
            let what = format!("the record ends here, and that {due}");
            return Verdict::Invalid(Finding { position: self.position, what });
        }
        Verdict::Valid { size: self.position, root: frontier.root() }
    }
}
