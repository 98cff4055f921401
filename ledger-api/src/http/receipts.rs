//! What is handed out on paper: a worker's receipt for one entry, and the checkpoint for the publicity notice (公示).

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use ledger_core::domain::event::Event;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::accept;
use super::door::Routes;
use super::error::ApiError;
use super::extract::{ApiPath, ApiQuery, Caller, position_from_text};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::audit::AuditError;
use crate::audit::notice::notice;
use crate::qr::Picture;
use crate::service::objectors::withholds;

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Receipt, routes!(read_receipt)).route(Read::Checkpoint, routes!(read_notice))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PaperQuery {
    /// The published checkpoint of so many entries; the latest without.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    size: Option<u64>,
    /// `text`, `svg` or `png`; goes before `Accept`. Pictures are QR codes.
    #[serde(default)]
    #[param(required = false)]
    format: String,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Code(Picture),
}

/// The receipt of one entry: the entry, its proof and the signed checkpoint in one text (C2SP tlog-proof), or its short
/// form as a QR code.
#[utoipa::path(get, path = "/v1/audit/receipt/{position}", tag = "audit",
    params(("position" = u64, Path), PaperQuery),
    responses((status = 200, description = "The text, or its QR code.", content((String = "text/plain"), (String = "image/svg+xml"), (Vec<u8> = "image/png")))))]
async fn read_receipt(
    State(app): State<App>,
    caller: Caller,
    ApiPath(position): ApiPath<u64>,
    ApiQuery(query): ApiQuery<PaperQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = form(&query, &headers)?;
    let entry = match app.audit.entry(position).await {
        // What somebody may not see and what is not there look the same.
        Err(AuditError::Asked(what)) => {
            caller.may(Read::Receipt, Target::District)?;
            return Err(AuditError::Asked(what).into());
        }
        entry => entry?,
    };
    let event = entry.event()?;
    let owner = owner(&event);
    let reading = caller.may(Read::Receipt, owner.as_deref().map_or(Target::District, Target::Worker))?;
    // A receipt is the entry as it was hashed: nothing of it can be left out.
    if withholds(Who::Bearer(&caller.0), &event) {
        return Err(ApiError::forbidden());
    }
    if let Some(worker) = owner {
        reading.note_entry(&app, &worker, position);
    }
    let published = app.audit.checkpoint_for(query.size, position).await?;
    let receipt = app.audit.receipt(&entry, &published).await?;
    match form {
        Form::Text => Ok(text(receipt.to_string(), &format!("receipt-{position}.tlog-proof"))),
        Form::Code(picture) => {
            let short = receipt.to_compact().map_err(|error| ApiError::fault(&error))?;
            code(picture, &short)
        }
    }
}

/// The checkpoint for the printed publicity notice: a short block of text, or the signed note as a QR code.
#[utoipa::path(get, path = "/v1/audit/notice", tag = "audit", params(PaperQuery),
    responses((status = 200, description = "The text, or its QR code.", content((String = "text/plain"), (String = "image/svg+xml"), (Vec<u8> = "image/png")))))]
async fn read_notice(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(query): ApiQuery<PaperQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.may(Read::Checkpoint, Target::District)?;
    let form = form(&query, &headers)?;
    let published = app.audit.checkpoint_for(query.size, 0).await?;
    match form {
        Form::Text => {
            let known = app.audit.journal_keys().await?;
            let block = notice(&published.note, &known).map_err(|error| ApiError::fault(&error))?;
            Ok(text(block, &format!("checkpoint-{}.txt", published.size)))
        }
        Form::Code(picture) => code(picture, &published.note.to_string()),
    }
}

fn form(query: &PaperQuery, headers: &HeaderMap) -> Result<Form, ApiError> {
    let code = |picture: Picture| (Some(picture.media_type()), Form::Code(picture));
    let ((svg, as_svg), (png, as_png)) = (code(Picture::Svg), code(Picture::Png));
    let forms = [("text", Some("text/plain"), Form::Text), ("svg", svg, as_svg), ("png", png, as_png)];
    accept::form(&query.format, headers, &forms, |other| format!("format={other:?}: write text, svg or png"))
}

/// The worker whose account the entry is of; none for what belongs to nobody's account.
fn owner(event: &Event) -> Option<String> {
    event.as_worker().map(|event| event.worker().to_string())
}

fn text(text: String, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

fn code(picture: Picture, text: &str) -> Result<Response, ApiError> {
    let drawn = picture
        .draw(text)
        .map_err(|error| ApiError::new(ledger_core::domain::refusal::Code::InvalidInput, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, picture.media_type())], drawn).into_response())
}
