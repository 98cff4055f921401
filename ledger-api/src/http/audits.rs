//! Samples and reports for auditors, folded from the journal itself.
//!
//! Each walks the whole journal, page by page; few do so at once.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use projections::as_of::recorded_by;
use projections::audit::report::{self, Thresholds};
use projections::audit::sample::{self, By, Of, SampleAsk};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::accept;
use super::appraisals::X_POSITION;
use super::crowd::Walkers;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiQuery, Caller, LIMIT_MAX, from_text, position_from_text};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::asked_recorded::AskedRecorded;
use crate::audit_sheet;
use crate::document::{Document, DocumentError, Form, render};
use crate::service::objectors::{Objectors, objectors};
use crate::service::reading::{date, must_be_there};
use crate::service::texts;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().walk(Read::Sample, routes!(read_sample)).walk(Read::Report, routes!(read_report))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SampleQuery {
    /// Drives the draw: the same seed gives the same sample.
    seed: u64,
    /// How many items: 1 to 1,000.
    #[param(minimum = 1, maximum = 1000)]
    size: usize,
    /// points, uniform or station; uniform without.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "points")]
    by: String,
    /// all, credits or redemptions; all without.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "credits")]
    of: String,
    /// Only what happened on this business date or later, YYYY-MM-DD.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    from: String,
    /// Only what happened on this business date or earlier, YYYY-MM-DD.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    to: String,
    /// From the journal up to this position; its end without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    at: Option<u64>,
    /// From what was recorded by this time: RFC 3339, or a date for that whole day (+08:00).
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>)]
    recorded_as_of: Option<AskedRecorded>,
    /// json, csv, xlsx or text; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "csv")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// The journal up to this position; its end without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    at: Option<u64>,
    /// What was recorded by this time: RFC 3339, or a date for that whole day (+08:00).
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>)]
    recorded_as_of: Option<AskedRecorded>,
    /// Days from the service to its entry from which an entry is listed as late; 31 without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<u32>)]
    late_days: Option<u32>,
    /// Entries of one witness within one hour, or for one service date, from which they are listed; 20 without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<u32>)]
    burst: Option<u32>,
    /// Accounts credited close together by one person from which they are listed; 10 without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<u32>)]
    accounts: Option<u32>,
    /// The longest pause between two credits that are close together, in minutes; 5 without.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<u32>)]
    minutes: Option<u32>,
    /// Most lines of each list: up to 1,000, 100 without. How many there are is always said.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<usize>, maximum = 1000)]
    list: Option<usize>,
    /// json, csv, xlsx or text; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "xlsx")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// A sample of credits and redemptions that anybody can draw again from the same journal.
///
/// docs/guides/audit-sample.md defines the population, its hash and the draw.
#[utoipa::path(get, path = "/v1/audit/sample", tag = "audit", params(SampleQuery),
    responses((status = 200, description = "The items drawn, with seed, population and hash.", content(
        (serde_json::Value = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "text/plain")),
    headers(("X-Position" = u64, description = "The position it was drawn at; give it as ?at= for the same sample again.")))))]
async fn read_sample(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiQuery(query): ApiQuery<SampleQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Sample, Target::District)?;
    let form = form(&query.format, &headers)?;
    if query.size == 0 || query.size > LIMIT_MAX {
        return Err(ApiError::unreadable(format!("size is a whole number from 1 to {LIMIT_MAX}")));
    }
    let by = match query.by.trim() {
        "" | "uniform" => By::Uniform,
        "points" => By::Points,
        "station" => By::Station,
        other => return Err(ApiError::unreadable(format!("by={other:?}: points, uniform or station"))),
    };
    let of = match query.of.trim() {
        "" | "all" => Of::All,
        "credits" => Of::Credits,
        "redemptions" => Of::Redemptions,
        other => return Err(ApiError::unreadable(format!("of={other:?}: all, credits or redemptions"))),
    };
    let (from, to) = (date("from", &query.from)?, date("to", &query.to)?);
    reading.at_least(&app, query.min_position).await?;
    let until = until(&app, query.at, query.recorded_as_of).await?;
    let _place = walkers.place().await?;
    reading.note_sample(&app, query.seed, until);
    let ask = SampleAsk { seed: query.seed, size: query.size, by, of, from, to, until };
    let sample = sample::sample(app.ledger.journal().as_ref(), ask, &mut |_| {}).await?;
    written(audit_sheet::sample::document(&sample), form, until, "audit-sample").await
}

/// What is worth asking about: who entered and who confirmed, late entries, bursts, stock differences, reversals.
///
/// Every line names positions; none says that anybody did wrong.
#[utoipa::path(get, path = "/v1/audit/report", tag = "audit", params(ReportQuery),
    responses((status = 200, description = "The questions, a table each.", content(
        (serde_json::Value = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "text/plain")),
    headers(("X-Position" = u64, description = "The position it was made at; give it as ?at= for the same report again.")))))]
async fn read_report(
    State(app): State<App>,
    caller: Caller,
    Extension(walkers): Extension<Walkers>,
    ApiQuery(query): ApiQuery<ReportQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Report, Target::District)?;
    let form = form(&query.format, &headers)?;
    let usual = Thresholds::default();
    let thresholds = Thresholds {
        late_days: query.late_days.map_or(usual.late_days, i64::from),
        burst_entries: query.burst.map_or(usual.burst_entries, u64::from),
        neighbour_accounts: query.accounts.map_or(usual.neighbour_accounts, u64::from),
        pause_minutes: query.minutes.map_or(usual.pause_minutes, i64::from),
        list: query.list.unwrap_or(usual.list),
        objectors: objectors(&caller.0) == Objectors::All,
    };
    if thresholds.list > LIMIT_MAX {
        return Err(ApiError::unreadable(format!("list is a whole number up to {LIMIT_MAX}")));
    }
    if thresholds.late_days < 1 || thresholds.burst_entries < 1 || thresholds.neighbour_accounts < 2 {
        return Err(ApiError::unreadable("late_days and burst are at least 1, accounts at least 2"));
    }
    reading.at_least(&app, query.min_position).await?;
    let until = until(&app, query.at, query.recorded_as_of).await?;
    let _place = walkers.place().await?;
    reading.note_report(&app, until);
    let mut report = report::report(app.ledger.journal().as_ref(), until, thresholds, &mut |_| {}).await?;
    texts::tell(&app.vault, Who::Bearer(&caller.0), texts::of_report(&mut report)).await;
    written(audit_sheet::report::document(&report), form, until, "audit-report").await
}

/// The form of a document that is asked for.
///
/// # Errors
/// An unknown word, or nothing that the caller accepts.
pub(super) fn form(asked: &str, headers: &HeaderMap) -> Result<Form, ApiError> {
    // Text is for people at a terminal, who ask for it by name.
    let forms = [Form::Json, Form::Csv, Form::Xlsx, Form::Text]
        .map(|form| (form.as_str(), Some(form.media_type()).filter(|_| form != Form::Text), form));
    accept::form_however_written(asked, headers, &forms, |text| {
        format!("format={text:?} is not written here; ask for json, csv, xlsx or text")
    })
}

/// The position up to which the journal is read.
///
/// # Errors
/// `not_found` for a position that is not there.
pub(super) async fn until(app: &App, at: Option<u64>, recorded_as_of: Option<AskedRecorded>) -> Result<u64, ApiError> {
    let journal = app.ledger.journal();
    must_be_there(app, at).await?;
    let until = match at {
        Some(position) => position,
        None => journal.head().await?.position,
    };
    match recorded_as_of {
        Some(AskedRecorded(time)) => Ok(recorded_by(journal.as_ref(), time, until).await?),
        None => Ok(until),
    }
}

/// A document as an answer, with the position it is of.
///
/// # Errors
/// `too_large` for a workbook that holds no more.
pub(super) async fn written(document: Document, form: Form, position: u64, stem: &str) -> Result<Response, ApiError> {
    let rendered = tokio::task::spawn_blocking(move || render(&document, form));
    let bytes = rendered.await.map_err(|error| ApiError::fault(&error))?.map_err(|error| match &error {
        DocumentError::TooLarge { .. } => ApiError::new(Code::TooLarge, error.to_string()),
        DocumentError::Json(_) | DocumentError::Csv(_) | DocumentError::Xlsx(_) => ApiError::fault(&error),
    })?;
    let mut response = ([(X_POSITION, HeaderValue::from(position))], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    if matches!(form, Form::Csv | Form::Xlsx) {
        let name = format!("attachment; filename=\"{stem}-{position}.{}\"", form.as_str());
        let name = HeaderValue::try_from(name).map_err(|error| ApiError::fault(&error))?;
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
