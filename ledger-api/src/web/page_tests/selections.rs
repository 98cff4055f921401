//! Selections on their pages: each named person counts the own line again, nobody reads another one's figures, and the way from
//! an announcement to a recorded result.

use super::{House, StatusCode, holds, said};
use crate::access::Role;
use crate::demo;
use crate::service::login::enter;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// What stands between two marks, the first time.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let rest = page.split(from).nth(1).unwrap_or_else(|| panic!("no {from}: {page}"));
    rest.split(to).next().unwrap_or_default()
}

/// The figures of a table's row, in its cells.
fn cells(row: &str) -> Vec<String> {
    row.split("<td class=\"num\">").skip(1).map(|cell| cell.split('<').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn whoever_is_listed_counts_the_own_line_again_and_reads_no_other_one_s() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    holds(&rider.read("/selections").await, &["最美骑手", "公示中", "旅游年卡", "报名中", "YS-PX01"]);
    let page = rider.read("/selections/YS-PX01").await;
    holds(
        &page,
        &["入围名单", "得分 = 服务天数 × 2 + 助老次数 × 5", "并列", "评定", "我的数字", "本人", "为独居老人送餐 ZY02"],
    );
    // Figure × weight = worth on each line, and their sum is the score that hangs on the wall.
    let own = between(&page, "id=\"own\"", "</table>");
    let rows: Vec<Vec<String>> = between(own, "<tbody>", "</tbody>").split("<tr>").skip(1).map(cells).collect();
    let number = |text: &String| text.parse::<f64>().unwrap();
    let mut sum = 0.0;
    for row in &rows {
        let [figure, weight, worth] = [0, 1, 2].map(|at| number(&row[at]));
        assert!((figure * weight - worth).abs() < 1e-9, "{row:?}");
        sum += worth;
    }
    let score = cells(between(own, "<tfoot>", "</tfoot>"));
    assert!(rows.len() == 2 && sum > 0.0 && (number(&score[0]) - sum).abs() < 1e-9, "{rows:?} {score:?}");
    let wall = between(&page, "<tr class=\"own\">", "</tr>");
    assert!(wall.contains(&format!("<td class=\"num\">{}</td>", score[0])), "{wall}");
    // Nobody else's name or figures, nor who objected and why.
    for hidden in
        ["演示骑手16", "演示快递员", "全部参评人的数字", "demo-operator", "记了两次", "抽出名单", "登记会议结果"]
    {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    assert!(page.contains("待答复"), "that somebody objected is public");

    // The own word is given and taken back; a day or a paper is nobody's to choose here.
    assert_eq!(rider.done("/selections/YS-PX02", &[("do", "agree"), ("key", "W-1")]).await, "已报名参评");
    holds(&rider.read("/selections/YS-PX02").await, &["已报名参评", "退出参评", "还没有封存"]);
    assert_eq!(rider.done("/selections/YS-PX02", &[("do", "withdraw"), ("key", "W-2")]).await, "已退出参评");
    for (key, act) in [("N-1", "seal"), ("N-2", "draw"), ("N-3", "record"), ("N-4", "uphold"), ("N-5", "revise")] {
        let fields = [
            ("do", act),
            ("key", key),
            ("objection", "demo/selection-objection"),
            ("reason", "r"),
            ("revised", "YS-0001"),
            ("because", "b"),
            ("minutes", DIGEST),
        ];
        assert!(rider.refused("/selections/YS-PX01", &fields).await.contains("不能办理"), "{act}");
    }
    assert_eq!(rider.status("/selections/YS-PX99").await, 404);
    let objection = [("do", "object"), ("key", "O-1"), ("candidate", "ys-0009"), ("reason", "这一天他在外地")];
    assert!(rider.done("/selections/YS-PX01", &objection).await.contains("异议已提交"));
    assert!(
        rider.read("/selections/YS-PX01").await.contains("这一天他在外地"),
        "the own reason is shown to its author"
    );
}

#[tokio::test]
async fn those_who_run_it_see_the_next_step_and_nobody_takes_two() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/selections/YS-PX01").await;
    holds(
        &page,
        &["全部参评人的数字 (8)", "记了两次", "demo-operator", "异议成立", "名单公示到", "修订名单", "演示骑手01"],
    );
    let dismiss =
        [("do", "dismiss"), ("key", "A-1"), ("objection", "demo/selection-objection"), ("reason", "核对过，只有一次")];
    assert_eq!(approver.done("/selections/YS-PX01", &dismiss).await, "已答复");
    holds(&approver.read("/selections/YS-PX01").await, &["不成立", "核对过，只有一次"]);
    let early = [("do", "record"), ("key", "A-2"), ("minutes", DIGEST)];
    approver.refused("/selections/YS-PX01", &early).await;

    // A selection of its own: announced, agreed to, sealed, drawn.
    let mut announce = vec![
        ("key", "B-1"),
        ("id", "T-PX"),
        ("name", "月度之星"),
        ("from", "2026-01-01"),
        ("cut_off", "2026-12-01"),
        ("consent_until", "2026-11-30"),
        ("places", "1"),
        ("publicity_days", "0"),
        ("code", "天数"),
        ("measure", "service_days"),
        ("activities", ""),
        ("weight", "x"),
        ("tie_by", "1"),
        ("occupations", ""),
    ];
    let refused = approver.send("/selections", &announce).await;
    holds(&refused, &["role=\"alert\"", "value=\"月度之星\"", "value=\"x\""]);
    announce.retain(|(name, _)| *name != "weight");
    announce.push(("weight", "3"));
    // Nobody could agree any more: that is said, and what was typed stays.
    let page = approver.send("/selections", &announce).await;
    assert_eq!(said(&page, "role=\"alert\">"), "报名截止已经过了，没有人能报名；请改成今天或以后，或留空。");
    holds(&page, &["value=\"月度之星\"", "name=\"consent_until\" type=\"date\" value=\"2026-11-30\""]);
    assert_eq!(approver.status("/selections/T-PX").await, 404);
    let desk = house.enter(Role::Operator).await;
    assert!(desk.send("/selections", &announce).await.contains("不能办理"), "others are told that alone");
    announce.retain(|(name, _)| *name != "consent_until");
    let sent: Vec<(&str, &str)> =
        [("token", approver.csrf.as_str())].into_iter().chain(announce.iter().copied()).collect();
    assert_eq!(approver.send_raw("/selections", &sent).await.0, StatusCode::SEE_OTHER);
    holds(&approver.read("/selections/T-PX").await, &["得分 = 天数 × 3", "全部活动", "还没有人报名", "2026-12-01"]);
    let word =
        [("do", "agree_by_paper"), ("key", "B-2"), ("worker", "ys-0002"), ("on", "2026-11-20"), ("paper", DIGEST)];
    assert_eq!(desk.done("/selections/T-PX", &word).await, "已登记");
    assert_eq!(approver.done("/selections/T-PX", &[("do", "seal"), ("key", "B-3")]).await, "已封存");
    assert!(approver.done("/selections/T-PX", &[("do", "draw"), ("key", "B-4")]).await.contains("开始公示"));
    holds(&approver.read("/selections/T-PX").await, &["YS-0002", "登记会议结果"]);
    // Who announced it records no result.
    let record = [("do", "record"), ("key", "B-5"), ("minutes", DIGEST)];
    assert!(approver.refused("/selections/T-PX", &record).await.contains("须由另一人办理"));

    // Auditors read everything and do nothing.
    let auditor = house.enter(Role::Auditor).await;
    let page = auditor.read("/selections/YS-PX01").await;
    holds(&page, &["全部参评人的数字", "demo-operator"]);
    assert!(!page.contains("name=\"do\""), "{page}");
    // A merchant finds the list, as everybody may, and no names on it.
    let account = demo::account_of(&house.app.ledger, Role::Merchant).await.unwrap().unwrap();
    assert!(enter(&house.app, &account, None).await.is_ok());
    let page = house.enter(Role::Merchant).await.read("/selections/YS-PX01").await;
    assert!(page.contains("演**") && !page.contains("演示骑手"), "{page}");
}
