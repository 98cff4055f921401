//! What is asked of a selection, and the values it is asked with.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::formula::{Figure, Inputs};
use crate::domain::ids::{ActivityCode, Actor, IndicatorCode, ObjectionId, SelectionId, WorkerId};
use crate::domain::time::BusinessTime;

/// What an indicator counts of the services that were confirmed and not taken back. Spending is none of them, and nothing
/// is typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The points credited for them (积分).
    CreditedPoints,
    /// Their units of service (服务时长 where the unit is an hour), cut to hundredths.
    Quantity,
    /// The days on which there was one (服务天数).
    ServiceDays,
    /// How many there were (服务次数).
    Services,
}

/// One line of the formula (评选指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// The activities that it looks at; all of them where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<ActivityCode>,
    /// Its name within the selection.
    pub code: IndicatorCode,
    /// What it counts.
    pub measure: Measure,
    /// What one of it is worth (权重).
    pub weight: u32,
}

/// A selection as it is announced. None of it changes afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionTerms {
    /// The last day on which somebody may agree to be a candidate; none until the inputs are sealed.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub consent_until: Option<NaiveDate>,
    /// The last service date that counts (截止日期).
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub cut_off: NaiveDate,
    /// The first service date that counts; none from ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub from: Option<NaiveDate>,
    /// The formula.
    pub indicators: Vec<Indicator>,
    /// Its name (评选名称).
    pub name: String,
    /// Who may be a candidate, by occupation; anybody where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub occupations: Vec<String>,
    /// How many the short list is meant to have (入围名额); ties at its end make it longer.
    pub places: u32,
    /// How many days the short list hangs out (公示天数).
    pub publicity_days: u32,
    /// The indicator that decides between equal scores; without one, and where that is equal too, both stand together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie_by: Option<IndicatorCode>,
}

/// Whoever acts for the district, and as whom they had a part in the selection before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// With which account.
    pub by: Actor,
    /// Other actors of this selection who are the same person.
    pub alike: Vec<Actor>,
    /// Which worker the person is, where that was said.
    pub worker: Option<WorkerId>,
}

impl Hand {
    /// Whether an actor is the same person.
    pub fn is(&self, actor: &Actor) -> bool {
        self.by == *actor || self.alike.contains(actor)
    }
}

/// How a candidate is put right after the list was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// Taken off: the person withdrew, or was no candidate to begin with.
    Remove,
    /// Measured anew, by what the ledger says now of the same days.
    Measure(Vec<Figure>),
}

/// A candidate's word, as whoever enters it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Who enters it.
    pub hand: Hand,
    /// SHA-256 of the signed paper, hexadecimal; the candidates themselves need none.
    pub paper: Option<String>,
    /// On which day it was given.
    pub on: NaiveDate,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// Commands of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionCommand {
    /// Announce it.
    Announce {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts.
        by: Actor,
        /// The selection's id.
        selection: SelectionId,
        /// The particulars.
        terms: SelectionTerms,
    },
    /// Somebody agrees to be a candidate.
    Consent {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The selection's id.
        selection: SelectionId,
        /// The occupation of whoever agrees.
        occupation: Option<String>,
        /// Of whom, of which day, by whom it was entered, and the digest of the signed paper.
        word: Word,
    },
    /// A candidate withdraws.
    Withdraw {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The selection's id.
        selection: SelectionId,
        /// Of whom, of which day, by whom it was entered, and the digest of the signed paper.
        word: Word,
    },
    /// Fix the inputs.
    Seal {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// What the ledger says of each candidate.
        inputs: Inputs,
    },
    /// Draw the short list of them, and hang it out.
    Draw {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// The last day of its publicity.
        public_until: NaiveDate,
    },
    /// Object to how a candidate was measured, or that there is such a candidate.
    Object {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The day on which it enters the ledger.
        today: NaiveDate,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// The objection's name.
        objection: ObjectionId,
        /// About whom.
        candidate: WorkerId,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Answer an objection.
    Answer {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// The key of the command that objected.
        objection: ObjectionId,
        /// Whether it was right.
        upheld: bool,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Put a candidate right, and hang the list out anew.
    Revise {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// The candidate's id as a worker (编号).
        candidate: WorkerId,
        /// How the shelf was put right.
        correction: Correction,
        /// The last day of the new list's publicity.
        public_until: NaiveDate,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Record that a meeting decided.
    Record {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The day on which it enters the ledger.
        today: NaiveDate,
        /// The account that acts, and those that are the same person.
        hand: Hand,
        /// The selection's id.
        selection: SelectionId,
        /// SHA-256 of the minutes, hexadecimal.
        minutes: String,
    },
}
