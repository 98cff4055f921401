//! What the journal holds, as read back.

use std::fmt::{self, Write};
use std::sync::Arc;

use smol_str::SmolStr;

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};

use crate::domain::event::{Event, StreamId};
use crate::domain::time::{BusinessTime, china_offset};
use crate::evidence::leaf::LeafFields;
use crate::journal::fingerprint::Fingerprint;

/// When something was recorded, in microseconds since 1970-01-01 UTC. Never goes back within a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordedTime(i64);

impl RecordedTime {
    /// From microseconds since 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> RecordedTime {
        RecordedTime(micros)
    }

    /// In microseconds since 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same moment in business time, to the second.
    pub fn to_business(self) -> BusinessTime {
        BusinessTime::from_instant(&DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default())
    }

    /// This machine's clock.
    pub fn now() -> RecordedTime {
        RecordedTime(Utc::now().timestamp_micros())
    }

    /// The text, where the year has four digits as everywhere in practice: each entry that is hashed needs it.
    fn digits(self) -> Option<[u8; 32]> {
        let local = DateTime::<Utc>::from_timestamp_micros(self.0)?.with_timezone(&china_offset()).naive_local();
        let year = u32::try_from(local.year()).ok().filter(|year| (1000..=9999).contains(year))?;
        let mut text = *b"0000-00-00T00:00:00.000000+08:00";
        let micros = local.nanosecond() / 1_000;
        let fields = [
            (3, 4, year),
            (6, 2, local.month()),
            (9, 2, local.day()),
            (12, 2, local.hour()),
            (15, 2, local.minute()),
            (18, 2, local.second()),
            (25, 6, micros),
        ];
        for (last, digits, mut number) in fields {
            for place in (last + 1 - digits..=last).rev() {
                text[place] = b'0' + u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        }
        Some(text)
    }
}

impl fmt::Display for RecordedTime {
    /// RFC 3339 in China Standard Time with six decimals: `2024-01-01T08:01:36.000000+08:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(digits) = self.digits()
            && let Ok(text) = str::from_utf8(&digits)
        {
            return f.write_str(text);
        }
        let utc = DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default();
        f.write_str(&utc.with_timezone(&china_offset()).to_rfc3339_opts(SecondsFormat::Micros, false))
    }
}

/// What all events of one command share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandFrame {
    /// The command's key.
    pub key: SmolStr,
    /// Digest of its content.
    pub fingerprint: Fingerprint,
    /// Who gave it.
    pub actor: SmolStr,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
}

impl CommandFrame {
    /// Stands in until the command's first event was read.
    pub(crate) const fn unknown() -> CommandFrame {
        CommandFrame {
            key: SmolStr::new_static(""),
            fingerprint: Fingerprint::from_bytes([0; 16]),
            actor: SmolStr::new_static(""),
            recorded_at: RecordedTime::from_micros(0),
        }
    }
}

/// One event of the journal, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3, …
    pub position: u64,
    /// Its place within its command: 0, 1, 2, …
    pub nth: u32,
    /// The number under which the journal keeps its stream. Not evidence: the payload says which stream it is.
    pub stream_no: u64,
    /// Its place within its stream: 1, 2, 3, …
    pub sequence: u64,
    /// What made it; the entries of one command share it.
    pub command: Arc<CommandFrame>,
    /// Its type's name.
    pub event_type: String,
    /// Its payload: the very bytes that were hashed.
    pub payload: Vec<u8>,
    /// Its Merkle leaf hash as stored: what lets a verifier name the very entry that was altered.
    pub leaf: [u8; 32],
}

/// An entry where it was read, for whoever needs it no longer than that.
#[derive(Debug, Clone, Copy)]
pub struct EntryView<'a> {
    /// 1, 2, 3, …
    pub position: u64,
    /// Its place within its command: 0, 1, 2, …
    pub nth: u32,
    /// The number under which the journal keeps its stream.
    pub stream_no: u64,
    /// Its place within its stream: 1, 2, 3, …
    pub sequence: u64,
    /// What made it; the entries of one command share it.
    pub command: &'a Arc<CommandFrame>,
    /// Its type's name.
    pub event_type: &'a str,
    /// The bytes that were recorded, and are hashed as they stand.
    pub payload: &'a [u8],
    /// Its Merkle leaf hash as stored.
    pub leaf: [u8; 32],
}

/// Writes the leaves of one entry after the other: the recorded time, which all entries of a batch share, is not put into
/// words anew for each.
#[derive(Debug, Default)]
pub struct LeafWriter {
    bytes: Vec<u8>,
    /// The time that `recorded_at` tells; none before the first entry.
    told: Option<RecordedTime>,
    recorded_at: String,
    fingerprint: String,
}

impl LeafWriter {
    /// The bytes of the entry's Merkle leaf.
    pub fn leaf(&mut self, entry: &EntryView<'_>) -> &[u8] {
        let LeafWriter { bytes, told, recorded_at, fingerprint } = self;
        let command = entry.command;
        if *told != Some(command.recorded_at) {
            *told = Some(command.recorded_at);
            write_anew(recorded_at, command.recorded_at);
        }
        write_anew(fingerprint, command.fingerprint);
        let fields = LeafFields {
            position: entry.position,
            recorded_at,
            key: &command.key,
            fingerprint,
            actor: &command.actor,
            event_type: entry.event_type,
            payload: entry.payload,
        };
        fields.encode_into(bytes);
        bytes
    }
}

fn write_anew(text: &mut String, value: impl fmt::Display) {
    text.clear();
    // A String takes everything in.
    let _ = write!(text, "{value}");
}

impl Entry {
    /// The entry, looked at.
    pub fn view(&self) -> EntryView<'_> {
        EntryView {
            position: self.position,
            nth: self.nth,
            stream_no: self.stream_no,
            sequence: self.sequence,
            command: &self.command,
            event_type: &self.event_type,
            payload: &self.payload,
            leaf: self.leaf,
        }
    }

    /// The event, through upcasters where the payload is of an older version.
    ///
    /// # Errors
    /// [`super::JournalError::Damaged`].
    pub fn event(&self) -> Result<Event, super::JournalError> {
        super::upcast::decode(self.position, &self.event_type, &self.payload)
    }

    /// The bytes of its Merkle leaf.
    pub fn leaf_bytes(&self) -> Vec<u8> {
        let mut writer = LeafWriter::default();
        writer.leaf(&self.view());
        writer.bytes
    }
}

/// A stream as the journal's own table names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRow {
    /// Its number.
    pub stream_no: u64,
    /// Its kind, as stored.
    pub kind: String,
    /// Its id, as stored.
    pub id: String,
}

/// The end of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last position; 0 for an empty journal.
    pub position: u64,
    /// How many streams were begun.
    pub streams: u64,
    /// When the last batch was recorded.
    pub recorded_at: RecordedTime,
    /// The Merkle frontier, as [`crate::evidence::merkle::Frontier::to_bytes`] wrote it; empty for an empty journal.
    pub frontier: Vec<u8>,
}

impl Head {
    /// The head of an empty journal.
    pub const fn empty() -> Head {
        Head { position: 0, streams: 0, recorded_at: RecordedTime::from_micros(0), frontier: Vec::new() }
    }
}

/// A command found by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRecord {
    /// Position of its first event.
    pub first: u64,
    /// How many events it made.
    pub count: u32,
    /// Digest of its content.
    pub fingerprint: Fingerprint,
}

impl CommandRecord {
    /// Position of its last event.
    pub fn last(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count)).saturating_sub(1)
    }
}

/// A stored state of one stream: a shortcut, never evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The stream's number.
    pub stream_no: u64,
    /// Events folded in.
    pub sequence: u64,
    /// The layout of the body; another layout is ignored.
    pub layout: u32,
    /// The folded state.
    pub body: Vec<u8>,
}

/// A public key that signs for a journal, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The verifier key: NAME+ID+BASE64.
    pub vkey: String,
    /// When it became known, in milliseconds since 1970-01-01 UTC.
    pub added_at_ms: i64,
    /// Until when it signs, in milliseconds since 1970-01-01 UTC; without an end where there is none.
    pub until_ms: Option<i64>,
}

/// An event of one stream, as loading needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// Its place within the stream.
    pub sequence: u64,
    /// Read from the payload, in the words of today.
    pub event: Event,
}

/// One stream as loaded: what the snapshot spares need not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredStream {
    /// The stream that it belongs to.
    pub stream: StreamId,
    /// Its number; 0 when it was never begun.
    pub stream_no: u64,
    /// The latest snapshot.
    pub snapshot: Option<Snapshot>,
    /// The events after it, or all.
    pub events: Vec<StreamEvent>,
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, SecondsFormat, Utc};

    use super::RecordedTime;
    use crate::domain::time::china_offset;

    #[test]
    fn the_text_is_the_general_writers() {
        for micros in [0, 1, -1, 1_704_067_296_000_000, 1_709_164_799_999_999, -62_000_000_000_000_000, i64::MIN] {
            let utc = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
            let general = utc.with_timezone(&china_offset()).to_rfc3339_opts(SecondsFormat::Micros, false);
            assert_eq!(RecordedTime::from_micros(micros).to_string(), general);
        }
    }
}
