//! Sites: opening, moving and closing them, and what they offer.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::nothing;
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, SiteId};
use crate::domain::refusal::Decision;
use crate::domain::site::SiteCommand;
use crate::domain::site::command::{IfKnown, SiteDetails};
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Open a site, or bring one up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSite {
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Its particulars.
    pub details: SiteDetails,
    /// What becomes of one that is known.
    pub if_known: IfKnown,
}

impl Definition for OpenSite {
    fn write_content(&self, content: &mut Content) {
        let SiteDetails { kind, location, name, opened, parent, services } = &self.details;
        content.text("open_site").text(self.site.as_str()).text(kind).text(name).maybe(*opened).maybe(parent.as_ref());
        content.number(i64::try_from(services.len()).unwrap_or(i64::MAX));
        services.iter().for_each(|service| {
            content.text(service);
        });
        match self.if_known {
            IfKnown::Refuse => content.text("refuse"),
            IfKnown::Update { closed } => content.text("update").maybe(closed),
            IfKnown::Keep => content.text("keep"),
        };
        // It came later: where nothing is said of it, the content is what it always was.
        if let Some(location) = location {
            content.text("location").number(location.lon_e6().into()).number(location.lat_e6().into());
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.details.kind, &self.details.name].into_iter().chain(&self.details.services)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Sites);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let OpenSite { site, details, if_known } = self.clone();
        process.sites(SiteCommand::Open { at: process.context.at, details, if_known, site })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.site.as_str(), "the site's id"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// Hang a site under another one, or make it a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveSite {
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Under which.
    pub parent: Option<SiteId>,
    /// From which day on; the day of the command where it says none.
    pub on: Option<NaiveDate>,
}

impl Definition for MoveSite {
    fn write_content(&self, content: &mut Content) {
        content.text("move_site").text(self.site.as_str()).maybe(self.parent.as_ref()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Sites);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let MoveSite { site, parent, on } = self.clone();
        let at = process.context.at;
        process.sites(SiteCommand::Move { at, on: on.unwrap_or_else(|| at.date()), parent, site })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Close a site; what hangs below it stays open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseSite {
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// The first day closed; the day of the command where it says none.
    pub on: Option<NaiveDate>,
    /// The reason, where one was given. It stands in the event as it was written, from the first: unlike other reasons it is about
    /// a place and about nobody. To have it in the vault as a store's closing has, it takes a `free_text` about
    /// the site, and edges that ask the vault where they tell it (the trace of a site tells it as it stands); what was recorded
    /// before stays as it is.
    pub reason: Option<String>,
}

impl Definition for CloseSite {
    fn write_content(&self, content: &mut Content) {
        content.text("close_site").text(self.site.as_str()).maybe(self.on).maybe(self.reason.as_deref());
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.reason.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Sites);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let CloseSite { site, on, reason } = self.clone();
        let at = process.context.at;
        process.sites(SiteCommand::Close { at, on: on.unwrap_or_else(|| at.date()), reason, site })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Change what a site offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetServices {
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// What it offers.
    pub services: Vec<String>,
    /// From which day on; the day of the command where it says none.
    pub on: Option<NaiveDate>,
}

impl Definition for SetServices {
    fn write_content(&self, content: &mut Content) {
        content.text("set_services").text(self.site.as_str()).maybe(self.on);
        self.services.iter().for_each(|service| {
            content.text(service);
        });
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.services.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Sites);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let SetServices { site, services, on } = self.clone();
        let at = process.context.at;
        process.sites(SiteCommand::SetServices { at, on: on.unwrap_or_else(|| at.date()), services, site })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}
