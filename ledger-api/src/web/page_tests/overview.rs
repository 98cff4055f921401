//! The district at a glance: what stands there of many stores.

use super::House;
use crate::access::Role;

/// What was redeemed at each store of a table, with the store's id.
fn by_store(table: &str) -> Vec<(f64, String)> {
    let rows = table.split("<tr><th scope=\"row\">").skip(1);
    let of = |row: &str, mark: &str| row.split(mark).nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    rows.map(|row| (of(row, "<td class=\"num\">").parse().unwrap(), of(row, "<span class=\"soft\">"))).collect()
}

#[tokio::test]
async fn the_stores_that_gave_out_most_come_first_and_the_others_unfold() {
    let house = House::open().await;
    let page = house.enter(Role::Admin).await.read("/admin").await;
    let (first, others) = page.split_once("其余 <span class=\"tag\">14</span>").expect("ten of twenty-four come first");
    let (first, others) = (by_store(first), by_store(others));
    assert_eq!((first.len(), others.len()), (10, 14));
    let all: Vec<_> = first.into_iter().chain(others).collect();
    assert!(all.is_sorted_by(|one, other| one.0 > other.0 || one.0 == other.0 && one.1 < other.1), "{all:?}");
}
