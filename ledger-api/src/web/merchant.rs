//! `/merchant`: what a merchant handed out for points, month by month, what was paid and what is owed.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::Month;

use super::figures::points;
use super::page::{Frame, Trouble, Visitor, answer, show};
use crate::access::Role;
use crate::access::policy::{Denied, Read, Target, Who};
use crate::app::App;
use crate::service::reading::{may_read, now};

#[derive(Template)]
#[template(path = "merchant/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    merchant: String,
    name: String,
    this_month: String,
    redemptions: i64,
    owed: String,
    rows: Vec<Row>,
}

struct Row {
    month: String,
    redemptions: i64,
    honoured: String,
    corrected: String,
    paid: String,
    owed: String,
    due: bool,
    references: String,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/merchant", get(read))
}

async fn read(State(app): State<App>, visitor: Visitor) -> Response {
    answer(&visitor, page(&app, &visitor).await)
}

async fn page(app: &App, visitor: &Visitor) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let merchant = (*identity.scopes_of(Role::Merchant).first().ok_or(Denied)?).to_owned();
    let reading = may_read(Who::Bearer(identity), Read::Settlement, Target::Merchant(&merchant))?;
    reading.at_least(app, None).await?;
    let dues = app.views.dues(&merchant).await?.value;
    let name = app.views.merchant(&merchant).await?.value.map(|row| row.name).unwrap_or_default();
    let month = Month::of(now().date()).to_string();
    let this = dues.iter().find(|(found, _)| *found == month).map(|(_, due)| &due.booked);
    let owed: Points = dues.iter().map(|(_, due)| due.owed).sum();
    let page = Page {
        f: visitor.frame(w.merchant),
        name,
        this_month: points(this.map_or(Points::ZERO, |booked| booked.honoured)),
        redemptions: this.map_or(0, |booked| booked.redemptions),
        owed: points(owed),
        rows: dues
            .iter()
            .rev()
            .map(|(month, due)| Row {
                month: month.clone(),
                redemptions: due.booked.redemptions,
                honoured: points(due.booked.honoured),
                corrected: points(due.booked.corrected),
                paid: points(due.booked.paid),
                owed: points(due.owed),
                due: due.owed.is_positive(),
                references: due.booked.references.join("、"),
            })
            .collect(),
        merchant,
    };
    show(&page)
}
