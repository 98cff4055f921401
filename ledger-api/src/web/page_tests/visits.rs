//! The visits of a branch's pairs, the word that it gives for a partner who left, and pairs who help each other.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn a_branch_sees_for_whom_visits_wait_and_says_it_for_who_left() {
    let house = House::open().await;
    let branch = house.enter(Role::Branch).await;
    holds(&branch.read("/branch").await, &["/branch/visits?branch=YS-DZB01", "走访确认（2）"]);
    let page = branch.read("/branch/visits").await;
    holds(
        &page,
        &[
            "等支部代为确认",
            "YS-ZF03",
            "YS-JD04",
            "YS-0234 <span class=\"tag bad\">已退出",
            "已等 1 天",
            "支部代为确认",
        ],
    );
    let (own, others) = page.split_once("id=\"for-partner\"").unwrap();
    assert!(own.contains("YS-ZF03") && !own.contains("YS-ZF01"), "{own}");
    assert!(others.contains("YS-ZF01") && others.contains("待确认人 演示骑手01 YS-0001"), "{others}");
    assert!(!others.contains("value=\"stand_in\""), "the partner says it: {others}");
    assert!(!page.contains("YS-ZF02"), "another branch's pair: {page}");

    let word = |key: &'static str, pair: &'static str, visit: &'static str| {
        [
            ("do", "stand_in"),
            ("key", key),
            ("branch", "YS-DZB01"),
            ("pair", pair),
            ("visit", visit),
            ("on", "2026-12-01"),
        ]
    };
    let there = branch.refused("/branch/visits", &word("D-1", "YS-JD01", "YS-ZF01")).await;
    assert!(there.contains("对方还没有退出"), "{there}");
    let foreign = branch.refused("/branch/visits", &word("D-2", "YS-JD02", "YS-ZF02")).await;
    assert!(foreign.contains("不是本支部的结对"), "{foreign}");
    let head = house.head().await;
    assert_eq!(branch.done("/branch/visits", &word("D-3", "YS-JD04", "YS-ZF03")).await, "已代为确认，填报人记分");
    let after = house.head().await;
    assert!(head < after);
    assert_eq!(branch.done("/branch/visits", &word("D-3", "YS-JD04", "YS-ZF03")).await, "已代为确认，填报人记分");
    assert_eq!(house.head().await, after, "the same form again is the same word");
    let page = branch.read("/branch/visits").await;
    assert!(page.contains("没有要支部代为确认的走访") && !page.contains("YS-ZF03"), "{page}");
    holds(&branch.read("/branch").await, &["走访确认（1）"]);
    assert_eq!(branch.status("/branch/visits?branch=YS-DZB02").await, 403, "another branch's visits");
}

#[tokio::test]
async fn an_approver_sees_pairs_who_help_each_other() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    assert!(!approver.read("/appointments/pairs").await.contains("互相帮带"));
    let open = [
        ("do", "open"),
        ("key", "J-1"),
        ("id", "JD-9"),
        ("helper", "YS-0006"),
        ("helped", "YS-0001"),
        ("since", "2026-12-01"),
    ];
    assert_eq!(approver.done("/appointments/pairs", &open).await, "已登记结对", "it is refused nothing");
    let page = approver.read("/appointments/pairs").await;
    holds(&page, &["互相帮带的结对", "YS-0001 ⇄ YS-0006", "YS-JD01（2026-08-23）、JD-9（2026-12-01）"]);
    assert_eq!(page.matches("<span class=\"tag wait\">互相帮带</span>").count(), 2, "{page}");
}
