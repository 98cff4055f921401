//! The pages: one folder a URL, the template beside its handler. Chinese first, English second; no script, nothing
//! from outside, readable on a telephone and on paper.

pub mod home;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The pages' routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(home::routes())
}
