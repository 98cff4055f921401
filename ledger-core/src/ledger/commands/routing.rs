//! Where a service request goes before anybody works on it: passed on (转办), linked to an earlier one that it repeats (并入),
//! or taken back (撤回).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::claims::past_day;
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{RequestId, SiteId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::request::RequestCommand;
use crate::domain::request::command::Routing;
use crate::domain::time::BusinessTime;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Pass a request on to whoever is to see to it: a body, a site, or a body at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteRequest {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// The body (承办单位), where one is named.
    pub body: Option<String>,
    /// The site, where one is named: whoever acts there may then act on the request.
    pub site: Option<SiteId>,
    /// From which day on; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for RouteRequest {
    fn write_content(&self, content: &mut Content) {
        content.text("route_request").text(self.request.as_str()).maybe(self.body.as_ref());
        content.maybe(self.site.as_ref()).maybe(self.on);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.body.iter()
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Request(self.request.clone()));
        streams.extend(self.site.as_ref().map(|_| StreamId::Sites));
    }

    /// The request, the date, that it was neither merged nor withdrawn, that somebody is named, and the site, which must
    /// be open on that day.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let posting = request.require(&self.request)?;
        let on = past_day(process, self.on, (posting.on, "posted"), "routed")?;
        request.require_current(&self.request)?;
        let body = self.body.as_deref().map(str::trim).filter(|body| !body.is_empty()).map(str::to_owned);
        if body.is_none() && self.site.is_none() {
            let message = "say to whom it is routed: a body (承办单位), a site, or both";
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        if let Some(site) = &self.site {
            process.states.sites()?.require_open(site, on)?;
        }
        let (at, asked) = (BusinessTime::start_of(on), self.request.clone());
        let routing = Routing { body, on, site: self.site.clone() };
        let events = request.decide(RequestCommand::Route { at, request: asked, routing })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Take back a request on which nobody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawRequest {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for WithdrawRequest {
    fn write_content(&self, content: &mut Content) {
        content.text("withdraw_request").text(self.request.as_str()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Request(self.request.clone()));
    }

    /// The request, the date, that it was neither merged nor withdrawn, that nothing of it was rated, that nobody works
    /// on it.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let posting = request.require(&self.request)?;
        let on = past_day(process, self.on, (posting.on, "posted"), "withdrawn")?;
        let (at, asked) = (BusinessTime::start_of(on), self.request.clone());
        let events = request.decide(RequestCommand::Withdraw { at, request: asked, on })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Link a request to an earlier one that it repeats, after it was posted: from then on it is as one that was posted so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRequest {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// The earlier one.
    pub into: RequestId,
    /// Why, where somebody says.
    pub reason: Option<String>,
}

impl Definition for MergeRequest {
    fn write_content(&self, content: &mut Content) {
        content.text("merge_request").text(self.request.as_str()).text(self.into.as_str());
        content.maybe(self.reason.as_ref());
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.reason.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([&self.request, &self.into].map(|request| StreamId::Request(request.clone())));
    }

    /// Both requests, that they are two, that neither was merged or withdrawn, the time, that nothing of the one was rated,
    /// that nobody works on it. What the other one has come to is no matter: the two share what that one earns.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        request.require(&self.request)?;
        let earlier = process.states.request(&self.into)?;
        earlier.require(&self.into)?;
        if self.request == self.into {
            let message = format!("request {} does not repeat itself; name the earlier one", self.into);
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        request.require_current(&self.request)?;
        earlier.require_last(&self.into)?;
        let (at, asked, into) = (process.context.at, self.request.clone(), self.into.clone());
        let reason = self.reason.clone();
        let events = request.decide(RequestCommand::Merge { at, request: asked, into, reason })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    /// Of whoever reported it; of one that no worker did, its own.
    fn free_text(&mut self) -> Option<(About, &mut String)> {
        self.reason.as_mut().map(|reason| (About::Named((&self.request).into()), reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}
