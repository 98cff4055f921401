//! One row a case: goods that a counter handed out before the ledger was asked, and that it refused. A settled case stays.

use ledger_core::domain::event::Event;
use ledger_core::domain::store::event::StockLine;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Case {
    /// The position that made it.
    pub position: u64,
    /// Why it was refused: a code.
    pub code: String,
    /// On what word the goods were handed out: `floor`, `hold` or `slip`.
    pub means: String,
    /// When they were, as the counter says.
    pub given_at: String,
    /// What was handed out.
    pub lines: Vec<StockLine>,
    /// To whom, where that is known.
    pub worker: Option<String>,
    /// For which hold.
    pub hold: Option<String>,
    /// What was typed at the counter, where it names nobody.
    pub note: Option<String>,
    /// How it was settled, with the position that did.
    pub settled: Option<(u64, String)>,
}

/// The view, keyed by store and case.
pub struct CaseView;

impl View for CaseView {
    type Row = Case;
    const NAME: &'static str = "counter_case";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Store(event) = event else { return Vec::new() };
        let begun = event.as_case().map(|case| &case.redemption);
        let case = begun.or(event.as_settled().map(|settled| &settled.redemption));
        case.map(|case| under(event.store().as_str(), case)).into_iter().collect()
    }

    fn fold(row: &mut Case, _: &str, position: u64, event: &Event) {
        let Event::Store(event) = event else { return };
        if let Some(case) = event.as_case() {
            *row = Case {
                position,
                code: case.code.as_str().to_owned(),
                means: case.means.as_str().to_owned(),
                given_at: case.given_at.to_string(),
                lines: case.lines.clone(),
                worker: case.worker.as_ref().map(ToString::to_string),
                hold: case.hold.as_ref().map(ToString::to_string),
                note: case.note.clone(),
                settled: None,
            };
        } else if let Some(settled) = event.as_settled() {
            row.settled = Some((position, settled.reason.clone()));
        }
    }
}
