//! Holds: points and goods set aside ahead, taken at the counter or given back.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{HoldId, StoreId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::{AskedLine, AskedSpending};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::redemptions::{Line, RedemptionAnswer, asked_time};
use super::shapes::Id;
use super::wire::{PointsJson, TimeJson, maybe_text, maybe_whole};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};
use crate::service::holds::lasting;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::PlaceHold, routes!(place))
        .route(CommandKind::CaptureHold, routes!(capture))
        .route(CommandKind::ReleaseHold, routes!(release))
}

/// What is set aside for a worker at a store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceHold {
    /// The worker's id (编号).
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// The store's id (网点编号).
    #[schema(value_type = Id)]
    store: StoreId,
    /// What: 1 to 100 lines.
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// When, if not just now: part of the content.
    #[serde(default)]
    at: Option<TimeJson>,
    /// How long it lasts; a day without.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 1, maximum = 43200)]
    lasts_minutes: Option<u32>,
    /// What proves that the worker is the one who spends, as for a redemption. A hold that is placed with the worker's own
    /// account needs none. Not part of the content.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    proof: Option<String>,
}

/// A hold as placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldAnswer {
    /// The hold's name: the key of this command.
    #[schema(value_type = String)]
    hold: HoldId,
    /// The points set aside.
    points: PointsJson,
    /// What the worker can still spend, on that day.
    balance: PointsJson,
    /// It is void from here on.
    #[schema(value_type = String, format = DateTime)]
    expires_at: BusinessTime,
    /// Durable up to here.
    position: u64,
}

impl Ask for PlaceHold {
    type Path = NoPath;
    type Answer = HoldAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let PlaceHold { worker, store, lines, at, lasts_minutes, proof } = self;
        let lasts_seconds = lasting(lasts_minutes)?;
        let lines = lines.into_iter().map(AskedLine::from).collect();
        let (time, no_date) = asked_time(at);
        let spending = AskedSpending { worker, store, lines, time, proven: None };
        let command = Command::PlaceHold(commands::PlaceHold { spending, lasts_seconds });
        Ok(Asked { no_date, proof, ..command.into() })
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<HoldAnswer> {
        worker_event(receipt, |event| {
            let event = event.as_hold()?;
            Some(HoldAnswer {
                hold: event.hold.clone(),
                points: PointsJson(event.points),
                balance: PointsJson(event.balance),
                expires_at: event.expires_at,
                position: receipt.position,
            })
        })
    }
}

impl Body for PlaceHold {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Set points and goods aside.
#[utoipa::path(post, path = "/v1/holds", tag = "holds", request_body = PlaceHold,
    responses((status = 201, description = "Set aside.", body = HoldAnswer)))]
async fn place(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<PlaceHold>,
) -> Result<Answer<HoldAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The hold that an address names.
#[derive(Debug, Deserialize)]
pub struct OfHold {
    hold: HoldId,
}

/// Taking what was set aside needs nothing said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureHold {}

impl Ask for CaptureHold {
    type Path = OfHold;
    type Answer = RedemptionAnswer;

    fn command(self, path: OfHold) -> Result<Asked, ServiceError> {
        Ok(Command::CaptureHold(commands::CaptureHold { hold: path.hold }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<RedemptionAnswer> {
        RedemptionAnswer::new(receipt)
    }
}

impl Body for CaptureHold {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("hold", Code::UnknownRedemption)];
}

/// Take at the counter what was set aside: a redemption is made of it.
#[utoipa::path(post, path = "/v1/holds/{id}/capture", tag = "holds", request_body = CaptureHold,
    params(("id" = String, Path, description = "The hold.")),
    responses((status = 201, description = "Redeemed.", body = RedemptionAnswer)))]
async fn capture(
    State(app): State<App>,
    ApiPath(hold): ApiPath<HoldId>,
    asking: Asking,
    ApiJson(body): ApiJson<CaptureHold>,
) -> Result<Answer<RedemptionAnswer>, ApiError> {
    ask(app, asking, OfHold { hold }, body).await
}

/// Giving back what was set aside: a reason may be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseHold {
    /// Why; the worker sees it.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// A hold that ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasedAnswer {
    /// The hold's name: the key of the command that placed it.
    #[schema(value_type = String)]
    hold: HoldId,
    /// The points given back.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl Ask for ReleaseHold {
    type Path = OfHold;
    type Answer = ReleasedAnswer;

    fn command(self, path: OfHold) -> Result<Asked, ServiceError> {
        Ok(Command::ReleaseHold(commands::ReleaseHold { hold: path.hold, expired: false, reason: self.reason }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<ReleasedAnswer> {
        worker_event(receipt, |event| {
            let event = event.as_hold_end()?;
            let points = PointsJson(event.points);
            Some(ReleasedAnswer { hold: event.hold.clone(), points, position: receipt.position })
        })
    }
}

impl Body for ReleaseHold {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("hold", Code::UnknownRedemption)];
}

/// Give back what was set aside.
#[utoipa::path(post, path = "/v1/holds/{id}/release", tag = "holds", request_body = ReleaseHold,
    params(("id" = String, Path, description = "The hold.")),
    responses((status = 200, description = "Given back.", body = ReleasedAnswer)))]
async fn release(
    State(app): State<App>,
    ApiPath(hold): ApiPath<HoldId>,
    asking: Asking,
    ApiJson(body): ApiJson<ReleaseHold>,
) -> Result<Answer<ReleasedAnswer>, ApiError> {
    ask(app, asking, OfHold { hold }, body).await
}
