//! Selections (评选) as they are read: digests of what was sealed and drawn, and one as it stood at a position.

use std::collections::BTreeMap;

use ledger_core::domain::ids::SelectionId;
use ledger_core::domain::refusal::Code;
use projections::queries::selection::SelectionRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ServiceError;
use super::own::activities;
use super::reading::{Reading, may_read};
use crate::access::policy::{Read, Target, Who};
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

/// What the activities that a formula names are called, by code.
///
/// # Errors
/// [`ServiceError`].
pub async fn activity_names(app: &App, who: Who<'_>) -> Result<BTreeMap<String, String>, ServiceError> {
    may_read(who, Read::Schedule, Target::District)?.at_least(app, None).await?;
    Ok(activities(app).await?.into_iter().collect())
}
