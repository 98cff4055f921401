//! The tree of sites, folded from its events.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::SiteEvent;
use super::location::Location;
use crate::domain::history::History;
use crate::domain::ids::SiteId;
use crate::domain::time::BusinessTime;

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Site {
    /// 层级, in a word of the district.
    pub kind: String,
    /// 驿站名称.
    pub name: String,
    /// Its first day, where one is known.
    pub opened: Option<NaiveDate>,
    /// Its first day closed.
    pub closed: Option<NaiveDate>,
    /// Where it lies, where that was said.
    pub location: Option<Location>,
    parents: History<Option<SiteId>>,
    services: History<Vec<String>>,
}

impl Site {
    /// Under which site it hangs on a day. Before it hung anywhere it hung where it did first: packs bring their registers
    /// first and older rows afterwards.
    pub fn parent(&self, day: NaiveDate) -> Option<&SiteId> {
        on_day(&self.parents, day).and_then(Option::as_ref)
    }

    /// What it offers on a day.
    pub fn services(&self, day: NaiveDate) -> &[String] {
        on_day(&self.services, day).map_or(&[], Vec::as_slice)
    }

    /// Whether it is closed on a day. Before its first day nothing is closed.
    pub fn is_closed(&self, day: NaiveDate) -> bool {
        self.closed.is_some_and(|closed| closed <= day)
    }
}

fn on_day<T>(history: &History<T>, day: NaiveDate) -> Option<&T> {
    history.at(BusinessTime::start_of(day)).or_else(|| history.values().next())
}

/// All sites of the district.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sites {
    sites: BTreeMap<SiteId, Site>,
    /// The days on which anything came to hang elsewhere.
    moved_on: BTreeSet<NaiveDate>,
}

impl Sites {
    /// A site.
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.get(id)
    }

    /// All sites.
    pub fn sites(&self) -> impl Iterator<Item = (&SiteId, &Site)> {
        self.sites.iter()
    }

    /// The sites above one on a day, the nearest first.
    pub fn ancestors(&self, id: &SiteId, day: NaiveDate) -> Vec<&SiteId> {
        let mut above = Vec::new();
        let mut at = id;
        while let Some(parent) = self.sites.get(at).and_then(|site| site.parent(day)) {
            // No circle can be recorded, and if one were, this would still end.
            if above.contains(&parent) || above.len() > self.sites.len() {
                break;
            }
            above.push(parent);
            at = parent;
        }
        above
    }

    /// The sites right below one on a day that are not closed then.
    pub fn open_below(&self, id: &SiteId, day: NaiveDate) -> Vec<SiteId> {
        let below = self.sites.iter().filter(|(_, site)| site.parent(day) == Some(id) && !site.is_closed(day));
        below.map(|(id, _)| id.clone()).collect()
    }

    /// Whether a site would stand above itself on some day, were it to hang under another one from a day on.
    pub fn would_circle(&self, id: &SiteId, parent: &SiteId, on: NaiveDate) -> bool {
        let mut moved = self.clone();
        moved.hang(id, on, Some(parent.clone()));
        // On all days, and not from that one on alone: before the first of them every site hangs where it did first, and the
        // move may be the first one.
        let mut days = moved.moved_on.iter().copied().chain([NaiveDate::MIN]);
        days.any(|day| moved.ancestors(id, day).contains(&id) || parent == id)
    }

    fn hang(&mut self, id: &SiteId, on: NaiveDate, parent: Option<SiteId>) {
        self.moved_on.insert(on);
        self.with(id, |site| site.parents.record(BusinessTime::start_of(on), parent));
    }

    fn with(&mut self, id: &SiteId, change: impl FnOnce(&mut Site)) {
        if let Some(site) = self.sites.get_mut(id) {
            change(site);
        }
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &SiteEvent) {
        match event {
            SiteEvent::SiteOpened(event) => {
                let since = event.opened.unwrap_or_else(|| event.at.date());
                let mut site = Site {
                    kind: event.kind.clone(),
                    name: event.name.clone(),
                    opened: event.opened,
                    location: event.location,
                    ..Site::default()
                };
                site.services.record(BusinessTime::start_of(since), event.services.clone());
                self.sites.insert(event.site.clone(), site);
                self.hang(&event.site, since, event.parent.clone());
            }
            SiteEvent::SiteUpdated(event) => self.with(&event.site, |site| {
                site.kind.clone_from(&event.kind);
                site.name.clone_from(&event.name);
                site.opened = event.opened;
                site.location = event.location.or(site.location);
            }),
            SiteEvent::SiteMoved(event) => self.hang(&event.site, event.on, event.parent.clone()),
            SiteEvent::SiteClosed(event) => self.with(&event.site, |site| site.closed = Some(event.on)),
            SiteEvent::SiteReopened(event) => self.with(&event.site, |site| site.closed = None),
            SiteEvent::ServicesSet(event) => self.with(&event.site, |site| {
                site.services.record(BusinessTime::start_of(event.on), event.services.clone());
            }),
        }
    }
}
