//! The programmes as their people meet them in a browser: a wish goes from the board to its word, a visit is confirmed, a
//! voucher is applied for and taken, and each page fits a telephone and a desk.

use std::path::Path;

use super::{Visit, keep};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// Unfolds whatever is folded, as hands do.
pub(super) fn unfold(visit: &mut Visit) {
    visit.browser.eval("document.querySelectorAll('details').forEach((folded) => { folded.open = true }); 0");
}

/// Goes to another page of the same person.
#[track_caller]
pub(super) fn go(visit: &mut Visit, path: &str) {
    let address = format!("{}{path}", visit.server.base_url());
    visit.browser.open(&address);
    visit.wait_until(&format!("location.pathname === {path:?} && document.readyState === 'complete'"));
}

/// Pictures for people.
fn pictures(visit: &mut Visit, name: &str) {
    let Some(folder) = std::env::var_os("NUANXIN_PICTURES") else { return };
    for width in [390, 1280] {
        visit.browser.set_screen(width, width < 600);
        keep(&Path::new(&folder).join(format!("programmes-{name}-{width}.png")), &visit.browser.picture());
    }
}

fn a_wish_goes_its_way(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("录入员", "/credits");
    visit.browser.press("link", "需求办理");
    visit.browser.find("heading", "需求清单");
    visit.browser.write("单号", "XQ-TEST-1");
    visit.browser.press("button", "登记需求");
    visit.browser.told("status", "已登记，单号 XQ-TEST-1");
    // The same wish once more is merged into the first, and the board shows that one by its link.
    visit.browser.write("单号", "XQ-TEST-2");
    visit.browser.press("button", "登记需求");
    visit.browser.told("status", "已登记，单号 XQ-TEST-2");
    visit.browser.eval(
        "[...document.querySelectorAll('article')].find((card) => card.innerText.includes('XQ-TEST-2')).querySelectorAll('details').forEach((folded) => { folded.open = true }); 0",
    );
    visit.browser.write("原单号", "XQ-TEST-1");
    visit.browser.press("button", "并入");
    visit.browser.told("status", "已并入");
    visit.browser.press("link", "已并入");
    visit.browser.press("link", "并入 XQ-TEST-1");
    visit.wait_until("location.search === '?request=XQ-TEST-1' && document.readyState === 'complete'");
    assert!(!visit.browser.text().contains("XQ-TEST-2"), "{}", visit.browser.text());
    pictures(&mut visit, "desk");

    visit.enter("骑手", "/me");
    visit.browser.press("link", "需求办理");
    visit.browser.find("heading", "可认领");
    visit.browser.eval(
        "[...document.querySelectorAll('article')].find((card) => card.innerText.includes('XQ-TEST-1')).querySelector('details').open = true; 0",
    );
    visit.browser.press("button", "认领并登记办理");
    visit.browser.told("status", "已登记办理，等待评价");
    assert!(visit.browser.text().contains("本人办理"), "{}", visit.browser.text());
    // What was done for the rider is the rider's to rate; what the rider did is not.
    visit.browser.press("button", "评价");
    visit.browser.told("status", "已评价，办理人记");
    assert!(visit.browser.named("button", "评价").is_empty(), "{}", visit.browser.text());
    visit.browser.press("button", "上报隐患");
    visit.browser.told("status", "已登记，单号");
    // What is claimed is to be done, and may be given up until it is.
    visit.browser.press("button", "认领");
    visit.browser.told("status", "已认领");
    pictures(&mut visit, "rider");
    visit.browser.press("button", "退回");
    visit.browser.told("status", "已退回");
    visit.browser.press("button", "认领");
    visit.browser.told("status", "已认领");
    visit.browser.press("button", "报办结");
    visit.browser.told("status", "已报办结，等待评价");

    visit.enter("审核员", "/credits");
    go(&mut visit, "/requests");
    visit.browser.press("button", "评价");
    visit.browser.told("status", "已评价，办理人记");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_wish_is_posted_claimed_and_rated_on_sqlite() {
    a_wish_goes_its_way(Database::Sqlite);
}

#[test]
fn a_wish_is_posted_claimed_and_rated_on_postgres() {
    a_wish_goes_its_way(Database::Postgres);
}

fn a_voucher_goes_its_way(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let text = visit.browser.text();
    for word in ["我的权益", "我的结对与走访", "我的聘书", "我的暖心卡", "排队第 2 位"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    visit.browser.press("button", "确认走访");
    visit.browser.told("status", "走访已确认");
    unfold(&mut visit);
    visit.browser.press("button", "申请");
    visit.browser.told("status", "已发放");
    unfold(&mut visit);
    pictures(&mut visit, "me");
    // The newest comes first: what was applied for just now is given back.
    visit.browser.press("button", "确认撤回");
    visit.browser.told("status", "已撤回申请");

    visit.enter("商户", "/merchant");
    visit.browser.write("登记号", "YS-DJ05");
    visit.browser.press("button", "核销权益券");
    visit.browser.told("status", "应付贵店 ¥15.00");
    // What is to be paid is told before anything is recorded.
    visit.browser.write("卡号", "YS-NK0001");
    visit.browser.write("原价（元）", "100");
    let before = position(&journal);
    visit.browser.press("button", "核销优惠");
    visit.browser.told("status", "应收 ¥85.00");
    assert_eq!(position(&journal), before);
    visit.browser.press("button", "核销优惠");
    visit.browser.told("status", "应付贵店 ¥7.50");
    pictures(&mut visit, "merchant");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
}

#[test]
fn a_rider_confirms_a_visit_applies_and_a_merchant_takes_the_voucher_on_sqlite() {
    a_voucher_goes_its_way(Database::Sqlite);
}

#[test]
fn a_rider_confirms_a_visit_applies_and_a_merchant_takes_the_voucher_on_postgres() {
    a_voucher_goes_its_way(Database::Postgres);
}

fn the_branchs_word(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("支部书记", "/branch");
    visit.browser.press("link", "走访确认（2）");
    visit.browser.find("heading", "等支部代为确认");
    let text = visit.browser.text();
    assert!(text.contains("YS-0234 已退出") && text.contains("待确认人 演示骑手01 YS-0001"), "{text}");
    assert_eq!(visit.browser.named("button", "支部代为确认").len(), 1, "{text}");
    pictures(&mut visit, "branch-visits");
    visit.browser.press("button", "支部代为确认");
    visit.browser.told("status", "已代为确认，填报人记分");
    assert!(visit.browser.named("button", "支部代为确认").is_empty(), "{}", visit.browser.text());
    // What waits for somebody who is there is that one's to say.
    assert!(visit.browser.text().contains("YS-JD01"), "{}", visit.browser.text());

    visit.enter("骑手", "/me");
    visit.browser.press("link", "看全部站点和服务");
    visit.browser.find("heading", "我的站点");
    visit.browser.write("站点名称或服务项目", "应急药箱");
    visit.browser.press("button", "查看");
    visit.wait_until("document.body.innerText.includes('找到 8 个')");
    let text = visit.browser.text();
    assert!(text.contains("火车站特色驿站") && text.contains("演示街道 › 演示2社区"), "{text}");
    pictures(&mut visit, "sites");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_branch_confirms_for_a_partner_who_left_and_a_rider_finds_a_service_on_sqlite() {
    the_branchs_word(Database::Sqlite);
}

#[test]
fn a_branch_confirms_for_a_partner_who_left_and_a_rider_finds_a_service_on_postgres() {
    the_branchs_word(Database::Postgres);
}

fn the_approvers_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("审核员", "/credits");
    visit.browser.press("link", "聘任走访");
    visit.browser.find("heading", "待确认的走访");
    let text = visit.browser.text();
    assert!(text.contains("30 人排队") && text.contains("还剩 20 天"), "{text}");
    visit.browser.write("编号", "YS-0003");
    visit.browser.write_as("combobox", "角色", "兼职网格员");
    visit.browser.press("button", "登记聘任");
    visit.browser.told("status", "已提交，等另一位审核员确认");
    // One body's word, and it waits for the other one's.
    assert!(text.contains("待审核的权益申请") && text.contains("待审 0/2"), "{text}");
    visit.browser.press("button", "通过");
    visit.browser.told("status", "已登记通过，还要其他单位审核");
    assert!(visit.browser.text().contains("待审 1/2"), "{}", visit.browser.text());
    pictures(&mut visit, "appointments");
    visit.enter("录入员", "/credits");
    go(&mut visit, "/appointments");
    visit.browser.press("button", "本人已确认，代为登记");
    visit.browser.told("status", "走访已确认");
    // The place that one gives back goes to the first in the queue.
    visit.browser.write("登记号", "YS-DJ01");
    visit.browser.write("原因（本人看得到）", "本人来电");
    visit.browser.press("button", "撤回");
    visit.browser.told("status", "已撤回申请");
    let text = visit.browser.text();
    assert!(text.contains("29 人排队") && text.contains("已撤回 1"), "{text}");
    pictures(&mut visit, "withdrawal");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn an_approver_appoints_and_sees_what_waits_on_sqlite() {
    the_approvers_story(Database::Sqlite);
}

#[test]
fn an_approver_appoints_and_sees_what_waits_on_postgres() {
    the_approvers_story(Database::Postgres);
}
