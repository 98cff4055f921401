//! Whoever comes into the demonstration finds open work of today where the role begins.

use super::Visit;
use crate::journals::{Database, demonstration};

/// Role, where it begins, a page of it, and what stands there.
const FIRST_SCREENS: &[(&str, &str, &str, &[&str])] = &[
    ("店员", "/counter", "/counter", &["待取预留 2", "待取与缺货", "饮用水一箱 ×1", "预留到", "库存偏低", "反光背心"]),
    ("店员", "/counter", "/counter/day", &["兑换笔数 3", "饮用水一箱", "兑换登记表"]),
    ("录入员", "/credits", "/requests", &["已逾期", "YS-XQ01", "待核实", "待评价"]),
    (
        "审核员",
        "/credits",
        "/credits",
        &["通过", "补录过晚", "佐证已用于其他记录", "异议", "当天只看到一次整治", "公示到 20", "期满次日入账"],
    ),
    ("审核员", "/credits", "/statements", &["待确认", "演示爱心商户02", "演示爱心商户05", "演示总工会"]),
    (
        "审核员",
        "/credits",
        "/appointments",
        &["待确认的走访 3", "待确认的聘任 1", "30 人排队", "待审核的权益申请 2", "待审 0/2"],
    ),
    ("审核员", "/credits", "/publicity", &["demo/proposed/12", "demo/proposed/13", "提出异议"]),
    ("支部书记", "/branch", "/branch?year=2026", &["YS-HZ0001", "导出 Excel", "走访确认（2）"]),
    ("支部书记", "/branch", "/branch/visits", &["等支部代为确认 1", "YS-0234 已退出", "等对方本人确认 1"]),
    ("骑手", "/me", "/me", &["公示中", "爱心餐券", "排队第 2 位", "待您确认", "即将到期"]),
    ("骑手", "/me", "/requests", &["可认领", "YS-XQ01", "YS-XQ08"]),
    ("审计员", "/audit", "/audit", &["还没有核对", "补录过晚 1 条", "佐证已用于其他记录 1 条", "等付款的 ¥"]),
    ("商户", "/merchant", "/merchant", &["对账单", "待确认", "确认无误", "提出异议", "本月应付金额"]),
    ("管理员", "/admin", "/admin", &["反光背心", "30 天内到期", "演示总工会", "启动以来没有核对"]),
];

#[test]
fn every_role_finds_open_work_where_it_begins() {
    let mut visit = Visit::to(&demonstration(Database::Sqlite));
    let mut missing = Vec::new();
    let mut entered = "";
    for (role, begins, path, words) in FIRST_SCREENS {
        if entered != *role {
            visit.enter(role, begins);
            entered = role;
        }
        let url = format!("{}{path}", visit.server.base_url());
        visit.browser.open(&url);
        visit.wait_until("document.readyState === 'complete'");
        let text = visit.browser.text().split_whitespace().collect::<Vec<_>>().join(" ");
        missing.extend(words.iter().filter(|word| !text.contains(**word)).map(|word| format!("{role} {path}: {word}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
