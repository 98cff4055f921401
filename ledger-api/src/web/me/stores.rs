//! `/me/stores`: where the own points can be redeemed, the nearest first; setting something aside there, and giving it up.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::HoldId;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, commands};
use projections::queries::hold::HoldOver;
use serde::Deserialize;

use super::picture;
use crate::access::policy::{Denied, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::command::worker_event;
use crate::service::counter::{Goods, Obstacle};
use crate::service::desk::today;
use crate::service::holds::{lasting, of_worker, over_of, pick_up_code};
use crate::service::programmes::honoured;
use crate::service::stores::{Door, NearStore, Nearby, Nearness, nearby};
use crate::web::figures::{minute, points};
use crate::web::form::{Fields, Sent, read_id};
use crate::web::page::{Frame, Trouble, Visitor, answer, give, new_key, new_number, show};
use crate::web::trouble;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "me/stores.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    available: String,
    set_aside: String,
    /// What stands above the stores: where the own site is not known, or nothing can be had any more.
    note: &'static str,
    holds: Vec<OwnHold>,
    groups: Vec<Group>,
    /// Whether the whole list was asked for, and whether there is more than is shown.
    all: bool,
    more: bool,
    passes: Vec<Honoured>,
}

/// An open hold as its owner sees it: here and on `/me`.
pub(super) struct OwnHold {
    pub(super) id: String,
    pub(super) items: String,
    pub(super) points: String,
    pub(super) store: String,
    pub(super) until: String,
    /// It ran out, and is about to be given back.
    pub(super) over: bool,
    /// The pick-up code as a picture.
    pub(super) code: String,
    /// The key of the form that gives it up.
    pub(super) key: String,
}

/// Stores that are equally near.
struct Group {
    title: String,
    stores: Vec<Shop>,
}

struct Shop {
    id: String,
    name: String,
    place: String,
    state: &'static str,
    open: bool,
    /// Whether it is unfolded at first.
    unfolded: bool,
    summary: String,
    goods: Vec<Item>,
}

struct Item {
    sku: String,
    name: String,
    price: String,
    left: String,
    /// Why it cannot be had; blank where it can.
    why: String,
    /// The key of the form that sets one aside; none where nothing can be.
    key: Option<String>,
}

/// A merchant that honours one of the own passes.
struct Honoured {
    merchant: String,
    what: String,
    days: String,
}

/// What the numbers of holds begin with that are placed here: whoever picks one up tells its number.
pub(in crate::web) const PICK_UP: &str = "YL";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/me/stores", get(read).post(act))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Whether the whole list is wanted, and not only what comes first.
    all: String,
}

/// What the page says of what was just asked.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    /// The form whose answer was lost: store, item and key, to ask again under.
    again: Option<(String, String, String)>,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, !asked.all.is_empty(), Told::default()).await)
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let told = match carry_out(&app, &visitor, &fields).await {
            Ok(said) => Told { said, ..Told::default() },
            Err(Trouble::Service(error)) => {
                let again = || ["store", "sku", "key"].map(|name| fields.get(name).to_owned());
                Told {
                    bad: no(&app, &visitor, &fields, &error).await?,
                    // Only what may have happened is asked again under its key; a refused command took none.
                    again: (error == ServiceError::Unknown).then(again).map(|[store, sku, key]| (store, sku, key)),
                    ..Told::default()
                }
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, !fields.get("all").is_empty(), told).await
    };
    answer(&visitor, made.await)
}

/// Why what a form asked for was refused: of a hold that is over, how that came.
async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    if let ServiceError::Refused(refusal) = error
        && fields.get("do") == "release"
        && matches!(refusal.code, Code::HoldExpired | Code::AlreadyDecided)
        && let Ok(hold) = read_id(fields.get("hold"))
        && let Some(own) = identity.own_account()
        && let Some(how) = over_of(app, Who::Bearer(identity), own, &hold).await?
    {
        return Ok(match how {
            HoldOver::PickedUp => w.holds.own_taken,
            HoldOver::GivenBack => w.holds.own_given_back,
            HoldOver::RanOut => w.holds.own_ran_out,
        }
        .to_owned());
    }
    Ok(trouble::said(w, visitor.english, error))
}

async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words();
    let key = fields.get("key");
    match fields.get("do") {
        "hold" => {
            let own = visitor.must()?.identity.own_account().unwrap_or_default();
            let spending = AskedSpending {
                worker: read_id(own)?,
                store: read_id(fields.get("store"))?,
                lines: vec![AskedLine { sku: read_id(fields.get("sku"))?, quantity: Some(1) }],
                time: AskedTime::Now,
                proven: None,
            };
            let command = commands::PlaceHold { spending, lasts_seconds: lasting(None)? };
            let receipt = give(app, visitor, key, Command::from(command)).await?;
            let placed = worker_event(&receipt, |event| event.as_hold().map(|placed| placed.hold.to_string()));
            let id = placed.ok_or_else(|| Trouble::Fault("no hold".to_owned()))?;
            let who = Who::Bearer(&visitor.must()?.identity);
            let held = of_worker(app, who, own).await?.into_iter().find(|held| held.hold == id);
            // The same form once more, after what it set aside was taken or given up.
            let Some(held) = held else { return Ok(w.done.to_owned()) };
            Ok(w.holds.held(&called(&held.items), &held.store_name, &until(held.expires_at)))
        }
        "release" => {
            let hold: HoldId = read_id(fields.get("hold"))?;
            let reason = Some(w.holds.cancel_reason.to_owned());
            let command = Command::ReleaseHold(commands::ReleaseHold { hold, expired: false, reason });
            give(app, visitor, key, command).await?;
            Ok(w.holds.cancelled.to_owned())
        }
        _ => Err(ServiceError::unreadable("do: nothing of this form").into()),
    }
}

async fn page(app: &App, visitor: &Visitor, all: bool, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let who = Who::Bearer(identity);
    let worker = identity.own_account().ok_or(Denied)?;
    let found = nearby(app, who, worker, all).await?.ok_or(Trouble::NotFound)?;
    let passes = honoured(app, who, worker, today(app)).await?.into_iter().map(|(merchant, terms)| Honoured {
        merchant,
        what: format!("{} {}", terms.kind, w.merchant_words.discount(terms.paid_of_thousand)),
        days: super::days_left(w, terms.days.through, today(app)),
    });
    let page = Page {
        f: visitor.frame(w.holds.title),
        said: told.said,
        bad: told.bad,
        available: points(found.available),
        set_aside: points(found.held),
        note: match (found.departed, &found.site) {
            (true, _) => w.holds.departed,
            (false, None) => w.holds.no_site,
            (false, Some(_)) => "",
        },
        holds: own_holds(app, visitor, worker).await?,
        all,
        more: found.more > 0 && !all,
        groups: groups(w, found, told.again.as_ref()),
        passes: passes.collect(),
    };
    show(&page)
}

/// The open holds of the worker whose page it is.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn own_holds(app: &App, visitor: &Visitor, worker: &str) -> Result<Vec<OwnHold>, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let mut holds = Vec::new();
    for held in of_worker(app, who, worker).await? {
        holds.push(OwnHold {
            code: if held.void { String::new() } else { picture(&pick_up_code(app, who, &held).await?)? },
            items: called(&held.items),
            points: visitor.words().with_points(&points(held.points)),
            until: visitor.words().holds.held_until(&until(held.expires_at)),
            over: held.void,
            key: new_key("release"),
            store: held.store_name,
            id: held.hold,
        });
    }
    Ok(holds)
}

/// What a hold is on: 饮用水一箱 ×1.
pub(in crate::web) fn called(items: &[(String, u32)]) -> String {
    let items = items.iter().map(|(name, units)| format!("{name} ×{units}"));
    items.collect::<Vec<_>>().join("、")
}

/// The minute from which on a hold is void.
pub(in crate::web) fn until(expires_at: Option<BusinessTime>) -> String {
    expires_at.map(|at| minute(&at.to_string())).unwrap_or_default()
}

/// The stores by how near they are. Those farther away are folded, unless there are no others.
fn groups(w: &Words, found: Nearby, again: Option<&(String, String, String)>) -> Vec<Group> {
    let Nearby { available, departed, stores, .. } = found;
    let some_near = stores.iter().any(|store| store.nearness != Nearness::District);
    let mut groups: Vec<(Nearness, Group)> = Vec::new();
    for store in stores {
        let nearness = store.nearness;
        let unfolded = nearness != Nearness::District || !some_near;
        let shop = shop(w, store, available, departed, unfolded, again);
        match groups.last_mut().filter(|(of, _)| *of == nearness) {
            Some((_, group)) => group.stores.push(shop),
            None => {
                let title = match (nearness, some_near) {
                    (Nearness::Own, _) => w.holds.at_own,
                    (Nearness::Neighbour, _) => w.holds.at_neighbours,
                    (Nearness::District, true) => w.holds.at_district,
                    (Nearness::District, false) => w.holds.at_all,
                };
                groups.push((nearness, Group { title: title.to_owned(), stores: vec![shop] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn shop(
    w: &Words,
    store: NearStore,
    available: Points,
    departed: bool,
    unfolded: bool,
    again: Option<&(String, String, String)>,
) -> Shop {
    let NearStore { id, name, tier, place, door, goods, .. } = store;
    let state = match door {
        Door::Open => w.holds.open,
        Door::Closed => w.holds.closed,
        Door::SiteClosed => w.holds.site_closed,
    };
    let open = door == Door::Open;
    let affordable = goods.iter().filter(|item| item.obstacle(1, available).is_none()).count();
    let place: Vec<String> = [tier, place].into_iter().filter(|text| !text.is_empty()).collect();
    Shop {
        summary: w.holds.has_items(goods.len(), affordable),
        goods: goods
            .into_iter()
            .map(|goods| {
                let lost = again.filter(|(of, sku, _)| *of == id && *sku == goods.sku).map(|(.., key)| key.clone());
                item(w, goods, available, open && !departed, lost)
            })
            .collect(),
        place: place.join(" · "),
        id,
        name,
        state,
        open,
        unfolded,
    }
}

fn item(w: &Words, goods: Goods, available: Points, can_hold: bool, lost: Option<String>) -> Item {
    let obstacle = goods.obstacle(1, available);
    let why = match obstacle {
        // Told beside it, of everybody.
        None | Some(Obstacle::OutOfStock) => String::new(),
        Some(Obstacle::Limit) => w.limit_reached.to_owned(),
        Some(Obstacle::Short(missing)) => w.short_of(&points(missing)),
    };
    Item {
        left: if goods.left > 0 { w.holds.units_left(goods.left) } else { w.holds.none_left.to_owned() },
        price: w.with_points(&points(goods.price)),
        why,
        // What may have been set aside is asked for again, whatever is left now.
        key: lost.or_else(|| (can_hold && obstacle.is_none()).then(|| new_number(PICK_UP))),
        sku: goods.sku,
        name: goods.name,
    }
}
