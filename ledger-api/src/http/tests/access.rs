//! Who gets past the door, and what stands there for everybody.

use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::Edge;
use crate::access::Role;
use crate::service::accounts::token_for;

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let edge = Edge::with_district().await;
    for path in ["/v1/schedule", "/v1/workers/W1", "/v1/workers/W9", "/v1/events", "/metrics", "/openapi.json"] {
        let told = edge.finish(Request::builder().uri(path).body(Body::empty()).unwrap()).await;
        assert_eq!(told.no(), (401, "unauthenticated"), "{path}");
        assert!(told.header("www-authenticate").is_some_and(|scheme| scheme.starts_with("Bearer")));
        let wrong = edge.request(Method::GET, path, "not-a-token").body(Body::empty()).unwrap();
        assert_eq!(edge.finish(wrong).await.no(), (401, "unauthenticated"), "{path}");
    }
    for path in ["/healthz", "/readyz", "/login"] {
        let told = edge.finish(Request::builder().uri(path).body(Body::empty()).unwrap()).await;
        assert_eq!(told.status.as_u16(), 200, "{path}: {told:?}");
    }
}

#[tokio::test]
async fn roles_other_than_admin_are_refused_alike_whatever_exists() {
    let edge = Edge::with_district().await;
    let clerk = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let auditor = token_for(&edge.app, Role::Auditor, None).await;
    for token in [&clerk, &auditor] {
        for path in ["/v1/workers/W1/depart", "/v1/workers/W9/depart", "/v1/credits"] {
            let request = edge.request(Method::POST, path, token).header("Idempotency-Key", "k");
            let told = edge.send(request, json!({"reason": "x"}).to_string()).await;
            assert_eq!(told.no(), (403, "forbidden"), "{path}");
            assert!(!told.body["detail"].as_str().unwrap().contains('W'), "{told:?}");
        }
    }
    let events = |token: &str| edge.request(Method::GET, "/v1/events", token).body(Body::empty()).unwrap();
    assert_eq!(edge.finish(events(&auditor)).await.status.as_u16(), 200);
    assert_eq!(edge.finish(events(&clerk)).await.no(), (403, "forbidden"));
}

#[tokio::test]
async fn unknown_addresses_and_wrong_methods_are_problems_too() {
    let edge = Edge::open().await;
    assert_eq!(edge.get("/v1/nothing").await.no(), (404, "not_found"));
    assert_eq!(edge.get("/v1/workers/a/b/c").await.no(), (404, "not_found"));
    assert_eq!(edge.get("/v1/redemptions").await.no(), (405, "not_found"));
    assert_eq!(edge.put("/healthz", "k", json!({})).await.no(), (405, "not_found"));
}

#[tokio::test]
async fn a_browser_is_shown_a_page_where_nothing_is_and_the_way_back_from_where_forms_go() {
    let edge = Edge::open().await;
    let ask = |path: &str, accept: &str| {
        edge.router.clone().oneshot(Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap())
    };
    let look = |path: &str| ask(path, "text/html,application/xhtml+xml,*/*;q=0.8");
    let nothing = look("/creditz").await.unwrap();
    assert_eq!(nothing.status().as_u16(), 404);
    assert!(nothing.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    let page = nothing.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&page).contains("这里没有内容"));
    for (path, back) in [("/credits/sheet", "/credits"), ("/schedule/try", "/schedule"), ("/logout", "/")] {
        let response = look(path).await.unwrap();
        assert_eq!(response.status().as_u16(), 303, "{path}");
        assert_eq!(response.headers()[header::LOCATION], back, "{path}");
    }
    let no_page = ask("/creditz", "application/json, text/html;q=0").await.unwrap();
    assert_eq!(no_page.headers()[header::CONTENT_TYPE], "application/problem+json", "a page is refused");
    // The API answers browsers too as it answers everybody.
    let api = look("/v1/nothing").await.unwrap();
    assert_eq!(api.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(edge.get("/creditz").await.no(), (404, "not_found"));
}

#[tokio::test]
async fn the_document_describes_every_call_of_the_contract() {
    let edge = Edge::open().await;
    let document = edge.get("/openapi.json").await;
    assert_eq!(document.status.as_u16(), 200);
    assert!(document.body["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    for (path, method) in [
        ("/v1/workers", "post"),
        ("/v1/workers/{id}", "get"),
        ("/v1/workers/{id}/card", "post"),
        ("/v1/workers/{id}/balance", "get"),
        ("/v1/workers/{id}/statement", "get"),
        ("/v1/merchants", "post"),
        ("/v1/stores", "post"),
        ("/v1/stores/{id}/items", "post"),
        ("/v1/stores/{id}/restock", "post"),
        ("/v1/stores/{id}/stock", "get"),
        ("/v1/merchants/{id}/settlement", "get"),
        ("/v1/schedule", "put"),
        ("/v1/schedule", "get"),
        ("/v1/credits", "post"),
        ("/v1/credits/{id}/confirm", "post"),
        ("/v1/credits/{id}/reject", "post"),
        ("/v1/credits/{id}/reverse", "post"),
        ("/v1/credits/{id}/object", "post"),
        ("/v1/credits/{id}/resolve", "post"),
        ("/v1/redemptions", "post"),
        ("/v1/redemptions/{id}/reverse", "post"),
        ("/v1/holds", "post"),
        ("/v1/holds/{id}/capture", "post"),
        ("/v1/holds/{id}/release", "post"),
        ("/v1/batch", "post"),
        ("/v1/appraisals/{year}", "get"),
        ("/v1/events", "get"),
        ("/v1/audit/checkpoint", "get"),
        ("/v1/audit/inclusion/{position}", "get"),
        ("/v1/audit/consistency", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    ] {
        let operation = &document.body["paths"][path][method];
        assert!(operation.is_object(), "{method} {path}");
        let writes = matches!(method, "post" | "put") && path != "/v1/batch";
        let keyed = operation["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!(keyed, writes, "{method} {path}");
    }
    assert_references_hold(&document.body, &document.body);
}

/// Every `$ref` of a document leads somewhere in it.
fn assert_references_hold(document: &Value, part: &Value) {
    match part {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            fields.values().for_each(|field| assert_references_hold(document, field));
        }
        Value::Array(items) => items.iter().for_each(|item| assert_references_hold(document, item)),
        _ => {}
    }
}

#[tokio::test]
async fn answers_stay_out_of_caches() {
    let edge = Edge::with_district().await;
    let told = edge.get("/v1/schedule").await;
    assert_eq!(told.header(header::CACHE_CONTROL.as_str()), Some("no-store"));
    assert_eq!(told.header(header::X_CONTENT_TYPE_OPTIONS.as_str()), Some("nosniff"));
}
