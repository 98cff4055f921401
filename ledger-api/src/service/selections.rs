//! Selections (评选) as they are read: digests of what was sealed and drawn, who may see which candidate's figures, and the
//! list for the wall.

use std::collections::BTreeMap;

use ledger_core::domain::ids::SelectionId;
use ledger_core::domain::refusal::Code;
use projections::queries::selection::SelectionRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ServiceError;
use super::own::activities;
use super::publicity::{masked, masked_id};
use super::reading::{Reading, may_read};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::vault::WORKER;

/// SHA-256 over lines as the event has them, in canonical JSON: whoever has the event comes to the same.
pub fn digest_of<T: Serialize>(lines: &[T]) -> String {
    let bytes = serde_json::to_vec(lines).unwrap_or_default();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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

/// Candidates' names as they hang on the wall: masked, or the end of the id where no name is kept. A vault that is away costs
/// the names, not the list.
pub async fn wall_names(app: &App, workers: &[&str]) -> Vec<String> {
    let people: Vec<(&str, &str)> = workers.iter().map(|worker| (WORKER, *worker)).collect();
    let names = app.vault.get_names(&people).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a short list is told without names");
        vec![None; people.len()]
    });
    let shown = workers.iter().zip(names);
    shown.map(|(worker, name)| name.map_or_else(|| masked_id(worker), |name| masked(&name))).collect()
}

/// What the activities that a formula names are called, by code.
///
/// # Errors
/// [`ServiceError`].
pub async fn activity_names(app: &App, who: Who<'_>) -> Result<BTreeMap<String, String>, ServiceError> {
    may_read(who, Read::Schedule, Target::District)?.at_least(app, None).await?;
    Ok(activities(app).await?.into_iter().collect())
}
