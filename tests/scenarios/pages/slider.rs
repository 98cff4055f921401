//! The books of a moment, looked for with a slider: it says where it stands while it is moved, and the page follows once the
//! hand has let go. Steps go from month to month beside it.

use super::Visit;
use crate::journals::{Database, demonstration};

/// Moves the slider to a position, as a hand that holds it.
fn moved(position: u64) -> String {
    format!(
        "(() => {{ const one = document.getElementById('at'); one.focus(); one.value = {position};
            one.dispatchEvent(new Event('input', {{ bubbles: true }})); return document.getElementById('at-now').textContent }})()"
    )
}

#[test]
fn a_slider_says_where_it_stands_and_the_page_follows_once_the_hand_lets_go() {
    let mut visit = Visit::to(&demonstration(Database::Sqlite));
    visit.enter("审计员", "/audit");
    let url = format!("{}/audit/state", visit.server.base_url());
    visit.browser.open(&url);
    visit.wait_until("document.readyState === 'complete' && !!document.getElementById('at-now')");
    for position in [3_000, 2_999, 4_000] {
        assert_eq!(visit.browser.eval(&moved(position)), position.to_string());
    }
    std::thread::sleep(std::time::Duration::from_millis(800));
    assert_eq!(visit.browser.eval("location.search"), "", "nothing follows while it is held");
    visit.browser.eval("document.getElementById('at').dispatchEvent(new Event('change', { bubbles: true })); 0");
    visit.wait_until("location.search.includes('at=4000') && document.body.innerText.includes('序号 4000 以前')");
    visit.browser.rest();
    assert_eq!(visit.browser.eval("document.activeElement.id"), "at", "the hand finds it where it was");

    // A press on the slider's middle is a hand that lets go there.
    let head = visit.browser.eval("Number(document.getElementById('at').max)").as_u64().expect("the journal's end");
    visit.browser.press("slider", "序号");
    visit.wait_until("!location.search.includes('at=4000')");
    visit.browser.rest();
    let at = visit.browser.eval("Number(document.getElementById('at').value)").as_u64().expect("a position");
    assert!(at.abs_diff(head / 2) < head / 10, "{at} is not half of {head}");
    assert!(visit.browser.text().contains(&format!("序号 {at} 以前")), "{}", visit.browser.text());

    // From month to month, at the same position.
    visit.browser.press("link", "上月");
    visit.wait_until("location.search.includes('as_of=20')");
    visit.browser.rest();
    let earlier = visit.browser.eval("document.getElementById('as_of').value");
    assert_eq!(visit.browser.eval("Number(document.getElementById('at').value)"), at);
    visit.browser.press("link", "下月");
    visit.wait_until(&format!("document.getElementById('as_of').value > {earlier}"));
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
}
