//! Credits: points for a witnessed service, and what is decided about them afterwards.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, CreditId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Receipt, commands};
use projections::views::proposal::Proposal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Ask, Asked, NoPath, Personal, ask, worker_event};
use super::error::ApiError;
use super::extract::{ApiQuery, Asking, Limit, at_least, position_from_text};
use super::shapes::{Id, NameText};
use super::wire::{DateJson, PointsJson, QuantityJson, TEXT_CHARS_MAX, Text, maybe_text, no_date};
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(record, waiting)).merge(super::judgements::routes())
}

/// A witnessed service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCredit {
    /// Whose.
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
}

/// A credit as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditAnswer {
    /// The credit's name: the key of this command.
    #[schema(value_type = String)]
    credit: CreditId,
    /// Its points.
    points: PointsJson,
    /// `proposed` while it waits for a second person or the end of its publicity (公示), else `confirmed`.
    #[schema(value_type = String, examples("confirmed"))]
    status: &'static str,
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
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];

    fn command(self, _: NoPath) -> Result<Asked, ApiError> {
        let RecordCredit { worker, activity, on, quantity, witness, evidence } = self;
        if evidence.as_ref().is_some_and(|evidence| evidence.chars().count() > TEXT_CHARS_MAX) {
            let detail = format!("evidence: longer than {TEXT_CHARS_MAX} characters; send its digest");
            return Err(ApiError::new(Code::TooLarge, detail));
        }
        // The ledger judges it in its turn: an unknown worker is told before a bad date.
        let no_date = on.0.as_ref().err().map(|sent| no_date("on", sent));
        let (on, quantity) = (on.0.ok(), quantity.0);
        let command = Command::RecordCredit(commands::RecordCredit {
            worker,
            activity,
            on,
            quantity,
            witness: None,
            own_witness: false,
            evidence,
        });
        Ok(Asked { command, personal: Personal::Witness(witness.0), no_date })
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<CreditAnswer> {
        worker_event(receipt, |event| {
            let record = event.as_service()?;
            Some(CreditAnswer {
                credit: record.credit.clone(),
                points: PointsJson(record.points),
                status: if record.proposed { "proposed" } else { "confirmed" },
                position: receipt.position,
                capped: record.uncapped.is_some(),
            })
        })
    }
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
enum Waiting {
    /// For a second person, or the end of its publicity.
    Proposed,
    /// For an objection's decision.
    Objected,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitingQuery {
    /// What the credits wait for; both without.
    #[serde(default)]
    #[param(inline)]
    status: Option<Waiting>,
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
    /// Whether it waits for a second person or the end of its publicity.
    proposed: bool,
    /// Whether an objection to it is open.
    objected: bool,
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
    fn new(credit: String, row: Proposal) -> WaitingCredit {
        // The view keeps no more of a credit that was confirmed before somebody objected.
        let recorded = !row.activity.is_empty();
        WaitingCredit {
            credit,
            worker: row.worker,
            activity: recorded.then_some(row.activity),
            on: recorded.then_some(row.on),
            points: PointsJson(row.points),
            proposer: recorded.then_some(row.proposer),
            at: row.at,
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
    ApiQuery(query): ApiQuery<WaitingQuery>,
) -> Result<Json<WaitingAnswer>, ApiError> {
    at_least(&app, query.min_position).await?;
    let wanted = |row: &Proposal| match query.status {
        None => true,
        Some(Waiting::Proposed) => row.proposed,
        Some(Waiting::Objected) => row.objected,
    };
    let page = app.views.proposals(&query.after, query.limit.0, wanted).await?;
    let credits = page.rows.into_iter().map(|(credit, row)| WaitingCredit::new(credit, row)).collect();
    Ok(Json(WaitingAnswer { credits, next: page.next, position: page.position }))
}
