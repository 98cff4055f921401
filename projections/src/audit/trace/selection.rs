//! A selection, step by step.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::SelectionId;
use ledger_core::domain::selection::{Selection, SelectionEvent};
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::thing::Follow;
use super::{SelectionStanding, Standing, TraceLine, begun};

pub(super) struct SelectionTrace {
    id: SelectionId,
    state: Selection,
}

impl SelectionTrace {
    pub(super) fn new(id: SelectionId) -> SelectionTrace {
        SelectionTrace { id, state: Selection::default() }
    }
}

impl Follow for SelectionTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_selection().is_some_and(|own| own.selection() == &self.id)
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let own = event.as_selection().filter(|own| own.selection() == &self.id)?;
        self.state.evolve(own);
        let line = begun(entry, event, self.standing());
        Some(TraceLine { subject: objection(own).unwrap_or_default(), facts: facts(own).told(), ..line })
    }

    fn standing(&self) -> Standing {
        let unsettled = self
            .state
            .objections()
            .values()
            .filter(|objection| objection.answer.as_ref().is_none_or(|answer| answer.upheld && !answer.followed));
        Standing::Selection(SelectionStanding {
            stage: self.state.stage(),
            candidates: count(self.state.candidates().len()),
            listed: count(self.state.list().map_or(0, |list| list.lines.len())),
            objections: count(unsettled.count()),
        })
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The objection that an event is about.
fn objection(event: &SelectionEvent) -> Option<String> {
    match event {
        SelectionEvent::SelectionObjected(event) => Some(event.objection.to_string()),
        SelectionEvent::SelectionObjectionAnswered(event) => Some(event.objection.to_string()),
        SelectionEvent::SelectionAnnounced(_)
        | SelectionEvent::CandidateConsented(_)
        | SelectionEvent::CandidateWithdrawn(_)
        | SelectionEvent::SelectionSealed(_)
        | SelectionEvent::SelectionDrawn(_)
        | SelectionEvent::SelectionRevised(_)
        | SelectionEvent::SelectionResultRecorded(_) => None,
    }
}

fn facts(event: &SelectionEvent) -> Facts {
    let facts = Facts::new();
    match event {
        SelectionEvent::SelectionAnnounced(event) => facts
            .with(FactName::Name, &event.terms.name)
            .with(FactName::Places, event.terms.places)
            .maybe(FactName::From, event.terms.from)
            .with(FactName::CutOff, event.terms.cut_off),
        SelectionEvent::CandidateConsented(event) | SelectionEvent::CandidateWithdrawn(event) => {
            facts.on(event.on, event.at).maybe(FactName::Digest, event.paper.as_ref())
        }
        SelectionEvent::SelectionSealed(event) => facts.with(FactName::Candidates, event.inputs.len()),
        SelectionEvent::SelectionDrawn(event) => {
            facts.with(FactName::Listed, event.list.len()).with(FactName::PublicUntil, event.public_until)
        }
        SelectionEvent::SelectionObjected(_) => facts,
        SelectionEvent::SelectionObjectionAnswered(event) => facts.with(FactName::Upheld, event.upheld),
        SelectionEvent::SelectionRevised(event) => {
            facts.with(FactName::Listed, event.list.len()).with(FactName::PublicUntil, event.public_until)
        }
        SelectionEvent::SelectionResultRecorded(event) => facts.with(FactName::Digest, &event.minutes),
    }
}
