//! What waits at the desk: visits, appointments, and the benefits that it applies for and gives back for somebody.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn the_desk_sees_what_waits_appoints_and_ends_an_appointment() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/appointments").await;
    holds(&page, &["待确认的走访", "YS-ZF02", "已等 4 天", "聘任", "YS-PS02", "还剩 20 天"]);
    holds(&page, &["权益与排队", "30 人排队", "第 1 位 YS-0012", "登记聘任"]);
    assert!(!page.contains("value=\"confirm\""), "a visit is confirmed by the other one, or entered at the desk");
    let appoint = [
        ("do", "appoint"),
        ("key", "P-1"),
        ("id", "PS-9"),
        ("worker", "YS-0003"),
        ("role", "兼职网格员"),
        ("from", "2026-12-01"),
        ("until", "2027-11-30"),
    ];
    assert_eq!(approver.done("/appointments", &appoint).await, "已提交，等另一位审核员确认");
    assert!(!approver.read("/appointments").await.contains("还剩 364 天"), "it does not hold yet");
    house.other_confirms("C-1", "YS-0003", "PS-9").await;
    holds(&approver.read("/appointments").await, &["PS-9", "还剩 364 天"]);
    let fields = [appoint.as_slice(), &[("ended", "2026-12-01")]].concat();
    let dismiss: Vec<(&str, &str)> = fields
        .into_iter()
        .map(|(name, value)| match name {
            "do" => (name, "dismiss"),
            "key" => (name, "P-2"),
            _ => (name, value),
        })
        .collect();
    assert_eq!(approver.done("/appointments", &dismiss).await, "已提交解聘，等另一位审核员确认");
    house.other_confirms("C-2", "YS-0003", "PS-9").await;
    assert!(approver.read("/appointments").await.contains("已解聘"));
    // What was typed comes back as text, whatever it is.
    let odd = [("do", "appoint"), ("key", "P-3"), ("id", "PS-8"), ("worker", "NOBODY"), ("role", "<b>x</b>")];
    let odd = [odd.as_slice(), &[("from", "2026-12-01"), ("sure", "<b>x</b>")]].concat();
    let page = approver.send("/appointments", &odd).await;
    assert!(page.contains("没有此人员") && !page.contains("<b>x</b>"), "{page}");

    let operator = house.enter(Role::Operator).await;
    let confirm = [
        ("do", "confirm"),
        ("key", "P-4"),
        ("pair", "YS-JD02"),
        ("visit", "YS-ZF02"),
        ("by", "YS-0013"),
        ("on", "2026-12-01"),
    ];
    holds(&operator.read("/appointments").await, &["本人已确认，代为登记"]);
    assert!(operator.done("/appointments", &confirm).await.contains("走访已确认"));
    assert!(operator.refused("/appointments", &appoint).await.contains("不能办理"));
    // A subsidy names its amount, and is entered at the desk.
    let subsidy = [
        ("do", "apply"),
        ("key", "B-1"),
        ("worker", "ys-0002"),
        ("benefit", "YS-QY04"),
        ("at", "2026-12-01T11:00:00+08:00"),
    ];
    assert!(operator.refused("/appointments", &subsidy).await.contains("金额无效"));
    let named = [subsidy.as_slice(), &[("amount", "300")]].concat();
    assert_eq!(operator.done("/appointments", &named).await, "已发放，登记号 B-1");
    // What is given back at the desk goes to the next in the queue, and the worker is told why.
    let back = |application| {
        let of = [("do", "withdraw"), ("key", "B-2"), ("benefit", "YS-QY01"), ("reason", "本人出差")];
        [of.as_slice(), &[("application", application)]].concat()
    };
    holds(&operator.read("/appointments").await, &["代为撤回申请", "第 1 位 YS-0012", "登记号 YS-DJ03"]);
    let refused = operator.send("/appointments", &back("YS-DJ99")).await;
    holds(&refused, &["role=\"alert\"", "value=\"YS-DJ99\"", "value=\"本人出差\""]);
    assert_eq!(operator.done("/appointments", &back("YS-DJ01")).await, "已撤回申请");
    holds(&operator.read("/appointments").await, &["29 人排队", "第 1 位 YS-0001", "已撤回 1"]);
    assert!(!approver.read("/appointments").await.contains("代为撤回申请"), "an approver does not");
    let rider = house.enter(Role::Worker).await;
    holds(&rider.read("/me").await, &["排队第 1 位"]);
    let own = [("do", "withdraw"), ("key", "B-3"), ("benefit", "YS-QY01"), ("application", "YS-DJ04")];
    assert_eq!(rider.done("/me", &own).await, "已撤回申请");
    assert!(!rider.read("/me").await.contains("排队第"), "who leaves the queue waits no more");
    let others = [("do", "withdraw"), ("key", "B-4"), ("benefit", "YS-QY01"), ("application", "YS-DJ03")];
    assert!(!rider.refused("/me", &others).await.is_empty(), "another's place is not the rider's to give back");
}
