//! Where shelves and books differed: stocktakes with a difference, and write-offs.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::store::event::StockCorrection;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::Entry;

use super::Thresholds;
use crate::audit::listed::Listed;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockDifference {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// The store's id (网点编号).
    pub store: String,
    /// Which item.
    pub sku: String,
    /// Units more than the books said; below zero for fewer, and for units written off.
    pub units: i64,
    /// Units counted, where they were.
    pub counted: Option<u32>,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Who entered it.
    pub actor: String,
    /// The explanation given.
    pub reason: String,
}

/// The differences of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreDifferences {
    /// Stocktakes entered, also those that found the books right.
    pub stocktakes: u64,
    /// Units found beyond the books.
    pub found: u64,
    /// Units missing.
    pub missing: u64,
    /// Units written off.
    pub written_off: u64,
}

pub(super) struct StockFold {
    thresholds: Thresholds,
    differences: Listed<StockDifference>,
    stores: BTreeMap<String, StoreDifferences>,
}

impl StockFold {
    pub(super) fn new(thresholds: Thresholds) -> StockFold {
        StockFold { thresholds, differences: Listed::default(), stores: BTreeMap::new() }
    }

    pub(super) fn entry(&mut self, entry: &Entry, event: &Event) {
        let Event::Store(event) = event else { return };
        let Some(correction) = event.as_correction() else { return };
        let store = self.stores.entry(event.store().to_string()).or_default();
        let (sku, units, counted, reason) = match correction {
            StockCorrection::Counted(event) => {
                store.stocktakes += 1;
                store.found += u64::from(event.found);
                store.missing += u64::from(event.missing);
                if event.found == 0 && event.missing == 0 {
                    return;
                }
                let units = i64::from(event.found) - i64::from(event.missing);
                (&event.sku, units, Some(event.counted), &event.reason)
            }
            StockCorrection::WrittenOff(event) => {
                store.written_off += u64::from(event.quantity);
                (&event.sku, -i64::from(event.quantity), None, &event.reason)
            }
        };
        let difference = StockDifference {
            position: entry.position,
            store: event.store().to_string(),
            sku: sku.to_string(),
            units,
            counted,
            at: event.at(),
            actor: entry.command.actor.to_string(),
            reason: reason.clone(),
        };
        self.differences.push(difference, self.thresholds.list);
    }

    pub(super) fn finish(self) -> (Listed<StockDifference>, BTreeMap<String, StoreDifferences>) {
        (self.differences, self.stores)
    }
}
