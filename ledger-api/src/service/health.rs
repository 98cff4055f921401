//! How the server fares, for whoever answers for it and whoever audits it: whether the views keep up, how much room the disk
//! has, and what was signed last.

use ledger_core::journal::RecordedTime;

use super::ServiceError;
use super::reading::may_read;
use super::signed::unavailable;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::audit::AuditError;
use crate::disk;

/// Less room than this is told of: a gibibyte, in bytes.
const LITTLE_ROOM: u64 = 1 << 30;

/// How the server fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// How many entries the views were behind when this was asked.
    pub behind: u64,
    /// How many bytes can still be written where the journal lies; none where that is not known.
    pub free_bytes: Option<u64>,
    /// The checkpoint that was signed last; none where none was.
    pub checkpoint: Option<LastCheckpoint>,
}

/// The checkpoint that was signed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCheckpoint {
    /// How many entries it covers.
    pub size: u64,
    /// When it was signed, RFC 3339 in the district's time.
    pub at: String,
    /// How many entries came after it.
    pub since: u64,
}

impl Health {
    /// Whether there is so little room that somebody must see to it.
    pub fn lacks_room(&self) -> bool {
        self.free_bytes.is_some_and(|free| free < LITTLE_ROOM)
    }
}

/// How the server fares now.
///
/// # Errors
/// [`ServiceError`].
pub async fn health(app: &App, who: Who<'_>) -> Result<Health, ServiceError> {
    may_read(who, Read::Overview, Target::District)?;
    let behind = app.ledger.committed().borrow().saturating_sub(app.views.position());
    let free_bytes = disk::free_bytes(&app.url);
    Ok(Health { behind, free_bytes, checkpoint: last_checkpoint(app, who).await? })
}

/// The checkpoint that any server of this journal signed last; nothing is signed for the question.
///
/// # Errors
/// [`ServiceError`].
pub async fn last_checkpoint(app: &App, who: Who<'_>) -> Result<Option<LastCheckpoint>, ServiceError> {
    may_read(who, Read::Checkpoint, Target::District)?;
    let away = |error| unavailable(AuditError::Store(error));
    let Some(head) = app.audit.store().signed_head().await.map_err(away)? else { return Ok(None) };
    let Some(published) = app.audit.store().of_size(head.size).await.map_err(away)? else { return Ok(None) };
    let at = RecordedTime::from_micros(published.signed_at_ms.saturating_mul(1_000)).to_string();
    let since = app.ledger.committed().borrow().saturating_sub(published.size);
    Ok(Some(LastCheckpoint { size: published.size, at, since }))
}

#[cfg(test)]
mod tests {
    use super::Health;

    #[test]
    fn little_room_is_told_of_and_an_unknown_one_is_not() {
        let of = |free_bytes| Health { behind: 0, free_bytes, checkpoint: None };
        assert!(of(Some((1 << 30) - 1)).lacks_room());
        assert!(!of(Some(1 << 30)).lacks_room());
        assert!(!of(None).lacks_room());
    }
}
