//! How many requests are worked on at once, and how many audits among them.

use std::sync::Arc;
use std::time::Duration;

use ledger_core::domain::refusal::Code;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::error::ApiError;

/// Requests worked on at once; more wait at the door.
const REQUESTS_MAX: usize = 2_048;
/// Audits that walk the journal at once.
const WALKERS_MAX: usize = 2;
/// How long a request waits at the door before it is sent away.
const DOOR_WAIT: Duration = Duration::from_secs(5);

/// How many requests are being worked on.
#[derive(Debug)]
pub struct Crowd(Semaphore);

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd::of(REQUESTS_MAX)
    }
}

impl Crowd {
    /// A crowd of at most so many.
    pub fn of(requests_max: usize) -> Crowd {
        Crowd(Semaphore::new(requests_max))
    }

    /// A place among them, to be held until an answer begins.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub async fn place(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        at_the_door(self.0.acquire(), || "the server is at its limit of requests at once; try again later".to_owned())
            .await
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
        let full = || format!("{WALKERS_MAX} audits walk the journal already; try again when one is through");
        at_the_door(Arc::clone(&self.0).acquire_owned(), full).await
    }
}

/// Waits for a place, but not for ever.
async fn at_the_door<P>(
    place: impl Future<Output = Result<P, AcquireError>>,
    full: impl FnOnce() -> String,
) -> Result<P, ApiError> {
    match timeout(DOOR_WAIT, place).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) | Err(_) => Err(ApiError::new(Code::TooManyRequests, full())),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use http_body_util::BodyExt;
    use serde_json::Value;

    use super::{Crowd, WALKERS_MAX, Walkers};

    #[tokio::test(start_paused = true)]
    async fn a_full_house_lets_nobody_in_for_ever() {
        let crowd = Crowd::of(1);
        let place = crowd.place().await.unwrap();
        let (parts, body) = crowd.place().await.unwrap_err().into_response().into_parts();
        let body: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!((parts.status, &body["code"]), (StatusCode::TOO_MANY_REQUESTS, &"too_many_requests".into()));
        drop(place);
        assert!(crowd.place().await.is_ok());
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
}
