//! Who read a worker's record: for the worker (个人信息保护法 44, 45).

use axum::Json;
use axum::extract::State;
use chrono::SecondsFormat;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, from_text};
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::read_record::RecordedRead;
use crate::service::names::registered;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Readers, routes!(read_readers))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadersQuery {
    /// Go on after this row: the `next` of the page before.
    #[serde(default, deserialize_with = "row_from_text")]
    #[param(value_type = Option<String>)]
    after: Option<Uuid>,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

fn row_from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    from_text::<Uuid, D>(deserializer)
}

#[derive(Debug, Serialize, ToSchema)]
struct ReadJson {
    /// Business time, RFC 3339 with offset.
    at: String,
    /// Who: an account or token, by its id.
    reader: String,
    /// The role by which it was allowed.
    role: String,
    /// What was read, such as `balance`, `statement` or `report`.
    what: String,
    /// Whether it was a read of everybody's records at once, such as an audit's.
    of_everybody: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReadersAnswer {
    worker: String,
    /// Newest first. What a worker reads of the own record is left out; the same read many times in a moment is one row.
    readers: Vec<ReadJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The position at which the worker was there.
    position: u64,
}

/// Who read this worker's record, when, and in which role; newest first.
#[utoipa::path(get, path = "/v1/workers/{id}/readers", tag = "workers", params(("id" = String, Path), ReadersQuery),
    responses((status = 200, description = "The reads, newest first.", body = ReadersAnswer)))]
async fn read_readers(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<ReadersQuery>,
) -> Result<Json<ReadersAnswer>, ApiError> {
    caller.may(Read::Readers, Target::Worker(&id))?;
    // What cannot be an id is not looked for.
    WorkerId::new(&id).map_err(|_| super::accounts::unknown_worker(&id))?;
    let position = registered(&app, &id).await.map_err(|error| ApiError::of(error, &[Code::UnknownWorker]))?;
    let limit = query.limit.0;
    let mut found = app
        .readers
        .of(&id, query.after, limit.saturating_add(1))
        .await
        .map_err(|error| ApiError::unavailable(&error))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.id.clone());
    let readers = found.into_iter().map(read_json).collect();
    Ok(Json(ReadersAnswer { worker: id, readers, next, position }))
}

fn read_json(read: RecordedRead) -> ReadJson {
    ReadJson {
        at: read.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        reader: read.reader,
        role: read.role,
        what: snake(&read.what),
        of_everybody: read.of_everybody,
    }
}

/// `MaskedName` as `masked_name`.
fn snake(name: &str) -> String {
    let mut told = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !told.is_empty() {
            told.push('_');
        }
        told.push(letter.to_ascii_lowercase());
    }
    told
}
