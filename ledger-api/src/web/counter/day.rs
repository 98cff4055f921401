//! `/counter/day`: what a store gave out on a day, to hand over the till with, and to take back what went wrong today; and
//! the register of it (兑换登记表), which is printed, signed and kept.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::{own_store, take_back};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::counter::{day, shelves, store_name};
use crate::service::reading::read_date;
use crate::service::register::{Entered, register};
use crate::web::figures::{clock, points};
use crate::web::form::{Fields, Sent};
use crate::web::page::{Frame, Trouble, Visitor, answer, new_key, show};
use crate::web::trouble;

#[derive(Template)]
#[template(path = "counter/day.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    store: String,
    store_name: String,
    on: String,
    /// Only what was given out today is taken back here.
    today: bool,
    said: String,
    bad: String,
    standing: u64,
    points: String,
    reversed: u64,
    /// Item, units, points.
    items: Vec<(String, u64, String)>,
    /// Units of all items.
    units: u64,
    /// The register, first of the day first.
    entered: Vec<EnteredRow>,
    /// There are more than it lists.
    more: bool,
    rows: Vec<Row>,
    reasons: Vec<&'static str>,
}

struct Row {
    at: String,
    worker: String,
    items: String,
    points: String,
    redemption: String,
    reversed: bool,
    key: String,
}

/// A redemption in the register.
struct EnteredRow {
    number: usize,
    at: String,
    worker: String,
    name: String,
    card: String,
    /// Item, units, price, points.
    lines: Vec<(String, u32, String, String)>,
    balance: String,
    by: String,
    reversed: bool,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/counter/day", get(read).post(undo))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    store: String,
    #[serde(default)]
    on: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        page(&app, &visitor, &store, &asked.on, String::new(), String::new()).await
    };
    answer(&visitor, made.await)
}

async fn undo(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let store = own_store(&visitor, fields.get("store"))?;
        let w = visitor.words();
        let (said, bad) = match take_back(&app, &visitor, &fields).await {
            Ok(_) => (w.undone_told.to_owned(), String::new()),
            Err(Trouble::Service(error)) => (String::new(), trouble::said(w, visitor.english, &error)),
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &store, "", said, bad).await
    };
    answer(&visitor, made.await)
}

async fn page(
    app: &App,
    visitor: &Visitor,
    store: &str,
    on: &str,
    said: String,
    bad: String,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let today = app.ledger.now().date();
    let on = read_date(on).unwrap_or(today);
    let of_day = day(app, who, store, on).await?;
    let names = shelves(app, who, store).await?;
    let name = |sku: &str| {
        names.iter().find(|(found, _)| found == sku).map_or_else(|| sku.to_owned(), |(_, item)| item.name.clone())
    };
    let rows = of_day.redemptions.iter().rev().map(|listed| Row {
        at: clock(&listed.at).to_owned(),
        worker: listed.row.worker.clone(),
        items: listed
            .row
            .items
            .iter()
            .map(|(sku, units, _)| format!("{} ×{units}", name(sku)))
            .collect::<Vec<_>>()
            .join("、"),
        points: w.with_points(&points(listed.row.points)),
        redemption: listed.redemption.clone(),
        reversed: listed.row.reversed.is_some(),
        key: new_key("undo"),
    });
    let entered = register(app, &of_day).await?.into_iter().zip(1..);
    let items = of_day.items.iter().map(|(sku, (units, spent))| (name(sku), *units, points(*spent)));
    let page = Page {
        f: visitor.frame(w.till_today),
        store_name: store_name(app, who, store).await?,
        store: store.to_owned(),
        on: on.to_string(),
        today: on == today,
        said,
        bad,
        standing: of_day.standing,
        points: points(of_day.points),
        reversed: of_day.reversed,
        units: of_day.items.values().map(|(units, _)| *units).sum(),
        items: items.collect(),
        more: of_day.next.is_some(),
        entered: entered.map(|(entered, number)| entered_row(number, entered, &name)).collect(),
        rows: rows.collect(),
        reasons: w.undo_reasons(),
    };
    show(&page)
}

fn entered_row(number: usize, entered: Entered, name: &dyn Fn(&str) -> String) -> EnteredRow {
    let Entered { at, worker, name: called, card, lines, balance, by, reversed, .. } = entered;
    EnteredRow {
        number,
        at: clock(&at).to_owned(),
        worker,
        name: called.unwrap_or_default(),
        card: card.unwrap_or_default(),
        lines: lines
            .into_iter()
            .map(|line| (name(&line.sku), line.units, points(line.price), points(line.points)))
            .collect(),
        balance: balance.map(points).unwrap_or_default(),
        by,
        reversed,
    }
}
