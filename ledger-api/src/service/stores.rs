//! Where a worker can redeem: the stores, the nearest first by the tree of sites, what each has, and what the own points
//! are enough for.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::ids::SiteId;
use ledger_core::domain::points::Points;
use projections::views::site::Site;
use projections::views::store::Store;

use super::ServiceError;
use super::counter::{Goods, goods_at};
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Most stores of a district that are looked through.
const STORES_MAX: usize = 10_000;
/// Stores of the rest of the district that are told of at first.
const FARTHER_SHOWN: usize = 20;
/// Most of them at all: a page is no register.
const FARTHER_MAX: usize = 200;

/// How near a store is, as the tree of sites says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It belongs to the own site.
    Own,
    /// It belongs to a site below the own one, to the one above it, or to another one under that.
    Neighbour,
    /// Anywhere else in the district.
    District,
}

/// Whether a store hands anything out today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// It does.
    Open,
    /// It is closed.
    Closed,
    /// Its site is closed.
    SiteClosed,
}

impl Door {
    /// As the ledger tells it at the counter: the site that closes a store is the one that it names. A store that names none
    /// stands where its community is, and a community that is closed closes nothing below it.
    ///
    /// `site` is the row of the site that the store names, where it names one that is known.
    pub(super) fn of(store: &Store, site: Option<&Site>, today: NaiveDate) -> Door {
        match (store.closed, site.is_some_and(|site| site.is_closed(today))) {
            (true, _) => Door::Closed,
            (false, true) => Door::SiteClosed,
            (false, false) => Door::Open,
        }
    }
}

/// A store, as a worker sees it.
#[derive(Debug, Clone)]
pub struct NearStore {
    /// 网点编号.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// 层级, in a word of the district.
    pub tier: String,
    /// Its site or community; blank where neither is known.
    pub place: String,
    /// How near it is.
    pub nearness: Nearness,
    /// Whether it hands anything out.
    pub door: Door,
    /// What is on its list.
    pub goods: Vec<Goods>,
}

/// Where a worker can redeem.
#[derive(Debug, Clone)]
pub struct Nearby {
    /// What can be spent today.
    pub available: Points,
    /// What is set aside.
    pub held: Points,
    /// What the own site is called; none where the worker has none.
    pub site: Option<String>,
    /// The worker has left, and spends nothing more.
    pub departed: bool,
    /// The stores, the nearest first.
    pub stores: Vec<NearStore>,
    /// How many more there are.
    pub more: usize,
}

/// Where a worker can redeem today: everything near by, and of the rest of the district a part, or `all`.
///
/// # Errors
/// [`ServiceError`].
pub async fn nearby(app: &App, who: Who<'_>, worker: &str, all: bool) -> Result<Option<Nearby>, ServiceError> {
    let reading = may_read(who, Read::Balance, Target::Worker(worker))?;
    may_read(who, Read::Worker, Target::Worker(worker))?;
    may_read(who, Read::Stores, Target::District)?;
    may_read(who, Read::Sites, Target::District)?;
    let position = reading.at_least(app, None).await?;
    let today = app.ledger.now().date();
    let Some(row) = app.views.worker(worker).await?.value else { return Ok(None) };
    reading.note_worker(app, worker);
    let balance = app.views.balance_of(worker, &row, today).await?;
    let taken = app.views.units_taken(worker, today.year(), position).await?;
    let mut tree = Tree { day: today, known: HashMap::new() };
    let own = tree.upwards(app, row.site.as_deref()).await?;
    let mut ranked = Vec::new();
    for (id, store) in app.views.stores("", STORES_MAX).await?.rows {
        let nearness = tree.nearness(app, &own, &store).await?;
        ranked.push((nearness, id, store));
    }
    ranked.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let near = ranked.iter().filter(|(nearness, ..)| *nearness != Nearness::District).count();
    let shown = near + if all { FARTHER_MAX } else { FARTHER_SHOWN };
    let more = ranked.len().saturating_sub(shown);
    ranked.truncate(shown);
    let mut stores = Vec::with_capacity(ranked.len());
    for (nearness, id, store) in ranked {
        may_read(who, Read::Stock, Target::Store(&id))?;
        stores.push(NearStore {
            door: door(app, &store, today).await?,
            place: place(app, &store).await?,
            goods: goods_at(app, &id, &taken).await?,
            name: if store.name.is_empty() { id.clone() } else { store.name },
            tier: store.tier,
            nearness,
            id,
        });
    }
    let site = match &row.site {
        Some(site) => Some(site_name(app, site).await?),
        None => None,
    };
    let departed = row.departed;
    Ok(Some(Nearby { available: balance.available, held: balance.held, site, departed, stores, more }))
}

async fn door(app: &App, store: &Store, today: NaiveDate) -> Result<Door, ServiceError> {
    let site = match &store.site {
        Some(site) => app.views.site(site).await?.value,
        None => None,
    };
    Ok(Door::of(store, site.as_ref(), today))
}

/// The site that a store's community is: one whose id is its name, without the blanks that no id has.
pub(super) fn community_site(store: &Store) -> Option<String> {
    store.community.as_deref().map(|name| name.split_whitespace().collect())
}

/// Where a store stands, in words.
async fn place(app: &App, store: &Store) -> Result<String, ServiceError> {
    match (&store.site, &store.community) {
        (Some(site), _) => site_name(app, site).await,
        (None, community) => Ok(community.clone().unwrap_or_default()),
    }
}

async fn site_name(app: &App, site: &str) -> Result<String, ServiceError> {
    let row = app.views.site(site).await?.value;
    Ok(row.map(|row| row.name).filter(|name| !name.is_empty()).unwrap_or_else(|| site.to_owned()))
}

/// The tree of sites on a day, as far as it was asked.
struct Tree {
    day: NaiveDate,
    known: HashMap<String, Vec<SiteId>>,
}

impl Tree {
    /// A site and all above it; nothing for what names none.
    async fn upwards(&mut self, app: &App, site: Option<&str>) -> Result<Vec<SiteId>, ServiceError> {
        let Some(Ok(site)) = site.map(SiteId::new) else { return Ok(Vec::new()) };
        if let Some(known) = self.known.get(site.as_str()) {
            return Ok(known.clone());
        }
        let above = app.views.ancestors(&site, self.day).await?;
        let chain: Vec<SiteId> = std::iter::once(site.clone()).chain(above).collect();
        self.known.insert(site.to_string(), chain.clone());
        Ok(chain)
    }

    /// How near a store is, by its site and by its community.
    async fn nearness(&mut self, app: &App, own: &[SiteId], store: &Store) -> Result<Nearness, ServiceError> {
        let community = self.upwards(app, community_site(store).as_deref()).await?;
        if store.site.is_none() {
            return Ok(nearness(own, &community));
        }
        let by_site = nearness(own, &self.upwards(app, store.site.as_deref()).await?);
        // Whatever stands in the own community is no farther than next door, and the own site is a site.
        Ok(by_site.min(nearness(own, &community).max(Nearness::Neighbour)))
    }
}

/// How near a site is to the own one, each given with all above it.
fn nearness(own: &[SiteId], other: &[SiteId]) -> Nearness {
    let Some(site) = own.first() else { return Nearness::District };
    if other.first() == Some(site) {
        return Nearness::Own;
    }
    let shares = other.contains(site) || own.get(1).is_some_and(|above| other.contains(above));
    if shares { Nearness::Neighbour } else { Nearness::District }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::ids::SiteId;

    use super::{Nearness, nearness};

    fn chain(text: &str) -> Vec<SiteId> {
        text.split_whitespace().map(|id| SiteId::new(id).unwrap()).collect()
    }

    #[test]
    fn near_is_what_shares_the_own_site_or_the_one_above_it() {
        let own = chain("station east street");
        for (other, near) in [
            ("station east street", Nearness::Own),
            ("corner station east street", Nearness::Neighbour),
            ("east street", Nearness::Neighbour),
            ("other east street", Nearness::Neighbour),
            ("west street", Nearness::District),
            ("street", Nearness::District),
            ("", Nearness::District),
        ] {
            assert_eq!(nearness(&own, &chain(other)), near, "{other}");
        }
        assert_eq!(nearness(&[], &own), Nearness::District, "who belongs nowhere is near nothing");
        assert_eq!(nearness(&chain("street"), &own), Nearness::Neighbour, "what is below the own one is near");
    }
}
