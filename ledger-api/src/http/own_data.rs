//! Everything that is held of a person, for that person: one JSON document, or one workbook.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::accept;
use super::audits::written;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::document::Form;
use crate::service::own_data::document;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::OwnData, routes!(read_own_data))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OwnDataQuery {
    /// `json` or `xlsx`; the header Accept decides without.
    #[serde(default)]
    #[param(required = false)]
    format: String,
}

/// Everything that is held of a person: name and phone, particulars, every entry with its reason, and who looked.
#[utoipa::path(get, path = "/v1/workers/{id}/export", tag = "workers", params(("id" = String, Path), OwnDataQuery),
    responses((status = 200, description = "All of it.", content(
        (serde_json::Value = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    headers(("X-Position" = u64, description = "The position it was taken at.")))))]
async fn read_own_data(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OwnDataQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::OwnData, Target::Worker(&id))?;
    // What cannot be an id is not looked for.
    WorkerId::new(&id).map_err(|_| super::accounts::unknown_worker(&id))?;
    let forms = [Form::Json, Form::Xlsx].map(|form| (form.as_str(), Some(form.media_type()), form));
    let form = accept::form_however_written(&query.format, &headers, &forms, |text| {
        format!("format={text:?} is not written here; ask for json or xlsx")
    })?;
    let (document, position) = document(&app, Who::Bearer(&caller.0), &id, form)
        .await
        .map_err(|error| ApiError::of(error, &[Code::UnknownWorker]))?;
    reading.note_worker(&app, &id);
    written(document, form, position, "own-data").await
}
