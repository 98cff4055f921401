//! A rider sets something aside and picks it up with its code; what nobody picks up goes back by the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use nuanxin_tests::{Browser, Server, SetClock};
use serde_json::Value;

use super::{Visit, figure};
use crate::journals::{Database, demonstration, fresh};

/// A morning on whose next day none of the demonstration's lots ends.
const CLOCK: &str = "2026-12-01T10:00:00+08:00";
/// Longer than a hold lasts.
const A_DAY_AND_AN_HOUR: i64 = 25 * 3_600;
/// What of the demonstration waits at the counter besides: one until the afternoon, another one for two days.
const OTHERS: usize = 2;

fn go(visit: &mut Visit, path: &str) {
    visit.browser.open(&format!("{}{path}", visit.server.base_url()));
    visit.wait_until("document.readyState === 'complete'");
}

/// What can be spent, as the rider's own page says it.
fn available(visit: &mut Visit) -> f64 {
    figure(&visit.browser.text(), "可用积分")
}

fn the_story(database: Database) {
    let clock = SetClock::new();
    let shown = chrono::DateTime::parse_from_rfc3339(CLOCK).expect("a time").timestamp();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let ahead = shown - i64::try_from(now).expect("a time of our days");
    clock.set(ahead);
    let journal = fresh(database);
    let server = Server::start_by(&journal, &["--demo"], &clock);
    let mut visit = Visit::of(&journal, server, Browser::start());

    visit.enter("骑手", "/me");
    visit.browser.press("link", "看附近网点，预留自提");
    visit.browser.find("heading", "附近可兑换");
    let before = available(&mut visit);
    for left in [20.0, 40.0] {
        visit.browser.press("button", "预留 饮用水一箱 暖新总站");
        visit.browser.told("status", "已预留「饮用水一箱 ×1」，请在 2026-12-02");
        visit.wait_until(&format!("document.querySelector('.hero .figure').textContent === '{}'", before - left));
    }
    let holds = "[...document.querySelectorAll('[aria-labelledby=held] code')].map((code) => code.textContent)";
    let holds = visit.browser.eval(holds);
    let first = holds[0].as_str().expect("a pick-up code").to_owned();
    assert!(holds.as_array().is_some_and(|all| all.len() == 2) && first.starts_with("YL-"), "{holds}");
    // What the picture holds, which a counter reads by its scanner.
    let code =
        visit.browser.eval(&format!("(async () => (await (await fetch('/v1/holds/{first}/code')).json()).code)()"));
    let code = code.as_str().expect("a code").to_owned();

    // Scanned, it takes one tap; from the list it takes two.
    visit.enter("店员", "/counter");
    assert!(visit.browser.text().contains(&format!("待取预留 {}", OTHERS + 2)), "{}", visit.browser.text());
    visit.browser.scan(&code);
    visit.browser.find("heading", "这位顾客在这里预留了");
    visit.browser.press("button", "交付 饮用水一箱");
    let told = visit.browser.told("status", "兑换成功");
    assert!(told.contains("饮用水一箱 ×1"), "{told}");
    assert_eq!(figure(&told, "积分 "), 20.0, "{told}");
    visit.browser.press("link", &format!("待取预留 {}", OTHERS + 1));
    visit.browser.find("button", "交付 饮用水一箱 ×1 YS-0001");
    assert!(!visit.browser.text().contains(&first), "what was handed out waits no more");

    // Nobody comes for the other one.
    clock.set(ahead + A_DAY_AND_AN_HOUR);
    visit.enter("骑手", "/me");
    let gone = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        go(&mut visit, "/me/stores");
        // What ran out is off the list at once; its points are back a moment later.
        visit.browser.text().contains("现在没有预留的商品") && available(&mut visit) != before - 40.0
    });
    assert!(gone.take(100).any(|gone| gone), "it is given back by itself: {}", visit.browser.text());
    assert_eq!(available(&mut visit), before - 20.0, "the points of what was handed out alone are gone");
    go(&mut visit, "/me");
    assert!(visit.browser.text().contains("预占到期"), "{}", visit.browser.text());
    // One that is set aside and given up.
    go(&mut visit, "/me/stores");
    visit.browser.press("button", "预留 饮用水一箱 暖新总站");
    visit.browser.told("status", "已预留");
    visit.browser.press("button", "取消预留");
    visit.browser.told("status", "已取消预留，积分已退回");
    assert_eq!(available(&mut visit), before - 20.0);
    visit.enter("店员", "/counter");
    go(&mut visit, "/counter/holds");
    let left = visit.browser.text();
    assert!(left.contains("YS-0020") && !left.contains("YS-0001") && !left.contains("YS-0009"), "{left}");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}

#[test]
fn a_rider_sets_aside_and_picks_up_and_what_is_left_goes_back_on_sqlite() {
    the_story(Database::Sqlite);
}

#[test]
fn a_rider_sets_aside_and_picks_up_and_what_is_left_goes_back_on_postgres() {
    the_story(Database::Postgres);
}

#[test]
fn whoever_reads_the_list_for_the_wall_objects_there() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("审核员", "/credits");
    visit.browser.press("button", "通过");
    visit.browser.told("status", "已通过");
    visit.enter("商户", "/merchant");
    go(&mut visit, "/publicity");
    visit.browser.eval("document.querySelector('th details').open = true; 0");
    visit.browser.write("哪里不对", "那天没有这项活动");
    visit.browser.press("button", "提交异议");
    visit.browser.told("status", "异议已收到");
    visit.browser.find("heading", "我提出的异议");
    visit.browser.told("listitem", "审核员正在核实");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}
