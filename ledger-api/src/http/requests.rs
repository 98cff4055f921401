//! Service requests (需求): posting one, recording the work on it, and saying what the work was worth.
//!
//! A request is named by the key of its command, and so is the work: as a row of a sheet is by its first column.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, HandlingId, Key, RequestId, SiteId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::command::{Word, Work};
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ByKey, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, KeyName};
use super::wire::{DateJson, PointsJson, QuantityJson, maybe_day};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::PostRequest, routes!(post))
        .route(CommandKind::RecordHandling, routes!(record))
        .route(CommandKind::RateHandling, routes!(rate))
}

/// A service request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostRequest {
    /// 活动代码: a line of the schedule that is credited when the work is rated or fed back (计分时点).
    #[schema(value_type = Id)]
    activity: ActivityCode,
    /// 提出日期.
    on: DateJson,
    /// 上报人, where a worker reported it.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    reporter: Option<WorkerId>,
    /// 并入单号: an earlier request that this one repeats.
    #[serde(default)]
    #[schema(value_type = Option<KeyName>)]
    merged_into: Option<RequestId>,
    /// The site that routes it (驿站编号); without one it is where the reporter belongs.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    site: Option<SiteId>,
    /// 办理时限: by which day it is to be done. An annotation: it is no part of what a repeat is told by.
    #[serde(default)]
    due: Option<DateJson>,
}

/// A request as posted, passed on, linked to an earlier one or taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestAnswer {
    /// Its name: the key of the command that posted it.
    #[schema(value_type = String)]
    request: RequestId,
    /// Durable up to here.
    position: u64,
}

impl RequestAnswer {
    pub(super) fn new(request: &RequestId, receipt: &Receipt) -> RequestAnswer {
        RequestAnswer { request: request.clone(), position: receipt.position }
    }
}

/// A day, where it is one.
pub(super) fn day_of(day: &DateJson) -> Option<NaiveDate> {
    day.0.as_ref().ok().copied()
}

impl Ask for PostRequest {
    type Path = ByKey;
    type Answer = RequestAnswer;

    fn command(self, path: ByKey) -> Result<Asked, ServiceError> {
        let command = commands::PostRequest {
            request: (&path.key).into(),
            activity: self.activity,
            on: day_of(&self.on),
            reporter: self.reporter,
            merged_into: self.merged_into,
            site: self.site,
            due: maybe_day("due", self.due)?,
        };
        Ok(Asked { no_date: self.on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RequestAnswer> {
        let Command::PostRequest(commands::PostRequest { request, .. }) = command else { return None };
        Some(RequestAnswer::new(request, receipt))
    }
}

impl Body for PostRequest {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Post a service request (需求清单): a wish, an order, a hazard, an errand.
#[utoipa::path(post, path = "/v1/requests", tag = "requests", request_body = PostRequest,
    responses((status = 201, description = "Posted.", body = RequestAnswer)))]
async fn post(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<PostRequest>,
) -> Result<Answer<RequestAnswer>, ApiError> {
    let path = ByKey { key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The request that an address names, and the key of the work.
#[derive(Debug, Deserialize)]
pub struct OnRequest {
    request: RequestId,
    key: Key,
}

/// Work on a request, which waits for what is said of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordHandling {
    /// 认领人; none where a report is fed back and the reporter earns.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    claimer: Option<WorkerId>,
    /// 认领日期; none where a report is fed back.
    #[serde(default)]
    claimed: Option<DateJson>,
    /// 办结日期; none where a report is fed back.
    #[serde(default)]
    done: Option<DateJson>,
    /// 数量.
    quantity: QuantityJson,
}

/// Work as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingAnswer {
    /// Its name: the key of this command, or of the claim, which the credit will have too.
    #[schema(value_type = String)]
    handling: HandlingId,
    /// On which request.
    #[schema(value_type = String)]
    request: RequestId,
    /// Durable up to here.
    position: u64,
}

impl HandlingAnswer {
    pub(super) fn new(handling: &HandlingId, request: &RequestId, receipt: &Receipt) -> HandlingAnswer {
        HandlingAnswer { handling: handling.clone(), request: request.clone(), position: receipt.position }
    }
}

impl Ask for RecordHandling {
    type Path = OnRequest;
    type Answer = HandlingAnswer;

    fn command(self, path: OnRequest) -> Result<Asked, ServiceError> {
        let RecordHandling { claimer, claimed, done, quantity } = self;
        let days = [("claimed", &claimed), ("done", &done)];
        let no_date = days.into_iter().find_map(|(field, day)| day.as_ref()?.no_date(field));
        let (claimed, done) = (claimed.as_ref().and_then(day_of), done.as_ref().and_then(day_of));
        let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let work = Work {
            claimed: text(claimed),
            claimer: claimer.as_ref().map(ToString::to_string).unwrap_or_default(),
            done: text(done),
            quantity: quantity.0.map(|quantity| quantity.millionths().to_string()).unwrap_or_default(),
        };
        let command = commands::RecordHandling {
            handling: (&path.key).into(),
            request: path.request,
            claimer,
            claimed,
            done,
            quantity: quantity.0,
            work,
            rating: None,
            completes: false,
        };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<HandlingAnswer> {
        let Command::RecordHandling(commands::RecordHandling { request, handling, .. }) = command else { return None };
        Some(HandlingAnswer::new(handling, request, receipt))
    }
}

impl Body for RecordHandling {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("request", Code::UnknownRequest)];
}

/// Record work on a request (办理记录). It waits, and earns once somebody says that it was good.
#[utoipa::path(post, path = "/v1/requests/{id}/handlings", tag = "requests", request_body = RecordHandling,
    params(("id" = String, Path, description = "The request.")),
    responses((status = 201, description = "Recorded.", body = HandlingAnswer)))]
async fn record(
    State(app): State<App>,
    ApiPath(request): ApiPath<RequestId>,
    asking: Asking,
    ApiJson(body): ApiJson<RecordHandling>,
) -> Result<Answer<HandlingAnswer>, ApiError> {
    let path = OnRequest { request, key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The work that an address names.
#[derive(Debug, Deserialize)]
pub struct OfHandling {
    request: RequestId,
    handling: HandlingId,
}

/// 评价, 反馈.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum WordJson {
    /// It was good.
    #[serde(rename = "满意")]
    Satisfied,
    /// It was good on the whole.
    #[serde(rename = "基本满意")]
    MostlySatisfied,
    /// It was not good.
    #[serde(rename = "不满意")]
    Dissatisfied,
    /// The report was true.
    #[serde(rename = "属实")]
    True,
    /// The report was not true.
    #[serde(rename = "不属实")]
    Untrue,
}

impl WordJson {
    const fn word(self) -> Word {
        match self {
            WordJson::Satisfied => Word::Satisfied,
            WordJson::MostlySatisfied => Word::MostlySatisfied,
            WordJson::Dissatisfied => Word::Dissatisfied,
            WordJson::True => Word::True,
            WordJson::Untrue => Word::Untrue,
        }
    }
}

/// What is said of work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateHandling {
    /// 评价: 满意, 基本满意 and 属实 earn.
    rating: WordJson,
    /// 评价日期: the date of the credit.
    on: DateJson,
}

/// What was said of work, and what it earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingAnswer {
    /// Which work.
    #[schema(value_type = String)]
    handling: HandlingId,
    /// On which request.
    #[schema(value_type = String)]
    request: RequestId,
    /// Who earned; null where nobody did.
    #[schema(value_type = Option<String>)]
    worker: Option<WorkerId>,
    /// The points of the credit, which has the name of the work.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl Ask for RateHandling {
    type Path = OfHandling;
    type Answer = RatingAnswer;

    fn command(self, path: OfHandling) -> Result<Asked, ServiceError> {
        let command = commands::RateHandling {
            request: path.request,
            handling: path.handling,
            rating: AskedRating {
                on: day_of(&self.on),
                pairs: Vec::new(),
                word: self.rating.word().chinese().to_owned(),
            },
        };
        Ok(Asked { no_date: self.on.no_date("on"), ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<RatingAnswer> {
        let Command::RateHandling(commands::RateHandling { request, handling, .. }) = command else { return None };
        let (worker, points) = earned(receipt);
        Some(RatingAnswer {
            handling: handling.clone(),
            request: request.clone(),
            worker,
            points: PointsJson(points),
            position: receipt.position,
        })
    }
}

/// Who earned by a command, and how many points.
pub(super) fn earned(receipt: &Receipt) -> (Option<WorkerId>, Points) {
    let credit = worker_event(receipt, |event: &WorkerEvent| {
        event.as_service().map(|record| (Some(record.worker.clone()), record.points))
    });
    credit.unwrap_or((None, Points::ZERO))
}

impl Body for RateHandling {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] =
        &[("request", Code::UnknownRequest), ("handling", Code::UnknownRequest)];
}

/// Say what work was worth (评价), or feed back whether a report was true (反馈). Nobody does so of what the own points
/// come from.
#[utoipa::path(post, path = "/v1/requests/{id}/handlings/{handling}/rate", tag = "requests",
    request_body = RateHandling,
    params(("id" = String, Path, description = "The request."), ("handling" = String, Path, description = "The work.")),
    responses((status = 200, description = "Said, and credited where it was good.", body = RatingAnswer)))]
async fn rate(
    State(app): State<App>,
    ApiPath((request, handling)): ApiPath<(RequestId, HandlingId)>,
    asking: Asking,
    ApiJson(body): ApiJson<RateHandling>,
) -> Result<Answer<RatingAnswer>, ApiError> {
    ask(app, asking, OfHandling { request, handling }, body).await
}
