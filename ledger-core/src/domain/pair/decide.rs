//! The rules of a pair: through which days it holds, and that one reports and the other confirms.

use chrono::NaiveDate;

use super::command::{PairCommand, PairTerms};
use super::event::{PairEvent, PairRecorded, VisitConfirmed, VisitReported};
use super::state::Pair;
use crate::domain::event::V1;
use crate::domain::ids::{BranchId, PairId, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};

impl Pair {
    /// Decides a command of this pair.
    ///
    /// # Errors
    /// `unknown_pair`, `invalid_date`, `same_person`.
    pub fn decide(&self, command: PairCommand) -> Decision<Vec<PairEvent>> {
        match command {
            PairCommand::Open { at, pair, terms } => {
                if terms.helper == terms.helped {
                    let message = format!("pair {pair}: nobody is paired with oneself");
                    return Err(Refusal::new(Code::SamePerson, message));
                }
                if terms.ended.is_some_and(|ended| ended < terms.since) {
                    let message = format!("pair {pair} would end before it begins on {}", terms.since);
                    return Err(Refusal::new(Code::InvalidDate, message));
                }
                if self.terms() == Some(&terms) {
                    return Ok(Vec::new());
                }
                let recorded = PairRecorded { at, pair, terms, v: V1 };
                Ok(vec![if self.terms().is_some() {
                    PairEvent::PairUpdated(recorded)
                } else {
                    PairEvent::PairOpened(recorded)
                }])
            }
            PairCommand::Report { at, pair, visit, terms } => {
                self.require(&pair)?;
                Ok(vec![PairEvent::VisitReported(VisitReported { at, pair, terms, v: V1, visit })])
            }
            PairCommand::Confirm { at, pair, visit, confirmation } => {
                self.require(&pair)?;
                Ok(vec![PairEvent::VisitConfirmed(VisitConfirmed { at, confirmation, pair, v: V1, visit })])
            }
        }
    }

    /// The pair must be known.
    ///
    /// # Errors
    /// `unknown_pair`.
    pub fn require(&self, pair: &PairId) -> Decision<&PairTerms> {
        self.terms()
            .ok_or_else(|| Refusal::new(Code::UnknownPair, format!("no pair {pair}; register it first (帮带结对)")))
    }
}

/// A branch that says something in a partner's place.
#[derive(Debug, Clone, Copy)]
pub struct StandIn<'a> {
    /// 所在党支部, which made the pair.
    pub branch: &'a BranchId,
    /// In whose place.
    pub partner: &'a WorkerId,
    /// On which day the partner left the programme; none while that one is there.
    pub left: Option<NaiveDate>,
    /// The day of the word.
    pub on: NaiveDate,
}

impl PairTerms {
    /// The pair must hold on a day.
    ///
    /// # Errors
    /// `pair_ended`.
    pub fn require_on(&self, pair: &PairId, day: NaiveDate) -> Decision<()> {
        if self.holds(day) {
            return Ok(());
        }
        Err(Refusal::new(Code::PairEnded, format!("{pair} is no pair on {day}")))
    }

    /// One reports and the other confirms, both of the pair.
    ///
    /// # Errors
    /// `same_person`, `not_a_partner`.
    pub fn require_partners(&self, pair: &PairId, reporter: &WorkerId, confirmer: Option<&WorkerId>) -> Decision<()> {
        if confirmer == Some(reporter) {
            let message = format!("{reporter} reported the visit; the other one of {pair} must confirm it");
            return Err(Refusal::new(Code::SamePerson, message));
        }
        match [Some(reporter), confirmer].into_iter().flatten().find(|worker| !self.includes(worker)) {
            Some(stranger) => Err(Refusal::new(Code::NotAPartner, format!("{stranger} is not one of pair {pair}"))),
            None => Ok(()),
        }
    }

    /// Only the branch that made the pair says something in a partner's place, and only where the partner has left by the
    /// day of its word (帮带: the branch may stand in for a partner who left).
    ///
    /// # Errors
    /// `not_a_partner`.
    pub fn require_stand_in(&self, pair: &PairId, asked: &StandIn<'_>) -> Decision<()> {
        let StandIn { branch, partner, left, on } = *asked;
        if self.branch.as_ref() != Some(branch) {
            let message = format!("pair {pair} is not of branch {branch}; only its own branch stands in for a partner");
            return Err(Refusal::new(Code::NotAPartner, message));
        }
        match left {
            Some(left) if left <= on => Ok(()),
            Some(left) => {
                let message = format!("{partner} left on {left}, after {on}; branch {branch} stands in from then on");
                Err(Refusal::new(Code::NotAPartner, message))
            }
            None => {
                let message =
                    format!("{partner} has not left; the visit is theirs to confirm, and not branch {branch}'s");
                Err(Refusal::new(Code::NotAPartner, message))
            }
        }
    }

    /// Whether two pairs are the same two people helping each other on some day (互相帮带).
    pub fn is_reciprocal_to(&self, other: &PairTerms) -> bool {
        let turned = self.helper == other.helped && self.helped == other.helper;
        let begun = self.since.max(other.since);
        turned && self.holds(begun) && other.holds(begun)
    }
}
