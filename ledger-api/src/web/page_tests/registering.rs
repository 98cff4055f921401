//! Whoever is new is registered where the desk is told that nobody has the id.

use super::{House, holds};
use crate::access::Role;
use crate::vault::WORKER;

#[tokio::test]
async fn somebody_new_is_registered_at_the_desk_and_recorded_for_at_once() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let credit = |key| {
        [
            ("do", "enter"),
            ("key", key),
            ("worker", "n-7"),
            ("activity", "ZY01"),
            ("on", "2026-12-01"),
            ("quantity", "1"),
            ("witness", "证明人"),
        ]
    };
    assert!(desk.refused("/credits", &credit("C-1")).await.contains("新来的人员先由录入员登记"));
    holds(&desk.read("/credits").await, &["登记新人员", "从业类型", "中共预备党员"]);
    let blank = [("do", "register"), ("key", "R-0"), ("new", "n-7"), ("name", "演示新人"), ("occupation", "")];
    let page = desk.send("/credits", &blank).await;
    holds(&page, &["role=\"alert\"", "value=\"N-7\"", "value=\"演示新人\"", "<details open>"]);
    let new = [
        ("do", "register"),
        ("key", "R-1"),
        ("new", "n-7"),
        ("name", "演示新人"),
        ("occupation", "外卖配送员"),
        ("status", "probationary"),
    ];
    assert_eq!(desk.done("/credits", &new).await, "已登记 N-7");
    assert_eq!(desk.done("/credits", &new).await, "已登记 N-7", "the same form again registers nobody twice");
    assert_eq!(house.app.vault.get_name(WORKER, "N-7").await.unwrap().as_deref(), Some("演示新人"));
    assert!(desk.done("/credits", &credit("C-2")).await.contains("等待审核"));
    // Who checks registers nobody.
    let approver = house.enter(Role::Approver).await;
    assert!(!approver.read("/credits").await.contains("登记新人员"));
    assert!(approver.refused("/credits", &new).await.contains("不能办理"));
}
