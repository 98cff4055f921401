//! What handlers take from a request, each checked once: who asks, the command's frame, path and query. Bodies are read
//! in [`super::body`].
//!
//! Who may do what is decided in [`permitted`] and nowhere else; [`guard`] asks it before any handler runs.

use std::fmt;
use std::str::FromStr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, MatchedPath, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use ledger_core::domain::ids::Key;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::Context;
use projections::ViewError;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};

use super::error::ApiError;
use super::wire::{no_date, read_date};
use crate::access::{Identity, Role};
use crate::app::App;

/// The header that carries a command's key.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Rows of a list when none are asked for.
const LIMIT_DEFAULT: usize = 100;
/// Most rows of a list.
pub const LIMIT_MAX: usize = 1_000;
/// The last position that a journal can have: both databases number with signed 64 bits.
const POSITION_MAX: u64 = i64::MAX.unsigned_abs();
/// Keys that the ledger's own work uses: nobody else may take them first.
const RESERVED_KEYS: &[&str] = &["journal/", super::RELEASE_KEYS];

/// What auditors read: events and what is folded from them, never a name.
const AUDITED: &[&str] = &[
    "/v1/events",
    "/v1/audit/sample",
    "/v1/audit/report",
    "/v1/workers/{id}/trace",
    "/v1/credits/{id}",
    "/v1/redemptions/{id}",
    "/v1/stores/{id}/redemptions",
    "/v1/holds",
    "/v1/branches",
    "/v1/appraisals/{year}",
    "/v1/merchants/{id}/settlement",
    "/v1/trial-balance",
];

/// Whether a role may use a method of a route; routes are named as they are registered, `/v1/workers/{id}`.
pub fn permitted(role: Role, method: &Method, route: &str) -> bool {
    match role {
        Role::Admin => true,
        Role::Auditor => {
            matches!(*method, Method::GET | Method::HEAD)
                && (AUDITED.contains(&route) || route.starts_with("/v1/audit/"))
        }
        // The handler sees to it that the entry is the worker's own.
        Role::Worker => matches!(*method, Method::GET | Method::HEAD) && route == super::receipts::RECEIPT,
        Role::Clerk | Role::Operator | Role::Approver | Role::Branch | Role::Merchant => false,
    }
}

/// Lets a request through whose token's role is permitted; its handler then finds the [`Identity`] as [`Caller`].
///
/// # Errors
/// `unauthenticated`, `forbidden`; `journal_unavailable` when tokens cannot be read now.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, ApiError> {
    let token = bearer(request.headers()).ok_or_else(ApiError::unauthenticated)?;
    let identity = app.access.authenticate(token).await?.ok_or_else(ApiError::unauthenticated)?;
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if !permitted(identity.role, request.method(), route) {
        return Err(ApiError::forbidden());
    }
    request.extensions_mut().insert(identity);
    Ok(next.run(request).await)
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = only(headers, header::AUTHORIZATION.as_str()).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// The one value of a header.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => std::str::from_utf8(value.as_bytes()).map_err(|_| "is not UTF-8"),
        (None, _) => Err("is missing"),
        (Some(_), Some(_)) => Err("is sent more than once"),
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller(pub Identity);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Caller, ApiError> {
        // Without the guard's mark nobody is let in, even where a route was registered without it by mistake.
        parts.extensions.get::<Identity>().cloned().map(Caller).ok_or_else(ApiError::unauthenticated)
    }
}

/// What surrounds every command: its key, who gives it, and the server's clock, read once a request.
#[derive(Debug, Clone)]
pub struct Asking(pub Context);

impl FromRequestParts<App> for Asking {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asking, ApiError> {
        let Caller(identity) = Caller::from_request_parts(parts, app).await?;
        let key = only(&parts.headers, IDEMPOTENCY_KEY).map_err(|what| {
            ApiError::unreadable(format!(
                "the header {IDEMPOTENCY_KEY} {what}; send one key of your own for each command"
            ))
        })?;
        Ok(Asking(Context { key: read_key(key)?, actor: identity.id, at: app.ledger.now() }))
    }
}

/// Reads the key of a command.
///
/// # Errors
/// 400 `invalid_input`.
pub fn read_key(text: &str) -> Result<Key, ApiError> {
    let key = Key::new(text).map_err(|error| ApiError::unreadable(format!("the command's key: {error}")))?;
    match RESERVED_KEYS.iter().find(|prefix| text.starts_with(**prefix)) {
        Some(prefix) => Err(ApiError::unreadable(format!("keys that start with {prefix} are the ledger's own"))),
        None => Ok(key),
    }
}

/// The business time now, +08:00, for questions about today. Commands take the ledger's own clock.
pub fn now() -> BusinessTime {
    BusinessTime::from_instant(&chrono::Utc::now())
}

/// What the path names, percent-decoded and read into its type.
#[derive(Debug, Clone)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<ApiPath<T>, ApiError> {
        let read: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        match read {
            Ok(Path(path)) => Ok(ApiPath(path)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => {
                Err(ApiError::unreadable(format!("the address: {}", error.kind())))
            }
            Err(error) => Err(ApiError::fault(&error)),
        }
    }
}

/// What the query says.
#[derive(Debug, Clone)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<ApiQuery<T>, ApiError> {
        // No text of ours holds a NUL, and PostgreSQL takes none, not even to compare with.
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(ApiError::unreadable("the query holds a NUL character (%00); leave it out"));
        }
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(query)) => Ok(ApiQuery(query)),
            Err(error) => Err(ApiError::unreadable(format!("the query cannot be read: {}", innermost(&error)))),
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// How lists are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Go on after this row: the `next` of the page before.
    #[serde(default)]
    #[param(required = false)]
    pub after: String,
    /// Most rows to answer with: 1 to 1,000, 100 by default.
    #[serde(default)]
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000)]
    pub limit: Limit,
    /// Answer from a state that includes this position.
    #[serde(default, deserialize_with = "position_from_text")]
    #[param(value_type = Option<u64>)]
    pub min_position: Option<u64>,
}

/// How many rows to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub usize);

impl Default for Limit {
    fn default() -> Limit {
        Limit(LIMIT_DEFAULT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        match from_text::<usize, D>(deserializer)? {
            None => Ok(Limit::default()),
            Some(limit @ 1..=LIMIT_MAX) => Ok(Limit(limit)),
            Some(_) => Err(D::Error::custom(format_args!("limit is a whole number from 1 to {LIMIT_MAX}"))),
        }
    }
}

/// Reads a value of a query from its text, so that it can also stand in a flattened struct; a blank one is none.
///
/// # Errors
/// When the text is none of that kind.
pub fn from_text<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: serde::Deserializer<'de>,
{
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    // `?after=` asks for the same as no `after` at all.
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| D::Error::custom(format_args!("{:?}: {error}", text.as_ref())))
}

/// Reads a position of a query, or the size of a tree, as [`from_text`] does.
///
/// # Errors
/// When it is none that a journal can have.
pub fn position_from_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match from_text::<u64, D>(deserializer)? {
        Some(position) if position > POSITION_MAX => Err(D::Error::custom(format_args!(
            "{position} is no position: positions are whole numbers up to {POSITION_MAX}"
        ))),
        position => Ok(position),
    }
}

/// Refuses a position that is not in the journal.
///
/// # Errors
/// `not_found`, naming the journal's last position.
pub async fn must_be_there(app: &App, position: Option<u64>) -> Result<(), ApiError> {
    let Some(wanted) = position else { return Ok(()) };
    let head = app.ledger.journal().head().await?.position;
    if wanted > head { Err(ViewError::NoSuchPosition { head, wanted }.into()) } else { Ok(()) }
}

/// Waits until the views include everything that anybody was answered before this request came in, and a position
/// besides. What is read of them afterwards is of that position, or of a later one.
///
/// # Errors
/// `not_found` for a position beyond the journal's head; `journal_unavailable` when the views do not get there within ten
/// seconds.
pub async fn at_least(app: &App, min_position: Option<u64>) -> Result<u64, ApiError> {
    Ok(app.views.fresh(min_position).await?)
}

/// The answer where no route is.
pub(super) async fn no_route() -> Response {
    ApiError::not_found("nothing is at this address; /openapi.json lists what is").into_response()
}

/// The answer where a route does not take the method.
pub(super) async fn wrong_method() -> Response {
    ApiError::wrong_method().into_response()
}

/// A date of the query; a blank one is none.
///
/// # Errors
/// `invalid_date`, naming the parameter.
pub fn date(name: &str, text: &str) -> Result<Option<NaiveDate>, ApiError> {
    match text.trim() {
        "" => Ok(None),
        text => read_date(text)
            .map(Some)
            .ok_or_else(|| ApiError::new(Code::InvalidDate, no_date(name, &format!("{text:?}")))),
    }
}

#[cfg(test)]
mod tests {
    use super::{bearer, permitted, read_key};
    use crate::access::Role;
    use axum::http::{HeaderMap, HeaderValue, Method, header};

    #[test]
    fn admins_may_do_everything_and_auditors_read_the_events() {
        for role in Role::ALL {
            let admin = role == Role::Admin;
            assert_eq!(permitted(role, &Method::POST, "/v1/credits"), admin, "{role}");
            assert_eq!(permitted(role, &Method::GET, "/v1/workers/{id}"), admin, "{role}");
            assert_eq!(permitted(role, &Method::GET, "/v1/events"), admin || role == Role::Auditor, "{role}");
        }
    }

    #[test]
    fn a_token_is_read_from_one_bearer_header() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(with(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(with(&["bearer abc"]).as_deref(), Some("abc"));
        for values in [&[][..], &["Basic abc"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"]] {
            assert_eq!(with(values), None, "{values:?}");
        }
    }

    #[test]
    fn keys_of_the_ledgers_own_work_cannot_be_taken() {
        assert!(read_key("2024-03/0001").is_ok());
        for key in ["", "a b", &"x".repeat(129), "journal/open", "hold-expired/H1"] {
            assert!(read_key(key).is_err(), "{key:?}");
        }
    }
}
