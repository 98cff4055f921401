//! Keeping strangers out: limits by address, token and account, the security log, headers, and feeds that end.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use futures_util::StreamExt;
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
