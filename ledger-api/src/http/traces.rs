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
use super::crowd::Walkers;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, from_text, position_from_text};
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

/// The lines of a trace that one answer has.
pub(super) struct Page {
    after: u64,
    limit: usize,
    /// The lines, oldest first.
    pub(super) lines: Vec<TraceLine>,
    /// The position to ask on after; none at the end.
    pub(super) next: Option<u64>,
}

impl Page {
    /// None yet of those that are asked for.
    pub(super) fn of(query: &TraceQuery) -> Page {
        Page { after: query.after.unwrap_or(0), limit: query.limit.0, lines: Vec::new(), next: None }
    }

    /// Takes the next line, unless it stands on another page.
    pub(super) fn take(&mut self, line: TraceLine) {
        if line.position <= self.after {
            return;
        }
        if self.lines.len() < self.limit {
            self.lines.push(line);
        } else {
            self.next = self.lines.last().map(|last| last.position);
        }
    }

    /// As they are answered.
    pub(super) fn told(&self) -> Vec<TraceLineJson> {
        self.lines.iter().map(TraceLineJson::from).collect()
    }
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
    let mut page = Page::of(&query);
    let asked = Asked { worker, as_of, until };
    let end = trace(&app, &reading, &asked, &mut |line| page.take(line)).await?.ok_or_else(|| unknown_worker(&id))?;
    tell(&app, &reading, &asked.worker, &mut page.lines).await;
    Ok(Json(TraceAnswer { worker: id, lines: page.told(), next: page.next, end: (&end).into(), position: until }))
}
