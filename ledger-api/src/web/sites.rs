//! `/sites`: the sites (站点) of the district on a day, with what each offers: by community and what hangs below it, or those
//! that a word names, and on a map where they are said to lie somewhere. A rider finds the own one first, and the stores on each
//! with the way to them.

mod map;

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::page::{Frame, Trouble, Visitor, answer, show};
use super::trouble;
use super::words::Words;
use crate::access::policy::{CommandKind, Who, may_ever};
use crate::app::App;
use crate::service::desk::today;
use crate::service::reading::date;
use crate::service::sites::{Outlet, Place, Standing, site_tree};
use crate::service::stores::Door;

/// Most sites of a page: it is no register.
const SITES_SHOWN: usize = 1_000;
/// Most of those that are found.
const FOUND_SHOWN: usize = 100;
/// Most services to choose from.
const SERVICES_SHOWN: usize = 40;
/// Sites that hang deeper are shown as deep as this.
const DEEPEST: usize = 4;

#[derive(Template)]
#[template(path = "sites/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    bad: String,
    /// What was looked for.
    q: String,
    on: String,
    /// How many there are, and at which position.
    told: String,
    position: u64,
    own: Option<Row>,
    /// Whether whoever looks redeems.
    redeems: bool,
    /// The stores are not told for the day that was asked for.
    stores_now: bool,
    services: Vec<Service>,
    /// Those of the list that lie somewhere; none where none of them does.
    drawn: Option<map::Map>,
    /// No site of the district lies anywhere, and whoever looks can say where they do.
    may_map: bool,
    regions: Vec<Region>,
    /// What was found; none where nothing was looked for.
    found: Option<Vec<Row>>,
    cut: bool,
}

/// A service to look for.
struct Service {
    name: String,
    here: bool,
}

/// A root with what hangs below it, or all roots with nothing below them.
struct Region {
    title: String,
    /// The root, where there is something to say of it.
    head: Option<Row>,
    groups: Vec<Group>,
    /// Roots with nothing below them.
    alone: Vec<Row>,
}

/// What hangs right below a root, with all below it.
struct Group {
    anchor: usize,
    name: String,
    kind: String,
    state: String,
    open: bool,
    /// How many hang below it; blank where none do.
    count: String,
    /// Itself, where it offers something.
    head: Option<Row>,
    rows: Vec<Row>,
    unfolded: bool,
}

/// A site.
struct Row {
    /// What links to it within the page name it by.
    anchor: usize,
    name: String,
    kind: String,
    /// Blank where it is open.
    state: String,
    open: bool,
    services: String,
    /// Where it lies, as RFC 5870 writes it for whatever shows maps.
    geo: Option<String>,
    stores: Vec<Shop>,
    /// How far it is indented: 0 for what heads a group.
    deep: usize,
    /// What it hangs under, the nearest last.
    under: String,
    own: bool,
}

impl Row {
    /// Whether there is more to say of it than its name and state.
    fn says_more(&self) -> bool {
        self.own || !self.services.is_empty() || !self.stores.is_empty() || self.geo.is_some()
    }
}

struct Shop {
    name: String,
    state: &'static str,
    open: bool,
}

/// The page's route.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/sites", get(read))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A part of a name, or a service.
    q: String,
    /// The day to tell it for; today where it is blank.
    on: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    answer(&visitor, page(&app, &visitor, &asked).await)
}

async fn page(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Response, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let today = today(app);
    let (on, bad) = match date("on", &asked.on) {
        Ok(on) => (on.unwrap_or(today), String::new()),
        Err(error) => (today, trouble::said(w, visitor.english, &error)),
    };
    let worker = identity.own_account();
    let tree = site_tree(app, Who::Bearer(identity), on, worker).await?;
    let own = tree.own.as_deref();
    let q = asked.q.trim();
    let total = tree.places.len();
    let found: Option<Vec<&Place>> = (!q.is_empty()).then(|| {
        let q = q.to_lowercase();
        tree.places.iter().filter(|place| is_named(place, &q)).collect()
    });
    let cut = tree.cut
        || match &found {
            Some(found) => found.len() > FOUND_SHOWN,
            None => total > SITES_SHOWN,
        };
    let shown = tree.places.get(..total.min(SITES_SHOWN)).unwrap_or_default();
    let listed: Vec<&Place> = match &found {
        Some(found) => found.iter().copied().take(FOUND_SHOWN).collect(),
        None => shown.iter().collect(),
    };
    let page = Page {
        f: visitor.frame(w.sites_page.title),
        bad,
        q: q.to_owned(),
        on: on.to_string(),
        told: found.as_ref().map_or_else(|| w.sites_page.count(total), |found| w.sites_page.found(found.len())),
        position: tree.position,
        own: tree.places.iter().find(|place| own == Some(place.id.as_str())).map(|place| row(w, place, 0, None)),
        redeems: worker.is_some() && tree.tells_stores,
        stores_now: tree.tells_stores && on != today,
        services: services(&tree.places, q),
        drawn: map::draw(w, &listed, own, visitor.large),
        may_map: !tree.places.iter().any(|place| place.location.is_some())
            && may_ever(Who::Bearer(identity), CommandKind::OpenSite),
        regions: if found.is_some() { Vec::new() } else { regions(w, shown, own) },
        found: found.map(|_| listed.iter().map(|place| row(w, place, 0, own)).collect()),
        cut,
    };
    show(&page)
}

/// Whether a word, in small letters, names a site: by its name, number, kind or what it offers.
fn is_named(place: &Place, word: &str) -> bool {
    let texts = [&place.name, &place.id, &place.kind].into_iter().chain(&place.services);
    texts.into_iter().any(|text| text.to_lowercase().contains(word))
}

/// What is offered anywhere, most often first.
fn services(places: &[Place], q: &str) -> Vec<Service> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let offered = places.iter().filter(|place| place.standing == Standing::Open).flat_map(|place| &place.services);
    for service in offered {
        *counted.entry(service.as_str()).or_default() += 1;
    }
    let mut counted: Vec<(&str, usize)> = counted.into_iter().collect();
    counted.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let told = counted.into_iter().take(SERVICES_SHOWN);
    told.map(|(name, _)| Service { name: name.to_owned(), here: name == q }).collect()
}

/// The tree by what hangs below each root. Roots with nothing below them stand together, behind the others.
fn regions(w: &Words, places: &[Place], own: Option<&str>) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut alone = Vec::new();
    let mut rest = places;
    while let Some((root, behind)) = rest.split_first() {
        let below = behind.iter().take_while(|place| place.depth > 0).count();
        let (mut own_ones, others) = behind.split_at(below);
        rest = others;
        if own_ones.is_empty() {
            alone.push(row(w, root, 0, own));
            continue;
        }
        let mut groups = Vec::new();
        while let Some((head, behind)) = own_ones.split_first() {
            let below = behind.iter().take_while(|place| place.depth > 1).count();
            let (within, next) = behind.split_at(below);
            own_ones = next;
            let rows: Vec<Row> = within.iter().map(|place| row(w, place, place.depth - 1, own)).collect();
            let head = row(w, head, 0, own);
            groups.push(Group {
                anchor: head.anchor,
                name: head.name.clone(),
                kind: head.kind.clone(),
                state: head.state.clone(),
                open: head.open,
                count: if rows.is_empty() { String::new() } else { w.sites_page.count(rows.len()) },
                unfolded: head.own || rows.iter().any(|row| row.own),
                head: Some(head).filter(Row::says_more),
                rows,
            });
        }
        let head = Some(row(w, root, 0, own)).filter(|row| row.says_more() || !row.open);
        regions.push(Region { title: root.name.clone(), head, groups, alone: Vec::new() });
    }
    // Somebody who has no site of their own sees how the list goes on.
    if !regions.iter().flat_map(|region| &region.groups).any(|group| group.unfolded)
        && let Some(first) = regions.first_mut().and_then(|region| region.groups.first_mut())
    {
        first.unfolded = true;
    }
    if !alone.is_empty() {
        let title = if regions.is_empty() { w.sites_page.title } else { w.sites_page.others };
        regions.push(Region { title: title.to_owned(), head: None, groups: Vec::new(), alone });
    }
    regions
}

fn row(w: &Words, place: &Place, deep: usize, own: Option<&str>) -> Row {
    let s = w.sites_page;
    Row {
        anchor: place.nth,
        name: place.name.clone(),
        kind: place.kind.clone(),
        state: match place.standing {
            Standing::Open => s.open.to_owned(),
            Standing::Closed(since) => format!("{} {since}", s.closed_since),
            Standing::NotYet(from) => format!("{} {from}", s.opens_on),
        },
        open: place.standing == Standing::Open,
        services: place.services.join("、"),
        geo: place.location.map(|at| format!("geo:{},{}", at.latitude(), at.longitude())),
        stores: place.outlets.iter().map(|outlet| shop(w, outlet)).collect(),
        deep: deep.min(DEEPEST),
        under: place.above.join(" › "),
        own: own == Some(place.id.as_str()),
    }
}

fn shop(w: &Words, outlet: &Outlet) -> Shop {
    let state = match outlet.door {
        Door::Open => w.holds.open,
        Door::Closed => w.holds.closed,
        Door::SiteClosed => w.holds.site_closed,
    };
    Shop { name: outlet.name.clone(), state, open: outlet.door == Door::Open }
}
