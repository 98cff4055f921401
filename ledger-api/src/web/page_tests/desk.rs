//! What the desk keeps of pairs and passes, and the notice that it prints for the wall.

use super::{House, holds, said};
use crate::access::Role;

/// The same form again with other fields.
fn with<'a>(form: &[(&'a str, &'a str)], others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name));
    kept.chain(others).copied().collect()
}

#[tokio::test]
async fn an_approver_opens_a_pair_and_ends_it() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    holds(&approver.read("/appointments").await, &["/appointments/pairs", "/appointments/passes"]);
    let page = approver.read("/appointments/pairs").await;
    holds(&page, &["YS-JD02", "结对中", "登记结对", "value=\"JD-"]);
    let open = [
        ("do", "open"),
        ("key", "J-1"),
        ("id", "JD-9"),
        ("helper", "ys-0003"),
        ("helped", "YS-0005"),
        ("since", "2026-12-01"),
    ];
    assert_eq!(approver.done("/appointments/pairs", &open).await, "已登记结对");
    assert_eq!(
        approver.done("/appointments/pairs", &open).await,
        "已登记结对",
        "the same form again is no second pair"
    );
    holds(&approver.read("/appointments/pairs").await, &["JD-9", "YS-0003 → YS-0005"]);
    // A number that is another pair's already is said to be, and the pair stays who it was.
    let taken = with(&open, &[("key", "J-6"), ("helped", "YS-0008")]);
    let page = approver.send("/appointments/pairs", &taken).await;
    holds(&page, &["role=\"alert\"", "结对号 JD-9 已用于 YS-0003 与 YS-0005", "value=\"YS-0008\""]);
    holds(&approver.read("/appointments/pairs").await, &["YS-0003 → YS-0005"]);
    // What was typed comes back as text, whatever it is.
    let odd = with(&open, &[("key", "J-2"), ("id", "JD-8"), ("helped", "<b>x</b>")]);
    let page = approver.send("/appointments/pairs", &odd).await;
    assert!(page.contains("role=\"alert\"") && !page.contains("<b>x</b>"), "{page}");
    let end = with(&open, &[("do", "end"), ("key", "J-3"), ("ended", "2026-12-01")]);
    assert_eq!(approver.done("/appointments/pairs", &end).await, "已登记解除");
    holds(&approver.read("/appointments/pairs").await, &["已解除"]);
    let undated = with(&open, &[("do", "end"), ("key", "J-4"), ("ended", "")]);
    assert!(!approver.refused("/appointments/pairs", &undated).await.is_empty());

    // Whoever records sees the pairs of the own sites, and opens none.
    let operator = house.enter(Role::Operator).await;
    let page = operator.read("/appointments/pairs").await;
    assert!(page.contains("结对由审核员登记") && !page.contains("value=\"open\""), "{page}");
    let foreign = with(&open, &[("key", "J-5"), ("id", "JD-7")]);
    assert!(operator.refused("/appointments/pairs", &foreign).await.contains("不能办理"));
}

#[tokio::test]
async fn one_worker_is_found_among_all_appointments_and_pairs() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let all = approver.read("/appointments").await;
    holds(&all, &["按编号查聘任", "聘书号 YS-PS01", "聘书号 YS-PS02", "class=\"rest\""]);
    let one = approver.read("/appointments?worker=ys-0007").await;
    holds(&one, &["聘书号 YS-PS02", "value=\"YS-0007\""]);
    assert!(!one.contains("聘书号 YS-PS01") && !one.contains("聘书号 YS-PS03"), "{one}");
    holds(&approver.read("/appointments/pairs").await, &["按编号查结对", "结对号 YS-JD01", "结对号 YS-JD02"]);
    // Whoever is helped is found as whoever helps.
    for worker in ["YS-0001", "%20ys-0006"] {
        let one = approver.read(&format!("/appointments/pairs?worker={worker}")).await;
        assert!(one.contains("结对号 YS-JD01") && !one.contains("结对号 YS-JD02"), "{one}");
    }
    for (path, told) in [("/appointments", "没有找到此编号的聘任"), ("/appointments/pairs", "没有找到此编号的结对")]
    {
        for nobody in ["YS-9999", "%3Cb%3Ex%3C%2Fb%3E"] {
            let page = approver.read(&format!("{path}?worker={nobody}")).await;
            assert!(page.contains(told) && !page.contains("<B>X") && !page.contains("<b>x"), "{path} {nobody}: {page}");
        }
    }
    // What was looked for stays where something was done about it.
    let end = [
        ("do", "end"),
        ("key", "J-1"),
        ("of", "YS-0006"),
        ("id", "YS-JD01"),
        ("helper", "YS-0001"),
        ("helped", "YS-0006"),
        ("branch", "YS-DZB01"),
        ("since", "2026-08-23"),
        ("ended", "2026-12-01"),
    ];
    let page = approver.send("/appointments/pairs", &end).await;
    assert!(page.contains("已登记解除") && !page.contains("结对号 YS-JD02"), "{page}");
}

#[tokio::test]
async fn an_operator_issues_a_pass_and_replaces_one_that_was_lost() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    holds(&desk.read("/appointments/passes").await, &["YS-NK0001", "有效", "发放暖心卡", "value=\"NK-"]);
    let issue = [
        ("do", "issue"),
        ("key", "K-1"),
        ("id", "NK-9"),
        ("worker", "ys-0003"),
        ("kind", "骑手暖心卡"),
        ("sure", "骑手暖心卡"),
        ("from", "2026-12-01"),
        ("until", "2027-11-30"),
    ];
    let unsure = with(&issue, &[("sure", "")]);
    let page = desk.send("/appointments/passes", &unsure).await;
    holds(
        &page,
        &[
            "「骑手暖心卡」以前没有用过（已有：暖心卡）",
            "name=\"sure\" value=\"骑手暖心卡\"",
            "<datalist id=\"kinds\">",
        ],
    );
    assert_eq!(desk.done("/appointments/passes", &issue).await, "已发放，卡号 NK-9");
    let page = desk.read("/appointments/passes?worker=ys-0003").await;
    assert!(page.contains("NK-9") && !page.contains("YS-NK0001"), "those of one worker alone: {page}");
    let lost = [
        ("do", "lose"),
        ("key", "K-2"),
        ("of", "YS-0003"),
        ("id", "NK-9"),
        ("lost", "2026-12-01T11:30"),
        ("replacement", "NK-10"),
    ];
    assert_eq!(desk.done("/appointments/passes", &lost).await, "已挂失，补发卡号 NK-10");
    assert_eq!(desk.done("/appointments/passes", &lost).await, "已挂失，补发卡号 NK-10", "once");
    let page = desk.read("/appointments/passes?worker=YS-0003").await;
    holds(&page, &["已挂失", "挂失于 2026-12-01 11:30", "NK-10", "补发卡，启用于 2026-12-01 11:30"]);
    for (wrong, why) in [
        (with(&lost, &[("key", "K-3"), ("id", "NK-404")]), "没有"),
        (with(&lost, &[("key", "K-4"), ("lost", "yesterday")]), "日期"),
        (with(&issue, &[("key", "K-5"), ("id", "NK-11"), ("from", "")]), "日期"),
    ] {
        let said = desk.refused("/appointments/passes", &wrong).await;
        assert!(said.contains(why), "{wrong:?}: {said}");
    }
    holds(&desk.read("/appointments/passes?worker=%3Cb%3E").await, &["没有找到暖心卡"]);

    // Whoever checks reads them, and issues none.
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/appointments/passes").await;
    assert!(page.contains("YS-NK0001") && !page.contains("value=\"issue\""), "{page}");
    let foreign = with(&issue, &[("key", "K-6"), ("id", "NK-12")]);
    assert!(approver.refused("/appointments/passes", &foreign).await.contains("不能办理"));
}

#[tokio::test]
async fn everybody_reads_the_notice_with_the_checkpoint_that_a_receipt_is_held_against() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    holds(&desk.read("/credits").await, &["href=\"/publicity\""]);
    let worker = house.enter(Role::Worker).await;
    holds(&worker.read("/me").await, &["href=\"/publicity\""]);
    for role in [Role::Operator, Role::Approver, Role::Worker, Role::Merchant, Role::Auditor, Role::Branch] {
        let page = house.enter(role).await.read("/publicity").await;
        holds(&page, &["积分公示", "公示截止", "有异议的", "打印公示", "截至序号", "默克尔根", "<svg"]);
    }
    let page = desk.read("/publicity").await;
    let posted = house.app.audit.checkpoint_for(None, 0).await.unwrap();
    let checkpoint: ledger_core::evidence::checkpoint::Checkpoint = posted.note.text().parse().unwrap();
    let root = crate::audit::notice::grouped(checkpoint.root());
    holds(&page, &[&root[0], &root[1], &format!("<b>{}</b>", checkpoint.size())]);
    let (status, page) = desk.ask(axum::http::Request::get("/publicity?site=NOWHERE"), String::new()).await;
    assert!(!status.is_success() && page.contains("没有此"), "{status} {page}");
    let mut english = house.enter(Role::Worker).await;
    english.cookie.push_str("; nuanxin-language=en");
    holds(&english.read("/publicity").await, &["Publicity list", "Objections are taken", "Root hash"]);
}

#[tokio::test]
async fn whoever_records_is_told_what_a_limit_took_and_which_one_it_was() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let register = [("do", "register"), ("key", "N-1"), ("new", "T-9001"), ("occupation", "外卖配送员")];
    desk.done("/credits", &register).await;
    let enter = [
        ("do", "enter"),
        ("key", "X-1"),
        ("worker", "T-9001"),
        ("activity", "WM02"),
        ("on", "2026-12-01"),
        ("quantity", "1"),
        ("witness", "网格员甲"),
    ];
    assert_eq!(desk.done("/credits", &enter).await, "已申报 6 分，等待审核", "no limit took from it");
    // 6 for each, 12 a day.
    let more = with(&enter, &[("key", "X-2"), ("quantity", "3")]);
    let row = [("record", "X-2"), ("worker", "T-9001"), ("activity", "WM02"), ("on", "2026-12-01")];
    let row = [row.as_slice(), &[("quantity", "3"), ("witness", "网格员甲"), ("do", "judge")]].concat();
    let limit = "按数量应记 18 分，已到每日上限 12 分，只记 6 分。";
    holds(&desk.send("/credits/sheet/send", &row).await, &["可以写入", limit]);
    assert_eq!(desk.done("/credits", &more).await, format!("已申报 6 分，等待审核。{limit}"));
    let mut english = house.enter(Role::Operator).await;
    english.cookie.push_str("; nuanxin-language=en");
    let other = with(&enter, &[("key", "X-3"), ("on", "2026-11-30"), ("quantity", "3")]);
    let page = english.send("/credits", &other).await;
    let told = said(&page, "role=\"status\">");
    assert!(told.contains("comes to 18 points; the daily cap of 12 is reached, so 12 are recorded"), "{told}");
}
