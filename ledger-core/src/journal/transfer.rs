//! Copying a journal, entry by entry and batch by batch, into an empty one: backups, restores, a change of database.
//!
//! The copy has the same positions, bytes, times and roots; each root is recomputed on the way, so a copy that succeeds
//! is a copy that was verified.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::LeafWriter;
use super::{Batch, BatchCommand, BatchEvent, CommitError, Entry, Journal, JournalError, NewStream};
use crate::domain::event::{Event, StreamId};
use crate::evidence::hash::HashSuite;
use crate::evidence::merkle::Frontier;

/// Recorded roots read at once.
const ROOTS_PAGE: usize = 1_000;

/// Copies everything up to the head `from` had when asked; gives the last position.
///
/// # Errors
/// [`JournalError::Unusable`] when `to` is not empty; [`JournalError::Damaged`] at the first entry that does not fit.
pub async fn transfer(
    from: &dyn Journal,
    to: &dyn Journal,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, JournalError> {
    let source = from.head().await?;
    let target = to.head().await?;
    if target.position != 0 {
        let what = format!("the target holds {} entries; a copy goes into an empty journal", target.position);
        return Err(JournalError::Unusable(what));
    }
    let mut copy = Copy::default();
    let mut size = 0;
    while size < source.position {
        let roots = from.roots(size, ROOTS_PAGE).await?;
        if roots.is_empty() {
            return Err(JournalError::Damaged { position: size, what: "no root is recorded for what follows".into() });
        }
        for (next, root) in roots {
            if next > source.position {
                break;
            }
            let count = usize::try_from(next.saturating_sub(size)).unwrap_or(usize::MAX);
            let entries = from.read(size, count).await?;
            if entries.last().map(|entry| entry.position) != Some(next) {
                return Err(JournalError::Damaged { position: size + 1, what: "entries are missing".into() });
            }
            let batch = copy.batch(size, next, root, entries)?;
            let append = to.begin().await?;
            append.commit(Arc::new(batch)).await.map_err(|error| match error {
                CommitError::NotCommitted(error) | CommitError::Unknown(error) => error,
                CommitError::Fenced => JournalError::InUse("somebody else writes into the target".into()),
            })?;
            size = next;
            progress(size);
        }
    }
    Ok(size)
}

#[derive(Default)]
struct Copy {
    streams: HashMap<StreamId, u64>,
    frontier: Option<Frontier>,
}

impl Copy {
    fn batch(&mut self, after: u64, position: u64, root: [u8; 32], entries: Vec<Entry>) -> Result<Batch, JournalError> {
        let recorded_at = entries.first().map(|entry| entry.command.recorded_at).unwrap_or_default();
        let mut batch = Batch { position, root, ..Batch::following(after, 0, recorded_at) };
        let mut leaves = LeafWriter::default();
        for entry in entries {
            let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
            let event = entry.event()?;
            let frontier = match &mut self.frontier {
                Some(frontier) => frontier,
                None => self.frontier.insert(Frontier::new(suite_of(&event).ok_or_else(|| {
                    damaged("the first event does not open a journal with a known hash suite".into())
                })?)),
            };
            let hash = frontier.suite().leaf_hash(leaves.leaf(&entry.view()));
            if *hash.as_bytes() != entry.leaf {
                return Err(damaged("its bytes are not those that were hashed when it was recorded".into()));
            }
            frontier.push(hash).map_err(|error| damaged(error.to_string()))?;
            let stream = event.stream();
            let next = u64::try_from(self.streams.len()).unwrap_or(u64::MAX).saturating_add(1);
            let stream_no = *self.streams.entry(stream.clone()).or_insert_with(|| {
                batch.new_streams.push(NewStream { stream_no: next, stream });
                next
            });
            match batch.commands.last_mut() {
                Some(command) if entry.nth > 0 => command.count = entry.nth + 1,
                _ => batch.commands.push(BatchCommand {
                    first: entry.position,
                    count: 1,
                    key: entry.command.key.clone(),
                    fingerprint: entry.command.fingerprint,
                    actor: entry.command.actor.clone(),
                }),
            }
            batch.events.push(BatchEvent {
                position: entry.position,
                nth: entry.nth,
                stream_no,
                sequence: entry.sequence,
                event_type: event.event_type(),
                payload: entry.payload,
                leaf: entry.leaf,
            });
        }
        if let Some(frontier) = &self.frontier {
            if *frontier.root().as_bytes() != root {
                let what = format!("the recorded root of {position} entries is not the root of what is recorded");
                return Err(JournalError::Damaged { position, what });
            }
            batch.frontier = frontier.to_bytes();
        }
        batch.streams = u64::try_from(self.streams.len()).unwrap_or(u64::MAX);
        Ok(batch)
    }
}

/// The hash suite that a journal's first event names.
pub fn suite_of(event: &Event) -> Option<HashSuite> {
    event.as_opening()?.suite.parse().ok()
}
