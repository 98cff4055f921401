//! One row a redemption store: its particulars.

use ledger_core::domain::event::Event;
use ledger_core::domain::store::event::StoreAct;
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A store's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Store {
    /// 网点名称.
    pub name: String,
    /// 层级, in a word of the district.
    pub tier: String,
    /// The community it stands in.
    pub community: Option<String>,
    /// The site it belongs to.
    pub site: Option<String>,
    /// Whether it is closed, as its latest closing or opening says.
    pub closed: bool,
    /// When that was.
    pub door_at: Option<BusinessTime>,
    /// The device that captures holds without the network.
    pub device: Option<String>,
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
        let Event::Store(event) = event else { return Vec::new() };
        match event.act() {
            StoreAct::Particulars(_) | StoreAct::Door { .. } => vec![event.store().to_smol()],
            StoreAct::Device(_) => vec![event.store().to_smol()],
            StoreAct::Listing(_)
            | StoreAct::Delisting(_)
            | StoreAct::Goods
            | StoreAct::Correction(_)
            | StoreAct::Case(_)
            | StoreAct::Settled(_) => Vec::new(),
        }
    }

    fn fold(row: &mut Store, _: &str, _: u64, event: &Event) {
        let Event::Store(event) = event else { return };
        match event.act() {
            StoreAct::Particulars(event) => {
                row.name.clone_from(&event.name);
                row.tier.clone_from(&event.tier);
                row.community.clone_from(&event.community);
                row.site = event.site.as_ref().map(ToString::to_string);
            }
            StoreAct::Door { event, closed } => row.door(closed, event.at),
            StoreAct::Device(event) => row.device = Some(event.device.to_string()),
            StoreAct::Listing(_)
            | StoreAct::Delisting(_)
            | StoreAct::Goods
            | StoreAct::Correction(_)
            | StoreAct::Case(_)
            | StoreAct::Settled(_) => {}
        }
    }
}
