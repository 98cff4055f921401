//! Withdrawing an application for a benefit (撤回申请): what was granted is given back, what waits leaves the queue.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{ApplicationId, BenefitId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::benefits::OfApplication;
use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::wire::{PointsJson, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::WithdrawBenefit, routes!(withdraw))
}

/// Why an application is withdrawn, where somebody says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawBenefit {
    /// Why; the worker sees it.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What came of a withdrawal.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawalAnswer {
    /// Which application.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// `withdrawn`.
    #[schema(value_type = String, examples("withdrawn"))]
    status: &'static str,
    /// What went back: to the lots it had come from, or to the debt of a credit taken back meanwhile.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl Ask for WithdrawBenefit {
    type Path = OfApplication;
    type Answer = WithdrawalAnswer;

    fn command(self, path: OfApplication) -> Result<Asked, ServiceError> {
        let OfApplication { benefit, claim: application } = path;
        let command = commands::WithdrawBenefit { benefit, application, reason: self.reason };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<WithdrawalAnswer> {
        let Command::WithdrawBenefit(commands::WithdrawBenefit { application, benefit, .. }) = command else {
            return None;
        };
        let (claim, benefit) = (application.clone(), benefit.clone());
        let returned = receipt.events.iter().filter_map(|event| event.as_worker()?.as_benefit_return());
        let points = PointsJson(returned.map(|returned| returned.points).sum());
        Some(WithdrawalAnswer { claim, benefit, status: "withdrawn", points, position: receipt.position })
    }
}

impl Body for WithdrawBenefit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit), ("claim", Code::UnknownBenefit)];
}

/// Withdraw an application (撤回申请) that was not used: points go back to the lots they came from, money is free again, and
/// the place goes to the next in the queue; after the last day (截止日期) it goes to nobody.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims/{claim}/withdraw", tag = "benefits",
    request_body = WithdrawBenefit,
    params(("id" = String, Path, description = "The benefit."), ("claim" = String, Path, description = "The application.")),
    responses((status = 200, description = "Withdrawn.", body = WithdrawalAnswer)))]
async fn withdraw(
    State(app): State<App>,
    ApiPath((benefit, claim)): ApiPath<(BenefitId, ApplicationId)>,
    asking: Asking,
    ApiJson(body): ApiJson<WithdrawBenefit>,
) -> Result<Answer<WithdrawalAnswer>, ApiError> {
    ask(app, asking, OfApplication { benefit, claim }, body).await
}
