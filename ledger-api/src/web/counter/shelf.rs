//! `/counter/shelf`: what lies on a store's shelves; putting on, counting, writing off.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::{Command, commands};

use super::{OfStore, give, own_store};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::counter::{runs_low, shelves, store_name};
use crate::web::figures::points;
use crate::web::form::{Fields, Sent, read_id};
use crate::web::page::{Frame, Trouble, Visitor, answer, new_key, show};
use crate::web::trouble;

#[derive(Template)]
#[template(path = "counter/shelf.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    store: String,
    store_name: String,
    said: String,
    bad: String,
    key: String,
    rows: Vec<Row>,
    typed: Typed,
}

/// What was typed, to be shown again where it was refused; a reason goes on to the next item.
#[derive(Default)]
struct Typed {
    sku: String,
    units: String,
    reason: String,
}

struct Row {
    sku: String,
    name: String,
    price: String,
    listed: bool,
    on_shelf: i64,
    low: bool,
    reserved: i64,
    handed_over: i64,
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/counter/shelf", get(read).post(change))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<OfStore>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        page(&app, &visitor, &store, String::new(), String::new(), Typed::default()).await
    };
    answer(&visitor, made.await)
}

async fn change(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let store = own_store(&visitor, fields.get("store"))?;
        let w = visitor.words();
        let changed = async {
            let command = command(&store, &fields)?;
            give(&app, &visitor, fields.get("key"), command).await
        };
        let reason = fields.get("reason").to_owned();
        let (said, bad, typed) = match changed.await {
            Ok(_) => (w.done.to_owned(), String::new(), Typed { reason, ..Typed::default() }),
            Err(Trouble::Service(error)) => {
                let said = if fields.get("units").parse::<u32>().is_err() {
                    w.whole_units.to_owned()
                } else if fields.get("do") == "count" {
                    let own = [(Code::InvalidQuantity, w.refusals.counted_too_few)];
                    trouble::said_by(w, visitor.english, &error, &own)
                } else {
                    trouble::said(w, visitor.english, &error)
                };
                let typed = Typed { sku: fields.get("sku").to_owned(), units: fields.get("units").to_owned(), reason };
                (String::new(), said, typed)
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &store, said, bad, typed).await
    };
    answer(&visitor, made.await)
}

fn command(store: &str, fields: &Fields) -> Result<Command, Trouble> {
    let store = read_id(store)?;
    let sku = read_id(fields.get("sku"))?;
    let units = fields.get("units").parse::<u32>();
    let units =
        units.map_err(|_| ServiceError::refused(Code::InvalidQuantity, "units: not a whole number from 0 on"))?;
    let reason = || fields.reason("reason").map(str::to_owned);
    Ok(match fields.get("do") {
        "count" => Command::CountStock(commands::CountStock { store, sku, counted: units, reason: reason()? }),
        "write_off" => {
            Command::WriteOffStock(commands::WriteOffStock { store, sku, quantity: units, reason: reason()? })
        }
        "restock" => Command::Restock(commands::Restock { store, sku, quantity: units, merchant: None }),
        _ => return Err(ServiceError::unreadable("do: nothing of this form").into()),
    })
}

async fn page(
    app: &App,
    visitor: &Visitor,
    store: &str,
    said: String,
    bad: String,
    typed: Typed,
) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let rows = shelves(app, who, store).await?.into_iter().map(|(sku, item)| Row {
        sku,
        name: item.name,
        price: points(item.price),
        listed: item.listed,
        on_shelf: item.on_shelf,
        low: runs_low(item.on_shelf),
        reserved: item.reserved,
        handed_over: item.handed_over,
    });
    let page = Page {
        f: visitor.frame(w.shelf),
        store_name: store_name(app, who, store).await?,
        store: store.to_owned(),
        said,
        bad,
        key: new_key("shelf"),
        rows: rows.collect(),
        typed,
    };
    show(&page)
}
