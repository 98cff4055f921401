//! The merchant's month: looked over, disputed, found right, and confirmed by an approver all the same; and codes to honour
//! by camera.

use nuanxin_tests::{Server, scratch_dir};
use serde_json::Value;

use super::Visit;
use super::proof::{before_a_camera, film, picture_of};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// The demonstration's own merchant.
const MERCHANT: &str = "YS-SH02";

/// Goes to a month of the merchant as an approver has it.
pub(super) fn settle(visit: &mut Visit, month: &str) {
    visit.enter("审核员", "/credits");
    visit.browser.open(&format!("{}/statements?merchant={MERCHANT}&month={month}", visit.server.base_url()));
    visit.wait_until("location.pathname === '/statements' && document.readyState === 'complete'");
}

fn the_merchants_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("商户", "/merchant");
    let month = visit.browser.eval("document.querySelector('[name=digest]').form.elements.month.value");
    let month = month.as_str().expect("a month").to_owned();
    // All is right; and then it is not.
    visit.browser.press("button", "确认无误");
    visit.browser.told("status", "已确认无误，审核员确认后付款");
    assert!(visit.browser.text().contains("商户已确认无误"), "{}", visit.browser.text());
    assert!(visit.browser.named("button", "确认无误").is_empty(), "once");
    visit.browser.write("理由", "这一笔没有收到货款");
    visit.browser.press("button", "提出异议");
    visit.browser.told("status", "异议已提交");
    let text = visit.browser.text();
    assert!(text.contains("等待答复") && !text.contains("商户已确认无误"), "{text}");
    assert!(visit.browser.named("button", "确认无误").is_empty(), "a dispute waits for its answer");

    settle(&mut visit, &month);
    assert!(visit.browser.named("button", "确认对账单").is_empty(), "{}", visit.browser.text());
    visit.browser.write("理由", "与流水一致");
    visit.browser.press("button", "异议不成立");
    visit.browser.told("status", "异议已答复");
    assert!(visit.browser.text().contains("商户还没有确认无误"), "{}", visit.browser.text());

    visit.enter("商户", "/merchant");
    assert!(visit.browser.text().contains("异议不成立：与流水一致"), "{}", visit.browser.text());
    visit.browser.press("button", "确认无误");
    visit.browser.told("status", "已确认无误");
    let found_right = position(&journal);

    // It is one word more and none of the three: an approver confirms it.
    settle(&mut visit, &month);
    let text = visit.browser.text();
    assert!(text.contains("商户已确认无误") && text.contains("demo-merchant") && text.contains("待确认"), "{text}");
    visit.browser.press("button", "确认对账单");
    visit.browser.told("status", "对账单已确认");
    assert!(position(&journal) > found_right);
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    let trace = run(&journal, &["replay", "--trace", &format!("merchant:{MERCHANT}")]).expect(0);
    let lines: Vec<&str> =
        trace.text().lines().filter(|line| line.split_whitespace().any(|word| word == month)).collect();
    let of = |kind: &str| lines.iter().filter(|line| line.contains(kind)).count();
    let found = (of("StatementAcknowledged"), of("StatementDisputed"), of("StatementConfirmed"));
    assert_eq!(found, (2, 1, 1), "{lines:#?}");
    assert_eq!(of("商户确认无误"), 2, "{lines:#?}");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_merchant_disputes_a_line_finds_the_statement_right_and_an_approver_confirms_it_on_sqlite() {
    the_merchants_story(Database::Sqlite);
}

#[test]
fn a_merchant_disputes_a_line_finds_the_statement_right_and_an_approver_confirms_it_on_postgres() {
    the_merchants_story(Database::Postgres);
}

#[test]
fn a_merchant_s_camera_reads_a_voucher_and_a_pass_into_their_own_fields() {
    let journal = demonstration(Database::Sqlite);
    let server = Server::start(&journal, &["--demo"]);
    let path = scratch_dir("voucher").join("code.y4m");
    film(&picture_of("YS-DJ05"), &path);
    let mut visit = Visit::of(&journal, server, before_a_camera(&path));
    visit.enter("商户", "/merchant");
    // Whatever this machine's browser can: the reader that is loaded is what is meant here.
    visit.browser.eval("delete window.BarcodeDetector; window.BarcodeDetector = undefined; 0");
    let before = position(&journal);
    visit.browser.press("button", "扫码 卡号");
    visit.wait_until("document.getElementById('pass').value === 'YS-DJ05'");
    assert_eq!(visit.browser.eval("document.activeElement.id"), "offer", "the hand goes on to the offer");
    visit.browser.press("button", "扫码 登记号");
    visit.wait_until("document.getElementById('application').value === 'YS-DJ05'");
    assert_eq!(visit.browser.eval("document.activeElement.id"), "take-it");
    assert_eq!(position(&journal), before, "a camera takes nothing by itself");
    visit.browser.press_enter();
    visit.browser.told("status", "应付贵店 ¥15.00");
    assert!(position(&journal) > before);
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}
