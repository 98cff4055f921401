//! `/counter`: whoever stands before it, what they can have, one tap an item, and out. Everything works without script:
//! each tap is a form, and what was chosen travels in it.
//!
//! The key of a redemption is made with the page that shows what was chosen, so a double click and a back button are one
//! redemption; where the ledger's answer was lost, the page keeps it to ask again.

mod away;
mod day;
mod holds;
mod proof;
mod shelf;
mod waiting;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::points::Points;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Deserialize;

use super::assets::{AWAY, READER, SIGNED};
use super::figures::{minute, points};
use super::form::{Fields, Sent, read_id};
use super::page::{Frame, Trouble, Visitor, answer, give, new_key, show};
use super::trouble;
use super::words::Words;
use crate::access::Role;
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::{Asked, prepare, submit, worker_event};
use crate::service::counter::{Customer, Goods, Obstacle, look_up, store_name};
use crate::service::counter_proof;
use crate::service::holds::soonest_at;
use crate::service::names::masked;

/// Most lines that can be chosen at once.
const LINES_MAX: usize = 100;
/// Most units of one line.
const UNITS_MAX: u32 = 99;
/// So many holds are told of while nobody stands before the counter; the others stand on a page of their own.
const SOONEST: usize = 5;

#[derive(Template)]
#[template(path = "counter/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    store: String,
    store_name: String,
    /// The other stores of this clerk.
    others: Vec<String>,
    bad: String,
    done: Option<Done>,
    customer: Option<Before>,
    goods: Vec<Affordable>,
    others_items: Vec<Beyond>,
    lines: Vec<Chosen>,
    sum: String,
    after: String,
    key: String,
    reasons: Vec<&'static str>,
    /// The scripts that let the counter go on without a network.
    away: &'static str,
    signed: &'static str,
    /// What reads codes where the browser itself does not.
    reader: &'static str,
    /// What is asked of whoever spends, until it was seen.
    asks: Option<proof::Asked>,
    /// The ledger's word for what was seen.
    seen: String,
    /// What is set aside here for whoever stands before the counter.
    held: Vec<holds::Due>,
    /// How many holds wait here to be picked up.
    due: usize,
    /// What waits here, while nobody stands before it.
    waiting: Option<waiting::Waiting>,
}

/// Whoever stands before the counter.
struct Before {
    name: String,
    worker: String,
    available: String,
    departed: bool,
}

/// An item that can be had.
struct Affordable {
    sku: String,
    name: String,
    price: String,
    /// What its button is called: the item with its price.
    label: String,
    left: i64,
    chosen: u32,
}

/// An item that cannot.
struct Beyond {
    name: String,
    price: String,
    why: String,
}

/// A line that was chosen.
struct Chosen {
    sku: String,
    name: String,
    units: u32,
    cost: String,
}

/// What was just done.
struct Done {
    title: &'static str,
    items: String,
    points: String,
    balance: String,
    who: String,
    at: String,
    redemption: String,
    /// Whether it stands, and can be taken back.
    standing: bool,
}

/// What a page of the counter shows besides the store.
#[derive(Default)]
struct Shown {
    bad: String,
    done: Option<Done>,
    customer: Option<Customer>,
    lines: Vec<(String, u32)>,
    /// The key to ask again under.
    key: Option<String>,
    /// The ledger's word for a proof that was seen.
    seen: Option<String>,
    /// The hold whose code was shown.
    in_hand: Option<holds::InHand>,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/counter", get(arrive).post(act))
        .merge(day::routes())
        .merge(holds::routes())
        .merge(away::routes())
        .merge(shelf::routes())
}

/// Which store is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct OfStore {
    #[serde(default)]
    store: String,
}

/// The store that a clerk works at: the one named, else the first of the clerk's own.
///
/// # Errors
/// [`Trouble::LogIn`]; a store that is none of the clerk's is refused where something of it is asked.
fn own_store(visitor: &Visitor, named: &str) -> Result<String, Trouble> {
    let identity = &visitor.must()?.identity;
    let own = identity.scopes_of(Role::Clerk);
    match named {
        "" => own.first().map(|store| (*store).to_owned()).ok_or_else(|| crate::access::policy::Denied.into()),
        named => Ok(named.to_owned()),
    }
}

async fn arrive(State(app): State<App>, visitor: Visitor, Query(asked): Query<OfStore>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        page(&app, &visitor, &store, Shown::default()).await
    };
    answer(&visitor, made.await)
}

async fn page(app: &App, visitor: &Visitor, store: &str, shown: Shown) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let Shown { bad, done, customer, lines, key, seen, in_hand } = shown;
    let mut goods = Vec::new();
    let mut beyond = Vec::new();
    let mut chosen_lines = Vec::new();
    let mut sum = Points::ZERO;
    let available = customer.as_ref().map_or(Points::ZERO, |customer| customer.available);
    let all = customer.as_ref().map(|customer| customer.goods.as_slice()).unwrap_or_default();
    for (sku, units) in &lines {
        let Some(item) = all.iter().find(|item| item.sku == *sku) else { continue };
        let cost = item.price.times(*units).unwrap_or(Points::ZERO);
        sum += cost;
        let line = Chosen { sku: sku.clone(), name: item.name.clone(), units: *units, cost: points(cost) };
        chosen_lines.push(line);
    }
    for item in all {
        let chosen = lines.iter().find(|(sku, _)| *sku == item.sku).map_or(0, |(_, units)| *units);
        match item.obstacle(1, available) {
            None => goods.push(affordable(w, item, chosen)),
            Some(why) => beyond.push(Beyond {
                name: item.name.clone(),
                price: w.with_points(&points(item.price)),
                why: why_not(w, why),
            }),
        }
    }
    let held = match &customer {
        // While goods are chosen nobody looks for what was set aside.
        Some(customer) if lines.is_empty() => {
            holds::due(app, visitor, store, Some(customer.worker.as_str()), in_hand.as_ref()).await?
        }
        Some(_) | None => Vec::new(),
    };
    let nobody = customer.is_none() && done.is_none();
    let soonest = soonest_at(app, Who::Bearer(identity), store, if nobody { SOONEST } else { 0 }).await?;
    let page = Page {
        f: visitor.frame(w.counter),
        held,
        due: soonest.all,
        waiting: if nobody { waiting::at(app, visitor, store, soonest).await? } else { None },
        store_name: store_name(app, Who::Bearer(identity), store).await?,
        others: identity.scopes_of(Role::Clerk).into_iter().filter(|own| *own != store).map(str::to_owned).collect(),
        store: store.to_owned(),
        bad,
        done,
        customer: customer.as_ref().map(|customer| before(w, customer)),
        goods,
        others_items: beyond,
        lines: chosen_lines,
        sum: w.with_points(&points(sum)),
        after: points(available - sum),
        key: key.unwrap_or_else(|| new_key("counter")),
        reasons: w.undo_reasons(),
        away: &AWAY.path,
        signed: &SIGNED.path,
        reader: &READER.path,
        asks: if seen.is_some() { None } else { proof::asked(w, counter_proof::asked(app).await?) },
        seen: seen.unwrap_or_default(),
    };
    show(&page)
}

fn before(w: &Words, customer: &Customer) -> Before {
    let name = customer.name.as_deref().map(masked).filter(|name| !name.is_empty());
    Before {
        name: name.unwrap_or_else(|| w.no_name.to_owned()),
        worker: customer.worker.clone(),
        available: points(customer.available),
        departed: customer.departed,
    }
}

fn affordable(w: &Words, item: &Goods, chosen: u32) -> Affordable {
    let price = w.with_points(&points(item.price));
    Affordable {
        sku: item.sku.clone(),
        label: format!("{} {price}", item.name),
        name: item.name.clone(),
        price,
        left: item.left,
        chosen,
    }
}

fn why_not(w: &Words, why: Obstacle) -> String {
    match why {
        Obstacle::OutOfStock => w.out_of_stock.to_owned(),
        Obstacle::Limit => w.limit_reached.to_owned(),
        Obstacle::Short(missing) => w.short_of(&points(missing)),
    }
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let store = own_store(&visitor, fields.get("store"))?;
        let shown = carry_out(&app, &visitor, &store, &fields).await?;
        page(&app, &visitor, &store, shown).await
    };
    answer(&visitor, made.await)
}

async fn carry_out(app: &App, visitor: &Visitor, store: &str, fields: &Fields) -> Result<Shown, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    match fields.get("do") {
        "undo" => return undo(app, visitor, store, fields).await,
        "capture" => return holds::capture(app, visitor, store, fields).await,
        "look" => {
            let Some(customer) = look_up(app, who, store, fields.get("named")).await? else {
                let held = holds::look(app, visitor, store, fields.get("named")).await?;
                return Ok(held.unwrap_or_else(|| Shown { bad: w.nobody_named.to_owned(), ..Shown::default() }));
            };
            let (bad, seen) = seen_on_arrival(app, visitor, store, &customer).await?;
            return Ok(Shown { bad, customer: Some(customer), seen, ..Shown::default() });
        }
        _ => {}
    }
    let Some(customer) = look_up(app, who, store, fields.get("worker")).await? else {
        return Ok(Shown { bad: w.nobody_named.to_owned(), ..Shown::default() });
    };
    let mut lines = chosen(fields);
    if fields.get("do") == "confirm" {
        return redeem(app, visitor, store, fields, customer, lines).await;
    }
    let mut bad = String::new();
    if let Some(sku) = fields.some("add") {
        let units = lines.iter().find(|(found, _)| found == sku).map_or(1, |(_, units)| units.saturating_add(1));
        let spent = cost(&customer, &lines);
        let item = customer.goods.iter().find(|item| item.sku == sku);
        match item.map(|item| item.obstacle(units, customer.available - (spent - cost_of(item, units - 1)))) {
            None => bad = trouble::said(w, visitor.english, &ServiceError::refused(Code::UnknownItem, "no such item")),
            Some(Some(why)) => bad = why_not(w, why),
            Some(None) => match lines.iter_mut().find(|(found, _)| found == sku) {
                Some(line) => line.1 = units,
                None => lines.push((sku.to_owned(), units)),
            },
        }
    }
    if let Some(sku) = fields.some("less") {
        for line in lines.iter_mut().filter(|(found, _)| found == sku) {
            line.1 = line.1.saturating_sub(1);
        }
        lines.retain(|(_, units)| *units > 0);
    }
    let seen = fields.some("seen").map(str::to_owned);
    Ok(Shown { bad, customer: Some(customer), lines, seen, ..Shown::default() })
}

/// What the code is worth that came with the name: the word for it, or what is said.
async fn seen_on_arrival(
    app: &App,
    visitor: &Visitor,
    store: &str,
    customer: &Customer,
) -> Result<(String, Option<String>), Trouble> {
    let Some(code) = &customer.code else { return Ok(Default::default()) };
    if counter_proof::asked(app).await? != CounterProof::Code {
        return Ok(Default::default());
    }
    let identity = &visitor.must()?.identity;
    Ok(match proof::look(app, visitor.words(), identity, store, &customer.worker, code).await? {
        Ok(word) => (String::new(), Some(word)),
        Err(bad) => (bad, None),
    })
}

/// What was chosen so far.
fn chosen(fields: &Fields) -> Vec<(String, u32)> {
    let mut lines: Vec<(String, u32)> = Vec::new();
    for (sku, units) in fields.all("line").filter_map(|line| line.rsplit_once(':')) {
        let Ok(units @ 1..=UNITS_MAX) = units.parse() else { continue };
        if lines.len() < LINES_MAX && !lines.iter().any(|(found, _)| found == sku) {
            lines.push((sku.to_owned(), units));
        }
    }
    lines
}

fn cost_of(item: &Goods, units: u32) -> Points {
    item.price.times(units).unwrap_or(Points::ZERO)
}

fn cost(customer: &Customer, lines: &[(String, u32)]) -> Points {
    let of = |(sku, units): &(String, u32)| {
        customer.goods.iter().find(|item| item.sku == *sku).map_or(Points::ZERO, |item| cost_of(item, *units))
    };
    lines.iter().map(of).sum()
}

async fn redeem(
    app: &App,
    visitor: &Visitor,
    store: &str,
    fields: &Fields,
    customer: Customer,
    lines: Vec<(String, u32)>,
) -> Result<Shown, Trouble> {
    let w = visitor.words();
    let key = fields.get("key");
    let mut seen = fields.some("seen").map(str::to_owned);
    if seen.is_none() && counter_proof::asked(app).await? != CounterProof::Id {
        let identity = &visitor.must()?.identity;
        match proof::look(app, w, identity, store, &customer.worker, fields.get("proof")).await? {
            Ok(word) => seen = Some(word),
            Err(bad) => return Ok(Shown { bad, customer: Some(customer), lines, ..Shown::default() }),
        }
    }
    let told = async {
        let asked = lines.iter().map(|(sku, units)| Ok(AskedLine { sku: read_id(sku)?, quantity: Some(*units) }));
        let spending = AskedSpending {
            worker: read_id(&customer.worker)?,
            store: read_id(store)?,
            lines: asked.collect::<Result<_, ServiceError>>()?,
            time: AskedTime::Now,
            proven: None,
        };
        let asked = Asked { proof: seen.clone(), ..Command::Redeem(spending).into() };
        let who = Who::Bearer(&visitor.must()?.identity);
        let prepared = prepare(app, who, visitor.context(app, key)?, asked).await?;
        Ok(submit(app.clone(), prepared).await?)
    };
    match told.await {
        Ok(receipt) => {
            let done = done(w, &receipt, Some(&customer)).ok_or_else(|| Trouble::Fault("no redemption".to_owned()))?;
            Ok(Shown { done: Some(done), ..Shown::default() })
        }
        Err(Trouble::Service(error)) => {
            let of_proof = proof::about_proof(w, &error);
            let bad = of_proof.map_or_else(|| trouble::said(w, visitor.english, &error), str::to_owned);
            // What was seen and did not serve is asked for anew.
            let seen = seen.filter(|_| of_proof.is_none());
            // Only what may have happened is asked again under its key; a refused command took none.
            let key = (error == ServiceError::Unknown).then(|| key.to_owned());
            Ok(Shown { bad, customer: Some(customer), lines, key, seen, ..Shown::default() })
        }
        Err(other) => Err(other),
    }
}

/// What a receipt says of a redemption, made or taken back.
fn done(w: &Words, receipt: &Receipt, customer: Option<&Customer>) -> Option<Done> {
    let name = |sku: &str| {
        let goods = customer.map(|customer| customer.goods.as_slice()).unwrap_or_default();
        goods.iter().find(|item| item.sku == sku).map_or_else(|| sku.to_owned(), |item| item.name.clone())
    };
    let mut basket = Vec::new();
    for line in worker_event(receipt, |event| event.basket().map(|basket| basket.lines.to_vec()))? {
        basket.push(format!("{} ×{}", name(line.sku.as_str()), line.quantity));
    }
    let items = basket.join("、");
    let who = customer.map(|customer| before(w, customer)).map(|before| format!("{} {}", before.name, before.worker));
    worker_event(receipt, |event| {
        let at = minute(&event.at().to_string());
        let made = event.as_redemption().map(|made| (true, made.redemption, made.points, made.balance));
        let back = event.as_return().map(|back| (false, &back.redemption, back.points, back.balance));
        let (standing, redemption, spent, balance) = made.or(back)?;
        Some(Done {
            title: if standing { w.redeemed } else { w.undone_told },
            items: items.clone(),
            points: points(spent),
            balance: points(balance),
            who: who.clone().unwrap_or_else(|| event.worker().to_string()),
            at,
            redemption: redemption.to_string(),
            standing,
        })
    })
}

/// Takes a redemption back.
async fn undo(app: &App, visitor: &Visitor, store: &str, fields: &Fields) -> Result<Shown, Trouble> {
    let w = visitor.words();
    match take_back(app, visitor, fields).await {
        Ok(receipt) => {
            let worker = worker_event(&receipt, |event| Some(event.worker().to_string()));
            let who = Who::Bearer(&visitor.must()?.identity);
            let customer = match worker {
                Some(worker) => look_up(app, who, store, &worker).await?,
                None => None,
            };
            Ok(Shown { done: done(w, &receipt, customer.as_ref()), ..Shown::default() })
        }
        Err(Trouble::Service(error)) => {
            Ok(Shown { bad: trouble::said(w, visitor.english, &error), ..Shown::default() })
        }
        Err(other) => Err(other),
    }
}

async fn take_back(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Receipt, Trouble> {
    let redemption = read_id(fields.get("redemption"))?;
    let reason = fields.get("reason").to_owned();
    let command = Command::ReverseRedemption(commands::ReverseRedemption { redemption, reason });
    give(app, visitor, fields.get("key"), command).await
}
