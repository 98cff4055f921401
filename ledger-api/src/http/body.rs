//! JSON bodies: their media type, their length, and reading them into a type with the field named that cannot be read.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use ledger_core::domain::refusal::Code;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::extract::only;
use crate::app::App;

/// The longest body of one command.
pub const BODY_MAX: usize = 1 << 20;
/// So much of a body that is too long is still read and thrown away, so that its sender gets to read the answer.
const DRAINED_MAX: usize = 16 << 20;

/// A JSON body. An empty one counts as `{}`, for commands that need nothing said.
#[derive(Debug, Clone)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<ApiJson<T>, ApiError> {
        let body = json_body(request, BODY_MAX).await?;
        let json = if body.is_empty() { "{}" } else { body.as_str() };
        // An array of the fields' values would be read as well, and would change its meaning with the next field.
        if json.trim_start().starts_with('[') {
            return Err(ApiError::unreadable("the body is an array; send a JSON object"));
        }
        read_json(json).map(ApiJson)
    }
}

/// The text of a JSON body up to a limit.
///
/// # Errors
/// 415 for another media type, 413 `too_large`, 400 `invalid_input`.
pub async fn json_body(request: Request, limit: usize) -> Result<String, ApiError> {
    let declared = media_type(request.headers());
    let bytes = read_body(request.into_body(), limit).await?;
    if !bytes.is_empty() && !declared {
        return Err(ApiError::media_type("send the body as JSON: Content-Type: application/json"));
    }
    String::from_utf8(bytes).map_err(|error| {
        ApiError::unreadable(format!("the body is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
    })
}

fn media_type(headers: &HeaderMap) -> bool {
    let Ok(declared) = only(headers, header::CONTENT_TYPE.as_str()) else { return false };
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The bytes of a body up to a limit.
///
/// # Errors
/// 413 `too_large`, 400 `invalid_input`.
pub(super) async fn read_body(mut body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::unreadable(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > limit.saturating_add(DRAINED_MAX) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if seen > limit {
        let detail = format!("the body is longer than {limit} bytes; split it");
        return Err(ApiError::new(Code::TooLarge, detail));
    }
    Ok(bytes)
}

/// Reads JSON into a type; the error names the field.
///
/// # Errors
/// 400 `invalid_input`.
pub fn read_json<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| unreadable_json(&error))?;
    reader.end().map_err(|error| ApiError::unreadable(format!("the body goes on after its JSON: {error}")))?;
    Ok(value)
}

/// What a caller is told about JSON that cannot be read.
fn unreadable_json(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let place = error.path().to_string();
    match place.as_str() {
        "." => ApiError::unreadable(format!("the JSON cannot be read: {}", error.inner())),
        field => ApiError::unreadable(format!("{field}: {}", error.inner())),
    }
}

#[cfg(test)]
mod tests {
    use super::read_json;
    use serde::Deserialize;

    #[test]
    fn unreadable_json_names_the_field() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Line {
            #[expect(dead_code, reason = "only its reading is tested")]
            sku: String,
        }
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Lines {
            #[expect(dead_code, reason = "only its reading is tested")]
            lines: Vec<Line>,
        }
        let told = |json: &str| read_json::<Lines>(json).unwrap_err().detail().to_owned();
        assert!(told(r#"{"lines":[{"sku":5}]}"#).starts_with("lines[0].sku: "));
        assert!(told(r#"{"lines":[],"extra":1}"#).contains("extra"));
        assert!(told("{}").contains("lines"));
        assert!(told(r#"{"lines":[]} x"#).contains("goes on"));
        assert!(!told(&"[".repeat(100_000)).is_empty());
    }
}
