//! An appointment that a second person confirms, in a browser: one approver enters it, who has no word in it; another one sends
//! it back with a reason, or confirms it; the worker sees on the own page how it stands.

use serde_json::Value;

use super::Visit;
use super::programmes::go;
use super::settled::{enter_as_the_third, with_a_third};
use crate::journals::{Database, demonstration};
use crate::program::run;

/// Whose page the visitor has who comes in as a rider.
const RIDER: &str = "YS-0001";
const ROLE: &str = "政策宣讲员";
/// What is recorded of it.
const KINDS: [&str; 4] = ["AppointmentProposed", "AppointmentConfirmed", "AppointmentRejected", "AppointmentRecorded"];

/// What the own page shows of an appointment.
#[track_caller]
fn own(visit: &mut Visit, id: &str) -> String {
    let shown = visit.browser.eval(&format!(
        "[...document.querySelectorAll('[aria-labelledby=letters] li')]
           .filter((row) => row.textContent.includes({id:?})).map((row) => row.innerText)"
    ));
    let [row] = shown.as_array().map(Vec::as_slice).unwrap_or_default() else {
        panic!("{id} stands there once: {shown}");
    };
    row.as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn assert_own(visit: &mut Visit, id: &str, words: &[&str]) {
    let shown = own(visit, id);
    for word in words {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

/// Enters an appointment of the rider; gives its number.
fn appoint(visit: &mut Visit) -> String {
    go(visit, "/appointments");
    let number = visit.browser.eval(&format!(
        "(() => {{ const form = document.querySelector('form[aria-labelledby=appoint]');
           form.elements.worker.value = {RIDER:?}; form.elements.role.value = {ROLE:?};
           form.elements.sure.value = {ROLE:?}; return form.elements.id.value; }})()"
    ));
    visit.browser.press("button", "登记聘任");
    visit.browser.told("status", "已提交，等另一位审核员确认");
    number.as_str().expect("a number").to_owned()
}

/// How many forms the card of one that waits has; none where there is no such card.
fn forms(visit: &mut Visit, id: &str) -> Value {
    let label = format!("待确认 {id}");
    visit.browser.eval(&format!(
        "(() => {{ const card = document.querySelector('article[aria-label={label:?}]');
           return card && card.querySelectorAll('form').length; }})()"
    ))
}

/// Sends one back.
fn send_back(visit: &mut Visit, id: &str, reason: &str) {
    let label = format!("待确认 {id}");
    visit.browser.rest();
    visit.browser.eval(&format!(
        "(() => {{ const card = document.querySelector('article[aria-label={label:?}]');
           card.querySelector('details').open = true; card.querySelector('[name=reason]').focus(); return 0; }})()"
    ));
    visit.browser.scan(reason);
    visit.browser.told("status", "已退回聘任");
    assert_eq!(forms(visit, id), Value::Null, "it waits no more");
}

/// Confirms one.
fn confirm(visit: &mut Visit, id: &str) {
    let label = format!("待确认 {id}");
    visit.browser.rest();
    visit.browser.eval(&format!(
        "document.querySelector('article[aria-label={label:?}] [value=confirm_appointment]').focus(); 0"
    ));
    visit.browser.press_enter();
    visit.browser.told("status", "已确认");
    assert_eq!(forms(visit, id), Value::Null, "it waits no more");
}

fn another_person_confirms(database: Database) {
    let journal = demonstration(database);
    with_a_third(&journal);
    let traced = |journal: &str| {
        let trace = run(journal, &["replay", "--trace", &format!("worker:{RIDER}")]).expect(0);
        KINDS.map(|kind| trace.text().lines().filter(|line| line.contains(kind)).count())
    };
    let before_all = traced(&journal);
    let mut visit = Visit::to(&journal);
    enter_as_the_third(&mut visit);
    let first = appoint(&mut visit);
    assert_eq!(forms(&mut visit, &first), 0, "whoever entered it has no word in it");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &first, &[ROLE, "待确认", "确认前不作数"]);

    visit.enter("审核员", "/credits");
    go(&mut visit, "/appointments");
    send_back(&mut visit, &first, "聘书上不是这个角色");
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &first, &["已退回", "退回原因： 聘书上不是这个角色"]);

    enter_as_the_third(&mut visit);
    let second = appoint(&mut visit);
    assert_ne!(second, first);
    visit.enter("审核员", "/credits");
    go(&mut visit, "/appointments");
    confirm(&mut visit, &second);
    visit.enter("骑手", "/me");
    assert_own(&mut visit, &second, &[ROLE, "有效"]);
    assert!(!own(&mut visit, &second).contains("待确认"), "nobody's word is wanted any more");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    let told = traced(&journal);
    assert_eq!([0, 1, 2, 3].map(|at| told[at] - before_all[at]), [2, 1, 1, 1], "{KINDS:?}");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn an_appointment_is_sent_back_entered_anew_and_confirmed_by_another_person_on_sqlite() {
    another_person_confirms(Database::Sqlite);
}

#[test]
fn an_appointment_is_sent_back_entered_anew_and_confirmed_by_another_person_on_postgres() {
    another_person_confirms(Database::Postgres);
}
