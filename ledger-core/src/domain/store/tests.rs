//! Given events, when a command, then events or a code.

use super::StoreCommand;
use super::command::{AtStore, ItemTerms, StoreDetails};
use super::event::{DeliveryRefused, StockLine, StoreEvent};
use super::state::RedemptionStore;
use crate::domain::event::V1;
use crate::domain::ids::{DeviceId, HoldId, RedemptionId, Sku, StoreId};
use crate::domain::means::Means;
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
    let details = StoreDetails { community: None, name: "一号网点".into(), tier: "微驿站".into(), site: None };
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

fn frame_at(day: &str) -> AtStore {
    AtStore { at: BusinessTime::parse(day).expect("time"), ..frame() }
}

fn decided(store: &mut RedemptionStore, day: &str, command: StoreCommand) -> usize {
    let events = store.decide(&frame_at(day), command).expect("accepted");
    events.iter().for_each(|event| store.evolve(event));
    events.len()
}

fn priced(price: i32, limit: Option<u32>) -> StoreCommand {
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: limit,
        merchant: None,
        name: "毛巾".into(),
        price: Points::from_whole(price),
    };
    StoreCommand::List { sku: sku(), terms }
}

/// Listed at 35 points on 5 March.
fn terms_on(store: &RedemptionStore, day: &str) -> Option<(Points, Option<u32>)> {
    let at = BusinessTime::parse(day).expect("time");
    store.terms_at(&sku(), at).map(|terms| (terms.price, terms.limit_per_worker_year))
}

#[test]
fn terms_hold_from_their_day_on_and_the_first_ones_before_it() {
    let mut store = given(vec![]);
    decided(&mut store, "2024-06-01", priced(40, Some(2)));
    let (old, new) = ((Points::from_whole(35), None), (Points::from_whole(40), Some(2)));
    for (day, terms) in [("2024-01-01", old), ("2024-03-05", old), ("2024-05-31 23:59:59", old), ("2024-06-01", new)] {
        assert_eq!(terms_on(&store, day), Some(terms), "{day}");
    }
}

#[test]
fn terms_recorded_late_change_their_own_days_and_not_the_present() {
    let mut store = given(vec![]);
    decided(&mut store, "2024-06-01", priced(40, None));
    decided(&mut store, "2024-04-01", priced(38, None));
    let price = |day| terms_on(&store, day).map(|terms| terms.0);
    assert_eq!(price("2024-03-31"), Some(Points::from_whole(35)));
    assert_eq!(price("2024-04-01"), Some(Points::from_whole(38)));
    assert_eq!(price("2024-06-01"), Some(Points::from_whole(40)));
}

#[test]
fn a_list_sent_again_records_nothing_whatever_came_after_it() {
    let mut store = given(vec![]);
    assert_eq!(decided(&mut store, "2024-06-01", priced(40, None)), 1);
    assert_eq!(decided(&mut store, "2024-03-05", priced(35, None)), 0);
    assert_eq!(decided(&mut store, "2024-06-01", priced(40, None)), 0);
    assert_eq!(decided(&mut store, "2024-07-01", priced(40, None)), 0);
}

#[test]
fn an_item_off_the_list_was_on_it_before() {
    let mut store = given(vec![]);
    decided(&mut store, "2024-06-01", StoreCommand::Delist { sku: sku(), reason: "停供".into() });
    assert_eq!((terms_on(&store, "2024-05-31").is_some(), terms_on(&store, "2024-06-01")), (true, None));
    decided(&mut store, "2024-08-01", priced(50, None));
    assert_eq!((terms_on(&store, "2024-07-31"), terms_on(&store, "2024-08-01").is_some()), (None, true));
}

#[test]
fn a_closing_is_judged_by_the_day_of_the_act() {
    let mut store = given(vec![restock(10)]);
    decided(&mut store, "2024-04-01", StoreCommand::Close { reason: "装修".into() });
    decided(&mut store, "2024-05-01", StoreCommand::Reopen);
    let issue_on = |day: &str| store.decide(&frame_at(day), issue(1)).err().map(|refusal| refusal.code);
    assert_eq!(issue_on("2024-03-31 18:00:00"), None, "entered late, from before the closing");
    assert_eq!(issue_on("2024-04-15"), Some(Code::StoreClosed), "entered late, from while it was closed");
    assert_eq!(issue_on("2024-05-01"), None);
}

#[test]
fn a_stocktake_that_no_event_could_hold_is_refused() {
    let mut store = given(vec![]);
    for _ in 0..430 {
        decided(&mut store, "2024-03-05", restock(10_000_000));
    }
    let count = |counted| StoreCommand::Count { sku: sku(), counted, reason: "盘点".into() };
    assert_eq!(refused(&store, count(0)), Some(Code::InvalidQuantity));
    assert_eq!(refused(&store, count(10_000_000)), None);
}

#[test]
fn a_case_is_settled_once_with_a_reason() {
    let mut store = given(Vec::new());
    let case = RedemptionId::new("away/1").expect("id");
    let settle = |reason: &str| StoreCommand::Settle { redemption: case.clone(), reason: reason.to_owned() };
    assert_eq!(refused(&store, settle("区里承担")), Some(Code::UnknownRedemption));
    store.evolve(&StoreEvent::DeliveryRefused(DeliveryRefused {
        at: frame().at,
        code: Code::OutOfStock,
        given_at: frame().at,
        hold: None,
        lines: lines(1),
        means: Means::Floor,
        note: None,
        redemption: case.clone(),
        store: frame().store,
        v: V1,
        worker: None,
    }));
    assert_eq!(refused(&store, settle(" ")), Some(Code::InvalidInput));
    let settled = store.decide(&frame(), settle("区里承担")).expect("accepted");
    settled.iter().for_each(|event| store.evolve(event));
    assert_eq!(refused(&store, settle("区里承担")), Some(Code::AlreadyDecided));
    assert_eq!(store.item(&sku()).map(|item| item.handed_over), Some(0), "nothing of a case left the books");
}

#[test]
fn the_device_enrolled_last_is_the_one_that_captures_unheard() {
    let mut store = given(Vec::new());
    let device = |name: &str| DeviceId::new(name).expect("id");
    assert_eq!(store.require_device(Some(&device("a"))).err().map(|no| no.code), Some(Code::NotEligible));
    for name in ["a", "b", "b"] {
        for event in store.decide(&frame(), StoreCommand::Enrol { device: device(name) }).expect("accepted") {
            store.evolve(&event);
        }
    }
    assert!(store.require_device(Some(&device("b"))).is_ok());
    assert_eq!(store.require_device(Some(&device("a"))).err().map(|no| no.code), Some(Code::NotEligible));
    assert_eq!(store.require_device(None).err().map(|no| no.code), Some(Code::NotEligible));
    assert_eq!(store.decide(&frame(), StoreCommand::Enrol { device: device("b") }).expect("accepted").len(), 0);
}
