//! Requests that cannot be read: each class of them is refused with a code and a sentence, and none does harm.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::support::Edge;

fn credit() -> Value {
    json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-01", "quantity": 1, "witness": "李四"})
}

fn with(field: &str, value: Value) -> String {
    let mut body = credit();
    body[field] = value;
    body.to_string()
}

fn without(field: &str) -> String {
    let mut body = credit();
    body.as_object_mut().unwrap().remove(field);
    body.to_string()
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_with_the_field_named() {
    let edge = Edge::with_district().await;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let bodies: Vec<(Vec<u8>, (u16, &str), &str)> = vec![
        (b"".to_vec(), (400, "invalid_input"), "worker"),
        (b"{".to_vec(), (400, "invalid_input"), "EOF"),
        (b"null".to_vec(), (400, "invalid_input"), ""),
        (b"[]".to_vec(), (400, "invalid_input"), "object"),
        (br#"["W1","ZY01","2024-03-01",1,"x",null]"#.to_vec(), (400, "invalid_input"), "object"),
        (b"\"text\"".to_vec(), (400, "invalid_input"), ""),
        (b"{} {}".to_vec(), (400, "invalid_input"), "worker"),
        (format!("{} x", credit()).into_bytes(), (400, "invalid_input"), "goes on"),
        (b"\xff\xfe{}".to_vec(), (400, "invalid_input"), "UTF-8"),
        (b"{\"worker\":\"\xff\"}".to_vec(), (400, "invalid_input"), "UTF-8"),
        (b"\xef\xbb\xbf{}".to_vec(), (400, "invalid_input"), ""),
        (deep.clone().into_bytes(), (400, "invalid_input"), ""),
        (with("extra", json!(1)).into_bytes(), (400, "invalid_input"), "extra"),
        (with("worker", json!(1)).into_bytes(), (400, "invalid_input"), "worker"),
        (with("worker", json!("")).into_bytes(), (400, "invalid_input"), "worker"),
        (with("worker", json!("a b")).into_bytes(), (400, "invalid_input"), "worker"),
        (with("worker", json!("a\u{0}")).into_bytes(), (400, "invalid_input"), "worker"),
        (with("worker", json!("x".repeat(65))).into_bytes(), (400, "invalid_input"), "worker"),
        (with("activity", Value::Null).into_bytes(), (400, "invalid_input"), "activity"),
        (with("witness", json!(" ")).into_bytes(), (400, "invalid_input"), "witness"),
        (with("witness", json!("x".repeat(201))).into_bytes(), (413, "too_large"), "witness"),
        (with("witness", json!("a\u{7}")).into_bytes(), (400, "invalid_input"), "witness"),
        (with("evidence", json!("x".repeat(201))).into_bytes(), (413, "too_large"), "evidence"),
        (with("evidence", json!(1)).into_bytes(), (400, "invalid_input"), "evidence"),
        (without("witness").into_bytes(), (400, "invalid_input"), "witness"),
        (without("on").into_bytes(), (400, "invalid_input"), "on"),
        (without("quantity").into_bytes(), (400, "invalid_input"), "quantity"),
        (
            credit().to_string().replace("\"on\"", "\"on\":\"2024-03-01\",\"on\"").into_bytes(),
            (400, "invalid_input"),
            "on",
        ),
        (credit().to_string().replace(":1", ":1e999999999").into_bytes(), (422, "invalid_quantity"), ""),
        (
            credit().to_string().replace(":1", &format!(":{}", "9".repeat(5_000))).into_bytes(),
            (422, "invalid_quantity"),
            "",
        ),
        (credit().to_string().replace(":1", &format!(":{deep}")).into_bytes(), (422, "invalid_quantity"), ""),
        (credit().to_string().replace(":1", ":01").into_bytes(), (400, "invalid_input"), ""),
        (credit().to_string().replace(":1", ":NaN").into_bytes(), (400, "invalid_input"), ""),
        (vec![b' '; (1 << 20) + 1], (413, "too_large"), "1048576"),
    ];
    let head = edge.app.ledger.journal().head().await.unwrap().position;
    for (body, no, named) in bodies {
        let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
        let told = edge.send(edge.asking(Method::POST, "/v1/credits", "C-1"), body).await;
        assert_eq!(told.no(), no, "{shown}: {told:?}");
        assert!(told.body["detail"].as_str().unwrap().contains(named), "{shown}: {told:?}");
    }
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, head);
}

#[tokio::test]
async fn points_of_more_than_two_places_are_refused_by_name() {
    let edge = Edge::with_district().await;
    for price in [json!(1.005), json!("1.005"), json!(true), json!("1,0"), Value::Null] {
        let body = json!({"sku": "P2", "name": "米", "kind": "实物", "price": price, "merchant": "M1"});
        let told = edge.post("/v1/stores/S1/items", "i2", body).await;
        assert_eq!(told.no(), (400, "invalid_input"), "{price}");
        assert!(told.body["detail"].as_str().unwrap().starts_with("price"), "{told:?}");
    }
    let free = json!({"sku": "P2", "name": "米", "kind": "实物", "price": 0, "merchant": "M1"});
    assert_eq!(edge.post("/v1/stores/S1/items", "i2", free).await.no(), (422, "invalid_input"));
    let unknown = json!({"sku": "P2", "name": "米", "kind": "实物", "price": 1, "merchant": "M9"});
    assert_eq!(edge.post("/v1/stores/S1/items", "i2", unknown).await.no(), (422, "unknown_merchant"));
}

#[tokio::test]
async fn every_write_needs_one_usable_key() {
    let edge = Edge::with_district().await;
    let keyless = edge.request(Method::POST, "/v1/credits", &edge.desk);
    assert_eq!(edge.send(keyless, credit().to_string()).await.no(), (400, "invalid_input"));
    let long = "x".repeat(129);
    for key in ["", " ", "a b", long.as_str(), "journal/open", "hold-expired/H1"] {
        let told = edge.send(edge.asking(Method::POST, "/v1/credits", key), credit().to_string()).await;
        assert_eq!(told.no(), (400, "invalid_input"), "{key:?}");
    }
    let twice = edge.asking(Method::POST, "/v1/credits", "a").header("Idempotency-Key", "b");
    assert_eq!(edge.send(twice, credit().to_string()).await.no(), (400, "invalid_input"));
    let put = edge.request(Method::PUT, "/v1/schedule", &edge.token);
    assert_eq!(edge.send(put, "{}").await.no(), (400, "invalid_input"));
    let raw = edge.request(Method::POST, "/v1/credits", &edge.desk);
    let raw = raw.header("Idempotency-Key", axum::http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(edge.send(raw, credit().to_string()).await.no(), (400, "invalid_input"));
    let chinese = edge.asking(Method::POST, "/v1/credits", "记录-0001");
    assert_eq!(edge.send(chinese, credit().to_string()).await.body["credit"], "记录-0001");
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let edge = Edge::with_district().await;
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("json")] {
        let mut request = edge.asking(Method::POST, "/v1/credits", "C-1");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let told = edge.finish(request.body(Body::from(credit().to_string())).unwrap()).await;
        assert_eq!(told.no(), (415, "invalid_input"), "{kind:?}");
    }
    let utf8 =
        edge.asking(Method::POST, "/v1/credits", "C-1").header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(edge.finish(utf8.body(Body::from(credit().to_string())).unwrap()).await.status.as_u16(), 201);
}

#[tokio::test]
async fn addresses_and_queries_that_cannot_be_read_are_refused() {
    let edge = Edge::with_district().await;
    let reason = json!({"reason": "x"});
    for path in
        ["/v1/workers/%FF/depart", "/v1/workers/a%20b/depart", "/v1/workers/a%2Fb/depart", "/v1/credits/%00/confirm"]
    {
        assert_eq!(edge.post(path, "k", reason.clone()).await.no(), (400, "invalid_input"), "{path}");
    }
    for path in [
        "/v1/schedule?min_position=x",
        "/v1/schedule?min_position=-1",
        "/v1/schedule?colour=red",
        "/v1/credits?limit=1001",
        "/v1/credits?limit=x",
        "/v1/credits?status=lost",
        "/v1/credits?on=%FF",
    ] {
        assert_eq!(edge.get(path).await.no(), (400, "invalid_input"), "{path}");
    }
}
