//! Reading merchants, what they are owed and were paid, and the trial balance of the whole journal.

mod sheet;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::time::Month;
use projections::queries::At;
use projections::views::merchant::Merchant;
use projections::views::settlement::Due;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::audits::written;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, ListQuery, position_from_text};
use super::list_file::asked_form;
use super::wire::PointsJson;
use crate::access::policy::{Read, Target};
use crate::app::App;
use crate::document::Form;
use crate::exact::Exact;
use crate::service::reading::Reading;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(Read::Merchants, routes!(list_merchants))
        .route(Read::Merchant, routes!(read_merchant))
        .route(Read::Settlement, routes!(read_settlement))
        .route(Read::TrialBalance, routes!(read_trial_balance))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SettlementQuery {
    /// The month, YYYY-MM; every month and their sum without.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "2024-03")]
    month: String,
    /// json, csv or xlsx; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "xlsx")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MerchantJson {
    id: String,
    name: String,
    /// Unified social credit code (统一社会信用代码).
    uscc: String,
    category: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MerchantRecord {
    #[serde(flatten)]
    merchant: MerchantJson,
    /// The answer includes everything up to this position.
    position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct MerchantList {
    merchants: Vec<MerchantJson>,
    /// What to ask on after; null at the end.
    next: Option<String>,
    position: u64,
}

/// What was claimed and paid.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DueJson {
    /// Claims of the month, less those taken back before they were paid.
    pub(super) honoured: PointsJson,
    /// Claims of months already paid that were taken back in this one.
    pub(super) corrected: PointsJson,
    /// What earlier months were paid beyond their claims: zero or less.
    pub(super) carried: PointsJson,
    pub(super) paid: PointsJson,
    /// `carried + honoured − corrected − paid`, and never less than zero for a month: what it cannot bear goes on to the
    /// next one. The sum of all months is below zero where the merchant was paid more than it claims by now.
    pub(super) owed: PointsJson,
    /// What is claimed in money besides, in yuan: for benefits used and discounts given there. Only where there is some.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub(super) yuan: Option<Exact<Fen>>,
    /// What was paid of that. Only where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub(super) yuan_paid: Option<Exact<Fen>>,
    /// Redemptions behind the claims, less those reversed.
    pub(super) redemptions: i64,
    /// References of the payments.
    pub(super) references: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MonthJson {
    pub(super) month: String,
    #[serde(flatten)]
    pub(super) due: DueJson,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SettlementAnswer {
    pub(super) merchant: String,
    /// The month asked for; null for the sum of all.
    pub(super) month: Option<String>,
    #[serde(flatten)]
    pub(super) due: DueJson,
    /// Every month with a claim or payment, oldest first; only where no month was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) months: Option<Vec<MonthJson>>,
    pub(super) position: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct AccountJson {
    /// A group of accounts; what was redeemed is told by store.
    account: String,
    points: PointsJson,
}

#[derive(Debug, Serialize, ToSchema)]
struct TrialBalanceAnswer {
    accounts: Vec<AccountJson>,
    /// Of all accounts: zero, or something is wrong.
    sum: PointsJson,
    position: u64,
}

/// Merchants in the order of their ids.
#[utoipa::path(get, path = "/v1/merchants", tag = "merchants", params(ListQuery),
    responses((status = 200, description = "The merchants, by id.", body = MerchantList)))]
async fn list_merchants(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<MerchantList>, ApiError> {
    let reading = caller.may(Read::Merchants, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let page = app.views.merchants(&query.after, query.limit.0).await?;
    let merchants = page.rows.into_iter().map(|(id, row)| merchant_json(id, row)).collect();
    Ok(Json(MerchantList { merchants, next: page.next, position: page.position }))
}

/// A merchant's particulars.
#[utoipa::path(get, path = "/v1/merchants/{id}", tag = "merchants", params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The merchant.", body = MerchantRecord)))]
async fn read_merchant(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<MerchantRecord>, ApiError> {
    let reading = caller.may(Read::Merchant, Target::Merchant(&id))?;
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: row } = known(&app, &id).await?;
    Ok(Json(MerchantRecord { merchant: merchant_json(id, row), position }))
}

/// What a merchant is owed and was paid, for a month or in all.
#[utoipa::path(get, path = "/v1/merchants/{id}/settlement", tag = "merchants",
    params(("id" = String, Path), SettlementQuery),
    responses((status = 200, description = "The month, or every month and their sum; as a table in csv and xlsx.", content(
        (SettlementAnswer = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn read_settlement(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<SettlementQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Settlement, Target::Merchant(&id))?;
    let form = asked_form(&query.format, &headers)?;
    let Json(answer) = settlement(&app, &reading, id.clone(), &query).await?;
    if form == Form::Json {
        return Ok(Json(answer).into_response());
    }
    let name = known(&app, &id).await?.value.name;
    let stem = answer.month.as_ref().map_or_else(|| "settlement".to_owned(), |month| format!("settlement-{month}"));
    written(sheet::document(name, &answer), form, answer.position, &stem).await
}

async fn settlement(
    app: &App,
    reading: &Reading<'_>,
    id: String,
    query: &SettlementQuery,
) -> Result<Json<SettlementAnswer>, ApiError> {
    let month =
        match query.month.trim() {
            "" => None,
            text => Some(Month::parse(text).ok_or_else(|| {
                ApiError::new(Code::InvalidDate, format!("month={text:?} is no month; write YYYY-MM"))
            })?),
        };
    reading.at_least(app, query.min_position).await?;
    known(app, &id).await?;
    let Some(month) = month else {
        let At { position, value: months } = app.views.dues(&id).await?;
        let due = due_json(total(&months));
        let months = months.into_iter().map(|(month, row)| MonthJson { month, due: due_json(row) }).collect();
        return Ok(Json(SettlementAnswer { merchant: id, month: None, due, months: Some(months), position }));
    };
    let At { position, value: row } = app.views.due(&id, month).await?;
    let due = due_json(row);
    Ok(Json(SettlementAnswer { merchant: id, month: Some(month.to_string()), due, months: None, position }))
}

/// The sums of all accounts; together they are zero.
#[utoipa::path(get, path = "/v1/trial-balance", tag = "audit", params(OneQuery),
    responses((status = 200, description = "The sums.", body = TrialBalanceAnswer)))]
async fn read_trial_balance(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<TrialBalanceAnswer>, ApiError> {
    let reading = caller.may(Read::TrialBalance, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let At { position, value: accounts } = app.views.trial_balance().await?;
    let sum = PointsJson(accounts.iter().map(|(_, points)| *points).sum());
    let account = |(account, points): (String, Points)| AccountJson { account, points: PointsJson(points) };
    Ok(Json(TrialBalanceAnswer { accounts: accounts.into_iter().map(account).collect(), sum, position }))
}

async fn known(app: &App, id: &str) -> Result<At<Merchant>, ApiError> {
    let unknown = || {
        let refusal = Refusal::new(Code::UnknownMerchant, format!("there is no merchant {id:?}"));
        ApiError::refused(refusal, &[Code::UnknownMerchant])
    };
    // What cannot be an id is not looked for.
    MerchantId::new(id).map_err(|_| unknown())?;
    let At { position, value: row } = app.views.merchant(id).await?;
    Ok(At { position, value: row.ok_or_else(unknown)? })
}

fn merchant_json(id: String, row: Merchant) -> MerchantJson {
    MerchantJson { id, name: row.name, uscc: row.uscc, category: row.category }
}

fn due_json(due: Due) -> DueJson {
    let Due { booked, carried, owed, .. } = due;
    DueJson {
        honoured: PointsJson(booked.honoured),
        corrected: PointsJson(booked.corrected),
        carried: PointsJson(carried),
        paid: PointsJson(booked.paid),
        owed: PointsJson(owed),
        yuan: Some(booked.money).filter(|money| *money != Fen::ZERO).map(Exact),
        yuan_paid: Some(booked.money_paid).filter(|money| money.is_positive()).map(Exact),
        redemptions: booked.redemptions,
        references: booked.references,
    }
}

/// The sum of all months. Nothing is carried into it, and what it owes may be less than nothing.
fn total(months: &[(String, Due)]) -> Due {
    let mut total = Due::default();
    for (_, month) in months {
        let booked = &month.booked;
        total.booked.honoured += booked.honoured;
        total.booked.corrected += booked.corrected;
        total.booked.paid += booked.paid;
        total.booked.money += booked.money;
        total.booked.money_paid += booked.money_paid;
        total.booked.redemptions += booked.redemptions;
        total.booked.references.extend_from_slice(&booked.references);
    }
    total.owed = total.booked.honoured - total.booked.corrected - total.booked.paid;
    total
}
