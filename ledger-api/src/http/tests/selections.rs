//! Selections over HTTP: the whole story of one, who may do what of it, and what each sees.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::evidence::verifier::{Verdict, verify};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::{By, Edge, Told};
use crate::access::Role;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// W1 to W4, of whom W4 is no rider; W2 and W3 are equal.
async fn district() -> Edge {
    let edge = Edge::with_district().await;
    for (worker, occupation) in [("W2", "快递员"), ("W3", "快递员"), ("W4", "网约车司机")] {
        let body = json!({"id": worker, "occupation": occupation, "name": "李小四"});
        taken(&edge.post("/v1/workers", worker, body).await);
    }
    // Hours of voluntary service; 文明劝导 is worth points, and the formula does not look at it.
    for (key, worker, activity, on, hours) in [
        ("C1", "W1", "ZY01", "2024-03-01", 3),
        ("C2", "W1", "ZY01", "2024-03-02", 1),
        ("C3", "W2", "ZY01", "2024-03-01", 2),
        ("C4", "W3", "ZY01", "2024-03-05", 2),
        ("C5", "W3", "WM01", "2024-03-06", 1),
        ("C6", "W4", "ZY01", "2024-03-01", 4),
        ("C7", "W2", "ZY01", "2024-04-01", 4),
    ] {
        taken(&service(&edge, key, worker, activity, on, hours).await);
    }
    edge
}

async fn service(edge: &Edge, key: &str, worker: &str, activity: &str, on: &str, quantity: u32) -> Told {
    let body = json!({"worker": worker, "activity": activity, "on": on, "quantity": quantity, "witness": "李四"});
    edge.post("/v1/credits", key, body).await
}

#[track_caller]
fn taken(told: &Told) -> &Value {
    assert!(told.status.is_success(), "{told:?}");
    assert!(told.body["position"].is_u64(), "{told:?}");
    &told.body
}

fn formula() -> Value {
    json!({
        "id": "PX1", "name": "最美骑手", "from": "2024-03-01", "cut_off": "2024-03-31", "places": 2, "publicity_days": 0,
        "occupations": ["快递员"],
        "indicators": [
            {"code": "时长", "measure": "quantity", "activities": ["ZY01"], "weight": 10},
            {"code": "天数", "measure": "service_days", "activities": ["ZY01"], "weight": 1},
        ],
    })
}

/// Announced, with W1, W2 and W3 as candidates: two of their own word, one by a paper.
async fn announced<'a>(edge: &'a Edge, publicity_days: u32) -> By<'a> {
    let zhang = By::new(edge, Role::Approver, None).await;
    let mut terms = formula();
    terms["publicity_days"] = json!(publicity_days);
    assert_eq!(taken(&zhang.post("/v1/selections", "PX-announce", terms).await)["selection"], "PX1");
    for worker in ["W1", "W2"] {
        let own = By::new(edge, Role::Worker, Some(worker)).await;
        taken(&own.post("/v1/selections/PX1/consents", &format!("ty-{worker}"), json!({"worker": worker})).await);
    }
    let operator = By::new(edge, Role::Operator, None).await;
    let paper = json!({"worker": "W3", "on": "2024-04-02", "paper": DIGEST});
    taken(&operator.post("/v1/selections/PX1/consents", "ty-W3", paper).await);
    zhang
}

fn ranks(list: &Value) -> Vec<(u64, &str, &Value)> {
    let lines = list["list"].as_array().unwrap();
    lines
        .iter()
        .map(|line| (line["rank"].as_u64().unwrap(), line["worker"].as_str().unwrap(), &line["score"]))
        .collect()
}

async fn text(edge: &Edge, token: &str, path: &str) -> String {
    let request = edge.request(Method::GET, path, token).body(Body::empty()).unwrap();
    let response = edge.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_selection_goes_from_its_formula_to_a_recorded_meeting() {
    let edge = district().await;
    let zhang = announced(&edge, 0).await;
    let wang = By::new(&edge, Role::Approver, None).await;
    let rider = By::new(&edge, Role::Worker, Some("W2")).await;
    let sealed = zhang.post("/v1/selections/PX1/seal", "PX-seal", json!({})).await;
    assert_eq!(taken(&sealed)["candidates"], 3);
    // What is recorded later changes neither the inputs nor the list.
    taken(&service(&edge, "C8", "W2", "ZY01", "2024-03-20", 4).await);
    let drawn = wang.post("/v1/selections/PX1/draw", "PX-draw", json!({})).await;
    let ten = |number: i64| json!(number);
    let (first, second) = (ten(42), ten(21));
    assert_eq!(ranks(taken(&drawn)), [(1, "W1", &first), (2, "W2", &second), (2, "W3", &second)]);
    assert!(wang.post("/v1/selections/PX1/draw", "PX-draw", json!({})).await.header("Idempotency-Replayed").is_some());
    assert_eq!(wang.post("/v1/selections/PX1/draw", "PX-draw-2", json!({})).await.no(), (409, "already_decided"));

    // Each named person comes to the own score.
    let own = rider.get("/v1/selections/PX1/candidates?worker=W2").await.body;
    assert_eq!(own["candidates"][0]["score"], 21);
    assert_eq!(own["candidates"][0]["figures"][0], json!({"indicator": "时长", "figure": 2, "weight": 10}));
    assert_eq!(rider.get("/v1/selections/PX1/candidates?worker=W1").await.no(), (403, "forbidden"));
    assert_eq!(rider.get("/v1/selections/PX1/candidates").await.no(), (403, "forbidden"));
    let all = edge.get("/v1/selections/PX1/candidates").await.body;
    assert_eq!(all["candidates"].as_array().unwrap().len(), 3);

    let objection = json!({"candidate": "W2", "reason": "三月二十日的四小时没有计入"});
    let objected = rider.post("/v1/selections/PX1/objections", "YY-1", objection).await;
    assert_eq!((&taken(&objected)["objection"], &objected.body["status"]), (&json!("YY-1"), &json!("open")));
    let result = json!({"minutes": DIGEST});
    assert_eq!(wang.post("/v1/selections/PX1/result", "PX-r1", result.clone()).await.no(), (409, "outside_window"));
    // To strangers it is told that there is an objection, and not whose.
    let seen = By::new(&edge, Role::Worker, Some("W1")).await.get("/v1/selections/PX1").await.body;
    assert_eq!(
        (&seen["objections"][0]["status"], &seen["objections"][0]["by"], &seen["objections"][0]["reason"]),
        (&json!("open"), &Value::Null, &Value::Null)
    );
    let told = wang.get("/v1/selections/PX1").await.body;
    assert_eq!(told["objections"][0]["reason"], "三月二十日的四小时没有计入");
    let answer = "/v1/selections/PX1/objections/YY-1/answer";
    let upheld = json!({"upheld": true, "reason": "确实漏记"});
    assert_eq!(wang.post(answer, "DF-1", upheld.clone()).await.no(), (403, "same_person"), "wang drew the list");
    let li = By::new(&edge, Role::Approver, None).await;
    assert_eq!(taken(&li.post(answer, "DF-1", upheld.clone()).await)["status"], "upheld");
    assert_eq!(wang.post("/v1/selections/PX1/result", "PX-r2", result.clone()).await.no(), (409, "outside_window"));
    let revise = json!({"candidate": "W2", "reason": "补计四小时"});
    let revised = zhang.post("/v1/selections/PX1/revise", "PX-revise", revise).await;
    let new_first = ten(62);
    assert_eq!(ranks(taken(&revised)), [(1, "W2", &new_first), (2, "W1", &first)]);
    assert_eq!(zhang.post("/v1/selections/PX1/result", "PX-r3", result.clone()).await.no(), (403, "same_person"));
    taken(&wang.post("/v1/selections/PX1/result", "PX-r4", result).await);

    let whole = wang.get("/v1/selections/PX1").await.body;
    assert_eq!((&whole["stage"], &whole["result"]["minutes"]), (&json!("recorded"), &json!(DIGEST)));
    assert_eq!(whole["seal"]["position"], sealed.body["position"]);
    // The earlier list stays what it was.
    assert_eq!(whole["lists"][0]["digest"], drawn.body["digest"]);
    assert_eq!((&whole["lists"][1]["revised"], ranks(&whole["lists"][1]).len()), (&json!("W2"), 2));
    assert_eq!(
        (&whole["objections"][0]["status"], &whole["objections"][0]["answer"]),
        (&json!("followed"), &json!("确实漏记"))
    );
    assert_eq!(edge.get("/v1/selections").await.body["selections"][0]["stage"], "recorded");
    // No reason stands in an event.
    let events = edge.get("/v1/events?limit=1000").await.body.to_string();
    assert!(!events.contains("漏记") && !events.contains("没有计入"), "{events}");
    // Whoever verifies counts the sealed figures and the revised ones again, and comes to the same lists.
    let verdict = verify(edge.app.ledger.journal(), &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

#[tokio::test]
async fn the_list_hangs_out_with_ties_together_and_a_blank_column_for_the_decision() {
    let edge = district().await;
    let zhang = announced(&edge, 0).await;
    assert_eq!(zhang.get("/v1/selections/PX1/list").await.no(), (404, "not_found"));
    taken(&zhang.post("/v1/selections/PX1/seal", "PX-seal", json!({})).await);
    taken(&zhang.post("/v1/selections/PX1/draw", "PX-draw", json!({})).await);
    let anybody = By::new(&edge, Role::Merchant, Some("M1")).await;
    let csv = text(&edge, &anybody.token, "/v1/selections/PX1/list?format=csv").await;
    assert!(csv.contains("位次,编号,姓名,得分,评定"), "{csv}");
    let lines = ["1,W1,王**,42,", "2,W2,李**,21,", "2,W3,李**,21,"];
    assert!(lines.iter().all(|line| csv.contains(line)), "{csv}");
    let json = text(&edge, &anybody.token, "/v1/selections/PX1/list?format=json").await;
    taken(&service(&edge, "C9", "W3", "ZY01", "2024-03-21", 4).await);
    assert_eq!(
        text(&edge, &edge.desk, "/v1/selections/PX1/list?format=json").await,
        json,
        "the same bytes for everybody"
    );
    let request = edge.request(Method::GET, "/v1/selections/PX1/list?format=xlsx", &anybody.token);
    let workbook = edge.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(workbook.status(), StatusCode::OK);
    assert!(workbook.headers()[header::CONTENT_TYPE].to_str().unwrap().contains("spreadsheetml"));
}

#[tokio::test]
async fn a_publicity_keeps_the_result_back_and_lets_anybody_object() {
    let edge = district().await;
    let zhang = announced(&edge, 3).await;
    taken(&zhang.post("/v1/selections/PX1/seal", "PX-seal", json!({})).await);
    taken(&zhang.post("/v1/selections/PX1/draw", "PX-draw", json!({})).await);
    let wang = By::new(&edge, Role::Approver, None).await;
    let result = wang.post("/v1/selections/PX1/result", "PX-result", json!({"minutes": DIGEST})).await;
    assert_eq!(result.no(), (409, "outside_window"));
    let objection = |candidate: &str| json!({"candidate": candidate, "reason": "有疑问"});
    let clerk = By::new(&edge, Role::Clerk, Some("S1")).await;
    assert_eq!(clerk.post("/v1/selections/PX1/objections", "YY-1", objection("W4")).await.no().1, "unknown_worker");
    taken(&clerk.post("/v1/selections/PX1/objections", "YY-1", objection("W1")).await);
    let auditor = By::new(&edge, Role::Auditor, None).await;
    assert_eq!(auditor.post("/v1/selections/PX1/objections", "YY-2", objection("W1")).await.no(), (403, "forbidden"));
    let read = auditor.get("/v1/selections/PX1").await.body;
    assert_eq!(read["objections"][0]["status"], "open");
    assert!(read["objections"][0]["by"].is_string(), "an auditor is told who objected");
}

#[tokio::test]
async fn a_candidate_is_who_agreed_and_nobody_else() {
    let edge = district().await;
    let zhang = By::new(&edge, Role::Approver, None).await;
    let path = "/v1/selections/PX1/consents";
    let (one, other) = (By::new(&edge, Role::Worker, Some("W1")).await, By::new(&edge, Role::Worker, Some("W2")).await);
    assert_eq!(one.post(path, "ty-0", json!({"worker": "W1"})).await.no(), (404, "not_found"));
    taken(&zhang.post("/v1/selections", "PX-announce", formula()).await);
    assert_eq!(other.post(path, "ty-1", json!({"worker": "W1"})).await.no(), (403, "forbidden"));
    assert_eq!(zhang.post(path, "ty-1", json!({"worker": "W1"})).await.no(), (403, "forbidden"));
    let operator = By::new(&edge, Role::Operator, None).await;
    assert_eq!(operator.post(path, "ty-1", json!({"worker": "W1"})).await.no().1, "invalid_input");
    let paper = |worker: &str| json!({"worker": worker, "on": "2024-04-02", "paper": DIGEST});
    assert_eq!(operator.post(path, "ty-1", paper("W9")).await.no().1, "unknown_worker");
    assert_eq!(operator.post(path, "ty-1", paper("W4")).await.no().1, "not_eligible");
    taken(&one.post(path, "ty-1", json!({"worker": "W1"})).await);
    assert_eq!(operator.post(path, "ty-2", paper("W1")).await.no(), (409, "already_decided"));
    taken(&one.post("/v1/selections/PX1/withdraw", "tc-1", json!({"worker": "W1"})).await);
    assert_eq!(zhang.post("/v1/selections/PX1/seal", "PX-seal", json!({})).await.no().1, "not_eligible");
    assert_eq!(one.get("/v1/selections/PX1/candidates?worker=W1").await.no().0, 404);
}

#[tokio::test]
async fn a_formula_names_activities_that_there_are_and_stands_as_announced() {
    let edge = district().await;
    let zhang = By::new(&edge, Role::Approver, None).await;
    let mut wrong = formula();
    wrong["indicators"][0]["activities"] = json!(["NICHTS"]);
    assert_eq!(zhang.post("/v1/selections", "PX-0", wrong).await.no().1, "unknown_activity");
    taken(&zhang.post("/v1/selections", "PX-1", formula()).await);
    let mut other = formula();
    other["places"] = json!(3);
    assert_eq!(zhang.post("/v1/selections", "PX-2", other).await.no(), (409, "duplicate_conflict"));
    // Of a site nobody announces what is the district's, nor does an administrator.
    let of_site = By::new(&edge, Role::Approver, Some("Z")).await;
    let mut second = formula();
    second["id"] = json!("PX2");
    assert_eq!(of_site.post("/v1/selections", "PX-3", second.clone()).await.no(), (403, "forbidden"));
    assert_eq!(edge.post_by(&edge.token, "/v1/selections", "PX-3", second).await.no(), (403, "forbidden"));
}

#[tokio::test]
async fn a_batch_announces_and_gathers_candidates() {
    let edge = district().await;
    let mut announce = formula();
    announce["key"] = json!("PX-announce");
    announce["command"] = json!("announce_selection");
    let consent = json!({"key": "ty-1", "command": "consent_to_selection", "selection": "PX1", "worker": "W1",
        "on": "2024-04-02", "paper": DIGEST});
    let told = edge
        .post(
            "/v1/batch",
            "batch",
            json!([announce, consent,
        {"key": "fc-1", "command": "seal_selection", "selection": "PX1"},
        {"key": "cq-1", "command": "draw_selection", "selection": "PX1"}]),
        )
        .await;
    let statuses: Vec<u64> = told.body["results"]
        .as_array()
        .unwrap_or_else(|| panic!("{told:?}"))
        .iter()
        .map(|one| one["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 201, 200, 200], "{told:?}");
}
