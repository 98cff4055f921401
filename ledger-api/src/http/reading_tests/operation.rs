//! What operators and newcomers look at: health, figures, the API's description, the start page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger_core::domain::ids::{Actor, Key, StoreId};
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::{Command, Context, LedgerSettings, Outcome, Submission, commands};

use tower::ServiceExt;

use super::{Edge, answer};
use crate::access::Role;
use crate::demo::EXAMPLE_WORKER;
use crate::service::accounts::token_for;

#[tokio::test]
async fn health_and_the_login_need_no_token_and_all_else_does() {
    let edge = Edge::empty().await;
    for path in ["/healthz", "/readyz", "/login"] {
        assert_eq!(edge.ask(path, &[]).await.status(), StatusCode::OK, "{path}");
    }
    for path in [
        "/metrics",
        "/openapi.json",
        "/docs/",
        "/docs/swagger-ui.css",
        "/v1/workers",
        "/v1/events",
        "/v1/trial-balance",
        "/v1/appraisals/2024",
    ] {
        let refused = answer(edge.ask(path, &[]).await).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(refused.json()["code"], "unauthenticated");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
    }
}

#[tokio::test]
async fn every_answer_says_how_far_it_may_reach() {
    let edge = Edge::empty().await;
    for path in ["/healthz", "/v1/workers", "/v1/workers/x", "/metrics", "/nowhere", "/", "/docs/"] {
        let answer = edge.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        if path.starts_with("/v1") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
}

#[tokio::test]
async fn a_ledger_with_its_views_at_the_end_is_ready() {
    let edge = Edge::demo().await;
    let ready = edge.json("/readyz").await;
    assert_eq!((&ready["status"], &ready["lag"]), (&"ready".into(), &0.into()));
    assert_eq!(ready["position"], edge.head());
}

/// It can still be read, but nothing would be recorded any more.
#[tokio::test]
#[expect(clippy::panic, reason = "what becomes of a writer that ends badly is what is tested")]
async fn a_ledger_whose_writer_has_ended_is_alive_and_not_ready() {
    let ends = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&ends);
    let clock = move || if told.load(Ordering::SeqCst) { panic!("a fault") } else { RecordedTime::now() };
    let edge = Edge::with(LedgerSettings { clock: Arc::new(clock), ..LedgerSettings::default() }).await;
    assert_eq!(edge.ask("/readyz", &[]).await.status(), StatusCode::OK);
    ends.store(true, Ordering::SeqCst);
    let context = Context {
        key: Key::new("last").unwrap(),
        actor: Actor::new("test").unwrap(),
        at: BusinessTime::parse("2024-03-05").unwrap(),
    };
    let command = Command::ReopenStore(commands::ReopenStore { store: StoreId::new("S1").unwrap() });
    assert_eq!(edge.app.ledger.submit(Submission { context, command }).await, Outcome::Unknown);
    assert_eq!(edge.no("/readyz").await, (503, "journal_unavailable".to_owned()));
    assert_eq!(edge.ask("/healthz", &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn figures_are_told_by_route_and_never_by_address() {
    let edge = Edge::demo().await;
    edge.json(&format!("/v1/workers/{EXAMPLE_WORKER}")).await;
    edge.get("/no/such/place").await;
    let answer = edge.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
    let text = String::from_utf8(answer.bytes).unwrap();
    for line in [
        "nuanxin_http_requests_total{method=\"GET\",route=\"/v1/workers/{id}\",status=\"200\"} ",
        "nuanxin_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} ",
        "nuanxin_http_request_seconds_bucket{method=\"GET\",route=\"/v1/workers/{id}\",le=\"0.001\"} ",
        "nuanxin_commands_total{outcome=\"committed\"} ",
        &format!("nuanxin_committed_position {}\n", edge.head()),
        &format!("nuanxin_views_position {}\n", edge.head()),
        "nuanxin_views_lag 0\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains(EXAMPLE_WORKER) && !text.contains("/no/such"));
}

#[tokio::test]
async fn a_browser_reads_the_description_with_the_token_as_password() {
    let edge = Edge::empty().await;
    let basic = format!("Basic {}", STANDARD.encode(format!("anybody:{}", edge.token)));
    for path in ["/openapi.json", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-initializer.js"] {
        let answer = answer(edge.ask(path, &[("authorization", &basic)]).await).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.bytes.is_empty());
    }
    // Without a style inside the markup, and without a way to make one, the page needs no leave for any.
    let page = edge.ask("/docs/", &[("authorization", &basic)]).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'self';") && !policy.contains("unsafe-inline"), "{policy}");
    let page = String::from_utf8(answer(page).await.bytes).unwrap();
    assert!(!page.contains("<style") && !page.contains(" style="), "{page}");
    for script in ["swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-initializer.js"] {
        let script = answer(edge.ask(&format!("/docs/{script}"), &[("authorization", &basic)]).await).await;
        let script = String::from_utf8_lossy(&script.bytes).into_owned();
        for way in ["createElement(\"style\")", "setAttribute(\"style\"", "insertRule(", "cssText"] {
            assert!(!script.contains(way), "{way} makes a style that the policy forbids");
        }
    }
    let asked = edge.ask("/docs/", &[]).await;
    let challenges: Vec<_> = asked.headers().get_all("www-authenticate").iter().collect();
    assert!(challenges.iter().any(|value| value.as_bytes().starts_with(b"Basic ")), "{challenges:?}");
    // What is recorded is never shown for a password that a browser remembers.
    let refused = edge.ask("/v1/workers", &[("authorization", &basic)]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(!refused.headers()["www-authenticate"].as_bytes().starts_with(b"Basic"));
}

#[tokio::test]
async fn the_description_names_every_reading_route() {
    let edge = Edge::empty().await;
    let document = edge.json("/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in [
        "/v1/workers",
        "/v1/workers/{id}",
        "/v1/workers/{id}/balance",
        "/v1/workers/{id}/statement",
        "/v1/stores",
        "/v1/stores/{id}",
        "/v1/stores/{id}/stock",
        "/v1/merchants",
        "/v1/merchants/{id}",
        "/v1/merchants/{id}/settlement",
        "/v1/appraisals/{year}",
        "/v1/trial-balance",
        "/v1/events",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
    ] {
        let get = &document["paths"][path]["get"];
        assert!(get["responses"]["200"].is_object(), "{path}");
        assert!(get["summary"].is_string(), "{path}");
        let open = matches!(path, "/healthz" | "/readyz");
        assert_eq!(get.get("security").is_none(), open, "{path}");
    }
}

#[tokio::test]
async fn the_start_leads_people_to_the_login() {
    let edge = Edge::empty().await;
    let start = answer(edge.ask("/", &[("host", "ledger.example:9")]).await).await;
    assert_eq!((start.status, start.header("location")), (StatusCode::SEE_OTHER, "/login"));
    let page = answer(edge.ask("/login", &[("host", "ledger.example:9")]).await).await;
    let html = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("lang=\"zh-CN\"") && html.contains("登录"), "{html}");
    assert!(!html.contains(edge._folder.path().to_str().unwrap()), "no path of the machine is shown");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "a form's origin is told");
    let english = answer(edge.ask("/login", &[("cookie", "nuanxin-language=en")]).await).await;
    let html = String::from_utf8(english.bytes.clone()).unwrap();
    assert!(
        html.contains("lang=\"en\"") && html.contains("Log in") && !html.contains("登录"),
        "one language at a time"
    );
}

#[tokio::test]
async fn figures_are_told_also_when_the_views_are_away() {
    let Edge { app, router, _tasks: tasks, stop: _stop, _folder, .. } = Edge::demo().await;
    let token = token_for(&app, Role::Machine, None).await;
    let _rest = tasks.stop_views().await;
    // Not even who asks can be told by views that stand still.
    let told = token_for(&app, Role::Auditor, None).await;
    let ask = async |token: &str| {
        let request = Request::get("/metrics").header("authorization", format!("Bearer {token}"));
        let answered = router.clone().oneshot(request.body(Body::empty()).unwrap());
        answer(tokio::time::timeout(Duration::from_secs(3), answered).await.expect("at once").unwrap()).await
    };
    let figures = ask(&token).await;
    assert_eq!(figures.status, StatusCode::OK, "{}", String::from_utf8_lossy(&figures.bytes));
    let text = String::from_utf8(figures.bytes).unwrap();
    let lag = text.lines().find_map(|line| line.strip_prefix("nuanxin_views_lag ")).unwrap();
    assert!(lag.parse::<u64>().unwrap() > 0, "{lag}");
    assert_eq!(ask(&told).await.status, StatusCode::FORBIDDEN, "an auditor reads no figures of a process");
    assert_eq!(ask("nx_unknown").await.status, StatusCode::UNAUTHORIZED);
}
