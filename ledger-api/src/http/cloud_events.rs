//! Events of the feed in the form of CloudEvents 1.0 (JSON format, structured mode): one envelope for whoever routes
//! events of many systems.
//!
//! `id` is the position and `source` the journal's origin, so that both together name an event for ever; `subject` is
//! the stream. Of the extension attributes `sequence` is the documented one, padded so that texts sort as positions do.

use ledger_core::domain::event::Event;
use ledger_core::journal::{Entry, Journal, JournalError};
use serde::Serialize;
use serde_json::value::RawValue;

/// The media type of a batch.
pub(super) const BATCH: &str = "application/cloudevents-batch+json";
/// The media type of one event.
pub(super) const ONE: &str = "application/cloudevents+json";

/// An event in its envelope.
#[derive(Debug, Serialize)]
pub(super) struct CloudEvent<'a> {
    specversion: &'static str,
    /// The position.
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: String,
    /// The stream.
    subject: String,
    /// When it was recorded.
    time: String,
    datacontenttype: &'static str,
    sequence: String,
    commandkey: &'a str,
    fingerprint: String,
    actor: &'a str,
    /// The payload, byte for byte as it was recorded and hashed; without `by` where the reader may not know who objected.
    data: &'a RawValue,
}

/// The journal's origin, as its first event says.
///
/// # Errors
/// Of the journal; also where it has no first event, from which no feed can begin.
pub(super) async fn source(journal: &dyn Journal) -> Result<String, JournalError> {
    let first = journal.read(0, 1).await?;
    let first = first.first().map(Entry::event).transpose()?;
    let opened = first.as_ref().and_then(Event::as_opening);
    opened
        .map(|opened| opened.origin.clone())
        .ok_or_else(|| JournalError::Damaged { position: 1, what: "the first event does not open a journal".into() })
}

/// Writes an event in its envelope, of an entry as it is recorded and as its reader may see it.
///
/// # Errors
/// Where the payload is no JSON.
pub(super) fn json(entry: &Entry, seen: &Entry, source: &str) -> Result<String, JournalError> {
    let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
    let payload = str::from_utf8(&seen.payload).map_err(|error| damaged(error.to_string()))?;
    let event = CloudEvent {
        specversion: "1.0",
        id: entry.position.to_string(),
        source,
        event_type: format!("nuanxin.{}", entry.event_type),
        subject: entry.event()?.stream().to_string(),
        time: entry.command.recorded_at.to_string(),
        datacontenttype: "application/json",
        sequence: format!("{:020}", entry.position),
        commandkey: &entry.command.key,
        fingerprint: entry.command.fingerprint.to_string(),
        actor: &seen.command.actor,
        data: serde_json::from_str(payload).map_err(|error| damaged(error.to_string()))?,
    };
    serde_json::to_string(&event).map_err(|error| damaged(error.to_string()))
}
