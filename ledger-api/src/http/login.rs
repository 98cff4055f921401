//! Sessions over HTTP: an account's password against a cookie, and out again.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use ledger_core::domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::ApiJson;
use super::error::{ApiError, Problem};
use crate::app::App;
use crate::security_log::Refusals;
use crate::service::login::{self, Entered, LoginError};
use crate::visit::{self, Transport};

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log_in)).routes(routes!(log_out))
}

/// Who wants to come in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// The account's id.
    account: String,
    /// In clear text: it is taken over HTTPS or on this machine alone.
    password: String,
}

/// Who came in.
#[derive(Debug, Serialize, ToSchema)]
struct LoginAnswer {
    /// The id of the account that is logged in.
    account: String,
    /// Writes that come with the cookie show this in the header X-CSRF-Token.
    csrf: String,
}

/// That nobody is logged in any more.
#[derive(Debug, Serialize, ToSchema)]
struct LogoutAnswer {}

/// What came with the request besides its body.
struct Visit {
    transport: Transport,
    headers: HeaderMap,
}

impl axum::extract::FromRequestParts<App> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &App,
    ) -> Result<Visit, std::convert::Infallible> {
        let transport = Transport::of(&parts.headers, &parts.extensions);
        Ok(Visit { transport, headers: parts.headers.clone() })
    }
}

/// Log in with an account's password: a session, in a cookie that no script can read.
#[utoipa::path(post, path = "/v1/login", tag = "login", request_body = Login,
    responses((status = 200, description = "Logged in; the cookie is set.", body = LoginAnswer),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The body cannot be read."),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "They do not fit."),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "Not over HTTPS."),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many were wrong.")))]
async fn log_in(
    State(app): State<App>,
    Extension(refusals): Extension<Refusals>,
    visit: Visit,
    ApiJson(body): ApiJson<Login>,
) -> Result<Response, ApiError> {
    if visit.transport == Transport::Plain {
        let detail = "a password is not taken over plain HTTP; use https://, as docs/guides/https.md says how to get";
        return Err(ApiError::new(Code::Forbidden, detail));
    }
    if !visit::is_from_here(&visit.headers) {
        return Err(ApiError::new(Code::Forbidden, "log in from this server's own pages"));
    }
    let before = visit.transport.secret(&visit.headers);
    let Entered { secret, session, identity: _ } = match login::login(&app, &body.account, &body.password, before).await
    {
        Ok(entered) => entered,
        Err(no @ (LoginError::Wrong | LoginError::Given)) => {
            login::concern(&app, &refusals, &body.account).await;
            return Err(ApiError::new(Code::Unauthenticated, no.to_string()));
        }
        Err(LoginError::TooSoon(wait)) => {
            login::concern(&app, &refusals, &body.account).await;
            let told = LoginError::TooSoon(wait).to_string();
            let mut response = ApiError::new(Code::TooManyRequests, told).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
            return Ok(response);
        }
        Err(LoginError::Service(error)) => return Err(error.into()),
    };
    let answer = LoginAnswer { account: session.account.to_string(), csrf: session.csrf };
    with_cookie((StatusCode::OK, Json(answer)).into_response(), visit.transport.give(&secret))
}

/// Log out: the session ends, and its cookie is taken back. Needs no token where nobody is logged in.
#[utoipa::path(post, path = "/v1/logout", tag = "login",
    responses((status = 200, description = "Logged out.", body = LogoutAnswer),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "No token of the session.")))]
async fn log_out(State(app): State<App>, Visit { transport, headers }: Visit) -> Result<Response, ApiError> {
    if let Some(secret) = transport.secret(&headers)
        && let Some(session) = app.sessions.find(secret).await?
    {
        let token = headers.get(visit::CSRF_HEADER).and_then(|token| token.to_str().ok());
        if !visit::may_change(&Method::POST, &headers, &session, token) {
            return Err(ApiError::new(Code::Forbidden, "show the session's token in the header X-CSRF-Token"));
        }
        login::logout(&app, secret).await?;
    }
    with_cookie(Json(LogoutAnswer {}).into_response(), transport.take())
}

fn with_cookie(
    mut response: Response,
    cookie: Result<Option<HeaderValue>, header::InvalidHeaderValue>,
) -> Result<Response, ApiError> {
    if let Some(cookie) = cookie.map_err(|error| ApiError::fault(&error))? {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
