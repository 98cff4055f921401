//! Closing a year's appraisal of a branch.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::BranchId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::appraisals::kept_year;
use super::body::ApiJson;
use super::command::{Answer, told};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Id;
use super::wire::maybe_position;
use crate::access::policy::{CommandKind, Who};
use crate::app::App;
use crate::service::appraisals::seal;
use crate::service::command::programme_event;

/// The routes of this resource.
pub(super) fn routes() -> Routes {
    Routes::new().walk(CommandKind::SealAppraisal, routes!(seal_appraisal))
}

/// What is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SealAppraisal {
    /// The Party branch.
    #[schema(value_type = Id)]
    branch: BranchId,
    /// The position whose state the meeting appraised; the present without.
    #[serde(default, deserialize_with = "maybe_position")]
    #[schema(minimum = 1)]
    position: Option<u64>,
}

/// What was closed.
#[derive(Debug, Serialize, ToSchema)]
struct SealAnswer {
    /// The calendar year.
    year: i32,
    /// The Party branch.
    branch: String,
    /// The position whose state is sealed: `?at=` it, the bytes of the JSON are those of the digest.
    sealed: u64,
    /// SHA-256 of them, hexadecimal.
    digest: String,
    /// Durable up to here.
    position: u64,
}

/// Close a branch's appraisal of a year (封存). From here on the year reads as it stood at the sealed position, and what is
/// corrected later is told beside it, in `seal.addendum`.
#[utoipa::path(post, path = "/v1/appraisals/{year}/seal", tag = "appraisals", params(("year" = i32, Path)),
    request_body = SealAppraisal, responses((status = 200, description = "Closed.", body = SealAnswer)))]
async fn seal_appraisal(
    State(app): State<App>,
    Asking { caller, context }: Asking,
    ApiPath(year): ApiPath<i32>,
    ApiJson(body): ApiJson<SealAppraisal>,
) -> Result<Answer<SealAnswer>, ApiError> {
    kept_year(year)?;
    let receipt = seal(&app, Who::Bearer(&caller), context, body.branch, year, body.position).await?;
    let answer = programme_event(&receipt, |event| event.as_seal().cloned()).map(|event| SealAnswer {
        year: event.year,
        branch: event.branch.to_string(),
        sealed: event.position,
        digest: event.digest,
        position: receipt.position,
    });
    told(StatusCode::OK, &receipt, answer)
}
