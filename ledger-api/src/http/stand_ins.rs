//! A Party branch's word in place of a partner who left (党支部代为确认).

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{BranchId, PairId, VisitId};
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
use super::pairs::{ConfirmedVisitAnswer, OfVisit};
use super::shapes::Id;
use super::wire::DateJson;
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::StandInForVisit, routes!(stand_in))
}

/// The word of the pair's branch, in place of the partner who has to give it and has left.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandInForVisit {
    /// 所在党支部: the branch that made the pair.
    #[schema(value_type = Id)]
    branch: BranchId,
    /// 确认日期: the date of the credit; the partner has left by then.
    on: DateJson,
}

impl Ask for StandInForVisit {
    type Path = OfVisit;
    type Answer = ConfirmedVisitAnswer;

    fn command(self, path: OfVisit) -> Result<Asked, ServiceError> {
        let no_date = self.on.no_date("on");
        let on = self.on.0.ok();
        let OfVisit { pair, visit } = path;
        let command = commands::StandInForVisit { pair, visit, branch: self.branch, on };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ConfirmedVisitAnswer> {
        let Command::StandInForVisit(commands::StandInForVisit { visit, pair, .. }) = command else { return None };
        Some(ConfirmedVisitAnswer::new(pair, visit, receipt))
    }
}

impl Body for StandInForVisit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("pair", Code::UnknownPair), ("visit", Code::UnknownPair)];
}

/// Confirm a visit in place of a partner who left, as the branch of the pair; who reported it earns.
#[utoipa::path(post, path = "/v1/pairs/{id}/visits/{visit}/stand-in", tag = "pairs", request_body = StandInForVisit,
    params(("id" = String, Path, description = "The pair."), ("visit" = String, Path, description = "The visit.")),
    responses((status = 200, description = "Confirmed and credited.", body = ConfirmedVisitAnswer)))]
async fn stand_in(
    State(app): State<App>,
    ApiPath((pair, visit)): ApiPath<(PairId, VisitId)>,
    asking: Asking,
    ApiJson(body): ApiJson<StandInForVisit>,
) -> Result<Answer<ConfirmedVisitAnswer>, ApiError> {
    ask(app, asking, OfVisit { pair, visit }, body).await
}
