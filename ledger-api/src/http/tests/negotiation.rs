//! What a client accepts, and how a no is told to it.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::support::{Edge, Told};

async fn accepting(edge: &Edge, path: &str, accept: &str) -> Told {
    let request = edge.request(Method::GET, path, &edge.token).header(header::ACCEPT, accept);
    edge.finish(request.body(Body::empty()).unwrap()).await
}

fn content_type(told: &Told) -> &str {
    told.header("content-type").unwrap_or_default()
}

#[tokio::test]
async fn nothing_is_sent_that_its_client_refuses() {
    let edge = Edge::with_district().await;
    for path in [
        "/v1/workers",
        "/v1/workers/W1/balance",
        "/v1/stores/S1/stock",
        "/v1/schedule",
        "/v1/trial-balance",
        "/v1/events",
        "/v1/appraisals/2024",
        "/v1/audit/report",
        "/v1/audit/inclusion/1",
        "/v1/audit/keys",
    ] {
        for accept in ["image/png", "application/json;q=0", "text/html, image/*"] {
            assert_eq!(accepting(&edge, path, accept).await.no(), (406, "invalid_input"), "{path} for {accept}");
        }
        for accept in ["*/*", "application/*", "application/json;q=0.1", "text/html, */*;q=0.1"] {
            let told = accepting(&edge, path, accept).await;
            assert_eq!((told.status.as_u16(), content_type(&told)), (200, "application/json"), "{path} for {accept}");
        }
    }
    // What the query names goes before.
    let csv = accepting(&edge, "/v1/appraisals/2024?format=csv", "application/json").await;
    assert_eq!((csv.status.as_u16(), content_type(&csv)), (200, "text/csv; charset=utf-8; header=present"));
}

#[tokio::test]
async fn a_quality_of_zero_is_a_no_wherever_there_is_a_choice() {
    let edge = Edge::with_district().await;
    for (path, accept, expected) in [
        ("/v1/events", "text/event-stream;q=0, application/json", "application/json"),
        ("/v1/events", "application/cloudevents-batch+json;q=0, */*", "application/json"),
        (
            "/v1/events",
            "application/json;q=0.5, application/cloudevents-batch+json",
            "application/cloudevents-batch+json",
        ),
        ("/v1/audit/checkpoint", "application/json;q=0, */*", "text/plain; charset=utf-8"),
        ("/v1/audit/checkpoint", "application/json", "application/json"),
        ("/v1/audit/notice", "image/svg+xml;q=0, image/*", "image/png"),
        ("/v1/audit/notice", "*/*", "text/plain; charset=utf-8"),
        ("/v1/appraisals/2024", "text/csv;q=0, */*", "application/json"),
        ("/v1/audit/report", "application/json;q=0, text/csv", "text/csv; charset=utf-8; header=present"),
    ] {
        let told = accepting(&edge, path, accept).await;
        assert_eq!((told.status.as_u16(), content_type(&told)), (200, expected), "{path} for {accept}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_refused_does_nothing() {
    let edge = Edge::with_district().await;
    let head = edge.app.ledger.journal().head().await.unwrap().position;
    let body = json!({"id": "W2", "occupation": "骑手"});
    let refused = edge.asking(Method::POST, "/v1/workers", "w2").header(header::ACCEPT, "text/html");
    assert_eq!(edge.send(refused, body.to_string()).await.no(), (406, "invalid_input"));
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, head);
    assert_eq!(edge.post("/v1/workers", "w2", body).await.status.as_u16(), 201);
}

#[tokio::test]
async fn an_id_that_is_taken_is_a_conflict() {
    let edge = Edge::with_district().await;
    for (path, body) in [
        ("/v1/workers", json!({"id": "W1", "occupation": "快递员"})),
        ("/v1/workers", json!({"id": "W1", "occupation": "骑手", "name": "另一人"})),
        ("/v1/merchants", json!({"id": "M1", "name": "便民超市", "uscc": "91110000MA01"})),
        ("/v1/stores", json!({"id": "S1", "name": "一号网点", "tier": "社区"})),
    ] {
        let told = edge.post(path, "another-key", body).await;
        assert_eq!(told.no(), (409, "duplicate_conflict"), "{told:?}");
        assert!(told.body["detail"].as_str().unwrap().contains("another id"), "the cure is named: {told:?}");
    }
    assert_eq!(edge.get("/v1/workers/W1").await.body["name"], "王小明");
    let member = json!({"id": "W3", "occupation": "骑手", "party_member": true});
    assert_eq!(edge.post("/v1/workers", "w3", member).await.status.as_u16(), 201);
    let card = json!({"card_no": "K-1", "branch": "第一支部"});
    assert_eq!(edge.post("/v1/workers/W3/card", "card", card.clone()).await.status.as_u16(), 201);
    assert_eq!(edge.post("/v1/workers/W3/card", "card-again", card).await.no(), (409, "card_exists"));
}

#[tokio::test]
async fn a_bad_date_is_told_with_its_field_what_was_sent_and_the_form() {
    let edge = Edge::with_district().await;
    let credit = json!({"worker": "W1", "activity": "ZY01", "on": "2024/3/5", "quantity": 1, "witness": "李四"});
    let redemption = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}], "at": "noon"});
    let mut hold = redemption.clone();
    hold["at"] = json!(5);
    let batch = json!([{"key": "b", "command": "record_credit", "worker": "W1", "activity": "ZY01", "on": "2024-02-30",
        "quantity": 1, "witness": "李四"}]);
    let post = async |path: &str, body: &Value| edge.post(path, "k", body.clone()).await.body;
    let batched = edge.send(edge.request(Method::POST, "/v1/batch", &edge.desk), batch.to_string()).await;
    for (problem, field, sent, form) in [
        (post("/v1/credits", &credit).await, "on", "\"2024/3/5\"", "YYYY-MM-DD"),
        (post("/v1/redemptions", &redemption).await, "at", "\"noon\"", "RFC 3339"),
        (post("/v1/holds", &hold).await, "at", "5", "RFC 3339"),
        (post("/v1/expiries", &json!({"through": "x"})).await, "through", "\"x\"", "YYYY-MM-DD"),
        (batched.body["results"][0]["body"].clone(), "on", "\"2024-02-30\"", "YYYY-MM-DD"),
        (edge.get("/v1/workers/W1/balance?as_of=5.3.2024").await.body, "as_of", "\"5.3.2024\"", "YYYY-MM-DD"),
        (edge.get("/v1/audit/sample?seed=1&size=1&from=x").await.body, "from", "\"x\"", "YYYY-MM-DD"),
    ] {
        assert_eq!(problem["code"], "invalid_date", "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("{field}: {sent} ")) && detail.contains(form), "{detail}");
    }
    let no_date = edge.get("/v1/schedule?on=today").await.body;
    assert!(no_date["detail"].as_str().unwrap().starts_with("on: \"today\" is no date"), "{no_date}");
}

#[tokio::test]
async fn a_hold_may_be_released_with_a_reason_that_the_worker_sees() {
    let edge = Edge::with_district().await;
    edge.credit("C-1", "ZY01", &crate::service::reading::now().date().to_string(), json!(3)).await;
    let hold = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    for (key, body, reason) in [
        ("H-1", json!({"reason": "不来取了"}), json!("不来取了")),
        ("H-2", json!({"reason": " "}), Value::Null),
        ("H-3", json!({}), Value::Null),
    ] {
        assert_eq!(edge.post("/v1/holds", key, hold.clone()).await.status.as_u16(), 201);
        let (path, release) = (format!("/v1/holds/{key}/release"), format!("release-{key}"));
        let released = edge.post(&path, &release, body.clone()).await;
        assert_eq!(released.status.as_u16(), 200, "{released:?}");
        let again = edge.post(&path, &release, body).await;
        assert_eq!((again.status.as_u16(), &again.body), (200, &released.body), "the same content is a repeat");
        let other = edge.post(&path, &release, json!({"reason": "别的原因"})).await;
        assert_eq!(other.no(), (409, "duplicate_conflict"), "the reason is part of the content");
        let lines = edge.get("/v1/workers/W1/statement").await.body["entries"].clone();
        let last = lines.as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["event"], &last["reason"]), (&json!("HoldReleased"), &reason), "{last}");
    }
    let too_long = json!({"reason": "长".repeat(501)});
    edge.post("/v1/holds", "H-4", hold).await;
    assert!(edge.post("/v1/holds/H-4/release", "r4", too_long).await.status.is_client_error());
}

#[tokio::test]
async fn a_body_that_is_too_long_is_told_so_with_the_limit() {
    let edge = Edge::with_district().await;
    let long = |bytes: usize| format!("{{\"id\": \"W9\", \"occupation\": \"{}\"}}", "x".repeat(bytes));
    let refused = edge.send(edge.asking(Method::POST, "/v1/workers", "w9"), long(1 << 20)).await;
    assert_eq!(refused.no(), (413, "too_large"));
    assert!(refused.body["detail"].as_str().unwrap().contains("1048576"), "{refused:?}");
    // A batch may be as long as a thousand commands are.
    let refused = edge.send(edge.request(Method::POST, "/v1/batch", &edge.desk), format!("[{}]", long(3 << 20))).await;
    assert_eq!(refused.status.as_u16(), 200, "{refused:?}");
    let refused = edge.send(edge.request(Method::POST, "/v1/batch", &edge.desk), format!("[{}]", long(4 << 20))).await;
    assert_eq!(refused.no(), (413, "too_large"));
}
