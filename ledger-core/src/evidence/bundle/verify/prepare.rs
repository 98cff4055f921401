//! One line of events.jsonl, read and hashed by itself: all that needs no other line, done on any processor.

use std::fmt::Display;

use sha2::{Digest, Sha256};

use crate::domain::event::Event;
use crate::evidence::forms::accounts::Legs;
use crate::evidence::forms::event_line::EventLine;
use crate::evidence::forms::plain_text::Transactions;
use crate::evidence::forms::postings::push_rows;
use crate::evidence::hash::{Hash, HashSuite};

/// Characters of a recorded time, in which texts sort as times do: fixed width, one offset.
const TIME_CHARS: usize = 32;
const TIME_SHAPE: &[u8; TIME_CHARS] = b"0000-00-00T00:00:00.000000+08:00";

/// A line ready to be folded.
pub(super) struct Prepared {
    pub(super) position: u64,
    pub(super) leaf: Hash,
    /// The recorded time, as text that sorts.
    pub(super) recorded_at: [u8; TIME_CHARS],
    pub(super) command: Command,
    pub(super) event: Event,
}

/// What tells commands apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Digest of the key.
    pub(super) key: [u8; 16],
    /// Digest of all that its events share.
    pub(super) shared: [u8; 16],
}

/// Why a line cannot be folded.
pub(super) struct Unfit {
    /// Its position, where it says one.
    pub(super) position: Option<u64>,
    pub(super) what: String,
}

/// Reads lines; keeps its buffers.
pub(super) struct Reader {
    suite: HashSuite,
    leaf: Vec<u8>,
    payload: Vec<u8>,
    legs: Legs,
    /// The fields that the events of the command before share, and its digests: the next event often is of the same.
    before: ([String; 4], Command),
}

impl Reader {
    pub(super) fn new(suite: HashSuite) -> Reader {
        let before = ([const { String::new() }; 4], Command::of(&[""; 4]));
        Reader { suite, leaf: Vec::new(), payload: Vec::new(), legs: Legs::default(), before }
    }

    /// Reads one line. Its rows of postings.csv are appended to `rows`, its transaction to `transactions`.
    pub(super) fn prepare(
        &mut self,
        line: &[u8],
        rows: &mut String,
        transactions: &mut Transactions,
    ) -> Result<Prepared, Unfit> {
        let unread = |what: &dyn Display| Unfit { position: None, what: format!("its line cannot be read: {what}") };
        let text = str::from_utf8(line).map_err(|error| unread(&error))?;
        let line = EventLine::parse(text, &mut self.payload).map_err(|error| unread(&error))?;
        let position = line.position;
        let unfit = |what: String| Unfit { position: Some(position), what };
        line.fields().encode_into(&mut self.leaf);
        let leaf = self.suite.leaf_hash(&self.leaf);
        if line.leaf.as_bytes() != leaf.to_hex() {
            return Err(unfit("its bytes are not those that were hashed when it was recorded".into()));
        }
        let recorded_at = time(&line.recorded_at)
            .ok_or_else(|| unfit("its recorded time is not written as this ledger writes times".into()))?;
        let event = Event::decode_text(&line.event_type, &line.payload).map_err(|error| unfit(error.to_string()))?;
        self.legs.set(&event);
        push_rows(rows, position, &line.key, &event, &self.legs);
        transactions.push(position, &line.key, &event, &self.legs);
        let shared: [&str; 4] = [&line.key, &line.fingerprint, &line.actor, &line.recorded_at];
        let (fields, before) = &mut self.before;
        if *fields != shared {
            *before = Command::of(&shared);
            for (field, text) in fields.iter_mut().zip(shared) {
                field.clear();
                field.push_str(text);
            }
        }
        Ok(Prepared { position, leaf, recorded_at, command: *before, event })
    }
}

impl Command {
    fn of(shared: &[&str; 4]) -> Command {
        Command { key: digest(&shared[..1]), shared: digest(shared) }
    }
}

fn time(text: &str) -> Option<[u8; TIME_CHARS]> {
    let time: [u8; TIME_CHARS] = text.as_bytes().try_into().ok()?;
    let fits = time.iter().zip(TIME_SHAPE.iter().enumerate()).all(|(found, (place, shape))| {
        // The offset is written out; elsewhere the shape's zeros stand for any digit.
        if *shape == b'0' && place < 26 { found.is_ascii_digit() } else { found == shape }
    });
    fits.then_some(time)
}

/// Sixteen bytes of SHA-256 over fields framed by their lengths.
fn digest(fields: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    let mut digest = [0; 16];
    digest.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    digest
}
