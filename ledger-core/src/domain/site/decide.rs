//! The rules of the sites: a tree on every day, and nothing closes with what hangs above it.

use chrono::NaiveDate;

use super::command::{IfKnown, SiteCommand, SiteDetails};
use super::event::{ServicesSet, SiteClosed, SiteEvent, SiteMoved, SiteOpened, SiteReopened, SiteUpdated};
use super::state::{Site, Sites};
use crate::domain::event::V1;
use crate::domain::ids::SiteId;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, is_plausible};

/// The most services one site may offer.
const SERVICES_MAX: usize = 200;

impl Sites {
    /// Decides a command of the sites.
    ///
    /// # Errors
    /// `unknown_site`, `site_closed`, `duplicate_conflict`, `already_decided`, `invalid_date`, `invalid_input`.
    pub fn decide(&self, command: SiteCommand) -> Decision<Vec<SiteEvent>> {
        match command {
            SiteCommand::Open { at, details, if_known, site } => self.open(at, site, details, if_known),
            SiteCommand::Move { at, on, parent, site } => {
                let known = self.require(&site)?;
                check_day(on)?;
                if let Some(parent) = &parent {
                    self.require_open(parent, on)?;
                }
                if known.parent(on) == parent.as_ref() {
                    return Ok(Vec::new());
                }
                self.moved(at, site, on, parent)
            }
            SiteCommand::Close { at, on, reason, site } => {
                let known = self.require(&site)?;
                check_day(on)?;
                if let Some(closed) = known.closed {
                    let message = format!("site {site} is closed from {closed} on already");
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                self.closed(at, site, known.opened, on, reason)
            }
            SiteCommand::SetServices { at, on, services, site } => {
                let known = self.require(&site)?;
                check_day(on)?;
                check_services(&services)?;
                self.require_open(&site, on)?;
                if known.services(on) == services {
                    return Ok(Vec::new());
                }
                Ok(vec![SiteEvent::ServicesSet(ServicesSet { at, on, services, site, v: V1 })])
            }
        }
    }

    /// A site must be known.
    ///
    /// # Errors
    /// `unknown_site`.
    pub fn require(&self, id: &SiteId) -> Decision<&Site> {
        self.site(id).ok_or_else(|| {
            Refusal::new(Code::UnknownSite, format!("no site {id}; open it first (驿站名录), those above it before it"))
        })
    }

    /// A site must be known and not closed on a day.
    ///
    /// # Errors
    /// `unknown_site`, `site_closed`.
    pub fn require_open(&self, id: &SiteId, day: NaiveDate) -> Decision<()> {
        match self.require(id)?.closed {
            Some(closed) if closed <= day => {
                let message = format!("site {id} is closed from {closed} on; what happened before that day is taken");
                Err(Refusal::new(Code::SiteClosed, message))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn open(
        &self,
        at: BusinessTime,
        site: SiteId,
        details: SiteDetails,
        if_known: IfKnown,
    ) -> Decision<Vec<SiteEvent>> {
        let known = self.site(&site);
        if known.is_some() && if_known == IfKnown::Keep {
            return Ok(Vec::new());
        }
        if known.is_some() && if_known == IfKnown::Refuse {
            let message = format!("site {site} was opened before; give this one another id");
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        let closed = if let IfKnown::Update { closed } = if_known { closed } else { None };
        [details.opened, closed].into_iter().flatten().try_for_each(check_day)?;
        check_services(&details.services)?;
        if let Some(parent) = &details.parent {
            self.require(parent)?;
            if if_known == IfKnown::Refuse {
                self.require_open(parent, details.opened.unwrap_or_else(|| at.date()))?;
            }
        }
        if let (Some(opened), Some(closed)) = (details.opened, closed) {
            check_order(&site, opened, closed)?;
        }
        match known {
            None => {
                let SiteDetails { kind, location, name, opened, parent, services } = details;
                let of = site.clone();
                let event = SiteOpened { at, kind, location, name, opened, parent, services, site, v: V1 };
                let mut events = vec![SiteEvent::SiteOpened(event)];
                if let Some(on) = closed {
                    events.push(SiteEvent::SiteClosed(closing(at, of, on, Vec::new(), None)));
                }
                Ok(events)
            }
            Some(known) => self.brought_up_to_date(at, site, known, details, closed),
        }
    }

    /// What a later sheet changes. Where it hangs and what it offers changes from the sheet's day on.
    fn brought_up_to_date(
        &self,
        at: BusinessTime,
        site: SiteId,
        known: &Site,
        details: SiteDetails,
        closed: Option<NaiveDate>,
    ) -> Decision<Vec<SiteEvent>> {
        let SiteDetails { kind, location, name, opened, parent, services } = details;
        let on = at.date().max(opened.unwrap_or_else(|| at.date()));
        let mut events = Vec::new();
        // A sheet without the columns says nothing of where a site lies, and takes nothing away.
        let location = location.filter(|location| known.location != Some(*location));
        if (&known.kind, &known.name, known.opened) != (&kind, &name, opened) || location.is_some() {
            let site = site.clone();
            events.push(SiteEvent::SiteUpdated(SiteUpdated { at, kind, location, name, opened, site, v: V1 }));
        }
        if known.parent(on) != parent.as_ref() {
            events.extend(self.moved(at, site.clone(), on, parent)?);
        }
        if known.services(on) != services {
            events.push(SiteEvent::ServicesSet(ServicesSet { at, on, services, site: site.clone(), v: V1 }));
        }
        match closed {
            Some(on) if known.closed != Some(on) => events.extend(self.closed(at, site, opened, on, None)?),
            None if known.closed.is_some() => {
                events.push(SiteEvent::SiteReopened(SiteReopened { at, site, v: V1 }));
            }
            Some(_) | None => {}
        }
        Ok(events)
    }

    fn moved(&self, at: BusinessTime, site: SiteId, on: NaiveDate, parent: Option<SiteId>) -> Decision<Vec<SiteEvent>> {
        if let Some(above) = &parent
            && self.would_circle(&site, above, on)
        {
            let message = format!("site {site} cannot hang under {above} from {on} on: it would stand above itself");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        Ok(vec![SiteEvent::SiteMoved(SiteMoved { at, on, parent, site, v: V1 })])
    }

    fn closed(
        &self,
        at: BusinessTime,
        site: SiteId,
        opened: Option<NaiveDate>,
        on: NaiveDate,
        reason: Option<String>,
    ) -> Decision<Vec<SiteEvent>> {
        if let Some(opened) = opened {
            check_order(&site, opened, on)?;
        }
        let open_below = self.open_below(&site, on);
        Ok(vec![SiteEvent::SiteClosed(closing(at, site, on, open_below, reason))])
    }
}

fn closing(
    at: BusinessTime,
    site: SiteId,
    on: NaiveDate,
    open_below: Vec<SiteId>,
    reason: Option<String>,
) -> SiteClosed {
    SiteClosed { at, on, open_below, reason, site, v: V1 }
}

fn check_day(day: NaiveDate) -> Decision<()> {
    if is_plausible(day) {
        return Ok(());
    }
    Err(Refusal::new(Code::InvalidDate, format!("{day} lies outside the years 1900 to 9998")))
}

fn check_order(site: &SiteId, opened: NaiveDate, closed: NaiveDate) -> Decision<()> {
    if opened <= closed {
        return Ok(());
    }
    let message = format!("site {site} cannot close on {closed}, before its first day {opened}");
    Err(Refusal::new(Code::InvalidDate, message))
}

fn check_services(services: &[String]) -> Decision<()> {
    if services.len() <= SERVICES_MAX && services.iter().all(|service| !service.is_empty()) {
        return Ok(());
    }
    let message = format!("services (服务项目) must be at most {SERVICES_MAX} words, none of them blank");
    Err(Refusal::new(Code::InvalidInput, message))
}
