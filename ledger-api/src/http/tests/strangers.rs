//! Keeping strangers out: limits by address, token and account, the security log, headers, and feeds that end.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::support::{Edge, Told};
use crate::access::Role;
use crate::http::rate::{Rate, RateSettings};
use crate::peer::Peer;
use crate::server::router_with;
use crate::service::accounts::{issued_for, token_for};
use crate::stopping::Stopping;
use crate::web::Entrance;

fn from(peer: &str, request: axum::http::request::Builder) -> Request<Body> {
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer { address: peer.parse().unwrap(), encrypted: false });
    request
}

async fn held_to(rates: RateSettings) -> Edge {
    let mut edge = Edge::with_district().await;
    let (_, stopping) = Stopping::new();
    edge.router = router_with(edge.app.clone(), Entrance::default(), stopping, rates).unwrap();
    edge
}

async fn ask(edge: &Edge, peer: &str, token: &str) -> Told {
    edge.finish(from(peer, edge.request(Method::GET, "/v1/workers/W1", token))).await
}

#[tokio::test]
async fn strangers_are_held_by_their_address_and_push_nobody_else_out() {
    let stranger = Some(Rate { per_second: 1, burst: 3 });
    let edge = held_to(RateSettings { stranger, ..RateSettings::default() }).await;
    assert_eq!(ask(&edge, "10.0.0.1", &edge.token).await.status.as_u16(), 200, "seen once");
    for number in 0..3 {
        assert_eq!(ask(&edge, "10.0.0.9", &format!("nx_{number}")).await.no(), (401, "unauthenticated"));
    }
    let told = ask(&edge, "10.0.0.9", "nx_4").await;
    assert_eq!(told.no(), (429, "too_many_requests"));
    assert!(told.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    let none = edge.finish(from("10.0.0.9", Request::builder().uri("/v1/workers/W1"))).await;
    assert_eq!(none.no(), (429, "too_many_requests"), "also without any token");
    // Whoever is known comes through from the same address, and a stranger from another one.
    for _ in 0..20 {
        assert_eq!(ask(&edge, "10.0.0.9", &edge.token).await.status.as_u16(), 200);
    }
    assert_eq!(ask(&edge, "10.0.0.10", "nx_5").await.no(), (401, "unauthenticated"));
}

#[tokio::test]
async fn an_account_is_held_to_its_rate_and_others_are_not() {
    let account = Some(Rate { per_second: 1, burst: 5 });
    let edge = held_to(RateSettings { account, ..RateSettings::default() }).await;
    let through = (0..20).map(|_| ask(&edge, "10.0.0.1", &edge.token));
    let through = futures_util::future::join_all(through).await;
    assert_eq!(through.iter().filter(|told| told.status.as_u16() == 200).count(), 5);
    assert_eq!(ask(&edge, "10.0.0.1", &edge.other_token).await.status.as_u16(), 200);
}

#[tokio::test]
async fn what_is_refused_is_told_to_auditors_and_to_nobody_else() {
    let edge = Edge::with_district().await;
    let issued = issued_for(&edge.app, Role::Clerk, Some("S1")).await;
    let (clerk, token) = (issued.account, issued.token);
    let audits = token_for(&edge.app, Role::Auditor, None).await;
    for _ in 0..3 {
        ask(&edge, "10.0.0.7", &token).await;
    }
    ask(&edge, "10.0.0.8", "nx_unknown").await;
    let told = edge.finish(from("10.0.0.1", edge.request(Method::GET, "/v1/audit/security", &audits))).await;
    let rows = told.body["refusals"].as_array().unwrap_or_else(|| panic!("{told:?}"));
    let forbidden = rows.iter().find(|row| row["code"] == "forbidden").unwrap();
    assert_eq!((&forbidden["times"], &forbidden["who"]), (&json!(3), &json!(clerk.as_str())));
    assert_eq!((&forbidden["address"], &forbidden["route"]), (&json!("10.0.0.7"), &json!("GET /v1/workers/{id}")));
    let stranger = rows.iter().find(|row| row["code"] == "unauthenticated").unwrap();
    assert_eq!((&stranger["who"], &stranger["address"]), (&json!(null), &json!("10.0.0.8")));
    assert!(!told.body.to_string().contains("nx_"), "no token is written down");
    assert_eq!(ask(&edge, "10.0.0.1", &token).await.no(), (403, "forbidden"));
}

#[tokio::test]
async fn every_answer_is_closed_to_other_sites() {
    let edge = Edge::open().await;
    for path in ["/", "/healthz", "/v1/workers", "/nothing"] {
        let response = edge.router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("x-frame-options").as_deref(), Some("DENY"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        assert_eq!(header("cross-origin-opener-policy").as_deref(), Some("same-origin"), "{path}");
        assert!(header("content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{path}");
    }
}

#[tokio::test]
async fn a_feed_ends_with_its_token() {
    let edge = Edge::with_district().await;
    let issued = issued_for(&edge.app, Role::Auditor, None).await;
    let (id, token) = (issued.id, issued.token);

    let request = edge.request(Method::GET, "/v1/events", &token).header(header::ACCEPT, "text/event-stream");
    let response = edge.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let mut feed = response.into_body().into_data_stream();
    assert!(feed.next().await.is_some(), "it begins");
    edge.app.access.revoke(id.as_str()).await.unwrap();
    let to_the_end = async { while feed.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(30), to_the_end).await.expect("the feed ends");
}

/// A page or a way in, as a browser on a proxy's other side asks for it.
async fn visit(edge: &Edge, peer: &str, method: Method, path: &str, cookie: &str, body: &str) -> Told {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "ledger.example")
        .header("X-Forwarded-Proto", "https")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, if path.starts_with("/v1/") { "application/json" } else { FORM });
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    request.extensions_mut().insert(Peer { address: peer.parse().unwrap(), encrypted: true });
    let response = edge.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
    Told { status: parts.status, headers: parts.headers, body }
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn session(edge: &Edge) -> String {
    let issued = issued_for(&edge.app, Role::Clerk, Some("S1")).await;
    let entered = crate::service::login::enter(&edge.app, &issued.account, None).await.unwrap();
    format!("__Host-nuanxin={}", entered.secret)
}

#[tokio::test]
async fn pages_and_logins_are_held_by_address_and_by_account() {
    let (stranger, account) = (Some(Rate { per_second: 1, burst: 4 }), Some(Rate { per_second: 1, burst: 6 }));
    let edge = held_to(RateSettings { stranger, account, ..RateSettings::default() }).await;
    let login = r#"{"account": "nobody", "password": "wrong wrong wrong"}"#;
    for (method, path, body) in [
        (Method::GET, "/login", ""),
        (Method::POST, "/login", "account=nobody&password=wrong"),
        (Method::POST, "/v1/login", login),
        (Method::GET, "/receipt", ""),
    ] {
        let told = visit(&edge, "10.0.0.9", method, path, "", body).await;
        assert_ne!(told.status.as_u16(), 429, "{path}: {told:?}");
    }
    let page = visit(&edge, "10.0.0.9", Method::GET, "/login", "", "").await;
    assert_eq!(page.status.as_u16(), 429, "{page:?}");
    assert!(page.body.as_str().unwrap().contains("秒后再试"), "{page:?}");
    assert!(page.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(visit(&edge, "10.0.0.9", Method::POST, "/v1/login", "", login).await.no(), (429, "too_many_requests"));
    let made_up = format!("__Host-nuanxin={}", "x".repeat(43));
    let told = visit(&edge, "10.0.0.9", Method::GET, "/counter", &made_up, "").await;
    assert_eq!(told.status.as_u16(), 429, "no made-up cookie is looked up: {told:?}");
    for free in ["/healthz", "/readyz"] {
        assert_eq!(visit(&edge, "10.0.0.9", Method::GET, free, "", "").await.status.as_u16(), 200, "{free}");
    }
    assert_eq!(visit(&edge, "10.0.0.10", Method::GET, "/login", "", "").await.status.as_u16(), 200, "another address");
    // Whoever is logged in is held by the account, from whichever address.
    let cookie = session(&edge).await;
    let mut through = 0;
    for nth in 0..12 {
        let peer = if nth % 2 == 0 { "10.0.0.9" } else { "10.0.0.11" };
        let told = visit(&edge, peer, Method::GET, "/counter", &cookie, "").await;
        through += u32::from(told.status.as_u16() == 200);
    }
    assert_eq!(through, 6);
    let other = session(&edge).await;
    assert_eq!(visit(&edge, "10.0.0.9", Method::GET, "/counter", &other, "").await.status.as_u16(), 200);
}

#[tokio::test]
async fn what_pages_batches_and_logins_refuse_is_logged_too() {
    let edge = held_to(RateSettings::default()).await;
    let audits = token_for(&edge.app, Role::Auditor, None).await;
    let known = issued_for(&edge.app, Role::Clerk, Some("S1")).await.account.to_string();
    edge.app.passwords.set(&known.parse().unwrap(), "a long enough password").await.unwrap();
    let wrong = format!(r#"{{"account": "{known}", "password": "not that one at all"}}"#);
    assert_eq!(visit(&edge, "10.0.0.7", Method::POST, "/v1/login", "", &wrong).await.no(), (401, "unauthenticated"));
    let typed = "account=my+own+password&password=x";
    assert_eq!(visit(&edge, "10.0.0.7", Method::POST, "/login", "", typed).await.status.as_u16(), 401);
    let cookie = session(&edge).await;
    assert_eq!(visit(&edge, "10.0.0.8", Method::GET, "/branch", &cookie, "").await.status.as_u16(), 403);
    // The desk may not confirm what it proposed, nor may a clerk of this store redeem at another one.
    let body = json!({"checks": 1});
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let schedule = json!({"effective_from": "2023-01-01", "activities": [line], "district": body});
    assert_eq!(edge.put("/v1/schedule", "settings", schedule).await.status.as_u16(), 200);
    edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await;
    let batch = json!([
        {"key": "b1", "command": "confirm_credit", "credit": "C-1", "reason": "属实"},
        {"key": "b2", "command": "redeem", "worker": "W1", "store": "S8", "lines": [{"sku": "P1", "quantity": 1}]},
    ]);
    let told = edge.post("/v1/batch", "-", batch).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let told = edge.finish(from("10.0.0.1", edge.request(Method::GET, "/v1/audit/security", &audits))).await;
    let rows = told.body["refusals"].as_array().unwrap_or_else(|| panic!("{told:?}"));
    let logged = |code: &str, route: &str| {
        let row = rows.iter().find(|row| row["code"] == code && row["route"] == route);
        row.unwrap_or_else(|| panic!("{code} {route}: {}", told.body))
    };
    let login = logged("unauthenticated", "POST /v1/login");
    assert_eq!((&login["who"], &login["address"]), (&json!(known), &json!("10.0.0.7")));
    assert_eq!(logged("unauthenticated", "POST /login")["who"], json!(null), "what was typed may be a password");
    assert_eq!(logged("forbidden", "GET /branch")["address"], "10.0.0.8");
    logged("same_person", "POST /v1/batch");
    logged("forbidden", "POST /v1/batch");
    assert!(!told.body.to_string().contains("password"), "{}", told.body);
}
