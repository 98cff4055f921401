//! The slip for the word of whom work was done for (评价单): its code.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::ids::{HandlingId, RequestId};
use ledger_core::domain::refusal::Code;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller};
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::service::rating_slips::{Slip, issue};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::RatingSlip, routes!(read_slip))
}

/// The slip of work that waits for its word.
#[derive(Debug, Serialize, ToSchema)]
struct RatingSlipJson {
    request: String,
    handling: String,
    /// What the activity is called.
    activity: String,
    /// 办结日期, as it was entered.
    done: String,
    /// Signed by the ledger: whoever shows it says once what this work was worth.
    code: String,
    /// The page that takes the word, with the code, on this server: what a QR holds behind the server's address.
    page: String,
}

/// The code of the slip by which work is rated without an account (评价单), while it waits for its word. The desk, or whoever
/// reported the request, gives it to whom the work was done for; nobody gets the slip of the own work.
#[utoipa::path(get, path = "/v1/requests/{id}/handlings/{handling}/code", tag = "requests",
    params(("id" = String, Path, description = "The request."), ("handling" = String, Path, description = "The work."),
        OneQuery),
    responses((status = 200, description = "The code.", body = RatingSlipJson)))]
async fn read_slip(
    State(app): State<App>,
    caller: Caller,
    ApiPath((request, handling)): ApiPath<(RequestId, HandlingId)>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<RatingSlipJson>, ApiError> {
    let target = Target::Handling { request: request.as_str(), handling: handling.as_str() };
    let reading = caller.may_here(&app, Read::RatingSlip, target).await?;
    reading.at_least(&app, query.min_position).await?;
    let issued = issue(&app, reading, Slip { request, handling }).await;
    let issued = issued.map_err(|error| ApiError::of(error, &[Code::UnknownRequest]))?;
    Ok(Json(RatingSlipJson {
        request: issued.shown.slip.request.to_string(),
        handling: issued.shown.slip.handling.to_string(),
        activity: issued.shown.activity,
        done: issued.shown.done,
        // A code's characters stand in an address as they are.
        page: format!("/rate?code={}", issued.code),
        code: issued.code,
    }))
}
