//! Merchants: registering, and recording what the district paid them.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::Month;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Ask, Asked, NoPath, ask};
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, MonthText, Price, Reason, Uscc};
use super::wire::{PointsJson, Text, maybe_text};
use crate::app::App;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(register)).routes(routes!(pay))
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
    /// Which.
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterMerchant {
    type Path = NoPath;
    type Answer = MerchantAnswer;
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];

    fn command(self, _: NoPath) -> Result<Asked, ApiError> {
        let details = MerchantDetails { category: self.category, name: self.name.0, uscc: self.uscc.0 };
        Ok(Command::RegisterMerchant(commands::RegisterMerchant { merchant: self.id, details, update: false }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<MerchantAnswer> {
        let Command::RegisterMerchant(commands::RegisterMerchant { merchant, .. }) = command else { return None };
        Some(MerchantAnswer { merchant: merchant.clone(), position: receipt.position })
    }
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
    merchant: MerchantId,
}

/// A payment to a merchant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaySettlement {
    /// The month it settles.
    #[schema(value_type = MonthText)]
    month: Month,
    /// How much of what is owed for it.
    #[schema(value_type = Price)]
    points: PointsJson,
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
    /// How much.
    points: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl Ask for PaySettlement {
    type Path = OfMerchant;
    type Answer = PaymentAnswer;
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[("merchant", Code::UnknownMerchant)];

    fn command(self, path: OfMerchant) -> Result<Asked, ApiError> {
        let PaySettlement { month, points, reference } = self;
        Ok(Command::PaySettlement(commands::PaySettlement {
            merchant: path.merchant,
            month,
            points: points.0,
            reference: reference.0,
        })
        .into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<PaymentAnswer> {
        let Command::PaySettlement(commands::PaySettlement { merchant, month, points, .. }) = command else {
            return None;
        };
        let points = PointsJson(*points);
        Some(PaymentAnswer { merchant: merchant.clone(), month: *month, points, position: receipt.position })
    }
}

/// Record a payment.
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
