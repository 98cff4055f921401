//! A merchant's own word that a prepared statement is right (确认无误): it takes nobody's place of the three who settle a
//! month, and whoever confirms it sees it.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::statement::LinesDigest;
use ledger_core::domain::time::Month;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Sha256Text;
use super::statements::{OF_MONTH, OfMonth};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::AcknowledgeStatement, routes!(acknowledge))
}

/// What was looked over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeStatement {
    /// The digest of the lines that were looked over, as the statement names it: where it has others by now, it is refused.
    #[serde(default)]
    #[schema(value_type = Option<Sha256Text>)]
    digest: Option<LinesDigest>,
}

/// A merchant's word, as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcknowledgedAnswer {
    /// 商户编号.
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    month: Month,
    /// The digest of the lines that were found right.
    #[schema(value_type = String)]
    digest: LinesDigest,
    /// Durable up to here.
    position: u64,
}

impl Ask for AcknowledgeStatement {
    type Path = OfMonth;
    type Answer = AcknowledgedAnswer;

    fn command(self, path: OfMonth) -> Result<Asked, ServiceError> {
        let OfMonth { merchant, month } = path;
        Ok(Command::from(commands::AcknowledgeStatement { merchant, month, digest: self.digest }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AcknowledgedAnswer> {
        let Command::AcknowledgeStatement(commands::AcknowledgeStatement { merchant, month, .. }) = command else {
            return None;
        };
        let found = receipt.events.iter().filter_map(Event::as_merchant).find_map(|event| event.as_acknowledged())?;
        let (merchant, month, digest) = (merchant.clone(), *month, found.digest);
        Some(AcknowledgedAnswer { merchant, month, digest, position: receipt.position })
    }
}

impl Body for AcknowledgeStatement {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_MONTH;
}

/// Say, as the merchant, that a statement which was prepared and not confirmed yet is right (确认无误). Another person of the
/// office confirms it all the same.
#[utoipa::path(post, path = "/v1/merchants/{id}/statements/{month}/acknowledge", tag = "statements",
    request_body = AcknowledgeStatement,
    params(("id" = String, Path, description = "The merchant."), ("month" = String, Path, description = "YYYY-MM.")),
    responses((status = 201, description = "Recorded.", body = AcknowledgedAnswer)))]
async fn acknowledge(
    State(app): State<App>,
    ApiPath((merchant, month)): ApiPath<(MerchantId, Month)>,
    asking: Asking,
    ApiJson(body): ApiJson<AcknowledgeStatement>,
) -> Result<Answer<AcknowledgedAnswer>, ApiError> {
    ask(app, asking, OfMonth { merchant, month }, body).await
}
