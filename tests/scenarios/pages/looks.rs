//! What every page looks like, on a telephone and on a desk, against a picture that a person looked at. The kept pictures are
//! half the size; `NUANXIN_BLESS=1` takes them anew.
//!
//! The demonstration is filled by a clock of its own, one font is used for everything, and what is different each time is
//! hidden, so that what differs is what somebody changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use nuanxin_tests::browser::Difference;

use super::keep;
use super::stops::{STOPS, Walk};

/// The font that the pictures were taken with: another one breaks lines elsewhere.
const FONT: &str = "WenQuanYi Micro Hei";
/// One font; nothing that is another one each time; no cursor, no movement. How a browser writes a date or names a file's button
/// is the browser's.
const STYLE: &str = "
    *, ::before, ::after { font-family: 'WenQuanYi Micro Hei' !important; caret-color: transparent !important;
        transition: none !important; animation: none !important; scrollbar-width: none !important }
    .qr svg { visibility: hidden !important }
    .hash, code { font-size: 0 !important }
    td summary, section.said > p:not(.soft) { color: transparent !important; white-space: nowrap; overflow: hidden; max-width: 12em }
    .moment, [data-left] { color: transparent !important; white-space: nowrap; overflow: hidden }
    [data-left] { display: inline-block !important; width: 7em }
    .digits { visibility: hidden !important }
    input { color: transparent !important }
    ::-webkit-datetime-edit, ::file-selector-button, ::-webkit-calendar-picker-indicator { opacity: 0 !important }";
/// More of what differs is a change: how far cells are apart on the whole, how many of a thousand look different, and the
/// height. The same page comes to 0 cells, and to a mean below 2, which is what keeping a picture small costs.
const MEAN: f64 = 3.0;
const CELLS: f64 = 2.0;
const TALLER: i64 = 8;
/// How often a page that looks different is looked at again, and after how long.
const LOOKS_AGAIN: usize = 4;
const LATER: std::time::Duration = std::time::Duration::from_millis(500);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/pages")
}

#[track_caller]
fn must_have_font() {
    let told = Command::new("fc-list").arg(FONT).output().map(|told| told.stdout).unwrap_or_default();
    assert!(!told.is_empty(), "no font {FONT}: install the Debian package `fonts-wqy-microhei`, as `tests/run` does");
}

/// Shows a page as it is photographed.
fn prepare(walk: &mut Walk, width: u64, more: &str) {
    walk.visit.browser.set_screen_for_pictures(width);
    walk.visit.browser.eval(&format!(
        "(async () => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync(`{STYLE} {more}`); document.adoptedStyleSheets = [sheet];
            if (document.activeElement) document.activeElement.blur(); scrollTo(0, 0);
            await document.fonts.ready; await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); return 0; }})()"
    ));
}

fn take(walk: &mut Walk, width: u64) -> String {
    prepare(walk, width, "");
    walk.visit.browser.whole_picture()
}

/// A picture of the page as it is now, and how far it is from the one that was kept.
fn compare(walk: &mut Walk, width: u64, kept: &str) -> (String, Difference) {
    let picture = take(walk, width);
    let difference = walk.visit.browser.difference(&picture, kept);
    (picture, difference)
}

fn is_another(difference: &Difference) -> bool {
    difference.mean > MEAN || difference.cells > CELLS || difference.taller.abs() > TALLER
}

#[test]
fn every_page_looks_as_it_did() {
    must_have_font();
    let blesses = std::env::var_os("NUANXIN_BLESS").is_some_and(|bless| bless == "1");
    if blesses {
        std::fs::create_dir_all(folder()).expect("a folder");
    }
    let mut walk = Walk::begin();
    let mut others = Vec::new();
    let mut farthest = (0.0_f64, 0.0_f64);
    for stop in STOPS {
        walk.go(stop, false, false);
        for width in [390, 1280] {
            let name = format!("{}-{width}.jpg", stop.name);
            let file = folder().join(&name);
            if blesses {
                let picture = take(&mut walk, width);
                keep(&file, &walk.visit.browser.halved(&picture));
                continue;
            }
            let Ok(kept) = std::fs::read(&file) else {
                others.push(format!("{name}: there is no picture of it"));
                continue;
            };
            let kept = STANDARD.encode(kept);
            let (mut picture, mut difference) = compare(&mut walk, width, &kept);
            // What is drawn late, by a busy machine, is drawn in the end; what somebody changed stays another.
            for _ in 0..LOOKS_AGAIN {
                if !is_another(&difference) {
                    break;
                }
                std::thread::sleep(LATER);
                (picture, difference) = compare(&mut walk, width, &kept);
            }
            farthest = (farthest.0.max(difference.mean), farthest.1.max(difference.cells));
            if is_another(&difference) {
                let shown = nuanxin_tests::scratch_dir("looks").join(format!("{}-{width}.png", stop.name));
                keep(&shown, &picture);
                if let Some(pictures) = std::env::var_os("NUANXIN_PICTURES") {
                    keep(&Path::new(&pictures).join(format!("{}-{width}.png", stop.name)), &picture);
                }
                others.push(format!("{name}: {difference:?}"));
            }
        }
    }
    println!("farthest: mean {:.3}, cells {:.2} of a thousand", farthest.0, farthest.1);
    assert!(
        others.is_empty(),
        "{} pictures are not as they were; NUANXIN_PICTURES names a folder for the new ones, NUANXIN_BLESS=1 keeps them:\n{}",
        others.len(),
        others.join("\n")
    );
}

#[test]
fn a_picture_tells_when_a_style_is_broken() {
    must_have_font();
    let mut walk = Walk::begin();
    let stops = || STOPS.iter().filter(|stop| ["counter-shelf", "credits-operator", "admin"].contains(&stop.name));
    for stop in stops() {
        walk.go(stop, false, false);
        for width in [390, 1280] {
            let kept = std::fs::read(folder().join(format!("{}-{width}.jpg", stop.name))).expect("a kept picture");
            for (broken, style) in [
                ("no room in cards", ".card { padding: 0 !important }"),
                ("no style at all", "* { all: revert !important }"),
                ("a red button", "button.go, .button.go { background: #b4321f !important }"),
                ("letters that are too large", "html { font-size: 17px !important }"),
                ("tables to the left", "th, td { text-align: left !important; padding: .6rem .2rem !important }"),
            ] {
                let touches = match broken {
                    "a red button" => stop.name != "admin",
                    // A shelf's rows are no table on a telephone.
                    "tables to the left" => stop.name == "admin" || (stop.name == "counter-shelf" && width > 390),
                    "no room in cards" => stop.name == "credits-operator",
                    _ => true,
                };
                if !touches {
                    continue;
                }
                prepare(&mut walk, width, style);
                let picture = walk.visit.browser.whole_picture();
                let difference = walk.visit.browser.difference(&picture, &STANDARD.encode(&kept));
                assert!(is_another(&difference), "{} {width}: {broken} is not seen: {difference:?}", stop.name);
            }
        }
    }
}
