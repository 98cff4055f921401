//! Reading benefits and the funds that pay for them.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use ledger_core::domain::benefit::command::BenefitKind;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{BenefitId, FundId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use projections::queries::At;
use projections::views::benefit::Benefit;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, ListQuery};
use super::wire::PointsJson;
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::exact::Exact;

/// The routes of these resources.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Benefit, routes!(list_benefits))
        .route(Read::Benefit, routes!(read_benefit))
        .route(Read::Fund, routes!(list_funds))
        .route(Read::Fund, routes!(read_fund))
}

/// A benefit.
#[derive(Debug, Serialize, ToSchema)]
struct BenefitJson {
    benefit: String,
    name: String,
    /// place (名额), voucher (券) or grant (补助).
    #[schema(value_type = String)]
    kind: &'static str,
    fund: Option<String>,
    /// How many there are; null for no end of them.
    places: Option<u32>,
    limit_per_worker: Option<u32>,
    limit_yearly: bool,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    price: PointsJson,
    /// 单价, in yuan.
    #[schema(value_type = f64)]
    value: Exact<Fen>,
    /// Granted and not given back.
    granted: u64,
    waiting: usize,
    used: u64,
    /// Given back, or waited for no more.
    withdrawn: u64,
    /// The bodies that approve an application before anything is given (审核单位); none where nobody does.
    approvals: Vec<String>,
    /// What waits for their word: neither granted nor waiting.
    proposed: usize,
}

#[derive(Debug, Serialize, ToSchema)]
struct BenefitRecord {
    #[serde(flatten)]
    benefit: BenefitJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct BenefitList {
    benefits: Vec<BenefitJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

fn benefit_json(benefit: String, row: Benefit) -> Option<BenefitJson> {
    let (waiting, proposed, terms) = (row.waiting(), row.proposed.len(), row.terms?);
    Some(BenefitJson {
        benefit,
        name: terms.name,
        kind: match terms.kind {
            BenefitKind::Place => "place",
            BenefitKind::Voucher => "voucher",
            BenefitKind::Grant => "grant",
        },
        fund: terms.fund.map(|fund| fund.to_string()),
        places: terms.places,
        limit_per_worker: terms.limit_per_worker,
        limit_yearly: terms.limit_yearly,
        from: terms.window.from,
        until: terms.window.through,
        price: PointsJson(terms.price),
        value: Exact(terms.value),
        granted: row.granted,
        waiting,
        used: row.used,
        withdrawn: row.withdrawn,
        approvals: terms.approvals.unwrap_or_default(),
        proposed,
    })
}

/// Benefits (权益项目), by id.
#[utoipa::path(get, path = "/v1/benefits", tag = "benefits", params(ListQuery),
    responses((status = 200, description = "The benefits.", body = BenefitList)))]
async fn list_benefits(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<BenefitList>, ApiError> {
    let reading = caller.may(Read::Benefit, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.benefits(&query.after, query.limit.0).await?;
    let benefits = page.rows.into_iter().filter_map(|(id, row)| benefit_json(id, row)).collect();
    Ok(Json(BenefitList { benefits, next: page.next, position: page.position }))
}

/// A benefit: how many there are, were given, are waited for and were used.
#[utoipa::path(get, path = "/v1/benefits/{id}", tag = "benefits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The benefit.", body = BenefitRecord)))]
async fn read_benefit(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<BenefitRecord>, ApiError> {
    let reading = caller.may(Read::Benefit, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    BenefitId::new(&id).map_err(|_| ApiError::unknown(Code::UnknownBenefit, "benefit", &id))?;
    let At { position, value: row } = app.views.benefit(&id).await?;
    let benefit = row.and_then(|row| benefit_json(id.clone(), row));
    let benefit = benefit.ok_or_else(|| ApiError::unknown(Code::UnknownBenefit, "benefit", &id))?;
    Ok(Json(BenefitRecord { benefit, position }))
}

/// A fund, in yuan.
#[derive(Debug, Serialize, ToSchema)]
struct FundJson {
    fund: String,
    /// 责任单位.
    body: String,
    /// 来源类型.
    source: String,
    year: Option<i32>,
    #[schema(value_type = f64)]
    appropriated: Exact<Fen>,
    /// Set aside and not paid; less than nothing where what was paid was given back since.
    #[schema(value_type = f64)]
    committed: Exact<Fen>,
    /// What is left.
    #[schema(value_type = f64)]
    free: Exact<Fen>,
    /// What the body paid by its statements. Only where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    paid: Option<Exact<Fen>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FundRecord {
    #[serde(flatten)]
    fund: FundJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct FundList {
    funds: Vec<FundJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

fn fund_json(fund: String, row: &Fund) -> Option<FundJson> {
    let terms = row.terms()?;
    Some(FundJson {
        fund,
        body: terms.body.clone(),
        source: terms.source.clone(),
        year: terms.year,
        appropriated: Exact(terms.appropriated),
        committed: Exact(row.committed()),
        free: Exact(row.free()),
        paid: Some(row.paid()).filter(|paid| paid.is_positive()).map(Exact),
    })
}

/// Funds (资金来源), by id.
#[utoipa::path(get, path = "/v1/funds", tag = "benefits", params(ListQuery),
    responses((status = 200, description = "The funds.", body = FundList)))]
async fn list_funds(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<FundList>, ApiError> {
    let reading = caller.may(Read::Fund, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.funds(&query.after, query.limit.0).await?;
    let funds = page.rows.iter().filter_map(|(id, row)| fund_json(id.clone(), row)).collect();
    Ok(Json(FundList { funds, next: page.next, position: page.position }))
}

/// A fund: what was appropriated, what of it is set aside, and what is left.
#[utoipa::path(get, path = "/v1/funds/{id}", tag = "benefits", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The fund.", body = FundRecord)))]
async fn read_fund(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<FundRecord>, ApiError> {
    let reading = caller.may(Read::Fund, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    FundId::new(&id).map_err(|_| ApiError::not_found(format!("there is no fund {id:?}")))?;
    let At { position, value: row } = app.views.fund(&id).await?;
    let fund = row.and_then(|row| fund_json(id.clone(), &row));
    let fund = fund.ok_or_else(|| ApiError::not_found(format!("there is no fund {id:?}")))?;
    Ok(Json(FundRecord { fund, position }))
}
