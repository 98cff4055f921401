//! What a merchant is owed yuan for and is taken back, in a browser: by the counter itself on the same day, of an earlier day by
//! an approver from the statement.

use serde_json::{Value, json};

use super::Visit;
use super::approved::own;
use super::merchant::settle;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// The rider's voucher of the demonstration, and the rider's pass.
const VOUCHER: &str = "YS-DJ05";
const PASS: &str = "YS-NK0001";

/// What the merchant is owed in yuan this month, as its page says it.
fn owed(visit: &mut Visit) -> String {
    let tile =
        "[...document.querySelectorAll('dl.tiles div')].find((tile) => tile.textContent.includes('本月应付金额'))";
    let told = visit.browser.eval(&format!("{tile}.querySelector('dd').innerText"));
    told.as_str().expect("an amount").to_owned()
}

/// A line of the merchant's month: the amount, whether it was taken back, and whether it can be; null where it is not there.
fn line(visit: &mut Visit, source: &str) -> Value {
    visit.browser.eval(&format!(
        "(() => {{ const rows = [...document.querySelectorAll('table.stack tbody tr')];
           const row = rows.find((row) => row.querySelector('.hash')?.textContent === {source:?});
           return row ? [row.lastElementChild.innerText, !!row.querySelector('.tag'), !!row.querySelector('form')] : null; }})()"
    ))
}

/// Unfolds the form that takes a line back, writes why into its own field, and sends it off.
fn take_back(visit: &mut Visit, word: &str, source: &str, reason: &str) {
    let form = format!("document.querySelector('form[aria-label={:?}]')", format!("{word} {source}"));
    visit.browser.rest();
    visit.browser.eval(&format!("{form}.closest('details').open = true; 0"));
    visit.browser.write(&format!("{word}原因 {source}"), reason);
    visit.browser.press_enter();
}

fn use_voucher(visit: &mut Visit) {
    visit.browser.rest();
    visit.browser.write("登记号", VOUCHER);
    visit.browser.press("button", "核销权益券");
    visit.browser.told("status", "已核销权益券，应付贵店 ¥15.00");
}

/// Honours the pass for a price of 100 yuan, today or the day before; gives the slip's number and the month that it is of.
fn honour(visit: &mut Visit, yesterday: bool) -> (String, String) {
    visit.browser.rest();
    visit.browser.write("卡号", PASS);
    visit.browser.write("原价（元）", "100");
    let told = visit.browser.eval(&format!(
        "(() => {{ const at = document.getElementById('at'); const day = new Date(at.value.slice(0, 10) + 'T00:00:00Z');
           day.setUTCDate(day.getUTCDate() - {});
           at.value = day.toISOString().slice(0, 10) + at.value.slice(10);
           return [document.getElementById('slip').value, at.value.slice(0, 7)]; }})()",
        i32::from(yesterday)
    ));
    visit.browser.press("button", "核销优惠");
    visit.browser.told("status", "应收 ¥85.00");
    visit.browser.press("button", "核销优惠");
    visit.browser.told("status", "已核销，应付贵店 ¥7.50");
    let text = |at: usize| told[at].as_str().expect("a text").to_owned();
    (text(0), text(1))
}

/// The lines of the statement that are of a slip: the amount, and whether it can be taken back.
fn of_statement(visit: &mut Visit, source: &str) -> Value {
    visit.browser.eval(&format!(
        "[...document.querySelectorAll('[aria-labelledby=one] tbody tr')]
           .filter((row) => row.querySelector('.hash').textContent === {source:?})
           .map((row) => [row.lastElementChild.innerText, !!row.querySelector('form')])"
    ))
}

fn it_is_taken_back(database: Database) {
    let journal = demonstration(database);
    let taken_back = |journal: &str| {
        let trace = run(journal, &["replay", "--trace", "merchant:YS-SH02"]).expect(0);
        trace.text().lines().filter(|line| line.contains("MoneyTakenBack")).count()
    };
    let before_all = taken_back(&journal);
    let mut visit = Visit::to(&journal);
    visit.enter("商户", "/merchant");
    let nothing_yet = owed(&mut visit);
    use_voucher(&mut visit);
    assert_ne!(owed(&mut visit), nothing_yet);
    assert_eq!(line(&mut visit, VOUCHER), json!(["¥15.00", false, true]));
    take_back(&mut visit, "撤销", VOUCHER, "核错了");
    visit.browser.told("status", "已撤销，应付贵店减少 ¥15.00");
    assert_eq!(line(&mut visit, VOUCHER), json!(["¥0.00", true, false]));
    assert_eq!(owed(&mut visit), nothing_yet, "nothing is owed for it");

    // The rider has it as before, and it can be used again.
    visit.enter("骑手", "/me");
    let shown = own(&mut visit, VOUCHER);
    assert!(shown.contains("已发放") && shown.contains("出示登记号"), "{shown}");
    visit.enter("商户", "/merchant");
    use_voucher(&mut visit);
    assert_eq!(line(&mut visit, VOUCHER), json!(["¥15.00", false, true]));

    // A slip likewise; another one honours the pass again.
    let with_voucher = owed(&mut visit);
    let (slip, _) = honour(&mut visit, false);
    assert_eq!(line(&mut visit, &slip), json!(["¥7.50", false, true]));
    take_back(&mut visit, "撤销", &slip, "收错了钱");
    visit.browser.told("status", "已撤销，应付贵店减少 ¥7.50");
    assert_eq!(line(&mut visit, &slip), json!(["¥0.00", true, false]));
    assert_eq!(owed(&mut visit), with_voucher);
    let (again, _) = honour(&mut visit, false);
    assert_ne!(again, slip);
    assert_eq!(line(&mut visit, &again), json!(["¥7.50", false, true]));

    // What is of an earlier day is an approver's to take back.
    let with_slip = owed(&mut visit);
    let (earlier, month) = honour(&mut visit, true);
    assert_ne!(line(&mut visit, &earlier)[2], true, "not of today");
    assert!(visit.browser.text().contains("只能撤销今天的"), "{}", visit.browser.text());
    settle(&mut visit, &month);
    assert_eq!(of_statement(&mut visit, &earlier), json!([["¥7.50", true]]));
    let before = position(&journal);
    take_back(&mut visit, "冲正", &earlier, "当天没有这张小票");
    visit.browser.told("status", "已冲正");
    assert_eq!(of_statement(&mut visit, &earlier), json!([["¥7.50", false], ["−¥7.50", false]]));
    assert!(position(&journal) > before);
    visit.enter("商户", "/merchant");
    assert_eq!(owed(&mut visit), with_slip);
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    assert_eq!(taken_back(&journal) - before_all, 3, "a voucher and two slips");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_merchant_takes_back_what_is_of_today_and_an_approver_what_is_of_an_earlier_day_on_sqlite() {
    it_is_taken_back(Database::Sqlite);
}

#[test]
fn a_merchant_takes_back_what_is_of_today_and_an_approver_what_is_of_an_earlier_day_on_postgres() {
    it_is_taken_back(Database::Postgres);
}
