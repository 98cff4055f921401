//! What an event of a store changes on its shelf.

use ledger_core::domain::store::event::{StockLine, StoreEvent};

/// What an event changes on the shelf, by item.
pub(crate) fn shelf_changes(event: &StoreEvent) -> Vec<(String, i64)> {
    let each = |lines: &[StockLine], sign: i64| {
        lines.iter().map(|line| (line.sku.to_string(), sign * i64::from(line.quantity))).collect()
    };
    match event {
        StoreEvent::ItemListed(event) => vec![(event.sku.to_string(), 0)],
        StoreEvent::StockReceived(event) => vec![(event.sku.to_string(), i64::from(event.quantity))],
        // What was set aside for a hold left the shelf then.
        StoreEvent::StockIssued(event) if event.hold.is_some() => Vec::new(),
        StoreEvent::StockIssued(event) => each(&event.lines, -1),
        StoreEvent::StockReturned(event) => each(&event.lines, 1),
        StoreEvent::StockReserved(event) => each(&event.lines, -1),
        StoreEvent::StockUnreserved(event) => each(&event.lines, 1),
        StoreEvent::StockCounted(event) => {
            vec![(event.sku.to_string(), i64::from(event.found) - i64::from(event.missing))]
        }
        StoreEvent::StockWrittenOff(event) => vec![(event.sku.to_string(), -i64::from(event.quantity))],
        StoreEvent::DeviceEnrolled(_)
        | StoreEvent::DeliveryRefused(_)
        | StoreEvent::CaseSettled(_)
        | StoreEvent::StoreOpened(_)
        | StoreEvent::StoreUpdated(_)
        | StoreEvent::StoreClosed(_)
        | StoreEvent::StoreReopened(_)
        | StoreEvent::ItemDelisted(_) => Vec::new(),
    }
}
