//! Mutual-aid points cards (党员互助积分卡): issuing, moving, closing.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::card::AssignNumber;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{BranchId, CardNo, Key, WorkerId};
use crate::domain::refusal::Decision;
use crate::domain::worker::WorkerCommand;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Issue a mutual-aid points card; with `update`, bring the card that the worker holds under this number up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueCard {
    /// To whom.
    pub worker: WorkerId,
    /// Its number.
    pub card_no: CardNo,
    /// 所在党支部, to which the card belongs.
    pub branch: BranchId,
    /// Whether a card held under this number is updated.
    pub update: bool,
}

impl Definition for IssueCard {
    fn write_content(&self, content: &mut Content) {
        content
            .text("issue_card")
            .text(self.worker.as_str())
            .text(self.card_no.as_str())
            .text(self.branch.as_str())
            .number(i64::from(self.update));
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Worker(self.worker.clone()), StreamId::Card(self.card_no.clone())]);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let IssueCard { worker, card_no, branch, update } = self.clone();
        let issue = WorkerCommand::IssueCard { card_no: card_no.clone(), branch, update };
        let mut events = process.worker(worker.clone(), issue)?;
        let number = process.states.card(&card_no)?;
        events.extend(number.decide(AssignNumber { card_no, worker })?.into_iter().map(Event::Card));
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.card_no.as_str(), "the card's number"))
    }

    nothing!(texts, named_key, free_text, begins, at_counter, settings);
}

/// Move the card to another branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveCard {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The new branch.
    pub branch: BranchId,
}

impl Definition for MoveCard {
    fn write_content(&self, content: &mut Content) {
        content.text("move_card").text(self.worker.as_str()).text(self.branch.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Worker(self.worker.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let MoveCard { worker, branch } = self.clone();
        process.worker(worker, WorkerCommand::MoveCard { branch })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Close the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseCard {
    /// The worker's id (编号).
    pub worker: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for CloseCard {
    fn write_content(&self, content: &mut Content) {
        content.text("close_card").text(self.worker.as_str()).text(&self.reason);
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
        let CloseCard { worker, reason } = self.clone();
        process.worker(worker, WorkerCommand::CloseCard { reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Worker(self.worker.clone()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}
