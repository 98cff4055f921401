//! The funds (资金来源) side by side: what bodies appropriated, what of it is set aside, was paid and is left. Yuan and points
//! never touch.

use std::iter::Sum;

use ledger_core::domain::fund::Fund;
use ledger_core::domain::money::Fen;
use ledger_core::domain::statement::Stage;

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
}

/// Figures of a fund, or of several: appropriated = committed + paid + free, at every position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FundFigures {
    /// What was appropriated (金额).
    pub appropriated: Fen,
    /// What is set aside and not paid yet.
    pub committed: Fen,
    /// Of that, what stands on statements that were confirmed: to be paid now.
    pub due: Fen,
    /// What was paid.
    pub paid: Fen,
    /// What is left.
    pub free: Fen,
}

impl FundFigures {
    fn of(fund: &Fund) -> FundFigures {
        let confirmed = fund.months().iter().filter(|(_, row)| row.stage() == Stage::Confirmed);
        // What later months took back is not paid for the earlier ones.
        let due = confirmed.map(|(month, _)| fund.payable(*month)).fold(Fen::ZERO, |sum, payable| sum + payable);
        FundFigures {
            appropriated: fund.terms().map_or(Fen::ZERO, |terms| terms.appropriated),
            committed: fund.committed(),
            due: due.min(fund.committed()).max(Fen::ZERO),
            paid: fund.paid(),
            free: fund.free(),
        }
    }
}

impl<'a> Sum<&'a FundFigures> for FundFigures {
    fn sum<I: Iterator<Item = &'a FundFigures>>(all: I) -> FundFigures {
        all.fold(FundFigures::default(), |sum, one| FundFigures {
            appropriated: sum.appropriated + one.appropriated,
            committed: sum.committed + one.committed,
            due: sum.due + one.due,
            paid: sum.paid + one.paid,
            free: sum.free + one.free,
        })
    }
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
        lines.extend(page.rows.into_iter().filter_map(|(fund, row)| {
            let body = row.terms()?.body.clone();
            Some(FundLine { fund, body, figures: FundFigures::of(&row) })
        }));
        match page.next {
            Some(next) => after = next,
            None => return Ok(lines),
        }
    }
}
