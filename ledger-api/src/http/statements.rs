//! Statements (对账单) of a merchant's month and of a paying body's: preparing one, disputing a line, answering, confirming,
//! that a body paid. What a merchant is paid is told in `merchants`.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::event::Event;
use ledger_core::domain::fund::FundEvent;
use ledger_core::domain::ids::{DisputeId, Key, MerchantId};
use ledger_core::domain::merchant::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::Month;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::merchants::OfMerchant;
use super::shapes::{KeyName, MonthText, Reason};
use super::wire::{PointsJson, Text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of these resources.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::PrepareStatement, routes!(prepare))
        .route(CommandKind::DisputeStatement, routes!(dispute))
        .route(CommandKind::AnswerDispute, routes!(answer))
        .route(CommandKind::ConfirmStatement, routes!(confirm))
        .route(CommandKind::PrepareBodyStatement, routes!(prepare_body))
        .route(CommandKind::ConfirmBodyStatement, routes!(confirm_body))
        .route(CommandKind::PayBody, routes!(pay_body))
}

/// The month of a merchant that an address names.
#[derive(Debug, Deserialize)]
pub struct OfMonth {
    pub(super) merchant: MerchantId,
    pub(super) month: Month,
}

/// The body that an address names.
#[derive(Debug, Deserialize)]
pub struct OfBody {
    body: String,
}

/// The month of a body that an address names.
#[derive(Debug, Deserialize)]
pub struct OfBodyMonth {
    body: String,
    month: Month,
}

/// A statement as prepared or confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlingAnswer {
    /// Of which merchant, or of which body.
    #[schema(value_type = String)]
    of: String,
    #[schema(value_type = String)]
    month: Month,
    /// prepared or confirmed.
    #[schema(value_type = String)]
    stage: &'static str,
    /// How many lines it has; where it was prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<u32>,
    /// What they come to in points; where it was prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<PointsJson>,
    /// What they come to in yuan; where it was prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    yuan: Option<Exact<Fen>>,
    /// Durable up to here. The statement is of what stands before it.
    position: u64,
}

/// What was asked about whose month.
fn named(of: &StatementOf) -> String {
    match of {
        StatementOf::Merchant(merchant) => merchant.to_string(),
        StatementOf::Body { body, .. } => body.clone(),
    }
}

fn prepared(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
    let Command::PrepareStatement(commands::PrepareStatement { of, month }) = command else { return None };
    let (mut lines, mut points, mut amount) = (0, Points::ZERO, Fen::ZERO);
    for event in receipt.events.iter() {
        let of_merchant = event.as_merchant().and_then(MerchantEvent::as_prepared);
        let of_fund = event.as_fund().and_then(FundEvent::as_prepared);
        let sums = of_merchant.map(|event| (event.lines, event.points, event.amount));
        let sums = sums.or_else(|| of_fund.map(|event| (event.lines, Points::ZERO, event.amount)));
        let Some((more, own, money)) = sums else { continue };
        lines += more;
        points += own;
        amount += money;
    }
    Some(SettlingAnswer {
        of: named(of),
        month: *month,
        stage: "prepared",
        lines: Some(lines),
        points: Some(PointsJson(points)),
        yuan: Some(Exact(amount)),
        position: receipt.position,
    })
}

fn confirmed(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
    let Command::ConfirmStatement(commands::ConfirmStatement { of, month }) = command else { return None };
    let (of, month, position) = (named(of), *month, receipt.position);
    Some(SettlingAnswer { of, month, stage: "confirmed", lines: None, points: None, yuan: None, position })
}

/// A month to prepare the statement of: it is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareStatement {
    /// A calendar month in the zone of the district, YYYY-MM.
    #[schema(value_type = MonthText)]
    month: Month,
}

impl Ask for PrepareStatement {
    type Path = OfMerchant;
    type Answer = SettlingAnswer;

    fn command(self, path: OfMerchant) -> Result<Asked, ServiceError> {
        let of = StatementOf::Merchant(path.merchant);
        Ok(Command::from(commands::PrepareStatement { of, month: self.month }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
        prepared(command, receipt)
    }
}

impl Body for PrepareStatement {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("merchant", Code::UnknownMerchant)];
}

/// Prepare a merchant's statement (编制对账单), of what stands in the journal by now; again while it is not confirmed.
#[utoipa::path(post, path = "/v1/merchants/{id}/statements", tag = "statements", request_body = PrepareStatement,
    params(("id" = String, Path, description = "The merchant.")),
    responses((status = 201, description = "Prepared.", body = SettlingAnswer)))]
async fn prepare(
    State(app): State<App>,
    ApiPath(merchant): ApiPath<MerchantId>,
    asking: Asking,
    ApiJson(body): ApiJson<PrepareStatement>,
) -> Result<Answer<SettlingAnswer>, ApiError> {
    ask(app, asking, OfMerchant { merchant }, body).await
}

/// A line that is wrong.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeStatement {
    /// The line: the redemption's or the row's number.
    #[schema(value_type = KeyName)]
    line: Key,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// What was said about a statement, as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeAnswer {
    /// 商户编号.
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    month: Month,
    /// The dispute's name: the key of the command that disputed.
    #[schema(value_type = String)]
    dispute: DisputeId,
    /// Durable up to here.
    position: u64,
}

pub(super) const OF_MONTH: &[(&str, Code)] = &[("merchant", Code::UnknownMerchant), ("month", Code::NotFound)];

impl Ask for DisputeStatement {
    type Path = OfMonth;
    type Answer = DisputeAnswer;

    fn command(self, path: OfMonth) -> Result<Asked, ServiceError> {
        let OfMonth { merchant, month } = path;
        let command = commands::DisputeStatement { merchant, month, line: self.line, reason: self.reason.0 };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<DisputeAnswer> {
        let Command::DisputeStatement(commands::DisputeStatement { merchant, month, .. }) = command else {
            return None;
        };
        let disputed = receipt.events.iter().filter_map(Event::as_merchant).find_map(|event| event.as_disputed())?;
        let (merchant, month, dispute) = (merchant.clone(), *month, disputed.dispute.clone());
        Some(DisputeAnswer { merchant, month, dispute, position: receipt.position })
    }
}

impl Body for DisputeStatement {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_MONTH;
}

/// Dispute a line of a statement that was prepared and not confirmed yet (对账异议).
#[utoipa::path(post, path = "/v1/merchants/{id}/statements/{month}/disputes", tag = "statements",
    request_body = DisputeStatement,
    params(("id" = String, Path, description = "The merchant."), ("month" = String, Path, description = "YYYY-MM.")),
    responses((status = 201, description = "Recorded.", body = DisputeAnswer)))]
async fn dispute(
    State(app): State<App>,
    ApiPath((merchant, month)): ApiPath<(MerchantId, Month)>,
    asking: Asking,
    ApiJson(body): ApiJson<DisputeStatement>,
) -> Result<Answer<DisputeAnswer>, ApiError> {
    ask(app, asking, OfMonth { merchant, month }, body).await
}

/// The dispute that an address names.
#[derive(Debug, Deserialize)]
pub struct OfDispute {
    merchant: MerchantId,
    month: Month,
    dispute: DisputeId,
}

/// The answer to a dispute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDispute {
    /// Whether the merchant is right: what is wrong is put right then, and the statement prepared again.
    upheld: bool,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for AnswerDispute {
    type Path = OfDispute;
    type Answer = DisputeAnswer;

    fn command(self, path: OfDispute) -> Result<Asked, ServiceError> {
        let OfDispute { merchant, month, dispute } = path;
        let (upheld, reason) = (self.upheld, self.reason.0);
        Ok(Command::from(commands::AnswerDispute { merchant, month, dispute, upheld, reason }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<DisputeAnswer> {
        let Command::AnswerDispute(commands::AnswerDispute { merchant, month, dispute, .. }) = command else {
            return None;
        };
        let (merchant, month, dispute) = (merchant.clone(), *month, dispute.clone());
        Some(DisputeAnswer { merchant, month, dispute, position: receipt.position })
    }
}

impl Body for AnswerDispute {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] =
        &[("merchant", Code::UnknownMerchant), ("month", Code::NotFound), ("dispute", Code::NotFound)];
}

/// Answer what was disputed, as somebody who neither prepared the statement nor disputed the line.
#[utoipa::path(post, path = "/v1/merchants/{id}/statements/{month}/disputes/{dispute}/answer", tag = "statements",
    request_body = AnswerDispute,
    params(("id" = String, Path, description = "The merchant."), ("month" = String, Path, description = "YYYY-MM."),
        ("dispute" = String, Path, description = "The dispute.")),
    responses((status = 200, description = "Answered.", body = DisputeAnswer)))]
async fn answer(
    State(app): State<App>,
    ApiPath((merchant, month, dispute)): ApiPath<(MerchantId, Month, DisputeId)>,
    asking: Asking,
    ApiJson(body): ApiJson<AnswerDispute>,
) -> Result<Answer<DisputeAnswer>, ApiError> {
    ask(app, asking, OfDispute { merchant, month, dispute }, body).await
}

/// Confirming a statement: nothing more is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmStatement {}

impl Ask for ConfirmStatement {
    type Path = OfMonth;
    type Answer = SettlingAnswer;

    fn command(self, path: OfMonth) -> Result<Asked, ServiceError> {
        let (of, month) = (StatementOf::Merchant(path.merchant), path.month);
        Ok(Command::from(commands::ConfirmStatement { of, month }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
        confirmed(command, receipt)
    }
}

impl Body for ConfirmStatement {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_MONTH;
}

/// Confirm a merchant's statement (确认对账单), as somebody else than prepared it. What happened in the month and comes later
/// is a correction in the next.
#[utoipa::path(post, path = "/v1/merchants/{id}/statements/{month}/confirm", tag = "statements",
    request_body = ConfirmStatement,
    params(("id" = String, Path, description = "The merchant."), ("month" = String, Path, description = "YYYY-MM.")),
    responses((status = 200, description = "Confirmed.", body = SettlingAnswer)))]
async fn confirm(
    State(app): State<App>,
    ApiPath((merchant, month)): ApiPath<(MerchantId, Month)>,
    asking: Asking,
    ApiJson(body): ApiJson<ConfirmStatement>,
) -> Result<Answer<SettlingAnswer>, ApiError> {
    ask(app, asking, OfMonth { merchant, month }, body).await
}

/// A month to prepare a body's statement of: it is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareBodyStatement {
    /// A calendar month in the zone of the district, YYYY-MM.
    #[schema(value_type = MonthText)]
    month: Month,
}

impl Ask for PrepareBodyStatement {
    type Path = OfBody;
    type Answer = SettlingAnswer;

    fn command(self, path: OfBody) -> Result<Asked, ServiceError> {
        let of = StatementOf::Body { body: path.body, funds: Vec::new() };
        Ok(Command::from(commands::PrepareStatement { of, month: self.month }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
        prepared(command, receipt)
    }
}

impl Body for PrepareBodyStatement {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("body", Code::NotFound)];
}

/// Prepare the statement of a paying body (责任单位), of what was set aside from its funds in a month.
#[utoipa::path(post, path = "/v1/bodies/{body}/statements", tag = "statements", request_body = PrepareBodyStatement,
    params(("body" = String, Path, description = "The body, as in 资金来源.")),
    responses((status = 201, description = "Prepared.", body = SettlingAnswer)))]
async fn prepare_body(
    State(app): State<App>,
    ApiPath(of): ApiPath<String>,
    asking: Asking,
    ApiJson(body): ApiJson<PrepareBodyStatement>,
) -> Result<Answer<SettlingAnswer>, ApiError> {
    ask(app, asking, OfBody { body: of }, body).await
}

/// Confirming a body's statement: nothing more is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBodyStatement {}

const OF_BODY_MONTH: &[(&str, Code)] = &[("body", Code::NotFound), ("month", Code::NotFound)];

impl Ask for ConfirmBodyStatement {
    type Path = OfBodyMonth;
    type Answer = SettlingAnswer;

    fn command(self, path: OfBodyMonth) -> Result<Asked, ServiceError> {
        let of = StatementOf::Body { body: path.body, funds: Vec::new() };
        Ok(Command::from(commands::ConfirmStatement { of, month: path.month }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SettlingAnswer> {
        confirmed(command, receipt)
    }
}

impl Body for ConfirmBodyStatement {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_BODY_MONTH;
}

/// Confirm a body's statement, as somebody else than prepared it.
#[utoipa::path(post, path = "/v1/bodies/{body}/statements/{month}/confirm", tag = "statements",
    request_body = ConfirmBodyStatement,
    params(("body" = String, Path, description = "The body."), ("month" = String, Path, description = "YYYY-MM.")),
    responses((status = 200, description = "Confirmed.", body = SettlingAnswer)))]
async fn confirm_body(
    State(app): State<App>,
    ApiPath((of, month)): ApiPath<(String, Month)>,
    asking: Asking,
    ApiJson(body): ApiJson<ConfirmBodyStatement>,
) -> Result<Answer<SettlingAnswer>, ApiError> {
    ask(app, asking, OfBodyMonth { body: of, month }, body).await
}

/// That a body paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayBody {
    /// The payment's reference, such as a voucher number.
    #[schema(value_type = Reason)]
    reference: Text,
}

/// A body's payment as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct BodyPaymentAnswer {
    body: String,
    #[schema(value_type = String)]
    month: Month,
    /// How much, in yuan.
    #[schema(value_type = f64)]
    yuan: Exact<Fen>,
    /// Durable up to here.
    position: u64,
}

impl Ask for PayBody {
    type Path = OfBodyMonth;
    type Answer = BodyPaymentAnswer;

    fn command(self, path: OfBodyMonth) -> Result<Asked, ServiceError> {
        let OfBodyMonth { body, month } = path;
        let command = commands::PayBody { body, funds: Vec::new(), month, reference: self.reference.0 };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<BodyPaymentAnswer> {
        let Command::PayBody(commands::PayBody { body, month, .. }) = command else { return None };
        let paid = receipt.events.iter().filter_map(Event::as_fund).filter_map(|event| event.as_paid());
        let yuan = Exact(paid.fold(Fen::ZERO, |sum, paid| sum + paid.amount));
        Some(BodyPaymentAnswer { body: body.clone(), month: *month, yuan, position: receipt.position })
    }
}

impl Body for PayBody {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_BODY_MONTH;
}

/// Record that a body paid what its confirmed statement says, as a third person. What was set aside is paid then.
#[utoipa::path(post, path = "/v1/bodies/{body}/statements/{month}/pay", tag = "statements", request_body = PayBody,
    params(("body" = String, Path, description = "The body."), ("month" = String, Path, description = "YYYY-MM.")),
    responses((status = 201, description = "Recorded.", body = BodyPaymentAnswer)))]
async fn pay_body(
    State(app): State<App>,
    ApiPath((of, month)): ApiPath<(String, Month)>,
    asking: Asking,
    ApiJson(body): ApiJson<PayBody>,
) -> Result<Answer<BodyPaymentAnswer>, ApiError> {
    ask(app, asking, OfBodyMonth { body: of, month }, body).await
}
