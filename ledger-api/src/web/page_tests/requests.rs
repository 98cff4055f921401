//! Requests on their page: the desk posts them and records the work and the word on it, and a worker claims, reports and rates.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn the_desk_posts_a_request_records_the_work_and_the_word_on_it() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let page = desk.read("/requests").await;
    holds(
        &page,
        &["需求清单", "登记需求", "待办", "待核实", "待评价", "YS-XQ05", "已提出 12 天", "上报人 YS-0001", "登记办理"],
    );
    assert!(!page.contains("YS-XQ06") && !page.contains("YS-XQ07"), "what is over is not to be done: {page}");
    // By the day it is due; what has none comes behind, longest waiting first.
    holds(&page, &["已逾期 2 天", "还有 3 天"]);
    let places = ["YS-XQ01", "YS-XQ03", "YS-XQ02", "YS-XQ08", "YS-XQ05", "YS-XQ09"].map(|id| page.find(id));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    holds(&desk.read("/requests?state=merged").await, &["YS-XQ07", "已并入", "并入 YS-XQ01"]);

    let post = [("do", "post"), ("number", "T-1"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-1");
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-1", "the same form again is the same request");
    assert!(desk.read("/requests?state=open").await.contains("T-1"));
    let work = [
        ("do", "handle"),
        ("key", "T-1-work"),
        ("request", "T-1"),
        ("claimer", "ys-0002"),
        ("claimed", "2026-11-30"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(desk.done("/requests", &work).await, "已登记办理，等待评价");
    let late = [("do", "rate"), ("key", "T-1-early"), ("request", "T-1"), ("handling", "T-1-work"), ("word", "满意")];
    let early = [late.as_slice(), &[("on", "2026-11-30")]].concat();
    assert!(desk.refused("/requests", &early).await.contains("日期"), "nobody rates what is not done yet");
    let rate = [("do", "rate"), ("key", "T-1-word"), ("request", "T-1"), ("handling", "T-1-work"), ("word", "满意")];
    assert_eq!(desk.done("/requests", &rate).await, "已评价，办理人记 20 分");
    holds(&desk.read("/requests?state=rated").await, &["T-1", "已办结", "认领人 YS-0002"]);
    // A hazard is found true in one step.
    let true_one = [("do", "feed_back"), ("key", "T-2"), ("request", "YS-XQ09"), ("word", "属实"), ("quantity", "1")];
    assert_eq!(desk.done("/requests", &true_one).await, "已办好，入账 5 分");
    // Claimed apart, given up, passed on and taken back.
    let post = [("do", "post"), ("number", "T-4"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-4");
    let claim =
        [("do", "claim"), ("key", "T-4-claim"), ("request", "T-4"), ("claimer", "ys-0002"), ("claimed", "2026-11-30")];
    assert_eq!(desk.done("/requests", &claim).await, "已认领，办好后请报办结");
    holds(&desk.read("/requests?state=underway").await, &["T-4", "办理中", "认领人 YS-0002", "报办结", "退回"]);
    let withdraw = [("do", "withdraw"), ("key", "T-4-withdraw"), ("request", "T-4")];
    assert!(!desk.refused("/requests", &withdraw).await.is_empty(), "somebody has it to do");
    let give_up = [("do", "give_up"), ("key", "T-4-return"), ("request", "T-4"), ("claim", "T-4-claim")];
    assert_eq!(desk.done("/requests", &give_up).await, "已退回，别人可以认领");
    let route = [("do", "route"), ("key", "T-4-route"), ("request", "T-4"), ("body", "区住建局"), ("on", "2026-12-01")];
    assert_eq!(desk.done("/requests", &route).await, "已转办");
    holds(&desk.read("/requests?state=open").await, &["T-4", "转办 区住建局（2026-12-01）", "已退回 2026-12-01"]);
    assert_eq!(desk.done("/requests", &withdraw).await, "已撤回");
    holds(&desk.read("/requests?state=withdrawn").await, &["T-4", "已撤回 2026-12-01"]);
    // The same thing posted twice is linked to the first, which the board shows however it stands.
    let post = [("do", "post"), ("number", "T-5"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-5");
    holds(&desk.read("/requests?request=T-5").await, &["T-5", "待办", "原单号", "value=\"merge\""]);
    let merge =
        |into| [("do", "merge"), ("key", "T-5-merge"), ("request", "T-5"), ("into", into), ("reason", "同一处")];
    let page = desk.send("/requests", &merge("YS-XQ07")).await;
    holds(
        &page,
        &["role=\"alert\"", "已经并到别的单", "value=\"YS-XQ07\"", "value=\"同一处\"", "<details open><summary>并入"],
    );
    assert_eq!(desk.done("/requests", &merge("T-1")).await, "已并入");
    assert_eq!(desk.done("/requests", &merge("T-1")).await, "已并入", "the same form again merges nothing twice");
    holds(&desk.read("/requests?state=merged").await, &["T-5", "href=\"/requests?request=T-1\">并入 T-1</a>"]);
    let page = desk.read("/requests?request=T-1").await;
    holds(&page, &["T-1", "已办结"]);
    assert!(!page.contains("YS-XQ01"), "one alone: {page}");
    assert!(desk.read("/requests?request=T-99").await.contains("没有这样的需求。"));
    // What was typed stays where it is refused.
    let wrong = [("do", "handle"), ("key", "T-3"), ("request", "YS-XQ01"), ("claimer", "YS-9999"), ("quantity", "2")];
    let wrong = [wrong.as_slice(), &[("claimed", "2026-12-01"), ("done", "2026-12-01")]].concat();
    let page = desk.send("/requests", &wrong).await;
    holds(&page, &["role=\"alert\"", "没有此人员", "value=\"YS-9999\"", "<details open>"]);
    // Who checks says what work was worth, and posts nothing.
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/requests").await;
    holds(&page, &["需求清单", "评价结果"]);
    assert!(!page.contains("value=\"post\"") && !page.contains("value=\"handle\""), "{page}");
    assert!(approver.refused("/requests", &post).await.contains("不能办理"));
}

#[tokio::test]
async fn a_worker_claims_reports_and_rates_and_is_told_nobody_else_s_id() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let page = rider.read("/requests").await;
    holds(&page, &["可认领", "我的需求", "上报隐患", "认领并登记办理", "本人上报", "YS-XQ01", "YS-XQ05"]);
    for other in ["YS-0004", "YS-0007", "YS-0012", "YS-XQ09"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let work = [
        ("do", "handle"),
        ("key", "R-1"),
        ("request", "YS-XQ01"),
        ("claimer", "YS-0002"),
        ("claimed", "2026-12-01"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &work).await, "已登记办理，等待评价");
    let page = rider.read("/requests").await;
    holds(&page, &["本人办理"]);
    // Nobody says what the own work was worth.
    let own = [("do", "rate"), ("key", "R-2"), ("request", "YS-XQ01"), ("handling", "R-1"), ("word", "满意")];
    assert!(rider.refused("/requests", &own).await.contains("不能办理"));
    let others =
        [("do", "rate"), ("key", "R-3"), ("request", "YS-XQ05"), ("handling", "YS-BL02"), ("word", "基本满意")];
    assert_eq!(rider.done("/requests", &others).await, "已评价，办理人记 20 分");
    // What one means to do, and has still to do.
    let claim =
        [("do", "claim"), ("key", "R-6"), ("request", "YS-XQ02"), ("claimer", "YS-0004"), ("claimed", "2026-12-01")];
    assert_eq!(rider.done("/requests", &claim).await, "已认领，办好后请报办结");
    holds(&rider.read("/requests").await, &["我认领的", "本人认领", "报办结", "退回"]);
    let done = [
        ("do", "done"),
        ("key", "R-7"),
        ("request", "YS-XQ02"),
        ("claim", "R-6"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &done).await, "已报办结，等待评价");
    assert!(rider.read("/requests").await.contains("没有您认领了还没办结的需求。"));
    let hazard = [("do", "report"), ("key", "R-4"), ("activity", "YH01"), ("on", "2026-12-01")];
    assert_eq!(rider.done("/requests", &hazard).await, "已登记，单号 R-4");
    let found = [("do", "feed_back"), ("key", "R-5"), ("request", "R-4"), ("word", "属实"), ("quantity", "1")];
    assert!(!rider.refused("/requests", &found).await.is_empty(), "nobody finds the own report true");
    let merge = [("do", "merge"), ("key", "R-8"), ("request", "R-4"), ("into", "YS-XQ09")];
    assert!(rider.refused("/requests", &merge).await.contains("不能办理"), "a duplicate is for the desk to find");
}
