//! A month of a paying body and of a merchant as three persons settle it in a browser: one prepares the statement, another
//! confirms it and does not pay it, a third pays; what is downloaded holds the lines that the page shows.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use calamine::{Data, Reader, Xlsx};
use nuanxin_tests::cli;
use serde_json::{Value, json};

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// A third person, beside the two who can be tried by one tap.
const THIRD: &str = "approver-third";
const PASSWORD: &str = "别人不知道的一句话";

/// Gives a journal that nobody serves another approver, with a password.
pub(super) fn with_a_third(journal: &str) {
    run(journal, &["account", "open", THIRD]).expect(0);
    run(journal, &["account", "grant", THIRD, "--role", "approver"]).expect(0);
    cli::set_password(journal, THIRD, PASSWORD);
}

/// That one comes in.
pub(super) fn enter_as_the_third(visit: &mut Visit) {
    visit.browser.open(&format!("{}/login", visit.server.base_url()));
    if visit.browser.eval("location.pathname") != "/login" {
        visit.browser.press("button", "退出");
        visit.browser.find("textbox", "账号");
    }
    visit.browser.write("账号", THIRD);
    visit.browser.write("密码", PASSWORD);
    visit.browser.press("button", "登录");
    visit.wait_until("location.pathname === '/credits' && document.readyState === 'complete'");
}

fn open(visit: &mut Visit, address: &str) {
    visit.browser.open(&format!("{}{address}", visit.server.base_url()));
    visit.wait_until("location.pathname === '/statements' && document.readyState === 'complete'");
}

/// Whose month it is.
#[derive(Clone, Copy)]
struct Settled {
    /// As the list of months names it.
    name: &'static str,
    /// The workbook's title, and how it names whose it is.
    title: &'static str,
    whose: (&'static str, &'static str),
    /// The events of its statement, and what a trace of it is asked for.
    kinds: [&'static str; 3],
    traced: &'static str,
}

const BODY: Settled = Settled {
    name: "演示总工会",
    title: "责任单位对账单",
    whose: ("责任单位", "演示总工会"),
    kinds: ["FundStatementPrepared", "FundStatementConfirmed", "FundPaid"],
    traced: "fund:YS-ZJ01",
};

const MERCHANT: Settled = Settled {
    name: "演示爱心商户02",
    title: "商户对账单",
    whose: ("商户编号", "YS-SH02"),
    kinds: ["StatementPrepared", "StatementConfirmed", "SettlementPaid"],
    traced: "merchant:YS-SH02",
};

/// What the page's link to the workbook gives, sheet by sheet, every cell as text.
fn workbook(visit: &mut Visit) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let told = visit.browser.eval(
        "(async () => { const link = [...document.links].find((one) => one.text === '下载表格');
           const told = await fetch(link.href);
           const bytes = Array.from(new Uint8Array(await told.arrayBuffer()), (byte) => String.fromCharCode(byte));
           return [told.status, link.hasAttribute('download'), btoa(bytes.join(''))]; })()",
    );
    assert_eq!((&told[0], &told[1]), (&json!(200), &json!(true)));
    let bytes = STANDARD.decode(told[2].as_str().expect("a text")).expect("base64");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let mut sheet = |name: &str| -> Vec<Vec<String>> {
        let sheet = book.worksheet_range(name).unwrap_or_else(|error| panic!("the sheet {name}: {error}"));
        let text = |cell: &Data| if *cell == Data::Empty { String::new() } else { cell.to_string() };
        sheet.rows().map(|row| row.iter().map(text).collect()).collect()
    };
    (sheet("说明"), sheet("明细"))
}

/// The workbook says of whom and of which month it is, how far that is, and has the lines of the page, which add up.
fn assert_workbook(visit: &mut Visit, of: &Settled, month: &str) {
    let (about, lines) = workbook(visit);
    let fact = |title: &str| {
        let row = about.iter().find(|row| row.first().is_some_and(|first| first == title));
        row.and_then(|row| row.get(1)).unwrap_or_else(|| panic!("no {title}: {about:?}")).clone()
    };
    assert_eq!(fact("标题"), of.title);
    assert_eq!((fact(of.whose.0), fact("月份"), fact("状态")), (of.whose.1.into(), month.into(), "已确认".into()));
    let header = lines.first().expect("a header");
    let amounts = header.iter().position(|title| title.starts_with("金额")).expect("amounts");
    let sources =
        header.iter().position(|title| title.contains("号") && !title.contains("资金") && !title.contains("序号"));
    let sources = sources.expect("numbers of rows");
    let number = |text: &str| (text.parse::<f64>().unwrap_or_else(|_| panic!("{text}")) * 100.0).round() as i64;
    let sum: i64 = lines.iter().skip(1).map(|line| number(&line[amounts])).sum();
    let (of_body, of_merchant) = ("金额合计(分)", "金额合计(元)");
    let said = if about.iter().any(|row| row[0] == of_body) { of_body } else { of_merchant };
    assert_eq!(sum, number(&fact(said)), "{lines:?}");
    let shown = visit.browser.eval(
        "[...document.querySelectorAll('[aria-labelledby=one] tbody th .hash')].map((one) => one.innerText.trim())",
    );
    let told: Vec<&String> = lines.iter().skip(1).map(|line| &line[sources]).collect();
    assert!(!told.is_empty());
    assert_eq!(shown, json!(told), "the lines of the page");
}

fn three_persons_settle(of: &Settled, database: Database) {
    let journal = demonstration(database);
    with_a_third(&journal);
    let traced = |journal: &str| {
        let trace = run(journal, &["replay", "--trace", of.traced]).expect(0);
        of.kinds.map(|kind| trace.text().lines().filter(|line| line.contains(kind)).count())
    };
    let before_all = traced(&journal);
    let mut visit = Visit::to(&journal);
    visit.enter("录入员", "/credits");
    open(&mut visit, "/statements");
    let link = format!("document.querySelector('article[aria-label^={:?}] a').getAttribute('href')", of.name);
    let address = visit.browser.eval(&link).as_str().expect("a month that waits").to_owned();
    let month = address.rsplit("month=").next().expect("a month").to_owned();
    open(&mut visit, &address);
    let again = !visit.browser.named("button", "重新编制").is_empty();
    visit.browser.press("button", if again { "重新编制" } else { "编制对账单" });
    visit.browser.told("status", "对账单已编制，请另一人确认");
    assert!(visit.browser.named("button", "确认对账单").is_empty(), "the desk prepares and does not confirm");

    visit.enter("审核员", "/credits");
    open(&mut visit, &address);
    assert!(visit.browser.named("button", "登记付款").is_empty(), "nothing is paid that was not confirmed");
    visit.browser.press("button", "确认对账单");
    visit.browser.told("status", "对账单已确认，请第三人付款");
    assert_workbook(&mut visit, of, &month);
    // Whoever confirmed it does not pay it.
    let before = position(&journal);
    visit.browser.write("付款凭证", "工付0001号");
    visit.browser.press("button", "登记付款");
    visit.browser.told("alert", "请另一人办理");
    assert_eq!(position(&journal), before);

    enter_as_the_third(&mut visit);
    open(&mut visit, &address);
    visit.browser.write("付款凭证", "工付0002号");
    visit.browser.press("button", "登记付款");
    visit.browser.told("status", "付款已登记");
    assert!(visit.browser.text().contains("已付清"), "{}", visit.browser.text());
    assert!(visit.browser.named("button", "登记付款").is_empty(), "once");
    open(&mut visit, "/statements");
    let waits = format!("!!document.querySelector('article[aria-label=\"{} {month}\"]')", of.name);
    assert_eq!(visit.browser.eval(&waits), false, "it waits no more");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    let told = traced(&journal);
    assert_eq!([0, 1, 2].map(|at| told[at] - before_all[at]), [1, 1, 1], "prepared, confirmed and paid once each");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_body_s_month_is_prepared_confirmed_and_paid_by_three_and_downloaded_on_sqlite() {
    three_persons_settle(&BODY, Database::Sqlite);
}

#[test]
fn a_body_s_month_is_prepared_confirmed_and_paid_by_three_and_downloaded_on_postgres() {
    three_persons_settle(&BODY, Database::Postgres);
}

#[test]
fn a_merchant_s_month_is_prepared_confirmed_and_paid_by_three_and_downloaded_on_sqlite() {
    three_persons_settle(&MERCHANT, Database::Sqlite);
}

#[test]
fn a_merchant_s_month_is_prepared_confirmed_and_paid_by_three_and_downloaded_on_postgres() {
    three_persons_settle(&MERCHANT, Database::Postgres);
}
