//! One row an item at a store: its terms and its books.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::store::event::{Items, StoreEvent};
use ledger_core::domain::time::BusinessTime;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::under;
use crate::fold::View;

/// An item's row. `received = on_shelf + reserved + handed_over + written_off`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// 商品名称.
    pub name: String,
    /// 类型, such as 实物 or 券.
    pub kind: String,
    /// Price of one unit.
    pub price: Points,
    /// Most units for one worker in a calendar year.
    pub limit_per_worker_year: Option<u32>,
    /// Who supplies or honours it.
    pub merchant: Option<String>,
    /// Whether it is on the list.
    pub listed: bool,
    /// From when on these terms hold: of two listings the later one counts, in whatever order they were recorded.
    pub terms_since: Option<BusinessTime>,
    /// Units that can be handed out.
    pub on_shelf: i64,
    /// Units set aside.
    pub reserved: i64,
    /// Units workers took.
    pub handed_over: i64,
    /// Units lost.
    pub written_off: i64,
    /// Units that came in.
    pub received: i64,
}

impl Stock {
    /// Whether terms from a time on are later than those known; then they hold from there.
    fn takes_terms_of(&mut self, time: BusinessTime) -> bool {
        let later = self.terms_since.is_none_or(|since| since <= time);
        if later {
            self.terms_since = Some(time);
        }
        later
    }
}

/// The view, keyed by store and item.
pub struct StockView;

impl View for StockView {
    type Row = Stock;
    const NAME: &'static str = "stock";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Store(event) = event else { return Vec::new() };
        let store = event.store().as_str();
        let mut keys: Vec<SmolStr> = match event.items() {
            Items::None => Vec::new(),
            Items::One(sku) => vec![under(store, sku)],
            Items::Lines(lines) => lines.iter().map(|line| under(store, &line.sku)).collect(),
        };
        // Two lines of one item are one row, folded once with their sum.
        keys.sort();
        keys.dedup();
        keys
    }

    fn fold(row: &mut Stock, key: &str, _: u64, event: &Event) {
        let Event::Store(event) = event else { return };
        let store = event.store().as_str();
        let units: i64 = event
            .items()
            .lines()
            .iter()
            .filter(|line| under(store, &line.sku) == key)
            .map(|line| i64::from(line.quantity))
            .sum();
        match event {
            StoreEvent::ItemListed(event) if row.takes_terms_of(event.at) => {
                row.name.clone_from(&event.name);
                row.kind.clone_from(&event.kind);
                row.price = event.price;
                row.limit_per_worker_year = event.limit_per_worker_year;
                row.merchant = event.merchant.as_ref().map(ToString::to_string);
                row.listed = true;
            }
            StoreEvent::ItemDelisted(event) if row.takes_terms_of(event.at) => row.listed = false,
            StoreEvent::StockReceived(event) => {
                row.received += i64::from(event.quantity);
                row.on_shelf += i64::from(event.quantity);
            }
            StoreEvent::StockIssued(event) => {
                row.handed_over += units;
                if event.hold.is_some() {
                    row.reserved -= units;
                } else {
                    row.on_shelf -= units;
                }
            }
            StoreEvent::StockReturned(_) => {
                row.handed_over -= units;
                row.on_shelf += units;
            }
            StoreEvent::StockReserved(_) => {
                row.on_shelf -= units;
                row.reserved += units;
            }
            StoreEvent::StockUnreserved(_) => {
                row.reserved -= units;
                row.on_shelf += units;
            }
            StoreEvent::StockCounted(event) => {
                row.received += i64::from(event.found);
                row.written_off += i64::from(event.missing);
                row.on_shelf += i64::from(event.found) - i64::from(event.missing);
            }
            StoreEvent::StockWrittenOff(event) => {
                row.written_off += i64::from(event.quantity);
                row.on_shelf -= i64::from(event.quantity);
            }
            StoreEvent::ItemListed(_)
            | StoreEvent::ItemDelisted(_)
            | StoreEvent::StoreOpened(_)
            | StoreEvent::StoreUpdated(_)
            | StoreEvent::StoreClosed(_)
            | StoreEvent::StoreReopened(_)
            | StoreEvent::DeviceEnrolled(_)
            | StoreEvent::DeliveryRefused(_)
            | StoreEvent::CaseSettled(_) => {}
        }
    }
}
