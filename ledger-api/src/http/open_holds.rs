//! Reading open holds: what stands aside, for whom and until when.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use ledger_core::domain::time::BusinessTime;
use projections::views::hold::Hold;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::{ItemJson, item_json};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, Limit, from_text, position_from_text};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target};
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Holds, routes!(list_holds))
}

/// How a hold stands. One that ended is told by its worker's statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HoldStatus {
    /// Neither taken nor given back.
    Open,
}

impl FromStr for HoldStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<HoldStatus, &'static str> {
        if text == "open" { Ok(HoldStatus::Open) } else { Err("only holds that are `open` are listed") }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HoldsQuery {
    /// Those at this store; at all stores without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    store: String,
    /// Those of this worker; of all workers without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    worker: String,
    /// Only open holds are listed, so nothing else can be asked for.
    #[serde(default, rename = "status", deserialize_with = "from_text")]
    #[param(inline)]
    _status: Option<HoldStatus>,
    /// Go on after this hold: the `next` of the page before.
    #[serde(default)]
    #[param(required = false)]
    after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// An open hold.
#[derive(Debug, Serialize, ToSchema)]
struct HoldJson {
    hold: String,
    worker: String,
    store: String,
    /// The points set aside.
    points: PointsJson,
    items: Vec<ItemJson>,
    /// When it was placed, by business time.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<BusinessTime>,
    /// It is void from here on; the server gives it back then.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<BusinessTime>,
    /// Always `open`.
    #[schema(value_type = String, examples("open"))]
    status: HoldStatus,
}

/// Open holds.
#[derive(Debug, Serialize, ToSchema)]
struct HoldList {
    holds: Vec<HoldJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Open holds in the order of their names.
#[utoipa::path(get, path = "/v1/holds", tag = "holds", params(HoldsQuery),
    responses((status = 200, description = "The holds.", body = HoldList)))]
async fn list_holds(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<HoldsQuery>,
) -> Result<Json<HoldList>, ApiError> {
    let reading = caller.may(Read::Holds, target(&query))?;
    reading.at_least(&app, query.min_position).await?;
    let wanted = |hold: &Hold| {
        (query.store.is_empty() || hold.store == query.store)
            && (query.worker.is_empty() || hold.worker == query.worker)
    };
    let page = app.views.holds(&query.after, query.limit.0, wanted).await?;
    let holds: Vec<HoldJson> = page.rows.into_iter().map(|(name, hold)| hold_json(name, hold)).collect();
    reading.note_holds(&app, holds.iter().map(|hold| hold.worker.as_str()));
    Ok(Json(HoldList { holds, next: page.next, position: page.position }))
}

/// Whose holds are asked for, as far as one store or one worker is named.
fn target(query: &HoldsQuery) -> Target<'_> {
    match (query.store.as_str(), query.worker.as_str()) {
        ("", "") => Target::District,
        ("", worker) => Target::Worker(worker),
        (store, "") => Target::Store(store),
        (store, worker) => Target::Counter { worker, store },
    }
}

fn hold_json(name: String, hold: Hold) -> HoldJson {
    HoldJson {
        hold: name,
        worker: hold.worker,
        store: hold.store,
        points: PointsJson(hold.points),
        items: hold.lines.into_iter().map(item_json).collect(),
        at: hold.at,
        expires_at: hold.expires_at,
        status: HoldStatus::Open,
    }
}
