//! Given events, when a command, then events or a code.

use super::command::{AtStore, ItemTerms, StoreCommand, StoreDetails};
use super::event::{StockLine, StoreEvent};
use super::state::RedemptionStore;
use crate::domain::ids::{HoldId, RedemptionId, Sku, StoreId};
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

fn frame() -> AtStore {
    AtStore { store: StoreId::new("S1").expect("id"), at: BusinessTime::parse("2024-03-05").expect("time") }
}

fn sku() -> Sku {
    Sku::new("SP001").expect("sku")
}

fn lines(quantity: u32) -> Vec<StockLine> {
    vec![StockLine { quantity, sku: sku() }]
}

fn given(commands: Vec<StoreCommand>) -> RedemptionStore {
    let mut store = RedemptionStore::default();
    let details = StoreDetails { community: None, name: "一号网点".into(), tier: "微驿站".into() };
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: None,
        merchant: None,
        name: "毛巾".into(),
        price: Points::from_whole(35),
    };
    let opening = [StoreCommand::Open { details, update: false }, StoreCommand::List { sku: sku(), terms }];
    for command in opening.into_iter().chain(commands) {
        for event in store.decide(&frame(), command).expect("accepted") {
            store.evolve(&event);
        }
    }
    store
}

fn restock(quantity: u32) -> StoreCommand {
    StoreCommand::Restock { sku: sku(), quantity, merchant: None }
}

fn issue(quantity: u32) -> StoreCommand {
    StoreCommand::Issue { lines: lines(quantity), redemption: RedemptionId::new("R1").expect("id") }
}

fn refused(store: &RedemptionStore, command: StoreCommand) -> Option<Code> {
    store.decide(&frame(), command).err().map(|refusal| refusal.code)
}

#[test]
fn the_last_unit_can_be_handed_out_and_no_more() {
    let store = given(vec![restock(2), issue(2)]);
    assert_eq!(refused(&store, issue(1)), Some(Code::OutOfStock));
    assert_eq!(store.item(&sku()).map(|item| (item.on_shelf, item.handed_over)), Some((0, 2)));
}

#[test]
fn two_lines_of_one_item_are_added_up() {
    let store = given(vec![restock(3)]);
    let twice = [lines(2), lines(2)].concat();
    let command = StoreCommand::Issue { lines: twice, redemption: RedemptionId::new("R1").expect("id") };
    assert_eq!(refused(&store, command), Some(Code::OutOfStock));
}

#[test]
fn what_is_set_aside_is_not_on_the_shelf() {
    let hold = HoldId::new("H1").expect("id");
    let store = given(vec![restock(3), StoreCommand::Reserve { lines: lines(2), hold }]);
    assert_eq!(refused(&store, issue(2)), Some(Code::OutOfStock));
    let count = StoreCommand::Count { sku: sku(), counted: 1, reason: "月末盘点".into() };
    assert_eq!(refused(&store, count), Some(Code::InvalidQuantity));
}

#[test]
fn a_stocktake_books_the_difference() {
    let mut store = given(vec![restock(10), issue(3)]);
    let count = |counted| StoreCommand::Count { sku: sku(), counted, reason: "月末盘点".into() };
    for (counted, found, missing) in [(5, 0, 2), (6, 1, 0)] {
        let events = store.decide(&frame(), count(counted)).expect("counted");
        let [StoreEvent::StockCounted(event)] = events.as_slice() else { panic!("one event") };
        assert_eq!((event.found, event.missing), (found, missing));
        events.iter().for_each(|event| store.evolve(event));
    }
    let item = store.item(&sku()).expect("item");
    assert_eq!(item.received, item.on_shelf + item.reserved + item.handed_over + item.written_off);
}

#[test]
fn a_closed_store_hands_nothing_out() {
    let store = given(vec![restock(10), StoreCommand::Close { reason: "装修".into() }]);
    assert_eq!(refused(&store, issue(1)), Some(Code::StoreClosed));
    assert_eq!(refused(&store, StoreCommand::Close { reason: "装修".into() }), Some(Code::AlreadyDecided));
}

#[test]
fn an_unknown_store_or_item_is_refused() {
    assert_eq!(refused(&RedemptionStore::default(), restock(1)), Some(Code::UnknownStore));
    let other = StoreCommand::Restock { sku: Sku::new("X").expect("sku"), quantity: 1, merchant: None };
    assert_eq!(refused(&given(vec![]), other), Some(Code::UnknownItem));
}
