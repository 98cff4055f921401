//! Redemptions: points spent at a store, and given back.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{RedemptionId, Sku, StoreId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, Reason};
use super::wire::{PointsJson, Text, TimeJson, UnitsJson, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};
use crate::service::reading::no_time;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::Redeem, routes!(redeem)).route(CommandKind::ReverseRedemption, routes!(reverse))
}

/// One line of a redemption or hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which item.
    #[schema(value_type = Id)]
    sku: Sku,
    /// In units of the item.
    quantity: UnitsJson,
}

impl From<Line> for AskedLine {
    fn from(line: Line) -> AskedLine {
        AskedLine { sku: line.sku, quantity: line.quantity.0 }
    }
}

/// When a redemption or hold was made, from what a body says; and what is said of it where that is no time.
pub(super) fn asked_time(at: Option<TimeJson>) -> (AskedTime, Option<String>) {
    match at {
        None => (AskedTime::Now, None),
        Some(TimeJson(Ok(time))) => (AskedTime::Stated(time), None),
        Some(TimeJson(Err(sent))) => (AskedTime::Unreadable, Some(no_time("at", &sent))),
    }
}

/// What a worker takes at a store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// Who spends.
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// The store's id (网点编号).
    #[schema(value_type = Id)]
    store: StoreId,
    /// On what: 1 to 100 lines.
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// 兑换时间, when it was not just now: part of the content, and only lots spendable on its day count.
    #[serde(default)]
    at: Option<TimeJson>,
    /// What proves that the worker is the one who spends, where the district's `counter_proof` asks: the code that the
    /// worker's page shows, with or without the worker's id before it (`YS-0001#123456`), the printed one, or the PIN. Not
    /// part of the content: the same key with a newer code is the same command.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    proof: Option<String>,
}

/// A redemption as made: the debit, the goods and the merchants' claims in one transaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedemptionAnswer {
    /// The redemption's name: the key of the command that made it.
    #[schema(value_type = String)]
    redemption: RedemptionId,
    /// Exact, with two decimals at most.
    points: PointsJson,
    /// What the worker can spend afterwards, on that day.
    balance: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl RedemptionAnswer {
    /// From the event that made or reversed it.
    pub(super) fn new(receipt: &Receipt) -> Option<RedemptionAnswer> {
        worker_event(receipt, |event| {
            let made = event.as_redemption().map(|made| (made.redemption, made.points, made.balance));
            let back = event.as_return().map(|event| (&event.redemption, event.points, event.balance));
            let (redemption, points, balance) = made.or(back)?;
            Some(RedemptionAnswer {
                redemption: redemption.clone(),
                points: PointsJson(points),
                balance: PointsJson(balance),
                position: receipt.position,
            })
        })
    }
}

impl Ask for Redeem {
    type Path = NoPath;
    type Answer = RedemptionAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let Redeem { worker, store, lines, at, proof } = self;
        let lines = lines.into_iter().map(AskedLine::from).collect();
        let (time, no_date) = asked_time(at);
        let spending = AskedSpending { worker, store, lines, time, proven: None };
        Ok(Asked { no_date, proof, ..Command::Redeem(spending).into() })
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<RedemptionAnswer> {
        RedemptionAnswer::new(receipt)
    }
}

impl Body for Redeem {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Spend points at a store.
#[utoipa::path(post, path = "/v1/redemptions", tag = "redemptions", request_body = Redeem,
    responses((status = 201, description = "Spent.", body = RedemptionAnswer)))]
async fn redeem(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<Redeem>,
) -> Result<Answer<RedemptionAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The redemption that an address names.
#[derive(Debug, Deserialize)]
pub struct OfRedemption {
    redemption: RedemptionId,
}

/// A redemption that is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseRedemption {
    /// Why; the worker sees it.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for ReverseRedemption {
    type Path = OfRedemption;
    type Answer = RedemptionAnswer;

    fn command(self, path: OfRedemption) -> Result<Asked, ServiceError> {
        Ok(Command::ReverseRedemption(commands::ReverseRedemption {
            redemption: path.redemption,
            reason: self.reason.0,
        })
        .into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<RedemptionAnswer> {
        RedemptionAnswer::new(receipt)
    }
}

impl Body for ReverseRedemption {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("redemption", Code::UnknownRedemption)];
}

/// Give the points of a redemption back to the lots they came from, and the goods to the shelf.
#[utoipa::path(post, path = "/v1/redemptions/{id}/reverse", tag = "redemptions", request_body = ReverseRedemption,
    params(("id" = String, Path, description = "The redemption.")),
    responses((status = 200, description = "Given back.", body = RedemptionAnswer)))]
async fn reverse(
    State(app): State<App>,
    ApiPath(redemption): ApiPath<RedemptionId>,
    asking: Asking,
    ApiJson(body): ApiJson<ReverseRedemption>,
) -> Result<Answer<RedemptionAnswer>, ApiError> {
    ask(app, asking, OfRedemption { redemption }, body).await
}
