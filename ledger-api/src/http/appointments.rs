//! Appointments (聘任): who was appointed as what, by whom, through which days.

use axum::extract::State;
use axum::http::StatusCode;
use ledger_core::domain::ids::{AppointmentId, SiteId, WorkerId};
use ledger_core::domain::period::Period;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::command::{Answer, Body, NoPath, ask};
use super::door::Routes;
use super::error::ApiError;
use super::extract::Asking;
use super::shapes::{Id, Reason};
use super::wire::{DateJson, Text, maybe_day};
use crate::access::policy::CommandKind;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Ask, Asked};

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(CommandKind::RegisterAppointment, routes!(register))
}

/// An appointment; sent again with other days it is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterAppointment {
    /// 聘书号.
    #[schema(value_type = Id)]
    id: AppointmentId,
    /// Who.
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
    /// Which.
    #[schema(value_type = String)]
    appointment: AppointmentId,
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
        Ok(Command::from(commands::RegisterAppointment { appointment, worker, terms }).into())
    }

    fn answer(command: &Command, receipt: &Receipt) -> Option<AppointmentAnswer> {
        let Command::RegisterAppointment(commands::RegisterAppointment { appointment, .. }) = command else {
            return None;
        };
        Some(AppointmentAnswer { appointment: appointment.clone(), position: receipt.position })
    }
}

impl Body for RegisterAppointment {
    const STATUS: StatusCode = StatusCode::CREATED;
    const PATH: &'static [(&'static str, Code)] = &[];
}

/// Appoint a worker (聘任名册), or bring an appointment up to date: an end is a day in `ended`.
#[utoipa::path(post, path = "/v1/appointments", tag = "appointments", request_body = RegisterAppointment,
    responses((status = 201, description = "Appointed.", body = AppointmentAnswer)))]
async fn register(
    State(app): State<App>,
    asking: Asking,
    ApiJson(body): ApiJson<RegisterAppointment>,
) -> Result<Answer<AppointmentAnswer>, ApiError> {
    ask(app, asking, NoPath {}, body).await
}
