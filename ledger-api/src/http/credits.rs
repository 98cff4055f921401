//! Credits: points for a witnessed service, and what is decided about them afterwards.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, CreditId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::{BusinessTime, ClockTime};
use ledger_core::ledger::{Command, Receipt, commands};
use projections::views::proposal::{Proposal, ProposalStep, StepKind};
use projections::waiting::{Stage, Waiting};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Asking, Caller, Limit, position_from_text};
use super::shapes::{Id, NameText};
use super::wire::{DateJson, PointsJson, QuantityJson, TEXT_CHARS_MAX, Text, maybe_text};
use crate::access::policy::{CommandKind, Read, Target};
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};
use crate::service::names::Personal;
use crate::service::objectors::{Objectors, objectors};
use crate::service::publicity::Within;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::RecordCredit, routes!(record)).route(Read::WaitingCredits, routes!(waiting))
}

/// A witnessed service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCredit {
    /// The worker's id (编号).
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// 活动代码.
    #[schema(value_type = Id)]
    activity: ActivityCode,
    /// The service date.
    on: DateJson,
    /// Units of service (数量).
    quantity: QuantityJson,
    /// 证明人: kept encrypted beside the journal; a pseudonym stands in it.
    #[schema(value_type = NameText)]
    witness: Text,
    /// The evidence's digest, or where it is kept; no personal data.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 200)]
    evidence: Option<String>,
    /// When it began on that day, HH:MM; with `to`, or neither.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
    from: Option<ClockTime>,
    /// When it ended on that day, HH:MM.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
    to: Option<ClockTime>,
}

/// A credit as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditAnswer {
    /// The credit's name: the key of this command.
    #[schema(value_type = String)]
    credit: CreditId,
    /// Exact, with two decimals at most.
    points: PointsJson,
    /// `proposed` while a check is due, `publicised` where it needs none and is public (公示) at once, else `confirmed`.
    #[schema(value_type = String, examples("confirmed"))]
    status: &'static str,
    /// The last day of its publicity, where it is public at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
    /// The guards that were met, by their codes: a credit with any needs one check more.
    flags: Vec<&'static str>,
    /// Durable up to here.
    position: u64,
    /// Present when the daily cap left less than the service would have earned.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    capped: bool,
}

impl Ask for RecordCredit {
    type Path = NoPath;
    type Answer = CreditAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let RecordCredit { worker, activity, on, quantity, witness, evidence, from, to } = self;
        if evidence.as_ref().is_some_and(|evidence| evidence.chars().count() > TEXT_CHARS_MAX) {
            let detail = format!("evidence: longer than {TEXT_CHARS_MAX} characters; send its digest");
            return Err(ServiceError::refused(Code::TooLarge, detail));
        }
        // The ledger judges it in its turn: an unknown worker is told before a bad date.
        let no_date = on.no_date("on");
        let (on, quantity) = (on.0.ok(), quantity.0);
        let command = Command::RecordCredit(commands::RecordCredit {
            worker,
            activity,
            on,
            quantity,
            witness: None,
            own_witness: false,
            evidence,
            from,
            to,
            history: false,
            worker_as_witness: Vec::new(),
        });
        Ok(Asked { personal: Personal::Witness(witness.0), no_date, ..command.into() })
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<CreditAnswer> {
        worker_event(receipt, |event| {
            let record = event.as_service()?;
            Some(CreditAnswer {
                credit: record.credit.clone(),
                points: PointsJson(record.points),
                status: Waiting::begin(record).stage.as_str(),
                public_until: record.public_until,
                flags: record.flags.iter().map(|flag| flag.as_str()).collect(),
                position: receipt.position,
                capped: record.uncapped.is_some(),
            })
        })
    }
}

impl Body for RecordCredit {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Record a credit for a witnessed service.
#[utoipa::path(post, path = "/v1/credits", tag = "credits", request_body = RecordCredit,
    responses((status = 201, description = "Recorded.", body = CreditAnswer)))]
async fn record(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RecordCredit>,
) -> Result<Answer<CreditAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// What a credit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Awaits {
    /// For a check.
    Proposed,
    /// For the end of its publicity.
    Publicised,
    /// For an objection's decision.
    Objected,
    /// For the last decision, after an appeal.
    Appealed,
}

impl Awaits {
    fn is_of(self, row: &Proposal) -> bool {
        match self {
            Awaits::Proposed => row.proposed && row.way.stage == Stage::Proposed,
            Awaits::Publicised => row.way.stage == Stage::Publicised,
            Awaits::Objected => row.status() == "objected",
            Awaits::Appealed => row.way.stage == Stage::Appealed,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitingQuery {
    /// What the credits wait for; everything without.
    #[serde(default)]
    #[param(inline)]
    status: Option<Awaits>,
    /// Only credits that this guard marked, by its code.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    flag: String,
    /// Only credits of workers who belong to this site, or to one below it. A page may then hold fewer rows.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    site: String,
    /// Go on after this credit: the `next` of the page before.
    #[serde(default)]
    #[param(required = false)]
    after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// A credit that waits.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingCredit {
    credit: String,
    worker: String,
    /// Left out for a confirmed credit under objection.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<String>,
    /// The service date; left out with the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<NaiveDate>,
    points: PointsJson,
    /// Who recorded it; left out with the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposer: Option<String>,
    /// When it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<BusinessTime>,
    /// `proposed`, `publicised`, `objected`, `appealed`, or `rejected` while the worker may still appeal.
    #[schema(value_type = String, examples("publicised"))]
    status: &'static str,
    /// Units of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    quantity: Option<Exact<String>>,
    /// When it began and ended on its day, where that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Who witnessed it, as a pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<String>,
    /// Digest of its evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// The guards that were met, by their codes.
    flags: Vec<String>,
    /// How many people must check it.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<u32>,
    /// How many did.
    checked: u32,
    /// The last day of its publicity, once that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    public_until: Option<NaiveDate>,
    /// Through which day a decision about an objection can be appealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    appeal_until: Option<NaiveDate>,
    /// Who did what, in order.
    steps: Vec<WaitingStep>,
    /// Whether it does not count yet.
    proposed: bool,
    /// Whether an objection to it is open.
    objected: bool,
}

/// What somebody did about a waiting credit.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingStep {
    /// `checked`, `publicised`, `objected`, `objection_upheld`, `objection_dismissed` or `appealed`.
    #[schema(value_type = String)]
    step: &'static str,
    /// Who; left out where the reader may not know who objected.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When, in business time.
    #[schema(value_type = String, format = DateTime)]
    at: BusinessTime,
    /// The reason, or the reference that the vault gave for it.
    reason: String,
}

impl WaitingStep {
    fn new(step: ProposalStep, told: Objectors, unnamed: bool) -> WaitingStep {
        let by = Some(step.by).filter(|_| told.may_know(step.what, unnamed));
        WaitingStep { step: step.what.as_str(), by, at: step.at, reason: step.reason }
    }
}

/// Credits that wait.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingAnswer {
    credits: Vec<WaitingCredit>,
    /// Ask on with `after` this; none at the end.
    next: Option<String>,
    /// Answered from a state that includes this position.
    position: u64,
}

impl WaitingCredit {
    fn new(credit: String, row: Proposal, told: Objectors) -> WaitingCredit {
        // The view keeps no more of a credit that was confirmed before somebody objected.
        let recorded = !row.activity.is_empty();
        let (status, appeal_until) = (row.status(), row.way.appeal_until());
        let (from, to) = row.span.unzip();
        let unnamed = row.steps.iter().any(|step| step.what == StepKind::ObjectedUnnamed);
        let step = |step: ProposalStep| WaitingStep::new(step, told, unnamed);
        WaitingCredit {
            credit,
            worker: row.worker,
            activity: recorded.then_some(row.activity),
            on: recorded.then_some(row.on),
            points: PointsJson(row.points),
            proposer: recorded.then_some(row.proposer),
            at: row.at,
            status,
            quantity: recorded.then_some(Exact(row.quantity)),
            from,
            to,
            witness: row.witness,
            evidence: row.evidence,
            flags: row.flags,
            checks: row.way.checks,
            checked: row.way.checked,
            public_until: row.way.public_until,
            appeal_until,
            steps: row.steps.into_iter().map(step).collect(),
            proposed: row.proposed,
            objected: row.objected,
        }
    }
}

/// Credits that wait for a decision.
#[utoipa::path(get, path = "/v1/credits", tag = "credits", params(WaitingQuery),
    responses((status = 200, description = "The credits, by name.", body = WaitingAnswer)))]
async fn waiting(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<WaitingQuery>,
) -> Result<Json<WaitingAnswer>, ApiError> {
    let site = caller.site_of_list(Read::WaitingCredits, &query.site);
    let target = if site.is_empty() { Target::District } else { Target::Site(&site) };
    let reading = caller.may_here(&app, Read::WaitingCredits, target).await?;
    reading.at_least(&app, query.min_position).await?;
    let mut within = Within::of(&app, &site).await?;
    let wanted = |row: &Proposal| {
        query.status.is_none_or(|status| status.is_of(row))
            && (query.flag.is_empty() || row.flags.contains(&query.flag))
    };
    let told = objectors(&caller.0);
    let page = app.views.proposals(&query.after, query.limit.0, wanted).await?;
    let mut credits = Vec::with_capacity(page.rows.len());
    for (credit, row) in page.rows {
        if within.holds(&app, &row.worker).await? {
            credits.push(WaitingCredit::new(credit, row, told));
        }
    }
    Ok(Json(WaitingAnswer { credits, next: page.next, position: page.position }))
}
