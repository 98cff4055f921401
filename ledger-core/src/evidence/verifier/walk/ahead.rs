//! Reading ahead: chunks of the journal, each read and checked on whatever processor is free, given out in order.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;
use std::{slice, thread, vec};

use tokio::task::JoinHandle;

use super::super::{Chunk, ChunkMaker, Due};
use super::Claim;
use crate::evidence::hash::{Hash, HashSuite};
use crate::journal::transfer::suite_of;
use crate::journal::{Head, Journal, JournalError};

/// Entries of a chunk: a power of two, so that each chunk is a subtree of the log.
const CHUNK: u64 = 2_048;
/// Chunks on their way for each processor, and at most: a journal has eight connections for reading, and one of them reads
/// roots.
const UNDERWAY_PER_CORE: usize = 3;
const UNDERWAY_MAX: usize = 7;
const ROOTS_PAGE: usize = 10_000;

/// A chunk, and what comes behind it.
pub(super) struct Piece {
    pub(super) chunk: Chunk,
    /// Why what stands next cannot be read.
    pub(super) damage: Option<JournalError>,
    /// Whether as many entries are there as the head names.
    pub(super) whole: bool,
}

/// Chunks on their way: so many that two processors do not wait for the one that verifies in order.
pub(super) struct Ahead<'a> {
    journal: &'a Arc<dyn Journal>,
    suite: Option<HashSuite>,
    claims: Peekable<slice::Iter<'a, Claim>>,
    roots: Peekable<vec::IntoIter<(u64, [u8; 32])>>,
    roots_read: u64,
    last_root: u64,
    asked: u64,
    head: u64,
    underway: VecDeque<JoinHandle<Result<Piece, JournalError>>>,
    underway_max: usize,
    spare: Vec<Chunk>,
    /// Why no more can be asked for; told once what was asked for is verified.
    stopped: Option<JournalError>,
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        self.underway.iter().for_each(JoinHandle::abort);
    }
}

impl<'a> Ahead<'a> {
    pub(super) async fn new(journal: &'a Arc<dyn Journal>, head: &Head, claims: &'a [Claim]) -> Ahead<'a> {
        // A first entry that cannot be read is found by the walk.
        let first = journal.read(0, 1).await.ok().and_then(|mut entries| entries.pop());
        Ahead {
            journal,
            suite: first.and_then(|entry| suite_of(&entry.event().ok()?)),
            claims: claims.iter().peekable(),
            roots: Vec::new().into_iter().peekable(),
            roots_read: 0,
            last_root: 0,
            asked: 0,
            head: head.position,
            underway: VecDeque::new(),
            underway_max: thread::available_parallelism()
                .map_or(1, usize::from)
                .saturating_mul(UNDERWAY_PER_CORE)
                .min(UNDERWAY_MAX),
            spare: Vec::new(),
            stopped: None,
        }
    }

    /// The size of the last recorded root that was due.
    pub(super) const fn last_root(&self) -> u64 {
        self.last_root
    }

    /// The next chunk in order; none at the head.
    pub(super) async fn next(&mut self) -> Option<Result<Piece, JournalError>> {
        while self.stopped.is_none() && self.asked < self.head && self.underway.len() < self.underway_max {
            self.ask().await;
        }
        match self.underway.pop_front() {
            Some(task) => Some(task.await.unwrap_or_else(|error| Err(JournalError::Unavailable(error.to_string())))),
            None => self.stopped.take().map(Err),
        }
    }

    async fn ask(&mut self) {
        let after = self.asked;
        let end = after.saturating_add(CHUNK).min(self.head);
        let due = match self.due(end).await {
            Ok(due) => due,
            Err(error) => {
                self.stopped = Some(error);
                return;
            }
        };
        self.asked = end;
        let journal = Arc::clone(self.journal);
        let (suite, spare) = (self.suite, self.spare.pop());
        let wanted = usize::try_from(end - after).unwrap_or(usize::MAX);
        self.underway.push_back(tokio::spawn(async move {
            let maker = ChunkMaker::new(suite, due, spare);
            let (chunk, damage) = journal.check(after, wanted, maker).await?;
            let whole = chunk.len() == wanted;
            Ok(Piece { chunk, damage, whole })
        }));
    }

    /// Takes back a chunk that is done with.
    pub(super) fn spare(&mut self, chunk: Chunk) {
        self.spare.push(chunk);
    }

    /// The roots that must be held up to a size: of one size what the journal recorded goes first.
    async fn due(&mut self, end: u64) -> Result<Vec<Due>, JournalError> {
        let mut due = Vec::new();
        loop {
            if self.roots.peek().is_none() {
                let page = self.journal.roots(self.roots_read, ROOTS_PAGE).await?;
                self.roots_read = page.last().map_or(self.roots_read, |(size, _)| *size);
                self.roots = page.into_iter().peekable();
            }
            let Some((size, root)) = self.roots.next_if(|(size, _)| *size <= end) else { break };
            due.push(Due { size, root: Hash::from_bytes(root), by: None });
            self.last_root = size;
        }
        while let Some(claim) = self.claims.next_if(|claim| claim.size <= end) {
            due.push(Due { size: claim.size, root: claim.root, by: Some(claim.by) });
        }
        due.sort_by_key(|due| due.size);
        Ok(due)
    }
}
