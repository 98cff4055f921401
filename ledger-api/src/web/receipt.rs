//! `/receipt`: a receipt held against a posted checkpoint, on the reader's own device. The page is the same for everybody but
//! for the language that it begins in, needs no token and is told nothing: its one script has no way out and works without
//! the server once it is loaded. Both languages are in it; one is shown.

use std::sync::LazyLock;

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use ledger_core::domain::event::Event;

use super::page::in_english;
use super::{Unwritten, source};
use crate::app::App;

const CSS: &str = concat!(include_str!("common.css"), include_str!("receipt/page.css"));

/// The script's parts, each on those before it.
const PARTS: &str = concat!(
    include_str!("vendor/receipt.js"),
    include_str!("receipt/bytes.js"),
    include_str!("receipt/libraries.js"),
    include_str!("receipt/sm3.js"),
    include_str!("receipt/ed25519.js"),
    include_str!("receipt/evidence.js"),
    include_str!("receipt/judge.js"),
    include_str!("receipt/words.js"),
    include_str!("receipt/describe.js"),
    include_str!("receipt/page.js"),
);

/// The whole script; the words for events are those of every other sheet and report.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let words: serde_json::Map<_, _> =
        Event::all_types().map(|name| (name.to_owned(), Event::word_of(name).into())).collect();
    format!("'use strict';\nconst EVENT_WORDS = {};\n{PARTS}", serde_json::Value::Object(words))
});

/// Nothing may load, run or be sent but this one script and style sheet, known by their hashes.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; connect-src 'none'; base-uri 'none'; \
         form-action 'none'",
        source(&SCRIPT),
        source(CSS)
    )
});

#[derive(Template)]
#[template(path = "receipt/page.html", config = ".askama.toml")]
struct Page<'a> {
    css: &'a str,
    script: &'a str,
    /// Stands in the page as well, so that a copy kept as a file is held to it without our headers.
    policy: &'a str,
    /// The language that it begins in.
    english: bool,
}

impl Page<'static> {
    fn new(english: bool) -> Self {
        Page { css: CSS, script: &SCRIPT, policy: &POLICY, english }
    }
}

/// The page's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/receipt", get(show))
}

async fn show(headers: HeaderMap) -> Result<Response, Unwritten> {
    let english = in_english(&headers);
    let html = Page::new(english).render()?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, format!("{}; frame-ancestors 'none'", *POLICY)),
        // A telephone that has lost its network since can still open the page again.
        (header::CACHE_CONTROL, "max-age=3600".to_owned()),
        (header::CONTENT_LANGUAGE, if english { "en" } else { "zh-CN" }.to_owned()),
        (header::VARY, "Cookie".to_owned()),
    ];
    Ok((headers, Html(html)).into_response())
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::{CSS, POLICY, Page, SCRIPT};

    #[test]
    fn the_page_holds_exactly_what_its_policy_allows() {
        let html = Page::new(false).render().unwrap();
        assert!(html.contains(&format!("<style>{CSS}</style>")));
        assert!(html.contains(&format!("<script>{}</script>", *SCRIPT)));
        assert_eq!((html.matches("<script").count(), html.matches("<style").count()), (1, 1));
        // Neither may the script end early, nor its hash cover a line end that browsers read as another.
        for forbidden in ["</", "<!--", "\r"] {
            assert!(!SCRIPT.contains(forbidden), "{forbidden:?}");
        }
        for forbidden in ["style=", "onclick", "onload=\"", "src=", "@import", "url(", "href=\"http"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(POLICY.starts_with("default-src 'none'; script-src 'sha256-"));
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
    }

    /// One language at a time: what a reader sees stands in a part of the one or the other, the line for browsers without
    /// scripts alone is there in both.
    #[test]
    fn whatever_the_page_says_is_of_one_language_and_there_in_the_other() {
        let html = Page::new(true).render().unwrap();
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && html.contains("<title>Check a receipt"));
        let body = html.split("<body>").nth(1).and_then(|rest| rest.split("<script>").next()).unwrap();
        let (chinese, english) = (body.matches("<span lang=\"zh-CN\">"), body.matches("<span lang=\"en\">"));
        assert_eq!(chinese.count(), english.count());
        assert_eq!(body.matches("class=\"always\"").count(), 3, "the button, and the line in both");
        // Nothing stands outside of such a part.
        let mut rest = body.to_owned();
        for part in ["<span lang=", "<span class=\"always\"", "<button id=\"language\""] {
            while let Some(at) = rest.find(part) {
                let close = if part.starts_with("<span") { "</span>" } else { "</button>" };
                let end = rest[at..].find(close).unwrap() + at + close.len();
                rest.replace_range(at..end, "");
            }
        }
        let mut in_tag = false;
        let bare: String = rest
            .chars()
            .filter(|char| match char {
                '<' => {
                    in_tag = true;
                    false
                }
                '>' => {
                    in_tag = false;
                    false
                }
                _ => !in_tag && !char.is_whitespace(),
            })
            .collect();
        assert_eq!(bare, "");
    }

    /// The policy stops what loads; going elsewhere it does not stop, so the script must know no way.
    #[test]
    fn the_script_has_no_way_out_and_makes_no_markup() {
        for forbidden in [
            "fetch",
            "XMLHttpRequest",
            "WebSocket",
            "EventSource",
            "sendBeacon",
            "RTCPeerConnection",
            "window.open",
            "location =",
            "location.href",
            "location.assign",
            "location.replace",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "localStorage",
            "crypto.subtle",
        ] {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
        assert!(SCRIPT.contains(r#""Redeemed":"兑换""#));
    }
}
