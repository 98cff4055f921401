//! The union of all events, the stream each belongs to, and the version mark of their payloads.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::card::CardEvent;
use super::ids::{CardNo, MerchantId, StoreId, WorkerId};
use super::merchant::event::MerchantEvent;
use super::programme::event::ProgrammeEvent;
use super::store::event::StoreEvent;
use super::time::BusinessTime;
use super::worker::event::WorkerEvent;

/// The payload's version 1, written as the field `v`. A payload of another version is not read by the current
/// type but goes through [`crate::journal::upcast`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<V1, D::Error> {
        match u8::deserialize(deserializer)? {
            1 => Ok(V1),
            other => Err(serde::de::Error::custom(format_args!("payload version {other}, not 1"))),
        }
    }
}

/// The stream (aggregate instance) an event belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// The district's programme; one a journal.
    Programme,
    /// A worker.
    Worker(WorkerId),
    /// A merchant.
    Merchant(MerchantId),
    /// A redemption store.
    Store(StoreId),
    /// A card number.
    Card(CardNo),
}

impl StreamId {
    /// The aggregate's type name, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            StreamId::Programme => "Programme",
            StreamId::Worker(_) => "Worker",
            StreamId::Merchant(_) => "Merchant",
            StreamId::Store(_) => "RedemptionStore",
            StreamId::Card(_) => "Card",
        }
    }

    /// The instance's id, as stored.
    pub fn id(&self) -> &str {
        match self {
            StreamId::Programme => "programme",
            StreamId::Worker(id) => id.as_str(),
            StreamId::Merchant(id) => id.as_str(),
            StreamId::Store(id) => id.as_str(),
            StreamId::Card(id) => id.as_str(),
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind(), self.id())
    }
}

/// Any event of the journal.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of the programme.
    Programme(ProgrammeEvent),
    /// Of a worker.
    Worker(WorkerEvent),
    /// Of a merchant.
    Merchant(MerchantEvent),
    /// Of a redemption store.
    Store(StoreEvent),
    /// Of a card number.
    Card(CardEvent),
}

/// Why a recorded payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No event has this type.
    #[error("unknown event type {0:?}: written by a newer version of this program?")]
    UnknownType(String),
    /// The payload is not what the type says.
    #[error("payload of {event_type} cannot be read: {cause}")]
    Payload {
        /// The recorded type.
        event_type: String,
        /// What the decoder said.
        cause: serde_json::Error,
    },
}

impl Event {
    /// The type name, as recorded.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Event::Programme(event) => event.event_type(),
            Event::Worker(event) => event.event_type(),
            Event::Merchant(event) => event.event_type(),
            Event::Store(event) => event.event_type(),
            Event::Card(event) => event.event_type(),
        }
    }

    /// Every type name that this version writes.
    pub fn all_types() -> impl Iterator<Item = &'static str> {
        [ProgrammeEvent::TYPES, WorkerEvent::TYPES, MerchantEvent::TYPES, StoreEvent::TYPES, CardEvent::TYPES]
            .into_iter()
            .flatten()
            .copied()
    }

    /// Appends the canonical JSON of the payload (RFC 8785: keys sorted, no blanks, integers only).
    ///
    /// # Errors
    /// When the serializer fails, which no payload type of ours does.
    pub fn encode_into(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            Event::Programme(event) => event.encode_into(out),
            Event::Worker(event) => event.encode_into(out),
            Event::Merchant(event) => event.encode_into(out),
            Event::Store(event) => event.encode_into(out),
            Event::Card(event) => event.encode_into(out),
        }
    }

    /// Reads a payload of the current version.
    ///
    /// # Errors
    /// [`DecodeError`] for an unknown type or an unreadable payload.
    pub fn decode(event_type: &str, payload: &[u8]) -> Result<Event, DecodeError> {
        match text(payload) {
            Ok(payload) => Event::decode_text(event_type, payload),
            Err(cause) if Event::all_types().any(|known| known == event_type) => {
                Err(DecodeError::Payload { event_type: event_type.to_owned(), cause })
            }
            Err(_) => Err(DecodeError::UnknownType(event_type.to_owned())),
        }
    }

    /// Reads a payload of the current version that is known to be text.
    ///
    /// # Errors
    /// As [`Event::decode`].
    pub fn decode_text(event_type: &str, payload: &str) -> Result<Event, DecodeError> {
        let unreadable = |cause| DecodeError::Payload { event_type: event_type.to_owned(), cause };
        // The kinds in the order of how many events they have; each is given out at once, for an event is large.
        if let Some(event) = WorkerEvent::decode(event_type, payload) {
            return event.map(Event::Worker).map_err(unreadable);
        }
        if let Some(event) = StoreEvent::decode(event_type, payload) {
            return event.map(Event::Store).map_err(unreadable);
        }
        if let Some(event) = MerchantEvent::decode(event_type, payload) {
            return event.map(Event::Merchant).map_err(unreadable);
        }
        if let Some(event) = ProgrammeEvent::decode(event_type, payload) {
            return event.map(Event::Programme).map_err(unreadable);
        }
        if let Some(event) = CardEvent::decode(event_type, payload) {
            return event.map(Event::Card).map_err(unreadable);
        }
        Err(DecodeError::UnknownType(event_type.to_owned()))
    }

    /// The stream the event belongs to, told by its payload.
    pub fn stream(&self) -> StreamId {
        match self {
            Event::Programme(_) => StreamId::Programme,
            Event::Worker(event) => StreamId::Worker(event.worker().clone()),
            Event::Merchant(event) => StreamId::Merchant(event.merchant().clone()),
            Event::Store(event) => StreamId::Store(event.store().clone()),
            Event::Card(event) => StreamId::Card(event.card_no().clone()),
        }
    }

    /// When it happened, where that means anything.
    pub fn at(&self) -> Option<BusinessTime> {
        match self {
            Event::Programme(_) | Event::Card(_) => None,
            Event::Worker(event) => Some(event.at()),
            Event::Merchant(event) => Some(event.at()),
            Event::Store(event) => Some(event.at()),
        }
    }
}

/// A payload as text: looked over once, its strings need no look of their own.
fn text(payload: &[u8]) -> serde_json::Result<&str> {
    str::from_utf8(payload).map_err(|error| {
        // The reader of bytes says where in the JSON it stands.
        let refused = serde_json::from_slice::<serde_json::Value>(payload).err();
        refused.unwrap_or_else(|| serde::de::Error::custom(error))
    })
}

macro_rules! union_from {
    ($($payload:ty => $variant:ident),*) => {$(
        impl From<$payload> for Event {
            fn from(event: $payload) -> Event {
                Event::$variant(event)
            }
        }
    )*};
}

union_from!(ProgrammeEvent => Programme, WorkerEvent => Worker, MerchantEvent => Merchant, StoreEvent => Store,
    CardEvent => Card);

#[cfg(test)]
pub(crate) mod tests;
