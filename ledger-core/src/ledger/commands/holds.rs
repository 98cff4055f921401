//! Holds: points and goods set aside, taken at the counter, or put back.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, AtCounter, Begins, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{HoldId, Key, RedemptionId, StoreId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::store::StoreCommand;
use crate::domain::store::command::AtStore;
use crate::domain::time::BusinessTime;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::OfWorker;
use crate::ledger::book::Book;
use crate::ledger::command::AskedSpending;
use crate::ledger::process::spending::stock_lines;
use crate::ledger::process::{Process, States};

/// Set points and goods aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHold {
    /// Whose points go for what at which store.
    pub spending: AskedSpending,
    /// How long it lasts, in seconds from when it is placed.
    pub lasts_seconds: u32,
}

impl Definition for PlaceHold {
    fn write_content(&self, content: &mut Content) {
        self.spending.write_fields(content.text("place_hold")).number(i64::from(self.lasts_seconds));
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        self.spending.name_streams(book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (of, spending) = process.quote(&self.spending)?;
        let (worker, mut events) = process.after_due_holds(&of)?;
        let hold: HoldId = (&process.context.key).into();
        let store = &self.spending.store;
        let lines = stock_lines(&spending.lines);
        let Some(expires_at) = of.at.plus_seconds(i64::from(self.lasts_seconds)) else {
            return Err(Refusal::new(Code::InvalidDate, "the hold would last beyond the year 9998"));
        };
        let held = worker.decide(&of, WorkerCommand::Hold { hold: hold.clone(), spending, expires_at })?;
        let frame = AtStore { store: store.clone(), at: of.at };
        let reserved = process.store_after(store, &events)?.decide(&frame, StoreCommand::Reserve { lines, hold })?;
        events.extend(held.into_iter().map(Event::Worker));
        events.extend(reserved.into_iter().map(Event::Store));
        Ok(events)
    }

    fn new_ids<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((key.as_str(), "the command's key"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        self.spending.begins()
    }

    fn at_counter(&mut self) -> Option<AtCounter<'_>> {
        Some(AtCounter::SetsAside(&mut self.spending))
    }

    nothing!(texts, named_key, free_text, settings);
}

/// The streams that the end of a hold touches.
pub(super) fn name_streams_of(hold: &HoldId, book: &Book, streams: &mut Vec<StreamId>) {
    streams.push(StreamId::Programme);
    let Some(worker) = book.owner(&hold.into()) else { return };
    streams.push(StreamId::Worker(worker.clone()));
    if let Some(open) = book.worker(worker).ok().and_then(|state| state.hold(hold)) {
        streams.push(StreamId::Store(open.store.clone()));
        streams.extend(open.lines.iter().filter_map(|line| line.merchant.clone()).map(StreamId::Merchant));
    }
}

/// Take at the counter what was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureHold {
    /// The hold's name: the key of the command that placed it.
    pub hold: HoldId,
}

impl Definition for CaptureHold {
    fn write_content(&self, content: &mut Content) {
        content.text("capture_hold").text(self.hold.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.hold).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_streams_of(&self.hold, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        capture_at(process, &self.hold, process.context.at, None)
    }

    nothing!(texts, new_ids, free_text, begins, at_counter, settings);
}

/// Takes what was set aside, as of a time; at the store that is named, where one is.
pub(super) fn capture_at<S: States>(
    process: &Process<'_, S>,
    hold: &HoldId,
    at: BusinessTime,
    store: Option<&StoreId>,
) -> Decision<Vec<Event>> {
    let of = OfWorker { worker: process.hold_owner(hold)?, at };
    let redemption: RedemptionId = (&process.context.key).into();
    let state = process.states.worker(&of.worker)?;
    let capture = WorkerCommand::Capture { hold: hold.clone(), redemption: redemption.clone() };
    let captured = state.decide(&of, capture)?;
    let Some(open) = state.hold(hold) else { return Err(Refusal::new(Code::UnknownRedemption, "no such hold")) };
    if let Some(store) = store.filter(|store| **store != open.store) {
        let message = format!("hold {hold} is at store {}, not at {store}", open.store);
        return Err(Refusal::new(Code::UnknownRedemption, message));
    }
    // Whoever tells of it afterwards says when; nobody takes what was not set aside yet.
    if store.is_some() && at < open.at {
        let message = format!("hold {hold} was placed at {}, after {at}", open.at);
        return Err(Refusal::new(Code::InvalidDate, message));
    }
    let issue = StoreCommand::IssueReserved {
        lines: stock_lines(&open.lines),
        hold: hold.clone(),
        redemption: redemption.clone(),
    };
    let mut events: Vec<Event> = captured.into_iter().map(Event::Worker).collect();
    events.extend(process.store_at(open.store.clone(), at, issue)?);
    events.extend(process.honour(&open.lines, at, &redemption, &open.store)?);
    Ok(events)
}

/// Put back what was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseHold {
    /// The hold's name: the key of the command that placed it.
    pub hold: HoldId,
    /// Whether because it ran out.
    pub expired: bool,
    /// Why, where somebody said.
    pub reason: Option<String>,
}

impl Definition for ReleaseHold {
    fn write_content(&self, content: &mut Content) {
        content.text("release_hold").text(self.hold.as_str()).number(i64::from(self.expired));
        // Without a reason it is what it was before there were any.
        if let Some(reason) = &self.reason {
            content.text(reason);
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.reason.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.hold).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_streams_of(&self.hold, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ReleaseHold { hold, expired, reason } = self.clone();
        let worker = process.hold_owner(&hold)?;
        let held_by = process.states.worker(&worker)?;
        process.end_hold(held_by, &worker, hold, expired, reason, process.context.at)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        self.reason.as_mut().map(|reason| (About::Named((&self.hold).into()), reason))
    }

    nothing!(new_ids, begins, at_counter, settings);
}
