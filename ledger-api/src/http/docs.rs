//! The API's description: as a document for programs, and as a page to read and try.
//!
//! The page comes with its scripts, so it works without a network. A browser cannot put a token into a header by itself:
//! these addresses also take it as the password of Basic authentication. No address that shows or changes what is
//! recorded does: a browser sends a remembered password along even when another site asks it to.

mod page;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger_core::domain::refusal::Code;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ApiDocument;
use super::door::bearer;
use super::error::{ApiError, Problem};
use crate::app::App;
use crate::service::who;

/// The page's scripts and styles come from here alone. It has no style inside its markup: what its scripts set, they set by
/// property, which no policy forbids.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CHALLENGE: &str = "Basic realm=\"nuanxin\", charset=\"UTF-8\"";

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_document))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(read_page))
        .route("/docs/{*file}", get(read_page))
}

/// This description, OpenAPI 3.1. The token may also be the password of Basic authentication.
#[utoipa::path(get, path = "/openapi.json", tag = "operation", security(("token" = [])),
    responses((status = 200, description = "The document.", body = serde_json::Value),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "No valid token.")))]
async fn read_document(
    State(app): State<App>,
    Extension(document): Extension<ApiDocument>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = let_in(&app, &headers).await {
        return refused;
    }
    ([(header::CONTENT_TYPE, "application/json")], document.0.to_string()).into_response()
}

async fn read_page(State(app): State<App>, file: Option<Path<String>>, headers: HeaderMap) -> Response {
    if let Err(refused) = let_in(&app, &headers).await {
        return refused;
    }
    let name = file.map_or_else(String::new, |Path(file)| file);
    match page::file(&name) {
        Ok(Some(file)) => {
            let headers = [
                (header::CONTENT_TYPE, file.content_type),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "private, max-age=600"),
            ];
            (headers, file.bytes).into_response()
        }
        Ok(None) => ApiError::not_found("no such file of the API's page; it begins at /docs/").into_response(),
        Err(error) => ApiError::fault(&error).into_response(),
    }
}

/// Lets in whoever shows a valid token of any role: a description tells nothing that is recorded.
async fn let_in(app: &App, headers: &HeaderMap) -> Result<(), Response> {
    let token = bearer(headers).map(str::to_owned).or_else(|| password(headers));
    let known = match token {
        Some(token) => who::of_token(app, &token).await.map(drop).map_err(ApiError::from),
        None => Err(ApiError::unauthenticated()),
    };
    let Err(refused) = known else { return Ok(()) };
    let unknown = refused.code() == Code::Unauthenticated;
    let mut refused = refused.into_response();
    if !unknown {
        return Err(refused);
    }
    refused.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    Err(refused)
}

/// The password of Basic authentication (RFC 7617); the user's name may be anything.
fn password(headers: &HeaderMap) -> Option<String> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let pair = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned()).filter(|password| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::password;

    #[test]
    fn a_token_is_read_from_the_password() {
        let of = |value: &'static str| {
            password(&HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]))
        };
        assert_eq!(of("Basic YW55Om54X3Q=").as_deref(), Some("nx_t"));
        assert_eq!(of("basic Om54X3Q=").as_deref(), Some("nx_t"));
        for value in ["Basic", "Basic ???", "Basic YW55", "Basic YW55Og==", "Bearer YW55Om54X3Q="] {
            assert_eq!(of(value), None, "{value}");
        }
    }
}
