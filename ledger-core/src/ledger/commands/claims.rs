//! Claims of service requests (认领), made apart from the work that they come to (办结), and given up (退回).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{Begins, nothing};
use super::content::Content;
use super::requests::{name_reporter, require_another_id, scored};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{HandlingId, Key, RequestId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::request::RequestCommand;
use crate::domain::request::command::Claiming;
use crate::domain::schedule::Scoring;
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::command::OfWorker;
use crate::ledger::book::Book;
use crate::ledger::process::rows::conflict;
use crate::ledger::process::{Process, States};

/// A day on which something happened to a request: a date, not before another one, and past.
///
/// # Errors
/// `invalid_date`.
pub(super) fn past_day<S: States>(
    process: &Process<'_, S>,
    day: Option<NaiveDate>,
    (before, what): (NaiveDate, &str),
    called: &str,
) -> Decision<NaiveDate> {
    let Some(day) = day.filter(|day| is_plausible(*day)) else {
        return Err(Refusal::new(Code::InvalidDate, format!("the day of {called} is not a date")));
    };
    if day < before {
        let message = format!("{what} on {before}, {called} on {day}: out of order");
        return Err(Refusal::new(Code::InvalidDate, message));
    }
    process.clock.require_past(BusinessTime::start_of(day), called)?;
    Ok(day)
}

/// Claim a request: it is to be done, and nothing is earned yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The claim's number: the command's key, under which the work will be reported.
    pub claim: HandlingId,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Who claims it.
    pub claimer: WorkerId,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for ClaimRequest {
    fn write_content(&self, content: &mut Content) {
        content.text("claim_request").text(self.request.as_str()).text(self.claimer.as_str()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([
            StreamId::Programme,
            StreamId::Request(self.request.clone()),
            StreamId::Worker(self.claimer.clone()),
        ]);
        name_reporter(&self.request, book, streams);
    }

    /// The order of checks is that of a row of work, as far as it goes: request, worker, date, that the request was
    /// neither merged nor withdrawn, who claims, how many did, and the role.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let posting = request.require(&self.request)?;
        let (activity, scoring) = scored(process, posting)?;
        if scoring == Scoring::Feedback {
            let message = format!("request {} is fed back (反馈) and claimed by nobody", self.request);
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        process.require_worker(&self.claimer)?;
        let on = past_day(process, self.on, (posting.on, "posted"), "claimed")?;
        request.require_current(&self.request)?;
        if request.claim(&self.claim).is_some() || request.handling(&self.claim).is_some() {
            return Err(conflict(&self.claim));
        }
        require_another_id(process, posting, &self.claimer)?;
        let claiming = Claiming {
            claimer: self.claimer.clone(),
            claimers_max: activity.terms.claimers_max.unwrap_or(1),
            handling: self.claim.clone(),
            on,
        };
        let (at, asked) = (BusinessTime::start_of(on), self.request.clone());
        let events = request.decide(RequestCommand::Claim { at, request: asked, claiming })?;
        let of = OfWorker { worker: self.claimer.clone(), at: process.context.at };
        process.states.worker(&self.claimer)?.require_role(&of, &activity.terms.roles, on)?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.claim.as_str(), "the claim's number"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Claim { claim: &self.claim, claimer: &self.claimer })
    }

    nothing!(texts, named_key, free_text, at_counter, settings);
}

/// Report the work of a claim (办结). It waits then for the word on it, as a row of work does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportHandling {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// The key of the command that claimed.
    pub claim: HandlingId,
    /// On which day it was done; `None` for a text that is no date.
    pub done: Option<NaiveDate>,
    /// Units; `None` for a text that is no quantity.
    pub quantity: Option<Quantity>,
}

impl Definition for ReportHandling {
    fn write_content(&self, content: &mut Content) {
        content.text("report_handling").text(self.request.as_str()).text(self.claim.as_str()).maybe(self.done);
        content.maybe(self.quantity.map(Quantity::millionths));
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Request(self.request.clone()));
    }

    /// The request, the claim, that it is under way, 认领 ≤ 办结, the quantity.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let claim = request.require_underway(&self.request, &self.claim)?;
        let done = past_day(process, self.done, (claim.on, "claimed"), "done")?;
        let Some(quantity) = self.quantity.filter(|quantity| quantity.millionths() > 0) else {
            return Err(Refusal::new(Code::InvalidQuantity, "the quantity is not a number above 0"));
        };
        let (at, asked, handling) = (BusinessTime::start_of(done), self.request.clone(), self.claim.clone());
        let events = request.decide(RequestCommand::Report { at, request: asked, handling, done, quantity })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Give a claim up before its work is reported (退回): another worker may claim the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnClaim {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// The key of the command that claimed.
    pub claim: HandlingId,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for ReturnClaim {
    fn write_content(&self, content: &mut Content) {
        content.text("return_claim").text(self.request.as_str()).text(self.claim.as_str()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Request(self.request.clone()));
    }

    /// The request, the claim, that it is under way, the date.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let claim = request.require_underway(&self.request, &self.claim)?;
        let on = past_day(process, self.on, (claim.on, "claimed"), "returned")?;
        let (at, asked, handling) = (BusinessTime::start_of(on), self.request.clone(), self.claim.clone());
        let events = request.decide(RequestCommand::Return { at, request: asked, handling, on })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
