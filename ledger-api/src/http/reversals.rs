//! Taking back what a merchant is owed yuan for (冲正): the use of a benefit (权益核销), and a pass's slip (优惠核销).

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, BenefitId, SlipNo};
use ledger_core::domain::merchant::MerchantEvent;
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::benefits::OfApplication;
use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Reason;
use super::wire::Text;
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::exact::Exact;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::ReverseBenefitUse, routes!(reverse_use))
        .route(CommandKind::ReversePassUse, routes!(reverse_slip))
}

/// What the merchant is not owed any more, and the month that bears it; nothing and none where it had been owed nothing.
fn taken_back(receipt: &Receipt) -> (Exact<Fen>, Option<String>) {
    let claim = receipt.events.iter().filter_map(Event::as_merchant).find_map(MerchantEvent::as_money_taken_back);
    (Exact(claim.map_or(Fen::ZERO, |claim| claim.amount)), claim.map(|claim| claim.month.to_string()))
}

/// The use of a benefit that is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseBenefitUse {
    /// Why; the worker may see it.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// A use as taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseReversalAnswer {
    /// Which application: it is granted, as before it was used.
    #[schema(value_type = String)]
    claim: ApplicationId,
    /// For which benefit.
    #[schema(value_type = String)]
    benefit: BenefitId,
    /// What the merchant is not owed any more, in yuan; 0 where nothing was owed.
    #[schema(value_type = f64)]
    yuan: Exact<Fen>,
    /// The month that bears it: the one of the use or, where that was confirmed or paid, a later one; null where nothing was
    /// owed.
    month: Option<String>,
    /// Durable up to here.
    position: u64,
}

impl Ask for ReverseBenefitUse {
    type Path = OfApplication;
    type Answer = UseReversalAnswer;

    fn command(self, path: OfApplication) -> Result<Asked, ServiceError> {
        let OfApplication { benefit, claim: application } = path;
        let command = commands::ReverseBenefitUse { benefit, application, reason: self.reason.0 };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<UseReversalAnswer> {
        let Command::ReverseBenefitUse(commands::ReverseBenefitUse { application, benefit, .. }) = command else {
            return None;
        };
        let ((yuan, month), position) = (taken_back(receipt), receipt.position);
        Some(UseReversalAnswer { claim: application.clone(), benefit: benefit.clone(), yuan, month, position })
    }
}

impl Body for ReverseBenefitUse {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("benefit", Code::UnknownBenefit), ("claim", Code::UnknownBenefit)];
}

/// Take the use of a benefit back (权益核销冲正): it may be used again, or withdrawn, and its merchant is owed nothing for it.
#[utoipa::path(post, path = "/v1/benefits/{id}/claims/{claim}/use/reverse", tag = "benefits",
    request_body = ReverseBenefitUse,
    params(("id" = String, Path, description = "The benefit."), ("claim" = String, Path, description = "The application.")),
    responses((status = 200, description = "Taken back.", body = UseReversalAnswer)))]
async fn reverse_use(
    State(app): State<App>,
    ApiPath((benefit, claim)): ApiPath<(BenefitId, ApplicationId)>,
    asking: Asking,
    ApiJson(body): ApiJson<ReverseBenefitUse>,
) -> Result<Answer<UseReversalAnswer>, ApiError> {
    ask(app, asking, OfApplication { benefit, claim }, body).await
}

/// The slip that an address names.
#[derive(Debug, Deserialize)]
pub struct OfSlip {
    slip: SlipNo,
}

/// A slip that is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversePassUse {
    /// Kept in the vault under the holder of the pass, and told to whoever may read that worker.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// A slip as taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipReversalAnswer {
    /// Which slip.
    #[schema(value_type = String)]
    honour: SlipNo,
    /// What the merchant is not owed any more, in yuan.
    #[schema(value_type = f64)]
    yuan: Exact<Fen>,
    /// The month that bears it: the one of the slip or, where that was confirmed or paid, a later one.
    month: Option<String>,
    /// Durable up to here.
    position: u64,
}

impl Ask for ReversePassUse {
    type Path = OfSlip;
    type Answer = SlipReversalAnswer;

    fn command(self, path: OfSlip) -> Result<Asked, ServiceError> {
        let command = commands::ReversePassUse { slip_no: path.slip, pass: None, reason: self.reason.0 };
        Ok(Command::from(command).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SlipReversalAnswer> {
        let Command::ReversePassUse(commands::ReversePassUse { slip_no, .. }) = command else { return None };
        let ((yuan, month), position) = (taken_back(receipt), receipt.position);
        Some(SlipReversalAnswer { honour: slip_no.clone(), yuan, month, position })
    }
}

impl Body for ReversePassUse {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("slip", Code::UnknownPass)];
}

/// Take a slip back (优惠核销冲正): its merchant is owed nothing for it, and the fund has its money again.
#[utoipa::path(post, path = "/v1/honours/{slip}/reverse", tag = "passes", request_body = ReversePassUse,
    params(("slip" = String, Path, description = "The slip.")),
    responses((status = 200, description = "Taken back.", body = SlipReversalAnswer)))]
async fn reverse_slip(
    State(app): State<App>,
    ApiPath(slip): ApiPath<SlipNo>,
    asking: Asking,
    ApiJson(body): ApiJson<ReversePassUse>,
) -> Result<Answer<SlipReversalAnswer>, ApiError> {
    ask(app, asking, OfSlip { slip }, body).await
}
