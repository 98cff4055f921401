//! What surrounds every request: how long it may take, the headers of its answer, and what becomes of a panic.

use std::any::Any;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::Code;
use tokio::time::timeout;

use super::door::Doors;
use super::error::ApiError;
use super::metrics::Measured;

/// How long a request may take until its answer begins.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// The same for work that walks the whole district.
const WALK_WAIT: Duration = Duration::from_secs(600);

/// So many headers are put to each answer.
const HEADERS: usize = 8;
/// What an answer that is no page may load: nothing.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// No other site opens, embeds or watches an answer; of the device, a page of ours may use the camera, for codes.
const ISOLATED: [(&str, &str); 3] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=(), payment=()"),
];

/// What surrounds every request, in one layer: each more would copy all boxes of its route once more. It is counted with the
/// time that it took, may not take too long, and its answer is protected.
pub async fn around(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let measured = Measured::begin(&request);
    let mut response = in_time(&doors, request, next).await;
    protect(response.headers_mut());
    measured.end(&response);
    response
}

/// Sends a request away that takes too long. A command already handed to the ledger is not taken back by that.
async fn in_time(doors: &Doors, request: Request, next: Next) -> Response {
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
fn protect(headers: &mut HeaderMap) {
    headers.reserve(HEADERS);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    for (name, value) in ISOLATED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
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

    use axum::Router;
    use axum::body::Body;
    use axum::http::{Method, Request, StatusCode};
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::{Doors, around, panicked};

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
            Router::new().route("/", get(never).post(never)).layer(from_fn_with_state(Doors::default(), around));
        let (status, body) = ask(router.clone(), Method::GET, "/").await;
        assert_eq!((status, &body["outcome"]), (StatusCode::SERVICE_UNAVAILABLE, &Value::Null));
        let (status, body) = ask(router, Method::POST, "/").await;
        assert_eq!((status, &body["outcome"]), (StatusCode::SERVICE_UNAVAILABLE, &"unknown".into()));
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_and_tells_nothing() {
        let inside = CatchPanicLayer::custom(panicked);
        let router = Router::new().route("/", get(fails)).layer((from_fn_with_state(Doors::default(), around), inside));
        let (status, body) = ask(router, Method::GET, "/").await;
        assert_eq!((status, &body["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &"journal_unavailable".into()));
        assert!(!body.to_string().contains("a fault\""), "{body}");
    }
}
