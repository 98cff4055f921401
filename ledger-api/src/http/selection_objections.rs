//! What follows once a selection's list hangs out: objections and their answers, putting the list right, and that a meeting
//! decided.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{Key, ObjectionId, SelectionId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, Asking};
use super::selections::{OfSelection, PATH, ShortListAnswer};
use super::shapes::{Id, Reason, Sha256Text};
use super::wire::Text;
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::ObjectToSelection, routes!(object))
        .route(CommandKind::AnswerObjection, routes!(answer))
        .route(CommandKind::ReviseSelection, routes!(revise))
        .route(CommandKind::RecordResult, routes!(record))
}

/// The selection that an address names, and the key of the objection.
#[derive(Debug, Deserialize)]
pub struct OfObjector {
    selection: SelectionId,
    key: Key,
}

/// An objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToSelection {
    /// About which candidate.
    #[schema(value_type = Id)]
    candidate: WorkerId,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

/// An objection as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct SelectionObjectionAnswer {
    /// To which selection.
    #[schema(value_type = String)]
    selection: SelectionId,
    /// The objection's name: the key of the command that made it.
    #[schema(value_type = String)]
    objection: ObjectionId,
    /// `open`, `upheld` (the list is to be revised) or `dismissed`.
    #[schema(value_type = String)]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl Ask for ObjectToSelection {
    type Path = OfObjector;
    type Answer = SelectionObjectionAnswer;

    fn command(self, path: OfObjector) -> Result<Asked, ServiceError> {
        let (selection, candidate, reason) = (path.selection, self.candidate, self.reason.0);
        let objection = (&path.key).into();
        Ok(Command::from(commands::ObjectToSelection { selection, objection, candidate, reason }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SelectionObjectionAnswer> {
        let Command::ObjectToSelection(commands::ObjectToSelection { selection, objection, .. }) = command else {
            return None;
        };
        let (selection, objection, position) = (selection.clone(), objection.clone(), receipt.position);
        Some(SelectionObjectionAnswer { selection, objection, status: "open", position })
    }
}

impl Body for ObjectToSelection {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = PATH;
}

/// Object to how a candidate was measured, or that there is such a candidate (评选异议), while the list is public. Who
/// objects is told to those who decide and to auditors.
#[utoipa::path(post, path = "/v1/selections/{id}/objections", tag = "selections", request_body = ObjectToSelection,
    params(("id" = String, Path, description = "The selection.")),
    responses((status = 201, description = "It waits for an answer.", body = SelectionObjectionAnswer)))]
async fn object(
    State(app): State<App>,
    ApiPath(selection): ApiPath<SelectionId>,
    asking: Asking,
    ApiJson(body): ApiJson<ObjectToSelection>,
) -> Result<Answer<SelectionObjectionAnswer>, ApiError> {
    let path = OfObjector { selection, key: asking.context.key.clone() };
    ask(app, asking, path, body).await
}

/// The objection that an address names.
#[derive(Debug, Deserialize)]
pub struct OfObjection {
    selection: SelectionId,
    objection: ObjectionId,
}

/// An answer to an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerObjection {
    /// Whether it was right: the list is then to be revised.
    upheld: bool,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for AnswerObjection {
    type Path = OfObjection;
    type Answer = SelectionObjectionAnswer;

    fn command(self, path: OfObjection) -> Result<Asked, ServiceError> {
        let (selection, objection, upheld, reason) = (path.selection, path.objection, self.upheld, self.reason.0);
        Ok(Command::from(commands::AnswerObjection { selection, objection, upheld, reason }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<SelectionObjectionAnswer> {
        let Command::AnswerObjection(commands::AnswerObjection { selection, objection, upheld, .. }) = command else {
            return None;
        };
        let status = if *upheld { "upheld" } else { "dismissed" };
        let (selection, objection, position) = (selection.clone(), objection.clone(), receipt.position);
        Some(SelectionObjectionAnswer { selection, objection, status, position })
    }
}

impl Body for AnswerObjection {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = &[("selection", Code::NotFound), ("objection", Code::NotFound)];
}

/// Answer an objection: somebody who had no part in the selection.
#[utoipa::path(post, path = "/v1/selections/{id}/objections/{objection}/answer", tag = "selections",
    request_body = AnswerObjection,
    params(("id" = String, Path, description = "The selection."),
        ("objection" = String, Path, description = "The objection.")),
    responses((status = 200, description = "Answered.", body = SelectionObjectionAnswer)))]
async fn answer(
    State(app): State<App>,
    ApiPath((selection, objection)): ApiPath<(SelectionId, ObjectionId)>,
    asking: Asking,
    ApiJson(body): ApiJson<AnswerObjection>,
) -> Result<Answer<SelectionObjectionAnswer>, ApiError> {
    ask(app, asking, OfObjection { selection, objection }, body).await
}

/// A candidate put right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviseSelection {
    /// The candidate's id as a worker (编号).
    #[schema(value_type = Id)]
    candidate: WorkerId,
    /// Whether they are taken off; else they are measured anew, by what the ledger says now of the same days.
    #[serde(default)]
    remove: bool,
    /// The reason, at most 500 characters; kept in the vault.
    #[schema(value_type = Reason)]
    reason: Text,
}

impl Ask for ReviseSelection {
    type Path = OfSelection;
    type Answer = ShortListAnswer;

    fn command(self, path: OfSelection) -> Result<Asked, ServiceError> {
        let (selection, candidate, remove, reason) = (path.selection, self.candidate, self.remove, self.reason.0);
        Ok(Command::from(commands::ReviseSelection { selection, candidate, remove, reason }).into())
    }

    fn answer(_: &Command, receipt: &Receipt) -> Option<ShortListAnswer> {
        ShortListAnswer::new(receipt)
    }
}

impl Body for ReviseSelection {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = PATH;
}

/// Put a candidate right after the list was drawn (入围名单修订). The list is drawn anew and hangs out for as many days again;
/// the earlier one stays readable.
#[utoipa::path(post, path = "/v1/selections/{id}/revise", tag = "selections", request_body = ReviseSelection,
    params(("id" = String, Path, description = "The selection.")),
    responses((status = 200, description = "Revised.", body = ShortListAnswer)))]
async fn revise(
    State(app): State<App>,
    ApiPath(selection): ApiPath<SelectionId>,
    asking: Asking,
    ApiJson(body): ApiJson<ReviseSelection>,
) -> Result<Answer<ShortListAnswer>, ApiError> {
    ask(app, asking, OfSelection { selection }, body).await
}

/// That a meeting decided. What it decided stands in its minutes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordResult {
    /// SHA-256 of the minutes (会议纪要), in hexadecimal.
    #[schema(value_type = Sha256Text)]
    minutes: String,
}

/// A result as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultAnswer {
    /// 评选编号.
    #[schema(value_type = String)]
    selection: SelectionId,
    /// Durable up to here.
    position: u64,
}

impl Ask for RecordResult {
    type Path = OfSelection;
    type Answer = ResultAnswer;

    fn command(self, path: OfSelection) -> Result<Asked, ServiceError> {
        Ok(Command::from(commands::RecordResult { selection: path.selection, minutes: self.minutes }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<ResultAnswer> {
        let Command::RecordResult(commands::RecordResult { selection, .. }) = command else { return None };
        Some(ResultAnswer { selection: selection.clone(), position: receipt.position })
    }
}

impl Body for RecordResult {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = PATH;
}

/// Record that a meeting decided (评选结果登记): after the publicity, with no objection open, by somebody else than who
/// announced the selection.
#[utoipa::path(post, path = "/v1/selections/{id}/result", tag = "selections", request_body = RecordResult,
    params(("id" = String, Path, description = "The selection.")),
    responses((status = 200, description = "Recorded.", body = ResultAnswer)))]
async fn record(
    State(app): State<App>,
    ApiPath(selection): ApiPath<SelectionId>,
    asking: Asking,
    ApiJson(body): ApiJson<RecordResult>,
) -> Result<Answer<ResultAnswer>, ApiError> {
    ask(app, asking, OfSelection { selection }, body).await
}
