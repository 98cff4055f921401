//! Large letters (大字): nothing that is read is smaller than 18 px, and the device remembers them, whoever logs in next.

use serde_json::Value;

use super::Visit;
use crate::journals::{Database, demonstration};

/// The smallest letters that are shown, with what they say. Signs beside a word, and the letters of a chart whose figures stand
/// in a table, are left out.
const SMALLEST: &str = "(() => {
    const shown = (one) => one.getClientRects().length && !one.closest('svg, [aria-hidden=true], option');
    const size = (one) => parseFloat(getComputedStyle(one).fontSize);
    let least = [999, ''];
    const look = (one, text) => { if (shown(one) && size(one) < least[0]) least = [size(one), text]; };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        if (text) look(texts.currentNode.parentElement, text);
    }
    document.querySelectorAll('input:not([type=hidden]), select, textarea').forEach((one) => look(one, one.name));
    return least;
})()";

#[test]
fn large_letters_are_18_px_at_least_and_stay_after_a_new_login() {
    let journal = demonstration(Database::Sqlite);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let usual = visit.browser.eval(SMALLEST);
    assert!(usual[0].as_f64().is_some_and(|size| size < 18.0), "the test sees small letters: {usual}");
    visit.switch("大字");
    let base = visit.server.base_url().to_owned();
    let pages = |visit: &mut Visit, role: &str, paths: &[&str]| {
        for path in paths {
            for (width, telephone) in [(390, true), (1280, false)] {
                visit.browser.set_screen(width, telephone);
                visit.browser.open(&format!("{base}{path}"));
                visit.wait_until("document.readyState === 'complete'");
                let least = visit.browser.eval(SMALLEST);
                assert!(least[0].as_f64().is_some_and(|size| size >= 18.0), "{role} {path} {width}: {least}");
            }
        }
    };
    pages(&mut visit, "骑手", &["/me", "/me/stores", "/sites", "/requests", "/publicity"]);
    // Who comes in next on this device, and the one before who comes again, find them as they were.
    for (role, home, paths) in [
        ("店员", "/counter", &["/counter", "/counter/day", "/counter/shelf", "/counter/cases"][..]),
        ("商户", "/merchant", &["/merchant"]),
        ("骑手", "/me", &["/me"]),
    ] {
        visit.enter(role, home);
        assert_eq!(visit.browser.eval("document.documentElement.className"), "large", "{role}");
        pages(&mut visit, role, paths);
    }
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}
