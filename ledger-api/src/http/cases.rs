//! Cases (补报待处理): goods that a counter handed out before the ledger was asked, and that it refused. People settle them.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{RedemptionId, StoreId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use projections::views::case::Case;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller, Limit, from_text, position_from_text};
use super::shapes::Reason;
use super::stock::known;
use super::wire::Text;
use crate::access::policy::{CommandKind, Read, Target};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::away::cases;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Cases, routes!(list_cases)).route(CommandKind::SettleCase, routes!(settle))
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CaseStatus {
    /// Nobody settled it yet.
    Open,
    /// It was settled.
    Settled,
}

impl FromStr for CaseStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<CaseStatus, &'static str> {
        match text {
            "open" => Ok(CaseStatus::Open),
            "settled" => Ok(CaseStatus::Settled),
            _ => Err("a case is `open` or `settled`"),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CasesQuery {
    /// `open` or `settled`; both without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(inline)]
    status: Option<CaseStatus>,
    /// Go on after this case: the `next` of the page before.
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

/// Units of one item.
#[derive(Debug, Serialize, ToSchema)]
struct GivenJson {
    sku: String,
    quantity: u32,
}

/// Goods that were handed out before the ledger was asked, and that it refused.
#[derive(Debug, Serialize, ToSchema)]
struct CaseJson {
    /// The key under which it was told.
    case: String,
    #[schema(value_type = String, examples("open"))]
    status: CaseStatus,
    /// Why it was refused.
    code: String,
    /// `floor`, `hold` or `slip`.
    means: String,
    /// When the goods were handed out, as the counter says.
    #[schema(format = DateTime)]
    given_at: String,
    lines: Vec<GivenJson>,
    worker: Option<String>,
    hold: Option<String>,
    /// What was typed at the counter, where it names nobody.
    note: Option<String>,
    /// How it was settled; null while it is open.
    reason: Option<String>,
    /// The position that made it.
    made_at: u64,
    /// The position that settled it; null while it is open.
    settled_at: Option<u64>,
}

/// Cases of a store.
#[derive(Debug, Serialize, ToSchema)]
struct CaseList {
    cases: Vec<CaseJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

fn case_json(case: String, row: Case) -> CaseJson {
    let status = if row.settled.is_some() { CaseStatus::Settled } else { CaseStatus::Open };
    let (settled_at, reason) = row.settled.unzip();
    CaseJson {
        case,
        status,
        code: row.code,
        means: row.means,
        given_at: row.given_at,
        lines: row
            .lines
            .into_iter()
            .map(|line| GivenJson { sku: line.sku.to_string(), quantity: line.quantity })
            .collect(),
        worker: row.worker,
        hold: row.hold,
        note: row.note,
        reason,
        made_at: row.position,
        settled_at,
    }
}

/// The cases of a store: what was handed out before the ledger was asked, and refused.
#[utoipa::path(get, path = "/v1/stores/{id}/cases", tag = "stores", params(("id" = String, Path), CasesQuery),
    responses((status = 200, description = "The cases, by name.", body = CaseList)))]
async fn list_cases(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<CasesQuery>,
) -> Result<Json<CaseList>, ApiError> {
    let open = query.status.map(|status| status == CaseStatus::Open);
    let reading = caller.may_here(&app, Read::Cases, Target::Store(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    known(&app, &id).await?;
    let page = cases(&app, reading, &id, open, &query.after, query.limit.0).await?;
    let cases = page.rows.into_iter().map(|(case, row)| case_json(case, row)).collect();
    Ok(Json(CaseList { cases, next: page.next, position: page.position }))
}

/// How a case was settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleCase {
    /// How: paid by the district, brought back, redeemed anew, …
    #[schema(value_type = Reason)]
    reason: Text,
}

/// The case that an address names.
#[derive(Debug, Deserialize)]
pub struct OfCase {
    store: StoreId,
    case: RedemptionId,
}

/// A case as settled.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettledAnswer {
    case: String,
    #[schema(value_type = String, examples("settled"))]
    status: CaseStatus,
    /// Durable up to here.
    position: u64,
}

impl Ask for SettleCase {
    type Path = OfCase;
    type Answer = SettledAnswer;

    fn command(self, path: OfCase) -> Result<Asked, ServiceError> {
        let OfCase { store, case } = path;
        Ok(Command::SettleCase(commands::SettleCase { store, case, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SettledAnswer> {
        let Command::SettleCase(commands::SettleCase { case, .. }) = command else { return None };
        Some(SettledAnswer { case: case.to_string(), status: CaseStatus::Settled, position: receipt.position })
    }
}

impl Body for SettleCase {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("store", Code::UnknownStore), ("case", Code::UnknownRedemption)];
}

/// Settle a case: say how.
#[utoipa::path(post, path = "/v1/stores/{id}/cases/{case}/settle", tag = "stores", request_body = SettleCase,
    params(("id" = String, Path, description = "The store."), ("case" = String, Path, description = "The case.")),
    responses((status = 200, description = "Settled.", body = SettledAnswer)))]
async fn settle(
    State(app): State<App>,
    ApiPath((store, case)): ApiPath<(StoreId, RedemptionId)>,
    asking: Asking,
    ApiJson(body): ApiJson<SettleCase>,
) -> Result<Answer<SettledAnswer>, ApiError> {
    ask(app, asking, OfCase { store, case }, body).await
}
