//! What every request is limited to: how many at once, how long, and what becomes of a panic.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::door::Doors;
use super::error::ApiError;

/// Requests worked on at once; more wait at the door.
const REQUESTS_MAX: usize = 2_048;
/// Audits that walk the journal at once.
const WALKERS_MAX: usize = 2;
/// How long a request waits at the door before it is sent away.
const DOOR_WAIT: Duration = Duration::from_secs(5);
/// How long a request may take until its answer begins.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// The same for work that walks the whole district.
const WALK_WAIT: Duration = Duration::from_secs(600);

/// What an answer that is no page may load: nothing.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// No other site opens, embeds or watches an answer; of the device, a page of ours may use the camera, for codes.
const ISOLATED: [(&str, &str); 3] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=(), payment=()"),
];

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

/// How many audits walk the whole journal at once: nobody at a counter waits for an audit. Handlers take it as
/// `Extension<Walkers>`.
#[derive(Debug, Clone)]
pub struct Walkers(Arc<Semaphore>);

impl Default for Walkers {
    fn default() -> Walkers {
        Walkers(Arc::new(Semaphore::new(WALKERS_MAX)))
    }
}

impl Walkers {
    /// A place among them, for as long as it is held.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub async fn place(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        match timeout(DOOR_WAIT, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => {
                let detail = format!("{WALKERS_MAX} audits walk the journal already; try again when one is through");
                Err(ApiError::new(Code::TooManyRequests, detail))
            }
        }
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
pub async fn deadline(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let changes = !request.method().is_safe();
    let wait = if doors.walks(&request) { WALK_WAIT } else { ANSWER_WAIT };
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
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    for (name, value) in ISOLATED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
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

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::http::{Method, Request, StatusCode};
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::{Crowd, Doors, WALKERS_MAX, Walkers, crowd, deadline, panicked};

    async fn never() -> &'static str {
        pending().await
    }

    #[expect(clippy::panic, reason = "what a panic is answered with is what is tested")]
    async fn fails() -> &'static str {
        panic!("a fault")
    }

    async fn ask(router: Router, method: Method, path: &str) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        (parts.status, serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_sent_away_and_a_write_is_told_that_its_outcome_is_unknown() {
        let router =
            Router::new().route("/", get(never).post(never)).layer(from_fn_with_state(Doors::default(), deadline));
        let (status, body) = ask(router.clone(), Method::GET, "/").await;
        assert_eq!((status, &body["outcome"]), (StatusCode::SERVICE_UNAVAILABLE, &Value::Null));
        let (status, body) = ask(router, Method::POST, "/").await;
        assert_eq!((status, &body["outcome"]), (StatusCode::SERVICE_UNAVAILABLE, &"unknown".into()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_house_lets_nobody_in_for_ever() {
        let router = Router::new().route("/", get(never)).layer(from_fn_with_state(Crowd::of(1), crowd));
        let first = tokio::spawn(ask(router.clone(), Method::GET, "/"));
        tokio::time::sleep(Duration::from_millis(1)).await;
        let (status, body) = ask(router, Method::GET, "/").await;
        assert_eq!((status, &body["code"]), (StatusCode::TOO_MANY_REQUESTS, &"too_many_requests".into()));
        first.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_audits_walk_the_journal_at_once() {
        let walkers = Walkers::default();
        let mut places = Vec::new();
        for _ in 0..WALKERS_MAX {
            places.push(walkers.place().await.unwrap());
        }
        assert_eq!(walkers.place().await.unwrap_err().status(), StatusCode::TOO_MANY_REQUESTS);
        places.pop();
        assert!(walkers.place().await.is_ok());
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_and_tells_nothing() {
        let router = Router::new().route("/", get(fails)).layer(CatchPanicLayer::custom(panicked));
        let (status, body) = ask(router, Method::GET, "/").await;
        assert_eq!((status, &body["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &"journal_unavailable".into()));
        assert!(!body.to_string().contains("a fault\""), "{body}");
    }
}
