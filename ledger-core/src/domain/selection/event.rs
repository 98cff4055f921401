//! What is recorded of a selection. Fields stand in alphabetical order: that is the canonical order of the bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::SelectionTerms;
use super::formula::{Figure, InputLine, ShortListed};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, ObjectionId, SelectionId, WorkerId};
use crate::domain::time::BusinessTime;

/// A selection was announced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectionAnnounced {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// The selection's id.
    pub selection: SelectionId,
    /// The particulars.
    pub terms: SelectionTerms,
    /// Payload version.
    pub v: V1,
}

/// A candidate's word: that they agree, or that they withdraw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateWord {
    /// When it was entered.
    pub at: BusinessTime,
    /// Who entered it.
    pub by: Actor,
    /// On which day it was given.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// SHA-256 of the signed paper, where somebody else entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    /// 评选编号.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// The inputs were fixed: what the ledger said of each candidate just before this entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputsSealed {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// By the candidates' ids.
    pub inputs: Vec<InputLine>,
    /// 评选编号.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
}

/// The short list was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListDrawn {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Who stands on it, by rank.
    pub list: Vec<ShortListed>,
    /// The last day of its publicity.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub public_until: NaiveDate,
    /// 评选编号.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
}

/// Somebody objected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectionMade {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// About whom.
    pub candidate: WorkerId,
    /// The objection's name.
    pub objection: ObjectionId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// To which selection.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
}

/// An objection was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectionAnswered {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// About whom it was.
    pub candidate: WorkerId,
    /// The objection's name: the key of the command that made it.
    pub objection: ObjectionId,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// 评选编号.
    pub selection: SelectionId,
    /// Whether it was right: the list is then to be revised.
    pub upheld: bool,
    /// Payload version.
    pub v: V1,
}

/// A candidate was put right, and the list drawn anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListRevised {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// Who was put right.
    pub candidate: WorkerId,
    /// What the ledger said of them just before this entry; none where they were taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Vec<Figure>>,
    /// Who stands on the list from here on, by rank.
    pub list: Vec<ShortListed>,
    /// The last day of its publicity.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub public_until: NaiveDate,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// 评选编号.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
}

/// A meeting decided. What it decided stands in its minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRecorded {
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The account that acts.
    pub by: Actor,
    /// SHA-256 of the minutes, hexadecimal.
    pub minutes: String,
    /// 评选编号.
    pub selection: SelectionId,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of a selection.
    SelectionEvent of selection: SelectionId {
        /// It was announced.
        SelectionAnnounced(SelectionAnnounced) = "评选公告",
        /// Somebody agreed to be a candidate.
        CandidateConsented(CandidateWord) = "参评同意",
        /// A candidate withdrew.
        CandidateWithdrawn(CandidateWord) = "参评退出",
        /// The inputs were fixed.
        SelectionSealed(InputsSealed) = "评选封存",
        /// The short list was drawn.
        SelectionDrawn(ListDrawn) = "入围名单公示",
        /// Somebody objected.
        SelectionObjected(ObjectionMade) = "评选异议",
        /// An objection was answered.
        SelectionObjectionAnswered(ObjectionAnswered) = "评选异议答复",
        /// The list was revised.
        SelectionRevised(ListRevised) = "入围名单修订",
        /// A meeting decided.
        SelectionResultRecorded(ResultRecorded) = "评选结果登记",
    }
}

impl SelectionEvent {
    /// Whom it is about, beside the selection.
    pub const fn candidate(&self) -> Option<&WorkerId> {
        match self {
            SelectionEvent::CandidateConsented(event) | SelectionEvent::CandidateWithdrawn(event) => {
                Some(&event.worker)
            }
            SelectionEvent::SelectionObjected(event) => Some(&event.candidate),
            SelectionEvent::SelectionObjectionAnswered(event) => Some(&event.candidate),
            SelectionEvent::SelectionRevised(event) => Some(&event.candidate),
            SelectionEvent::SelectionAnnounced(_)
            | SelectionEvent::SelectionSealed(_)
            | SelectionEvent::SelectionDrawn(_)
            | SelectionEvent::SelectionResultRecorded(_) => None,
        }
    }

    /// The inputs, for the event that fixes them.
    pub const fn as_seal(&self) -> Option<&InputsSealed> {
        match self {
            SelectionEvent::SelectionSealed(event) => Some(event),
            SelectionEvent::SelectionAnnounced(_)
            | SelectionEvent::CandidateConsented(_)
            | SelectionEvent::CandidateWithdrawn(_)
            | SelectionEvent::SelectionDrawn(_)
            | SelectionEvent::SelectionObjected(_)
            | SelectionEvent::SelectionObjectionAnswered(_)
            | SelectionEvent::SelectionRevised(_)
            | SelectionEvent::SelectionResultRecorded(_) => None,
        }
    }

    /// The list that hangs out from here on and the last day of its publicity, for the events that draw one.
    pub fn as_list(&self) -> Option<(&[ShortListed], NaiveDate)> {
        match self {
            SelectionEvent::SelectionDrawn(event) => Some((&event.list, event.public_until)),
            SelectionEvent::SelectionRevised(event) => Some((&event.list, event.public_until)),
            SelectionEvent::SelectionAnnounced(_)
            | SelectionEvent::CandidateConsented(_)
            | SelectionEvent::CandidateWithdrawn(_)
            | SelectionEvent::SelectionSealed(_)
            | SelectionEvent::SelectionObjected(_)
            | SelectionEvent::SelectionObjectionAnswered(_)
            | SelectionEvent::SelectionResultRecorded(_) => None,
        }
    }

    /// Why, where that was said.
    pub fn reason(&self) -> Option<&str> {
        match self {
            SelectionEvent::SelectionObjected(event) => Some(&event.reason),
            SelectionEvent::SelectionObjectionAnswered(event) => Some(&event.reason),
            SelectionEvent::SelectionRevised(event) => Some(&event.reason),
            SelectionEvent::SelectionAnnounced(_)
            | SelectionEvent::CandidateConsented(_)
            | SelectionEvent::CandidateWithdrawn(_)
            | SelectionEvent::SelectionSealed(_)
            | SelectionEvent::SelectionDrawn(_)
            | SelectionEvent::SelectionResultRecorded(_) => None,
        }
    }
}
