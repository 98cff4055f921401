//! What comes in between: a session that ends, a server that is killed, another counter that was quicker. Whatever was
//! begun is done once or not at all, and whoever did it is told.

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

const ITEM: &str = "饮用水一箱 20 积分";

/// Brings somebody before the counter, with one item chosen.
fn one_chosen(visit: &mut Visit, worker: &str) {
    visit.browser.scan(worker);
    visit.browser.press("button", ITEM);
    visit.browser.told("listitem", "饮用水一箱 ×1");
}

/// The same person leaves, in another tab.
fn leave_elsewhere(visit: &mut Visit) {
    visit.browser.eval(
        "(async () => { const token = document.querySelector('[name=token]').value;
           await fetch('/logout', {method: 'POST', body: new URLSearchParams({token})}); })()",
    );
}

fn a_session_that_ends_loses_nothing(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    one_chosen(&mut visit, "YS-0001");
    leave_elsewhere(&mut visit);
    let before = position(&journal);
    visit.browser.press("button", "确认兑换");
    visit.browser.told("alert", "没有写入");
    assert_eq!(position(&journal), before);
    visit.browser.press("button", "以店员身份体验");
    visit.browser.told("status", "「兑换台」的上一步没有写入");
    visit.browser.press("button", "继续");
    let told = visit.browser.told("status", "兑换成功");
    assert!(told.contains("饮用水一箱 ×1"), "{told}");
    assert_eq!(position(&journal), before + 3, "one redemption: the debit, the goods and the merchant's claim");

    // A reason that was typed is not typed again.
    visit.enter("骑手", "/me");
    visit.browser.write("为什么", "这一天我还参加了一小时");
    leave_elsewhere(&mut visit);
    visit.browser.press("button", "提出异议");
    visit.browser.told("alert", "没有写入");
    visit.browser.press("button", "以骑手身份体验");
    visit.browser.press("button", "继续");
    visit.browser.told("status", "异议已提交");
    assert!(visit.browser.text().contains("这一天我还参加了一小时"));
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_session_that_ends_in_the_middle_loses_nothing_on_sqlite() {
    a_session_that_ends_loses_nothing(Database::Sqlite);
}

#[test]
fn a_session_that_ends_in_the_middle_loses_nothing_on_postgres() {
    a_session_that_ends_loses_nothing(Database::Postgres);
}

/// The page has what it needs to go on by itself.
const READY: &str = "(document.getElementById('away') || {textContent: ''}).textContent.includes('断网也能兑换')";
/// One redemption waits on the device to be told.
const WAITS: &str = "(document.getElementById('away') || {textContent: ''}).textContent.includes('待补报 1')";

/// Confirms what is chosen while no server is there, twice, until one is there again.
fn confirm_without_a_server(visit: &mut Visit) {
    visit.server.kill_9();
    visit.browser.press("button", "确认兑换");
    visit.browser.told("alert", "记上没有还不知道");
    visit.browser.told("listitem", "饮用水一箱 ×1");
    visit.browser.press("button", "确认兑换");
    let told = visit.browser.told("status", "联网后自动补报");
    assert!(told.contains("饮用水一箱 ×1") && !told.contains("撤销"), "{told}");
    visit.wait_until(WAITS);
    visit.start_again();
    visit.wait_until(&format!("!!document.getElementById('away') && !{WAITS}"));
}

fn a_server_that_is_killed_is_asked_again(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    let counter = format!("{}/counter", visit.server.base_url());
    visit.wait_until(READY);
    // It had not heard of it: the device tells it once the server is back.
    one_chosen(&mut visit, "YS-0001");
    visit.wait_until(READY);
    let before = position(&journal);
    confirm_without_a_server(&mut visit);
    assert_eq!(position(&journal), before + 3, "one redemption: the debit, the goods and the merchant's claim");

    // It had recorded it and its answer was lost: told again under its key, it is not recorded again.
    visit.browser.open(&counter);
    visit.wait_until(READY);
    one_chosen(&mut visit, "YS-0002");
    visit.browser.eval(
        "(async () => { const form = [...document.querySelectorAll('form')].find((form) => form.querySelector('[value=confirm]'));
           const fields = new URLSearchParams(new FormData(form)); fields.append('do', 'confirm');
           await fetch(form.action, {method: 'POST', body: fields}); })()",
    );
    assert_eq!(position(&journal), before + 6);
    confirm_without_a_server(&mut visit);
    assert_eq!(position(&journal), before + 6);
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_server_that_is_killed_in_the_middle_is_asked_again_on_sqlite() {
    a_server_that_is_killed_is_asked_again(Database::Sqlite);
}

#[test]
fn a_server_that_is_killed_in_the_middle_is_asked_again_on_postgres() {
    a_server_that_is_killed_is_asked_again(Database::Postgres);
}

fn two_counters_want_the_last_item(database: Database) {
    let journal = demonstration(database);
    let mut one = Visit::to(&journal);
    one.enter("店员", "/counter");
    // One is left on the shelf.
    one.browser.open(&format!("{}/counter/shelf", one.server.base_url()));
    one.browser.eval(
        "(() => { const sku = document.getElementById('sku');
           sku.value = [...sku.options].find((option) => option.text === '饮用水一箱').value; })()",
    );
    // What others have set aside stays on the shelf beside it.
    let row = "[...document.querySelectorAll('tr')].find((row) => row.textContent.includes('饮用水一箱'))";
    let aside = one.browser.eval(&format!("Number({row}.querySelectorAll('td, th')[3].innerText)"));
    let aside = aside.as_u64().expect("a number of units");
    one.browser.write("数量", &(aside + 1).to_string());
    one.browser.press("button", "盘点");
    one.browser.told("alert", "请写明理由");
    one.browser.write("理由", "清点");
    one.browser.press("button", "盘点");
    one.browser.told("status", "");
    let mut other = one.beside();
    other.enter("店员", "/counter");
    for (visit, worker) in [(&mut one, "YS-0001"), (&mut other, "YS-0002")] {
        visit.browser.open(&format!("{}/counter", visit.server.base_url()));
        one_chosen(visit, worker);
    }
    let before = position(&journal);
    // Both press before either sees the other's answer.
    std::thread::scope(|scope| {
        for visit in [&mut one, &mut other] {
            scope.spawn(|| visit.browser.press("button", "确认兑换"));
        }
    });
    let all = [&mut one, &mut other].map(|visit| {
        visit.wait_until(
            "document.body.innerText.includes('兑换成功') || !!document.querySelector('[role=alert]:not([hidden])')",
        );
        visit.browser.text()
    });
    let served = all.iter().filter(|text| text.contains("兑换成功")).count();
    let missed = all.iter().filter(|text| text.contains("库存不足") && text.contains("换一件")).count();
    assert_eq!((served, missed), (1, 1), "{all:?}");
    assert_eq!(position(&journal), before + 3);
    drop((one, other));
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn of_two_counters_that_want_the_last_item_one_gets_it_on_sqlite() {
    two_counters_want_the_last_item(Database::Sqlite);
}

#[test]
fn of_two_counters_that_want_the_last_item_one_gets_it_on_postgres() {
    two_counters_want_the_last_item(Database::Postgres);
}

fn two_tabs_and_the_way_back(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    one_chosen(&mut visit, "YS-0001");
    let counter = format!("{}/counter", visit.server.base_url());
    let first = visit.browser.open_tab();
    visit.browser.open(&counter);
    one_chosen(&mut visit, "YS-0002");
    let second = visit.browser.turn_to(first);
    let before = position(&journal);
    // Each tab spends for whoever stands in it.
    visit.browser.press("button", "确认兑换");
    assert!(visit.browser.told("status", "兑换成功").contains("YS-0001"));
    let first = visit.browser.turn_to(second);
    visit.browser.press("button", "确认兑换");
    assert!(visit.browser.told("status", "兑换成功").contains("YS-0002"));
    assert_eq!(position(&journal), before + 6);
    // Back to what was confirmed, or to the page before it: nothing is done a second time by looking.
    visit.browser.eval("history.back(); 0");
    visit.wait_until(
        "!!document.body && document.readyState === 'complete' && !document.body.innerText.includes('兑换成功')",
    );
    if !visit.browser.named("button", "确认兑换").is_empty() {
        visit.browser.press("button", "确认兑换");
        assert!(visit.browser.told("status", "兑换成功").contains("YS-0002"));
    }
    assert_eq!(position(&journal), before + 6);
    // Who leaves in one tab has left in the other.
    visit.browser.turn_to(first);
    visit.browser.open(&counter);
    one_chosen(&mut visit, "YS-0001");
    let waiting = visit.browser.open_tab();
    visit.browser.open(&counter);
    visit.browser.press("button", "退出");
    visit.browser.find("textbox", "账号");
    visit.browser.turn_to(waiting);
    visit.browser.press("button", "确认兑换");
    visit.browser.told("alert", "没有写入");
    assert_eq!(position(&journal), before + 6);
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn two_tabs_and_the_way_back_do_nothing_twice_on_sqlite() {
    two_tabs_and_the_way_back(Database::Sqlite);
}

#[test]
fn two_tabs_and_the_way_back_do_nothing_twice_on_postgres() {
    two_tabs_and_the_way_back(Database::Postgres);
}
