//! Forgetting a person: asked for by one, confirmed by another, at the same address.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::Reason;
use super::wire::Text;
use super::workers::OfWorker;
use crate::access::policy::{CommandKind, Target, Who, allow};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::EraseWorker, routes!(erase))
}

/// A person to forget. The first who asks this asks for it, a second person confirms it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseWorker {
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ErasureStatus {
    /// It is asked for and waits for a second person.
    Asked,
    /// It is confirmed, and the person's keys are destroyed.
    Erased,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureAnswer {
    /// 编号 of who is forgotten.
    #[schema(value_type = String)]
    worker: WorkerId,
    status: ErasureStatus,
    /// Durable up to here.
    position: u64,
}

impl Ask for EraseWorker {
    type Path = OfWorker;
    type Answer = ErasureAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        let (worker, reason) = (path.worker, self.reason.0);
        Ok(Command::EraseWorker(commands::EraseWorker { worker, reason, oneself: false }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ErasureAnswer> {
        let Command::EraseWorker(commands::EraseWorker { worker, .. }) = command else { return None };
        let status = worker_event(receipt, |event| {
            if let WorkerEvent::WorkerErased(_) = event {
                return Some(ErasureStatus::Erased);
            }
            matches!(event, WorkerEvent::WorkerErasureAsked(_)).then_some(ErasureStatus::Asked)
        })?;
        Some(ErasureAnswer { worker: worker.clone(), status, position: receipt.position })
    }
}

impl Body for EraseWorker {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("worker", Code::UnknownWorker)];
}

/// Forget the person behind a worker: name, phone, reasons and notes, for good.
///
/// The worker or an administrator asks for it, and a second person confirms it at the same address. Points, cards, receipts
/// and proofs stay, and redeeming by code goes on.
#[utoipa::path(post, path = "/v1/workers/{id}/erase", tag = "workers", request_body = EraseWorker,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 200, description = "Asked for, or done.", body = ErasureAnswer)))]
async fn erase(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    body: Result<ApiJson<EraseWorker>, ApiError>,
) -> Result<Answer<ErasureAnswer>, ApiError> {
    // A worker may ask this of the own person alone, and is told so before anything else is wrong.
    allow(Who::Bearer(&asking.caller), CommandKind::EraseWorker, Target::Worker(worker.as_str()))?;
    let ApiJson(body) = body?;
    ask(app, asking, OfWorker { worker }, body).await
}
