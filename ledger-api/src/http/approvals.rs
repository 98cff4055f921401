//! What bodies say of an application for a benefit (审核): each approves it by a person of its own, or one sends it back.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{ApplicationId, BenefitId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::benefits::{OfApplication, status};
use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Reason;
use super::wire::Text;
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::applied::became;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::CheckBenefit, routes!(check)).route(CommandKind::RejectBenefit, routes!(reject))
}

/// The word of a body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBenefit {
    /// 审核单位: one of those of the benefit when it was applied for, which has not said so yet.
    #[schema(value_type = Reason)]
    body: Text,
}

/// What became of an application.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenefitCheckedAnswer {
    /// Which application.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// `proposed` (another body has a word in it), `granted`, or `waiting`: places are gone, and it stands in the queue.
    #[schema(value_type = String, examples("granted"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl Ask for CheckBenefit {
    type Path = OfApplication;
    type Answer = BenefitCheckedAnswer;

    fn command(self, path: OfApplication) -> Result<Asked, ServiceError> {
        let OfApplication { benefit, claim: application } = path;
        Ok(Command::from(commands::CheckBenefit { benefit, application, body: self.body.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<BenefitCheckedAnswer> {
        let Command::CheckBenefit(commands::CheckBenefit { application, benefit, .. }) = command else { return None };
        let status = status(became(receipt)?);
        let (claim, benefit) = (application.clone(), benefit.clone());
        Some(BenefitCheckedAnswer { claim, benefit, status, position: receipt.position })
    }
}

impl Body for CheckBenefit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit), ("claim", Code::UnknownBenefit)];
}

/// Approve an application (审核通过) for a body: the word of the last one grants it, or lets it wait for a place, as an
/// application of its own time is in this moment.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims/{claim}/check", tag = "benefits", request_body = CheckBenefit,
    params(("id" = String, Path, description = "The benefit."), ("claim" = String, Path, description = "The application.")),
    responses((status = 200, description = "Approved by this body.", body = BenefitCheckedAnswer)))]
async fn check(
    State(app): State<App>,
    ApiPath((benefit, claim)): ApiPath<(BenefitId, ApplicationId)>,
    asking: Asking,
    ApiJson(body): ApiJson<CheckBenefit>,
) -> Result<Answer<BenefitCheckedAnswer>, ApiError> {
    ask(app, asking, OfApplication { benefit, claim }, body).await
}

/// Why an application is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBenefit {
    /// Why; the worker sees it.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// That an application was sent back.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenefitRejectedAnswer {
    /// Which application.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// `rejected`.
    #[schema(value_type = String, examples("rejected"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl Ask for RejectBenefit {
    type Path = OfApplication;
    type Answer = BenefitRejectedAnswer;

    fn command(self, path: OfApplication) -> Result<Asked, ServiceError> {
        let OfApplication { benefit, claim: application } = path;
        Ok(Command::from(commands::RejectBenefit { benefit, application, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<BenefitRejectedAnswer> {
        let Command::RejectBenefit(commands::RejectBenefit { application, benefit, .. }) = command else { return None };
        let (claim, benefit) = (application.clone(), benefit.clone());
        Some(BenefitRejectedAnswer { claim, benefit, status: "rejected", position: receipt.position })
    }
}

impl Body for RejectBenefit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit), ("claim", Code::UnknownBenefit)];
}

/// Send an application back (退回) that waits for approval: nothing was spent, and its certificate is free again.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims/{claim}/reject", tag = "benefits", request_body = RejectBenefit,
    params(("id" = String, Path, description = "The benefit."), ("claim" = String, Path, description = "The application.")),
    responses((status = 200, description = "Sent back.", body = BenefitRejectedAnswer)))]
async fn reject(
    State(app): State<App>,
    ApiPath((benefit, claim)): ApiPath<(BenefitId, ApplicationId)>,
    asking: Asking,
    ApiJson(body): ApiJson<RejectBenefit>,
) -> Result<Answer<BenefitRejectedAnswer>, ApiError> {
    ask(app, asking, OfApplication { benefit, claim }, body).await
}
