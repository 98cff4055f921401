//! Workers: registering, leaving, two ids of one person, and the mutual-aid points card of Party members.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{BranchId, CardNo, SiteId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::command::{WorkerDetails, membership};
use ledger_core::domain::worker::event::WorkerMerged;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::shapes::{Id, LineText, Reason};
use super::wire::{Text, maybe_text};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::exact::PointsJson;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};
use crate::service::names::Personal;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::RegisterWorker, routes!(register))
        .route(CommandKind::DepartWorker, routes!(depart))
        .route(CommandKind::MergeWorkers, routes!(merge))
        .route(CommandKind::IssueCard, routes!(issue_card))
        .route(CommandKind::MoveCard, routes!(move_card))
        .route(CommandKind::CloseCard, routes!(close_card))
}

/// The worker that an address names.
#[derive(Debug, Deserialize)]
pub struct OfWorker {
    pub(super) worker: WorkerId,
}

const OF_WORKER: &[(&str, Code)] = &[("worker", Code::UnknownWorker)];

/// A worker to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterWorker {
    /// Up to 64 characters without blanks and slashes.
    #[schema(value_type = Id)]
    id: WorkerId,
    /// 从业类型.
    #[schema(value_type = Reason)]
    occupation: Text,
    /// 所属平台.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(max_length = 500, examples("顺丰"))]
    platform: Option<String>,
    /// Kept encrypted beside the journal, never in it.
    #[serde(default, deserialize_with = "maybe_text")]
    #[schema(value_type = Option<LineText>)]
    name: Option<String>,
    /// The site the worker belongs to (所在站点).
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    site: Option<SiteId>,
    /// Whether a Party member, where known. Instead of `political_status`.
    #[serde(default)]
    party_member: Option<bool>,
    /// Whether still on probation (中共预备党员): takes part in the appraisal, gets no grade in it.
    #[serde(default)]
    probationary: Option<bool>,
    /// 政治面貌, such as 中共党员 or 群众; only whether a Party member, and whether on probation, is recorded.
    #[serde(default, deserialize_with = "maybe_text")]
    political_status: Option<String>,
}

/// What became of a worker.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkerAnswer {
    /// The worker's id (编号).
    #[schema(value_type = String)]
    worker: WorkerId,
    /// Durable up to here.
    position: u64,
}

/// What a field says, or else a 政治面貌; both may say the same.
fn agreed(field: &str, told: Option<bool>, by_status: Option<bool>) -> Result<Option<bool>, ServiceError> {
    match (told, by_status) {
        (Some(told), Some(by_status)) if told != by_status => {
            let sentence = format!("{field} and political_status contradict each other; send one");
            Err(ServiceError::refused(Code::InvalidInput, sentence))
        }
        (told, by_status) => Ok(told.or(by_status)),
    }
}

impl Ask for RegisterWorker {
    type Path = NoPath;
    type Answer = WorkerAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let (member, on_probation) = self.political_status.map(|status| membership(&status)).unzip();
        let party_member = agreed("party_member", self.party_member, member)?;
        let probationary = agreed("probationary", self.probationary, on_probation)?.unwrap_or(false);
        let details = WorkerDetails {
            occupation: self.occupation.0,
            party_member,
            platform: self.platform,
            probationary,
            site: self.site,
        };
        let personal = match self.name {
            Some(name) => Personal::Name(self.id.clone(), name),
            None => Personal::Nothing,
        };
        let register = commands::RegisterWorker { worker: self.id, details, update: false };
        Ok(Asked { personal, ..Command::RegisterWorker(register).into() })
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<WorkerAnswer> {
        let Command::RegisterWorker(commands::RegisterWorker { worker, .. }) = command else { return None };
        Some(WorkerAnswer { worker: worker.clone(), position: receipt.position })
    }
}

impl Body for RegisterWorker {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Register a worker.
#[utoipa::path(post, path = "/v1/workers", tag = "workers", request_body = RegisterWorker,
    responses((status = 201, description = "Registered.", body = WorkerAnswer)))]
async fn register(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterWorker>,
) -> Result<Answer<WorkerAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// A worker who leaves the programme: nothing more is earned or spent, nothing is lost.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartWorker {
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for DepartWorker {
    type Path = OfWorker;
    type Answer = WorkerAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        Ok(Command::DepartWorker(commands::DepartWorker { worker: path.worker, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<WorkerAnswer> {
        let Command::DepartWorker(commands::DepartWorker { worker, .. }) = command else { return None };
        Some(WorkerAnswer { worker: worker.clone(), position: receipt.position })
    }
}

impl Body for DepartWorker {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_WORKER;
}

/// Record that a worker leaves.
#[utoipa::path(post, path = "/v1/workers/{id}/depart", tag = "workers", request_body = DepartWorker,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 200, description = "Recorded.", body = WorkerAnswer)))]
async fn depart(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    ApiJson(body): ApiJson<DepartWorker>,
) -> Result<Answer<WorkerAnswer>, ApiError> {
    ask(app, asking, OfWorker { worker }, body).await
}

/// Another id of the same person (一人多号), under which the account goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeWorkers {
    /// The id that is kept.
    #[schema(value_type = Id)]
    into: WorkerId,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// What became of two ids of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeAnswer {
    /// The id that was given up.
    #[schema(value_type = String)]
    worker: WorkerId,
    /// The id that is kept.
    #[schema(value_type = String)]
    into: WorkerId,
    /// What was left under the id that was given up, and goes on under the other.
    points: PointsJson,
    /// What was owed, and is owed under the other now.
    debt: PointsJson,
    /// Durable up to here.
    position: u64,
}

impl Ask for MergeWorkers {
    type Path = OfWorker;
    type Answer = MergeAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        let MergeWorkers { into: kept, reason } = self;
        Ok(Command::MergeWorkers(commands::MergeWorkers { kept, absorbed: path.worker, reason: reason.0 }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<MergeAnswer> {
        let merged = worker_event(receipt, |event| event.as_handed_over().cloned())?;
        let WorkerMerged { worker, into, points, debt, .. } = merged;
        Some(MergeAnswer {
            worker,
            into,
            points: PointsJson(points),
            debt: PointsJson(debt),
            position: receipt.position,
        })
    }
}

impl Body for MergeWorkers {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_WORKER;
}

/// Give an id up for another one of the same person.
///
/// What is left in its lots goes on under the other id with the days it always had, and so does what is owed; what counted
/// against caps and yearly limits counts there as well. Refused while a hold is open, a credit waits for a decision, or it
/// has an open card: keep the id that has the card. Afterwards it takes corrections of what was before and nothing else.
#[utoipa::path(post, path = "/v1/workers/{id}/merge", tag = "workers", request_body = MergeWorkers,
    params(("id" = String, Path, description = "The id that is given up.")),
    responses((status = 200, description = "Merged.", body = MergeAnswer)))]
async fn merge(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    ApiJson(body): ApiJson<MergeWorkers>,
) -> Result<Answer<MergeAnswer>, ApiError> {
    let (views, given_up) = (app.views.clone(), worker.clone());
    let told = ask(app, asking, OfWorker { worker }, body).await;
    // Of the two ids the address names one: where that one is known, the other one is the body's.
    match told {
        Err(no) if no.code() == Code::UnknownWorker => {
            views.fresh(None).await.map_err(ServiceError::from)?;
            let known = views.worker(given_up.as_str()).await.map_err(ServiceError::from)?.value.is_some();
            Err(if known { no.of_the_body() } else { no })
        }
        told => told,
    }
}

/// A mutual-aid points card (互助积分卡) for a Party member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueCard {
    /// 积分卡号; never used again for another worker.
    #[schema(value_type = Id)]
    card_no: CardNo,
    /// 所在党支部.
    #[schema(value_type = Id)]
    branch: BranchId,
}

/// A card as issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardAnswer {
    /// The holder.
    #[schema(value_type = String)]
    worker: WorkerId,
    /// Its number.
    #[schema(value_type = String)]
    card_no: CardNo,
    /// 所在党支部, to which the card belongs now.
    #[schema(value_type = String)]
    branch: BranchId,
    /// Durable up to here.
    position: u64,
}

impl Ask for IssueCard {
    type Path = OfWorker;
    type Answer = CardAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        let IssueCard { card_no, branch } = self;
        Ok(Command::IssueCard(commands::IssueCard { worker: path.worker, card_no, branch, update: false }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<CardAnswer> {
        let Command::IssueCard(commands::IssueCard { worker, card_no, branch, .. }) = command else { return None };
        let (worker, card_no, branch) = (worker.clone(), card_no.clone(), branch.clone());
        Some(CardAnswer { worker, card_no, branch, position: receipt.position })
    }
}

impl Body for IssueCard {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = OF_WORKER;
}

/// Issue a mutual-aid points card.
#[utoipa::path(post, path = "/v1/workers/{id}/card", tag = "workers", request_body = IssueCard,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 201, description = "Issued.", body = CardAnswer)))]
async fn issue_card(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    ApiJson(body): ApiJson<IssueCard>,
) -> Result<Answer<CardAnswer>, ApiError> {
    ask(app, asking, OfWorker { worker }, body).await
}

/// A card that goes to another branch (组织关系转移).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveCard {
    /// The new branch.
    #[schema(value_type = Id)]
    branch: BranchId,
}

impl Ask for MoveCard {
    type Path = OfWorker;
    type Answer = WorkerAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        Ok(Command::MoveCard(commands::MoveCard { worker: path.worker, branch: self.branch }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<WorkerAnswer> {
        let Command::MoveCard(commands::MoveCard { worker, .. }) = command else { return None };
        Some(WorkerAnswer { worker: worker.clone(), position: receipt.position })
    }
}

impl Body for MoveCard {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_WORKER;
}

/// Move the card to another branch.
#[utoipa::path(post, path = "/v1/workers/{id}/card/move", tag = "workers", request_body = MoveCard,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 200, description = "Moved, or there already.", body = WorkerAnswer)))]
async fn move_card(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    ApiJson(body): ApiJson<MoveCard>,
) -> Result<Answer<WorkerAnswer>, ApiError> {
    ask(app, asking, OfWorker { worker }, body).await
}

/// A card that is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseCard {
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for CloseCard {
    type Path = OfWorker;
    type Answer = WorkerAnswer;

    fn command(self, path: OfWorker) -> Result<Asked, ServiceError> {
        Ok(Command::CloseCard(commands::CloseCard { worker: path.worker, reason: self.reason.0 }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<WorkerAnswer> {
        let Command::CloseCard(commands::CloseCard { worker, .. }) = command else { return None };
        Some(WorkerAnswer { worker: worker.clone(), position: receipt.position })
    }
}

impl Body for CloseCard {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_WORKER;
}

/// Close the card.
#[utoipa::path(post, path = "/v1/workers/{id}/card/close", tag = "workers", request_body = CloseCard,
    params(("id" = String, Path, description = "The worker.")),
    responses((status = 200, description = "Closed.", body = WorkerAnswer)))]
async fn close_card(
    State(app): State<App>,
    ApiPath(worker): ApiPath<WorkerId>,
    asking: Asking,
    ApiJson(body): ApiJson<CloseCard>,
) -> Result<Answer<WorkerAnswer>, ApiError> {
    ask(app, asking, OfWorker { worker }, body).await
}
