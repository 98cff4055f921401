//! Merchants: registering, and recording what the district paid them.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::Month;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, MonthText, Price, Reason, Uscc};
use super::wire::{PointsJson, Text, YuanJson, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::RegisterMerchant, routes!(register))
        .route(CommandKind::PaySettlement, routes!(pay))
}

/// A merchant to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterMerchant {
    /// Up to 64 characters without blanks and slashes.
    #[schema(value_type = Id)]
    id: MerchantId,
    /// The organisation's name.
    #[schema(value_type = Reason)]
    name: Text,
    /// 统一社会信用代码.
    #[schema(value_type = Uscc)]
    uscc: Text,
    /// Line of business (类型).
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500)]
    category: Option<String>,
}

/// What became of a merchant.
#[derive(Debug, Serialize, ToSchema)]
pub struct MerchantAnswer {
    /// The merchant's id (商户编号).
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterMerchant {
    type Path = NoPath;
    type Answer = MerchantAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let details = MerchantDetails { category: self.category, name: self.name.0, uscc: self.uscc.0 };
        Ok(Command::RegisterMerchant(commands::RegisterMerchant { merchant: self.id, details, update: false }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<MerchantAnswer> {
        let Command::RegisterMerchant(commands::RegisterMerchant { merchant, .. }) = command else { return None };
        Some(MerchantAnswer { merchant: merchant.clone(), position: receipt.position })
    }
}

impl Body for RegisterMerchant {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Register a merchant.
#[utoipa::path(post, path = "/v1/merchants", tag = "merchants", request_body = RegisterMerchant,
    responses((status = 201, description = "Registered.", body = MerchantAnswer)))]
async fn register(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterMerchant>,
) -> Result<Answer<MerchantAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// The merchant that an address names.
#[derive(Debug, Deserialize)]
pub struct OfMerchant {
    pub(super) merchant: MerchantId,
}

/// A payment to a merchant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaySettlement {
    /// The month it settles.
    #[schema(value_type = MonthText)]
    month: Month,
    /// How much of what is owed for it in points; nothing without, where `yuan` is paid.
    #[serde(default)]
    #[schema(value_type = Option<Price>)]
    points: Option<PointsJson>,
    /// How much of what is owed in yuan, by a statement of the month that was confirmed.
    #[serde(default)]
    yuan: Option<YuanJson>,
    /// The payment's reference, such as a voucher number.
    #[schema(value_type = Reason)]
    reference: Text,
}

/// A payment as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentAnswer {
    /// To whom.
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// The month it settles.
    #[schema(value_type = String)]
    month: Month,
    /// How much in points.
    points: PointsJson,
    /// How much in yuan; where some was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    yuan: Option<Exact<Fen>>,
    /// Durable up to here.
    position: u64,
}

impl Ask for PaySettlement {
    type Path = OfMerchant;
    type Answer = PaymentAnswer;

    fn command(self, path: OfMerchant) -> Result<Asked, ServiceError> {
        let PaySettlement { month, points, yuan, reference } = self;
        if points.is_none() && yuan.is_none() {
            let sentence = "points: say how much is paid, in points or in yuan";
            return Err(ServiceError::refused(Code::InvalidInput, sentence));
        }
        let amount = yuan.map(|yuan| yuan.amount("yuan")).transpose()?;
        Ok(Command::PaySettlement(commands::PaySettlement {
            merchant: path.merchant,
            month,
            points: points.map_or(Points::ZERO, |points| points.0),
            amount,
            reference: reference.0,
        })
        .into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<PaymentAnswer> {
        let Command::PaySettlement(commands::PaySettlement { merchant, month, points, amount, .. }) = command else {
            return None;
        };
        let (points, yuan) = (PointsJson(*points), amount.map(Exact));
        Some(PaymentAnswer { merchant: merchant.clone(), month: *month, points, yuan, position: receipt.position })
    }
}

impl Body for PaySettlement {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("merchant", Code::UnknownMerchant)];
}

/// Record a payment. A month whose statement was prepared is paid once it was confirmed, by a third person.
#[utoipa::path(post, path = "/v1/merchants/{id}/settlements", tag = "merchants", request_body = PaySettlement,
    params(("id" = String, Path, description = "The merchant.")),
    responses((status = 201, description = "Recorded.", body = PaymentAnswer)))]
async fn pay(
    State(app): State<App>,
    ApiPath(merchant): ApiPath<MerchantId>,
    asking: Asking,
    ApiJson(body): ApiJson<PaySettlement>,
) -> Result<Answer<PaymentAnswer>, ApiError> {
    ask(app, asking, OfMerchant { merchant }, body).await
}
