//! A benefit that two bodies approve, in a browser: who applied sees what it waits for and why it was sent back; each body has
//! its word by a person of its own, and the last word gives it.

use serde_json::{Value, json};

use super::Visit;
use super::programmes::{go, unfold};
use super::settled::{enter_as_the_third, with_a_third};
use crate::journals::{Database, demonstration};
use crate::program::run;

/// What the demonstration's two bodies approve, and these.
const BENEFIT: &str = "YS-QY10";
const UNION: &str = "演示总工会";
const HEALTH: &str = "演示卫生健康局";
/// Whose page the visitor has who comes in as a rider.
const RIDER: &str = "YS-0001";
/// What is recorded of it.
const KINDS: [&str; 4] = ["BenefitProposed", "BenefitChecked", "BenefitRejected", "BenefitGranted"];

/// What the own page shows of an application.
#[track_caller]
pub(super) fn own(visit: &mut Visit, application: &str) -> String {
    let shown = visit.browser.eval(&format!(
        "[...document.querySelectorAll('[aria-labelledby=benefits] li')]
           .filter((row) => row.textContent.includes({application:?})).map((row) => row.innerText)"
    ));
    let [row] = shown.as_array().map(Vec::as_slice).unwrap_or_default() else {
        panic!("{application} stands there once: {shown}");
    };
    row.as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn assert_own(visit: &mut Visit, application: &str, words: &[&str]) {
    let shown = own(visit, application);
    for word in words {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

/// Applies on the own page; gives the number.
fn apply(visit: &mut Visit) -> String {
    unfold(visit);
    let number = visit.browser.eval(&format!(
        "(() => {{ const benefit = document.getElementById('benefit'); benefit.value = {BENEFIT:?};
           return benefit.form.elements.key.value; }})()"
    ));
    visit.browser.press("button", "申请");
    visit.browser.told("status", "已提交，等待审核；审核通过前不扣积分");
    number.as_str().expect("a number").to_owned()
}

/// Approves an application for a body that has not yet; what comes of it is told afterwards.
#[track_caller]
fn approve(visit: &mut Visit, application: &str, body: &str) {
    visit.browser.rest();
    let chosen = visit.browser.eval(&format!(
        "(() => {{ const card = document.querySelector('article[aria-label={application:?}]');
           const body = card.querySelector('[name=body]'); body.value = {body:?};
           card.querySelector('[value=check_benefit]').focus(); return body.value; }})()"
    ));
    assert_eq!(chosen, body, "{body} has no word left in {application}");
    visit.browser.press_enter();
}

/// Sends an application back.
fn send_back(visit: &mut Visit, application: &str, reason: &str) {
    visit.browser.rest();
    visit.browser.eval(&format!(
        "(() => {{ const card = document.querySelector('article[aria-label={application:?}]');
           card.querySelector('details').open = true; card.querySelector('[name=reason]').focus(); return 0; }})()"
    ));
    visit.browser.scan(reason);
    visit.browser.told("status", "已退回申请");
    let waits = format!("!!document.querySelector('article[aria-label={application:?}]')");
    assert_eq!(visit.browser.eval(&waits), false, "it waits no more");
}

fn two_bodies_approve(database: Database) {
    let journal = demonstration(database);
    with_a_third(&journal);
    let traced = |journal: &str| {
        let trace = run(journal, &["replay", "--trace", &format!("benefit:{BENEFIT}")]).expect(0);
        KINDS.map(|kind| trace.text().lines().filter(|line| line.contains(kind)).count())
    };
    let before_all = traced(&journal);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let first = apply(&mut visit);
    assert_own(&mut visit, &first, &["待审 0/2", "还差： 演示总工会、演示卫生健康局"]);

    visit.enter("审核员", "/credits");
    go(&mut visit, "/appointments");
    send_back(&mut visit, &first, "缺诊断证明");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &first, &["已退回", "退回原因： 缺诊断证明"]);

    // It counts no more, so that the desk can apply once more for the same worker.
    visit.enter("录入员", "/credits");
    go(&mut visit, "/appointments");
    visit.browser.eval(&format!(
        "document.getElementById('for').value = {RIDER:?}; document.getElementById('benefit').value = {BENEFIT:?}; 0"
    ));
    visit.browser.press("button", "代为申请");
    let told = visit.browser.told("status", "已提交，等待审核，登记号");
    let second = told.split_whitespace().last().expect("a number").to_owned();
    assert_ne!(second, first);
    assert!(visit.browser.named("button", "通过").is_empty(), "the desk has no word in it");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &second, &["待审 0/2", "还差： 演示总工会、演示卫生健康局"]);

    visit.enter("审核员", "/credits");
    go(&mut visit, "/appointments");
    approve(&mut visit, &second, UNION);
    visit.browser.told("status", "已登记通过，还要其他单位审核");
    // Whoever spoke for one body does not speak for the other.
    let words = format!(
        "(() => {{ const card = document.querySelector('article[aria-label={second:?}]');
           return [card.innerText.includes('待审 1/2'), card.querySelectorAll('form').length]; }})()"
    );
    assert_eq!(visit.browser.eval(&words), json!([true, 0]), "none is offered");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &second, &["待审 1/2", "已通过： 演示总工会", "还差： 演示卫生健康局"]);

    enter_as_the_third(&mut visit);
    go(&mut visit, "/appointments");
    approve(&mut visit, &second, HEALTH);
    visit.browser.told("status", "审核通过，已发放");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &second, &["已发放", "已通过： 演示总工会、演示卫生健康局"]);
    assert!(!own(&mut visit, &second).contains("还差"), "nobody's word is wanted any more");
    assert_own(&mut visit, &first, &["已退回"]);
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    let told = traced(&journal);
    assert_eq!([0, 1, 2, 3].map(|at| told[at] - before_all[at]), [2, 2, 1, 1], "{KINDS:?}");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_benefit_is_sent_back_applied_for_again_and_given_by_the_word_of_two_bodies_on_sqlite() {
    two_bodies_approve(Database::Sqlite);
}

#[test]
fn a_benefit_is_sent_back_applied_for_again_and_given_by_the_word_of_two_bodies_on_postgres() {
    two_bodies_approve(Database::Postgres);
}
