//! Goods come to a store: a clerk puts them on the shelf, and it says so at once and in the books.

use serde_json::Value;

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// How many of an item stand on the shelf.
fn on_the_shelf(visit: &mut Visit, item: &str) -> u64 {
    let cell = format!(
        "(() => {{ const row = [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.includes({item:?}));
           return Number(row.querySelectorAll('td, th')[2].innerText); }})()"
    );
    visit.browser.eval(&cell).as_u64().expect("a number of units")
}

fn goods_come(database: Database) {
    const ITEM: &str = "反光背心";
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    visit.browser.open(&format!("{}/counter/shelf", visit.server.base_url()));
    visit.wait_until("!!document.getElementById('sku') && document.readyState === 'complete'");
    let choose = format!(
        "(() => {{ const sku = document.getElementById('sku');
           sku.value = [...sku.options].find((option) => option.text === {ITEM:?}).value; return 0; }})()"
    );
    let (before, recorded) = (on_the_shelf(&mut visit, ITEM), position(&journal));
    visit.browser.eval(&choose);
    visit.browser.write("数量", "30");
    visit.browser.press("button", "补货");
    visit.browser.told("status", "已办好");
    assert_eq!(on_the_shelf(&mut visit, ITEM), before + 30);
    assert_eq!(position(&journal), recorded + 1);
    visit.browser.rest();
    // Nothing less than one is no delivery.
    visit.browser.eval(&choose);
    visit.browser.write("数量", "0");
    visit.browser.press("button", "补货");
    visit.wait_until("!!document.querySelector('[role=alert].said')");
    assert_eq!((on_the_shelf(&mut visit, ITEM), position(&journal)), (before + 30, recorded + 1));
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_clerk_puts_goods_on_the_shelf_on_sqlite() {
    goods_come(Database::Sqlite);
}

#[test]
fn a_clerk_puts_goods_on_the_shelf_on_postgres() {
    goods_come(Database::Postgres);
}
