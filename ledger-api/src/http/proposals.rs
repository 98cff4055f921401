//! Reading which applications for a benefit wait for the word of bodies (待审核): whose, which bodies said so already, and by
//! which accounts.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use projections::views::benefit::Proposed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, Limit, from_text, position_from_text};
use crate::access::policy::Read;
use crate::app::App;
use crate::exact::Exact;
use crate::service::approvals::proposed;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Proposals, routes!(list_proposed_claims))
}

/// How an application stands. What was granted, waits for a place or was sent back is told by the benefit and its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ProposedStatus {
    /// It waits for the word of bodies.
    Proposed,
}

impl FromStr for ProposedStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<ProposedStatus, &'static str> {
        if text == "proposed" {
            Ok(ProposedStatus::Proposed)
        } else {
            Err("only applications that are `proposed` are listed")
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProposedQuery {
    /// Only what is proposed is listed, so nothing else can be asked for.
    #[serde(default, rename = "status", deserialize_with = "from_text")]
    #[param(inline)]
    _status: Option<ProposedStatus>,
    /// Go on after this application: the `next` of the page before.
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

/// The word of a body.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedCheckJson {
    /// 审核单位.
    body: String,
    /// By which account it was given.
    by: String,
}

/// An application that waits for the word of bodies.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedClaimJson {
    /// Its name: the key of the command that applied.
    claim: String,
    worker: String,
    /// 申请时间.
    #[schema(value_type = String, format = DateTime)]
    at: BusinessTime,
    /// 金额(元), which a 补助 names; null where none is named.
    #[schema(value_type = Option<f64>)]
    amount: Option<Exact<Fen>>,
    /// 证书编号, kept for it meanwhile; null where it rests on none.
    certificate: Option<String>,
    /// By which account it was entered.
    by: String,
    /// 审核单位: the bodies that approve it, those of the benefit when it was applied for.
    approvals: Vec<String>,
    /// Those of them that said so, in the order in which they did.
    checks: Vec<ProposedCheckJson>,
    /// Always `proposed`.
    #[schema(value_type = String, examples("proposed"))]
    status: ProposedStatus,
}

/// Applications that wait for the word of bodies.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedClaimList {
    claims: Vec<ProposedClaimJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Applications for a benefit that wait for the word of bodies, by their names: of workers in reach of whoever asks.
#[utoipa::path(get, path = "/v1/benefits/{id}/claims", tag = "benefits", params(("id" = String, Path), ProposedQuery),
    responses((status = 200, description = "The applications.", body = ProposedClaimList)))]
async fn list_proposed_claims(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<ProposedQuery>,
) -> Result<Json<ProposedClaimList>, ApiError> {
    let reading = caller.may_ever(Read::Proposals)?;
    let asked = (query.after.as_str(), query.limit.0);
    let found = proposed(&app, &reading, &id, asked, query.min_position).await?;
    let page = found.ok_or_else(|| ApiError::unknown(Code::UnknownBenefit, "benefit", &id))?;
    let claims = page.rows.into_iter().map(claim_json).collect();
    Ok(Json(ProposedClaimList { claims, next: page.next, position: page.position }))
}

fn claim_json(row: Proposed) -> ProposedClaimJson {
    let Proposed { application, terms, proposal } = row;
    let checks = proposal.checks.into_iter().map(|(body, by)| ProposedCheckJson { body, by: by.to_string() });
    ProposedClaimJson {
        claim: application.to_string(),
        worker: terms.worker.to_string(),
        at: terms.at,
        amount: terms.amount.map(Exact),
        certificate: terms.certificate.map(|number| number.to_string()),
        by: proposal.by.to_string(),
        approvals: proposal.approvals,
        checks: checks.collect(),
        status: ProposedStatus::Proposed,
    }
}
