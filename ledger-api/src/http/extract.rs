//! What handlers take from a request, each checked once: who asks, the command's frame, path and query. Bodies are read
//! in [`super::body`], and who gets as far as this is decided in [`super::door`].

use std::fmt;
use std::str::FromStr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use ledger_core::ledger::Context;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};

use super::accept;
use super::error::ApiError;
use crate::access::Identity;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::keys::read_key;
use crate::service::reading::{self, Reading, may_ever_read, may_read, may_read_here};

/// The header that carries a command's key.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Rows of a list when none are asked for.
const LIMIT_DEFAULT: usize = 100;
/// Most rows of a list.
pub const LIMIT_MAX: usize = 1_000;
/// The last position that a journal can have: both databases number with signed 64 bits.
const POSITION_MAX: u64 = i64::MAX.unsigned_abs();
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

impl Caller {
    /// Refuses to read something of a target for a caller who may not.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn may(&self, read: Read, target: Target<'_>) -> Result<Reading<'_>, ApiError> {
        Ok(may_read(&self.0, read, target)?)
    }

    /// As [`Caller::may`], for a target of which only the journal tells whose and where it is.
    ///
    /// # Errors
    /// `forbidden`; `journal_unavailable` when it cannot be looked up now.
    pub async fn may_here(&self, app: &App, read: Read, target: Target<'_>) -> Result<Reading<'_>, ApiError> {
        Ok(may_read_here(app, &self.0, read, target).await?)
    }

    /// Refuses to read something for a caller who may read it of none of these workers; of nobody, for one who may not read
    /// it in the whole district.
    ///
    /// # Errors
    /// `forbidden`.
    pub async fn may_of_one(&self, app: &App, read: Read, workers: &[&str]) -> Result<(), ApiError> {
        if self.may(read, Target::District).is_ok() {
            return Ok(());
        }
        for worker in workers {
            if self.may_here(app, read, Target::Worker(worker)).await.is_ok() {
                return Ok(());
            }
        }
        Err(ApiError::forbidden())
    }

    /// The site whose rows a list answers with: the one asked for, else the own one of whoever may not read all of them;
    /// blank for the whole district.
    pub fn site_of_list(&self, read: Read, asked: &str) -> String {
        reading::site_of_list(Who::Bearer(&self.0), read, asked)
    }

    /// Refuses to read something for a caller who may not read it of anybody. What is answered is held to the targets.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn may_ever(&self, read: Read) -> Result<Reading<'_>, ApiError> {
        Ok(may_ever_read(&self.0, read)?)
    }
}

/// What surrounds every command: who gives it, its key, and the server's clock, read once a request.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Whoever asks, with the roles of the day.
    pub caller: Identity,
    /// The frame that the command gets.
    pub context: Context,
}

impl FromRequestParts<App> for Asking {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asking, ApiError> {
        let Caller(caller) = Caller::from_request_parts(parts, app).await?;
        let key = only(&parts.headers, IDEMPOTENCY_KEY).map_err(|what| {
            ApiError::unreadable(format!(
                "the header {IDEMPOTENCY_KEY} {what}; send one key of your own for each command"
            ))
        })?;
        let context = Context { key: read_key(key)?, actor: caller.id.clone(), at: app.ledger.now() };
        Ok(Asking { caller, context })
    }
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

/// Whether somebody looks with a browser, at no address of the API: then a page is the answer, even where nothing is.
pub(super) fn is_for_a_browser(request: &Request) -> bool {
    let path = request.uri().path();
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    looks && accept::names(request.headers(), "text/html") && path != "/v1" && !path.starts_with("/v1/")
}

/// The answer where no route is.
pub(super) fn no_route() -> Response {
    ApiError::not_found("nothing is at this address; /openapi.json lists what is").into_response()
}

/// The answer where a route does not take the method.
pub(super) async fn wrong_method() -> Response {
    ApiError::wrong_method().into_response()
}
