//! One row a selection: what was announced, and how far it has come. Inputs and lists are read from its own stream.

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::selection::SelectionEvent;
use ledger_core::domain::selection::command::SelectionTerms;
use ledger_core::domain::selection::state::Stage;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A selection's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SelectionRow {
    /// The particulars.
    pub terms: Option<SelectionTerms>,
    /// How far it has come.
    pub stage: Option<Stage>,
    /// How many agreed to be candidates and did not withdraw.
    pub candidates: u64,
    /// The last day of the list's publicity, once it was drawn.
    pub public_until: Option<NaiveDate>,
}

/// The view, keyed by selection.
pub struct SelectionView;

impl View for SelectionView {
    type Row = SelectionRow;
    const NAME: &'static str = "selection";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_selection().map(|event| event.selection().to_smol()).into_iter().collect()
    }

    fn fold(row: &mut SelectionRow, _: &str, _: u64, event: &Event) {
        let Some(event) = event.as_selection() else { return };
        match event {
            SelectionEvent::SelectionAnnounced(event) => {
                row.terms = Some(event.terms.clone());
                row.stage = Some(Stage::Announced);
            }
            SelectionEvent::CandidateConsented(_) => row.candidates += 1,
            SelectionEvent::CandidateWithdrawn(_) => row.candidates = row.candidates.saturating_sub(1),
            SelectionEvent::SelectionSealed(_) => row.stage = Some(Stage::Sealed),
            SelectionEvent::SelectionDrawn(event) => {
                row.stage = Some(Stage::Drawn);
                row.public_until = Some(event.public_until);
            }
            SelectionEvent::SelectionRevised(event) => row.public_until = Some(event.public_until),
            SelectionEvent::SelectionResultRecorded(_) => row.stage = Some(Stage::Recorded),
            SelectionEvent::SelectionObjected(_) | SelectionEvent::SelectionObjectionAnswered(_) => {}
        }
    }
}
