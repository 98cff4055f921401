//! One row a redemption store: its particulars.

use ledger_core::domain::event::Event;
use ledger_core::domain::store::event::StoreEvent;
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
    /// Whether it is closed.
    pub closed: bool,
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
            Event::Store(StoreEvent::StoreClosed(_)) => row.closed = true,
            Event::Store(StoreEvent::StoreReopened(_)) => row.closed = false,
            _ => {}
        }
    }
}
