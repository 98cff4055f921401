//! Where a balance comes from: on the auditors' page, back through every event that made it.

use ledger_core::domain::points::Points;

use super::{House, holds};
use crate::access::Role;
use crate::demo::{self, EXAMPLE_WORKER};

/// What stands between two marks of a page.
#[track_caller]
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("{before} is missing: {page}"));
    rest.split(after).next().unwrap_or_default()
}

#[tokio::test]
async fn an_auditor_follows_a_balance_back_to_the_events_that_made_it() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit").await, &["结余的来历", "查来历", "action=\"/audit/trace\""]);
    holds(&auditor.read("/audit/trace").await, &["填编号", "查来历"]);
    let page = auditor.read(&format!("/audit/trace?worker={}", EXAMPLE_WORKER.to_lowercase())).await;
    holds(
        &page,
        &[EXAMPLE_WORKER, "逐条明细", "批次 1 ·", "批次剩余", "起可用", "积分标准第", "待审核或公示，尚未计入"],
    );
    assert!(!page.contains("role=\"alert\""), "{page}");

    // What is in the lots and what is set aside is the balance, which the views tell as well.
    let today = house.app.ledger.now().date();
    let of_today = auditor.read(&format!("/audit/trace?worker={EXAMPLE_WORKER}&as_of={today}")).await;
    let sum = between(&of_today, "未到期批次合计 ", "。");
    let (lots, rest) = sum.split_once(" + 预占 ").unwrap();
    let (held, balance) = rest.split_once(" = 结余 ").unwrap();
    let [lots, held, balance] = [lots, held, balance].map(|text| Points::parse(text).unwrap());
    assert_eq!(lots + held, balance, "{sum}");
    let told = house.app.views.worker(EXAMPLE_WORKER).await.unwrap().value.unwrap();
    let told = house.app.views.balance_of(EXAMPLE_WORKER, &told, today).await.unwrap();
    assert_eq!((lots, held), (told.available, told.held), "{sum}");

    // Each line leads to its event.
    let position = between(&page, "href=\"/audit?before=", "\"").split('#').next().unwrap().to_owned();
    let of = position.parse::<u64>().unwrap() - 1;
    let timeline = auditor.read(&format!("/audit?before={position}")).await;
    holds(&timeline, &[&format!("id=\"p{of}\""), EXAMPLE_WORKER]);

    // At a moment: before anything happened to the worker there was nobody.
    let page = auditor.read(&format!("/audit/trace?worker={EXAMPLE_WORKER}&at=1")).await;
    holds(&page, &["role=\"alert\"", "没有此人员", &format!("value=\"{EXAMPLE_WORKER}\"")]);
    let half = house.app.ledger.journal().head().await.unwrap().position / 2;
    let state = auditor.read(&format!("/audit/state?at={half}&as_of=2026-10-01")).await;
    let link = between(&state, "<th scope=\"row\"><a href=\"", "\"").replace("&amp;", "&").replace("&#38;", "&");
    assert!(link.contains(&format!("at={half}&")) && link.ends_with("as_of=2026-10-01"), "{link}");
    holds(&auditor.read(&link).await, &[&format!("序号 {half} 以前，截至 2026-10-01")]);
    for (wrong, told) in [
        ("worker=NOBODY", "没有此编号。可以填人员编号、单号"),
        ("worker=a%20b", "没有此编号"),
        ("worker=nobody", "没有此编号"),
        ("worker=YS-0001&at=99999999", "序号只到"),
        ("worker=YS-0001&at=x", "序号只到"),
        ("worker=YS-0001&as_of=2026-13-01", "日期"),
    ] {
        let page = auditor.read(&format!("/audit/trace?{wrong}")).await;
        assert!(super::said(&page, "role=\"alert\">").contains(told), "{wrong}: {page}");
    }
}

#[tokio::test]
async fn a_statement_adds_up_to_what_can_be_spent_also_before_what_ended_is_booked() {
    let house = House::open().await;
    let page = house.enter(Role::Worker).await.read("/me").await;
    holds(&page, &["过期", "可用到 2025-12-31", "2026-01-01"]);
    let statement = between(&page, ">明细</h2>", "<h2");
    let changes = statement.split("<span class=\"num ").skip(1).map(|rest| {
        let text = rest.split_once('>').and_then(|(_, rest)| rest.split_once('<')).unwrap().0;
        Points::parse(&text.trim_start_matches('+').replace('−', "-")).unwrap_or_else(|| panic!("{text} is no figure"))
    });
    let available = Points::parse(between(&page, "<p class=\"figure\">", "<")).unwrap();
    assert_eq!(changes.sum::<Points>(), available, "{statement}");
}

#[tokio::test]
async fn what_an_auditor_mistypes_is_told_beside_what_was_typed() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    for (wrong, told) in [("at=999999", "序号只到"), ("at=abc", "序号只到"), ("as_of=2026-13-01", "截至日期读不懂")]
    {
        let page = auditor.read(&format!("/audit/state?{wrong}")).await;
        assert!(super::said(&page, "role=\"alert\">").contains(told), "{wrong}: {page}");
    }
    assert!(!auditor.read("/audit/state?at=1").await.contains("role=\"alert\""));
    for (wrong, told, kept) in [
        ("seed=abc&size=20&by=points", "种子请填整数。", "value=\"abc\""),
        ("seed=7&size=0", "件数请填 1 到 1,000 的整数。", "value=\"0\""),
        ("seed=7&size=9999&by=station", "件数请填 1 到 1,000 的整数。", "value=\"station\" selected"),
    ] {
        let page = auditor.read(&format!("/audit/sample?{wrong}")).await;
        assert_eq!(super::said(&page, "role=\"alert\">"), told, "{wrong}");
        holds(&page, &[kept]);
    }
}

#[tokio::test]
async fn a_trace_tells_how_far_a_credit_that_waits_has_come() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let credit = "demo/proposed/02";
    approver.done("/credits", &[("do", "confirm"), ("key", "P-1"), ("credit", credit)]).await;
    house.app.views.fresh(None).await.unwrap();
    let waiting = house.app.views.proposals("", 1_000, |_| true).await.unwrap();
    let worker = waiting.rows.iter().find(|(name, _)| name == credit).unwrap().1.worker.clone();
    let auditor = house.enter(Role::Auditor).await;
    let page = auditor.read(&format!("/audit/trace?worker={worker}")).await;
    let lot = page.split("<details>").find(|lot| lot.contains(credit)).expect("the credit's lot");
    let lot = lot.split("</details>").next().unwrap();
    // Recorded, checked and made public: nothing is in it yet.
    assert_eq!(lot.matches("/audit?before=").count(), 2, "{lot}");
    holds(lot, &["公示", "<b class=\"num\">0</b>"]);
}

#[tokio::test]
async fn a_worker_sees_that_an_auditor_traced_the_own_balance() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    auditor.read("/audit/trace").await;
    let account = demo::account_of(&house.app.ledger, Role::Auditor).await.unwrap().unwrap();
    let rider = house.enter(Role::Worker).await;
    assert!(!rider.read("/me").await.contains(account.as_str()), "the form alone reads nobody's record");
    auditor.read(&format!("/audit/trace?worker={EXAMPLE_WORKER}")).await;
    for _ in 0..100 {
        if rider.read("/me").await.contains(account.as_str()) {
            return;
        }
        // Reads are written a moment later.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the worker is not told who looked");
}

#[tokio::test]
async fn an_auditor_traces_what_the_programmes_keep_by_its_number() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit/trace").await, &["单号、项目编号、资金编号"]);
    for (number, marks) in [
        ("YS-ZJ01", &["资金 YS-ZJ01", "拨入", "占用", "可用", "资金登记"] as &[&str]),
        ("YS-XQ01", &["需求 YS-XQ01", "认领次数", "办理时限", "YS-XQ07"]),
        ("YS-QY01", &["权益项目 YS-QY01", "余名额", "权益发放", "YS-TJ001"]),
        ("YS-NK0001", &["暖心卡 YS-NK0001", "有效", "优惠合计"]),
        ("YS-JD01", &["结对 YS-JD01", "待确认走访", "走访填报"]),
        ("YS-PX01", &["评选 YS-PX01", "入围", "评选公告"]),
        ("YS-SQ01", &["站点 YS-SQ01", "上级站点", "YS-JD", "下级站点", "YS-YZ01"]),
        ("YS-SQ05", &["站点 YS-SQ05", "聘任登记", "YS-PS04"]),
        ("YS-YZ35", &["站点 YS-YZ35", "停用日期", "招呼站并入微驿站"]),
        ("YS-SH02", &["商户 YS-SH02", "应付积分", "应付金额", "补贴应付", "统一社会信用代码 9"]),
    ] {
        let page = auditor.read(&format!("/audit/trace?worker={number}")).await;
        holds(&page, marks);
        assert!(!page.contains("role=\"alert\""), "{number}: {page}");
    }
    // A number that was typed in small letters is found as well.
    let small = auditor.read("/audit/trace?worker=ys-zj01").await;
    holds(&small, &["资金 YS-ZJ01", "value=\"YS-ZJ01\""]);
    assert!(!small.contains("role=\"alert\""), "{small}");
    // At a moment, in English, and page after page.
    let early = auditor.read("/audit/trace?worker=YS-ZJ01&at=1").await;
    holds(&early, &["role=\"alert\"", "value=\"YS-ZJ01\""]);
    let policies = auditor.read("/audit/trace?worker=YS-QY05").await;
    assert_eq!(policies.matches("aria-label=\"事件序号").count(), 100, "{policies}");
    let later =
        between(&policies, "href=\"/audit/trace?worker=YS-QY05", "#lines").replace("&amp;", "&").replace("&#38;", "&");
    let rest = auditor.read(&format!("/audit/trace?worker=YS-QY05{later}")).await;
    assert_ne!(between(&rest, "aria-label=\"事件序号", "\""), between(&policies, "aria-label=\"事件序号", "\""));
}

#[tokio::test]
async fn each_figure_of_a_trace_has_its_name_beside_it_where_rows_are_cards() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    for number in
        [EXAMPLE_WORKER, "YS-ZJ01", "YS-XQ01", "YS-QY01", "YS-NK0001", "YS-JD01", "YS-PX01", "YS-SQ01", "YS-SH02"]
    {
        let page = auditor.read(&format!("/audit/trace?worker={number}")).await;
        let tables: Vec<&str> = page.split("<table").skip(1).collect();
        assert!(!tables.is_empty(), "{number}: {page}");
        for table in tables {
            let table = table.split("</table>").next().unwrap_or_default();
            let (classes, rows) = table.split_once('>').expect("a table");
            assert!(classes.contains("stack"), "{number}: {classes}");
            let (cells, named) = (rows.matches("<td").count(), rows.matches(" data-label=\"").count());
            assert!(cells > 0 && cells == named, "{number}: {cells} cells, {named} of them named");
        }
    }
}

#[tokio::test]
async fn a_worker_sees_that_an_auditor_traced_the_own_pair() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    let account = demo::account_of(&house.app.ledger, Role::Auditor).await.unwrap().unwrap();
    let rider = house.enter(Role::Worker).await;
    auditor.read("/audit/trace?worker=YS-ZJ01").await;
    assert!(!rider.read("/me").await.contains(account.as_str()), "a fund is nobody's record");
    // The example worker is one of the pair.
    auditor.read("/audit/trace?worker=YS-JD01").await;
    for _ in 0..100 {
        if rider.read("/me").await.contains(account.as_str()) {
            return;
        }
        // Reads are written a moment later.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the worker is not told who looked");
}
