//! The rider's own page: what is public, what waits for a check, and the day each counts from.

use ledger_core::domain::points::Points;
use projections::views::proposal::Proposal;
use projections::waiting::Stage;

use super::{House, holds};
use crate::access::Role;
use crate::demo;
use crate::web::figures::points;

#[tokio::test]
async fn what_is_on_its_way_is_told_as_public_and_below_it_what_waits_for_a_check() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let own = |row: &Proposal| row.worker == demo::EXAMPLE_WORKER && row.proposed;
    let rows = house.app.views.proposals("", 1_000, own).await.unwrap().rows;
    let all: Points = rows.iter().map(|(_, row)| row.points).sum();
    let all = points(all);
    let public = rows.iter().filter(|(_, row)| row.way.stage == Stage::Publicised).count();
    assert!(public > 0, "the demonstration has something public for its rider");
    let page = rider.read("/me").await;
    holds(&page, &[&format!("<dt>公示中</dt><dd>{all}</dd>"), "公示到 ", "期满次日入账"]);
    assert!(!page.contains("待入账"), "{page}");
    let waits: Points =
        rows.iter().filter(|(_, row)| row.way.stage != Stage::Publicised).map(|(_, row)| row.points).sum();
    assert_eq!(page.contains("还在审核或核实"), waits.is_positive(), "{page}");

    // One more is recorded: it waits for a check, and the line below the figure says how much.
    let desk = house.enter(Role::Operator).await;
    let typed = [("worker", demo::EXAMPLE_WORKER), ("on", "2026-11-30"), ("quantity", "1"), ("witness", "网格员甲")];
    let told = desk.press(&desk.read("/credits").await, "value=\"enter\"", &typed).await;
    holds(&told, &["等待审核"]);
    holds(&rider.read("/me").await, &["还在审核或核实，通过后才公示"]);
}

#[tokio::test]
async fn a_use_that_was_taken_back_is_told_with_its_reason() {
    let house = House::open().await;
    let (rider, merchant) = (house.enter(Role::Worker).await, house.enter(Role::Merchant).await);
    merchant.done("/merchant", &[("do", "take"), ("key", "U-1"), ("number", "YS-DJ05")]).await;
    assert!(!rider.read("/me").await.contains("核销冲正日期"));
    let now = house.app.ledger.now().to_string();
    let back =
        [("do", "take-back"), ("key", "B-1"), ("line", "YS-DJ05"), ("used", now.as_str()), ("reason", "核错了人")];
    merchant.done("/merchant", &back).await;
    holds(&rider.read("/me").await, &["核销冲正日期 2026-12-01", "冲正原因： 核错了人"]);
}
