//! Appointments (聘任): who was appointed as what, by whom, through which days. What waits for a second person, and that
//! person's word, are beside (`appointment_decisions`).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use ledger_core::domain::ids::{AppointmentId, SiteId, WorkerId};
use ledger_core::domain::period::Period;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::AppointmentWord;
use ledger_core::ledger::{Command, Receipt, commands};
use projections::queries::At;
use projections::views::appointment::Appointment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::OneQuery;
use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Asking, Caller};
use super::shapes::{Id, Reason};
use super::wire::{DateJson, Text, maybe_day};
use crate::access::policy::{CommandKind, Read, Target};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked, worker_event};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new()
        .route(CommandKind::RegisterAppointment, routes!(register))
        .route(Read::Appointments, routes!(read_appointments))
}

/// An appointment; sent again with other days it is brought up to date. Where the district asks for checks, another person
/// confirms it first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterAppointment {
    /// 聘书号.
    #[schema(value_type = Id)]
    id: AppointmentId,
    /// The worker's id (编号).
    #[schema(value_type = Id)]
    worker: WorkerId,
    /// 角色.
    #[schema(value_type = Reason)]
    role: Text,
    /// 聘任单位.
    #[serde(default)]
    #[schema(value_type = Option<Reason>)]
    body: Option<Text>,
    /// 驿站编号.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    site: Option<SiteId>,
    /// 聘任日期: the first day.
    from: DateJson,
    /// 到期日期: the last day.
    #[serde(default)]
    until: Option<DateJson>,
    /// 解聘日期: the first day no longer.
    #[serde(default)]
    ended: Option<DateJson>,
}

/// An appointment as recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentAnswer {
    /// The letter's number (聘书号).
    #[schema(value_type = String)]
    appointment: AppointmentId,
    /// `confirmed`: it holds on its days; or `proposed`: the district asks for checks, and another person has to confirm it.
    #[schema(value_type = String, examples("confirmed"))]
    status: &'static str,
    /// Durable up to here.
    position: u64,
}

impl Ask for RegisterAppointment {
    type Path = NoPath;
    type Answer = AppointmentAnswer;

    fn command(self, _: NoPath) -> Result<Asked, ServiceError> {
        let days = Period { from: maybe_day("from", Some(self.from))?, through: maybe_day("until", self.until)? };
        let terms = AppointmentTerms {
            body: self.body.map(|body| body.0).unwrap_or_default(),
            days,
            ended: maybe_day("ended", self.ended)?,
            role: self.role.0,
            site: self.site,
        };
        let (appointment, worker) = (self.id, self.worker);
        Ok(Command::from(commands::ProposeAppointment { appointment, worker, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AppointmentAnswer> {
        let Command::ProposeAppointment(commands::ProposeAppointment { appointment, .. }) = command else {
            return None;
        };
        let waits = worker_event(receipt, |event| match event.as_appointment_word()? {
            AppointmentWord::Proposed(_) => Some(()),
            AppointmentWord::Confirmed(_) | AppointmentWord::Rejected(_) => None,
        });
        let status = if waits.is_some() { "proposed" } else { "confirmed" };
        Some(AppointmentAnswer { appointment: appointment.clone(), status, position: receipt.position })
    }
}

impl Body for RegisterAppointment {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Appoint a worker (聘任名册), or bring an appointment up to date: an end is a day in `ended`. Where the district asks for
/// checks, this only proposes it, and nothing holds before another approver confirms it.
#[utoipa::path(post, path = "/v1/appointments", tag = "appointments", request_body = RegisterAppointment,
    responses((status = 201, description = "Appointed, or proposed.", body = AppointmentAnswer)))]
async fn register(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterAppointment>,
) -> Result<Answer<AppointmentAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
struct AppointmentJson {
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
    /// Whether it holds today.
    holds: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct AppointmentList {
    worker: String,
    /// By number.
    appointments: Vec<AppointmentJson>,
    position: u64,
}

fn appointment_json(appointment: String, row: Appointment, today: NaiveDate) -> Option<AppointmentJson> {
    let terms = row.terms?;
    let holds = terms.holds(today);
    Some(AppointmentJson {
        appointment,
        role: terms.role,
        body: terms.body,
        site: terms.site.map(|site| site.to_string()),
        from: terms.days.from,
        until: terms.days.through,
        ended: terms.ended,
        holds,
    })
}

/// A worker's appointments (聘任), also those that ended.
#[utoipa::path(get, path = "/v1/workers/{id}/appointments", tag = "appointments",
    params(("id" = String, Path), OneQuery),
    responses((status = 200, description = "The appointments.", body = AppointmentList)))]
async fn read_appointments(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<OneQuery>,
) -> Result<Json<AppointmentList>, ApiError> {
    let reading = caller.may_here(&app, Read::Appointments, Target::Worker(&id)).await?;
    reading.at_least(&app, query.min_position).await?;
    // What cannot be an id is not looked for.
    WorkerId::new(&id).map_err(|_| ApiError::unknown(Code::UnknownWorker, "worker", &id))?;
    app.views.worker(&id).await?.value.ok_or_else(|| ApiError::unknown(Code::UnknownWorker, "worker", &id))?;
    let At { position, value: rows } = app.views.appointments(&id).await?;
    reading.note_worker(&app, &id);
    let today = app.ledger.now().date();
    let appointments = rows.into_iter().filter_map(|(name, row)| appointment_json(name, row, today)).collect();
    Ok(Json(AppointmentList { worker: id, appointments, position }))
}
