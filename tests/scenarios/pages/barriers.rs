//! Nothing keeps people from a page: axe-core finds nothing serious on any of them, in both languages, in usual and large
//! letters, and targets are as large as the guide for elder people asks.

use nuanxin_tests::axe;

use super::stops::{STOPS, Walk};

/// What is pressed or tapped and smaller than it should be. Links within a sentence are exempt, as in WCAG 2.5.8; so is what is
/// not shown.
const SMALL: &str = "((least) => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, .tabs a, a.button, .choices a')]
    .filter((one) => !['checkbox', 'radio', 'range'].includes(one.type))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, at]) => at.width > 0 && at.height > 0 && (at.height < least - 0.5 || at.width < least - 0.5))
    .map(([one, at]) => one.outerHTML.slice(0, 120) + ' ' + Math.round(at.width) + '×' + Math.round(at.height)))";

fn walk_as_liked(english: bool, large: bool) {
    let mut walk = Walk::begin();
    let mut found = Vec::new();
    for stop in STOPS {
        walk.visit.browser.set_screen(390, true);
        walk.go(stop, english, large);
        for fault in axe::faults(&mut walk.visit.browser) {
            found.push(format!("{}: {fault}", stop.name));
        }
        // The page for receipts stands apart: it has its own style, and no large letters but the browser's own.
        if stop.name != "receipt" {
            let least = if large { 60 } else { 44 };
            let small = walk.visit.browser.eval(&format!("{SMALL}({least})"));
            for one in small.as_array().into_iter().flatten() {
                found.push(format!("{}: smaller than {least}: {one}", stop.name));
            }
        }
        let beyond = walk.visit.beyond();
        if beyond.as_i64() != Some(0) {
            found.push(format!("{}: {beyond} wider than the screen", stop.name));
        }
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
