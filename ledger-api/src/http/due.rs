//! Doing at once what is due by itself: credits whose publicity is over, objections that are final, holds that ran out, lots
//! that ended, grants whose last day is over.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::ledger::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, told};
use super::door::Routes;
use super::error::ApiError;
use super::extract::Asking;
use super::wire::{DateJson, PointsJson, maybe_day};
use crate::access::policy::{CommandKind, Target};
use crate::app::App;
use crate::service::due::{Done, carry_out};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().walk(CommandKind::SettleCredit, routes!(due))
}

/// What to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CarryOut {
    /// What is due through this day; today, which is also the last day that may be named, without.
    #[serde(default)]
    through: Option<DateJson>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
struct DueAnswer {
    /// Credits that count from now on.
    confirmed: u64,
    /// Credits that were rejected for good.
    rejected: u64,
    /// Holds that were given back.
    released: u64,
    /// Grants whose last day is over and whose end was booked.
    ended: u64,
    /// What was booked as expired.
    expired: ExpiredJson,
    /// Durable up to here.
    position: u64,
}

/// What was booked as expired.
#[derive(Debug, Serialize, ToSchema)]
struct ExpiredJson {
    /// For how many workers.
    workers: u64,
    /// How much in all.
    points: PointsJson,
}

/// Do what is due: nothing of it comes sooner than it would by itself, and nothing is done twice.
#[utoipa::path(post, path = "/v1/due", tag = "credits", request_body = CarryOut,
    responses((status = 200, description = "Done.", body = DueAnswer)))]
async fn due(
    State(app): State<App>,
    Asking { caller, .. }: Asking,
    ApiJson(body): ApiJson<CarryOut>,
) -> Result<Answer<DueAnswer>, ApiError> {
    crate::service::due::may_carry_out(&caller, Target::District)?;
    let through = maybe_day("through", body.through)?;
    let Done { confirmed, rejected, released, ended, expired_workers, expired_points, position, .. } =
        carry_out(&app, through).await?;
    let receipt = Receipt { position, events: [].into(), repeated: false };
    let expired = ExpiredJson { workers: expired_workers, points: PointsJson(expired_points) };
    told(StatusCode::OK, &receipt, Some(DueAnswer { confirmed, rejected, released, ended, expired, position }))
}
