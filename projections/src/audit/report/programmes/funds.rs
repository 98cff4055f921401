//! Funds against what was paid of them: appropriated, committed, paid and free, and where that went wrong first.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::fund::FundEvent;
use ledger_core::domain::money::Fen;
use ledger_core::journal::Entry;

use crate::audit::listed::Listed;
use crate::programmes::{FundFigures, Programmes};

/// A fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundRow {
    /// Its number (资金编号).
    pub fund: String,
    /// Who pays (责任单位).
    pub body: String,
    /// For which year, where that was said.
    pub year: Option<i32>,
    /// What it comes to at the end, fen.
    pub figures: FundFigures,
    /// Payments recorded.
    pub payments: u64,
    /// The first position after which less than nothing was free.
    pub overdrawn_at: Option<u64>,
    /// The first position after which more was paid than had been committed.
    pub overpaid_at: Option<u64>,
    /// The first position of an event of it.
    pub first: u64,
    /// The last position of them.
    pub last: u64,
}

/// Follows every fund.
#[derive(Default)]
pub(super) struct FundsFold {
    /// The state's own fold, of events of funds alone.
    told: Programmes,
    rows: BTreeMap<String, FundRow>,
}

impl FundsFold {
    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Some(own) = event.as_fund() else { return };
        self.told.fold(event);
        let fund = own.fund().to_string();
        let figures = self.told.funds.get(&fund).copied().unwrap_or_default();
        let row = self.rows.entry(fund.clone()).or_insert_with(|| FundRow {
            fund,
            body: String::new(),
            year: None,
            figures,
            payments: 0,
            overdrawn_at: None,
            overpaid_at: None,
            first: entry.position,
            last: entry.position,
        });
        match own {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                row.body.clone_from(&event.terms.body);
                row.year = event.terms.year;
            }
            FundEvent::FundPaid(_) => row.payments += 1,
            FundEvent::FundCommitted(_)
            | FundEvent::FundReleased(_)
            | FundEvent::FundStatementPrepared(_)
            | FundEvent::FundStatementConfirmed(_) => {}
        }
        row.figures = figures;
        row.last = entry.position;
        if figures.free() < Fen::ZERO {
            row.overdrawn_at.get_or_insert(entry.position);
        }
        if figures.committed < Fen::ZERO {
            row.overpaid_at.get_or_insert(entry.position);
        }
    }

    /// Those that went wrong come first.
    pub(super) fn finish(self, rows_max: usize) -> Listed<FundRow> {
        let mut rows: Vec<FundRow> = self.rows.into_values().collect();
        rows.sort_by_key(|row| row.overdrawn_at.is_none() && row.overpaid_at.is_none());
        let mut listed = Listed::default();
        rows.into_iter().for_each(|row| listed.push(row, rows_max));
        listed
    }
}
