//! The rider's own page: what is public, what waits for a check, and the day each counts from; benefits, pairs and papers, and
//! the forms for them.

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

#[tokio::test]
async fn a_worker_sees_benefits_pairs_and_papers_applies_and_confirms_a_visit() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let page = rider.read("/me").await;
    for word in ["可用积分", "我的权益", "爱心餐券", "已发放", "排队第 2 位", "还剩 90 天", "YS-DJ05", "申请权益"]
    {
        holds(&page, &[word]);
    }
    holds(&page, &["我的结对与走访", "帮带", "YS-0006", "待您确认", "确认走访", "填报走访"]);
    holds(&page, &["我的聘书", "兼职网格员", "有效", "我的暖心卡", "YS-NK0001", "还剩 265 天"]);
    assert!(!page.contains("困难补助"), "money for oneself is asked for at the desk");

    let apply = [("do", "apply"), ("key", "A-1"), ("benefit", "YS-QY03"), ("at", "2026-12-01T11:00:00+08:00")];
    assert!(rider.done("/me", &apply).await.starts_with("已发放"));
    assert!(rider.done("/me", &apply).await.starts_with("已发放"), "the same form again is the same application");
    let again = [("do", "apply"), ("key", "A-2"), ("benefit", "YS-QY03"), ("at", "2026-12-01T11:00:00+08:00")];
    assert!(!rider.refused("/me", &again).await.is_empty(), "one for each worker");
    let back = |key| [("do", "withdraw"), ("key", key), ("benefit", "YS-QY03"), ("application", "A-1")];
    holds(&rider.read("/me").await, &["撤回申请 A-1", "名额给排队的下一位", "撤回后不再排队"]);
    assert_eq!(rider.done("/me", &back("W-1")).await, "已撤回申请");
    assert!(!rider.refused("/me", &back("W-2")).await.is_empty(), "once");
    let page = rider.read("/me").await;
    holds(&page, &["已撤回", "撤回日期 2026-12-01", "子女托管班名额（"]);
    assert!(!page.contains("撤回申请 A-1"), "and it can be applied for again");
    let confirm =
        [("do", "confirm_visit"), ("key", "C-1"), ("pair", "YS-JD01"), ("visit", "YS-ZF01"), ("on", "2026-12-01")];
    assert!(rider.done("/me", &confirm).await.contains("走访已确认"));
    assert!(!rider.read("/me").await.contains("value=\"confirm_visit\""), "nothing is left to confirm");
    let report =
        [("do", "report_visit"), ("key", "V-1"), ("pair", "YS-JD01"), ("activity", "LB01"), ("on", "2026-12-01")];
    assert!(rider.done("/me", &report).await.contains("走访已填报"));
    assert!(rider.read("/me").await.contains("等对方确认"));
    // The pair of others is not the rider's.
    let foreign =
        [("do", "report_visit"), ("key", "V-2"), ("pair", "YS-JD02"), ("activity", "LB01"), ("on", "2026-12-01")];
    assert!(!rider.refused("/me", &foreign).await.is_empty());
    // To object works as ever.
    let objection = [("key", "O-1"), ("credit", "demo/proposed/01"), ("reason", "数量不对")];
    assert_eq!(rider.done("/me", &objection).await, "异议已提交，处理结果会写在明细里");
}
