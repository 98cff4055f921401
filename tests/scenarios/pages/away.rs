//! The counter when its network goes: three ways to redeem go on, and each is told once when it is back.

use std::path::Path;

use serde_json::{Value, json};

use super::proof::configure;
use super::{Visit, keep};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

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

fn the_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("店员", "/counter");
    // It takes along what it needs, and this device becomes the store's.
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
    let store = visit.browser.eval("document.getElementById('away').dataset.store").as_str().unwrap().to_owned();
    let sku = visit.browser.eval(
        "(async () => (await (await fetch('/counter/away')).json()).goods.find((item) => item.name === '饮用水一箱').sku)()",
    );
    let hold = json!({"worker": "YS-0002", "store": store, "lines": [{"sku": sku, "quantity": 1}]});
    assert_eq!(asks(&mut visit, "/v1/holds", "hold-1", &hold)["hold"], "hold-1");
    let code = visit.browser.eval("(async () => (await (await fetch('/v1/holds/hold-1/code')).json()).code)()");
    let before = position(&journal);

    visit.browser.set_offline(true);
    // Below the floor, in the same taps as ever.
    visit.browser.eval("document.getElementById('named').focus(); 0");
    visit.browser.scan("YS-0001");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    let told = visit.browser.told("status", "兑换成功");
    pictures(&mut visit, "done");
    assert!(told.contains("饮用水一箱 ×1") && told.contains("联网后自动补报"), "{told}");
    // Neither more than the floor for one person, nor a hold that the ledger did not sign or that was taken.
    visit.browser.scan("YS-0001");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("listitem", "×1");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("alert", "超过每人离线限额");
    // In whatever letters the same person is named; and a hold's number is nobody's floor.
    visit.browser.write("积分码或卡号", "ｙｓ-0001");
    visit.browser.press_enter();
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("listitem", "×1");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.told("alert", "超过每人离线限额");
    visit.browser.write("积分码或卡号", "yl-12345-67890");
    visit.browser.press_enter();
    visit.browser.told("alert", "断网时不能按号取预留");
    // What reads codes is at hand here too.
    let reader = "document.querySelector('[data-scan]').dataset.reader";
    assert_eq!(visit.browser.eval(&format!("caches.match({reader}).then(Boolean)")), true);
    assert_eq!(visit.browser.eval("document.querySelectorAll('dialog#camera').length"), 1);
    assert_eq!(visit.browser.eval("document.querySelectorAll('#no-network').length"), 1);
    pictures(&mut visit, "basket");
    let code = code.as_str().expect("a code").to_owned();
    let at = code.find('.').expect("a code with a signature") - 3;
    let other = if code.as_bytes()[at] == b'A' { "B" } else { "A" };
    let forged = format!("{}{other}{}", &code[..at], &code[at + 1..]);
    for (shown, no) in
        [(forged.as_str(), Some("不是本账本签发的取货码")), (&code, None), (&code, Some("本机已经兑过这个预留"))]
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
    // Somebody whom nobody knows.
    visit.browser.write("积分码或卡号", "YS-9999");
    visit.browser.press_enter();
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    // One that is taken back before anybody was told.
    visit.browser.write("积分码或卡号", "YS-0003");
    visit.browser.press_enter();
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "YS-0003");
    visit.browser.press("button", "撤销");
    visit.wait_until("document.getElementById('away').textContent.includes('待补报 3')");
    // A page that is loaded anew has kept everything.
    visit.browser.eval("location.reload(); 0");
    visit.wait_until("document.readyState === 'complete' && (document.getElementById('away') || {}).textContent.includes('待补报 3')");
    assert_eq!(position(&journal), before, "nothing was told yet");

    visit.browser.set_offline(false);
    visit.wait_until(
        "document.getElementById('away') && document.getElementById('away').textContent.includes('待补报 0')",
    );
    let redeemed = redemptions_after(&journal, before);
    let named = |kind: &str, worker: &str, means: &str| (kind.to_owned(), worker.to_owned(), means.to_owned());
    assert_eq!(
        redeemed,
        [
            named("Redeemed", "YS-0001", "floor"),
            named("HoldCaptured", "YS-0002", "hold"),
            named("DeliveryRefused", "", "floor"),
        ]
    );
    // What was refused is a case, which somebody settles.
    visit.browser.open(&format!("{}/counter/cases?store={store}", visit.server.base_url()));
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
fn the_counter_goes_on_without_its_network_and_tells_each_redemption_once_on_sqlite() {
    the_story(Database::Sqlite);
}

#[test]
fn the_counter_goes_on_without_its_network_and_tells_each_redemption_once_on_postgres() {
    the_story(Database::Postgres);
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
    // The same slip out of the pile again.
    let at = visit.browser.eval("new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 16)");
    let again = |visit: &mut Visit, named: &str, at: &str| {
        visit.browser.rest();
        visit.browser.write("积分码或卡号", named);
        visit.browser.eval(&format!(
            "(() => {{ document.getElementById('at').value = {at:?};
             const pick = (id, name) => {{ const one = document.getElementById(id); one.selectedIndex = [...one.options].findIndex((item) => item.text.startsWith(name)); }};
             pick('sku-1', '饮用水一箱 '); return 0; }})()"
        ));
        visit.browser.press("button", "补录纸单");
    };
    let at = at.as_str().expect("a time").to_owned();
    again(&mut visit, "YS-0002", &at);
    visit.browser.told("status", "兑换成功");
    again(&mut visit, "YS-0002", &at);
    visit.browser.told("status", "此前已补录");
    // A slip of the pen is told before anything is recorded, and mended in place.
    let before = position(&journal);
    again(&mut visit, "YS-9999", &at);
    visit.browser.told("alert", "还没有记录");
    assert_eq!(position(&journal), before);
    visit.browser.rest();
    visit.browser.write("积分码或卡号", "YS-0003");
    visit.browser.press("button", "补录纸单");
    visit.browser.told("status", "YS-0003");
    // What was handed out all the same becomes a case, by a second word.
    again(&mut visit, "YS-9999", &at);
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
