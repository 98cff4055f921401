//! How few taps and how little time a redemption takes, from the code to the receipt, in a real browser.

use std::time::Instant;

use super::Visit;
use crate::journals::{Database, demonstration};

/// Counts what a hand does on the page; what a script does is none. Pages are exchanged within one document, which keeps it.
const COUNT: &str = "window.taps = 0;
    for (const kind of ['click', 'change']) document.addEventListener(kind, (event) => {
        if (event.isTrusted && (kind === 'click' ? event.detail > 0 : event.target.tagName === 'SELECT')) window.taps++; }, true); 0";
/// Measures from the tap on 确认兑换 until the receipt has been painted.
const WATCH: &str = "window.told = null;
    (() => {
        let tapped = 0;
        const seen = document.querySelector('.said.slip code');
        const before = seen ? seen.textContent : '';
        document.addEventListener('click', (event) => {
            if (event.target.closest('[value=confirm]')) tapped = performance.now();
        }, { capture: true, once: true });
        const look = () => {
            const slip = document.querySelector('.said.slip[role=status] code');
            if (tapped && slip && slip.textContent !== before) {
                requestAnimationFrame(() => setTimeout(() => { window.told = performance.now() - tapped; }, 0));
            } else requestAnimationFrame(look);
        };
        look();
    })(); 0";

#[test]
fn a_redemption_is_three_taps_or_fewer_after_the_code() {
    let mut visit = Visit::to(&demonstration(Database::Sqlite));
    visit.enter("店员", "/counter");
    visit.browser.eval(COUNT);
    visit.browser.scan("YS-0001");
    visit.browser.press("button", "饮用水一箱 20 积分");
    visit.browser.press("button", "确认兑换");
    visit.browser.told("status", "兑换成功");
    let taps = visit.browser.eval("window.taps").as_u64().expect("the same document");
    assert!((1..=3).contains(&taps), "{taps} taps");
    // And the next code can be scanned at once.
    visit.browser.scan("YS-0004");
    visit.browser.find("button", "饮用水一箱 20 积分");
    assert_eq!(visit.browser.eval("window.taps").as_u64(), Some(taps), "nothing was tapped in between");
}

/// Not a test that may fail on a busy machine but a measurement; docs/pages.md tells how it is asked for, and what came.
#[test]
#[ignore = "measures 200 redemptions on /counter in a browser, of the program that NUANXIN_BIN names"]
fn the_counter_s_speed() {
    const REDEMPTIONS: usize = 200;
    let mut visit = Visit::to(&demonstration(Database::Sqlite));
    visit.enter("店员", "/counter");
    let mut measured: Vec<f64> = Vec::new();
    let mut looked_up: Vec<f64> = Vec::new();
    let mut worker = 0;
    let begun = Instant::now();
    while measured.len() < REDEMPTIONS {
        worker = worker % 60 + 1;
        assert!(begun.elapsed().as_secs() < 500, "{} redemptions so far", measured.len());
        visit.wait_until("!!document.getElementById('named') && !document.querySelector('.htmx-request')");
        visit.browser.eval("document.getElementById('named').focus(); 0");
        let scanned = Instant::now();
        let id = format!("YS-{worker:04}");
        visit.browser.scan(&id);
        // The page may still show somebody before, who could afford nothing.
        visit.wait_until(&format!(
            "(document.querySelector('.customer') || document.createElement('p')).textContent.includes({id:?})"
        ));
        looked_up.push(scanned.elapsed().as_secs_f64() * 1e3);
        if visit.browser.eval("!document.querySelector('[name=add][value=SP001]')") == true {
            continue;
        }
        visit.browser.press("button", "饮用水一箱 20 积分");
        visit.wait_until("!!document.querySelector('[value=confirm]')");
        visit.browser.eval(WATCH);
        visit.browser.press("button", "确认兑换");
        visit.wait_until("window.told !== null");
        measured.push(visit.browser.eval("window.told").as_f64().expect("milliseconds"));
    }
    let of = |values: &mut Vec<f64>, part: f64| {
        values.sort_by(f64::total_cmp);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let at = ((values.len() as f64 * part).ceil() as usize).clamp(1, values.len()) - 1;
        values[at]
    };
    println!(
        "{REDEMPTIONS} redemptions, from the tap to the painted receipt: p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms; \
         from the scan to the customer, with the test's own polling: p50 {:.0} ms, p95 {:.0} ms",
        of(&mut measured, 0.5),
        of(&mut measured, 0.95),
        of(&mut measured, 0.99),
        of(&mut looked_up, 0.5),
        of(&mut looked_up, 0.95),
    );
    let p95 = of(&mut measured, 0.95);
    assert!(p95 < 150.0, "p95 is {p95:.0} ms");
}
