//! What is decided for good: a branch closes its year as the meeting saw it, and a rider appeals once.

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// The record of the rider's that is public in the demonstration.
const PUBLIC: &str = "demo/proposed/11";

/// Decides in an approver's queue that the objection to a record was not right.
fn dismiss(visit: &mut Visit, why: &str) {
    visit.wait_until(&format!("!!document.querySelector('article[aria-label={PUBLIC:?}] [value=dismiss]')"));
    visit.browser.rest();
    visit.browser.eval(&format!(
        "(() => {{ const of = document.querySelector('article[aria-label={PUBLIC:?}]');
           of.querySelector('[name=note]').value = {why:?}; of.querySelector('[value=dismiss]').click(); return 0; }})()"
    ));
}

fn a_branch_closes_its_year(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("支部书记", "/branch");
    let before = position(&journal);
    visit.browser.press("checkbox", "会议已按上面的数据评议");
    visit.browser.press("button", "封存本年度");
    // The year still runs: nothing is sealed before that was said.
    assert!(visit.browser.told("alert", "还没有结束").contains("再按一次"));
    assert_eq!(position(&journal), before);
    visit.browser.press("button", "封存本年度");
    visit.browser.told("status", "本年度已封存");
    assert_eq!(position(&journal), before + 1);
    assert!(visit.browser.text().contains("封存后没有更正"), "{}", visit.browser.text());
    assert!(visit.browser.named("button", "封存本年度").is_empty(), "once");
    // What is sealed is what anybody who may read it is given, to the byte.
    let same = visit.browser.eval(
        "(async () => { const of = (what) => document.querySelector(`[aria-labelledby=sealed] ${what}`).innerText;
           const asked = new URLSearchParams({branch: document.getElementById('branch').value, format: 'json',
               at: of('.num').replace('#', '')});
           const told = await fetch(`/v1/appraisals/${document.getElementById('year').value}?${asked}`);
           const digest = await crypto.subtle.digest('SHA-256', await told.arrayBuffer());
           const digits = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
           return [told.status, digits === of('.hash')]; })()",
    );
    assert_eq!(same, serde_json::json!([200, true]));
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_branch_seals_its_year_after_it_was_asked_once_more_on_sqlite() {
    a_branch_closes_its_year(Database::Sqlite);
}

#[test]
fn a_branch_seals_its_year_after_it_was_asked_once_more_on_postgres() {
    a_branch_closes_its_year(Database::Postgres);
}

fn a_rider_appeals(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    assert!(visit.browser.named("button", "提出申诉").is_empty(), "nothing was decided yet");
    visit.browser.eval(&format!("document.getElementById('credit').value = {PUBLIC:?}; 0"));
    assert_eq!(visit.browser.eval("document.getElementById('credit').value"), PUBLIC);
    visit.browser.write("为什么", "数量少记了一小时");
    visit.browser.press("button", "提出异议");
    visit.browser.told("status", "异议已提交");

    visit.enter("审核员", "/credits");
    dismiss(&mut visit, "与签到表一致");
    visit.browser.told("status", "异议已处理");

    visit.enter("骑手", "/me");
    let text = visit.browser.text();
    assert!(text.contains("您的异议没有成立") && text.contains("与签到表一致"), "{text}");
    visit.browser.write("申诉理由", "签到表抄错了");
    visit.browser.press("button", "提出申诉");
    visit.browser.told("status", "申诉已提交");
    assert!(visit.browser.named("button", "提出申诉").is_empty(), "once");

    // Whoever decided the objection has had a part.
    visit.enter("审核员", "/credits");
    let waiting = format!("document.querySelector('article[aria-label={PUBLIC:?}]').innerText");
    let waiting = visit.browser.eval(&waiting);
    assert!(waiting.as_str().is_some_and(|text| text.contains("签到表抄错了")), "{waiting}");
    dismiss(&mut visit, "不变");
    visit.browser.told("alert", "另一人办理");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_rider_appeals_a_dismissal_once_and_whoever_dismissed_it_does_not_decide_on_sqlite() {
    a_rider_appeals(Database::Sqlite);
}

#[test]
fn a_rider_appeals_a_dismissal_once_and_whoever_dismissed_it_does_not_decide_on_postgres() {
    a_rider_appeals(Database::Postgres);
}
