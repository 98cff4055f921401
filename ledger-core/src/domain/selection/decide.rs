//! The rules of a selection: who may agree until when, what is fixed when, and that nobody has two parts in it.

use std::collections::BTreeSet;

use super::command::{Correction, Hand, Measure, SelectionCommand, SelectionTerms, Word};
use super::event::{
    CandidateWord, InputsSealed, ListDrawn, ListRevised, ObjectionAnswered, ObjectionMade, ResultRecorded,
    SelectionAnnounced, SelectionEvent,
};
use super::formula::{Inputs, lines};
use super::state::{Objection, Selection, ShortList, Stage};
use crate::domain::event::V1;
use crate::domain::ids::{Actor, SelectionId, WorkerId};
use crate::domain::period::Period;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, is_plausible};

/// The most indicators of a formula.
pub const INDICATORS_MAX: usize = 20;
/// The most activities that an indicator names, and occupations that a selection is open to.
pub const NAMED_MAX: usize = 100;
/// The most that one of an indicator is worth.
pub const WEIGHT_MAX: u32 = 1_000_000;
/// The most places of a short list.
pub const PLACES_MAX: u32 = 1_000;
/// The most days that a list hangs out.
pub const PUBLICITY_DAYS_MAX: u32 = 365;
/// The most candidates: all of them are measured in one step.
pub const CANDIDATES_MAX: usize = 2_000;

/// A refusal with its sentence, in short.
fn no<T>(code: Code, message: impl Into<String>) -> Decision<T> {
    Err(Refusal::new(code, message))
}

impl Selection {
    /// Decides a command of this selection.
    ///
    /// # Errors
    /// `not_found`, `duplicate_conflict`, `invalid_input`, `invalid_date`, `invalid_quantity`, `already_decided`,
    /// `outside_window`, `not_eligible`, `unknown_worker`, `same_person`, `too_large`.
    pub fn decide(&self, command: SelectionCommand) -> Decision<Vec<SelectionEvent>> {
        let event = match command {
            SelectionCommand::Announce { at, by, selection, terms } => {
                return self.announce(at, by, selection, terms);
            }
            SelectionCommand::Consent { at, selection, occupation, word } => {
                self.consent(at, selection, occupation.as_deref(), word)?
            }
            SelectionCommand::Withdraw { at, selection, word } => self.withdraw(at, selection, word)?,
            SelectionCommand::Seal { at, hand, selection, inputs } => self.seal(at, &hand, selection, &inputs)?,
            SelectionCommand::Draw { at, hand, selection, public_until } => {
                let terms = self.require(&selection)?;
                let Some(inputs) = self.inputs() else {
                    return no(
                        Code::OutsideWindow,
                        format!("the inputs of {selection} are not sealed; seal them first"),
                    );
                };
                if self.list().is_some() {
                    return no(Code::AlreadyDecided, format!("the short list of {selection} was drawn before"));
                }
                self.require_no_candidate(&hand, &selection)?;
                let list = terms.short_list(inputs)?;
                SelectionEvent::SelectionDrawn(ListDrawn { at, by: hand.by, list, public_until, selection, v: V1 })
            }
            SelectionCommand::Object { at, today, hand, selection, objection, candidate, reason } => {
                let list = self.require_list(&selection)?;
                if self.minutes().is_some() || today > list.public_until {
                    let message = format!("the publicity of {selection} ended on {}", list.public_until);
                    return no(Code::OutsideWindow, message);
                }
                self.require_measured(&selection, &candidate)?;
                self.require_no_open_objection(&hand, &candidate)?;
                let by = hand.by;
                SelectionEvent::SelectionObjected(ObjectionMade {
                    at,
                    by,
                    candidate,
                    objection,
                    reason,
                    selection,
                    v: V1,
                })
            }
            SelectionCommand::Answer { at, hand, selection, objection, upheld, reason } => {
                self.require(&selection)?;
                let Some(known) = self.objections().get(&objection) else {
                    return no(Code::NotFound, format!("{selection} has no objection {objection}"));
                };
                if known.answer.is_some() {
                    return no(Code::AlreadyDecided, format!("objection {objection} was answered before"));
                }
                self.require_no_part(&hand, &selection)?;
                let (by, candidate) = (hand.by, known.candidate.clone());
                let answered = ObjectionAnswered { at, by, candidate, objection, reason, selection, upheld, v: V1 };
                SelectionEvent::SelectionObjectionAnswered(answered)
            }
            SelectionCommand::Revise { at, hand, selection, candidate, correction, public_until, reason } => {
                let revised = self.revise(&hand, &selection, &candidate, correction)?;
                let (inputs, figures) = revised;
                let list = self.require(&selection)?.short_list(&inputs)?;
                let by = hand.by;
                let revised = ListRevised { at, by, candidate, figures, list, public_until, reason, selection, v: V1 };
                SelectionEvent::SelectionRevised(revised)
            }
            SelectionCommand::Record { at, today, hand, selection, minutes } => {
                self.record(at, today, &hand, selection, minutes)?
            }
        };
        Ok(vec![event])
    }

    /// The selection must have been announced.
    ///
    /// # Errors
    /// `not_found`.
    pub fn require(&self, selection: &SelectionId) -> Decision<&SelectionTerms> {
        let message = || format!("no selection {selection}; announce it first (评选公告)");
        self.terms().ok_or_else(|| Refusal::new(Code::NotFound, message()))
    }

    fn announce(
        &self,
        at: BusinessTime,
        by: Actor,
        selection: SelectionId,
        terms: SelectionTerms,
    ) -> Decision<Vec<SelectionEvent>> {
        terms.check(&selection)?;
        match self.terms() {
            None => {
                let announced = SelectionAnnounced { at, by, selection, terms, v: V1 };
                Ok(vec![SelectionEvent::SelectionAnnounced(announced)])
            }
            Some(known) if *known == terms => Ok(Vec::new()),
            Some(_) => {
                let message =
                    format!("{selection} was announced with other terms, and these stand; announce another one");
                no(Code::DuplicateConflict, message)
            }
        }
    }

    fn consent(
        &self,
        at: BusinessTime,
        selection: SelectionId,
        occupation: Option<&str>,
        word: Word,
    ) -> Decision<SelectionEvent> {
        let terms = self.require(&selection)?;
        let Word { hand, paper, on, worker } = self.require_open(&selection, at, word)?;
        if self.candidates().contains_key(&worker) {
            return no(Code::AlreadyDecided, format!("{worker} is a candidate of {selection} already"));
        }
        if terms.consent_until.is_some_and(|until| on > until) {
            let until = terms.consent_until.map(|until| until.to_string()).unwrap_or_default();
            return no(Code::OutsideWindow, format!("candidates of {selection} agree until {until}"));
        }
        let open_to = |named: &String| Some(named.as_str()) == occupation;
        if !terms.occupations.is_empty() && !terms.occupations.iter().any(open_to) {
            let message =
                format!("{selection} is open to {}, and {worker} is none of them", terms.occupations.join("、"));
            return no(Code::NotEligible, message);
        }
        if self.candidates().len() >= CANDIDATES_MAX {
            return no(Code::TooLarge, format!("{selection} has {CANDIDATES_MAX} candidates; it takes no more"));
        }
        Ok(SelectionEvent::CandidateConsented(CandidateWord { at, by: hand.by, on, paper, selection, v: V1, worker }))
    }

    fn withdraw(&self, at: BusinessTime, selection: SelectionId, word: Word) -> Decision<SelectionEvent> {
        self.require(&selection)?;
        let Word { hand, paper, on, worker } = self.require_open(&selection, at, word)?;
        if !self.candidates().contains_key(&worker) {
            return no(Code::NotFound, format!("{worker} is no candidate of {selection}"));
        }
        Ok(SelectionEvent::CandidateWithdrawn(CandidateWord { at, by: hand.by, on, paper, selection, v: V1, worker }))
    }

    /// Candidates come and go until the inputs are sealed; of others somebody else holds the signed paper.
    fn require_open(&self, selection: &SelectionId, at: BusinessTime, word: Word) -> Decision<Word> {
        if self.stage() != Stage::Announced {
            let message = format!(
                "the inputs of {selection} are sealed; who is no candidate any more is taken off by a revision of the list"
            );
            return no(Code::AlreadyDecided, message);
        }
        if !is_plausible(word.on) || word.on > at.date() {
            return no(Code::InvalidDate, format!("the word of {} cannot be of {}", word.worker, word.on));
        }
        if word.hand.worker.as_ref() == Some(&word.worker) {
            // What one says oneself is said now: a day of one's own choice would lie before every last day.
            if word.on != at.date() {
                return no(Code::InvalidDate, "one's own word is of today; leave the day out");
            }
        } else if word.paper.is_none() {
            let message = format!("{} agrees by a signed paper; give its SHA-256 as `paper`", word.worker);
            return no(Code::InvalidInput, message);
        }
        if let Some(paper) = &word.paper {
            check_digest(paper, "paper")?;
        }
        Ok(word)
    }

    fn seal(&self, at: BusinessTime, hand: &Hand, selection: SelectionId, inputs: &Inputs) -> Decision<SelectionEvent> {
        let terms = self.require(&selection)?;
        if self.stage() != Stage::Announced {
            return no(Code::AlreadyDecided, format!("the inputs of {selection} were sealed before"));
        }
        self.require_no_candidate(hand, &selection)?;
        if at.date() < terms.cut_off {
            return no(
                Code::OutsideWindow,
                format!("services through {} count in {selection}; seal then", terms.cut_off),
            );
        }
        if let Some(until) = terms.consent_until.filter(|until| at.date() <= *until) {
            return no(
                Code::OutsideWindow,
                format!("candidates of {selection} may agree through {until}; seal after it"),
            );
        }
        if inputs.is_empty() {
            return no(
                Code::NotEligible,
                format!("nobody agreed to be a candidate of {selection}; there is nothing to seal"),
            );
        }
        // Found here and not when the list is drawn, while the terms can still be announced anew.
        terms.short_list(inputs)?;
        let sealed = InputsSealed { at, by: hand.by.clone(), inputs: lines(inputs), selection, v: V1 };
        Ok(SelectionEvent::SelectionSealed(sealed))
    }

    /// The inputs as they are once a candidate was put right, and the new figures of that one.
    fn revise(
        &self,
        hand: &Hand,
        selection: &SelectionId,
        candidate: &WorkerId,
        correction: Correction,
    ) -> Decision<(Inputs, Option<Vec<super::formula::Figure>>)> {
        self.require_list(selection)?;
        if self.minutes().is_some() {
            return no(Code::AlreadyDecided, format!("the result of {selection} is recorded; its list stands"));
        }
        self.require_measured(selection, candidate)?;
        self.require_no_candidate(hand, selection)?;
        let about = self.objections().values().filter(|objection| objection.candidate == *candidate);
        if about.into_iter().any(|objection| hand.is(&objection.by)) {
            let message = format!("{} objected to {candidate}; another person must revise the list", hand.by);
            return no(Code::SamePerson, message);
        }
        let mut inputs = self.inputs().cloned().unwrap_or_default();
        let figures = match correction {
            Correction::Remove => {
                inputs.remove(candidate);
                None
            }
            Correction::Measure(figures) => {
                if inputs.insert(candidate.clone(), figures.clone()).as_ref() == Some(&figures) {
                    let message = format!("the ledger says of {candidate} what is sealed; correct the services first");
                    return no(Code::InvalidInput, message);
                }
                Some(figures)
            }
        };
        Ok((inputs, figures))
    }

    fn record(
        &self,
        at: BusinessTime,
        today: chrono::NaiveDate,
        hand: &Hand,
        selection: SelectionId,
        minutes: String,
    ) -> Decision<SelectionEvent> {
        let list = self.require_list(&selection)?;
        if self.minutes().is_some() {
            return no(Code::AlreadyDecided, format!("the result of {selection} was recorded before"));
        }
        if self.announcer().is_some_and(|announcer| hand.is(announcer)) {
            let message = format!("{} announced {selection}; another person must record its result", hand.by);
            return no(Code::SamePerson, message);
        }
        self.require_no_candidate(hand, &selection)?;
        let days = self.require(&selection)?.publicity_days;
        if days > 0 && today <= list.public_until {
            return no(Code::OutsideWindow, format!("the list of {selection} is public through {}", list.public_until));
        }
        if let Some((name, objection)) = self.unsettled() {
            let wants = if objection.answer.is_none() { "an answer" } else { "the list to be revised" };
            return no(
                Code::OutsideWindow,
                format!("objection {name} to {} still asks for {wants}", objection.candidate),
            );
        }
        check_digest(&minutes, "minutes")?;
        let recorded = ResultRecorded { at, by: hand.by.clone(), minutes, selection, v: V1 };
        Ok(SelectionEvent::SelectionResultRecorded(recorded))
    }

    fn require_list(&self, selection: &SelectionId) -> Decision<&ShortList> {
        self.require(selection)?;
        let message = || format!("the short list of {selection} is not drawn yet");
        self.list().ok_or_else(|| Refusal::new(Code::OutsideWindow, message()))
    }

    fn require_measured(&self, selection: &SelectionId, candidate: &WorkerId) -> Decision<()> {
        if self.inputs().is_some_and(|inputs| inputs.contains_key(candidate)) {
            return Ok(());
        }
        no(Code::UnknownWorker, format!("{candidate} is no candidate of {selection}"))
    }

    /// Nobody runs what one stands in oneself.
    fn require_no_candidate(&self, hand: &Hand, selection: &SelectionId) -> Decision<()> {
        match hand.worker.as_ref().filter(|worker| self.candidates().contains_key(*worker)) {
            None => Ok(()),
            Some(worker) => {
                let message = format!("{} is candidate {worker} of {selection}; another person must do it", hand.by);
                no(Code::SamePerson, message)
            }
        }
    }

    /// Whoever answers objected to nothing of it, and announced, sealed, drew or revised nothing of it.
    fn require_no_part(&self, hand: &Hand, selection: &SelectionId) -> Decision<()> {
        self.require_no_candidate(hand, selection)?;
        let objectors = self.objections().values().map(|objection| &objection.by);
        if objectors.chain(self.hands_so_far()).any(|actor| hand.is(actor)) {
            let message = format!("{} had a part in {selection}; another person must answer the objection", hand.by);
            return no(Code::SamePerson, message);
        }
        Ok(())
    }

    /// One objection of a person to a candidate at a time.
    fn require_no_open_objection(&self, hand: &Hand, candidate: &WorkerId) -> Decision<()> {
        let same = |objection: &Objection| {
            objection.answer.is_none() && objection.candidate == *candidate && hand.is(&objection.by)
        };
        match self.objections().iter().find(|(_, objection)| same(objection)) {
            Some((name, _)) => {
                no(Code::AlreadyDecided, format!("objection {name} to {candidate} waits for an answer already"))
            }
            None => Ok(()),
        }
    }
}

impl SelectionTerms {
    /// Terms must be such that a list can come of them.
    ///
    /// # Errors
    /// `invalid_input`, `invalid_date`.
    fn check(&self, selection: &SelectionId) -> Decision<()> {
        Period { from: self.from, through: Some(self.cut_off) }.check(&format!("{selection}: from and cut_off"))?;
        if self.consent_until.is_some_and(|until| !is_plausible(until)) {
            return no(Code::InvalidDate, format!("{selection}: consent_until lies outside the years 1900 to 9998"));
        }
        let wrong = |what: String| no(Code::InvalidInput, format!("{selection}: {what}"));
        if self.name.trim().is_empty() {
            return wrong("name: it needs one".to_owned());
        }
        if !(1..=PLACES_MAX).contains(&self.places) {
            return wrong(format!("places: a number from 1 to {PLACES_MAX}"));
        }
        if self.publicity_days > PUBLICITY_DAYS_MAX {
            return wrong(format!("publicity_days: at most {PUBLICITY_DAYS_MAX}"));
        }
        if self.occupations.len() > NAMED_MAX {
            return wrong(format!("occupations: at most {NAMED_MAX}"));
        }
        if !(1..=INDICATORS_MAX).contains(&self.indicators.len()) {
            return wrong(format!("indicators: from 1 to {INDICATORS_MAX}"));
        }
        let mut codes = BTreeSet::new();
        for indicator in &self.indicators {
            let code = &indicator.code;
            if !codes.insert(code) {
                return wrong(format!("indicators: {code} stands twice"));
            }
            if !(1..=WEIGHT_MAX).contains(&indicator.weight) {
                return wrong(format!("indicators: the weight of {code} is a whole number from 1 to {WEIGHT_MAX}"));
            }
            if indicator.activities.len() > NAMED_MAX {
                return wrong(format!("indicators: {code} names more than {NAMED_MAX} activities"));
            }
            // Hours and pieces are never added up.
            if indicator.measure == Measure::Quantity && indicator.activities.is_empty() {
                return wrong(format!("indicators: {code} counts units of service; name the activities of that unit"));
            }
        }
        match &self.tie_by {
            Some(code) if !codes.contains(code) => wrong(format!("tie_by: there is no indicator {code}")),
            Some(_) | None => Ok(()),
        }
    }
}

/// A digest is 64 lower-case hexadecimal digits.
fn check_digest(digest: &str, field: &str) -> Decision<()> {
    if digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    no(Code::InvalidInput, format!("{field}: a SHA-256 of 64 hexadecimal digits in lower case"))
}
