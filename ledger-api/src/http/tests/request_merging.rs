//! Duplicates of service requests, linked after they were posted, over HTTP; and who may say what work was worth.

use axum::http::Method;
use ledger_core::domain::event::Event;
use ledger_core::domain::request::RequestEvent;
use ledger_core::evidence::verifier::{Verdict, verify};
use serde_json::{Value, json};

use super::programmes::{district, points, taken};
use super::support::{By, Edge};
use crate::access::Role;
use crate::vault::{CASE, WORKER, is_reference};

async fn post(edge: &Edge, request: &str, more: Value) {
    let mut body = json!({"activity": "WX01", "on": "2024-03-01"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    taken(&edge.post("/v1/requests", request, body).await);
}

fn into(request: &str) -> Value {
    json!({"into": request})
}

fn work_of(worker: &str) -> Value {
    json!({"claimer": worker, "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1})
}

fn good() -> Value {
    json!({"rating": "满意", "on": "2024-03-04"})
}

/// The reason in the journal for which a request was merged.
async fn reason_of(edge: &Edge, request: &str) -> Option<String> {
    let entries = edge.app.ledger.journal().read(0, 1_000).await.unwrap();
    entries.iter().find_map(|entry| match entry.event().unwrap() {
        Event::Request(RequestEvent::RequestMerged(event)) if event.request.as_str() == request => event.reason,
        _ => None,
    })
}

#[tokio::test]
async fn a_duplicate_is_linked_by_the_site_and_stays_on_record_without_an_award() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"reporter": "WZ"})).await;
    post(&edge, "XQ-2", json!({"reporter": "WX"})).await;
    let (here, there) =
        (By::new(&edge, Role::Operator, Some("Z")).await, By::new(&edge, Role::Operator, Some("Y")).await);
    let reporter = By::new(&edge, Role::Worker, Some("WX")).await;
    let merge = "/v1/requests/XQ-2/merge";
    for stranger in [&there, &reporter, &By::new(&edge, Role::Approver, Some("Z")).await] {
        assert_eq!(stranger.post(merge, "BR-1", into("XQ-1")).await.no(), (403, "forbidden"));
    }
    assert_eq!(there.post("/v1/requests/XQ-9/merge", "BR-1", into("XQ-1")).await.no(), (403, "forbidden"));
    assert_eq!(edge.post("/v1/requests/XQ-9/merge", "BR-1", into("XQ-1")).await.no(), (404, "unknown_request"));
    assert_eq!(here.post(merge, "BR-1", into("XQ-9")).await.no().1, "unknown_request");
    assert_eq!(here.post(merge, "BR-1", into("XQ-2")).await.no(), (422, "invalid_input"));
    assert_eq!(
        here.post(merge, "BR-1", json!({"into": "XQ-1", "reason": "打 13812345678"})).await.no().1,
        "invalid_input"
    );
    taken(&here.post("/v1/requests/XQ-2/claims", "RL-1", json!({"claimer": "WY", "on": "2024-03-02"})).await);
    assert_eq!(here.post(merge, "BR-1", into("XQ-1")).await.no(), (409, "request_taken"));
    taken(&here.post("/v1/requests/XQ-2/claims/RL-1/return", "TH-1", json!({"on": "2024-03-03"})).await);
    let why = json!({"into": "XQ-1", "reason": "同一处井盖"});
    assert_eq!(taken(&here.post(merge, "BR-1", why.clone()).await)["request"], "XQ-2");
    assert!(here.post(merge, "BR-1", why).await.header("Idempotency-Replayed").is_some());
    assert_eq!(here.post(merge, "BR-2", into("XQ-1")).await.no(), (409, "merged_request"));
    assert_eq!(here.post("/v1/requests/XQ-1/merge", "BR-2", into("XQ-2")).await.no(), (409, "merged_request"));
    // As one that was posted so.
    let claim = json!({"claimer": "WY", "on": "2024-03-04"});
    assert_eq!(here.post("/v1/requests/XQ-2/claims", "RL-2", claim).await.no(), (409, "merged_request"));
    assert_eq!(here.post("/v1/requests/XQ-2/handlings", "BL-2", work_of("WY")).await.no(), (409, "merged_request"));
    edge.app.views.fresh(None).await.unwrap();
    let merged = edge.get("/v1/requests?status=merged").await.body["requests"].clone();
    assert_eq!((&merged[0]["request"], &merged[0]["merged_into"]), (&json!("XQ-2"), &json!("XQ-1")), "{merged}");
    assert_eq!(reporter.get("/v1/requests/XQ-2").await.body["status"], "merged");
    // The row that posted it is what it was.
    let row = json!({"activity": "WX01", "on": "2024-03-01", "reporter": "WX"});
    assert!(edge.post("/v1/requests", "XQ-2", row).await.header("Idempotency-Replayed").is_some());
    // One award, for who did the first.
    taken(&here.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WY")).await);
    taken(&here.post("/v1/requests/XQ-1/handlings/BL-1/rate", "PJ-1", good()).await);
    assert_eq!([points(&edge, "WY").await, points(&edge, "WX").await], [json!(10), json!(0)]);
    let rated = here.post("/v1/requests/XQ-1/merge", "BR-3", into("XQ-2")).await;
    assert_eq!(rated.no(), (409, "merged_request"), "into one that repeats it");
    post(&edge, "XQ-3", json!({"reporter": "WZ"})).await;
    assert_eq!(edge.post("/v1/requests/XQ-1/merge", "BR-3", into("XQ-3")).await.no(), (409, "already_decided"));
    taken(&edge.post("/v1/requests/XQ-3/merge", "BR-3", into("XQ-1")).await);
    let verdict = verify(edge.app.ledger.journal(), &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

#[tokio::test]
async fn why_two_are_one_stands_in_the_vault_under_whoever_reported_it() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"site": "Z1"})).await;
    post(&edge, "XQ-2", json!({"reporter": "WX"})).await;
    post(&edge, "XQ-3", json!({"site": "Z1"})).await;
    let here = By::new(&edge, Role::Operator, Some("Z")).await;
    let why = |why: &str| json!({"into": "XQ-1", "reason": why});
    for (request, key) in [("XQ-2", "BR-2"), ("XQ-3", "BR-3")] {
        taken(&here.post(&format!("/v1/requests/{request}/merge"), key, why("同一处井盖")).await);
    }
    // In a batch that posts it too.
    let items = json!([
        {"key": "XQ-4", "command": "post_request", "activity": "WX01", "on": "2024-03-01", "reporter": "WX"},
        {"key": "BR-4", "command": "merge_request", "request": "XQ-4", "into": "XQ-1", "reason": "同一处井盖"},
    ]);
    let told = edge.send(edge.request(Method::POST, "/v1/batch", &here.token), items.to_string()).await;
    assert_eq!(told.body["results"][1]["status"], 200, "{told:?}");
    for (request, kind, id) in [("XQ-2", WORKER, "WX"), ("XQ-3", CASE, "XQ-3"), ("XQ-4", WORKER, "WX")] {
        let reference = reason_of(&edge, request).await.unwrap();
        assert!(is_reference(&reference), "{reference}");
        let told = edge.app.vault.texts(&[(kind, id, reference.as_str())]).await.unwrap();
        assert_eq!(told, [Some("同一处井盖".to_owned())], "{request}");
    }
}

#[tokio::test]
async fn a_partner_does_not_say_what_the_work_was_worth() {
    let edge = district().await;
    let pair =
        |ended: Value| json!({"id": "BD1", "helper": "WZ", "helped": "WX", "since": "2024-01-08", "ended": ended});
    taken(&edge.post("/v1/pairs", "BD1", pair(Value::Null)).await);
    let (reporter, here) =
        (By::new(&edge, Role::Worker, Some("WZ")).await, By::new(&edge, Role::Operator, Some("Z")).await);
    for request in ["XQ-1", "XQ-2"] {
        post(&edge, request, json!({"reporter": "WZ"})).await;
        let path = format!("/v1/requests/{request}/handlings");
        taken(&here.post(&path, &format!("BL-{request}"), work_of("WX")).await);
    }
    let rate = |request: &str| format!("/v1/requests/{request}/handlings/BL-{request}/rate");
    assert_eq!(reporter.post(&rate("XQ-1"), "PJ-1", good()).await.no(), (403, "same_person"));
    assert_eq!(points(&edge, "WX").await, json!(0));
    // A third person says it; of the reporter's own pair it is no matter to a desk.
    assert_eq!(taken(&here.post(&rate("XQ-1"), "PJ-2", good()).await)["worker"], "WX");
    // A pair that ended by the day is none.
    taken(&edge.post("/v1/pairs", "BD1-ends", pair(json!("2024-03-04"))).await);
    let early = json!({"rating": "满意", "on": "2024-03-03"});
    assert_eq!(reporter.post(&rate("XQ-2"), "PJ-3", early).await.no(), (403, "same_person"), "it was open that day");
    assert_eq!(taken(&reporter.post(&rate("XQ-2"), "PJ-3", good()).await)["worker"], "WX");
    // What was said stands when they are paired again, and is a repeat.
    taken(&edge.post("/v1/pairs", "BD1-again", pair(Value::Null)).await);
    assert!(reporter.post(&rate("XQ-2"), "PJ-3", good()).await.header("Idempotency-Replayed").is_some());
}

#[tokio::test]
async fn whoever_left_the_programme_after_the_work_earns_by_the_word() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"reporter": "WZ"})).await;
    let (reporter, claimer) =
        (By::new(&edge, Role::Worker, Some("WZ")).await, By::new(&edge, Role::Worker, Some("WX")).await);
    taken(&claimer.post("/v1/requests/XQ-1/claims", "RL-1", json!({"claimer": "WX", "on": "2024-03-02"})).await);
    let done = json!({"done": "2024-03-03", "quantity": 1});
    taken(&claimer.post("/v1/requests/XQ-1/claims/RL-1/report", "BJ-1", done).await);
    taken(&edge.post("/v1/workers/WX/depart", "leaves", json!({"reason": "转行"})).await);
    // Said today, after the departure.
    let today = json!({"rating": "满意", "on": edge.app.ledger.now().date()});
    let rated = reporter.post("/v1/requests/XQ-1/handlings/RL-1/rate", "PJ-1", today).await;
    assert_eq!((&taken(&rated)["worker"], &rated.body["points"]), (&json!("WX"), &json!(10)));
    assert_eq!(points(&edge, "WX").await, json!(10));
}

#[tokio::test]
async fn two_roles_and_one_act_are_one_credit() {
    let edge = district().await;
    let line = json!({"code": "JS01", "name": "政策宣讲", "category": "志愿服务", "unit": "次", "points_per_unit": 10,
        "counts_for_card": true, "scoring": "rating", "roles": ["特聘网格员", "政策宣讲员"]});
    let schedule = json!({"effective_from": "2024-01-01", "activities": [line]});
    assert_eq!(edge.put("/v1/schedule", "schedule-3", schedule).await.status.as_u16(), 200);
    let approver = By::new(&edge, Role::Approver, Some("Z")).await;
    for (appointment, role) in [("PS1", "特聘网格员"), ("PS2", "政策宣讲员")] {
        let body = json!({"id": appointment, "worker": "WX", "role": role, "from": "2024-01-01"});
        taken(&approver.post("/v1/appointments", appointment, body).await);
    }
    post(&edge, "XQ-1", json!({"activity": "JS01", "reporter": "WZ"})).await;
    let handlings = "/v1/requests/XQ-1/handlings";
    assert_eq!(edge.post(handlings, "BL-0", work_of("WY")).await.no().1, "not_eligible");
    taken(&edge.post(handlings, "BL-1", work_of("WX")).await);
    taken(&edge.post(&format!("{handlings}/BL-1/rate"), "PJ-1", good()).await);
    assert_eq!(edge.post(handlings, "BL-2", work_of("WX")).await.no(), (409, "request_taken"));
    assert_eq!(points(&edge, "WX").await, json!(10));
    let lines = edge.get("/v1/workers/WX/statement").await.body;
    let credits = lines["entries"].as_array().unwrap().iter().filter(|line| line["subject"] == "BL-1").count();
    assert_eq!(credits, 1, "{lines}");
}
