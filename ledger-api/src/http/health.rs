//! Whether the process lives, and whether it can be worked with. For load balancers and supervisors, so no token is asked.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use ledger_core::domain::refusal::Code;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiError, Problem};
use crate::app::App;

/// How long the journal may take to tell its head.
const JOURNAL_WAIT: Duration = Duration::from_secs(1);
/// Views that are further behind than this answer too late to be useful.
const LAG_MAX: u64 = 10_000;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz))
}

#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `alive`.
    status: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Always `ready`; anything else is a problem document.
    status: &'static str,
    /// The end of the journal.
    position: u64,
    /// How far the views are behind it.
    lag: u64,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "The process lives.", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// Whether commands are taken, the journal can be reached and the views are near its end.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, description = "It can be worked with.", body = Readiness),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "Not now: see the sentence.")))]
async fn readyz(State(app): State<App>) -> Result<Json<Readiness>, ApiError> {
    let not_ready = |detail: String| ApiError::new(Code::JournalUnavailable, detail);
    if !app.ledger.takes_commands() {
        tracing::error!("not ready: the ledger's writer has ended");
        return Err(not_ready(
            "the ledger takes no commands any more; start the server again, the log says why".into(),
        ));
    }
    let head = match timeout(JOURNAL_WAIT, app.ledger.journal().head()).await {
        Ok(Ok(head)) => head.position,
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the journal cannot be read");
            return Err(not_ready("the journal cannot be reached; the log says more".into()));
        }
        Err(_) => {
            let seconds = JOURNAL_WAIT.as_secs();
            return Err(not_ready(format!("the journal does not answer within {seconds} s")));
        }
    };
    let lag = head.saturating_sub(app.views.position());
    if lag >= LAG_MAX {
        return Err(not_ready(format!("the views are {lag} positions behind the journal and are catching up")));
    }
    Ok(Json(Readiness { status: "ready", position: head, lag }))
}
