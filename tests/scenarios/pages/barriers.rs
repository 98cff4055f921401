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

/// By how much the page is wider than its screen, if it is.
fn wider_than(visit: &mut Visit, width: u32) -> Option<String> {
    // A desk's page that must be scrolled is narrower by its scroll bar.
    let beyond = visit.beyond();
    beyond.as_i64().is_none_or(|beyond| beyond > 0).then(|| format!("{beyond} wider than {width}"))
}

/// By how much the page is wider than a desk's screen and than a telephone's, which it is left on.
pub(super) fn too_wide(visit: &mut Visit) -> Vec<String> {
    let mut found = Vec::new();
    for (width, telephone) in [(1280, false), (390, true)] {
        visit.browser.set_screen(width, telephone);
        found.extend(wider_than(visit, width));
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

/// What is wrong with the page that is open on a telephone, which it is left on, unfolded.
fn looked_at(walk: &mut Walk, least: u32) -> Vec<String> {
    let mut found = axe::faults(&mut walk.visit.browser);
    found.extend(too_small(&mut walk.visit, least));
    let mut look = |walk: &mut Walk, width, how| {
        found.extend(wider_than(&mut walk.visit, width).map(|told| format!("{told}, {how}")));
    };
    look(walk, 390, "folded");
    walk.visit.browser.set_screen(1280, false);
    look(walk, 1280, "folded");
    walk.unfold();
    look(walk, 1280, "unfolded");
    walk.visit.browser.set_screen(390, true);
    look(walk, 390, "unfolded");
    found
}

/// A walk through all pages in one language. In large letters, which are a class of the whole page, most are looked at where they
/// are; what the server draws for them is opened anew.
fn walk_in(english: bool) {
    let mut walk = Walk::begin();
    let mut found = Vec::new();
    for stop in STOPS {
        let mut is_open = false;
        for large in [false, true].into_iter().filter(|large| !stop.alike || english == *large) {
            if is_open && !stop.sized {
                walk.enlarge();
            } else {
                walk.visit.browser.set_screen(390, true);
                walk.go(stop, english, large);
            }
            is_open = true;
            // The page for receipts is also kept as a file, by itself: its letters are as large as the browser's are set.
            let least = if large && stop.path != "/receipt" { 60 } else { 44 };
            let mut of_stop = looked_at(&mut walk, least);
            of_stop.extend(heard(&mut walk.visit));
            let how = if large { "large" } else { "usual" };
            found.extend(of_stop.into_iter().map(|told| format!("{}, {how}: {told}", stop.name)));
        }
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[test]
fn nothing_keeps_people_from_a_page_in_chinese() {
    walk_in(false);
}

#[test]
fn nothing_keeps_people_from_a_page_in_english() {
    walk_in(true);
}
