//! The mutual-aid points cards of a year, as JSON, CSV or a workbook.
//!
//! An answer names the position it was taken at; asked again with `?at=` that position, its bytes are the same, however
//! much was recorded since. The names in a workbook come from the vault and are the current ones: correcting or erasing one
//! is the one thing that changes a workbook. No order but the card numbers', no grade: one reference, the decision left blank.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use projections::queries::appraisal::Appraisal;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::accept;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, position_from_text};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::appraisal_sheet::paper::{Paper, readable, recorded_on};
use crate::appraisal_sheet::{Format, SheetError, render};
use crate::service::names::on_paper;

/// The position an answer was taken at.
pub(super) const X_POSITION: HeaderName = HeaderName::from_static("x-position");
/// Years that this ledger keeps.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Appraisal, routes!(read_appraisal))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AppraisalQuery {
    /// The Party branch; the cards of all branches without.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    branch: String,
    /// As of this position, for the same bytes again; the present without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    at: Option<u64>,
    /// json, csv or xlsx; goes before the Accept header.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "csv")]
    format: String,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    min_position: Option<u64>,
}

/// The cards of a branch (or of all) for the service dates of a calendar year, by card number.
///
/// The workbook is the paper of the branch's meeting: with the holders' and witnesses' current names for administrators, a
/// blank column for the decision, and lines to sign. Asked again with `?at=`, the bytes are the same unless a name was
/// corrected or erased meanwhile.
#[utoipa::path(get, path = "/v1/appraisals/{year}", tag = "appraisals", params(("year" = i32, Path), AppraisalQuery),
    responses((status = 200, description = "The cards, with their evidence lines in json and xlsx.", content(
        (serde_json::Value = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    headers(("X-Position" = u64, description = "The position it was taken at; give it as ?at= for the same bytes again."),
        ("ETag" = String, description = "Of these very bytes."))),
    (status = 304, description = "The bytes are those that If-None-Match names.")))]
async fn read_appraisal(
    State(app): State<App>,
    caller: Caller,
    ApiPath(year): ApiPath<i32>,
    ApiQuery(query): ApiQuery<AppraisalQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let branch = Some(query.branch.trim()).filter(|branch| !branch.is_empty());
    let target = branch.map_or(Target::District, Target::Branch);
    let reading = caller.may(Read::Appraisal, target)?;
    kept_year(year)?;
    let format = asked_format(&query.format, &headers)?;
    reading.at_least(&app, query.min_position.max(query.at)).await?;
    let appraisal = app.views.appraisal(year, branch, query.at).await?;
    reading.note_cards(&app, year, appraisal.cards.iter().map(|card| card.worker.as_str()));
    let position = appraisal.position;
    let paper = match format {
        Format::Xlsx => paper(&app, &caller, target, &appraisal).await?,
        Format::Json | Format::Csv => Paper::default(),
    };
    let written = tokio::task::spawn_blocking(move || {
        let bytes = render(&appraisal, &paper, format)?;
        let tag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes)));
        Ok((bytes, tag))
    });
    let (bytes, tag) = written.await.map_err(|error| ApiError::fault(&error))?.map_err(told)?;
    let matches = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| names(value, &tag));
    let etag = HeaderValue::try_from(tag).map_err(|error| ApiError::fault(&error))?;
    let frame = [
        (X_POSITION, HeaderValue::from(position)),
        (header::ETAG, etag),
        (header::VARY, HeaderValue::from_static("Accept, Authorization")),
    ];
    if matches {
        return Ok((StatusCode::NOT_MODIFIED, frame).into_response());
    }
    let mut response = (frame, bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    if format != Format::Json {
        let name = format!("attachment; filename=\"appraisal-{year}-{position}.{}\"", format.as_str());
        let name = HeaderValue::try_from(name).map_err(|error| ApiError::fault(&error))?;
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// What the paper of an appraisal says besides the cards, with names for whoever may read them.
async fn paper(
    app: &App,
    Caller(caller): &Caller,
    target: Target<'_>,
    appraisal: &Appraisal,
) -> Result<Paper, ApiError> {
    let position = appraisal.position;
    Ok(Paper {
        programme: app.views.programme_at(position).await?,
        day: recorded_on(app.ledger.journal().as_ref(), position).await?,
        root: Some(readable(&app.audit.tiles().root(position).await?)),
        names: on_paper(app, Who::Bearer(caller), target, appraisal).await,
    })
}

/// Refuses a year that this ledger does not keep.
///
/// # Errors
/// `invalid_date`.
pub(super) fn kept_year(year: i32) -> Result<(), ApiError> {
    if YEARS.contains(&year) {
        return Ok(());
    }
    Err(ApiError::new(Code::InvalidDate, format!("{year} is no year that is kept here")))
}

/// The format that the query asks for, else the one that the `Accept` header likes best.
///
/// # Errors
/// `invalid_input` for a word that names none.
fn asked_format(asked: &str, headers: &HeaderMap) -> Result<Format, ApiError> {
    let forms = Format::ALL.map(|format| (format.as_str(), Some(format.media_type()), format));
    accept::form_however_written(asked, headers, &forms, |text| {
        format!("format={text:?} is not written here; ask for json, csv or xlsx")
    })
}

fn told(error: SheetError) -> ApiError {
    match &error {
        SheetError::TooLarge { .. } => ApiError::new(Code::TooLarge, error.to_string()),
        SheetError::Json(_) | SheetError::Csv(_) | SheetError::Xlsx(_) => ApiError::fault(&error),
    }
}

/// Whether an `If-None-Match` names a tag. It compares weakly (RFC 9110, section 13.1.2).
fn names(value: &HeaderValue, tag: &str) -> bool {
    let Ok(value) = value.to_str() else { return false };
    value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, StatusCode};

    use super::{Format, asked_format, names};

    #[test]
    fn a_format_is_read_from_its_word() {
        let asked = |word: &str| asked_format(word, &HeaderMap::new());
        for format in Format::ALL {
            assert_eq!(asked(format.as_str()), Ok(format));
        }
        assert_eq!(asked("XLSX"), Ok(Format::Xlsx));
        assert_eq!(asked("pdf").unwrap_err().status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_tag_is_known_again() {
        let names = |value: &'static str| names(&HeaderValue::from_static(value), "\"abc\"");
        assert!(names("\"abc\"") && names("\"x\", W/\"abc\"") && names("*"));
        assert!(!names("\"abcd\"") && !names("abc") && !names(""));
    }
}
