//! The sites as they hang together on a day, with what each offers, where it lies and the stores on it. Not every site is said to
//! lie anywhere: near is first of all what the tree says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ledger_core::domain::site::Location;
use projections::views::site::Site;
use projections::views::store::Store;

use super::ServiceError;
use super::reading::may_read;
use super::stores::{Door, community_site};
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;

/// Most sites and stores of a district that are looked through.
const SITES_MAX: usize = 10_000;
/// So many of the names above a site are told, the nearest ones.
const ABOVE_MAX: usize = 4;

/// Whether a site is there on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is open.
    Open,
    /// It is closed since a day.
    Closed(NaiveDate),
    /// It opens on a later day.
    NotYet(NaiveDate),
}

/// A store on a site.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// What it is called.
    pub name: String,
    /// Whether it hands anything out now.
    pub door: Door,
}

/// A site on a day.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its place among all of them, from 1 on.
    pub nth: usize,
    /// Its id (驿站编号).
    pub id: String,
    /// What it is called.
    pub name: String,
    /// 层级: a word of the district.
    pub kind: String,
    /// Whether it is there on that day.
    pub standing: Standing,
    /// Where it lies, as far as is known now: a site that is moved to another place is another site.
    pub location: Option<Location>,
    /// What it offers on that day (服务项目).
    pub services: Vec<String>,
    /// The stores on it, as they are now; none where they are not for whoever asks to know.
    pub outlets: Vec<Outlet>,
    /// How far below a root it hangs: 0 is a root.
    pub depth: usize,
    /// The names above it, the nearest last.
    pub above: Vec<String>,
}

/// The sites on a day.
#[derive(Debug, Clone)]
pub struct SiteTree {
    /// All of them, each followed by what hangs below it, by their ids.
    pub places: Vec<Place>,
    /// The site of the worker for whom it is told, as it is now.
    pub own: Option<String>,
    /// Whether the stores are told too.
    pub tells_stores: bool,
    /// Whether there are more than were looked through.
    pub cut: bool,
    /// The answer includes everything up to here.
    pub position: u64,
}

/// The sites as they hang together on a day; for a worker, with the own one.
///
/// # Errors
/// [`ServiceError`].
pub async fn site_tree(app: &App, who: Who<'_>, on: NaiveDate, worker: Option<&str>) -> Result<SiteTree, ServiceError> {
    let reading = may_read(who, Read::Sites, Target::District)?;
    let tells_stores = allow(who, Read::Stores, Target::District).is_ok();
    if let Some(worker) = worker {
        may_read(who, Read::Worker, Target::Worker(worker))?;
    }
    let position = reading.at_least(app, None).await?;
    let page = app.views.sites("", SITES_MAX).await?;
    let own = match worker {
        Some(worker) => app.views.worker(worker).await?.value.and_then(|row| row.site),
        None => None,
    };
    let stores = if tells_stores { app.views.stores("", SITES_MAX).await?.rows } else { Vec::new() };
    let rows: BTreeMap<String, Site> = page.rows.into_iter().collect();
    let outlets = outlets(&rows, stores, app.ledger.now().date());
    let places = in_order(&rows, on, outlets);
    Ok(SiteTree { places, own, tells_stores, cut: page.next.is_some(), position })
}

/// The stores by their sites, as of a day. One without a site is where its community is.
fn outlets(
    rows: &BTreeMap<String, Site>,
    stores: Vec<(String, Store)>,
    today: NaiveDate,
) -> BTreeMap<String, Vec<Outlet>> {
    let mut by_site: BTreeMap<String, Vec<Outlet>> = BTreeMap::new();
    for (id, store) in stores {
        let Some(site) = store.site.clone().or_else(|| community_site(&store)) else { continue };
        if !rows.contains_key(&site) {
            continue;
        }
        let door = Door::of(&store, store.site.as_ref().and_then(|site| rows.get(site)), today);
        let name = if store.name.is_empty() { id } else { store.name };
        by_site.entry(site).or_default().push(Outlet { name, door });
    }
    by_site
}

/// Each site followed by what hangs below it. What a circle holds, which nobody can record, still comes once.
fn in_order(rows: &BTreeMap<String, Site>, on: NaiveDate, mut outlets: BTreeMap<String, Vec<Outlet>>) -> Vec<Place> {
    let mut below: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, row) in rows {
        let parent = row.parent(on).map(|parent| parent.as_str()).filter(|parent| rows.contains_key(*parent));
        below.entry(parent).or_default().push(id);
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut places = Vec::with_capacity(rows.len());
    let roots = below.get(&None).into_iter().flatten().copied();
    for root in roots.chain(rows.keys().map(String::as_str)) {
        let mut open: Vec<(&str, usize, Vec<String>)> = vec![(root, 0, Vec::new())];
        while let Some((id, depth, above)) = open.pop() {
            let Some(row) = rows.get(id).filter(|_| seen.insert(id)) else { continue };
            let name = if row.name.is_empty() { id.to_owned() } else { row.name.clone() };
            let mut with_own = above.clone();
            with_own.push(name.clone());
            let names = with_own.get(with_own.len().saturating_sub(ABOVE_MAX)..).unwrap_or_default();
            let children = below.get(&Some(id)).into_iter().flatten().rev();
            open.extend(children.map(|child| (*child, depth + 1, names.to_vec())));
            places.push(Place {
                nth: places.len() + 1,
                id: id.to_owned(),
                name,
                kind: row.kind.clone(),
                standing: standing(row, on),
                location: row.location,
                services: row.services(on).to_vec(),
                outlets: outlets.remove(id).unwrap_or_default(),
                depth,
                above,
            });
        }
    }
    places
}

fn standing(row: &Site, on: NaiveDate) -> Standing {
    match (row.closed.filter(|closed| *closed <= on), row.opened.filter(|opened| on < *opened)) {
        (Some(closed), _) => Standing::Closed(closed),
        (None, Some(opened)) => Standing::NotYet(opened),
        (None, None) => Standing::Open,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger_core::domain::event::{Event, V1};
    use ledger_core::domain::ids::SiteId;
    use ledger_core::domain::site::SiteEvent;
    use ledger_core::domain::site::event::{ServicesSet, SiteClosed, SiteMoved, SiteOpened};
    use ledger_core::domain::time::BusinessTime;
    use projections::fold::View;
    use projections::views::site::{Site, SiteView};
    use projections::views::store::Store;

    use super::{Door, Standing, in_order, outlets};

    fn id(text: &str) -> SiteId {
        SiteId::new(text).unwrap()
    }

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    fn tree(events: &[SiteEvent]) -> BTreeMap<String, Site> {
        let mut rows: BTreeMap<String, Site> = BTreeMap::new();
        for event in events {
            let event = Event::Sites(event.clone());
            for key in SiteView::keys(&event) {
                SiteView::fold(rows.entry(key.to_string()).or_default(), &key, 1, &event);
            }
        }
        rows
    }

    fn at() -> BusinessTime {
        BusinessTime::parse("2024-01-01").unwrap()
    }

    fn opened(site: &str, parent: Option<&str>, on: &str) -> SiteEvent {
        SiteEvent::SiteOpened(SiteOpened {
            at: at(),
            kind: "微驿站".into(),
            location: None,
            name: format!("{site}站"),
            opened: Some(day(on)),
            parent: parent.map(id),
            services: vec!["饮水".into()],
            site: id(site),
            v: V1,
        })
    }

    #[test]
    fn each_site_is_followed_by_what_hangs_below_it_on_that_day() {
        let rows = tree(&[
            opened("A", None, "2024-01-01"),
            opened("B", None, "2024-01-01"),
            opened("C", Some("A"), "2024-01-01"),
            opened("D", Some("C"), "2024-03-01"),
            SiteEvent::SiteMoved(SiteMoved {
                at: at(),
                on: day("2024-06-01"),
                parent: Some(id("B")),
                site: id("C"),
                v: V1,
            }),
            SiteEvent::SiteClosed(SiteClosed {
                at: at(),
                on: day("2024-07-01"),
                open_below: Vec::new(),
                reason: None,
                site: id("D"),
                v: V1,
            }),
            SiteEvent::ServicesSet(ServicesSet {
                at: at(),
                on: day("2024-05-01"),
                services: vec!["充电".into()],
                site: id("C"),
                v: V1,
            }),
        ]);
        let told = |on: &str| {
            let places = in_order(&rows, day(on), BTreeMap::new());
            places.iter().map(|place| format!("{}{}", place.depth, place.id)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told("2024-02-01"), "0A 1C 2D 0B");
        assert_eq!(told("2024-06-01"), "0A 0B 1C 2D");
        let of = |on: &str, site: &str| {
            in_order(&rows, day(on), BTreeMap::new()).into_iter().find(|place| place.id == site).unwrap()
        };
        assert_eq!(of("2024-02-01", "D").standing, Standing::NotYet(day("2024-03-01")));
        assert_eq!(of("2024-03-01", "D").standing, Standing::Open);
        assert_eq!(of("2024-07-01", "D").standing, Standing::Closed(day("2024-07-01")));
        assert_eq!(
            (of("2024-04-30", "C").services, of("2024-05-01", "C").services),
            (vec!["饮水".to_owned()], vec!["充电".to_owned()])
        );
        assert_eq!(of("2024-06-01", "D").above, ["B站", "C站"]);
    }

    #[test]
    fn a_store_is_closed_with_the_site_that_it_names_and_not_with_its_community() {
        let rows = tree(&[
            opened("东街社区", None, "2024-01-01"),
            SiteEvent::SiteClosed(SiteClosed {
                at: at(),
                on: day("2024-07-01"),
                open_below: Vec::new(),
                reason: None,
                site: id("东街社区"),
                v: V1,
            }),
        ]);
        let store = |name: &str, site: Option<&str>, closed: bool| {
            let (community, site) = (Some("东街 社区".to_owned()), site.map(str::to_owned));
            (name.to_owned(), Store { name: name.to_owned(), community, site, closed, ..Store::default() })
        };
        let told = |today: &str| {
            let stores = vec![store("甲", None, false), store("乙", Some("东街社区"), false), store("丙", None, true)];
            let outlets = outlets(&rows, stores, day(today)).remove("东街社区").unwrap();
            outlets.into_iter().map(|outlet| (outlet.name, outlet.door)).collect::<Vec<_>>()
        };
        let doors = |named: Door| {
            vec![("甲".to_owned(), Door::Open), ("乙".to_owned(), named), ("丙".to_owned(), Door::Closed)]
        };
        assert_eq!(told("2024-06-30"), doors(Door::Open));
        assert_eq!(told("2024-07-01"), doors(Door::SiteClosed));
    }

    #[test]
    fn the_deepest_tree_and_a_circle_come_to_an_end() {
        let names: Vec<String> = (0..3_000).map(|number| format!("S{number:04}")).collect();
        let mut events: Vec<SiteEvent> = vec![opened("S0000", None, "2024-01-01")];
        events.extend(names.windows(2).map(|two| opened(&two[1], Some(&two[0]), "2024-01-01")));
        let places = in_order(&tree(&events), day("2024-01-01"), BTreeMap::new());
        assert_eq!((places.len(), places.last().map(|place| place.depth)), (3_000, Some(2_999)));
        let rows = tree(&[opened("A", Some("B"), "2024-01-01"), opened("B", Some("A"), "2024-01-01")]);
        assert_eq!(in_order(&rows, day("2024-01-01"), BTreeMap::new()).len(), 2);
    }
}
