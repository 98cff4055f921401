//! Nothing keeps people from a page: axe-core finds nothing serious on any of them, in both languages, in usual and large
//! letters, targets are as large as the guide for elder people asks, and it fits a telephone and a desk, folded and unfolded.
//! No script of a page throws, and nothing is asked of anybody else.

use nuanxin_tests::axe;

use super::Visit;
use super::stops::{STOPS, Walk};

/// What is pressed or tapped and smaller than it should be: of what is ticked its label, which is tapped as well. Links within a
/// sentence are exempt, as in WCAG 2.5.8; so is what is not shown, or beside the screen for a key alone.
const SMALL: &str = "((least) => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, .tabs a, a.button, .choices a')]
    .filter((one) => !['radio', 'range'].includes(one.type))
    .map((one) => [one, (one.type === 'checkbox' && one.closest('label') || one).getBoundingClientRect()])
    .filter(([one, at]) => at.width > 0 && at.height > 0 && at.right > 0 && (at.height < least - 0.5 || at.width < least - 0.5))
    .map(([one, at]) => one.outerHTML.slice(0, 120) + ' ' + Math.round(at.width) + '×' + Math.round(at.height)))";

/// What is smaller on the page that is open than targets should be.
pub(super) fn too_small(visit: &mut Visit, least: u32) -> Vec<String> {
    let small = visit.browser.eval(&format!("{SMALL}({least})"));
    small.as_array().into_iter().flatten().map(|one| format!("smaller than {least}: {one}")).collect()
}

/// By how much the page is wider than a desk's screen and than a telephone's, which it is left on.
pub(super) fn too_wide(visit: &mut Visit) -> Vec<String> {
    let mut found = Vec::new();
    for (width, telephone) in [(1280, false), (390, true)] {
        visit.browser.set_screen(width, telephone);
        let beyond = visit.beyond();
        // A desk's page that must be scrolled is narrower by its scroll bar.
        if beyond.as_i64().is_none_or(|beyond| beyond > 0) {
            found.push(format!("{beyond} wider than {width}"));
        }
    }
    found
}

/// What a script of the page threw or the browser refused, and what was asked of anybody else. What a browser would have
/// written otherwise in a form is advice.
fn heard(visit: &mut Visit) -> Vec<String> {
    let complaints = visit.complaints().into_iter().filter(|told| told["entry"]["level"] != "verbose");
    let mut found: Vec<String> = complaints.map(|told| told.to_string()).collect();
    let origin = visit.server.base_url().to_owned();
    let own = |url: &String| url.starts_with(&origin) || url.starts_with("data:");
    found.extend(visit.browser.requests().into_iter().filter(|url| !own(url)).map(|url| format!("asks for {url}")));
    found
}

fn walk_as_liked(english: bool, large: bool) {
    let mut walk = Walk::begin();
    let mut found = Vec::new();
    for stop in STOPS.iter().filter(|stop| !stop.alike || english == large) {
        walk.visit.browser.set_screen(390, true);
        walk.go(stop, english, large);
        for fault in axe::faults(&mut walk.visit.browser) {
            found.push(format!("{}: {fault}", stop.name));
        }
        // The page for receipts is also kept as a file, by itself: its letters are as large as the browser's are set.
        let least = if large && stop.path != "/receipt" { 60 } else { 44 };
        let mut of_stop = too_small(&mut walk.visit, least);
        for unfold in [false, true] {
            if unfold {
                walk.unfold();
            }
            let how = if unfold { "unfolded" } else { "folded" };
            of_stop.extend(too_wide(&mut walk.visit).into_iter().map(|told| format!("{told}, {how}")));
        }
        of_stop.extend(heard(&mut walk.visit));
        found.extend(of_stop.into_iter().map(|told| format!("{}: {told}", stop.name)));
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[test]
fn nothing_keeps_people_from_a_page_in_chinese() {
    walk_as_liked(false, false);
}

#[test]
fn nothing_keeps_people_from_a_page_in_large_letters() {
    walk_as_liked(false, true);
}

#[test]
fn nothing_keeps_people_from_a_page_in_english() {
    walk_as_liked(true, false);
}

#[test]
fn nothing_keeps_people_from_a_page_in_large_english_letters() {
    walk_as_liked(true, true);
}
