//! A file that a page gives to take away.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::page::Trouble;

/// A file as an answer, under a name in ASCII.
///
/// # Errors
/// [`Trouble::Fault`] for a name that no header can hold.
pub(super) fn file(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Result<Response, Trouble> {
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .map_err(|error| Trouble::Fault(error.to_string()))?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}
