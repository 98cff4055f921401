//! What the counter asks of whoever spends: the rider's code of the minute, read by a camera as well; a code on paper; a
//! PIN.

use std::path::Path;

use nuanxin_tests::{Browser, Server, scratch_dir};
use serde_json::Value;

use super::{Visit, keep};
use crate::journals::{Database, demonstration};
use crate::program::run;

/// A picture for people, on a telephone's and on a counter's screen.
fn pictures(visit: &mut Visit, name: &str) {
    let Some(folder) = std::env::var_os("NUANXIN_PICTURES") else { return };
    for width in [390, 1280] {
        visit.browser.set_screen(width, width < 600);
        keep(&Path::new(&folder).join(format!("proof-{name}-{width}.png")), &visit.browser.picture());
    }
}

/// Lets the district ask for something of whoever spends.
fn ask_for(visit: &mut Visit, what: &str) {
    configure(visit, &format!("ask-{what}"), &format!("{{ counter_proof: {what:?} }}"));
}

/// The schedule as it is, with other settings of the district: an object of JavaScript.
pub(super) fn configure(visit: &mut Visit, key: &str, district: &str) {
    visit.enter("管理员", "/admin");
    let told = visit.browser.eval(&format!(
        "(async () => {{
            const now = await (await fetch('/v1/schedule')).json();
            const body = {{ effective_from: now.effective_from, activities: now.activities, district: {district} }};
            const headers = {{ 'Content-Type': 'application/json', 'Idempotency-Key': {key:?},
                'X-CSRF-Token': document.querySelector('[name=token]').value }};
            const told = await fetch('/v1/schedule', {{ method: 'PUT', headers, body: JSON.stringify(body) }});
            return told.status + ' ' + await told.text();
        }})()"
    ));
    assert!(told.as_str().is_some_and(|told| told.starts_with("200 ")), "{told}");
}

fn text_of(visit: &mut Visit, selector: &str) -> String {
    let told = visit.browser.eval(&format!("(document.querySelector({selector:?}) || {{}}).textContent || ''"));
    told.as_str().unwrap_or_default().trim().to_owned()
}

/// By what each redemption of the journal was proven, oldest first, of those that say so.
fn proven(journal: &str) -> Vec<String> {
    let exported = run(journal, &["export", "--format", "jsonl"]).expect(0);
    let events = exported.text().lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let payload = |event: Value| match &event["payload"] {
        Value::String(text) => serde_json::from_str(text).expect("JSON"),
        other => other.clone(),
    };
    events.filter_map(|event| payload(event)["proven_by"].as_str().map(str::to_owned)).collect()
}

fn the_codes_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    ask_for(&mut visit, "code");
    visit.enter("骑手", "/me");
    let rider = text_of(&mut visit, "#code b");
    let digits = text_of(&mut visit, "#code .digits");
    assert!(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits:?}");
    assert!(visit.browser.text().contains("秒后更换"), "{}", visit.browser.text());
    visit.browser.find("image", "积分码二维码");
    pictures(&mut visit, "me-code");
    // It is fetched anew by itself when it runs out.
    visit.browser.eval("document.querySelector('[data-left]').setAttribute('data-left', '1'); document.querySelector('#code').dataset.old = '1'; 0");
    visit.wait_until("document.querySelector('#code') && !document.querySelector('#code').dataset.old");
    visit.browser.eval("document.querySelector('#code ~ details').open = true; 0");
    visit.browser.press("button", "做一张纸质码");
    visit.browser.find("heading", "只显示这一次");
    let paper = text_of(&mut visit, "section[aria-labelledby=paper-made] code");
    assert!(paper.starts_with(&format!("{rider}#")), "{paper}");
    pictures(&mut visit, "me-paper");

    // Scanned, nothing more is asked: as many taps as ever.
    visit.enter("店员", "/counter");
    visit.browser.scan(&format!("{rider}#{digits}"));
    visit.wait_until("document.body.innerText.includes('本人凭证已核对')");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("button", "确认兑换");
    assert!(visit.browser.named("textbox", "动态码").is_empty());
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    // The same code again proves nothing more; the page says what helps, and takes the one on paper.
    visit.browser.scan(&rider);
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("textbox", "顾客的动态码");
    pictures(&mut visit, "counter-code");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("alert", "请先让顾客出示动态码");
    visit.browser.write("顾客的动态码", &digits);
    visit.browser.press_enter();
    visit.browser.told("alert", "已经用过");
    visit.browser.write("顾客的动态码", &paper);
    visit.browser.press_enter();
    visit.browser.told("status", "兑换成功");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    assert_eq!(proven(&journal), ["code", "printed_code"]);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_rider_shows_a_code_and_a_clerk_asks_for_nothing_more_on_sqlite() {
    the_codes_story(Database::Sqlite);
}

#[test]
fn a_rider_shows_a_code_and_a_clerk_asks_for_nothing_more_on_postgres() {
    the_codes_story(Database::Postgres);
}

fn the_pins_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    ask_for(&mut visit, "pin");
    visit.enter("骑手", "/me");
    let rider = text_of(&mut visit, "#code b");
    let set = |visit: &mut Visit, pin: &str| {
        visit.browser.write("新的兑换密码", pin);
        visit.browser.write("再输一遍", pin);
        visit.browser.press("button", "设置兑换密码");
    };
    set(&mut visit, "123456");
    visit.browser.told("alert", "太容易猜");
    pictures(&mut visit, "me-pin");
    set(&mut visit, "847291");
    visit.browser.told("status", "兑换密码已设置");

    visit.enter("店员", "/counter");
    visit.browser.scan(&rider);
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("textbox", "兑换密码");
    pictures(&mut visit, "counter-pin");
    visit.browser.write("兑换密码", "847290");
    visit.browser.press_enter();
    visit.browser.told("alert", "兑换密码不对");
    visit.browser.write("兑换密码", "847291");
    visit.browser.press_enter();
    visit.browser.told("status", "兑换成功");
    assert_eq!(visit.browser.eval("document.documentElement.outerHTML.includes('847291')"), false);

    // Whoever has no phone gets one at the desk, and sees who gave it.
    visit.enter("录入员", "/credits");
    visit.browser.press("link", "积分码与兑换密码");
    visit.browser.find("button", "发一个兑换密码");
    visit.browser.write("编号", &rider);
    visit.browser.press("button", "发一个兑换密码");
    visit.browser.told("status", "只显示这一次");
    let given = text_of(&mut visit, "[role=status] code");
    pictures(&mut visit, "desk-pin");
    visit.enter("骑手", "/me");
    assert!(visit.browser.text().contains("录入员"), "{}", visit.browser.text());
    visit.enter("店员", "/counter");
    visit.browser.scan(&rider);
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.write("兑换密码", &given);
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    drop(visit);
    assert_eq!(proven(&journal), ["pin", "pin"]);
}

#[test]
fn a_rider_sets_a_pin_and_types_it_at_the_counter_on_sqlite() {
    the_pins_story(Database::Sqlite);
}

#[test]
fn a_rider_sets_a_pin_and_types_it_at_the_counter_on_postgres() {
    the_pins_story(Database::Postgres);
}

#[test]
fn a_counter_without_its_network_takes_the_code_along() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    ask_for(&mut visit, "code");
    visit.enter("骑手", "/me");
    let (rider, digits) = (text_of(&mut visit, "#code b"), text_of(&mut visit, "#code .digits"));
    visit.enter("店员", "/counter");
    visit.wait_until("document.getElementById('away').textContent.includes('断网也能兑换')");
    visit.wait_until("caches.match('/counter').then(Boolean)");
    visit.browser.set_offline(true);
    visit.browser.eval("document.getElementById('named').focus(); 0");
    // Without a code it asks; with a scanned one it does not.
    visit.browser.scan("YS-0029");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("textbox", "顾客的动态码");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("alert", "请先让顾客出示动态码");
    pictures(&mut visit, "away-code");
    visit.browser.write("积分码或卡号", &format!("{rider}#{digits}"));
    visit.browser.press_enter();
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.find("button", "确认兑换");
    assert!(visit.browser.named("textbox", "动态码").is_empty());
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    visit.browser.set_offline(false);
    // What it waits for is the ledger's word, and not the page's: that may have said nothing yet.
    let told = std::iter::repeat_with(|| proven(&journal)).take(60).find(|told| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        !told.is_empty()
    });
    drop(visit);
    assert_eq!(told.unwrap_or_default(), ["code"]);
}

/// A film of a QR that stands still, as a camera gives it (YUV4MPEG2).
pub(super) fn film(svg: &str, path: &Path) {
    const WIDTH: usize = 640;
    const HEIGHT: usize = 480;
    const MODULE: usize = 8;
    let mut modules: Vec<(usize, usize)> = Vec::new();
    for part in svg.split('M').skip(1) {
        let place = part.split('h').next().unwrap_or_default();
        let Some((x, y)) = place.split_once(',') else { continue };
        if let (Ok(x), Ok(y)) = (x.trim().parse(), y.trim().parse()) {
            modules.push((x, y));
        }
    }
    assert!(modules.len() > 100, "{svg}");
    let mut light = vec![235_u8; WIDTH * HEIGHT];
    for (x, y) in modules {
        for row in 0..MODULE {
            let from = (y * MODULE + row + 40) * WIDTH + x * MODULE + 160;
            light[from..from + MODULE].fill(16);
        }
    }
    let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n").into_bytes();
    for _ in 0..10 {
        film.extend(b"FRAME\n");
        film.extend(&light);
        film.extend(vec![128_u8; WIDTH * HEIGHT / 2]);
    }
    std::fs::write(path, film).expect("a film");
}

/// A browser whose camera shows a film.
pub(super) fn before_a_camera(film: &Path) -> Browser {
    Browser::start_with(&[
        "--use-fake-ui-for-media-stream".to_owned(),
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", film.display()),
    ])
}

#[test]
fn a_camera_reads_the_code_where_the_browser_has_no_reader_of_its_own() {
    let journal = demonstration(Database::Sqlite);
    let server = Server::start(&journal, &["--demo"]);
    let svg = picture_of("YS-0001");
    let path = scratch_dir("film").join("code.y4m");
    film(&svg, &path);
    let mut visit = Visit::of(&journal, server, before_a_camera(&path));
    visit.enter("店员", "/counter");
    // Whatever this machine's browser can: the reader that is loaded is what is meant here.
    visit.browser.eval("delete window.BarcodeDetector; window.BarcodeDetector = undefined; 0");
    assert!(!visit.browser.requests().iter().any(|url| url.contains("jsqr")), "nothing is loaded that is not needed");
    visit.browser.press("button", "扫码");
    visit.browser.find("button", "饮用水一箱 20 积分");
    assert!(visit.browser.text().contains("YS-0001"), "{}", visit.browser.text());
    assert!(visit.browser.requests().iter().any(|url| url.contains("/assets/jsqr-")), "{:?}", visit.browser.requests());
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}

/// The picture of a text as the pages draw it.
pub(super) fn picture_of(text: &str) -> String {
    String::from_utf8(ledger_api::qr::Picture::Svg.draw(text).expect("a picture")).expect("text")
}
