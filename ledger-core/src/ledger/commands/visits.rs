//! Visits within a pair (走访记录): one reports, the other confirms.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::nothing;
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{ActivityCode, BranchId, Key, PairId, VisitId, WorkerId};
use crate::domain::pair::command::{Confirmation, PairTerms, VisitTerms};
use crate::domain::pair::state::Visit;
use crate::domain::pair::{Pair, PairCommand};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::command::OfWorker;
use crate::ledger::book::Book;
use crate::ledger::process::rows::{Earned, conflict};
use crate::ledger::process::{Process, States};

/// The two of a pair, who may have other ids by now.
pub(super) fn name_partners(pair: &PairId, book: &Book, streams: &mut Vec<StreamId>) {
    let terms = book.pair(pair).ok().and_then(|pair| pair.terms());
    streams.extend(terms.into_iter().flat_map(|terms| [&terms.helped, &terms.helper]).cloned().map(StreamId::Worker));
}

/// The last columns of the row, as far as they are filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedConfirmation {
    /// Who; `None` where it is blank.
    pub by: Option<WorkerId>,
    /// When; `None` where it is blank or no date.
    pub on: Option<NaiveDate>,
}

/// Record a visit, or complete the row of one that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordVisit {
    /// The row's key.
    pub visit: VisitId,
    /// 结对号.
    pub pair: PairId,
    /// What it is scored as.
    pub activity: ActivityCode,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
    /// Who reports it.
    pub reporter: WorkerId,
    /// The last columns; `None` where all of them are blank.
    pub confirmation: Option<AskedConfirmation>,
    /// Whether a row that waits is completed. Its key is another one than the row's.
    pub completes: bool,
}

impl Definition for RecordVisit {
    /// The row's key stands for its first columns; what completes it has a key of its own.
    fn write_content(&self, content: &mut Content) {
        content.text("record_visit").text(self.pair.as_str()).text(self.activity.as_str()).maybe(self.on);
        content.text(self.reporter.as_str());
        if let (true, Some(confirmation)) = (self.completes, &self.confirmation) {
            content.text("completes").text(self.visit.as_str()).maybe(confirmation.by.as_ref()).maybe(confirmation.on);
        }
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Pair(self.pair.clone())]);
        name_partners(&self.pair, book, streams);
        let confirmer = self.confirmation.as_ref().and_then(|confirmation| confirmation.by.as_ref());
        streams.extend([Some(&self.reporter), confirmer].into_iter().flatten().cloned().map(StreamId::Worker));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        if self.completes { self.complete(process) } else { self.record(process) }
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.visit.as_str(), "the visit's number"))
    }

    nothing!(texts, named_key, free_text, begins, at_counter, settings);
}

impl RecordVisit {
    /// The order of checks: pair, activity, dates (also confirmed before the visit), the pair's days, both workers, that
    /// they are two, that they are of the pair, caps.
    fn record<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let pair = process.states.pair(&self.pair)?;
        let terms = pair.require(&self.pair)?;
        process.require_activity(&self.activity)?;
        let Some(on) = self.on.filter(|on| is_plausible(*on)) else {
            return Err(Refusal::new(Code::InvalidDate, "the day of the visit is not a date"));
        };
        let confirmed_on = self.confirmed_on(process, on)?;
        process.clock.require_past(BusinessTime::start_of(on), "the visit on")?;
        terms.require_on(&self.pair, on)?;
        process.require_worker(&self.reporter)?;
        self.require_other(process, terms)?;
        let at = BusinessTime::start_of(on);
        let visit = VisitTerms { activity: self.activity.clone(), on, reporter: self.reporter.clone() };
        let report = PairCommand::Report { at, pair: self.pair.clone(), visit: self.visit.clone(), terms: visit };
        let mut events: Vec<Event> = pair.decide(report)?.into_iter().map(Event::Pair).collect();
        if let Some(confirmed_on) = confirmed_on {
            events.extend(self.confirm(process, on, confirmed_on, None)?);
        }
        Ok(events)
    }

    /// Only what is added is checked.
    fn complete<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let pair = process.states.pair(&self.pair)?;
        let terms = pair.require(&self.pair)?;
        let Some(known) = pair.visit(&self.visit) else { return Err(conflict(&self.visit)) };
        let same = known.terms.activity == self.activity
            && Some(known.terms.on) == self.on
            && known.terms.reporter == self.reporter;
        if !same {
            return Err(conflict(&self.visit));
        }
        let confirmed_on = self.confirmed_on(process, known.terms.on)?;
        let asked = self.confirmation.as_ref().and_then(|confirmation| confirmation.by.clone()).zip(confirmed_on);
        let Some((by, on)) = asked else { return Ok(Vec::new()) };
        match &known.confirmation {
            // No sheet has a column for a branch that stood in.
            Some(confirmation) if confirmation.by == by && confirmation.on == on => return Ok(Vec::new()),
            Some(_) => return Err(conflict(&self.visit)),
            None => {}
        }
        self.require_other(process, terms)?;
        self.confirm(process, known.terms.on, on, None)
    }

    /// The day of the confirmation, where there is one.
    pub(super) fn confirmed_on<S: States>(
        &self,
        process: &Process<'_, S>,
        visited: NaiveDate,
    ) -> Decision<Option<NaiveDate>> {
        let Some(confirmation) = &self.confirmation else { return Ok(None) };
        let whole = confirmation.on.filter(|on| is_plausible(*on) && confirmation.by.is_some());
        match whole {
            Some(on) if visited <= on => {
                process.clock.require_past(BusinessTime::start_of(on), "the confirmation on")?;
                Ok(Some(on))
            }
            Some(on) => {
                let message = format!("the visit on {visited} cannot be confirmed before, on {on}");
                Err(Refusal::new(Code::InvalidDate, message))
            }
            None => {
                let message = "a confirmation has both 确认人编号 and 确认日期, a date; or leave both blank";
                Err(Refusal::new(Code::InvalidDate, message))
            }
        }
    }

    pub(super) fn require_other<S: States>(&self, process: &Process<'_, S>, terms: &PairTerms) -> Decision<()> {
        let confirmer = self.confirmation.as_ref().and_then(|confirmation| confirmation.by.as_ref());
        if let Some(confirmer) = confirmer {
            process.require_worker(confirmer)?;
        }
        // Whoever gave an id up is of the pair by the one that is kept.
        let kept = |worker: &WorkerId| process.kept_id(worker);
        let (helped, helper) = (kept(&terms.helped)?, kept(&terms.helper)?);
        let terms = PairTerms { helped, helper, ..terms.clone() };
        let confirmer = confirmer.map(kept).transpose()?;
        terms.require_partners(&self.pair, &kept(&self.reporter)?, confirmer.as_ref())
    }

    /// One unit for who reported it, on the day of the confirmation; by a branch where one stands in.
    pub(super) fn confirm<S: States>(
        &self,
        process: &Process<'_, S>,
        visited: NaiveDate,
        on: NaiveDate,
        branch: Option<&BranchId>,
    ) -> Decision<Vec<Event>> {
        let Some(by) = self.confirmation.as_ref().and_then(|confirmation| confirmation.by.clone()) else {
            return Ok(Vec::new());
        };
        process.require_other_than(&self.reporter, "confirm the own visit")?;
        let at = BusinessTime::start_of(on);
        let earned = Earned {
            activity: &self.activity,
            credit: (&Key::from(&self.visit)).into(),
            done_on: visited,
            of: OfWorker { worker: self.reporter.clone(), at },
            on,
            quantity: Quantity::from_millionths(1_000_000),
            source: self.pair.to_string(),
        };
        let credit = process.earn(earned)?;
        let confirmation = Confirmation { branch: branch.cloned(), by, on };
        let confirm = PairCommand::Confirm { at, pair: self.pair.clone(), visit: self.visit.clone(), confirmation };
        let confirmed = process.states.pair(&self.pair)?.decide(confirm)?;
        Ok(confirmed.into_iter().map(Event::Pair).chain(credit).collect())
    }
}

/// A visit of a pair that nobody confirmed yet.
///
/// # Errors
/// `unknown_pair`, `already_decided`.
pub(super) fn waiting<'a>(pair: &'a Pair, id: &PairId, visit: &VisitId) -> Decision<&'a Visit> {
    let Some(known) = pair.visit(visit) else {
        let message = format!("pair {id} has no visit {visit}; report it first (走访记录)");
        return Err(Refusal::new(Code::UnknownPair, message));
    };
    if known.confirmation.is_some() {
        return Err(Refusal::new(Code::AlreadyDecided, format!("visit {visit} was confirmed before")));
    }
    Ok(known)
}

/// The row of a visit that waits, with its last columns filled in.
pub(super) fn completing(
    pair: &PairId,
    visit: &VisitId,
    known: &Visit,
    by: &WorkerId,
    on: Option<NaiveDate>,
) -> RecordVisit {
    RecordVisit {
        visit: visit.clone(),
        pair: pair.clone(),
        activity: known.terms.activity.clone(),
        on: Some(known.terms.on),
        reporter: known.terms.reporter.clone(),
        confirmation: Some(AskedConfirmation { by: Some(by.clone()), on }),
        completes: true,
    }
}

/// Confirm a visit that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmVisit {
    /// 结对号.
    pub pair: PairId,
    /// 走访号, or the key of the command that reported it.
    pub visit: VisitId,
    /// Who of the two confirms it.
    pub by: WorkerId,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for ConfirmVisit {
    fn write_content(&self, content: &mut Content) {
        content.text("confirm_visit").text(self.pair.as_str()).text(self.visit.as_str());
        content.text(self.by.as_str()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Pair(self.pair.clone()), StreamId::Worker(self.by.clone())]);
        name_partners(&self.pair, book, streams);
        let visit = book.pair(&self.pair).ok().and_then(|pair| pair.visit(&self.visit));
        streams.extend(visit.map(|visit| StreamId::Worker(visit.terms.reporter.clone())));
    }

    /// The pair, the visit, that it was not confirmed yet; then as a row that is completed.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let pair = process.states.pair(&self.pair)?;
        pair.require(&self.pair)?;
        let known = waiting(pair, &self.pair, &self.visit)?;
        completing(&self.pair, &self.visit, known, &self.by, self.on).complete(process)
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
