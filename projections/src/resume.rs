//! From where stored views may be carried on: only where the journal holds the very entry they were folded to.
//!
//! An older backup of the journal put back beside newer views, or another journal in the place of the first, would
//! otherwise be carried on from rows that it never led to, and nothing would tell.

use ledger_core::journal::Journal;

use crate::error::ViewError;
use crate::store::{Checkpoint, ViewStore};

/// Several servers may find the same views to be foreign at once; one of them throws them away.
const TRIES_MAX: u32 = 10;

/// The checkpoint of a journal's own entry at a position.
///
/// # Errors
/// [`ViewError::Foreign`] when the journal does not reach so far.
pub(crate) async fn checkpoint_at(journal: &dyn Journal, position: u64) -> Result<Checkpoint, ViewError> {
    let Some(before) = position.checked_sub(1) else { return Ok(Checkpoint::default()) };
    let leaf = journal.leaves(before, 1).await?.into_iter().next();
    let beyond = || ViewError::Foreign(format!("they were folded to position {position}, beyond its end"));
    Ok(Checkpoint { position, leaf: leaf.ok_or_else(beyond)? })
}

/// That views of this checkpoint were folded from this journal.
///
/// # Errors
/// [`ViewError::Foreign`] when they were not.
pub(crate) async fn must_fit(journal: &dyn Journal, at: Checkpoint) -> Result<(), ViewError> {
    if checkpoint_at(journal, at.position).await? != at {
        let position = at.position;
        return Err(ViewError::Foreign(format!("its entry at position {position} is not the one they were folded to")));
    }
    Ok(())
}

/// Where the views may be carried on: at their checkpoint, or, when they are not of this journal, at the beginning, with
/// all rows thrown away.
///
/// # Errors
/// [`ViewError`].
pub(crate) async fn resume(journal: &dyn Journal, store: &dyn ViewStore) -> Result<Checkpoint, ViewError> {
    for _ in 0..TRIES_MAX {
        let at = store.checkpoint().await?;
        let what = match must_fit(journal, at).await {
            Ok(()) => return Ok(at),
            Err(ViewError::Foreign(what)) => what,
            Err(error) => return Err(error),
        };
        match store.restart(at).await {
            Ok(()) => {
                tracing::warn!(
                    position = at.position,
                    what,
                    "THE VIEWS ARE NOT OF THIS JOURNAL, as after an older backup was put back; they are thrown away and \
                     folded anew"
                );
                return Ok(Checkpoint::default());
            }
            Err(ViewError::Moved) => {}
            Err(error) => return Err(error),
        }
    }
    Err(ViewError::Moved)
}
