//! Selections: the list from its view, one of them from its own stream.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::SelectionId;
use ledger_core::domain::selection::event::SelectionEvent;
use ledger_core::domain::selection::formula::{InputLine, ShortListed};
use ledger_core::domain::selection::state::Selection;

use super::Page;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::selection::{SelectionRow, SelectionView};

/// The inputs as they were sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The position of the seal: the inputs are what the ledger said just before it.
    pub position: u64,
    /// By the candidates' ids.
    pub inputs: Vec<InputLine>,
}

/// A short list that hung out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The position at which it was drawn or revised.
    pub position: u64,
    /// Who stands on it, by rank.
    pub lines: Vec<ShortListed>,
    /// The last day of its publicity.
    pub public_until: chrono::NaiveDate,
    /// Who was put right, and why; none for the first list.
    pub revised: Option<(String, String)>,
}

/// A selection, with where in the journal its steps stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SelectionRecord {
    /// As the rules have it.
    pub state: Selection,
    /// The position of the announcement.
    pub announced: u64,
    /// None before the inputs are sealed (评选封存).
    pub sealed: Option<Sealed>,
    /// The lists, first to last.
    pub lists: Vec<Listed>,
    /// The position at which the result was recorded.
    pub recorded: Option<u64>,
}

impl SelectionRecord {
    fn evolve(&mut self, position: u64, event: &SelectionEvent) {
        self.state.evolve(event);
        match event {
            SelectionEvent::SelectionAnnounced(_) => self.announced = position,
            SelectionEvent::SelectionSealed(event) => {
                self.sealed = Some(Sealed { position, inputs: event.inputs.clone() });
            }
            SelectionEvent::SelectionDrawn(event) => {
                let (lines, public_until) = (event.list.clone(), event.public_until);
                self.lists.push(Listed { position, lines, public_until, revised: None });
            }
            SelectionEvent::SelectionRevised(event) => {
                let (lines, public_until) = (event.list.clone(), event.public_until);
                let revised = Some((event.candidate.to_string(), event.reason.clone()));
                self.lists.push(Listed { position, lines, public_until, revised });
            }
            SelectionEvent::SelectionResultRecorded(_) => self.recorded = Some(position),
            SelectionEvent::CandidateConsented(_)
            | SelectionEvent::CandidateWithdrawn(_)
            | SelectionEvent::SelectionObjected(_)
            | SelectionEvent::SelectionObjectionAnswered(_) => {}
        }
    }
}

impl Views {
    /// Selections in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn selections(&self, after: &str, limit: usize) -> Result<Page<SelectionRow>, ViewError> {
        self.page::<SelectionView>("", after, limit).await
    }

    /// A selection from its own stream, as it stood at a position; none where there was no such one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn selection(&self, selection: SelectionId, until: u64) -> Result<Option<SelectionRecord>, ViewError> {
        let mut record = SelectionRecord::default();
        self.each_entry_of(&StreamId::Selection(selection), 0, until, &mut |entry, event| {
            event.as_selection().into_iter().for_each(|event| record.evolve(entry.position, event));
        })
        .await?;
        Ok(Some(record).filter(|record| record.state.terms().is_some()))
    }
}
