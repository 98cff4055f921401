//! `/admin`: the district at a glance: earned, redeemed, on its way, outstanding against what lies on the shelves.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::journal::url::JournalUrl;

use super::figures::points;
use super::page::{Frame, Trouble, Visitor, answer, show};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::administrators::is_one_alone;
use crate::service::overview::{Overview, overview};

#[derive(Template)]
#[template(path = "admin/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    district: String,
    position: u64,
    workers: usize,
    earned: String,
    redeemed: String,
    pending: String,
    expired: String,
    held: String,
    bear: String,
    /// What is outstanding is more than lies on the shelves.
    short: bool,
    stores: Vec<(String, String, String)>,
    low: Vec<(String, String, i64)>,
    /// One person alone administers.
    alone: bool,
    version: &'static str,
    journal: &'static str,
    views: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin", get(read))
}

async fn read(State(app): State<App>, visitor: Visitor) -> Response {
    answer(&visitor, page(&app, &visitor).await)
}

async fn page(app: &App, visitor: &Visitor) -> Result<Response, Trouble> {
    let w = visitor.words();
    let all = overview(app, Who::Bearer(&visitor.must()?.identity)).await?;
    let Overview { outstanding, stock_points, .. } = all;
    let behind = app.ledger.committed().borrow().saturating_sub(app.views.position());
    let page = Page {
        f: visitor.frame(w.admin),
        district: all.district.unwrap_or_default(),
        position: all.position,
        workers: all.workers,
        earned: points(all.earned),
        redeemed: points(all.redeemed),
        pending: w.pending_of(all.waiting, &points(all.pending)),
        expired: points(all.expired),
        held: points(all.held),
        bear: w.bear(&points(outstanding), &points(stock_points)),
        short: outstanding > stock_points,
        stores: all.stores.into_iter().map(|(id, name, spent)| (id, name, points(spent))).collect(),
        low: all.low,
        alone: is_one_alone(app.ledger.journal().as_ref(), app.ledger.now().date())
            .await
            .map_err(ServiceError::from)?,
        version: env!("CARGO_PKG_VERSION"),
        journal: match &app.url {
            JournalUrl::Sqlite(_) => "SQLite",
            JournalUrl::Postgres { .. } => "PostgreSQL",
        },
        views: if behind == 0 { w.caught_up.to_owned() } else { w.behind(behind) },
    };
    show(&page)
}
