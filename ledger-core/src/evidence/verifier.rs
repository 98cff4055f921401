//! The auditor's walk over a journal's entries: read-only, and sharing nothing with the write path but hashing and
//! `evolve`. It never repairs.
//!
//! It recomputes the Merkle log from the stored bytes and holds every invariant against every event, so that a changed,
//! removed, inserted or reordered entry is named by its position.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::books::Books;
use super::hash::Hash;
use super::merkle::Frontier;
use crate::domain::event::{Event, StreamId};
use crate::journal::entry::CommandFrame;
use crate::journal::transfer::suite_of;
use crate::journal::{Entry, Head, RecordedTime};
use std::sync::Arc;

/// What was found wrong, and where first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {what}")]
pub struct Finding {
    /// The first position that cannot be believed.
    pub position: u64,
    /// Why.
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

/// A running verification: entries in order, then [`Verifier::finish`].
#[derive(Default)]
pub struct Verifier {
    frontier: Option<Frontier>,
    position: u64,
    recorded_at: RecordedTime,
    command: Option<Arc<CommandFrame>>,
    nth: u32,
    keys: HashSet<[u8; 16]>,
    sequences: HashMap<StreamId, u64>,
    books: Books,
    leaf: Vec<u8>,
}

impl Verifier {
    /// Verifies the next entry.
    ///
    /// # Errors
    /// The [`Finding`] that ends the verification.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Finding> {
        let position = entry.position;
        let wrong = |what: String| Finding { position, what };
        if position != self.position + 1 {
            return Err(wrong(format!("follows position {}", self.position)));
        }
        let event = entry.event().map_err(|error| wrong(error.to_string()))?;
        self.order(entry)?;
        self.hash(entry, &event)?;
        let stream = event.stream();
        let sequence = self.sequences.entry(stream.clone()).or_default();
        *sequence += 1;
        if entry.sequence != *sequence {
            return Err(wrong(format!("is number {} of {stream}, but {} came before", entry.sequence, *sequence - 1)));
        }
        self.books.book(&event).map_err(wrong)?;
        self.position = position;
        Ok(())
    }

    /// Commands stand whole and in order, keys once, and the recorded time never goes back.
    fn order(&mut self, entry: &Entry) -> Result<(), Finding> {
        let wrong = |what: &str| Finding { position: entry.position, what: what.to_owned() };
        if entry.command.recorded_at < self.recorded_at {
            return Err(wrong("was recorded before the entry it follows"));
        }
        self.recorded_at = entry.command.recorded_at;
        if entry.nth == 0 {
            let mut digest = [0; 16];
            for (to, from) in digest.iter_mut().zip(Sha256::digest(entry.command.key.as_bytes())) {
                *to = from;
            }
            if !self.keys.insert(digest) {
                return Err(wrong("its key was used by an earlier command"));
            }
        } else if entry.nth != self.nth + 1 || self.command.as_deref() != Some(entry.command.as_ref()) {
            return Err(wrong("does not continue the command it says it belongs to"));
        }
        self.nth = entry.nth;
        self.command = Some(Arc::clone(&entry.command));
        Ok(())
    }

    fn hash(&mut self, entry: &Entry, event: &Event) -> Result<(), Finding> {
        let wrong = |what: String| Finding { position: entry.position, what };
        let frontier = match &mut self.frontier {
            Some(frontier) => frontier,
            None => {
                let suite = suite_of(event)
                    .ok_or_else(|| wrong("the first event does not open a journal with a known hash suite".into()))?;
                self.frontier.insert(Frontier::new(suite))
            }
        };
        self.leaf.clear();
        entry.leaf_into(&mut self.leaf);
        let hash = frontier.suite().leaf_hash(&self.leaf);
        if *hash.as_bytes() != entry.leaf {
            return Err(wrong("its bytes are not those that were hashed when it was recorded".into()));
        }
        frontier.push(hash).map_err(|error| wrong(error.to_string()))
    }

    /// Entries verified so far.
    pub const fn size(&self) -> u64 {
        self.position
    }

    /// The Merkle root of what was verified so far; none before the first entry.
    pub fn root(&self) -> Option<Hash> {
        self.frontier.as_ref().map(Frontier::root)
    }

    /// Holds a recorded root against the entries verified so far, which must be as many.
    ///
    /// # Errors
    /// The [`Finding`].
    pub fn recorded_root(&self, size: u64, root: &[u8; 32]) -> Result<(), Finding> {
        if size != self.position || self.root().map(|own| *own.as_bytes()) != Some(*root) {
            let what = format!("the root recorded for {size} entries is not the root of what is recorded");
            return Err(Finding { position: size, what });
        }
        Ok(())
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
        Verdict::Valid { size: self.position, root: frontier.root() }
    }
}
