//! The server over HTTP: the API and the pages as one router, and the connections below them.

mod connections;

use axum::Router;

use crate::app::App;
use crate::http::Pages;
use crate::http::rate::RateSettings;
use crate::stopping::Stopping;
use crate::{http, web};

pub use crate::web::Entrance;
pub use connections::{serve, serve_over};

/// How often anybody may ask, as the environment says.
///
/// # Errors
/// What is wrong with it.
pub fn rates() -> Result<RateSettings, String> {
    RateSettings::from_environment()
}

/// Everything that a ledger answers over HTTP.
///
/// # Errors
/// When the OpenAPI document cannot be written, which is a fault of this program.
pub fn router(app: App, entrance: Entrance, stopping: Stopping) -> serde_json::Result<Router> {
    router_with(app, entrance, stopping, RateSettings::default())
}

/// As [`router`], with what strangers and those who are known are held to.
///
/// # Errors
/// As [`router`].
pub fn router_with(
    app: App,
    entrance: Entrance,
    stopping: Stopping,
    rates: RateSettings,
) -> serde_json::Result<Router> {
    let pages = Pages { nothing: web::nothing(entrance.clone()), routes: web::routes(entrance) };
    http::router(app, pages, stopping, rates)
}
