//! Documents as files: which form is asked for, and a list that hangs on a wall as the answer that a browser saves.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::accept;
use super::error::ApiError;
use crate::document::{Document, Form, render};

/// The form that a query or else the Accept header asks for.
///
/// # Errors
/// `invalid_input` for a form that is not written here.
pub(super) fn asked_form(asked: &str, headers: &HeaderMap) -> Result<Form, ApiError> {
    let forms = [Form::Json, Form::Csv, Form::Xlsx].map(|form| (form.as_str(), Some(form.media_type()), form));
    accept::form_however_written(asked, headers, &forms, |text| {
        format!("format={text:?} is not written here; ask for json, csv or xlsx")
    })
}

/// Makes and writes the list beside the requests that wait, and answers it as a file called `stem`.
///
/// # Errors
/// A fault of ours.
pub(super) async fn attached(
    document: impl FnOnce() -> Document + Send + 'static,
    form: Form,
    stem: &str,
) -> Result<Response, ApiError> {
    let written = tokio::task::spawn_blocking(move || render(&document(), form)).await;
    let bytes = written.map_err(|error| ApiError::fault(&error))?.map_err(|error| ApiError::fault(&error))?;
    let file = format!("attachment; filename=\"{stem}.{}\"", form.as_str());
    let frame = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.content_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(file).map_err(|error| ApiError::fault(&error))?),
        (header::VARY, HeaderValue::from_static("Accept, Authorization")),
    ];
    Ok((frame, bytes).into_response())
}
