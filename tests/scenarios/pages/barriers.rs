//! Nothing keeps people from a page: axe-core finds nothing serious on any of them, in both languages, in usual and large
//! letters, targets are as large as the guide for elder people asks, and it fits a telephone and a desk, folded and unfolded.
//! No script of a page throws, and nothing is asked of anybody else.

use nuanxin_tests::axe;

use super::stops::{STOPS, Walk};

/// What is pressed or tapped and smaller than it should be: of what is ticked its label, which is tapped as well. Links within a
/// sentence are exempt, as in WCAG 2.5.8; so is what is not shown.
const SMALL: &str = "((least) => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, .tabs a, a.button, .choices a')]
    .filter((one) => !['radio', 'range'].includes(one.type))
    .map((one) => [one, (one.type === 'checkbox' && one.closest('label') || one).getBoundingClientRect()])
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
        for unfold in [false, true] {
            if unfold {
                walk.unfold();
            }
            for (width, telephone) in [(390, true), (1280, false)] {
                walk.visit.browser.set_screen(width, telephone);
                let beyond = walk.visit.beyond();
                // A desk's page that must be scrolled is narrower by its scroll bar.
                if beyond.as_i64().is_none_or(|beyond| beyond > 0) {
                    let how = if unfold { "unfolded" } else { "folded" };
                    found.push(format!("{}: {beyond} wider than {width}, {how}", stop.name));
                }
            }
        }
    }
    found.extend(walk.visit.complaints().iter().map(ToString::to_string));
    let origin = walk.visit.server.base_url().to_owned();
    let own = |url: &String| url.starts_with(&origin) || url.starts_with("data:");
    found.extend(walk.visit.browser.requests().into_iter().filter(|url| !own(url)));
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
