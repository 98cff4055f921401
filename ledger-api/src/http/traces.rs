//! Why a worker's balance is what it is, event by event, folded from the journal itself and not from a view.

use axum::extract::State;
use axum::{Extension, Json};
use ledger_core::domain::ids::WorkerId;
use projections::audit::trace::TraceLine;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::unknown_worker;
use super::audits::until;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, from_text, position_from_text};
use super::limits::Walkers;
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::asked_recorded::AskedRecorded;
use crate::audit_sheet::trace::{TraceEndJson, TraceLineJson};
use crate::service::reading::date;
use crate::service::traces::{Asked, tell, trace};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().walk(Read::Trace, routes!(read_trace))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TraceQuery {
    /// Lines after this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) after: Option<u64>,
    /// Most lines to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    pub(super) limit: Limit,
    /// As of this business date, YYYY-MM-DD: what happened later is left out; the last business day without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    pub(super) as_of: String,
    /// What the journal knew by this recorded time: RFC 3339, or a date for that whole day (+08:00).
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>)]
    pub(super) recorded_as_of: Option<AskedRecorded>,
    /// The journal up to this position; its end without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) at: Option<u64>,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub(super) min_position: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TraceAnswer {
    worker: String,
    /// The events in order, each with the figures after it.
    lines: Vec<TraceLineJson>,
    /// The position to ask on after; null at the end.
    next: Option<u64>,
    /// The figures at the end, whichever page this is.
    end: TraceEndJson,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Why a worker's balance is what it is, event by event, with lots, versions of the schedule and running figures.
#[utoipa::path(get, path = "/v1/workers/{id}/trace", tag = "audit", params(("id" = String, Path), TraceQuery),
    responses((status = 200, description = "The lines, oldest first, and the figures at the end.", body = TraceAnswer)))]
async fn read_trace(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TraceQuery>,
) -> Result<Json<TraceAnswer>, ApiError> {
    let reading = caller.may(Read::Trace, Target::Worker(&id))?;
    let as_of = date("as_of", &query.as_of)?;
    // What cannot be an id is not looked for.
    let worker = WorkerId::new(&id).map_err(|_| unknown_worker(&id))?;
    reading.at_least(&app, query.min_position).await?;
    let until = until(&app, query.at, query.recorded_as_of).await?;
    let _place = walkers.place().await?;
    let (after, limit) = (query.after.unwrap_or(0), query.limit.0);
    let mut lines: Vec<TraceLine> = Vec::new();
    let (mut last, mut next) = (0, None);
    let asked = Asked { worker, as_of, until };
    let end = trace(&app, &reading, &asked, &mut |line| {
        if line.position <= after {
            return;
        }
        if lines.len() < limit {
            last = line.position;
            lines.push(line);
        } else {
            next = Some(last);
        }
    })
    .await?
    .ok_or_else(|| unknown_worker(&id))?;
    tell(&app, &reading, &asked.worker, &mut lines).await;
    let lines = lines.iter().map(TraceLineJson::from).collect();
    Ok(Json(TraceAnswer { worker: id, lines, next, end: (&end).into(), position: until }))
}
