//! One line of events.jsonl, read and hashed by itself: all that needs no other line, done on any processor.

use std::fmt::Display;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::domain::event::Event;
use crate::domain::posting::postings;
use crate::evidence::forms::accounts::named;
use crate::evidence::forms::event_line::EventLine;
use crate::evidence::forms::plain_text::Transaction;
use crate::evidence::forms::{business_day, postings as rows};
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
    /// Digest of the key.
    pub(super) key: [u8; 16],
    /// Digest of all that the events of one command share.
    pub(super) command: [u8; 16],
    pub(super) event: Event,
    pub(super) day: Option<NaiveDate>,
    pub(super) transaction: Option<Transaction>,
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
    bytes: Vec<u8>,
}

impl Reader {
    pub(super) const fn new(suite: HashSuite) -> Reader {
        Reader { suite, bytes: Vec::new() }
    }

    /// Reads one line; its rows of postings.csv are appended to `rows`.
    pub(super) fn prepare(&mut self, line: &[u8], csv: &mut String) -> Result<Prepared, Unfit> {
        let unread = |what: &dyn Display| Unfit { position: None, what: format!("its line cannot be read: {what}") };
        let text = str::from_utf8(line).map_err(|error| unread(&error))?;
        let line = EventLine::parse(text).map_err(|error| unread(&error))?;
        let position = line.position;
        let unfit = |what: String| Unfit { position: Some(position), what };
        let fields = line.fields();
        fields.encode_into(&mut self.bytes);
        let leaf = self.suite.leaf_hash(&self.bytes);
        if line.leaf.parse() != Ok(leaf) {
            return Err(unfit("its bytes are not those that were hashed when it was recorded".into()));
        }
        let recorded_at = time(&line.recorded_at)
            .ok_or_else(|| unfit("its recorded time is not written as this ledger writes times".into()))?;
        let event =
            Event::decode(&line.event_type, line.payload.as_bytes()).map_err(|error| unfit(error.to_string()))?;
        let moved = postings(&event);
        let legs = named(&event, &moved);
        rows::push_rows(csv, position, &line.key, &event, &legs);
        Ok(Prepared {
            position,
            leaf,
            recorded_at,
            key: digest(&[&line.key]),
            command: digest(&[&line.key, &line.fingerprint, &line.actor, &line.recorded_at]),
            day: business_day(&event),
            transaction: Transaction::new(position, &line.key, &event, legs),
            event,
        })
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
