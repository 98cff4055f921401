//! Selections (评选): announcing one, a candidate's word, sealing the inputs, drawing the short list, what is objected and
//! how that is answered, putting the list right, and that a meeting decided.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use super::credits::period;
use crate::domain::account::Person;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{Key, ObjectionId, SelectionId, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::selection::command::{Correction, Hand, Indicator, Measure, SelectionTerms, Word};
use crate::domain::selection::{Selection, SelectionCommand};
use crate::domain::worker::command::OfWorker;
use crate::ledger::book::Book;
use crate::ledger::process::measures::figures;
use crate::ledger::process::{Process, States};

/// Streams that every command of a selection reads: itself, and the accounts of all who had a part in it.
fn name_parts(selection: &SelectionId, book: &Book, streams: &mut Vec<StreamId>) {
    streams.push(StreamId::Selection(selection.clone()));
    let parts = book.selection(selection).into_iter().flat_map(Selection::parts);
    streams.extend(parts.map(|actor| StreamId::Account(actor.into())));
}

impl<S: States> Process<'_, S> {
    fn selection(&self, selection: &SelectionId, command: SelectionCommand) -> Decision<Vec<Event>> {
        Ok(self.states.selection(selection)?.decide(command)?.into_iter().map(Event::Selection).collect())
    }

    /// Whoever gives the command, and as whom they had a part in the selection before.
    fn hand(&self, selection: &SelectionId) -> Decision<Hand> {
        let by = self.context.actor.clone();
        let person = self.person(&by)?;
        let mut alike = Vec::new();
        for actor in self.states.selection(selection)?.parts() {
            if *actor != by && self.person(actor)? == person {
                alike.push(actor.clone());
            }
        }
        let worker = match person {
            Person::Worker(worker) => Some(worker),
            Person::Account(_) => None,
        };
        Ok(Hand { by, alike, worker })
    }

    /// The last day of a list's publicity that begins now.
    fn list_public_until(&self, terms: &SelectionTerms) -> Decision<NaiveDate> {
        period(self, terms.publicity_days, self.states.programme()?.counting)
    }
}

/// Announce a selection (评选公告): what is announced stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnounceSelection {
    /// The selection's id.
    pub selection: SelectionId,
    /// The particulars.
    pub terms: SelectionTerms,
}

impl Definition for AnnounceSelection {
    fn write_content(&self, content: &mut Content) {
        let SelectionTerms {
            consent_until,
            cut_off,
            from,
            indicators,
            name,
            occupations,
            places,
            publicity_days,
            tie_by,
        } = &self.terms;
        content.text("announce_selection").text(self.selection.as_str()).text(name);
        content.maybe(*from).maybe(Some(*cut_off)).maybe(*consent_until).maybe(tie_by.as_ref());
        content.number(i64::from(*places)).number(i64::from(*publicity_days));
        for Indicator { activities, code, measure, weight } in indicators {
            let measure = match measure {
                Measure::CreditedPoints => "credited_points",
                Measure::Quantity => "quantity",
                Measure::ServiceDays => "service_days",
                Measure::Services => "services",
            };
            content.text("indicator").text(code.as_str()).text(measure).number(i64::from(*weight));
            activities.iter().for_each(|activity| {
                content.text("activity").text(activity.as_str());
            });
        }
        occupations.iter().for_each(|occupation| {
            content.text("occupation").text(occupation);
        });
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.terms.name).chain(&self.terms.occupations)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Selection(self.selection.clone())]);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let AnnounceSelection { selection, terms } = self.clone();
        let programme = process.states.programme()?;
        let mut named = terms.indicators.iter().flat_map(|indicator| &indicator.activities);
        if let Some(activity) = named.find(|activity| !programme.knows(activity)) {
            let message = format!("no activity {activity} in the points schedule (积分标准)");
            return Err(Refusal::new(Code::UnknownActivity, message));
        }
        let (at, by) = (process.context.at, process.context.actor.clone());
        process.selection(&self.selection, SelectionCommand::Announce { at, by, selection, terms })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        let indicators = self.terms.indicators.iter().map(|indicator| (indicator.code.as_str(), "an indicator's name"));
        indicators.chain([(self.selection.as_str(), "the selection's id")])
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// A candidate's word: that they agree (参评同意), or that they withdraw (参评退出).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveWord {
    /// For which selection.
    pub selection: SelectionId,
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// Whether they withdraw.
    pub withdraws: bool,
    /// On which day it was given; none for the day of the command.
    pub on: Option<NaiveDate>,
    /// SHA-256 of the signed paper, where somebody else enters it.
    pub paper: Option<String>,
}

impl Definition for GiveWord {
    fn write_content(&self, content: &mut Content) {
        content.text(if self.withdraws { "withdraw_from_selection" } else { "consent_to_selection" });
        content.text(self.selection.as_str()).text(self.worker.as_str());
        content.maybe(self.on).maybe(self.paper.as_ref());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.selection, book, streams);
        streams.push(StreamId::Worker(self.worker.clone()));
    }

    /// The order of checks: the selection, the worker, who has left, whether the inputs are sealed, the day, the paper; then
    /// of an agreement: twice, the last day, the occupation.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let GiveWord { selection, worker, paper, .. } = self.clone();
        let at = process.context.at;
        process.states.selection(&selection)?.require(&selection)?;
        process.require_worker(&worker)?;
        let state = process.states.worker(&worker)?;
        let on = self.on.unwrap_or_else(|| at.date());
        let word = Word { hand: process.hand(&selection)?, paper, on, worker };
        let command = if self.withdraws {
            SelectionCommand::Withdraw { at, selection, word }
        } else {
            state.require_present_at(&OfWorker { worker: self.worker.clone(), at }, at)?;
            let occupation = state.occupation().map(str::to_owned);
            SelectionCommand::Consent { at, selection, occupation, word }
        };
        process.selection(&self.selection, command)
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Fix the inputs (评选封存): what the ledger says of each candidate at this entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealSelection {
    /// The selection's id.
    pub selection: SelectionId,
}

impl Definition for SealSelection {
    fn write_content(&self, content: &mut Content) {
        content.text("seal_selection").text(self.selection.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.selection, book, streams);
        let candidates =
            book.selection(&self.selection).into_iter().flat_map(|selection| selection.candidates().keys());
        streams.extend(candidates.cloned().map(StreamId::Worker));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let state = process.states.selection(&self.selection)?;
        let terms = state.require(&self.selection)?;
        let mut inputs = std::collections::BTreeMap::new();
        for worker in state.candidates().keys() {
            inputs.insert(worker.clone(), figures(terms, process.states.worker(worker)?)?);
        }
        let (at, hand, selection) = (process.context.at, process.hand(&self.selection)?, self.selection.clone());
        process.selection(&self.selection, SelectionCommand::Seal { at, hand, selection, inputs })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Draw the short list (入围名单) of the sealed inputs, and hang it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawSelection {
    /// The selection's id.
    pub selection: SelectionId,
}

impl Definition for DrawSelection {
    fn write_content(&self, content: &mut Content) {
        content.text("draw_selection").text(self.selection.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
        name_parts(&self.selection, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let terms = process.states.selection(&self.selection)?.require(&self.selection)?;
        let public_until = process.list_public_until(terms)?;
        let (at, hand, selection) = (process.context.at, process.hand(&self.selection)?, self.selection.clone());
        process.selection(&self.selection, SelectionCommand::Draw { at, hand, selection, public_until })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Object to how a candidate was measured (评选异议), while the list is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectToSelection {
    /// To which.
    pub selection: SelectionId,
    /// The objection's name: the command's key, so that it is no content.
    pub objection: ObjectionId,
    /// About whom.
    pub candidate: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for ObjectToSelection {
    fn write_content(&self, content: &mut Content) {
        content.text("object_to_selection").text(self.selection.as_str()).text(self.candidate.as_str());
        content.text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.selection, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ObjectToSelection { selection, objection, candidate, reason } = self.clone();
        let (at, today, hand) = (process.context.at, process.clock.entry_day(), process.hand(&selection)?);
        let asked = SelectionCommand::Object { at, today, hand, selection, objection, candidate, reason };
        process.selection(&self.selection, asked)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.objection.as_str(), "the objection's name"))
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.candidate.clone()), &mut self.reason))
    }

    nothing!(named_key, begins, at_counter, settings);
}

/// Answer an objection to a selection's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerObjection {
    /// 评选编号.
    pub selection: SelectionId,
    /// The key of the command that objected.
    pub objection: ObjectionId,
    /// Whether it was right: the list is then to be revised.
    pub upheld: bool,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for AnswerObjection {
    fn write_content(&self, content: &mut Content) {
        content.text("answer_objection").text(self.selection.as_str()).text(self.objection.as_str());
        content.number(i64::from(self.upheld)).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.selection, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let AnswerObjection { selection, objection, upheld, reason } = self.clone();
        let (at, hand) = (process.context.at, process.hand(&selection)?);
        let asked = SelectionCommand::Answer { at, hand, selection, objection, upheld, reason };
        process.selection(&self.selection, asked)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Named((&self.objection).into()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Put a candidate right after the list was drawn (入围名单修订), and hang it out anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviseSelection {
    /// The selection's id.
    pub selection: SelectionId,
    /// The candidate's id as a worker (编号).
    pub candidate: WorkerId,
    /// Whether they are taken off; else they are measured anew.
    pub remove: bool,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for ReviseSelection {
    fn write_content(&self, content: &mut Content) {
        content.text("revise_selection").text(self.selection.as_str()).text(self.candidate.as_str());
        content.number(i64::from(self.remove)).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Worker(self.candidate.clone())]);
        name_parts(&self.selection, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ReviseSelection { selection, candidate, reason, .. } = self.clone();
        let terms = process.states.selection(&selection)?.require(&selection)?;
        let public_until = process.list_public_until(terms)?;
        let correction = if self.remove {
            Correction::Remove
        } else {
            Correction::Measure(figures(terms, process.states.worker(&candidate)?)?)
        };
        let (at, hand) = (process.context.at, process.hand(&selection)?);
        let asked = SelectionCommand::Revise { at, hand, selection, candidate, correction, public_until, reason };
        process.selection(&self.selection, asked)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.candidate.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Record that a meeting decided (评选结果登记), by the digest of its minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordResult {
    /// 评选编号.
    pub selection: SelectionId,
    /// SHA-256 of the minutes, hexadecimal.
    pub minutes: String,
}

impl Definition for RecordResult {
    fn write_content(&self, content: &mut Content) {
        content.text("record_result").text(self.selection.as_str()).text(&self.minutes);
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.selection, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let RecordResult { selection, minutes } = self.clone();
        let (at, today, hand) = (process.context.at, process.clock.entry_day(), process.hand(&selection)?);
        process.selection(&self.selection, SelectionCommand::Record { at, today, hand, selection, minutes })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
