//! Selections (评选) as they are read: digests of what was sealed and drawn, and one as it stood at a position.

use ledger_core::domain::ids::SelectionId;
use ledger_core::domain::refusal::Code;
use projections::queries::selection::SelectionRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ServiceError;
use super::reading::Reading;
use crate::app::App;

/// SHA-256 over lines as the event has them, in canonical JSON: whoever has the event comes to the same.
pub fn digest_of<T: Serialize>(lines: &[T]) -> String {
    let bytes = serde_json::to_vec(lines).unwrap_or_default();
    hex::encode(Sha256::digest(&bytes))
}

/// A selection as it stood at a position; what can be no id is the id of none.
///
/// # Errors
/// `not_found`; [`ServiceError::Unavailable`].
pub async fn one(
    app: &App,
    reading: &Reading<'_>,
    id: &str,
    min: Option<u64>,
) -> Result<(SelectionRecord, u64), ServiceError> {
    let position = reading.at_least(app, min).await?;
    let found = match SelectionId::new(id) {
        Ok(id) => app.views.selection(id, position).await?,
        Err(_) => None,
    };
    let shown: String = id.chars().take(64).collect();
    let missing = || ServiceError::refused(Code::NotFound, format!("there is no selection {shown:?}"));
    Ok((found.ok_or_else(missing)?, position))
}
