//! The table of funds, on the pages of whoever answers for them and of whoever audits them: `funds/table.html`.

use ledger_core::domain::money::Fen;
use projections::programmes::FundFigures;

use super::figures::yuan;
use crate::service::funds::FundLine;

/// The table, in yuan.
pub(super) struct FundTable {
    pub(super) rows: Vec<FundRow>,
    /// The sums of all rows.
    pub(super) total: Money,
}

/// A fund.
pub(super) struct FundRow {
    pub(super) fund: String,
    pub(super) body: String,
    pub(super) money: Money,
    /// Whether nothing is left of it.
    pub(super) used_up: bool,
}

/// Figures as they are written.
pub(super) struct Money {
    pub(super) appropriated: String,
    pub(super) committed: String,
    pub(super) due: String,
    pub(super) paid: String,
    pub(super) free: String,
}

impl Money {
    fn of(figures: &FundFigures, due: Fen) -> Money {
        Money {
            appropriated: yuan(figures.appropriated),
            committed: yuan(figures.committed),
            due: yuan(due),
            paid: yuan(figures.paid),
            free: yuan(figures.free()),
        }
    }
}

impl FundTable {
    pub(super) fn of(lines: &[FundLine]) -> FundTable {
        let row = |line: &FundLine| FundRow {
            fund: line.fund.clone(),
            body: line.body.clone(),
            money: Money::of(&line.figures, line.due),
            used_up: !line.figures.free().is_positive(),
        };
        let total: FundFigures = lines.iter().map(|line| &line.figures).sum();
        let due = lines.iter().map(|line| line.due).fold(Fen::ZERO, |sum, due| sum + due);
        FundTable { rows: lines.iter().map(row).collect(), total: Money::of(&total, due) }
    }
}
