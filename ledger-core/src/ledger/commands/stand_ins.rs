//! A Party branch says in place of a partner who left that a visit was made (帮带: 党支部代为确认).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::nothing;
use super::content::Content;
use super::visits::{completing, name_partners, waiting};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{BranchId, PairId, VisitId};
use crate::domain::pair::decide::StandIn;
use crate::domain::refusal::Decision;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Confirm a visit that waits, in place of the partner who left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandInForVisit {
    /// 结对号.
    pub pair: PairId,
    /// 走访号, or the key of the command that reported it.
    pub visit: VisitId,
    /// Which branch says it: the pair's own (所在党支部).
    pub branch: BranchId,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
}

impl Definition for StandInForVisit {
    fn write_content(&self, content: &mut Content) {
        content.text("stand_in_for_visit").text(self.pair.as_str()).text(self.visit.as_str());
        content.text(self.branch.as_str()).maybe(self.on);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Pair(self.pair.clone())]);
        name_partners(&self.pair, book, streams);
        let visit = book.pair(&self.pair).ok().and_then(|pair| pair.visit(&self.visit));
        streams.extend(visit.map(|visit| StreamId::Worker(visit.terms.reporter.clone())));
    }

    /// As a confirmation by the other one of the pair, and then that the branch may say it: it made the pair, and that one
    /// has left by the day of its word.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let pair = process.states.pair(&self.pair)?;
        let terms = pair.require(&self.pair)?;
        let known = waiting(pair, &self.pair, &self.visit)?;
        let helps = process.kept_id(&known.terms.reporter)? == process.kept_id(&terms.helper)?;
        // Who gave an id up is of the pair, and leaves, by the one that is kept.
        let partner = process.kept_id(if helps { &terms.helped } else { &terms.helper })?;
        let row = completing(&self.pair, &self.visit, known, &partner, self.on);
        let Some(on) = row.confirmed_on(process, known.terms.on)? else { return Ok(Vec::new()) };
        row.require_other(process, terms)?;
        let left = process.states.worker(&partner)?.departed().map(|at| at.date());
        let (branch, partner) = (&self.branch, &partner);
        terms.require_stand_in(&self.pair, &StandIn { branch, partner, left, on })?;
        row.confirm(process, known.terms.on, on, Some(branch))
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}
