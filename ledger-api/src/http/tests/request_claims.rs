//! Claims of requests apart from the work, and where requests go before anybody works on them, over HTTP.

use axum::http::Method;
use serde_json::{Value, json};

use super::programmes::{district, points, taken};
use super::support::{By, Edge};
use crate::access::Role;

fn on(day: &str) -> Value {
    json!({"on": format!("2024-03-{day}")})
}

fn claim_of(worker: &str) -> Value {
    json!({"claimer": worker, "on": "2024-03-02"})
}

async fn post(edge: &Edge, request: &str, more: Value) {
    let mut body = json!({"activity": "WX01", "on": "2024-03-01"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    taken(&edge.post("/v1/requests", request, body).await);
}

#[tokio::test]
async fn a_worker_claims_a_request_and_reports_it_and_earns_by_the_word() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"reporter": "WZ"})).await;
    let (claimer, reporter) =
        (By::new(&edge, Role::Worker, Some("WX")).await, By::new(&edge, Role::Worker, Some("WZ")).await);
    let claims = "/v1/requests/XQ-1/claims";
    // Nobody claims for another one, nor what one reported.
    assert_eq!(claimer.post(claims, "RL-1", claim_of("WY")).await.no(), (403, "forbidden"));
    assert_eq!(reporter.post(claims, "RL-1", claim_of("WZ")).await.no(), (403, "same_person"));
    let early = json!({"claimer": "WX", "on": "2024-02-29"});
    assert_eq!(claimer.post(claims, "RL-1", early).await.no().1, "invalid_date");
    let made = claimer.post(claims, "RL-1", claim_of("WX")).await;
    assert_eq!((taken(&made)["claim"].as_str(), made.status.as_u16()), (Some("RL-1"), 201));
    assert!(claimer.post(claims, "RL-1", claim_of("WX")).await.header("Idempotency-Replayed").is_some());
    edge.app.views.fresh(None).await.unwrap();
    let read = claimer.get("/v1/requests/XQ-1").await.body;
    assert_eq!((&read["status"], &read["claims"][0]["claimer"]), (&json!("underway"), &json!("WX")), "{read}");
    assert_eq!(reporter.get("/v1/requests/XQ-1").await.body["claims"][0]["claimer"], Value::Null);
    // What is not done yet is rated by nobody.
    let good = json!({"rating": "满意", "on": "2024-03-05"});
    let rate = "/v1/requests/XQ-1/handlings/RL-1/rate";
    assert_eq!(reporter.post(rate, "PJ-1", good.clone()).await.no(), (404, "unknown_request"));

    let report = "/v1/requests/XQ-1/claims/RL-1/report";
    let done = |day: &str, quantity: Value| json!({"done": day, "quantity": quantity});
    assert_eq!(reporter.post(report, "BJ-1", done("2024-03-03", json!(1))).await.no(), (403, "forbidden"));
    assert_eq!(claimer.post(report, "BJ-1", done("2024-03-01", json!(1))).await.no().1, "invalid_date");
    assert_eq!(claimer.post(report, "BJ-1", done("2024-03-03", json!(0))).await.no().1, "invalid_quantity");
    assert_eq!(taken(&claimer.post(report, "BJ-1", done("2024-03-03", json!(1))).await)["handling"], "RL-1");
    assert_eq!(claimer.post(report, "BJ-2", done("2024-03-03", json!(1))).await.no(), (409, "already_decided"));
    let give_up = "/v1/requests/XQ-1/claims/RL-1/return";
    assert_eq!(claimer.post(give_up, "TH-1", on("04")).await.no(), (409, "already_decided"));
    assert_eq!(points(&edge, "WX").await, json!(0));
    assert_eq!(taken(&reporter.post(rate, "PJ-1", good).await)["worker"], "WX");
    assert_eq!(points(&edge, "WX").await, json!(10));
    let read = claimer.get("/v1/requests/XQ-1").await.body;
    assert_eq!(
        (&read["status"], &read["claims"], &read["handlings"][0]["claimed"]),
        (&json!("rated"), &json!([]), &json!("2024-03-02")),
        "{read}"
    );
    assert_eq!(edge.get("/v1/credits/RL-1").await.body["worker"], "WX");
    // A claim is no row of a sheet: its number is its own.
    let row = json!({"claimer": "WX", "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1});
    assert_eq!(edge.post("/v1/requests/XQ-1/handlings", "RL-1", row).await.no(), (409, "duplicate_conflict"));
}

#[tokio::test]
async fn a_claim_that_is_given_up_leaves_its_place_to_others() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"site": "Z1"})).await;
    let claims = "/v1/requests/XQ-1/claims";
    let operator = By::new(&edge, Role::Operator, Some("Z")).await;
    let stranger = By::new(&edge, Role::Operator, Some("Y")).await;
    assert_eq!(stranger.post(claims, "RL-1", claim_of("WX")).await.no(), (403, "forbidden"));
    // Two may; whoever was told beforehand that it is done counts as one.
    taken(&operator.post(claims, "RL-1", claim_of("WX")).await);
    let row = json!({"claimer": "WZ", "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1});
    taken(&operator.post("/v1/requests/XQ-1/handlings", "BL-1", row.clone()).await);
    assert_eq!(operator.post(claims, "RL-2", claim_of("WY")).await.no(), (409, "request_taken"));
    assert_eq!(operator.post("/v1/requests/XQ-1/handlings", "BL-2", row).await.no(), (409, "request_taken"));
    let give_up = "/v1/requests/XQ-1/claims/RL-1/return";
    assert_eq!(stranger.post(give_up, "TH-1", on("03")).await.no(), (403, "forbidden"));
    assert_eq!(operator.post(give_up, "TH-1", on("01")).await.no().1, "invalid_date");
    taken(&operator.post(give_up, "TH-1", on("03")).await);
    let unknown = "/v1/requests/XQ-1/claims/RL-9/return";
    assert_eq!(operator.post(unknown, "TH-2", on("03")).await.no(), (404, "unknown_request"));
    taken(&operator.post(claims, "RL-2", claim_of("WY")).await);
    edge.app.views.fresh(None).await.unwrap();
    let claims = edge.get("/v1/requests/XQ-1").await.body["claims"].clone();
    let told = |at: usize| (claims[at]["claimer"].clone(), claims[at]["returned"].clone());
    assert_eq!((told(0), told(1)), ((json!("WX"), json!("2024-03-03")), (json!("WY"), Value::Null)), "{claims}");
}

#[tokio::test]
async fn what_is_fed_back_is_claimed_by_nobody() {
    let edge = district().await;
    post(&edge, "YH-1", json!({"activity": "YH01", "reporter": "WZ"})).await;
    assert_eq!(edge.post("/v1/requests/YH-1/claims", "RL-1", claim_of("WX")).await.no(), (422, "invalid_input"));
    post(&edge, "XQ-1", json!({"merged_into": "YH-1"})).await;
    assert_eq!(edge.post("/v1/requests/XQ-1/claims", "RL-1", claim_of("WX")).await.no(), (409, "merged_request"));
}

#[tokio::test]
async fn a_request_is_passed_on_and_whoever_gets_it_acts_on_it() {
    let edge = district().await;
    post(&edge, "XQ-1", json!({"site": "Z1"})).await;
    let (here, there) =
        (By::new(&edge, Role::Operator, Some("Z")).await, By::new(&edge, Role::Operator, Some("Y")).await);
    let to = |more: Value| {
        let mut body = on("02");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let route = "/v1/requests/XQ-1/route";
    assert_eq!(there.post(route, "ZB-1", to(json!({"site": "Y"}))).await.no(), (403, "forbidden"));
    assert_eq!(there.get("/v1/requests/XQ-1").await.no(), (403, "forbidden"));
    assert_eq!(here.post(route, "ZB-1", on("02")).await.no(), (422, "invalid_input"));
    assert_eq!(here.post(route, "ZB-1", to(json!({"site": "X9"}))).await.no(), (422, "unknown_site"));
    taken(&here.post(route, "ZB-1", to(json!({"site": "Y", "body": "区住建局"}))).await);
    edge.app.views.fresh(None).await.unwrap();
    let routed = there.get("/v1/requests?site=Y").await.body["requests"][0]["routed"].clone();
    assert_eq!(routed, json!({"body": "区住建局", "site": "Y", "on": "2024-03-02"}));
    taken(&there.post("/v1/requests/XQ-1/claims", "RL-1", claim_of("WY")).await);
    // Who took it in keeps it in sight.
    assert_eq!(here.get("/v1/requests/XQ-1").await.body["status"], "underway");
}

#[tokio::test]
async fn a_request_is_withdrawn_while_nobody_works_on_it() {
    let edge = district().await;
    let operator = By::new(&edge, Role::Operator, Some("Z")).await;
    let reporter = By::new(&edge, Role::Worker, Some("WZ")).await;
    let stranger = By::new(&edge, Role::Worker, Some("WX")).await;
    post(&edge, "XQ-1", json!({"reporter": "WZ"})).await;
    let withdraw = "/v1/requests/XQ-1/withdraw";
    taken(&operator.post("/v1/requests/XQ-1/claims", "RL-1", claim_of("WX")).await);
    assert_eq!(operator.post(withdraw, "CH-1", on("04")).await.no(), (409, "request_taken"));
    taken(&stranger.post("/v1/requests/XQ-1/claims/RL-1/return", "TH-1", on("03")).await);
    assert_eq!(stranger.post(withdraw, "CH-1", on("04")).await.no(), (403, "forbidden"));
    assert_eq!(operator.post(withdraw, "CH-1", on("02")).await.no().1, "invalid_date");
    taken(&reporter.post(withdraw, "CH-1", on("04")).await);
    assert_eq!(operator.post(withdraw, "CH-2", on("04")).await.no(), (409, "already_decided"));
    let row = json!({"claimer": "WX", "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1});
    for (path, body) in
        [("claims", claim_of("WX")), ("handlings", row), ("route", json!({"on": "2024-03-05", "body": "街道"}))]
    {
        let told = operator.post(&format!("/v1/requests/XQ-1/{path}"), path, body).await;
        assert_eq!(told.no(), (409, "already_decided"), "{path}");
    }
    edge.app.views.fresh(None).await.unwrap();
    let read = edge.get("/v1/requests?status=withdrawn").await.body["requests"][0].clone();
    assert_eq!((&read["request"], &read["withdrawn"]), (&json!("XQ-1"), &json!("2024-03-04")));
}

#[tokio::test]
async fn a_batch_knows_the_claims_that_it_begins() {
    let edge = district().await;
    post(&edge, "R1", json!({})).await;
    let claimer = By::new(&edge, Role::Worker, Some("WX")).await;
    let items = json!([
        {"key": "L1", "command": "claim_request", "request": "R1", "claimer": "WX", "on": "2024-03-02"},
        {"key": "B1", "command": "report_handling", "request": "R1", "claim": "L1", "done": "2024-03-03", "quantity": 1},
        {"key": "L2", "command": "claim_request", "request": "R1", "claimer": "WX", "on": "2024-03-02"},
        {"key": "T2", "command": "return_claim", "request": "R1", "claim": "L2", "on": "2024-03-03"},
        {"key": "Z1", "command": "route_request", "request": "R1", "body": "街道", "on": "2024-03-03"},
        {"key": "C1", "command": "withdraw_request", "request": "R1", "on": "2024-03-03"},
        {"key": "L3", "command": "claim_request", "request": "R1", "claimer": "WZ", "on": "2024-03-02"},
        {"key": "T3", "command": "return_claim", "request": "R1", "claim": "L3", "on": "2024-03-03"},
    ]);
    let told = edge.send(edge.request(Method::POST, "/v1/batch", &claimer.token), items.to_string()).await;
    let statuses: Vec<u64> =
        told.body["results"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 200, 201, 200, 403, 403, 403, 403], "{told:?}");
}

#[tokio::test]
async fn pages_of_a_site_s_requests_are_full() {
    let edge = district().await;
    // Of ten, every third is of the site that is asked for, which no row tells by itself.
    for number in 0..10 {
        let site = if number % 3 == 0 { "Y" } else { "Z1" };
        post(&edge, &format!("XQ-{number}"), json!({"site": site})).await;
    }
    edge.app.views.fresh(None).await.unwrap();
    let (mut after, mut pages) = (String::new(), Vec::new());
    loop {
        let page = edge.get(&format!("/v1/requests?site=Y&limit=2&after={after}")).await.body;
        let names: Vec<String> = page["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["request"].as_str().unwrap().to_owned())
            .collect();
        pages.push(names);
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(pages, [vec!["XQ-0", "XQ-3"], vec!["XQ-6", "XQ-9"]]);
}
