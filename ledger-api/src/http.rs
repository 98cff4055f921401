//! The HTTP edge: which routes there are, who gets past the door, and what every request is limited to.
//!
//! One file a resource; each gives its routes with their OpenAPI description. Reading order: this list, [`extract`]
//! (what a request carries and who may ask), [`body`] and [`wire`] (JSON and the values in it), [`command`] (from a body
//! to the ledger and back), [`error`] (how a no is told), [`limits`], then any resource. Nothing here decides a rule: that
//! is the ledger's.

mod accept;
pub mod accounts;
pub mod appraisals;
pub mod audit;
pub mod audits;
pub mod batch;
mod batch_item;
pub mod body;
pub mod branches;
mod cloud_events;
pub mod command;
pub mod credit_reads;
pub mod credits;
mod decimal;
pub mod docs;
pub mod error;
pub mod events;
pub mod expiries;
pub mod extract;
pub mod health;
pub mod holds;
pub mod judgements;
pub mod limits;
pub mod merchants;
pub mod metrics;
pub mod open_holds;
pub mod openapi;
pub mod receipts;
pub mod redemptions;
pub mod schedule;
pub mod server;
mod settlement_sheet;
pub mod settlements;
pub mod shapes;
pub mod shelf;
pub mod stock;
pub mod stores;
pub mod till;
pub mod traces;
pub mod validity;
pub mod wire;
pub mod witness;
pub mod workers;

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use limits::{Crowd, Walkers};

/// Keys under which the server itself gives back holds that ran out start with this.
pub const RELEASE_KEYS: &str = "hold-expired/";

/// The OpenAPI document of all routes, as JSON. Handlers take it as `Extension<ApiDocument>`.
#[derive(Debug, Clone)]
pub struct ApiDocument(pub Arc<str>);

/// Turns true when the server stops: answers without an end (event streams) must then end. Handlers take it as
/// `Extension<Stopping>`.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// A sign, and the sender that raises it.
    pub fn new() -> (watch::Sender<bool>, Stopping) {
        let (stop, stopping) = watch::channel(false);
        (stop, Stopping(stopping))
    }

    /// Waits until the server stops.
    pub async fn raised(mut self) {
        // A sender that is gone means the same.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}

/// Routes that ask for an access token whose role is permitted.
fn guarded() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(workers::routes())
        .merge(accounts::routes())
        .merge(traces::routes())
        .merge(merchants::routes())
        .merge(settlements::routes())
        .merge(stores::routes())
        .merge(stock::routes())
        .merge(schedule::routes())
        .merge(credits::routes())
        .merge(credit_reads::routes())
        .merge(redemptions::routes())
        .merge(till::routes())
        .merge(holds::routes())
        .merge(open_holds::routes())
        .merge(batch::routes())
        .merge(expiries::routes())
        .merge(appraisals::routes())
        .merge(branches::routes())
        .merge(events::routes())
        .merge(audits::routes())
        .merge(audit::routes())
        .merge(receipts::routes())
        .merge(metrics::routes())
}

/// Routes that anybody may ask, or that ask for a token themselves: they show nothing of what is recorded.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(health::routes())
        .merge(docs::routes())
        .merge(witness::routes())
        .merge(crate::web::routes())
}

/// The OpenAPI document of all routes.
///
/// # Errors
/// When it cannot be written, which is a fault of this program.
pub fn document() -> serde_json::Result<serde_json::Value> {
    openapi::complete(guarded().into_openapi(), open().into_openapi())
}

/// The whole HTTP edge of a ledger.
///
/// # Errors
/// When the OpenAPI document cannot be written, which is a fault of this program.
pub fn router(app: App, stopping: Stopping) -> serde_json::Result<Router> {
    let document = ApiDocument(document()?.to_string().into());
    let crowd = Crowd::default();
    let (guarded, _) = guarded().split_for_parts();
    let (open, _) = open().split_for_parts();
    let guarded = guarded.method_not_allowed_fallback(extract::wrong_method).route_layer((
        from_fn_with_state(crowd, limits::crowd),
        from_fn_with_state(app.clone(), extract::guard),
        from_fn(accept::only_what_is_accepted),
    ));
    let open = open.method_not_allowed_fallback(extract::wrong_method);
    Ok(guarded
        .merge(open)
        .fallback(extract::no_route)
        // One layer of many, outermost first: each call of `layer` would put every route in one box more, and every request
        // copies all boxes of its route.
        .layer((
            from_fn(metrics::measure),
            CatchPanicLayer::custom(limits::panicked),
            Extension(Walkers::default()),
            Extension(stopping),
            Extension(document),
            from_fn(limits::headers),
            from_fn(limits::deadline),
        ))
        .with_state(app))
}
