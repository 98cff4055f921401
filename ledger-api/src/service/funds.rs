//! The funds (资金来源) side by side: what bodies appropriated, what of it is set aside, was paid and is left. Yuan and points
//! never touch.

use ledger_core::domain::fund::Fund;
use ledger_core::domain::money::Fen;
use ledger_core::domain::statement::Stage;
use projections::programmes::FundFigures;

use super::ServiceError;
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Rows read at once.
const PAGE: usize = 1_000;

/// A fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundLine {
    /// The fund's number (资金编号).
    pub fund: String,
    /// Who pays (责任单位).
    pub body: String,
    /// How it stands.
    pub figures: FundFigures,
    /// Of what is set aside, what stands on statements that were confirmed: to be paid now.
    pub due: Fen,
}

impl FundLine {
    /// The line of a fund that was registered.
    fn of(id: String, fund: &Fund) -> Option<FundLine> {
        let terms = fund.terms()?;
        let (appropriated, committed, paid) = (terms.appropriated, fund.committed(), fund.paid());
        let figures = FundFigures { appropriated, committed, paid };
        Some(FundLine { fund: id, body: terms.body.clone(), figures, due: due(fund) })
    }
}

/// What is to be paid now; what later months took back is not paid for the earlier ones.
fn due(fund: &Fund) -> Fen {
    let confirmed = fund.months().iter().filter(|(_, row)| row.stage() == Stage::Confirmed);
    let due = confirmed.map(|(month, _)| fund.payable(*month)).fold(Fen::ZERO, |sum, payable| sum + payable);
    due.min(fund.committed()).max(Fen::ZERO)
}

/// The funds in the order of their numbers, as the views stand: whoever must not be shown less than before waits for them
/// first.
///
/// # Errors
/// [`ServiceError`].
pub async fn funds(app: &App, who: Who<'_>) -> Result<Vec<FundLine>, ServiceError> {
    may_read(who, Read::Fund, Target::District)?;
    let (mut lines, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.views.funds(&after, PAGE).await?;
        lines.extend(page.rows.into_iter().filter_map(|(id, fund)| FundLine::of(id, &fund)));
        match page.next {
            Some(next) => after = next,
            None => return Ok(lines),
        }
    }
}
