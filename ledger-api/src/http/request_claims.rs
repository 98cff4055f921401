//! Claims of service requests (认领), apart from the work: made by whoever means to do it, then reported (办结) or given up
//! (退回).
//!
//! A claim is named by the key of its command, and the work that is reported of it has the same name.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{HandlingId, Key, RequestId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::requests::{HandlingAnswer, day_of};
use super::shapes::Id;
use super::wire::{DateJson, QuantityJson};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::ClaimRequest, routes!(claim))
        .route(CommandKind::ReportHandling, routes!(report))
        .route(CommandKind::ReturnClaim, routes!(give_up))
}

/// The request that an address names, and the key of the claim.
#[derive(Debug, Deserialize)]
pub struct OnRequest {
    request: RequestId,
    key: Key,
}

/// The claim that an address names.
#[derive(Debug, Deserialize)]
pub struct OfClaim {
    request: RequestId,
    claim: HandlingId,
}

/// A claim: somebody means to do it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    /// 认领人.
    #[schema(value_type = Id)]
    claimer: WorkerId,
    /// 认领日期.
    on: DateJson,
}

/// A claim, as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestClaimAnswer {
    /// Its name: the key of the command that made it, which the work will have too.
    #[schema(value_type = String)]
    claim: HandlingId,
    /// 单号, or the key of the command that posted it.
    #[schema(value_type = String)]
    request: RequestId,
    /// Durable up to here.
    position: u64,
}

impl Ask for ClaimRequest {
    type Path = OnRequest;
    type Answer = RequestClaimAnswer;

    fn command(self, path: OnRequest) -> Result<Asked, ServiceError> {
        let command = commands::ClaimRequest {
            claim: (&path.key).into(),
            request: path.request,
            claimer: self.claimer,
            on: day_of(&self.on),
        };
        Ok(Asked { no_date: self.on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestClaimAnswer> {
        let Command::ClaimRequest(commands::ClaimRequest { claim, request, .. }) = command else { return None };
        Some(RequestClaimAnswer { claim: claim.clone(), request: request.clone(), position: receipt.position })
    }
}

impl Body for ClaimRequest {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest)];
}

/// Claim a request (认领): it is to be done, counts among those who may do it, and earns nothing yet.
#[utoipa::path(post, path = "/v1/requests/{id}/claims", tag = "requests", request_body = ClaimRequest,
    params(("id" = String, Path, description = "The request.")),
    responses((status = 201, description = "Claimed.", body = RequestClaimAnswer)))]
async fn claim(
    State(app): State<App>,
    ApiPath(request): ApiPath<RequestId>,
    asking: Asking,
    ApiJson(body): ApiJson<ClaimRequest>,
) -> Result<Answer<RequestClaimAnswer>, ApiError> {
    let path = OnRequest { request, key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The work of a claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportHandling {
    /// 办结日期.
    done: DateJson,
    /// 数量.
    quantity: QuantityJson,
}

impl Ask for ReportHandling {
    type Path = OfClaim;
    type Answer = HandlingAnswer;

    fn command(self, path: OfClaim) -> Result<Asked, ServiceError> {
        let command = commands::ReportHandling {
            request: path.request,
            claim: path.claim,
            done: day_of(&self.done),
            quantity: self.quantity.0,
        };
        Ok(Asked { no_date: self.done.no_date("done"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<HandlingAnswer> {
        let Command::ReportHandling(commands::ReportHandling { request, claim, .. }) = command else { return None };
        Some(HandlingAnswer::new(claim, request, receipt))
    }
}

impl Body for ReportHandling {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest), ("claim", Code::UnknownRequest)];
}

/// Report the work of a claim (办结). It waits then, and earns once somebody says that it was good.
#[utoipa::path(post, path = "/v1/requests/{id}/claims/{claim}/report", tag = "requests",
    request_body = ReportHandling,
    params(("id" = String, Path, description = "The request."), ("claim" = String, Path, description = "The claim.")),
    responses((status = 200, description = "Reported.", body = HandlingAnswer)))]
async fn report(
    State(app): State<App>,
    ApiPath((request, claim)): ApiPath<(RequestId, HandlingId)>,
    asking: Asking,
    ApiJson(body): ApiJson<ReportHandling>,
) -> Result<Answer<HandlingAnswer>, ApiError> {
    ask(app, asking, OfClaim { request, claim }, body).await
}

/// A claim is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnClaim {
    /// 退回日期.
    on: DateJson,
}

impl Ask for ReturnClaim {
    type Path = OfClaim;
    type Answer = RequestClaimAnswer;

    fn command(self, path: OfClaim) -> Result<Asked, ServiceError> {
        let command = commands::ReturnClaim { request: path.request, claim: path.claim, on: day_of(&self.on) };
        Ok(Asked { no_date: self.on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestClaimAnswer> {
        let Command::ReturnClaim(commands::ReturnClaim { request, claim, .. }) = command else { return None };
        Some(RequestClaimAnswer { claim: claim.clone(), request: request.clone(), position: receipt.position })
    }
}

impl Body for ReturnClaim {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest), ("claim", Code::UnknownRequest)];
}

/// Give a claim up before its work is reported (退回). Another worker may claim the request then.
#[utoipa::path(post, path = "/v1/requests/{id}/claims/{claim}/return", tag = "requests", request_body = ReturnClaim,
    params(("id" = String, Path, description = "The request."), ("claim" = String, Path, description = "The claim.")),
    responses((status = 200, description = "Given up.", body = RequestClaimAnswer)))]
async fn give_up(
    State(app): State<App>,
    ApiPath((request, claim)): ApiPath<(RequestId, HandlingId)>,
    asking: Asking,
    ApiJson(body): ApiJson<ReturnClaim>,
) -> Result<Answer<RequestClaimAnswer>, ApiError> {
    ask(app, asking, OfClaim { request, claim }, body).await
}
