//! `/`: what runs here and where to go. It needs no token and tells nothing that a journal holds but its length.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use ledger_core::journal::url::JournalUrl;

use super::{COMMON_CSS, Unwritten, source};
use crate::app::App;
use crate::demo::{EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};

/// A host longer than this is no host of ours.
const HOST_BYTES_MAX: usize = 200;

#[derive(Template)]
#[template(path = "home/page.html", config = ".askama.toml")]
struct Page {
    css: &'static str,
    version: &'static str,
    journal_zh: &'static str,
    journal_en: &'static str,
    position: u64,
    behind: u64,
    base: String,
    /// Whether the demonstration district is here: the commands then work as they stand.
    demo: bool,
    worker: &'static str,
    store: &'static str,
    sku: &'static str,
}

/// The page's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response, Unwritten> {
    let demo = app.views.worker(EXAMPLE_WORKER).await.is_ok_and(|row| row.value.is_some());
    let (journal_zh, journal_en) = match &app.url {
        JournalUrl::Sqlite(_) => ("SQLite 单文件", "SQLite, one file"),
        JournalUrl::Postgres { .. } => ("PostgreSQL 服务器", "PostgreSQL, a server"),
    };
    let seen = app.views.position();
    let position = (*app.ledger.committed().borrow()).max(seen);
    let page = Page {
        css: COMMON_CSS,
        version: env!("CARGO_PKG_VERSION"),
        journal_zh,
        journal_en,
        position,
        behind: position - seen,
        base: base(&headers),
        demo,
        worker: if demo { EXAMPLE_WORKER } else { "WORKER" },
        store: if demo { EXAMPLE_STORE } else { "STORE" },
        sku: if demo { EXAMPLE_SKU } else { "SKU" },
    };
    let html = page.render()?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_LANGUAGE, "zh-CN, en".to_owned()),
    ];
    Ok((headers, Html(html)).into_response())
}

/// Nothing may load or run but this one style sheet, known by its hash.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src {}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source(COMMON_CSS)
    )
}

/// Where the caller reaches this server, for commands to copy.
fn base(headers: &HeaderMap) -> String {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |found: char| found.is_ascii_alphanumeric() || matches!(found, '.' | ':' | '-' | '[' | ']');
    let host = text(header::HOST).filter(|host| !host.is_empty() && host.len() <= HOST_BYTES_MAX);
    let host = host.filter(|host| host.chars().all(plain)).unwrap_or("127.0.0.1:8080");
    let secure = text(header::HeaderName::from_static("x-forwarded-proto")) == Some("https");
    format!("{}://{host}", if secure { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::{COMMON_CSS, Page, base, policy};
    use askama::Template;
    use axum::http::{HeaderMap, HeaderValue, header};

    fn page(base: &str) -> String {
        let page = Page {
            css: COMMON_CSS,
            version: "1",
            journal_zh: "SQLite",
            journal_en: "SQLite",
            position: 5,
            behind: 0,
            base: base.to_owned(),
            demo: true,
            worker: "W",
            store: "S",
            sku: "K",
        };
        page.render().unwrap()
    }

    #[test]
    fn only_a_plain_host_is_repeated() {
        let of = |host: &'static str| base(&HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]));
        assert_eq!(of("ledger.example:8080"), "http://ledger.example:8080");
        assert_eq!(of("[::1]:8080"), "http://[::1]:8080");
        for host in ["", "a b", "x\"><script>", "h/../", "h;rm", "$(id)", "`id`"] {
            assert_eq!(of(host), "http://127.0.0.1:8080", "{host}");
        }
    }

    #[test]
    fn nothing_on_the_page_needs_more_than_its_policy_allows() {
        let html = page("http://127.0.0.1:8080");
        assert!(policy().starts_with("default-src 'none'; style-src 'sha256-"));
        // The hash covers exactly what stands between the tags.
        assert!(html.contains(&format!("<style>{}</style>", COMMON_CSS)));
        for forbidden in ["<script", "style=", "onclick", "onload", "src=", "@import", "url(", "href=\"http"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
    }
}
