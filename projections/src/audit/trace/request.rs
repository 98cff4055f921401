//! A service request, line by line: its own events, those that were merged into it, and what was credited for the work.

use std::collections::BTreeSet;

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::RequestId;
use ledger_core::domain::request::RequestEvent;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::{Follow, of_credit};
use super::{Standing, TraceLine, begun};
use crate::programmes::{Programmes, RequestFigures};

pub(super) struct RequestTrace {
    request: RequestId,
    /// The state's own fold, of this request's events alone.
    told: Programmes,
    /// The credits that ripened on it.
    credits: BTreeSet<String>,
}

impl RequestTrace {
    pub(super) fn new(request: RequestId) -> RequestTrace {
        RequestTrace { request, told: Programmes::default(), credits: BTreeSet::new() }
    }

    fn figures(&self) -> RequestFigures {
        self.told.requests.get(self.request.as_str()).copied().unwrap_or_default()
    }

    /// Whether a credit's event is of the work on it.
    fn credited(&self, event: &WorkerEvent) -> bool {
        let known = self.told.requests.contains_key(self.request.as_str());
        let ripened = event.as_service().is_some_and(|record| record.source.as_deref() == Some(self.request.as_str()));
        let judged = event.as_judgement().is_some_and(|judged| self.credits.contains(judged.credit.as_str()));
        known && (ripened || judged)
    }

    /// Whether a request was posted as one that repeats this one, or linked to it later.
    fn repeats(&self, event: &RequestEvent) -> bool {
        let into = match event {
            RequestEvent::RequestPosted(event) => event.merged_into.as_ref(),
            RequestEvent::RequestMerged(event) => Some(&event.into),
            RequestEvent::RequestRouted(_)
            | RequestEvent::RequestClaimed(_)
            | RequestEvent::HandlingRecorded(_)
            | RequestEvent::HandlingRated(_)
            | RequestEvent::ClaimReturned(_)
            | RequestEvent::RequestWithdrawn(_) => None,
        };
        into == Some(&self.request)
    }
}

impl Follow for RequestTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_request().is_some_and(|own| own.request() == &self.request || self.repeats(own))
            || event.as_worker().is_some_and(|own| self.credited(own))
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        if !self.owns(event) {
            return None;
        }
        let before = self.figures();
        if let Some(own) = event.as_request() {
            if own.request() != &self.request {
                let line = begun(entry, event, self.standing());
                return Some(TraceLine { subject: own.request().to_string(), facts: facts(own).told(), ..line });
            }
            self.told.fold(event);
            let line = begun(entry, event, self.standing());
            return Some(TraceLine {
                subject: handling(own).unwrap_or_default(),
                party: claimer(own),
                facts: facts(own).told(),
                ..line
            });
        }
        let own = event.as_worker()?;
        self.told.fold(event);
        if let Some(record) = own.as_service() {
            self.credits.insert(record.credit.to_string());
        }
        let points = self.figures().credited - before.credited;
        Some(TraceLine { points, ..of_credit(entry, event, own, self.standing()) })
    }

    fn standing(&self) -> Standing {
        Standing::Request(self.figures())
    }
}

/// The row or claim that an event is about.
fn handling(event: &RequestEvent) -> Option<String> {
    match event {
        RequestEvent::HandlingRecorded(event) => Some(event.handling.to_string()),
        RequestEvent::HandlingRated(event) => Some(event.handling.to_string()),
        RequestEvent::RequestClaimed(event) => Some(event.handling.to_string()),
        RequestEvent::ClaimReturned(event) => Some(event.handling.to_string()),
        RequestEvent::RequestPosted(_)
        | RequestEvent::RequestMerged(_)
        | RequestEvent::RequestRouted(_)
        | RequestEvent::RequestWithdrawn(_) => None,
    }
}

/// Which worker an event is about, where it names one.
fn claimer(event: &RequestEvent) -> Option<String> {
    let worker = match event {
        RequestEvent::RequestPosted(event) => event.reporter.as_ref(),
        RequestEvent::HandlingRecorded(event) => event.claimer.as_ref(),
        RequestEvent::RequestClaimed(event) => Some(&event.claimer),
        RequestEvent::HandlingRated(_)
        | RequestEvent::ClaimReturned(_)
        | RequestEvent::RequestMerged(_)
        | RequestEvent::RequestRouted(_)
        | RequestEvent::RequestWithdrawn(_) => None,
    };
    worker.map(ToString::to_string)
}

fn facts(event: &RequestEvent) -> Facts {
    let facts = Facts::new();
    match event {
        RequestEvent::RequestPosted(event) => facts
            .with(FactName::Activity, &event.activity)
            .on(event.on, event.at)
            .maybe(FactName::Due, event.due)
            .maybe(FactName::MergedInto, event.merged_into.as_ref())
            .maybe(FactName::Site, event.site.as_ref()),
        RequestEvent::HandlingRecorded(event) => facts
            .written(FactName::Claimed, &event.work.claimed)
            .written(FactName::Done, &event.work.done)
            .with(FactName::Quantity, event.quantity),
        RequestEvent::HandlingRated(event) => {
            facts.with(FactName::Rating, event.rating.word.chinese()).on(event.rating.on, event.at)
        }
        RequestEvent::RequestRouted(event) => facts
            .maybe(FactName::Body, event.body.as_ref())
            .maybe(FactName::Site, event.site.as_ref())
            .on(event.on, event.at),
        RequestEvent::RequestClaimed(event) => facts.on(event.on, event.at),
        RequestEvent::ClaimReturned(event) => facts.on(event.on, event.at),
        RequestEvent::RequestWithdrawn(event) => facts.on(event.on, event.at),
        RequestEvent::RequestMerged(event) => facts.with(FactName::MergedInto, &event.into),
    }
}
