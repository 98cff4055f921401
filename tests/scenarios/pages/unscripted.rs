//! The counter in a browser that runs no script: each tap is a form, each answer a page.

use super::{Visit, figure};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

#[test]
fn a_clerk_redeems_and_takes_back_where_no_script_runs() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.browser.set_scripted(false);
    visit.enter("店员", "/counter");
    assert_eq!(visit.browser.eval("typeof window.htmx"), "undefined", "no script of the page runs");
    visit.browser.write("积分码或卡号", "YS-0001");
    visit.browser.press("button", "查找");
    visit.browser.find("button", "饮用水一箱 20 积分");
    assert!(visit.browser.named("button", "扫码").is_empty(), "what needs a script is not offered");
    let before = position(&journal);
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("listitem", "饮用水一箱 ×1");
    visit.browser.press("button", "确认兑换");
    let told = visit.browser.told("status", "兑换成功");
    assert_eq!(figure(&told, "积分 "), 20.0, "{told}");
    assert_eq!(position(&journal), before + 3, "one redemption: the debit, the goods and the merchant's claim");
    visit.browser.press("link", "今日台账");
    visit.browser.find("heading", "今日台账");
    visit.browser.press("button", "撤销");
    visit.browser.told("status", "已撤销");
    // A scanner that types presses Enter itself.
    visit.browser.press("link", "回兑换台");
    visit.browser.find("textbox", "积分码或卡号");
    visit.browser.write("积分码或卡号", "YS-0002");
    visit.browser.press_enter();
    visit.browser.find("button", "饮用水一箱 20 积分");
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}
