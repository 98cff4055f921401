//! One row a redemption store: its particulars.

use ledger_core::domain::event::Event;
use ledger_core::domain::store::event::StoreEvent;
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A store's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Store {
    /// Name.
    pub name: String,
    /// Tier.
    pub tier: String,
    /// The community it stands in.
    pub community: Option<String>,
    /// Whether it is closed, as its latest closing or opening says.
    pub closed: bool,
    /// When that was.
    pub door_at: Option<BusinessTime>,
}

impl Store {
    /// Of two closings and openings the later one holds, in whatever order they were recorded.
    fn door(&mut self, closed: bool, at: BusinessTime) {
        if self.door_at.is_none_or(|latest| latest <= at) {
            (self.closed, self.door_at) = (closed, Some(at));
        }
    }
}

/// The view, keyed by store.
pub struct StoreView;

impl View for StoreView {
    type Row = Store;
    const NAME: &'static str = "store";

    fn keys(event: &Event) -> Vec<SmolStr> {
        match event {
            Event::Store(
                event @ (StoreEvent::StoreOpened(_)
                | StoreEvent::StoreUpdated(_)
                | StoreEvent::StoreClosed(_)
                | StoreEvent::StoreReopened(_)),
            ) => vec![event.store().to_smol()],
            _ => Vec::new(),
        }
    }

    fn fold(row: &mut Store, _: &str, _: u64, event: &Event) {
        match event {
            Event::Store(StoreEvent::StoreOpened(event) | StoreEvent::StoreUpdated(event)) => {
                row.name.clone_from(&event.name);
                row.tier.clone_from(&event.tier);
                row.community.clone_from(&event.community);
            }
            Event::Store(StoreEvent::StoreClosed(event)) => row.door(true, event.at),
            Event::Store(StoreEvent::StoreReopened(event)) => row.door(false, event.at),
            _ => {}
        }
    }
}
