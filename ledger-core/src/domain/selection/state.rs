//! A selection, folded from its events.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::SelectionTerms;
use super::event::SelectionEvent;
use super::formula::{Inputs, ShortListed};
use crate::domain::ids::{Actor, ObjectionId, WorkerId};

/// A short list that hangs out, or hung out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortList {
    /// Who stands on it, by rank.
    pub lines: Vec<ShortListed>,
    /// The last day of its publicity.
    pub public_until: NaiveDate,
}

/// An objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Who objected.
    pub by: Actor,
    /// About whom.
    pub candidate: WorkerId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// How it was answered, once it was.
    pub answer: Option<Answer>,
}

/// How an objection was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The account that acts.
    pub by: Actor,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether the objection was right.
    pub upheld: bool,
    /// Whether what it found was put right since.
    pub followed: bool,
}

/// How far a selection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Candidates may come and go.
    Announced,
    /// The inputs are fixed.
    Sealed,
    /// The short list hangs out, or hung out.
    Drawn,
    /// A meeting decided.
    Recorded,
}

/// A selection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    terms: Option<SelectionTerms>,
    announcer: Option<Actor>,
    /// Who agreed, and on which day.
    candidates: BTreeMap<WorkerId, NaiveDate>,
    inputs: Option<Inputs>,
    list: Option<ShortList>,
    /// Who sealed, drew and revised.
    hands: Vec<Actor>,
    objections: BTreeMap<ObjectionId, Objection>,
    minutes: Option<String>,
}

impl Selection {
    /// The particulars, once it was announced.
    pub const fn terms(&self) -> Option<&SelectionTerms> {
        self.terms.as_ref()
    }

    /// Who announced it.
    pub const fn announcer(&self) -> Option<&Actor> {
        self.announcer.as_ref()
    }

    /// How far it has come.
    pub const fn stage(&self) -> Stage {
        match (&self.inputs, &self.list, &self.minutes) {
            (None, ..) => Stage::Announced,
            (Some(_), None, _) => Stage::Sealed,
            (Some(_), Some(_), None) => Stage::Drawn,
            (Some(_), Some(_), Some(_)) => Stage::Recorded,
        }
    }

    /// Who agreed to be a candidate and did not withdraw, and on which day.
    pub const fn candidates(&self) -> &BTreeMap<WorkerId, NaiveDate> {
        &self.candidates
    }

    /// What the formula takes of each candidate, once that is fixed: as sealed, and as put right since.
    pub const fn inputs(&self) -> Option<&Inputs> {
        self.inputs.as_ref()
    }

    /// The short list as it stands, once it was drawn.
    pub const fn list(&self) -> Option<&ShortList> {
        self.list.as_ref()
    }

    /// The objections, by name.
    pub const fn objections(&self) -> &BTreeMap<ObjectionId, Objection> {
        &self.objections
    }

    /// SHA-256 of the minutes, once a meeting decided.
    pub fn minutes(&self) -> Option<&str> {
        self.minutes.as_deref()
    }

    /// Who acted for the district in it: announced, sealed, drew, revised, answered.
    pub fn officials(&self) -> impl Iterator<Item = &Actor> {
        let answerers = self.objections.values().filter_map(|objection| objection.answer.as_ref());
        self.hands_so_far().chain(answerers.map(|answer| &answer.by))
    }

    /// Who announced, sealed, drew and revised.
    pub(super) fn hands_so_far(&self) -> impl Iterator<Item = &Actor> {
        self.announcer.iter().chain(&self.hands)
    }

    /// Everybody who had a part in it so far, objectors too.
    pub fn parts(&self) -> impl Iterator<Item = &Actor> {
        self.officials().chain(self.objections.values().map(|objection| &objection.by))
    }

    /// An objection that still asks for something: for an answer, or for the list to be revised as the answer says.
    pub fn unsettled(&self) -> Option<(&ObjectionId, &Objection)> {
        self.objections
            .iter()
            .find(|(_, objection)| objection.answer.as_ref().is_none_or(|answer| answer.upheld && !answer.followed))
    }

    /// How many parts its state has: what its size in memory grows with.
    pub fn size(&self) -> usize {
        self.candidates.len() + self.inputs.as_ref().map_or(0, BTreeMap::len) + self.objections.len()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &SelectionEvent) {
        match event {
            SelectionEvent::SelectionAnnounced(event) => {
                self.terms = Some(event.terms.clone());
                self.announcer = Some(event.by.clone());
            }
            SelectionEvent::CandidateConsented(event) => {
                self.candidates.insert(event.worker.clone(), event.on);
            }
            SelectionEvent::CandidateWithdrawn(event) => {
                self.candidates.remove(&event.worker);
            }
            SelectionEvent::SelectionSealed(event) => {
                let lines = event.inputs.iter();
                self.inputs = Some(lines.map(|line| (line.worker.clone(), line.figures.clone())).collect());
                self.hands.push(event.by.clone());
            }
            SelectionEvent::SelectionDrawn(event) => {
                self.list = Some(ShortList { lines: event.list.clone(), public_until: event.public_until });
                self.hands.push(event.by.clone());
            }
            SelectionEvent::SelectionObjected(event) => {
                let (by, candidate, reason) = (event.by.clone(), event.candidate.clone(), event.reason.clone());
                self.objections.insert(event.objection.clone(), Objection { by, candidate, reason, answer: None });
            }
            SelectionEvent::SelectionObjectionAnswered(event) => {
                if let Some(objection) = self.objections.get_mut(&event.objection) {
                    let (by, reason, upheld) = (event.by.clone(), event.reason.clone(), event.upheld);
                    objection.answer = Some(Answer { by, reason, upheld, followed: false });
                }
            }
            SelectionEvent::SelectionRevised(event) => {
                let inputs = self.inputs.get_or_insert_default();
                match &event.figures {
                    Some(figures) => {
                        inputs.insert(event.candidate.clone(), figures.clone());
                    }
                    None => {
                        inputs.remove(&event.candidate);
                    }
                }
                self.list = Some(ShortList { lines: event.list.clone(), public_until: event.public_until });
                self.hands.push(event.by.clone());
                let about = self.objections.values_mut().filter(|objection| objection.candidate == event.candidate);
                for answer in about.filter_map(|objection| objection.answer.as_mut()) {
                    answer.followed = true;
                }
            }
            SelectionEvent::SelectionResultRecorded(event) => {
                self.minutes = Some(event.minutes.clone());
            }
        }
    }
}
