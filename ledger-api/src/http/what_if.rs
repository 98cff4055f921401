//! A what-if (试算) of a points schedule before it is adopted. It takes the body of the adoption and writes nothing.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::audits::{form, written};
use super::body::ApiJson;
use super::crowd::Walkers;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, from_text, position_from_text};
use super::schedule::AdoptSchedule;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::reading::date;
use crate::service::what_if::{AskedWhatIf, LIST, what_if};
use crate::what_if_sheet;

/// The route of this resource.
pub fn routes() -> Routes {
    Routes::new().walk(Read::WhatIf, routes!(try_schedule))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhatIfQuery {
    /// The first service date, YYYY-MM-DD; without it the first day of the year of `to`. Without both: the last full
    /// calendar year before the journal's last entries.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    from: String,
    /// The last service date, YYYY-MM-DD; without it the last day of the year of `from`.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    to: String,
    /// The journal up to this position; its end without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    at: Option<u64>,
    /// Most workers named among the greatest gains, and among the losses: up to 1,000, 20 without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<usize>, maximum = 1000)]
    list: Option<usize>,
    /// json, csv, xlsx or text; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "csv")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// What a period's credits would have come to under a schedule that is only proposed.
///
/// The body is that of the adoption; `effective_from` says nothing here, for the schedule is tried as if it had held. Every
/// credit of the period that counts is rated again by the rules that rate a real one, caps in the journal's order. What
/// was refused then is not in the journal and is not tried; what else is not judged again, the answer says. It writes
/// nothing, so it takes no key.
#[utoipa::path(post, path = "/v1/schedule/what-if", tag = "schedule", params(WhatIfQuery), request_body = AdoptSchedule,
    responses((status = 200, description = "Totals before and after by category and activity, workers by what they would \
        have gained or lost, and what the change comes from.", content(
        (serde_json::Value = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "text/plain")),
    headers(("X-Position" = u64, description = "The position it was tried at; give it as ?at= for the same answer again.")))))]
async fn try_schedule(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiQuery(query): ApiQuery<WhatIfQuery>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<AdoptSchedule>,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::WhatIf, Target::District)?;
    let form = form(&query.format, &headers)?;
    let asked = AskedWhatIf {
        proposed: body.read()?,
        from: date("from", &query.from)?,
        to: date("to", &query.to)?,
        at: query.at,
        list: query.list.unwrap_or(LIST),
    };
    reading.at_least(&app, query.min_position).await?;
    let _place = walkers.place().await?;
    let tried = what_if(&app, Who::Bearer(&caller.0), asked).await?;
    let position = tried.told.position;
    written(what_if_sheet::document(&tried.told, tried.bears), form, position, "what-if").await
}
