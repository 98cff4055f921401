//! Copies of a journal to keep, and back.
//!
//! A copy is made entry by entry and verified on the way ([`transfer`]), so it goes from SQLite to Postgres and the other
//! way as well. Nothing that was interrupted passes for whole: what is written stands beside its place under another name,
//! carries a mark, and is put into place in one step ([`place`]).
//!
//! Views and tiles are not copied: they are folded and computed again.

mod parts;
pub mod place;
mod seal;
pub mod sealed;

use std::path::Path;

use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::transfer::transfer;
use ledger_core::journal::{Journal, JournalError, SigningKey};

use crate::audit::store::{CheckpointStore, KeyUse};
use crate::side_store::SideStoreError;
use crate::side_store::rows::Store;

/// What stands beside a journal and is taken along by a backup of all. Checkpoints first: see [`sealed`].
/// Who is logged in is not: a session that ended must not come back.
pub(crate) const STORES: [Store; 6] = [
    crate::audit::store::STORE,
    crate::vault::STORE,
    crate::access::STORE,
    crate::access::password::STORE,
    crate::read_record::STORE,
    crate::security_log::STORE,
];

/// Copies a journal into a new file, which is a journal itself once this is done; gives its size.
///
/// # Errors
/// [`JournalError`]; the file is marked as unfinished then.
pub async fn copy_into_file(
    from: &dyn Journal,
    keys: Vec<SigningKey>,
    path: &Path,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, JournalError> {
    let copy = SqliteJournal::begin_copy(path)?;
    let size = copy_into(from, keys, &copy, progress).await?;
    copy.finish_copy().await?;
    Ok(size)
}

/// Copies a journal into an empty one and holds the copy to it; gives its size.
///
/// # Errors
/// [`JournalError`].
pub(crate) async fn copy_into(
    from: &dyn Journal,
    keys: Vec<SigningKey>,
    to: &dyn Journal,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, JournalError> {
    let size = transfer(from, to, progress).await?;
    to.record_signing_keys(keys).await?;
    // Each root was computed from what was read; this is what was written.
    let before = size.saturating_sub(1);
    let (wanted, found) = (from.roots(before, 1).await?, to.roots(before, 1).await?);
    if to.head().await?.position != size || wanted != found {
        return Err(JournalError::Damaged { position: size, what: "the copy does not end as the journal does".into() });
    }
    Ok(size)
}

/// The keys that sign for a journal: those that it holds itself, and those that became known beside it since.
///
/// # Errors
/// A message.
pub async fn signing_keys(
    journal: &dyn Journal,
    store: Option<&CheckpointStore>,
) -> Result<Vec<SigningKey>, JournalError> {
    let mut keys = journal.signing_keys().await?;
    if let Some(store) = store {
        let beside = store.keys().await.map_err(|error| match error {
            SideStoreError::Unavailable(what) => JournalError::Unavailable(what),
            SideStoreError::Unusable(what) => JournalError::Unusable(what),
        })?;
        for known in beside.into_iter().filter(|known| known.usage == KeyUse::Journal) {
            let key = known.to_signing_key();
            keys.retain(|kept| kept.vkey != key.vkey);
            keys.push(key);
        }
    }
    Ok(keys)
}
