//! What one append writes: the events of many commands in order, with what the evidence needs.

use smol_str::SmolStr;

use super::entry::RecordedTime;
use crate::domain::event::StreamId;
use crate::journal::fingerprint::Fingerprint;

/// A command of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCommand {
    /// Position of its first event.
    pub first: u64,
    /// How many events it made.
    pub count: u32,
    /// The idempotency key, as its sender wrote it.
    pub key: SmolStr,
    /// Digest of its content.
    pub fingerprint: Fingerprint,
    /// Who gave it.
    pub actor: SmolStr,
}

/// An event of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchEvent {
    /// From 1, over the whole journal and without a gap.
    pub position: u64,
    /// Its place within its command.
    pub nth: u32,
    /// Its stream's number.
    pub stream_no: u64,
    /// Its place within its stream.
    pub sequence: u64,
    /// Its type's name.
    pub event_type: &'static str,
    /// Its payload's bytes.
    pub payload: Vec<u8>,
    /// Its Merkle leaf hash.
    pub leaf: [u8; 32],
}

/// A stream that begins in the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStream {
    /// Its number.
    pub stream_no: u64,
    /// The stream that it belongs to.
    pub stream: StreamId,
}

/// One append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The head's position that it follows: the fence.
    pub after: u64,
    /// The head's position once it is in.
    pub position: u64,
    /// Streams begun once it is in.
    pub streams: u64,
    /// When it is recorded.
    pub recorded_at: RecordedTime,
    /// Streams that begin.
    pub new_streams: Vec<NewStream>,
    /// Its commands, in order.
    pub commands: Vec<BatchCommand>,
    /// Its events, in order.
    pub events: Vec<BatchEvent>,
    /// The Merkle frontier once it is in.
    pub frontier: Vec<u8>,
    /// The Merkle root once it is in.
    pub root: [u8; 32],
}

impl Batch {
    /// An empty one that follows a position, with as many streams begun by then.
    pub const fn following(position: u64, streams: u64, recorded_at: RecordedTime) -> Batch {
        Batch {
            after: position,
            position,
            streams,
            recorded_at,
            new_streams: Vec::new(),
            commands: Vec::new(),
            events: Vec::new(),
            frontier: Vec::new(),
            root: [0; 32],
        }
    }

    /// The keys of its commands, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(|command| command.key.as_str())
    }

    /// The events in order, each with its command where it is the command's first.
    pub fn events_with_commands(&self) -> impl Iterator<Item = (&BatchEvent, Option<&BatchCommand>)> {
        let mut commands = self.commands.iter();
        self.events.iter().map(move |event| (event, if event.nth == 0 { commands.next() } else { None }))
    }
}
