//! The pages as the people of a district meet them, in a real browser on the demonstration: each role comes in by one tap,
//! finds open work, and does it. Elements are found by what they are and what they are called, as a screen reader finds
//! them.

mod accounts;
mod appointed;
mod approved;
mod away;
mod barriers;
mod between;
mod carried;
mod chosen;
mod decided;
mod elder;
mod holds;
mod interrupted;
mod keyboard;
mod login;
mod looks;
mod merchant;
mod open_work;
mod paper;
mod programmes;
mod proof;
mod rating_slip;
mod registers;
mod settled;
mod shelf;
mod slider;
mod speed;
mod stops;
mod taken_back;
mod unscripted;

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nuanxin_tests::{Browser, Server, scratch_dir};

use crate::journals::{Database, demonstration};
use crate::program::{position, run};

/// A demonstration that serves, and a browser before it.
struct Visit {
    journal: String,
    server: Arc<Server>,
    browser: Browser,
}

impl Visit {
    fn to(journal: &str) -> Visit {
        Visit::of(journal, Server::start(journal, &["--demo"]), Browser::start())
    }

    fn of(journal: &str, server: Server, browser: Browser) -> Visit {
        Visit { journal: journal.to_owned(), server: Arc::new(server), browser }
    }

    /// Another browser before the same server.
    fn beside(&self) -> Visit {
        Visit { journal: self.journal.clone(), server: Arc::clone(&self.server), browser: Browser::start() }
    }

    /// Starts the server anew, where it was, once it has ended.
    fn start_again(&mut self) {
        let address = self.server.base_url().trim_start_matches("http://").to_owned();
        self.server = Arc::new(Server::start_at(&address, &self.journal, &["--demo"]));
    }

    /// Comes in as a role, which leads to its own page.
    #[track_caller]
    fn enter(&mut self, role: &str, path: &str) {
        self.browser.open(&format!("{}/login", self.server.base_url()));
        if self.browser.eval("location.pathname") != "/login" {
            self.browser.press("button", "退出");
            self.browser.find("textbox", "账号");
        }
        self.browser.press("button", &format!("以{role}身份体验"));
        self.wait_until(&format!("location.pathname === {path:?} && document.readyState === 'complete'"));
    }

    /// How the pages are liked from now on.
    fn like(&mut self, english: bool, large: bool) {
        let url = self.server.base_url().to_owned();
        self.browser.set_cookie(&url, "nuanxin-language", if english { "en" } else { "zh" });
        self.browser.set_cookie(&url, "nuanxin-large", if large { "1" } else { "0" });
    }

    /// Shows the page that is open in large letters, or in usual ones: a class of the whole page and nothing else.
    fn enlarge(&mut self, large: bool) {
        self.browser.eval(&format!(
            "(async () => {{ document.documentElement.classList.toggle('large', {large});
               await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); return 0; }})()"
        ));
    }

    /// Waits until an expression comes true.
    #[track_caller]
    fn wait_until(&mut self, expression: &str) {
        for _ in 0..600 {
            if self.browser.try_eval(expression).is_some_and(|told| told == true) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{expression} did not come true:\n{}", self.browser.text());
    }

    /// Presses on a switch of language or size, and waits for the page that it brings.
    #[track_caller]
    fn switch(&mut self, name: &str) {
        const NOW: &str =
            "document.documentElement ? document.documentElement.lang + ' ' + document.documentElement.className : ''";
        let before = self.browser.eval(NOW);
        self.browser.press("button", name);
        self.wait_until(&format!("document.readyState === 'complete' && ({NOW}) !== '' && ({NOW}) !== {before}"));
    }

    /// By how much the page is wider than the screen.
    fn beyond(&mut self) -> serde_json::Value {
        // The page before may be gone and the next one not there yet.
        const BEYOND: &str = "document.documentElement ? document.documentElement.scrollWidth - innerWidth : null";
        let told = std::iter::repeat_with(|| self.browser.eval(BEYOND)).take(100).find(|told| told.is_number());
        told.unwrap_or_default()
    }

    /// What a browser refused or a script threw; a login that fails is told by its status and is none.
    fn complaints(&mut self) -> Vec<serde_json::Value> {
        let all = self.browser.complaints().into_iter();
        all.filter(|told| !told.to_string().contains("Failed to load resource") && told["entry"]["level"] != "info")
            .collect()
    }
}

/// The figure behind a word of a text: 余额 753.
#[track_caller]
fn figure(text: &str, word: &str) -> f64 {
    let rest = text.split(word).nth(1).unwrap_or_else(|| panic!("no {word} in {text:?}"));
    let digits: String = rest.trim_start().chars().take_while(|char| char.is_ascii_digit() || *char == '.').collect();
    digits.parse().unwrap_or_else(|_| panic!("no figure behind {word} in {text:?}"))
}

fn the_clerks_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    let browser = &mut visit.browser;
    assert_eq!(
        browser.eval("document.activeElement.labels[0].innerText"),
        "积分码或卡号",
        "the code's field has the focus"
    );
    browser.scan("YS-0001");
    browser.find("button", "饮用水一箱 20 积分");
    let offered = browser.named("button", "积分");
    assert!(offered.len() >= 3 && offered.iter().all(|(_, name)| name.ends_with(" 积分")), "{offered:?}");
    // Three taps: one would do for one item.
    browser.press("button", "饮用水一箱 20 积分");
    browser.told("listitem", "饮用水一箱 ×1");
    browser.press("button", "饮用水一箱 20 积分");
    browser.told("listitem", "饮用水一箱 ×2");
    browser.press("button", "确认兑换");
    let told = browser.told("status", "兑换成功");
    assert!(told.contains("饮用水一箱 ×2"), "{told}");
    assert_eq!(figure(&told, "积分 "), 40.0, "{told}");
    let balance = figure(&told, "余额 ");

    // The field waits for the next person; the one before can be taken back.
    assert_eq!(browser.eval("document.activeElement.labels[0].innerText"), "积分码或卡号");
    let before = position(&journal);
    browser.press("button", "撤销");
    let told = browser.told("status", "已撤销");
    assert_eq!(figure(&told, "余额 "), balance + 40.0, "{told}");
    assert!(position(&journal) > before);

    browser.press("link", "今日台账");
    browser.find("heading", "今日台账");
    assert!(browser.text().contains("已撤销"), "{}", browser.text());
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_clerk_redeems_in_three_taps_and_takes_it_back_on_sqlite() {
    the_clerks_story(Database::Sqlite);
}

#[test]
fn a_clerk_redeems_in_three_taps_and_takes_it_back_on_postgres() {
    the_clerks_story(Database::Postgres);
}

#[test]
fn a_code_that_nobody_has_and_a_hand_that_presses_twice_do_no_harm() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    visit.browser.scan("YS-9999");
    assert!(visit.browser.told("alert", "没有找到").contains("请核对"));
    // A card's number, with the full-width digits of an input method.
    visit.browser.scan("ＹＳ－０００１");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("button", "确认兑换");
    let before = position(&journal);
    // Twice within the same moment, past whatever the page does about it.
    visit.browser.eval(
        "(async () => { const form = [...document.querySelectorAll('form')].find((form) => form.querySelector('[value=confirm]'));
           const fields = new URLSearchParams(new FormData(form)); fields.append('do', 'confirm');
           await Promise.all([0, 1].map(() => fetch(form.action, {method: 'POST', body: fields}))); })()",
    );
    let after = position(&journal);
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    assert_eq!(position(&journal), after, "the same form again is the same redemption");
    assert_eq!(after - before, 3, "one redemption: the debit, the goods and the merchant's claim");
}

fn the_riders_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let text = visit.browser.text();
    for word in ["可用积分", "公示中", "即将到期", "明细", "我的积分码", "积分卡", "谁看过我的记录", "YS-0001"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    // What is held about oneself comes with the session of the page; a link to another's gives nothing.
    let link =
        visit.browser.eval("[...document.links].find((one) => one.text === '下载我的数据').getAttribute('href')");
    let link = link.as_str().expect("a link").to_owned();
    let fetched = |path: &str| format!("(async () => {{ const told = await fetch('{path}'); return told.status }})()");
    assert_eq!(visit.browser.eval(&fetched(&link)), 200, "{link}");
    assert_eq!(visit.browser.eval(&fetched(&link.replace("YS-0001", "YS-0002"))), 403);
    let receipt = "document.querySelector('.cells a.num[download]').getAttribute('href')";
    let receipt = visit.browser.eval(receipt).as_str().expect("a receipt of a line").to_owned();
    let told = format!("(async () => (await (await fetch('{receipt}')).text()).split('\\n')[0])()");
    assert_eq!(visit.browser.eval(&told), "c2sp.org/tlog-proof@v1", "{receipt}");
    visit.browser.write("为什么", "这一天我还参加了一小时");
    visit.browser.press("button", "提出异议");
    visit.browser.told("status", "异议已提交");
    assert!(visit.browser.text().contains("这一天我还参加了一小时"), "the reason stands in the statement");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
}

#[test]
fn a_rider_sees_what_is_there_and_objects_on_sqlite() {
    the_riders_story(Database::Sqlite);
}

#[test]
fn a_rider_sees_what_is_there_and_objects_on_postgres() {
    the_riders_story(Database::Postgres);
}

fn the_desks_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("录入员", "/credits");
    visit.browser.write("编号", "YS-0009");
    visit.browser.write("数量", "1.5");
    visit.browser.write("证明人", "演示网格员99");
    visit.browser.press("button", "录入");
    visit.browser.told("status", "等待审核");
    visit.browser.told("listitem", "YS-0009");
    // What was typed is kept where it is refused.
    visit.browser.write("编号", "YS-9999");
    visit.browser.write("数量", "2");
    visit.browser.write("证明人", "演示网格员99");
    visit.browser.press("button", "录入");
    assert!(visit.browser.told("alert", "没有此人员").contains("请核对编号"));
    assert_eq!(visit.browser.eval("document.getElementById('worker').value"), "YS-9999");

    visit.enter("审核员", "/credits");
    let waiting = visit.browser.named("button", "通过").len();
    assert!(waiting >= 2 && visit.browser.text().contains("YS-0009"), "{waiting} wait: {}", visit.browser.text());
    // The rider's own record goes back first, for the reason that stands there.
    let reason = visit.browser.eval(
        "(() => { const own = document.querySelector('article[aria-label=\"demo/proposed/01\"]');
           own.querySelector('[value=reject]').click(); return own.querySelector('select').value; })()",
    );
    let reason = reason.as_str().expect("a reason to choose").to_owned();
    visit.browser.told("status", "已退回");
    visit.browser.press("button", "通过");
    visit.browser.told("status", "已通过");
    visit.browser.press("button", "退回");
    visit.browser.told("status", "已退回");

    // Whoever recorded it reads who returned it and why, and sends it again mended.
    visit.enter("录入员", "/credits");
    visit.browser.find("heading", "最近退回");
    let back = visit.browser.eval("document.querySelector('article[aria-label=\"demo/proposed/01\"]').innerText");
    let back = back.as_str().expect("the returned record").to_owned();
    assert!(back.contains(&reason) && back.contains("退回人 demo-approver"), "{back}");
    visit.browser.press("button", "改好重报");
    visit.wait_until("!!document.getElementById('mends')");
    assert_ne!(visit.browser.eval("document.getElementById('worker').value"), "");
    visit.browser.write("证明人", "演示网格员98");
    visit.browser.press("button", "录入");
    visit.browser.told("status", "等待审核");
    visit.enter("骑手", "/me");
    let text = visit.browser.text();
    assert!(text.contains("驳回 社区志愿服务") && text.contains(&reason), "{text}");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
}

#[test]
fn an_operator_records_one_and_an_approver_passes_and_returns_on_sqlite() {
    the_desks_story(Database::Sqlite);
}

#[test]
fn an_operator_records_one_and_an_approver_passes_and_returns_on_postgres() {
    the_desks_story(Database::Postgres);
}

fn a_sheets_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("录入员", "/credits");
    let sheet = scratch_dir("sheet").join("活动记录-2026-11.csv");
    let rows = "记录号,编号,活动代码,服务日期,数量,证明人\nD-1,YS-0002,ZY01,2026-06-01,2,网格员甲\nD-2,YS-9999,ZY01,2026-06-01,2,网格员甲\n";
    std::fs::write(&sheet, rows).expect("a file is written");
    let before = position(&journal);
    visit.browser.choose("#file", &sheet);
    visit.browser.press("button", "上传表格");
    visit.browser.find("button", "写入可以写入的行");
    let text = visit.browser.text();
    assert!(text.contains("没有此人员") && text.contains("可以写入"), "{text}");
    assert_eq!(position(&journal), before, "nothing is written");
    visit.browser.eval("document.querySelectorAll('input[name=worker]')[1].value = 'YS-0003'; 0");
    visit.browser.press("button", "再核对一次");
    visit.wait_until("!document.body.innerText.includes('没有此人员')");
    assert_eq!(position(&journal), before, "still nothing");
    visit.browser.press("button", "写入可以写入的行");
    visit.browser.told("status", "已写入 2 行");
    assert_eq!(position(&journal), before + 2);
}

#[test]
fn a_sheet_is_judged_row_by_row_before_anything_is_written_mended_and_sent_on_sqlite() {
    a_sheets_story(Database::Sqlite);
}

#[test]
fn a_sheet_is_judged_row_by_row_before_anything_is_written_mended_and_sent_on_postgres() {
    a_sheets_story(Database::Postgres);
}

fn the_auditors_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("审计员", "/audit");
    visit.browser.press("button", "立即核对");
    visit.browser.told("status", "账本完整");
    visit.browser.open(&format!("{}/audit?type=WorkerRegistered&about=YS-0001", visit.server.base_url()));
    let text = visit.browser.text();
    assert!(text.contains("人员登记") && !text.contains("没有符合的事件"), "{text}");
    visit.browser.open(&format!("{}/audit/state?at=200", visit.server.base_url()));
    assert!(visit.browser.text().contains("序号 200 以前"), "{}", visit.browser.text());
    for path in ["/audit/bundle", "/audit/sample?seed=7&size=5&by=points", "/audit/report"] {
        let asked =
            format!("fetch({path:?}).then(async (told) => [told.status, (await told.arrayBuffer()).byteLength])");
        let told = visit.browser.eval(&asked);
        assert!(told[0] == 200 && told[1].as_u64() > Some(1_000), "{path}: {told}");
    }
    // What is not the auditor's.
    for path in ["/counter", "/me", "/credits", "/merchant"] {
        let told = visit.browser.eval(&format!("fetch({path:?}).then((told) => told.status)"));
        assert_eq!(told, 403, "{path}");
    }
}

#[test]
fn an_auditor_verifies_filters_and_looks_at_the_books_of_a_moment_on_sqlite() {
    the_auditors_story(Database::Sqlite);
}

#[test]
fn an_auditor_verifies_filters_and_looks_at_the_books_of_a_moment_on_postgres() {
    the_auditors_story(Database::Postgres);
}

fn the_branchs_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("支部书记", "/branch");
    visit.browser.find("button", "导出 Excel");
    visit.browser.find("image", "各卡积分");
    let text = visit.browser.text();
    assert!(text.contains("按类别的积分") && text.contains("评议意见"), "{text}");
    let told = visit.browser.eval(
        "(async () => { const form = document.querySelector('form[action=\"/branch/export\"]');
           const told = await fetch('/branch/export?' + new URLSearchParams(new FormData(form)));
           return [told.status, told.headers.get('content-disposition')]; })()",
    );
    assert!(told[0] == 200 && told[1].as_str().is_some_and(|name| name.ends_with(".xlsx\"")), "{told}");
}

#[test]
fn a_branch_sees_its_cards_as_chart_and_table_and_takes_the_workbook_on_sqlite() {
    the_branchs_story(Database::Sqlite);
}

#[test]
fn a_branch_sees_its_cards_as_chart_and_table_and_takes_the_workbook_on_postgres() {
    the_branchs_story(Database::Postgres);
}

#[test]
fn language_and_large_letters_stay_as_they_were_chosen() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let liked = |visit: &mut Visit| {
        visit.browser.eval("[document.documentElement.lang, getComputedStyle(document.body).fontSize]")
    };
    let usual = liked(&mut visit);
    visit.switch("大字");
    visit.switch("English");
    let (chosen, base) = (liked(&mut visit), visit.server.base_url().to_owned());
    assert!(chosen[0] != usual[0] && chosen[1] != usual[1], "{usual} {chosen}");
    visit.browser.open(&format!("{base}/me/stores"));
    visit.wait_until("location.pathname === '/me/stores' && document.readyState === 'complete'");
    assert_eq!(liked(&mut visit), chosen, "on another page too");
    visit.switch("中文");
    visit.switch("大字");
    assert_eq!(liked(&mut visit), usual);
}

/// Pictures are for people: they are taken where `NUANXIN_PICTURES` names a folder for them.
fn keep(path: &Path, picture: &str) {
    let bytes = STANDARD.decode(picture).expect("base64");
    std::fs::write(path, bytes).expect("a picture is written");
}
