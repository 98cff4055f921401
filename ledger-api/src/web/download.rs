//! A file that a page gives to take away.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::page::Trouble;

/// A file as an answer, under a name of any letters; programs that read none but ASCII call it by the other one.
///
/// # Errors
/// [`Trouble::Fault`] for a name that no header can hold.
pub(super) fn named_file(
    media_type: &'static str,
    ascii: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Response, Trouble> {
    // RFC 6266, with the name as RFC 8187 writes it.
    let written =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let name: String = name.bytes().map(written).collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{name}"))
        .map_err(|error| Trouble::Fault(error.to_string()))?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

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
