//! One row a site: its particulars, and where it hung and what it offered from when on.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::history::History;
use ledger_core::domain::ids::SiteId;
use ledger_core::domain::site::Location;
use ledger_core::domain::site::event::SiteEvent;
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A site's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Site {
    /// 驿站名称.
    pub name: String,
    /// Kind: a word of the district.
    pub kind: String,
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
    /// Under which site it hangs on a day; before the first change, where it hung first.
    pub fn parent(&self, day: NaiveDate) -> Option<&SiteId> {
        on_day(&self.parents, day).and_then(Option::as_ref)
    }

    /// What it offers on a day.
    pub fn services(&self, day: NaiveDate) -> &[String] {
        on_day(&self.services, day).map_or(&[], Vec::as_slice)
    }

    /// Whether it is closed on a day.
    pub fn is_closed(&self, day: NaiveDate) -> bool {
        self.closed.is_some_and(|closed| closed <= day)
    }
}

fn on_day<T>(history: &History<T>, day: NaiveDate) -> Option<&T> {
    history.at(BusinessTime::start_of(day)).or_else(|| history.values().next())
}

/// The view, keyed by site.
pub struct SiteView;

impl View for SiteView {
    type Row = Site;
    const NAME: &'static str = "site";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_site().map(|event| event.site().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut Site, _: &str, _: u64, event: &Event) {
        let Event::Sites(event) = event else { return };
        match event {
            SiteEvent::SiteOpened(event) => {
                let since = BusinessTime::start_of(event.opened.unwrap_or_else(|| event.at.date()));
                row.name.clone_from(&event.name);
                row.kind.clone_from(&event.kind);
                row.opened = event.opened;
                row.location = event.location;
                row.parents.record(since, event.parent.clone());
                row.services.record(since, event.services.clone());
            }
            SiteEvent::SiteUpdated(event) => {
                row.name.clone_from(&event.name);
                row.kind.clone_from(&event.kind);
                row.opened = event.opened;
                row.location = event.location.or(row.location);
            }
            SiteEvent::SiteMoved(event) => row.parents.record(BusinessTime::start_of(event.on), event.parent.clone()),
            SiteEvent::SiteClosed(event) => row.closed = Some(event.on),
            SiteEvent::SiteReopened(_) => row.closed = None,
            SiteEvent::ServicesSet(event) => {
                row.services.record(BusinessTime::start_of(event.on), event.services.clone());
            }
        }
    }
}
