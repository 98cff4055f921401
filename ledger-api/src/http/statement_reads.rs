//! Reading statements (对账单): a merchant's month and a paying body's, with their lines; as JSON, CSV and workbook.

mod sheet;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::statement::Statement;
use ledger_core::domain::time::Month;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::audits::written;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, position_from_text};
use super::list_file::asked_form;
use super::wire::PointsJson;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::document::Form;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::statements::{BodyLine, OfBody, OfMerchant, of_body, of_merchant};

/// The routes of these resources.
pub fn routes() -> Routes {
    Routes::new().route(Read::Settling, routes!(read_statement)).route(Read::Settling, routes!(read_body_statement))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementQuery {
    /// json, csv or xlsx; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "xlsx")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// How far a statement has come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProgressJson {
    /// open, prepared, disputed, stale (it must be prepared again) or confirmed.
    #[schema(value_type = String)]
    pub(super) stage: &'static str,
    /// Everybody who prepared it.
    pub(super) prepared_by: Vec<String>,
    /// SHA-256 over the lines as they stood when it was prepared last: of the digest before and the line, from 32 zero
    /// bytes on.
    pub(super) digest: Option<String>,
    /// The position of the entry by which it was prepared last: it is of the lines before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prepared_at: Option<u64>,
    pub(super) confirmed_by: Option<String>,
    /// Which of the merchant's accounts found these lines right (确认无误); absent where nobody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acknowledged_by: Option<String>,
}

impl ProgressJson {
    fn of(stage: &'static str, statement: Option<&Statement>, prepared_at: Option<u64>) -> ProgressJson {
        ProgressJson {
            stage,
            prepared_by: statement.into_iter().flat_map(|it| &it.prepared_by).map(ToString::to_string).collect(),
            digest: statement.map(|it| it.sums.digest.to_string()),
            prepared_at,
            confirmed_by: statement.and_then(|it| it.confirmed_by.as_ref()).map(ToString::to_string),
            acknowledged_by: statement.and_then(Statement::acknowledged_by).map(ToString::to_string),
        }
    }
}

/// A line of a merchant's month.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MerchantLineJson {
    /// The position of its entry.
    pub(super) position: u64,
    /// honoured, taken_back, money or money_taken_back.
    #[schema(value_type = String)]
    pub(super) kind: &'static str,
    /// The redemption, the application or the slip.
    pub(super) source: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: String,
    pub(super) points: PointsJson,
    #[schema(value_type = f64)]
    pub(super) yuan: Exact<Fen>,
}

/// What was said against a line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DisputeJson {
    pub(super) dispute: String,
    pub(super) line: String,
    pub(super) by: String,
    pub(super) reason: String,
    /// Whether the merchant was right; null while it waits for an answer.
    pub(super) upheld: Option<bool>,
    /// The answer to it, once there is one.
    pub(super) answer: Option<String>,
    pub(super) answered_by: Option<String>,
}

/// A merchant's month.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MerchantStatement {
    pub(super) merchant: String,
    pub(super) name: String,
    pub(super) month: String,
    #[serde(flatten)]
    pub(super) progress: ProgressJson,
    /// What the lines come to in points.
    pub(super) points: PointsJson,
    /// What the lines come to in yuan.
    #[schema(value_type = f64)]
    pub(super) yuan: Exact<Fen>,
    /// What earlier months were paid beyond their claims: zero or less.
    pub(super) carried: PointsJson,
    /// The same in yuan: less than nothing, and only where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub(super) yuan_carried: Option<Exact<Fen>>,
    pub(super) paid: PointsJson,
    #[schema(value_type = f64)]
    pub(super) yuan_paid: Exact<Fen>,
    /// What is still to be paid in points.
    pub(super) owed: PointsJson,
    /// What is still to be paid in yuan.
    #[schema(value_type = f64)]
    pub(super) yuan_owed: Exact<Fen>,
    /// References of the payments.
    pub(super) references: Vec<String>,
    pub(super) lines: Vec<MerchantLineJson>,
    pub(super) disputes: Vec<DisputeJson>,
    /// The answer includes everything up to this position.
    pub(super) position: u64,
}

/// A line of a body's month.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BodyLineJson {
    /// The position of its entry.
    pub(super) position: u64,
    /// The application or the slip.
    pub(super) source: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: String,
    /// 1 for a benefit granted or a discount given; -1 for a benefit given back or a discount taken back.
    pub(super) units: i32,
    /// What the worker spent for it, or, less than nothing, got back.
    pub(super) points: PointsJson,
    pub(super) fen: i64,
}

/// What a fund set aside in a month.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FundMonthJson {
    pub(super) fund: String,
    #[serde(flatten)]
    pub(super) progress: ProgressJson,
    pub(super) fen: i64,
    pub(super) fen_paid: i64,
    pub(super) references: Vec<String>,
    pub(super) lines: Vec<BodyLineJson>,
}

/// A paying body's month.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BodyStatement {
    /// 责任单位.
    pub(super) body: String,
    pub(super) month: String,
    /// How far the fund has come that has come least far.
    #[schema(value_type = String)]
    pub(super) stage: &'static str,
    /// Benefits and discounts, less those given back.
    pub(super) units: i64,
    pub(super) points: PointsJson,
    pub(super) fen: i64,
    pub(super) fen_paid: i64,
    /// Its funds from which something was set aside.
    pub(super) funds: Vec<FundMonthJson>,
    /// The answer includes everything up to this position.
    pub(super) position: u64,
}

fn merchant_json(found: OfMerchant) -> MerchantStatement {
    let OfMerchant { merchant, name, month, due, lines, position } = found;
    let stage = due.booked.stage().as_str();
    let stated = due.booked.stated.as_ref();
    let disputes = stated.into_iter().flat_map(|stated| &stated.statement.disputes);
    MerchantStatement {
        merchant,
        name,
        month: month.to_string(),
        progress: ProgressJson::of(stage, stated.map(|it| &it.statement), stated.map(|it| it.prepared_at)),
        points: PointsJson(due.booked.lines.sums.points),
        yuan: Exact(due.booked.lines.sums.amount),
        carried: PointsJson(due.carried),
        yuan_carried: Some(due.money_carried).filter(|money| *money != Fen::ZERO).map(Exact),
        paid: PointsJson(due.booked.paid),
        yuan_paid: Exact(due.booked.money_paid),
        owed: PointsJson(due.owed),
        yuan_owed: Exact(due.money_owed),
        references: due.booked.references.clone(),
        disputes: disputes
            .map(|(id, dispute)| DisputeJson {
                dispute: id.to_string(),
                line: dispute.line.to_string(),
                by: dispute.by.to_string(),
                reason: dispute.reason.clone(),
                upheld: dispute.answer.as_ref().map(|answer| answer.upheld),
                answer: dispute.answer.as_ref().map(|answer| answer.reason.clone()),
                answered_by: dispute.answer.as_ref().map(|answer| answer.by.to_string()),
            })
            .collect(),
        lines: lines
            .into_iter()
            .map(|(position, line)| MerchantLineJson {
                position,
                kind: line.kind.as_str(),
                source: line.source.to_string(),
                at: line.at.to_string(),
                points: PointsJson(line.points),
                yuan: Exact(line.amount),
            })
            .collect(),
        position,
    }
}

fn body_json(found: OfBody) -> BodyStatement {
    let ((units, points, amount), stage, paid) = (found.sums(), found.stage().as_str(), found.paid());
    let line = |line: BodyLine| BodyLineJson {
        position: line.position,
        source: line.source.to_string(),
        at: line.at.to_string(),
        units: line.units(),
        points: PointsJson(line.points),
        fen: line.amount.fen(),
    };
    BodyStatement {
        body: found.body,
        month: found.month.to_string(),
        stage,
        units,
        points: PointsJson(points),
        fen: amount.fen(),
        fen_paid: paid.fen(),
        funds: found
            .funds
            .into_iter()
            .map(|fund| FundMonthJson {
                fund: fund.fund,
                progress: ProgressJson::of(fund.row.stage().as_str(), fund.row.statement.as_ref(), None),
                fen: fund.row.sums.amount.fen(),
                fen_paid: fund.row.paid.fen(),
                references: fund.row.references.clone(),
                lines: fund.lines.into_iter().map(line).collect(),
            })
            .collect(),
        position: found.position,
    }
}

/// The month that an address names.
fn month(text: &str) -> Result<Month, ApiError> {
    Month::parse(text)
        .ok_or_else(|| ApiError::new(Code::InvalidDate, format!("{text:?} is no month; write YYYY-MM in the address")))
}

/// A merchant's statement (对账单) of a month, with its lines in points and yuan, whether it was prepared or not.
#[utoipa::path(get, path = "/v1/merchants/{id}/statements/{month}", tag = "statements",
    params(("id" = String, Path, description = "The merchant."), ("month" = String, Path, description = "YYYY-MM."),
        StatementQuery),
    responses((status = 200, description = "The month; its lines as a table in csv and xlsx.", content(
        (MerchantStatement = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn read_statement(
    State(app): State<App>,
    caller: Caller,
    ApiPath((id, of)): ApiPath<(String, String)>,
    ApiQuery(query): ApiQuery<StatementQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.may(Read::Settling, Target::Merchant(&id))?;
    let (of, form) = (month(&of)?, asked_form(&query.format, &headers)?);
    let who = Who::Bearer(&caller.0);
    let found = of_merchant(&app, who, &id, of, query.min_position).await.map_err(not_there(Code::UnknownMerchant))?;
    let answer = merchant_json(found);
    if form == Form::Json {
        return Ok(Json(answer).into_response());
    }
    written(sheet::of_merchant(&answer), form, answer.position, &format!("statement-{of}")).await
}

/// A paying body's month (责任单位): what was set aside from its funds, line by line: units, points, fen.
#[utoipa::path(get, path = "/v1/bodies/{body}/statements/{month}", tag = "statements",
    params(("body" = String, Path, description = "The body, as in 资金来源."),
        ("month" = String, Path, description = "YYYY-MM."), StatementQuery),
    responses((status = 200, description = "The month; its lines as a table in csv and xlsx.", content(
        (BodyStatement = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn read_body_statement(
    State(app): State<App>,
    caller: Caller,
    ApiPath((body, of)): ApiPath<(String, String)>,
    ApiQuery(query): ApiQuery<StatementQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.may(Read::Settling, Target::District)?;
    let (of, form) = (month(&of)?, asked_form(&query.format, &headers)?);
    let found = of_body(&app, Who::Bearer(&caller.0), &body, of, query.min_position).await;
    let answer = body_json(found.map_err(not_there(Code::NotFound))?);
    if form == Form::Json {
        return Ok(Json(answer).into_response());
    }
    written(sheet::of_body(&answer), form, answer.position, &format!("body-statement-{of}")).await
}

/// What the address names is not there: 404.
fn not_there(code: Code) -> impl FnOnce(ServiceError) -> ApiError {
    move |error| ApiError::of(error, &[code])
}
