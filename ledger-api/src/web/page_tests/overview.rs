//! The district at a glance: what stands there of many stores, of what ends, of funds and of the server's health.

use ledger_core::domain::points::Points;

use super::{House, holds};
use crate::access::Role;
use crate::web::figures::{points, yuan};

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
    let (_, page) = page.split_once("各网点兑出").expect("the stores' table");
    let (first, others) = page.split_once("其余 <span class=\"tag\">14</span>").expect("ten of twenty-four come first");
    let (first, others) = (by_store(first), by_store(others));
    assert_eq!((first.len(), others.len()), (10, 14));
    let all: Vec<_> = first.into_iter().chain(others).collect();
    assert!(all.is_sorted_by(|one, other| one.0 > other.0 || one.0 == other.0 && one.1 < other.1), "{all:?}");
}

#[tokio::test]
async fn what_ends_within_thirty_days_and_in_the_next_months_is_what_lots_say() {
    let house = House::open().await;
    let page = house.enter(Role::Admin).await.read("/admin").await;
    let rows = house.app.views.workers("", usize::MAX).await.unwrap().rows;
    let between = |from: &str, to: &str| -> Points {
        let lots = rows.iter().flat_map(|(_, row)| &row.account.lots);
        let ends = |day: &chrono::NaiveDate| (from..=to).contains(&day.to_string().as_str());
        lots.filter(|lot| lot.last_day.as_ref().is_some_and(ends)).map(|lot| lot.remaining).sum()
    };
    // The clock stands at the first of December 2026.
    for (name, from, to) in [
        ("<dt>30 天内到期</dt>", "2026-12-01", "2026-12-30"),
        ("<dt class=\"num\">2026-12</dt>", "2026-12-01", "2026-12-31"),
        ("<dt class=\"num\">2027-01</dt>", "2027-01-01", "2027-01-31"),
        ("<dt class=\"num\">2027-02</dt>", "2027-02-01", "2027-02-28"),
    ] {
        let ends = between(from, to);
        holds(&page, &[&format!("{name}<dd>{}</dd>", points(ends))]);
    }
    assert!(between("2026-12-01", "2026-12-31").is_positive(), "the demonstration has something that ends");
    assert!(!page.contains("2027-03</dt>"), "three months");
}

#[tokio::test]
async fn outstanding_stands_against_stock_and_against_each_fund_in_yuan() {
    let house = House::open().await;
    let page = house.enter(Role::Admin).await.read("/admin").await;
    holds(&page, &["未兑积分对库存和资金", "大家手里还有", "资金一共 ¥", "资金编号", "责任单位", "已用未付", "合计"]);
    let funds = house.app.views.funds("", usize::MAX).await.unwrap().rows;
    assert!(funds.len() >= 6 && funds.iter().any(|(_, fund)| fund.paid().is_positive()), "{}", funds.len());
    for (id, fund) in funds {
        let terms = fund.terms().unwrap();
        assert_eq!(terms.appropriated, fund.committed() + fund.paid() + fund.free(), "{id}");
        let row = page.split(&format!("<th scope=\"row\">{id}</th>")).nth(1).unwrap_or_else(|| panic!("no fund {id}"));
        let row = row.split("</tr>").next().unwrap_or_default();
        let told = [terms.appropriated, fund.committed(), fund.paid(), fund.free()].map(yuan);
        holds(row, &[terms.body.as_str(), &told[0], &told[1], &told[2], &told[3]]);
    }
}

#[tokio::test]
async fn health_tells_the_last_verification_and_checkpoint_the_room_and_how_the_views_keep_up() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = admin.read("/admin").await;
    holds(
        &before,
        &["启动以来没有核对", "最近的检查点", "磁盘剩余", "B</span>", "<span class=\"tag ok\">已跟上</span>"],
    );
    house.app.audit.publish().await.unwrap();
    house.enter(Role::Auditor).await.send_raw("/audit/verify", &[]).await;
    assert!(admin.read("/admin").await.contains("启动以来没有核对"), "a forged form verifies nothing");
    let auditor = house.enter(Role::Auditor).await;
    let (status, _) = auditor.send_raw("/audit/verify", &[("token", auditor.csrf.as_str())]).await;
    assert_eq!(status, 303);
    let after = admin.read("/admin").await;
    holds(&after, &["<span class=\"tag ok\">完整</span> <span class=\"num moment\">2026-12-01 12:00</span>"]);
    holds(&after, &[&format!("签到序号 {}，", house.head().await)]);
    // What is told of one is told of the other.
    holds(&auditor.read("/audit").await, &["账本完整", "2026-12-01 12:00", "其后 0 条未签"]);
}
