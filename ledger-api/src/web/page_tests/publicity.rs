//! The list for the wall: read by anybody with an account, with masked names and the checkpoint beneath it.

use ledger_core::ledger::command::CreditAction;

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn whoever_has_an_account_reads_the_list_for_the_wall_with_a_checkpoint_to_print() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let pass = [("do", "confirm"), ("key", "P-1"), ("credit", "demo/proposed/02")];
    approver.done("/credits", &pass).await;
    for role in [Role::Clerk, Role::Worker, Role::Branch, Role::Auditor, Role::Operator, Role::Approver, Role::Merchant]
    {
        let page = house.enter(role).await.read("/publicity").await;
        holds(&page, &["积分公示", "公示日期 2026-12-01", "demo/proposed/02", "2026-12-04", "打印公示", "data-print"]);
        holds(&page, &["账本检查点", "截至序号", "默克尔根", "验证公钥", "<svg", "请在公示截止日（含当日）前提出"]);
        assert!(!page.contains("YS-0004"), "the list tells {role:?} more of a person than the masked name: {page}");
    }
}

/// An objection to a credit by its form.
fn object<'a>(key: &'a str, reason: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("do", "object"),
        ("key", key),
        ("credit", "demo/proposed/02"),
        ("reason", reason),
        ("site", ""),
        ("anonymous", "1"),
    ]
}

#[tokio::test]
async fn anybody_objects_beside_the_record_and_is_told_what_became_of_it() {
    let house = House::open().await;
    let (approver, clerk) = (house.enter(Role::Approver).await, house.enter(Role::Clerk).await);
    let own = "提出异议 demo/proposed/02";
    assert!(!clerk.read("/publicity").await.contains(own), "it is not public yet");
    let pass = [("do", "confirm"), ("key", "P-1"), ("credit", "demo/proposed/02")];
    approver.done("/credits", &pass).await;
    for role in [Role::Clerk, Role::Worker, Role::Branch, Role::Operator, Role::Approver, Role::Merchant, Role::Admin] {
        let page = house.enter(role).await.read("/publicity").await;
        holds(&page, &[own, "value=\"object\"", "name=\"reason\"", "匿名"]);
        // The clerk of the demonstration objected to another one.
        assert_eq!(page.contains("我提出的异议"), role == Role::Clerk, "{role:?}");
    }
    let auditor = house.enter(Role::Auditor).await;
    assert!(!auditor.read("/publicity").await.contains("value=\"object\""), "auditors write nothing");
    assert!(auditor.refused("/publicity", &object("O-0", "数量不对")).await.contains("不能办理"));

    // What is not taken is said so that it can be mended, and what was typed stays.
    for reason in ["", "打 13800138000 问他"] {
        let page = clerk.send("/publicity", &object("O-1", reason)).await;
        holds(
            &page,
            &["role=\"alert\"", "异议没有提交", "<details class=\"no-print\" open>", &format!("{reason}</textarea>")],
        );
    }
    let told = clerk.done("/publicity", &object("O-2", "那天没有这项活动")).await;
    assert!(told.starts_with("异议已收到"), "{told}");
    assert_eq!(clerk.done("/publicity", &object("O-2", "那天没有这项活动")).await, told, "the same form again");
    let page = clerk.read("/publicity").await;
    holds(&page, &["我提出的异议", "demo/proposed/02", "审核员正在核实"]);
    assert!(!page.contains(own), "it hangs there no more: {page}");
    let others = house.enter(Role::Merchant).await;
    assert!(others.refused("/publicity", &object("O-3", "数量不对")).await.contains("已经有人提出异议"));
    assert!(!others.read("/publicity").await.contains("demo/proposed/02"), "nobody else is told of it");
    let unknown = [("do", "object"), ("key", "O-4"), ("credit", "NOBODY-S"), ("reason", "数量不对")];
    assert!(others.refused("/publicity", &unknown).await.contains("请回到列表重新选"));

    // Whoever checked it has had a part, and another one decides.
    house.judge("resolver", "demo/proposed/02", CreditAction::Resolve { upheld: false }).await;
    house.app.views.fresh(None).await.unwrap();
    let page = clerk.read("/publicity").await;
    holds(&page, &["没有成立，公示继续", "提出申诉", "value=\"object\""]);
    assert!(clerk.refused("/publicity", &object("O-5", "还是不对")).await.contains("同一条只能提一次"));
    let appeal = [("do", "appeal"), ("key", "A-1"), ("credit", "demo/proposed/02"), ("reason", "签到表抄错了")];
    assert!(clerk.done("/publicity", &appeal).await.contains("申诉已提交"));
    let page = clerk.read("/publicity").await;
    assert!(page.contains("审核员正在核实") && !page.contains("value=\"appeal\""), "once: {page}");
}
