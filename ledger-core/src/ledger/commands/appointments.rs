//! Appointments that a second person confirms (聘任确认): one person proposes, another one confirms, and the word records what
//! a row of 聘任名册 would have recorded in that moment.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use super::registers::RegisterAppointment;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{AppointmentId, Key, WorkerId};
use crate::domain::refusal::Decision;
use crate::domain::time::BusinessTime;
use crate::domain::worker::WorkerCommand;
use crate::domain::worker::command::{AppointmentTerms, Judge, OfWorker};
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Propose to appoint a worker, or to bring an appointment up to date. Where the district asks for no check it is recorded at
/// once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposeAppointment {
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// As what, through which days.
    pub terms: AppointmentTerms,
}

impl Definition for ProposeAppointment {
    /// The same is asked as by [`RegisterAppointment`]: sent again after the district asks for checks, or for none, it is a
    /// repeat.
    fn write_content(&self, content: &mut Content) {
        self.row().write_content(content);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.terms.body, &self.terms.role].into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
        self.row().name_streams(book, streams);
    }

    /// Worker, site, that nobody appoints oneself, days, that the worker is there, that nothing else waits under the number;
    /// then, of what is new, that the site is open.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let row = self.row();
        if process.states.programme()?.checks == 0 {
            return row.decide(process);
        }
        row.require(process)?;
        let (appointment, by, terms) = (self.appointment.clone(), process.context.actor.clone(), self.terms.clone());
        let events =
            process.worker(self.worker.clone(), WorkerCommand::ProposeAppointment { appointment, by, terms })?;
        let stands = process.states.worker(&self.worker)?.has_appointment(&self.appointment);
        process.require_site(self.terms.site.as_ref(), stands)?;
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.appointment.as_str(), "the appointment's number"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

impl ProposeAppointment {
    /// The row of 聘任名册 that says the same.
    fn row(&self) -> RegisterAppointment {
        let ProposeAppointment { appointment, worker, terms } = self.clone();
        RegisterAppointment { appointment, worker, terms }
    }
}

/// Confirm an appointment that was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmAppointment {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// When what was looked at had been proposed: what somebody proposed under the number since is another matter. Whoever does
    /// not say it means whatever waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_at: Option<BusinessTime>,
}

impl Definition for ConfirmAppointment {
    fn write_content(&self, content: &mut Content) {
        content.text("confirm_appointment").text(self.worker.as_str()).text(self.appointment.as_str());
        write_seen(self.proposed_at, content);
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.worker, &self.appointment, book, streams);
    }

    /// Worker, that it waits as it was seen, time, person, that its number was not taken, that the worker is there, days; then,
    /// of what is new, that the site is open.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let of = OfWorker { worker: self.worker.clone(), at: process.context.at };
        let judge = judge(process, &of, &self.appointment)?;
        let (appointment, proposed_at) = (self.appointment.clone(), self.proposed_at);
        let command = WorkerCommand::ConfirmAppointment { appointment, judge, proposed_at };
        let events = process.worker(self.worker.clone(), command)?;
        let state = process.states.worker(&self.worker)?;
        let proposed = state.require_proposed_appointment(&of, &self.appointment)?;
        process.require_site(proposed.terms.site.as_ref(), state.has_appointment(&self.appointment))?;
        Ok(events)
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Send an appointment that was proposed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectAppointment {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The letter's number (聘书号).
    pub appointment: AppointmentId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// See [`ConfirmAppointment::proposed_at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_at: Option<BusinessTime>,
}

impl Definition for RejectAppointment {
    fn write_content(&self, content: &mut Content) {
        content.text("reject_appointment").text(self.worker.as_str()).text(self.appointment.as_str());
        content.text(&self.reason);
        write_seen(self.proposed_at, content);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.worker, &self.appointment, book, streams);
    }

    /// Worker, that it waits as it was seen, time, person.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let of = OfWorker { worker: self.worker.clone(), at: process.context.at };
        let judge = judge(process, &of, &self.appointment)?;
        let (appointment, reason, proposed_at) = (self.appointment.clone(), self.reason.clone(), self.proposed_at);
        let command = WorkerCommand::RejectAppointment { appointment, judge, proposed_at, reason };
        process.worker(self.worker.clone(), command)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.worker.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Left out where nothing is said, so that what was asked before there was such a field is the same still.
fn write_seen(proposed_at: Option<BusinessTime>, content: &mut Content) {
    if let Some(at) = proposed_at {
        content.text(&at.to_string());
    }
}

/// The streams of an appointment that waits: which person proposed it is told by the account.
fn name_parts(worker: &WorkerId, appointment: &AppointmentId, book: &Book, streams: &mut Vec<StreamId>) {
    streams.push(StreamId::Worker(worker.clone()));
    let Ok(state) = book.worker(worker) else { return };
    let Some(proposed) = state.proposed_appointment(appointment) else { return };
    streams.push(StreamId::Account((&proposed.by).into()));
    streams.extend(proposed.terms.site.as_ref().map(|_| StreamId::Sites));
}

/// Who decides, and whether the same person proposed it with another account.
fn judge<S: States>(process: &Process<'_, S>, of: &OfWorker, appointment: &AppointmentId) -> Decision<Judge> {
    let state = process.states.worker(&of.worker)?;
    state.require_known(of)?;
    let proposed = state.require_proposed_appointment(of, appointment)?;
    let by = process.context.actor.clone();
    let person = process.person(&by)?;
    let mut alike = Vec::new();
    if proposed.by != by && process.person(&proposed.by)? == person {
        alike.push(proposed.by.clone());
    }
    Ok(Judge { by, alike, is_worker: person.is(&process.kept_id(&of.worker)?) })
}
