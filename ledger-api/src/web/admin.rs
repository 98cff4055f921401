//! `/admin`: the district at a glance: earned, redeemed, on its way, ending, outstanding against what lies on the shelves and
//! against the funds; and how the server fares.

mod health;
mod registers;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use ledger_core::domain::account::Account;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::figures::points;
use super::funds::FundTable;
use super::page::{Frame, Trouble, Visitor, answer, show};
use super::words::Words;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::administrators::is_one_alone;
use crate::service::audit::Verifications;
use crate::service::health::health as health_of;
use crate::service::overview::{Overview, overview};
use crate::service::staffing::{Staffing, staffing};

/// Accounts read at once.
const ACCOUNTS: usize = 1_000;
/// Stores that are told of at once.
const STORES_SHOWN: usize = 10;
/// Sites named one by one.
const SITES_SHOWN: usize = 5;

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
    /// What ends within thirty days.
    ending_soon: String,
    /// What ends in which month.
    ending: Vec<(String, String)>,
    bear: String,
    /// What became of the funds; nothing where there are none.
    borne: String,
    funds: FundTable,
    /// What is outstanding is more than lies on the shelves.
    short: bool,
    /// What was redeemed at stores, most first: id, name, points.
    stores: Vec<(String, String, String)>,
    /// The same of all others; they unfold.
    other_stores: Vec<(String, String, String)>,
    low: Vec<(String, String, i64)>,
    /// Whoever looks may bring registers in.
    brings: bool,
    /// One person alone administers.
    alone: bool,
    /// Where too few people can approve.
    too_few: Vec<String>,
    version: &'static str,
    journal: &'static str,
    health: Vec<health::Line>,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin", get(read)).merge(registers::routes())
}

async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Extension(verifications): Extension<Arc<Verifications>>,
) -> Response {
    answer(&visitor, page(&app, &visitor, &verifications).await)
}

/// Where too few people can approve, in sentences.
async fn too_few(app: &App, w: &Words) -> Result<Vec<String>, ServiceError> {
    let (mut accounts, mut after): (Vec<(AccountId, Account)>, _) = (Vec::new(), String::new());
    loop {
        let page = app.views.account_rows(&after, ACCOUNTS).await?;
        for (id, row) in page.rows {
            accounts.push((AccountId::new(&id)?, row));
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let rows = accounts.iter().map(|(id, row)| (id, row));
    let staffing = staffing(app.ledger.journal().as_ref(), rows, app.ledger.now().date()).await?;
    if staffing.suffices() {
        return Ok(Vec::new());
    }
    let Staffing { need, district, sites, short } = staffing;
    if sites == 0 {
        return Ok(vec![w.accounts.too_few(w.accounts.district, district, need)]);
    }
    let mut told: Vec<String> = short
        .iter()
        .take(SITES_SHOWN)
        .map(|(id, name, have)| w.accounts.too_few(&format!("{name} {id}"), *have, need))
        .collect();
    if short.len() > SITES_SHOWN {
        told.push(w.accounts.and_more(short.len() - SITES_SHOWN));
    }
    Ok(told)
}

async fn page(app: &App, visitor: &Visitor, verifications: &Verifications) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    // Before the views are waited for: it is told how they kept up.
    let health = health_of(app, who).await?;
    let all = overview(app, who).await?;
    let Overview { outstanding, stock_points, .. } = all;
    let mut by_store = all.stores;
    by_store.sort_by(|(one, _, spent), (other, _, more)| (more, one).cmp(&(spent, other)));
    let mut stores: Vec<_> = by_store.into_iter().map(|(id, name, spent)| (id, name, points(spent))).collect();
    let other_stores = stores.split_off(stores.len().min(STORES_SHOWN));
    let funds = FundTable::of(&all.funds);
    let total = &funds.total;
    let borne = w.overview.borne(&total.appropriated, &total.committed, &total.paid, &total.free);
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
        ending_soon: points(all.ending_soon),
        ending: all.ending.iter().map(|(month, ends)| (month.to_string(), points(*ends))).collect(),
        bear: w.bear(&points(outstanding), &points(stock_points)),
        borne: if funds.rows.is_empty() { String::new() } else { borne },
        funds,
        short: outstanding > stock_points,
        stores,
        other_stores,
        low: all.low,
        brings: registers::kinds(visitor).is_ok(),
        alone: is_one_alone(app.ledger.journal().as_ref(), app.ledger.now().date())
            .await
            .map_err(ServiceError::from)?,
        too_few: too_few(app, w).await?,
        version: env!("CARGO_PKG_VERSION"),
        journal: match &app.url {
            JournalUrl::Sqlite(_) => "SQLite",
            JournalUrl::Postgres { .. } => "PostgreSQL",
        },
        health: health::lines(w, &health, verifications.last().await),
    };
    show(&page)
}
