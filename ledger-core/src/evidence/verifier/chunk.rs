//! Entries that stand one behind the other, each decoded and hashed by itself: all that needs nothing from before them,
//! done on any processor.

use std::iter::Peekable;
use std::sync::Arc;
use std::vec;

use sha2::{Digest, Sha256};

use super::Finding;
use crate::domain::event::Event;
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::merkle::Frontier;
use crate::journal::entry::{CommandFrame, EntryView, LeafWriter};
use crate::journal::transfer::suite_of;
use crate::journal::upcast;

/// A root that the log must have had at a size, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// Who said so, for a person; nobody but the journal itself where none is named.
    pub by: Option<&'static str>,
}

impl Due {
    /// Holds it against the root that was recomputed.
    pub(super) fn hold(&self, root: Option<Hash>) -> Result<(), Finding> {
        if root == Some(self.root) {
            return Ok(());
        }
        let what = match self.by {
            Some(by) => format!("{by}'s root is not the root of what is recorded now"),
            None => format!("the root recorded for {} entries is not the root of what is recorded", self.size),
        };
        Err(Finding { position: self.size, what })
    }
}

/// An entry of which everything is known that it says itself.
pub(super) struct Checked {
    pub(super) position: u64,
    pub(super) nth: u32,
    pub(super) stream_no: u64,
    pub(super) sequence: u64,
    pub(super) command: Arc<CommandFrame>,
    /// Digest of the command's key, for its first event.
    pub(super) key: [u8; 16],
    pub(super) event: Result<Event, String>,
    /// Whether its bytes have the hash that is stored.
    pub(super) fits: bool,
}

/// Entries ready to be verified in order, and the tree over them.
pub struct Chunk {
    pub(super) entries: Vec<Checked>,
    /// None where the hash suite is not known.
    pub(super) tree: Option<Frontier>,
    /// What is due, and the root over the chunk's entries up to there.
    pub(super) due: Vec<(Due, Hash)>,
}

impl Chunk {
    /// How many entries it holds.
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }
}

/// A chunk in the making.
pub struct ChunkMaker {
    chunk: Chunk,
    due: Peekable<vec::IntoIter<Due>>,
    leaves: LeafWriter,
}

impl ChunkMaker {
    /// The hash suite may be left out where the journal's first entry, which names it, is among those that come. What is
    /// due stands in the order of sizes. `spare` is an earlier chunk, whose memory serves again.
    pub fn new(suite: Option<HashSuite>, due: Vec<Due>, spare: Option<Chunk>) -> ChunkMaker {
        let mut entries = spare.map(|spare| spare.entries).unwrap_or_default();
        entries.clear();
        let chunk = Chunk { entries, tree: suite.map(Frontier::new), due: Vec::new() };
        ChunkMaker { chunk, due: due.into_iter().peekable(), leaves: LeafWriter::default() }
    }

    /// Decodes and hashes the next entry.
    pub fn push(&mut self, entry: &EntryView<'_>) {
        let ChunkMaker { chunk, due, leaves } = self;
        let event = upcast::decode(entry.position, entry.event_type, entry.payload);
        let event = event.map_err(|error| error.to_string());
        if let (None, 1, Ok(event)) = (&chunk.tree, entry.position, &event) {
            chunk.tree = suite_of(event).map(Frontier::new);
        }
        let fits = chunk.tree.as_mut().is_some_and(|tree| {
            let hash = tree.suite().leaf_hash(leaves.leaf(entry));
            // A chunk is never so large that its tree were full.
            tree.push(hash).is_ok() && *hash.as_bytes() == entry.leaf
        });
        chunk.entries.push(Checked {
            position: entry.position,
            nth: entry.nth,
            stream_no: entry.stream_no,
            sequence: entry.sequence,
            command: Arc::clone(entry.command),
            key: if entry.nth == 0 { digest(&entry.command.key) } else { [0; 16] },
            event,
            fits,
        });
        while let Some(due) = due.next_if(|due| due.size == entry.position) {
            let root = chunk.tree.as_ref().map_or_else(|| Hash::from_bytes([0; 32]), Frontier::root);
            chunk.due.push((due, root));
        }
    }

    /// The chunk.
    pub fn finish(self) -> Chunk {
        self.chunk
    }
}

/// Sixteen bytes of SHA-256: whoever chooses keys can make no two of them meet.
fn digest(key: &str) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.iter_mut().zip(Sha256::digest(key.as_bytes())).for_each(|(to, from)| *to = from);
    digest
}
