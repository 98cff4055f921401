//! Somebody for whom a rider saw to something says what it was worth: by the slip that the desk gives, on a telephone that
//! nobody logged in on.

use serde_json::Value;

use super::{Visit, figure, keep};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// Unfolds the card of a request, as hands do.
fn unfold(visit: &mut Visit, request: &str) {
    visit.browser.eval(&format!(
        "[...document.querySelectorAll('article')].find((card) => card.innerText.includes({request:?})).querySelector('details').open = true; 0"
    ));
}

#[track_caller]
fn go(visit: &mut Visit, path: &str) {
    visit.browser.open(&format!("{}{path}", visit.server.base_url()));
    visit.wait_until(&format!("location.pathname === {path:?} && document.readyState === 'complete'"));
}

/// Pictures for people.
fn picture(visit: &mut Visit, name: &str) {
    let Some(folder) = std::env::var_os("NUANXIN_PICTURES") else { return };
    keep(&std::path::Path::new(&folder).join(format!("slip-{name}.png")), &visit.browser.picture());
}

/// The requests whose slips a board offers.
fn offered(visit: &mut Visit) -> Vec<String> {
    let slips = "[...document.links].filter((link) => link.pathname === '/requests/slip').map((link) => new URLSearchParams(link.search).get('request'))";
    let slips = visit.browser.eval(slips);
    slips.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn a_resident_rates_by_the_slip(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let before = figure(&visit.browser.text(), "可用积分");
    go(&mut visit, "/requests");
    unfold(&mut visit, "YS-XQ01");
    visit.browser.press("button", "认领并登记办理");
    visit.browser.told("status", "已登记办理，等待评价");
    assert_eq!(
        offered(&mut visit),
        ["YS-XQ05"],
        "the slip of what was done for the rider, and none of what the rider did"
    );

    visit.enter("录入员", "/credits");
    go(&mut visit, "/requests");
    assert!(offered(&mut visit).contains(&"YS-XQ01".to_owned()), "{}", visit.browser.text());
    let slip = "[...document.links].find((link) => link.pathname === '/requests/slip' && link.search.includes('request=YS-XQ01&')).href";
    let slip = visit.browser.eval(slip).as_str().expect("a slip").to_owned();
    visit.browser.open(&slip);
    visit.browser.find("heading", "评价单");
    visit.browser.find("image", "评价二维码");
    let text = visit.browser.text();
    assert!(text.contains("YS-XQ01") && text.contains("不用登录，只能评一次") && !text.contains("YS-0001"), "{text}");
    picture(&mut visit, "desk");
    let address = visit.browser.eval("document.querySelector(\"a[href*='/rate?code=']\").href");
    let address = address.as_str().expect("an address").to_owned();
    assert!(address.starts_with(&format!("{}/rate?code=", visit.server.base_url())), "{address}");

    // On a telephone that nobody logged in on.
    let mut resident = visit.beside();
    resident.browser.set_screen(390, true);
    resident.browser.open(&address);
    resident.browser.find("heading", "服务评价");
    assert!(!resident.browser.text().contains("YS-0001"), "{}", resident.browser.text());
    picture(&mut resident, "resident");
    resident.switch("English");
    resident.browser.find("heading", "How was it?");
    resident.switch("中文");
    let head = position(&journal);
    resident.browser.press("button", "满意");
    assert!(resident.browser.told("status", "谢谢").contains("已记下您的评价：满意"));
    picture(&mut resident, "thanks");
    let after = position(&journal);
    assert!(after > head);
    // The slip again, by somebody else in the house.
    let mut other = visit.beside();
    other.browser.open(&address);
    assert!(other.browser.told("status", "已评价").contains("满意"));
    assert!(other.browser.named("button", "满意").is_empty(), "{}", other.browser.text());
    // One letter is another one.
    let forged = address.replacen("code=", "code=A", 1);
    other.browser.open(&forged);
    other.browser.told("alert", "这个评价码不对");
    assert_eq!(position(&journal), after);

    visit.enter("骑手", "/me");
    assert_eq!(figure(&visit.browser.text(), "可用积分"), before + 20.0);
    for visit in [&mut visit, &mut resident, &mut other] {
        assert_eq!(visit.complaints(), Vec::<Value>::new());
    }
    drop((visit, resident, other));
    run(&journal, &["verify"]).expect(0);
    // Whoever audits sees that the word came by a slip.
    let trace = run(&journal, &["replay", "--trace", "worker:YS-0001", "--json"]).expect(0);
    assert!(trace.text().contains("rating-slip"), "{}", trace.text());
    let report = run(&journal, &["audit", "report"]).expect(0);
    assert!(report.text().contains("rating-slip"), "{}", report.text());
}

#[test]
fn a_resident_without_an_account_rates_by_the_slip_once_on_sqlite() {
    a_resident_rates_by_the_slip(Database::Sqlite);
}

#[test]
fn a_resident_without_an_account_rates_by_the_slip_once_on_postgres() {
    a_resident_rates_by_the_slip(Database::Postgres);
}
