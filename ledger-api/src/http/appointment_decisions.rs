//! Appointments that a second person confirms (聘任确认): what waits for that, and the word that confirms it or sends it back.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{AppointmentId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller, Limit, from_text, position_from_text};
use super::shapes::Reason;
use super::wire::{Text, TimeJson};
use crate::access::policy::{CommandKind, Read};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::appointing::{ProposedAppointment, proposed};
use crate::service::command::{Ask, Asked};
use crate::service::reading::no_time;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::ConfirmAppointment, routes!(confirm))
        .route(CommandKind::RejectAppointment, routes!(reject))
        .route(Read::ProposedAppointments, routes!(list_proposed_appointments))
}

/// An appointment of a worker.
#[derive(Debug, Deserialize)]
pub struct OfAppointment {
    worker: WorkerId,
    appointment: AppointmentId,
}

/// When what was looked at had been proposed.
fn seen(at: Option<TimeJson>) -> Result<Option<BusinessTime>, ServiceError> {
    let read = |TimeJson(at): TimeJson| at.map_err(|sent| ServiceError::unreadable(no_time("proposed_at", &sent)));
    at.map(read).transpose()
}

const OF_APPOINTMENT: &[(&str, Code)] = &[("worker", Code::UnknownWorker), ("appointment", Code::NotFound)];

/// What became of a proposed appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentDecidedAnswer {
    /// The worker's id (编号).
    #[schema(value_type = String)]
    worker: WorkerId,
    /// The letter's number (聘书号).
    #[schema(value_type = String)]
    appointment: AppointmentId,
    /// `confirmed`: it holds on its days; or `rejected`.
    #[schema(value_type = String, examples("confirmed"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

/// Confirming needs nothing said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAppointment {
    /// The `at` of what was looked at: if that was decided meanwhile and something else was proposed under the number, the word
    /// is refused (`already_decided`). Whoever leaves it out means whatever waits.
    #[serde(default)]
    proposed_at: Option<TimeJson>,
}

impl Ask for ConfirmAppointment {
    type Path = OfAppointment;
    type Answer = AppointmentDecidedAnswer;

    fn command(self, path: OfAppointment) -> Result<Asked, ServiceError> {
        let OfAppointment { worker, appointment } = path;
        let proposed_at = seen(self.proposed_at)?;
        Ok(Command::from(commands::ConfirmAppointment { worker, appointment, proposed_at }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AppointmentDecidedAnswer> {
        let Command::ConfirmAppointment(commands::ConfirmAppointment { worker, appointment, .. }) = command else {
            return None;
        };
        let (worker, appointment) = (worker.clone(), appointment.clone());
        Some(AppointmentDecidedAnswer { worker, appointment, status: "confirmed", position: receipt.position })
    }
}

impl Body for ConfirmAppointment {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_APPOINTMENT;
}

/// Confirm an appointment that another person proposed: it is recorded as a row of 聘任名册 would be in this moment.
#[utoipa::path(post, path = "/v1/workers/{id}/appointments/{appointment}/confirm", tag = "appointments",
    request_body = ConfirmAppointment,
    params(("id" = String, Path, description = "The worker."), ("appointment" = String, Path, description = "聘书号.")),
    responses((status = 200, description = "Appointed.", body = AppointmentDecidedAnswer)))]
async fn confirm(
    State(app): State<App>,
    ApiPath((worker, appointment)): ApiPath<(WorkerId, AppointmentId)>,
    asking: Asking,
    ApiJson(body): ApiJson<ConfirmAppointment>,
) -> Result<Answer<AppointmentDecidedAnswer>, ApiError> {
    ask(app, asking, OfAppointment { worker, appointment }, body).await
}

/// Why a proposed appointment is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectAppointment {
    /// Why; whoever proposed it and the worker see it.
    #[schema(value_type = Reason)]
    reason: Text,
    /// The `at` of what was looked at, as for confirming.
    #[serde(default)]
    proposed_at: Option<TimeJson>,
}

impl Ask for RejectAppointment {
    type Path = OfAppointment;
    type Answer = AppointmentDecidedAnswer;

    fn command(self, path: OfAppointment) -> Result<Asked, ServiceError> {
        let OfAppointment { worker, appointment } = path;
        let (reason, proposed_at) = (self.reason.0, seen(self.proposed_at)?);
        Ok(Command::from(commands::RejectAppointment { worker, appointment, reason, proposed_at }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AppointmentDecidedAnswer> {
        let Command::RejectAppointment(commands::RejectAppointment { worker, appointment, .. }) = command else {
            return None;
        };
        let (worker, appointment) = (worker.clone(), appointment.clone());
        Some(AppointmentDecidedAnswer { worker, appointment, status: "rejected", position: receipt.position })
    }
}

impl Body for RejectAppointment {
    const STATUS: StatusCode = StatusCode::OK;
    const PATH: &'static [(&'static str, Code)] = OF_APPOINTMENT;
}

/// Send a proposed appointment back (退回): it comes to nothing, and can be proposed again.
#[utoipa::path(post, path = "/v1/workers/{id}/appointments/{appointment}/reject", tag = "appointments",
    request_body = RejectAppointment,
    params(("id" = String, Path, description = "The worker."), ("appointment" = String, Path, description = "聘书号.")),
    responses((status = 200, description = "Sent back.", body = AppointmentDecidedAnswer)))]
async fn reject(
    State(app): State<App>,
    ApiPath((worker, appointment)): ApiPath<(WorkerId, AppointmentId)>,
    asking: Asking,
    ApiJson(body): ApiJson<RejectAppointment>,
) -> Result<Answer<AppointmentDecidedAnswer>, ApiError> {
    ask(app, asking, OfAppointment { worker, appointment }, body).await
}

/// How an appointment stands. What is recorded, or was sent back, is told by its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AppointmentStatus {
    /// It waits for a second person.
    Proposed,
}

impl FromStr for AppointmentStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<AppointmentStatus, &'static str> {
        if text == "proposed" {
            Ok(AppointmentStatus::Proposed)
        } else {
            Err("only appointments that are `proposed` are listed; of those that hold ask their worker")
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProposedAppointmentQuery {
    /// Only what is proposed is listed, so nothing else can be asked for.
    #[serde(default, rename = "status", deserialize_with = "from_text")]
    #[param(inline)]
    _status: Option<AppointmentStatus>,
    /// Go on after this one: the `next` of the page before.
    #[serde(default)]
    #[param(required = false)]
    after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// An appointment that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedAppointmentJson {
    worker: String,
    /// 聘书号.
    appointment: String,
    role: String,
    /// 聘任单位.
    body: String,
    site: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<NaiveDate>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    /// The first day no longer.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
    /// When it was proposed.
    #[schema(value_type = String, format = DateTime)]
    at: BusinessTime,
    /// By which account it was proposed.
    by: String,
    /// Whether an appointment of this number stands already, which would become this one.
    stands: bool,
    /// Whether a register recorded this number after it was proposed: it cannot be confirmed any more (`duplicate_conflict`), only
    /// sent back.
    taken: bool,
    /// Always `proposed`.
    #[schema(value_type = String, examples("proposed"))]
    status: AppointmentStatus,
}

/// Appointments that wait for a second person.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedAppointmentList {
    appointments: Vec<ProposedAppointmentJson>,
    /// What to ask on after; null at the end. Where there is one, a page may be short of what was asked for, or empty: no more
    /// than so many appointments are looked through for one.
    next: Option<String>,
    /// The answer includes everything up to this position.
    position: u64,
}

/// Appointments that wait for a second person, by worker and number: of workers in reach of whoever asks.
#[utoipa::path(get, path = "/v1/appointments", tag = "appointments", params(ProposedAppointmentQuery),
    responses((status = 200, description = "The appointments.", body = ProposedAppointmentList)))]
async fn list_proposed_appointments(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ProposedAppointmentQuery>,
) -> Result<Json<ProposedAppointmentList>, ApiError> {
    let reading = caller.may_ever(Read::ProposedAppointments)?;
    let asked = (query.after.as_str(), query.limit.0);
    let page = proposed(&app, &reading, asked, query.min_position).await?;
    let appointments = page.rows.into_iter().map(appointment_json).collect();
    Ok(Json(ProposedAppointmentList { appointments, next: page.next, position: page.position }))
}

fn appointment_json(row: ProposedAppointment) -> ProposedAppointmentJson {
    let ProposedAppointment { id, worker, proposal, stands, decides: _ } = row;
    ProposedAppointmentJson {
        worker,
        appointment: id,
        role: proposal.terms.role,
        body: proposal.terms.body,
        site: proposal.terms.site.map(|site| site.to_string()),
        from: proposal.terms.days.from,
        until: proposal.terms.days.through,
        ended: proposal.terms.ended,
        at: proposal.at,
        by: proposal.by.to_string(),
        stands,
        taken: proposal.taken,
        status: AppointmentStatus::Proposed,
    }
}
