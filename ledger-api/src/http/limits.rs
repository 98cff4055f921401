//! What every request is limited to: how many at once, how long, and what becomes of a panic.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::error::ApiError;

/// Requests worked on at once; more wait at the door.
const REQUESTS_MAX: usize = 2_048;
/// How long a request waits at the door before it is sent away.
const DOOR_WAIT: Duration = Duration::from_secs(5);
/// How long a request may take until its answer begins.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// The same for work that walks the whole district.
const WALK_WAIT: Duration = Duration::from_secs(600);
/// Routes that walk the whole district.
const WALKS: &[&str] = &["/v1/expiries"];

/// What an answer that is no page may load: nothing.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// How many requests are being worked on.
#[derive(Debug, Clone)]
pub struct Crowd(Arc<Semaphore>);

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd::of(REQUESTS_MAX)
    }
}

impl Crowd {
    /// A crowd of at most so many.
    pub fn of(requests_max: usize) -> Crowd {
        Crowd(Arc::new(Semaphore::new(requests_max)))
    }
}

/// Lets so many requests in at once; a place is free again when an answer begins.
///
/// # Errors
/// `too_many_requests`.
pub async fn crowd(State(crowd): State<Crowd>, request: Request, next: Next) -> Result<Response, ApiError> {
    match timeout(DOOR_WAIT, crowd.0.acquire()).await {
        Ok(Ok(_place)) => Ok(next.run(request).await),
        Ok(Err(_)) | Err(_) => {
            Err(ApiError::new(Code::TooManyRequests, "the server is at its limit of requests at once; try again later"))
        }
    }
}

/// Sends a request away that takes too long. A command already handed to the ledger is not taken back by that.
pub async fn deadline(request: Request, next: Next) -> Response {
    let walks = request.extensions().get::<MatchedPath>().is_some_and(|route| WALKS.contains(&route.as_str()));
    let changes = !request.method().is_safe();
    let wait = if walks { WALK_WAIT } else { ANSWER_WAIT };
    match timeout(wait, next.run(request)).await {
        Ok(response) => response,
        Err(_) if changes => ApiError::outcome_unknown().into_response(),
        Err(_) => {
            let detail = format!("no answer within {} seconds; try again", wait.as_secs());
            ApiError::new(Code::JournalUnavailable, detail).into_response()
        }
    }
}

/// Headers of every answer: figures of people stay out of caches and addresses, bodies are what they say they are, and
/// nothing in them loads, runs or is framed unless its page says otherwise.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    response
}

/// The answer to a request whose handler panicked.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let words = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    ApiError::fault(&words).into_response()
}
