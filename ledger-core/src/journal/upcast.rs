//! Old payload versions to current events. Old versions stay readable for ever; what was written is never rewritten.
//!
//! Version 1 is the first: there is nothing to raise yet. A later version adds a step here, keyed by type and `v`,
//! and a golden journal written by the release before it.

use super::JournalError;
use crate::domain::event::Event;

/// Reads a stored payload, raising it to the current version first where it is older.
///
/// # Errors
/// [`JournalError::Damaged`] for an unknown type or a payload that is not what its type says.
pub fn decode(position: u64, event_type: &str, payload: &[u8]) -> Result<Event, JournalError> {
    Event::decode(event_type, payload).map_err(|error| JournalError::Damaged { position, what: error.to_string() })
}
