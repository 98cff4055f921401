//! Reading Party branches, by the mutual-aid points cards that are in them.

use std::ops::Bound;

use axum::Json;
use axum::extract::State;
use projections::queries::At;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, Limit, position_from_text};
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::service::reading::{date, now};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Branches, routes!(list_branches))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BranchesQuery {
    /// The business day to count the cards of, YYYY-MM-DD; today in +08:00 without.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    on: String,
    /// Go on after this branch: the `next` of the page before.
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

/// A Party branch.
#[derive(Debug, Serialize, ToSchema)]
struct BranchJson {
    branch: String,
    /// Cards that were in it on the day.
    cards: u64,
}

/// Party branches.
#[derive(Debug, Serialize, ToSchema)]
struct BranchList {
    /// The day that the cards are counted for.
    #[schema(format = Date)]
    on: String,
    /// Those that had a card by that day.
    branches: Vec<BranchJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Party branches in the order of their names, with how many cards each had on a day.
#[utoipa::path(get, path = "/v1/branches", tag = "appraisals", params(BranchesQuery),
    responses((status = 200, description = "The branches.", body = BranchList)))]
async fn list_branches(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<BranchesQuery>,
) -> Result<Json<BranchList>, ApiError> {
    let reading = caller.may(Read::Branches, Target::District)?;
    let on = date("on", &query.on)?.unwrap_or_else(|| now().date());
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: all } = app.views.branches_on(on).await?;
    let mut rest = all.range::<String, _>((Bound::Excluded(&query.after), Bound::Unbounded)).peekable();
    let mut branches = Vec::new();
    while branches.len() < query.limit.0
        && let Some((branch, cards)) = rest.next()
    {
        branches.push(BranchJson { branch: branch.clone(), cards: *cards });
    }
    let next = rest.peek().and(branches.last()).map(|last| last.branch.clone());
    Ok(Json(BranchList { on: on.to_string(), branches, next, position }))
}
