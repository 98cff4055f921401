//! A store's shelf, line by line.

use std::collections::BTreeMap;

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::StoreId;
use ledger_core::journal::Entry;

use super::{Standing, TraceLine, begun};
use crate::shelf::shelf_changes;

pub(super) struct StoreTrace {
    store: StoreId,
    shelf: BTreeMap<String, i64>,
}

impl StoreTrace {
    pub(super) fn new(store: StoreId) -> StoreTrace {
        StoreTrace { store, shelf: BTreeMap::new() }
    }

    pub(super) fn owns(&self, event: &Event) -> bool {
        matches!(event, Event::Store(event) if event.store() == &self.store)
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let Event::Store(own) = event else { return None };
        if own.store() != &self.store {
            return None;
        }
        let units = shelf_changes(own);
        for (sku, change) in &units {
            *self.shelf.entry(sku.clone()).or_default() += change;
        }
        let touched = units.iter().filter_map(|(sku, _)| Some((sku.clone(), *self.shelf.get(sku)?))).collect();
        Some(TraceLine { units, ..begun(entry, event, Standing::Store(touched)) })
    }

    pub(super) fn finish(self) -> Standing {
        Standing::Store(self.shelf)
    }
}
