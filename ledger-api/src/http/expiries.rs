//! Booking lots that ended: for every worker who has some, in commands of their own under one request's key.
//!
//! What can be spent never depends on this booking: a lot that ended is not spendable, booked or not.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, told};
use super::door::Routes;
use super::error::ApiError;
use super::extract::Asking;
use super::wire::{DateJson, PointsJson};
use crate::access::policy::{CommandKind, Who};
use crate::app::App;
use crate::service::due::{Booked, book_expiries};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().walk(CommandKind::ExpireLots, routes!(book))
}

/// Which lots to book.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BookExpiries {
    /// Lots whose last day is not after this day, which must be over.
    through: DateJson,
}

/// What was booked.
#[derive(Debug, Serialize, ToSchema)]
struct ExpiriesAnswer {
    /// For how many workers.
    workers: u64,
    /// How much in all.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

/// Book the lots that ended by a day as expired. Asked again with the same key, it tells what was booked under that key
/// and books what an interrupted first try left.
#[utoipa::path(post, path = "/v1/expiries", tag = "expiries", request_body = BookExpiries,
    responses((status = 200, description = "Booked.", body = ExpiriesAnswer)))]
async fn book(
    State(app): State<App>,
    Asking { caller, context }: Asking,
    ApiJson(body): ApiJson<BookExpiries>,
) -> Result<Answer<ExpiriesAnswer>, ApiError> {
    let through = body.through.read("through")?;
    // On its last day a lot can still be spent.
    if through >= context.at.date() {
        let detail = format!("through: {through} is not over yet; lots that end on it can still be spent");
        return Err(ApiError::new(Code::InvalidDate, detail));
    }
    let booked = book_expiries(&app, Who::Bearer(&caller), &context, through).await?;
    let Booked { workers, points, position, repeated } = booked;
    let receipt = Receipt { position, events: [].into(), repeated };
    told(StatusCode::OK, &receipt, Some(ExpiriesAnswer { workers, points: PointsJson(points), position }))
}
