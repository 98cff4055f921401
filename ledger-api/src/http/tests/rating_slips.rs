//! The code of the slip by which work is rated without an account: who is given it, and for what there is none.

use serde_json::{Value, json};

use super::programmes::{district, taken};
use super::support::{By, Edge};
use crate::access::Role;

const SLIP: &str = "/v1/requests/XQ-1/handlings/BL-1/code";

fn work_of(worker: &str) -> Value {
    json!({"claimer": worker, "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1})
}

/// A wish of WZ that WX saw to.
async fn done() -> Edge {
    let edge = district().await;
    let posting = json!({"activity": "WX01", "on": "2024-03-01", "reporter": "WZ"});
    taken(&edge.post("/v1/requests", "XQ-1", posting).await);
    taken(&edge.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WX")).await);
    edge
}

#[tokio::test]
async fn a_slip_is_given_to_whoever_says_the_word_and_never_to_who_did_the_work() {
    let edge = done().await;
    let mut codes = Vec::new();
    for (role, scope) in
        [(Role::Operator, None), (Role::Operator, Some("Z")), (Role::Approver, Some("Z1")), (Role::Worker, Some("WZ"))]
    {
        let told = By::new(&edge, role, scope).await.get(SLIP).await;
        assert_eq!(told.status.as_u16(), 200, "{role} {scope:?}: {told:?}");
        let code = told.body["code"].as_str().unwrap().to_owned();
        assert_eq!(told.body["page"], json!(format!("/rate?code={code}")));
        let (activity, done) = (&told.body["activity"], &told.body["done"]);
        assert_eq!((activity, done), (&json!("WX01"), &json!("2024-03-03")), "{told:?}");
        let mut fields: Vec<&str> = told.body.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["activity", "code", "done", "handling", "page", "request"], "nothing of anybody");
        codes.push(code);
    }
    codes.dedup();
    assert_eq!(codes.len(), 1, "it names the work and nothing else: {codes:?}");
    for (role, scope) in [
        (Role::Worker, Some("WX")),
        (Role::Worker, Some("WY")),
        (Role::Operator, Some("Y")),
        (Role::Approver, Some("Y")),
        (Role::Clerk, Some("S1")),
        (Role::Auditor, None),
        (Role::Admin, None),
    ] {
        let told = By::new(&edge, role, scope).await.get(SLIP).await;
        assert_eq!(told.no(), (403, "forbidden"), "{role} {scope:?}");
    }
    let stranger = edge.finish(axum::http::Request::get(SLIP).body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(stranger.no(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_desk_does_not_get_the_slip_of_the_own_work_by_whichever_id() {
    let edge = done().await;
    // One person, who has the desk of the street and is worker WX besides.
    taken(&edge.post("/v1/accounts", "opens", json!({"id": "both", "worker": "WX"})).await);
    let role = json!({"role": "operator", "scope": "Z"});
    taken(&edge.post("/v1/accounts/both/roles", "grants", role).await);
    let asked = crate::service::accounts::AskedToken {
        account: Some("both".parse().unwrap()),
        role: None,
        name: String::new(),
        until: None,
    };
    let token = crate::service::accounts::issue(&edge.app.ledger, &edge.app.access, &asked).await.unwrap().token;
    let both = |path: &'static str| {
        let request = edge.request(axum::http::Method::GET, path, &token);
        edge.finish(request.body(axum::body::Body::empty()).unwrap())
    };
    assert_eq!(both(SLIP).await.no(), (403, "same_person"));
    // WX goes on as WN: it is the same person's work still.
    taken(&edge.post("/v1/workers", "new", json!({"id": "WN", "occupation": "骑手", "site": "Z1"})).await);
    taken(&edge.post("/v1/workers/WX/merge", "merges", json!({"into": "WN", "reason": "换了平台"})).await);
    assert_eq!(both(SLIP).await.no(), (403, "same_person"));
}

#[tokio::test]
async fn there_is_a_slip_for_what_waits_for_a_rating_and_for_nothing_else() {
    let edge = done().await;
    let desk = By::new(&edge, Role::Operator, Some("Z")).await;
    assert_eq!(desk.get("/v1/requests/XQ-1/handlings/BL-9/code").await.no(), (404, "unknown_request"));
    assert_eq!(desk.get("/v1/requests/XQ-9/handlings/BL-1/code").await.no(), (403, "forbidden"), "it is nowhere");
    let beyond = desk.get(&format!("{SLIP}?min_position=999999")).await;
    assert_eq!(beyond.no(), (404, "not_found"));
    let report = json!({"activity": "YH01", "on": "2024-03-01", "reporter": "WZ"});
    taken(&edge.post("/v1/requests", "YH-1", report).await);
    taken(&edge.post("/v1/requests/YH-1/handlings", "FK-1", json!({"quantity": 1})).await);
    assert_eq!(desk.get("/v1/requests/YH-1/handlings/FK-1/code").await.no(), (422, "invalid_input"));
    let rating = json!({"rating": "满意", "on": "2024-03-04"});
    taken(&desk.post("/v1/requests/XQ-1/handlings/BL-1/rate", "PJ-1", rating).await);
    assert_eq!(desk.get(SLIP).await.no(), (409, "already_decided"));
}

#[tokio::test]
async fn nobody_takes_the_key_or_the_name_of_a_word_by_slip() {
    let edge = done().await;
    let rating = json!({"rating": "不满意", "on": "2024-03-04"});
    let told = edge.post("/v1/requests/XQ-1/handlings/BL-1/rate", "slip-rated/BL-1", rating).await;
    assert_eq!(told.no(), (400, "invalid_input"));
    let told = edge.post("/v1/accounts", "opens", json!({"id": "rating-slip"})).await;
    assert_eq!(told.no(), (422, "invalid_input"));
}
