//! What was refused to whom: for auditors.

use axum::Json;
use axum::extract::State;
use chrono::SecondsFormat;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, Limit, from_text};
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::security_log::LoggedRefusal;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Security, routes!(read_security))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SecurityQuery {
    /// Refusals with this code; all of them without.
    #[serde(default)]
    #[param(required = false)]
    code: String,
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
struct RefusalJson {
    /// When the first of them was.
    first: String,
    /// When the last of them was.
    last: String,
    /// How many of the kind there were within a moment.
    times: i64,
    code: String,
    /// To whom: an account or token by its id; null for a stranger.
    who: Option<String>,
    /// From where; null where that is not known.
    address: Option<String>,
    /// What was asked for: method and route, without ids; for a proof at the counter that was wrong (code `invalid_input`),
    /// `proof`, of which kind, and of which worker.
    route: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct SecurityAnswer {
    /// Newest first.
    refusals: Vec<RefusalJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
}

/// What was refused at the door, by rights, by limits, by four eyes and by the guards; newest first.
#[utoipa::path(get, path = "/v1/audit/security", tag = "audit", params(SecurityQuery),
    responses((status = 200, description = "The refusals, newest first.", body = SecurityAnswer)))]
async fn read_security(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<SecurityQuery>,
) -> Result<Json<SecurityAnswer>, ApiError> {
    caller.may(Read::Security, Target::District)?;
    let limit = query.limit.0;
    let found = app.security.newest(query.after, query.code.trim(), limit.saturating_add(1)).await;
    let mut found = found.map_err(|error| ApiError::unavailable(&error))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(SecurityAnswer { refusals: found.into_iter().map(refusal_json).collect(), next }))
}

fn refusal_json(refusal: LoggedRefusal) -> RefusalJson {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    RefusalJson {
        first: refusal.first.to_rfc3339_opts(SecondsFormat::Millis, true),
        last: refusal.last.to_rfc3339_opts(SecondsFormat::Millis, true),
        times: refusal.times,
        code: refusal.code,
        who: some(refusal.who),
        address: some(refusal.address),
        route: refusal.route,
    }
}
