//! Workers: joining, leaving, two ids of one person, and the booking of their lots that ended.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, Begins, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::worker::command::{OfWorker, WorkerDetails};
use crate::domain::worker::{Worker, WorkerCommand};
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Register a worker; with `update`, bring an existing one up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterWorker {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The particulars.
    pub details: WorkerDetails,
    /// Whether an existing worker is updated.
    pub update: bool,
}

impl Definition for RegisterWorker {
    fn write_content(&self, content: &mut Content) {
        content
            .text("register_worker")
            .text(self.worker.as_str())
            .text(&self.details.occupation)
            .maybe(self.details.party_member)
            .maybe(self.details.platform.as_deref())
            .number(i64::from(self.update));
        if let Some(site) = &self.details.site {
            content.text("site").text(site.as_str());
        }
        if self.details.probationary {
            content.text("probationary");
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.details.occupation].into_iter().chain(&self.details.platform)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
        streams.extend(self.details.site.as_ref().map(|_| StreamId::Sites));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let RegisterWorker { worker, details, update } = self.clone();
        process.require_site(details.site.as_ref(), update)?;
        process.worker(worker, WorkerCommand::Register { details, update })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.worker.as_str(), "the worker's id"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Worker { worker: &self.worker, site: self.details.site.as_ref() })
    }

    nothing!(named_key, free_text, at_counter, settings);
}

/// The worker leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartWorker {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for DepartWorker {
    fn write_content(&self, content: &mut Content) {
        content.text("depart_worker").text(self.worker.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let DepartWorker { worker, reason } = self.clone();
        process.worker(worker, WorkerCommand::Depart { reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.worker.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Forget the person behind a worker: the first who gives it asks, a second person confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseWorker {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether whoever gives it is the worker: only the edge knows. An annotation, not content.
    pub oneself: bool,
}

impl Definition for EraseWorker {
    fn write_content(&self, content: &mut Content) {
        content.text("erase_worker").text(self.worker.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let EraseWorker { worker, reason, oneself } = self.clone();
        process.worker(worker, WorkerCommand::Erase { by: process.context.actor.clone(), oneself, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.worker.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Two ids are one person (一人多号): the account of the one goes on under the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeWorkers {
    /// The id that is kept.
    pub kept: WorkerId,
    /// The id that is given up.
    pub absorbed: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for MergeWorkers {
    fn write_content(&self, content: &mut Content) {
        content.text("merge_workers").text(self.kept.as_str()).text(self.absorbed.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([&self.kept, &self.absorbed].map(|worker| StreamId::Worker(worker.clone())));
    }

    /// The order of checks: both workers, that whoever decides is neither, that they are two, what stands of the id that is
    /// given up (merged before, keeps another, a card, holds, credits that wait), then whether the other one can be kept.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let MergeWorkers { kept, absorbed, reason } = self.clone();
        let at = process.context.at;
        let of = |worker: &WorkerId| OfWorker { worker: worker.clone(), at };
        for worker in [&kept, &absorbed] {
            process.states.worker(worker)?.require_known(&of(worker))?;
            process.require_other_than(worker, "merge the own ids")?;
        }
        let (keeps, given) = (process.states.worker(&kept)?, process.states.worker(&absorbed)?);
        let mut events = given.decide(&of(&absorbed), WorkerCommand::GiveUp { into: kept.clone(), reason })?;
        keeps.require_keeps(&of(&kept))?;
        let estate = given.estate_since(&Worker::default());
        events.extend(keeps.decide(&of(&kept), WorkerCommand::TakeOver { absorbed, estate })?);
        Ok(events.into_iter().map(Event::Worker).collect())
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.absorbed.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Book a worker's lots that ended by a day as expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpireLots {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The last day looked at.
    pub through: NaiveDate,
}

impl Definition for ExpireLots {
    fn write_content(&self, content: &mut Content) {
        content.text("expire_lots").text(self.worker.as_str()).text(&self.through.to_string());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (through, today) = (self.through, process.clock.today());
        if through > today {
            let message = format!("lots that end by {through} cannot be booked as expired before, on {today}");
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        process.worker(self.worker.clone(), WorkerCommand::Expire { through })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
