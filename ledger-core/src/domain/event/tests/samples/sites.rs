//! Samples of the sites, and of workers and stores that belong to one.

use super::super::super::{Event, StoreEvent, V1, WorkerEvent};
use super::{at, date, first_samples};
use crate::domain::ids::SiteId;
use crate::domain::site::Location;
use crate::domain::site::event::{
    ServicesSet, SiteClosed, SiteEvent, SiteMoved, SiteOpened, SiteReopened, SiteUpdated,
};

fn site() -> SiteId {
    SiteId::new("YZ-YZ0002").expect("a site")
}

fn above() -> SiteId {
    SiteId::new("YZ-YZ0001").expect("a site")
}

pub(crate) fn samples() -> Vec<Event> {
    let opened = |opened, parent, services| {
        let (kind, name) = ("特色驿站".to_owned(), "鼓楼驿站".to_owned());
        SiteEvent::SiteOpened(SiteOpened {
            at: at(),
            kind,
            location: None,
            name,
            opened,
            parent,
            services,
            site: site(),
            v: V1,
        })
    };
    let updated = |opened| {
        let (kind, name) = ("微驿站".to_owned(), "鼓楼驿站".to_owned());
        SiteEvent::SiteUpdated(SiteUpdated { at: at(), kind, location: None, name, opened, site: site(), v: V1 })
    };
    let moved =
        |parent| SiteEvent::SiteMoved(SiteMoved { at: at(), on: date("2024-06-01"), parent, site: site(), v: V1 });
    let closed = |open_below, reason| {
        SiteEvent::SiteClosed(SiteClosed { at: at(), on: date("2024-12-10"), open_below, reason, site: site(), v: V1 })
    };
    let sites = [
        opened(Some(date("2024-01-01")), Some(above()), vec!["饮水机".into(), "充电器".into()]),
        opened(None, None, Vec::new()),
        updated(Some(date("2024-01-02"))),
        updated(None),
        moved(Some(above())),
        moved(None),
        closed(vec![above()], Some("搬迁".into())),
        closed(Vec::new(), None),
        SiteEvent::SiteReopened(SiteReopened { at: at(), site: site(), v: V1 }),
        SiteEvent::ServicesSet(ServicesSet {
            at: at(),
            on: date("2024-05-01"),
            services: vec!["应急药箱".into()],
            site: site(),
            v: V1,
        }),
    ];
    sites.into_iter().map(Event::Sites).chain(first_samples().into_iter().filter_map(at_a_site)).collect()
}

/// Those of sites that lie somewhere on the map: beyond the meridian and the equator too.
pub(crate) fn located_samples() -> Vec<Event> {
    let (kind, name) = ("特色驿站".to_owned(), "鼓楼驿站".to_owned());
    let opened = SiteOpened {
        at: at(),
        kind: kind.clone(),
        location: Location::new(121_473_700, 31_230_001).ok(),
        name: name.clone(),
        opened: None,
        parent: None,
        services: Vec::new(),
        site: site(),
        v: V1,
    };
    let location = Location::new(-68_303_000, -54_801_910).ok();
    let updated = SiteUpdated { at: at(), kind, location, name, opened: None, site: site(), v: V1 };
    vec![Event::Sites(SiteEvent::SiteOpened(opened)), Event::Sites(SiteEvent::SiteUpdated(updated))]
}

fn at_a_site(event: Event) -> Option<Event> {
    Some(match event {
        Event::Worker(WorkerEvent::WorkerRegistered(mut event)) => {
            event.site = Some(site());
            Event::Worker(WorkerEvent::WorkerRegistered(event))
        }
        Event::Worker(WorkerEvent::WorkerUpdated(mut event)) => {
            event.site = Some(site());
            Event::Worker(WorkerEvent::WorkerUpdated(event))
        }
        Event::Store(StoreEvent::StoreOpened(mut event)) => {
            event.site = Some(site());
            Event::Store(StoreEvent::StoreOpened(event))
        }
        Event::Store(StoreEvent::StoreUpdated(mut event)) => {
            event.site = Some(site());
            Event::Store(StoreEvent::StoreUpdated(event))
        }
        _ => return None,
    })
}
