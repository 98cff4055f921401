//! Names and phones of workers: kept in the vault, found by the whole of them, and never in an address or a log.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Caller};
use super::shapes::LineText;
use super::wire::maybe_text;
use crate::access::policy::{Action, Read, Who};
use crate::app::App;
use crate::service::names;
use crate::vault::PersonChange;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Action::KeepPerson, routes!(put_person)).route(Read::Search, routes!(search))
}

/// What is to be kept of a worker. A field that is left out stays as it is; null or a blank takes it away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    /// Kept in the vault of names alone.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<LineText>, examples("王小明"))]
    name: Option<Option<String>>,
    /// The phone, as it is written.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<LineText>, examples("0595-12345678"))]
    phone: Option<Option<String>>,
}

/// A field that is there, with what stands in it.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    maybe_text(deserializer).map(Some)
}

#[derive(Debug, Serialize, ToSchema)]
struct PersonAnswer {
    worker: String,
    /// Null where none is kept.
    name: Option<String>,
    /// In digits; null where none is kept.
    phone: Option<String>,
    /// Nothing of this stands in the journal: the position at which the worker was there.
    position: u64,
}

/// Keep a worker's name and phone, sealed beside the journal and never in it.
///
/// It needs no key: asked again, it changes nothing.
#[utoipa::path(put, path = "/v1/workers/{id}/person", tag = "workers", request_body = PersonBody,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 200, description = "What is kept now.", body = PersonAnswer)))]
async fn put_person(
    State(app): State<App>,
    caller: Caller,
    ApiPath(worker): ApiPath<WorkerId>,
    ApiJson(body): ApiJson<PersonBody>,
) -> Result<Json<PersonAnswer>, ApiError> {
    let change = PersonChange { name: body.name, phone: body.phone };
    let (person, position) = names::change_person(&app, Who::Bearer(&caller.0), worker.as_str(), &change)
        .await
        .map_err(|error| ApiError::of(error, &[Code::UnknownWorker]))?;
    Ok(Json(PersonAnswer { worker: worker.to_string(), name: person.name, phone: person.phone, position }))
}

/// Whom one looks for: by name, by phone, or by both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchBody {
    /// The whole name.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(value_type = Option<LineText>)]
    name: Option<String>,
    /// The whole phone.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(value_type = Option<LineText>)]
    phone: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FoundWorker {
    id: String,
    /// In full for whoever reads names of this worker, else masked.
    name: Option<String>,
    occupation: String,
    platform: Option<String>,
    departed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct SearchAnswer {
    /// Those whom the caller may find, by id.
    workers: Vec<FoundWorker>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Find workers by the whole name or phone.
///
/// It writes nothing but the record of who looked, which those who were found can read; so it takes no key.
#[utoipa::path(post, path = "/v1/workers/search", tag = "workers", request_body = SearchBody,
    responses((status = 200, description = "Whoever has that name and phone, and is for the caller to find.", body = SearchAnswer)))]
async fn search(
    State(app): State<App>,
    caller: Caller,
    ApiJson(body): ApiJson<SearchBody>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let reading = caller.may_ever(Read::Search)?;
    if body.name.is_none() && body.phone.is_none() {
        return Err(ApiError::new(Code::InvalidInput, "neither name nor phone is given; send one of them or both"));
    }
    let who = Who::Bearer(&caller.0);
    let found = names::search(&app, who, body.name.as_deref(), body.phone.as_deref()).await?;
    let position = reading.at_least(&app, None).await?;
    let mut workers = Vec::with_capacity(found.len());
    for id in found {
        // A name kept for somebody who is not registered is nobody's to find.
        let Some(row) = app.views.worker(&id).await?.value else { continue };
        let name = match names::of_worker(&app, who, &id).await {
            Some(name) => Some(name),
            None => names::masked_of(&app, who, &[&id]).await.into_iter().next().flatten(),
        };
        let departed = row.departed;
        workers.push(FoundWorker { id, name, occupation: row.occupation, platform: row.platform, departed });
    }
    reading.note_list(&app, workers.iter().map(|worker| worker.id.as_str()));
    Ok(Json(SearchAnswer { workers, position }))
}
