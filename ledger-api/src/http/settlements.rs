//! Reading merchants, what they are owed and were paid, and the trial balance of the whole journal.

use axum::Json;
use axum::extract::State;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::time::Month;
use projections::ViewError;
use projections::views::merchant::Merchant;
use projections::views::settlement::Due;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, ListQuery, at_least, from_text};
use super::wire::PointsJson;
use crate::app::App;

/// How often the trial balance is read again when the views moved on between two of its pages.
const TRIES_MAX: u32 = 5;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_merchants))
        .routes(routes!(read_merchant))
        .routes(routes!(read_settlement))
        .routes(routes!(read_trial_balance))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SettlementQuery {
    /// The month, YYYY-MM; every month and their sum without.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "2024-03")]
    month: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "from_text")]
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
struct DueJson {
    /// Claims of the month, less those taken back before they were paid.
    honoured: PointsJson,
    /// Claims of months already paid that were taken back in this one.
    corrected: PointsJson,
    /// What earlier months were paid beyond their claims: zero or less.
    carried: PointsJson,
    paid: PointsJson,
    /// `carried + honoured − corrected − paid`, and never less than zero for a month: what it cannot bear goes on to the
    /// next one. The sum of all months is below zero where the merchant was paid more than it claims by now.
    owed: PointsJson,
    /// Redemptions behind the claims, less those reversed.
    redemptions: i64,
    /// References of the payments.
    references: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MonthJson {
    month: String,
    #[serde(flatten)]
    due: DueJson,
}

#[derive(Debug, Serialize, ToSchema)]
struct SettlementAnswer {
    merchant: String,
    /// The month asked for; null for the sum of all.
    month: Option<String>,
    #[serde(flatten)]
    due: DueJson,
    /// Every month with a claim or payment, oldest first; only where no month was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<Vec<MonthJson>>,
    position: u64,
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
    responses((status = 200, body = MerchantList)))]
async fn list_merchants(
    State(app): State<App>,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<MerchantList>, ApiError> {
    let position = at_least(&app, query.min_position).await?;
    let page = app.views.merchants(&query.after, query.limit.0).await?;
    let merchants = page.rows.into_iter().map(|(id, row)| merchant_json(id, row)).collect();
    Ok(Json(MerchantList { merchants, next: page.next, position }))
}

/// A merchant's particulars.
#[utoipa::path(get, path = "/v1/merchants/{id}", tag = "merchants", params(("id" = String, Path), OneQuery),
    responses((status = 200, body = MerchantRecord)))]
async fn read_merchant(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<MerchantRecord>, ApiError> {
    let position = at_least(&app, query.min_position).await?;
    let row = known(&app, &id).await?;
    Ok(Json(MerchantRecord { merchant: merchant_json(id, row), position }))
}

/// What a merchant is owed and was paid, for a month or in all.
#[utoipa::path(get, path = "/v1/merchants/{id}/settlement", tag = "merchants",
    params(("id" = String, Path), SettlementQuery), responses((status = 200, body = SettlementAnswer)))]
async fn read_settlement(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<SettlementQuery>,
) -> Result<Json<SettlementAnswer>, ApiError> {
    let month =
        match query.month.trim() {
            "" => None,
            text => Some(Month::parse(text).ok_or_else(|| {
                ApiError::new(Code::InvalidDate, format!("month={text:?} is no month; write YYYY-MM"))
            })?),
        };
    let position = at_least(&app, query.min_position).await?;
    known(&app, &id).await?;
    let Some(month) = month else {
        let months = app.views.dues(&id).await?;
        let due = due_json(total(&months));
        let months = months.into_iter().map(|(month, row)| MonthJson { month, due: due_json(row) }).collect();
        return Ok(Json(SettlementAnswer { merchant: id, month: None, due, months: Some(months), position }));
    };
    let due = due_json(app.views.due(&id, month).await?);
    Ok(Json(SettlementAnswer { merchant: id, month: Some(month.to_string()), due, months: None, position }))
}

/// The sums of all accounts; together they are zero.
#[utoipa::path(get, path = "/v1/trial-balance", tag = "audit", params(OneQuery),
    responses((status = 200, body = TrialBalanceAnswer)))]
async fn read_trial_balance(
    State(app): State<App>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<TrialBalanceAnswer>, ApiError> {
    at_least(&app, query.min_position).await?;
    let (accounts, position) = trial_balance(&app).await?;
    let sum = PointsJson(accounts.iter().map(|(_, points)| *points).sum());
    let account = |(account, points): (String, Points)| AccountJson { account, points: PointsJson(points) };
    Ok(Json(TrialBalanceAnswer { accounts: accounts.into_iter().map(account).collect(), sum, position }))
}

/// The accounts and the position they include. With more groups than one page of the views, the pages may show
/// different states: such a reading is told by its sum and made again.
async fn trial_balance(app: &App) -> Result<(Vec<(String, Points)>, u64), ViewError> {
    let mut tries = 0;
    loop {
        let position = app.views.position();
        let accounts = app.views.trial_balance().await?;
        let sum: Points = accounts.iter().map(|(_, points)| *points).sum();
        tries += 1;
        if sum.is_zero() || tries == TRIES_MAX {
            return Ok((accounts, position));
        }
    }
}

async fn known(app: &App, id: &str) -> Result<Merchant, ApiError> {
    // What cannot be an id is not looked for.
    let row = match MerchantId::new(id) {
        Ok(_) => app.views.merchant(id).await?,
        Err(_) => None,
    };
    row.ok_or_else(|| {
        let refusal = Refusal::new(Code::UnknownMerchant, format!("there is no merchant {id:?}"));
        ApiError::refused(refusal, &[Code::UnknownMerchant])
    })
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
        total.booked.redemptions += booked.redemptions;
        total.booked.references.extend_from_slice(&booked.references);
    }
    total.owed = total.booked.honoured - total.booked.corrected - total.booked.paid;
    total
}
