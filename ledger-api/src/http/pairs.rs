//! Pairs (帮带结对) and the visits within them (走访): one reports, the other confirms.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, BranchId, Key, PairId, VisitId, WorkerId};
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pair::state::Visit;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller};
use super::requests::earned;
use super::shapes::Id;
use super::wire::{DateJson, PointsJson, maybe_day};
use crate::access::policy::{CommandKind, Read};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};
use crate::service::pairs::reciprocal_to;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::OpenPair, routes!(open))
        .route(CommandKind::RecordVisit, routes!(visit))
        .route(CommandKind::ConfirmVisit, routes!(confirm))
        .route(Read::Pair, routes!(read_pair))
}

/// A pair; sent again with other days it is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenPair {
    /// 结对号.
    #[schema(value_type = Id)]
    id: PairId,
    /// 帮带人.
    #[schema(value_type = Id)]
    helper: WorkerId,
    /// 被帮带人.
    #[schema(value_type = Id)]
    helped: WorkerId,
    /// 所在党支部.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    branch: Option<BranchId>,
    /// 结对日期: the first day.
    since: DateJson,
    /// 解除日期: the first day no longer.
    #[serde(default)]
    ended: Option<DateJson>,
}

/// A pair as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairAnswer {
    /// The pair's number (结对号).
    #[schema(value_type = String)]
    pair: PairId,
    /// Durable up to here.
    position: u64,
}

impl Ask for OpenPair {
    type Path = NoPath;
    type Answer = PairAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let since = self.since.read("since")?;
        let terms = PairTerms {
            branch: self.branch,
            ended: maybe_day("ended", self.ended)?,
            helped: self.helped,
            helper: self.helper,
            since,
        };
        Ok(Command::from(commands::OpenPair { pair: self.id, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<PairAnswer> {
        let Command::OpenPair(commands::OpenPair { pair, .. }) = command else { return None };
        Some(PairAnswer { pair: pair.clone(), position: receipt.position })
    }
}

impl Body for OpenPair {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Pair two workers (帮带结对), or bring a pair up to date: an end is a day in `ended`.
#[utoipa::path(post, path = "/v1/pairs", tag = "pairs", request_body = OpenPair,
    responses((status = 201, description = "Paired.", body = PairAnswer)))]
async fn open(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<OpenPair>,
) -> Result<Answer<PairAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The pair that an address names, and the key of the visit.
#[derive(Debug, Deserialize)]
pub struct OfPair {
    pair: PairId,
    key: Key,
}

/// A visit, which waits for the other one of the pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    /// 活动代码.
    #[schema(value_type = Id)]
    activity: ActivityCode,
    /// 走访日期.
    on: DateJson,
    /// 填报人: one of the pair.
    #[schema(value_type = Id)]
    reporter: WorkerId,
}

/// A visit as reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitAnswer {
    /// Its name: the key of this command, which the credit will have too.
    #[schema(value_type = String)]
    visit: VisitId,
    /// 结对号.
    #[schema(value_type = String)]
    pair: PairId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RecordVisit {
    type Path = OfPair;
    type Answer = VisitAnswer;

    fn command(self, path: OfPair) -> Result<Asked, ServiceError> {
        let no_date = self.on.no_date("on");
        let command = commands::RecordVisit {
            visit: (&path.key).into(),
            pair: path.pair,
            activity: self.activity,
            on: self.on.0.ok(),
            reporter: self.reporter,
            confirmation: None,
            completes: false,
        };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<VisitAnswer> {
        let Command::RecordVisit(commands::RecordVisit { visit, pair, .. }) = command else { return None };
        Some(VisitAnswer { visit: visit.clone(), pair: pair.clone(), position: receipt.position })
    }
}

impl Body for RecordVisit {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("pair", Code::UnknownPair)];
}

/// Report a visit (走访记录). It waits, and earns once the other one of the pair confirms it.
#[utoipa::path(post, path = "/v1/pairs/{id}/visits", tag = "pairs", request_body = RecordVisit,
    params(("id" = String, Path, description = "The pair.")),
    responses((status = 201, description = "Reported.", body = VisitAnswer)))]
async fn visit(
    State(app): State<App>,
    ApiPath(pair): ApiPath<PairId>,
    asking: Asking,
    ApiJson(body): ApiJson<RecordVisit>,
) -> Result<Answer<VisitAnswer>, ApiError> {
    let path = OfPair { pair, key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The visit that an address names.
#[derive(Debug, Deserialize)]
pub struct OfVisit {
    pub(super) pair: PairId,
    pub(super) visit: VisitId,
}

/// The word of the other one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmVisit {
    /// 确认人: the one of the pair who did not report it.
    #[schema(value_type = Id)]
    by: WorkerId,
    /// 确认日期: the date of the credit.
    on: DateJson,
}

/// A visit as confirmed, and what it earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfirmedVisitAnswer {
    /// The row's number (走访号).
    #[schema(value_type = String)]
    visit: VisitId,
    /// 结对号.
    #[schema(value_type = String)]
    pair: PairId,
    /// Who earned: the one who reported it.
    #[schema(value_type = Option<String>)]
    worker: Option<WorkerId>,
    /// The points of the credit, which has the name of the visit.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl ConfirmedVisitAnswer {
    /// Of a visit that was confirmed just now, by whomever.
    pub(super) fn new(pair: &PairId, visit: &VisitId, receipt: &Receipt) -> ConfirmedVisitAnswer {
        let ((worker, points), position) = (earned(receipt), receipt.position);
        let (pair, visit, points) = (pair.clone(), visit.clone(), PointsJson(points));
        ConfirmedVisitAnswer { visit, pair, worker, points, position }
    }
}

impl Ask for ConfirmVisit {
    type Path = OfVisit;
    type Answer = ConfirmedVisitAnswer;

    fn command(self, path: OfVisit) -> Result<Asked, ServiceError> {
        let no_date = self.on.no_date("on");
        let on = self.on.0.ok();
        let command = commands::ConfirmVisit { pair: path.pair, visit: path.visit, by: self.by, on };
        Ok(Asked { no_date, ..Asked::from(Command::from(command)) })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ConfirmedVisitAnswer> {
        let Command::ConfirmVisit(commands::ConfirmVisit { visit, pair, .. }) = command else { return None };
        Some(ConfirmedVisitAnswer::new(pair, visit, receipt))
    }
}

impl Body for ConfirmVisit {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("pair", Code::UnknownPair), ("visit", Code::UnknownPair)];
}

/// Confirm a visit: the other one of the pair says so too, and who reported it earns.
#[utoipa::path(post, path = "/v1/pairs/{id}/visits/{visit}/confirm", tag = "pairs", request_body = ConfirmVisit,
    params(("id" = String, Path, description = "The pair."), ("visit" = String, Path, description = "The visit.")),
    responses((status = 200, description = "Confirmed and credited.", body = ConfirmedVisitAnswer)))]
async fn confirm(
    State(app): State<App>,
    ApiPath((pair, visit)): ApiPath<(PairId, VisitId)>,
    asking: Asking,
    ApiJson(body): ApiJson<ConfirmVisit>,
) -> Result<Answer<ConfirmedVisitAnswer>, ApiError> {
    ask(app, asking, OfVisit { pair, visit }, body).await
}

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
struct VisitJson {
    visit: String,
    activity: String,
    #[schema(value_type = String, format = Date)]
    on: NaiveDate,
    reporter: String,
    /// Who confirmed it; null while it waits.
    confirmed_by: Option<String>,
    /// The Party branch that said it in place of `confirmed_by`, who had left; null where that one said it.
    branch: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    confirmed_on: Option<NaiveDate>,
}

/// A pair.
#[derive(Debug, Serialize, ToSchema)]
struct PairRecord {
    pair: String,
    helper: String,
    helped: String,
    branch: Option<String>,
    #[schema(value_type = String, format = Date)]
    since: NaiveDate,
    /// The first day no longer.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
    /// Pairs in which the same two help each other the other way round at the same time. That is flagged and refused
    /// nothing.
    reciprocal: Vec<String>,
    /// By name.
    visits: Vec<VisitJson>,
    /// The answer includes everything up to this position.
    position: u64,
}

fn visit_json(id: &VisitId, visit: &Visit) -> VisitJson {
    VisitJson {
        visit: id.to_string(),
        activity: visit.terms.activity.to_string(),
        on: visit.terms.on,
        reporter: visit.terms.reporter.to_string(),
        confirmed_by: visit.confirmation.as_ref().map(|confirmation| confirmation.by.to_string()),
        branch: visit
            .confirmation
            .as_ref()
            .and_then(|confirmation| confirmation.branch.as_ref())
            .map(ToString::to_string),
        confirmed_on: visit.confirmation.as_ref().map(|confirmation| confirmation.on),
    }
}

/// A pair (帮带结对), with its visits.
#[utoipa::path(get, path = "/v1/pairs/{id}", tag = "pairs", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The pair.", body = PairRecord)))]
async fn read_pair(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<PairRecord>, ApiError> {
    let reading = caller.may_ever(Read::Pair)?;
    let position = reading.at_least(&app, query.min_position).await?;
    // What can be no number of a pair is the number of none.
    let pair = match PairId::new(&id) {
        Ok(id) => app.views.pair(id, position).await?,
        Err(_) => None,
    };
    let terms = pair.as_ref().and_then(|pair| pair.terms());
    let both: Vec<&str> = terms.iter().flat_map(|terms| [terms.helper.as_str(), terms.helped.as_str()]).collect();
    caller.may_of_one(&app, Read::Pair, &both).await?;
    let (Some(pair), Some(terms)) = (&pair, terms) else {
        return Err(ApiError::unknown(Code::UnknownPair, "pair", id.as_str()));
    };
    reading.note_list(&app, both.iter().copied());
    Ok(Json(PairRecord {
        pair: id.to_string(),
        helper: terms.helper.to_string(),
        helped: terms.helped.to_string(),
        branch: terms.branch.as_ref().map(ToString::to_string),
        since: terms.since,
        ended: terms.ended,
        reciprocal: reciprocal_to(&app, terms).await?,
        visits: pair.visits().map(|(id, visit)| visit_json(id, visit)).collect(),
        position,
    }))
}
