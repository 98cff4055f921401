//! The counter when its network goes: three ways to redeem go on (what was set aside, the floor, a slip of paper), and each is
//! redeemed once when it is back, however often it is told.

use std::path::Path;

use serde_json::{Value, json};

use super::proof::configure;
use super::{Visit, keep};
use crate::journals::{Database, demonstration};
use crate::program::{position, run, state};

/// A picture for people, on a telephone's and on a counter's screen.
fn pictures(visit: &mut Visit, name: &str) {
    let Some(folder) = std::env::var_os("NUANXIN_PICTURES") else { return };
    for width in [390, 1280] {
        visit.browser.set_screen(width, width < 600);
        keep(&Path::new(&folder).join(format!("away-{name}-{width}.png")), &visit.browser.picture());
    }
}

/// Whether a store's provisions are kept on the device.
const KEPT: &str = "((store) => new Promise((resolve, reject) => {
    const asked = indexedDB.open('nuanxin-counter');
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const kept = asked.result.transaction('kept').objectStore('kept').get('along/' + store);
        kept.onsuccess = () => { asked.result.close(); resolve(!!kept.result); };
    };
}))";

/// What waits on the device to be told, or became a case.
const QUEUE: &str = "(() => new Promise((resolve, reject) => {
    const asked = indexedDB.open('nuanxin-counter');
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const rows = asked.result.transaction('queue').objectStore('queue').getAll();
        rows.onsuccess = () => { asked.result.close(); resolve(rows.result); };
    };
}))()";

/// Puts what was told back to what waits, as a device does that never heard the answers.
const FORGET_ANSWERS: &str = "((rows) => new Promise((resolve, reject) => {
    const asked = indexedDB.open('nuanxin-counter');
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const put = asked.result.transaction('queue', 'readwrite');
        rows.forEach((row) => put.objectStore('queue').put(row));
        put.oncomplete = () => { asked.result.close(); resolve(0); };
        put.onabort = () => reject(put.error);
    };
}))";

/// The day's till of a store as its page says it: redemptions that stand, and their points.
const TILL: &str = "(async (store) => {
    const page = await (await fetch('/counter/day?store=' + store)).text();
    const figures = new DOMParser().parseFromString(page, 'text/html').querySelectorAll('.tiles dd');
    return [...figures].slice(0, 2).map((one) => Number(one.textContent.replace(/,/g, '')));
})";

/// What the page says to the ledger by itself, with the session that it has.
fn asks(visit: &mut Visit, path: &str, key: &str, body: &Value) -> Value {
    let headers = format!(
        "{{'Content-Type': 'application/json', 'Idempotency-Key': {key:?}, 'X-CSRF-Token': document.querySelector('[name=token]').value}}"
    );
    visit.browser.eval(&format!(
        "(async () => (await fetch({path:?}, {{method: 'POST', headers: {headers}, body: JSON.stringify({body})}})).json())()"
    ))
}

/// Every redemption of the journal behind a position: worker and on what word.
fn redemptions_after(journal: &str, position: u64) -> Vec<(String, String, String)> {
    let exported = run(journal, &["export", "--format", "jsonl"]).expect(0);
    let events = exported.text().lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let made = events.filter(|event| event["position"].as_u64() > Some(position));
    made.filter_map(|event| {
        let payload = event["payload"]
            .as_str()
            .map_or_else(|| event["payload"].clone(), |text| serde_json::from_str(text).expect("JSON"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&event["type"]);
        let wanted = ["Redeemed", "HoldCaptured", "DeliveryRefused"].contains(&kind.as_str());
        wanted.then(|| (kind, text(&payload["worker"]), text(&payload["means"])))
    })
    .collect()
}

/// Who comes while there is no network: by the floor, for what was set aside, and with a slip.
const CUSTOMERS: [&str; 3] = ["YS-0001", "YS-0002", "YS-0003"];
/// A box of water at the demonstration's counter, and what it costs in hundredths.
const WATER: &str = "YS-WD01/SP001";
const COSTS: i64 = 2_000;

/// What a journal and the counter's page say of the three, the shelf and the day.
#[derive(Debug, PartialEq)]
struct Books {
    position: u64,
    /// In hundredths, of [`CUSTOMERS`].
    balances: Vec<i64>,
    /// Boxes on the shelf.
    boxes: i64,
    /// Redemptions of the day that stand, and their points.
    till: (f64, f64),
}

fn hundredths(points: &str) -> i64 {
    let (whole, part) = points.split_once('.').unwrap_or((points, ""));
    format!("{whole}{part:0<2}").parse().expect("points have two places at most")
}

fn books(visit: &mut Visit, store: &str) -> Books {
    let till = visit.browser.eval(&format!("{TILL}({store:?})"));
    let figure = |nth: usize| till[nth].as_f64().unwrap_or_else(|| panic!("no till: {till}"));
    let told = state(&visit.journal, &[]);
    let balance = |worker: &&str| hundredths(told.get("workers").get(worker).get("balance").text());
    Books {
        position: told.get("position").count(),
        balances: CUSTOMERS.iter().map(balance).collect(),
        boxes: told.get("stock").get(WATER).text().parse().expect("a number of boxes"),
        till: (figure(0), figure(1)),
    }
}

/// The page takes along what it needs, and this device becomes the store's; gives the store.
fn becomes_the_stores_device(visit: &mut Visit) -> String {
    visit.wait_until("document.getElementById('away').textContent.includes('断网也能兑换')");
    // What nobody pressed is not exchanged under a finger when the counter looks again; and no failure is silent.
    visit.browser.eval("document.querySelector('#away button').marked = true; nuanxinAway(); 0");
    visit.browser.eval("fetch('/counter/away').then(() => new Promise((done) => setTimeout(done, 500))).then(() => 0)");
    assert_eq!(visit.browser.eval("document.querySelector('#away button').marked"), true, "the same button");
    visit.browser.set_offline(true);
    visit.browser.press("button", "把本机登记为离线设备");
    visit.browser.told("alert", "没有登记成功");
    visit.browser.set_offline(false);
    visit.browser.press("button", "把本机登记为离线设备");
    visit.wait_until("document.getElementById('away').textContent.includes('本机是本网点的离线设备')");
    visit.wait_until("caches.match('/counter').then(Boolean)");
    visit.browser.eval("document.getElementById('away').dataset.store").as_str().expect("a store").to_owned()
}

/// Sets a box aside for the second customer and gives the code that shows it.
fn set_aside(visit: &mut Visit, store: &str) -> String {
    let sku = visit.browser.eval(
        "(async () => (await (await fetch('/counter/away')).json()).goods.find((item) => item.name === '饮用水一箱').sku)()",
    );
    let hold = json!({"worker": CUSTOMERS[1], "store": store, "lines": [{"sku": sku, "quantity": 1}]});
    assert_eq!(asks(visit, "/v1/holds", "hold-1", &hold)["hold"], "hold-1");
    let code = visit.browser.eval("(async () => (await (await fetch('/v1/holds/hold-1/code')).json()).code)()");
    code.as_str().expect("a code").to_owned()
}

/// Names somebody and lets one box be handed out, as far as the page that says so.
fn hands_out(visit: &mut Visit, named: &str) {
    visit.browser.write("积分码或卡号", named);
    visit.browser.press_enter();
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", named);
}

/// Below the floor, in the same taps as ever, and not above it.
fn redeems_by_the_floor(visit: &mut Visit) {
    visit.browser.eval("document.getElementById('named').focus(); 0");
    visit.browser.scan(CUSTOMERS[0]);
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    let told = visit.browser.told("status", "兑换成功");
    pictures(visit, "done");
    assert!(told.contains("饮用水一箱 ×1") && told.contains("联网后自动补报"), "{told}");
    // Neither more than the floor for one person, in whatever letters the same person is named.
    for named in [CUSTOMERS[0], "ｙｓ-0001"] {
        visit.browser.write("积分码或卡号", named);
        visit.browser.press_enter();
        visit.browser.press("button", "饮用水一箱 20 积分");
        visit.browser.told("listitem", "×1");
        visit.browser.press("button", "饮用水一箱 20 积分");
        visit.browser.told("alert", "超过每人离线限额");
    }
    // Nor for a hold's number, which is nobody's floor.
    visit.browser.write("积分码或卡号", "yl-12345-67890");
    visit.browser.press_enter();
    visit.browser.told("alert", "断网时不能按号取预留");
    // What reads codes is at hand here too.
    let reader = "document.querySelector('[data-scan]').dataset.reader";
    assert_eq!(visit.browser.eval(&format!("caches.match({reader}).then(Boolean)")), true);
    assert_eq!(visit.browser.eval("document.querySelectorAll('dialog#camera').length"), 1);
    assert_eq!(visit.browser.eval("document.querySelectorAll('#no-network').length"), 1);
    pictures(visit, "basket");
}

/// By the ledger's signature alone, and once: neither a hold that the ledger did not sign nor one that was taken.
fn redeems_what_was_set_aside(visit: &mut Visit, code: &str) {
    let at = code.find('.').expect("a code with a signature") - 3;
    let other = if code.as_bytes()[at] == b'A' { "B" } else { "A" };
    let forged = format!("{}{other}{}", &code[..at], &code[at + 1..]);
    for (shown, no) in
        [(forged.as_str(), Some("不是本账本签发的取货码")), (code, None), (code, Some("本机已经兑过这个预留"))]
    {
        visit.browser.write("积分码或卡号", shown);
        visit.browser.press_enter();
        match no {
            Some(no) => drop(visit.browser.told("alert", no)),
            None => {
                visit.browser.press("button", "确认兑换");
                visit.browser.told("status", "兑换成功");
            }
        }
    }
}

/// Enters a slip of one box, written at a time.
fn enters_a_slip(visit: &mut Visit, named: &str, at: &str) {
    visit.browser.rest();
    visit.browser.write("积分码或卡号", named);
    visit.browser.eval(&format!(
        "(() => {{ document.getElementById('at').value = {at:?};
         const pick = (id, name) => {{ const one = document.getElementById(id); one.selectedIndex = [...one.options].findIndex((item) => item.text.startsWith(name)); }};
         pick('sku-1', '饮用水一箱 '); return 0; }})()"
    ));
    visit.browser.press("button", "补录纸单");
}

fn goes(visit: &mut Visit, path: &str) {
    visit.browser.open(&format!("{}{path}", visit.server.base_url()));
    visit.wait_until("document.readyState === 'complete'");
}

fn the_counter_redeems_three_ways_offline(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    let store = becomes_the_stores_device(&mut visit);
    let at_first = books(&mut visit, &store);
    let code = set_aside(&mut visit, &store);
    let before = position(&journal);

    visit.browser.set_offline(true);
    redeems_by_the_floor(&mut visit);
    redeems_what_was_set_aside(&mut visit, &code);
    // Somebody whom nobody knows.
    hands_out(&mut visit, "YS-9999");
    // One that is taken back before anybody was told; that person's box is then written on a slip.
    hands_out(&mut visit, CUSTOMERS[2]);
    visit.browser.press("button", "撤销");
    visit.wait_until("document.getElementById('away').textContent.includes('待补报 3')");
    let written = visit.browser.eval("new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 16)");
    let written = written.as_str().expect("a time by the district's clock").to_owned();
    // A page that is loaded anew has kept everything.
    visit.browser.eval("location.reload(); 0");
    visit.wait_until("document.readyState === 'complete' && (document.getElementById('away') || {}).textContent.includes('待补报 3')");
    let waiting = visit.browser.eval(QUEUE);
    assert_eq!(waiting.as_array().map(Vec::len), Some(3), "{waiting}");
    assert_eq!(position(&journal), before, "nothing was told yet");

    visit.browser.set_offline(false);
    visit.wait_until(
        "document.getElementById('away') && document.getElementById('away').textContent.includes('待补报 0')",
    );
    let cases = format!("/counter/cases?store={store}");
    goes(&mut visit, &cases);
    enters_a_slip(&mut visit, CUSTOMERS[2], &written);
    visit.browser.told("status", "兑换成功");
    let named = |kind: &str, worker: &str, means: &str| (kind.to_owned(), worker.to_owned(), means.to_owned());
    let once = [
        named("Redeemed", CUSTOMERS[0], "floor"),
        named("HoldCaptured", CUSTOMERS[1], "hold"),
        named("DeliveryRefused", "", "floor"),
        named("Redeemed", CUSTOMERS[2], "slip"),
    ];
    assert_eq!(redemptions_after(&journal, before), once);
    let told = books(&mut visit, &store);
    let expected = Books {
        position: told.position,
        balances: at_first.balances.iter().map(|balance| balance - COSTS).collect(),
        boxes: at_first.boxes - 3,
        till: (at_first.till.0 + 3.0, at_first.till.1 + 60.0),
    };
    assert_eq!(told, expected, "each of the three has one box less to spend");

    // All of it is told again, by a device that heard no answer and by a pile that was entered before.
    enters_a_slip(&mut visit, CUSTOMERS[2], &written);
    visit.browser.told("status", "此前已补录");
    goes(&mut visit, "/counter");
    visit.wait_until("!!(document.getElementById('away') || {}).firstChild");
    visit.browser.eval(&format!("{FORGET_ANSWERS}({waiting})"));
    visit.browser.eval("nuanxinAway(); 0");
    visit.wait_until(&format!("{QUEUE}.then((rows) => rows.length === 1 && rows[0].state === 'case')"));
    assert_eq!(books(&mut visit, &store), told, "told twice it changes nothing");
    assert_eq!(redemptions_after(&journal, before), once);

    // What was refused is a case, which somebody settles.
    goes(&mut visit, &cases);
    visit.browser.told("listitem", "YS-9999");
    pictures(&mut visit, "cases");
    visit.browser.write("怎么处理的", "区里承担");
    visit.browser.press("button", "结案");
    visit.browser.told("status", "已结案");
    assert!(visit.browser.text().contains("区里承担"), "{}", visit.browser.text());
    // Whoever logs out leaves nothing here that the next one could act with.
    assert_eq!(visit.browser.eval(&format!("{KEPT}({store:?})")), true);
    visit.browser.press("button", "退出");
    visit.browser.find("textbox", "账号");
    visit.wait_until(&format!("{KEPT}({store:?}).then((kept) => !kept)"));
    visit.wait_until("caches.match('/counter').then((kept) => !kept)");
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn the_counter_redeems_three_ways_offline_on_sqlite() {
    the_counter_redeems_three_ways_offline(Database::Sqlite);
}

#[test]
fn the_counter_redeems_three_ways_offline_on_postgres() {
    the_counter_redeems_three_ways_offline(Database::Postgres);
}

#[test]
fn a_slip_written_by_hand_is_entered_with_its_own_time() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    visit.browser.press("link", "补报待处理");
    visit.browser.find("heading", "纸单补录");
    let before = position(&journal);
    visit.browser.write("积分码或卡号", "YS-0001");
    visit.browser.eval(
        "document.getElementById('at').value = new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 16);
         const choose = (id, name) => { const one = document.getElementById(id); one.selectedIndex = [...one.options].findIndex((item) => item.text.startsWith(name)); };
         choose('sku-1', '饮用水一箱 '); choose('sku-2', '毛巾'); 0",
    );
    visit.browser.press("button", "补录纸单");
    visit.browser.told("status", "兑换成功");
    assert!(visit.browser.text().contains("YS-0001 · "), "who and how much is told: {}", visit.browser.text());
    let once = [("Redeemed".to_owned(), "YS-0001".to_owned(), "slip".to_owned())];
    assert_eq!(redemptions_after(&journal, before), once);
    // A slip of the pen is told before anything is recorded, and mended in place.
    let at = visit.browser.eval("new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 16)");
    let at = at.as_str().expect("a time").to_owned();
    let before = position(&journal);
    enters_a_slip(&mut visit, "YS-9999", &at);
    visit.browser.told("alert", "还没有记录");
    assert_eq!(position(&journal), before);
    visit.browser.rest();
    visit.browser.write("积分码或卡号", "YS-0003");
    visit.browser.press("button", "补录纸单");
    visit.browser.told("status", "YS-0003");
    // What was handed out all the same becomes a case, by a second word.
    enters_a_slip(&mut visit, "YS-9999", &at);
    visit.browser.told("alert", "还没有记录");
    visit.browser.press("button", "补录纸单");
    visit.browser.told("alert", "已列入待处理");
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn what_a_counter_hands_out_unheard_ends_at_the_day_s_total() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    configure(&mut visit, "offline-total", "{ offline_floor: 40, offline_total: 50 }");
    visit.enter("店员", "/counter");
    visit.wait_until("document.getElementById('away').textContent.includes('断网也能兑换')");
    visit.wait_until("caches.match('/counter').then(Boolean)");
    let before = position(&journal);
    visit.browser.set_offline(true);
    visit.browser.eval("document.getElementById('named').focus(); 0");
    for worker in ["YS-0001", "YS-0002"] {
        visit.browser.scan(worker);
        visit.browser.press("button", "饮用水一箱 20 积分");
        visit.browser.press("button", "确认兑换");
        visit.browser.told("status", worker);
    }
    // Nobody had more than the floor; together it would be more than the counter may hand out today.
    visit.browser.scan("YS-0003");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("alert", "超过本台今日离线总额");
    assert!(visit.browser.named("button", "确认兑换").is_empty(), "{}", visit.browser.text());
    visit.browser.set_offline(false);
    let told_by_now =
        || -> Vec<String> { redemptions_after(&journal, before).into_iter().map(|(_, worker, _)| worker).collect() };
    let begun = std::time::Instant::now();
    while told_by_now().len() < 2 && begun.elapsed() < std::time::Duration::from_secs(30) {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let told = told_by_now();
    assert_eq!(told, ["YS-0001", "YS-0002"]);
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

/// Lets the page wait for the answer to what it asks of the ledger next, until `hear()`.
const DEAFEN: &str = "(() => {
    const ask = window.fetch;
    window.fetch = (...what) => {
        window.fetch = ask;
        return ask(...what).then((answer) => new Promise((heard) => { window.hear = () => heard(answer); }));
    };
})()";

#[test]
fn an_answer_from_before_the_network_went_takes_nobody_back() {
    let mut visit = Visit::to(&demonstration(Database::Sqlite));
    visit.enter("店员", "/counter");
    visit.wait_until("!!document.getElementById('away').firstChild");
    visit.wait_until("caches.match('/counter').then(Boolean)");
    // The counter tells what waits, is answered, and the network goes before it has read the answer.
    visit.browser.eval(&format!("{DEAFEN}; 0"));
    visit.wait_until("window.dispatchEvent(new Event('online')) && !!window.hear");
    visit.browser.set_offline(true);
    // What stands under a hold's number is not known here, and the clerk is told so.
    visit.browser.eval(
        "document.getElementById('named').value = 'YL-12345-67890'; document.querySelector('[value=look]').click(); 0",
    );
    visit.wait_until("!!document.querySelector('#offline ~ [role=alert]')");
    visit.browser.eval("window.hear(); new Promise((done) => setTimeout(done, 1000)).then(() => 0)");
    assert_eq!(visit.browser.eval("!!window.hear"), true, "the same page");
    visit.browser.told("alert", "");
    // When it is back, the page is the ledger's again.
    visit.browser.set_offline(false);
    visit.wait_until("!document.getElementById('offline') && document.readyState === 'complete'");
}
