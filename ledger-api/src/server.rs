//! The server over HTTP: the API and the pages as one router, and the connections below them.

mod connections;

use axum::Router;

use crate::app::App;
use crate::stopping::Stopping;
use crate::web::Entrance;
use crate::{http, web};

pub use connections::serve;

/// Everything that a ledger answers over HTTP.
///
/// # Errors
/// When the OpenAPI document cannot be written, which is a fault of this program.
pub fn router(app: App, entrance: Entrance, stopping: Stopping) -> serde_json::Result<Router> {
    http::router(app, web::routes(entrance), stopping)
}
