//! The counter by keyboard alone: the way past what stands on every page, and a redemption with Tab and Enter.

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::position;

/// What has the focus is called.
const FOCUSED: &str = "(() => { const one = document.activeElement;
    if (!one || one === document.body) return '';
    return one.getAttribute('aria-label') || (one.labels && one.labels[0] ? one.labels[0].innerText : one.innerText || ''); })()";

/// Goes on by Tab until something of that name has the focus.
#[track_caller]
fn tab_to(visit: &mut Visit, name: &str) {
    visit.browser.rest();
    let mut passed = Vec::new();
    for _ in 0..80 {
        let focused = visit.browser.eval(FOCUSED).as_str().unwrap_or_default().to_owned();
        if focused.contains(name) {
            return;
        }
        passed.push(focused);
        visit.browser.press_tab();
    }
    panic!("no way to {name} by Tab, but to {passed:?}");
}

#[test]
fn a_clerk_redeems_and_takes_back_with_tab_and_enter_alone() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    let base = visit.server.base_url().to_owned();
    // The first thing that Tab finds leads past the head of the page, and is seen once it has the focus.
    visit.browser.open(&format!("{base}/counter/day"));
    visit.wait_until("document.readyState === 'complete'");
    visit.browser.press_tab();
    assert_eq!(visit.browser.eval(FOCUSED), "跳到正文");
    let shown = "(() => { const box = document.activeElement.getBoundingClientRect(); return box.left >= 0 && box.top >= 0 && box.width > 0; })()";
    assert_eq!(visit.browser.eval(shown), true, "the skip link is seen");
    visit.browser.press_enter();
    visit.wait_until("location.hash === '#page' && document.activeElement.id === 'page'");
    visit.browser.press_tab();
    assert_eq!(visit.browser.eval("document.getElementById('page').contains(document.activeElement)"), true);

    visit.browser.open(&format!("{base}/counter"));
    visit.wait_until("document.readyState === 'complete' && document.activeElement.id === 'named'");
    let before = position(&journal);
    visit.browser.scan("YS-0001");
    visit.browser.find("button", "饮用水一箱 20 积分");
    tab_to(&mut visit, "饮用水一箱 20 积分");
    visit.browser.press_enter();
    visit.browser.told("listitem", "饮用水一箱 ×1");
    // What was chosen is confirmed next: the focus waits there.
    visit.browser.rest();
    visit.wait_until("(document.activeElement.value || '') === 'confirm'");
    visit.browser.press_enter();
    let told = visit.browser.told("status", "兑换成功");
    assert!(told.contains("饮用水一箱 ×1"), "{told}");
    let made = position(&journal);
    assert!(made > before);
    visit.browser.open(&format!("{base}/counter/day"));
    visit.browser.find("heading", "今日台账");
    tab_to(&mut visit, "撤销");
    visit.browser.press_enter();
    visit.browser.told("status", "已撤销");
    assert!(position(&journal) > made);
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
}
