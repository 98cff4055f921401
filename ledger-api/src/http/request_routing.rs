//! Where a service request goes before anybody works on it: passed on (转办), linked to an earlier one that it repeats (并入),
//! or taken back (撤回).

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{RequestId, SiteId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::requests::{RequestAnswer, day_of};
use super::shapes::{Id, KeyName, Reason};
use super::wire::{DateJson, Text, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::RouteRequest, routes!(route))
        .route(CommandKind::WithdrawRequest, routes!(withdraw))
        .route(CommandKind::MergeRequest, routes!(merge))
}

/// The request that an address names.
#[derive(Debug, Deserialize)]
pub struct OfRequest {
    request: RequestId,
}

/// Who is to see to a request: a body, a site, or a body at a site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteRequest {
    /// 承办单位.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    body: Option<Text>,
    /// 驿站编号: whoever acts there may then act on the request, as may those of the site that took it in.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    site: Option<SiteId>,
    /// 转办日期: of several, who was named for the latest day sees to it.
    on: DateJson,
}

impl Ask for RouteRequest {
    type Path = OfRequest;
    type Answer = RequestAnswer;

    fn command(self, path: OfRequest) -> Result<Asked, ServiceError> {
        let RouteRequest { body, site, on } = self;
        let body = body.map(|body| body.0);
        let command = commands::RouteRequest { request: path.request, body, site, on: day_of(&on) };
        Ok(Asked { no_date: on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestAnswer> {
        let Command::RouteRequest(commands::RouteRequest { request, .. }) = command else { return None };
        Some(RequestAnswer::new(request, receipt))
    }
}

impl Body for RouteRequest {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest)];
}

/// Pass a request on to whoever is to see to it (转办).
#[utoipa::path(post, path = "/v1/requests/{id}/route", tag = "requests", request_body = RouteRequest,
    params(("id" = String, Path, description = "The request.")),
    responses((status = 200, description = "Passed on.", body = RequestAnswer)))]
async fn route(
    State(app): State<App>,
    ApiPath(request): ApiPath<RequestId>,
    asking: Asking,
    ApiJson(body): ApiJson<RouteRequest>,
) -> Result<Answer<RequestAnswer>, ApiError> {
    ask(app, asking, OfRequest { request }, body).await
}

/// A request is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawRequest {
    /// 撤回日期.
    on: DateJson,
}

impl Ask for WithdrawRequest {
    type Path = OfRequest;
    type Answer = RequestAnswer;

    fn command(self, path: OfRequest) -> Result<Asked, ServiceError> {
        let command = commands::WithdrawRequest { request: path.request, on: day_of(&self.on) };
        Ok(Asked { no_date: self.on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestAnswer> {
        let Command::WithdrawRequest(commands::WithdrawRequest { request, .. }) = command else { return None };
        Some(RequestAnswer::new(request, receipt))
    }
}

impl Body for WithdrawRequest {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest)];
}

/// Take back a request on which nobody works (撤回): nobody claims it from then on. What was rated is reversed instead.
#[utoipa::path(post, path = "/v1/requests/{id}/withdraw", tag = "requests", request_body = WithdrawRequest,
    params(("id" = String, Path, description = "The request.")),
    responses((status = 200, description = "Taken back.", body = RequestAnswer)))]
async fn withdraw(
    State(app): State<App>,
    ApiPath(request): ApiPath<RequestId>,
    asking: Asking,
    ApiJson(body): ApiJson<WithdrawRequest>,
) -> Result<Answer<RequestAnswer>, ApiError> {
    ask(app, asking, OfRequest { request }, body).await
}

/// The earlier request that one repeats.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// 并入单号: which one. It was merged into no other itself, and not taken back.
    #[schema(value_type = KeyName)]
    into: RequestId,
    /// Why, where somebody says.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

impl Ask for MergeRequest {
    type Path = OfRequest;
    type Answer = RequestAnswer;

    fn command(self, path: OfRequest) -> Result<Asked, ServiceError> {
        let command = commands::MergeRequest { request: path.request, into: self.into, reason: self.reason };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestAnswer> {
        let Command::MergeRequest(commands::MergeRequest { request, .. }) = command else { return None };
        Some(RequestAnswer::new(request, receipt))
    }
}

impl Body for MergeRequest {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest)];
}

/// Link a request on which nobody works to an earlier one that it repeats (并入): from then on it is as one that was posted
/// with that number, on record and without an award of its own.
#[utoipa::path(post, path = "/v1/requests/{id}/merge", tag = "requests", request_body = MergeRequest,
    params(("id" = String, Path, description = "The request that repeats another one.")),
    responses((status = 200, description = "Linked.", body = RequestAnswer)))]
async fn merge(
    State(app): State<App>,
    ApiPath(request): ApiPath<RequestId>,
    asking: Asking,
    ApiJson(body): ApiJson<MergeRequest>,
) -> Result<Answer<RequestAnswer>, ApiError> {
    ask(app, asking, OfRequest { request }, body).await
}
