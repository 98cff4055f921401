//! The documents' programmes over HTTP: requests and the work on them, pairs and visits, benefits, passes. Who may do what of
//! it, and what comes of it.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{By, Edge, Told};
use crate::access::Role;

/// W1 and WZ at Z1, which hangs under Z; WY at Y; activities that ripen by rating (WX01, up to two), by feedback (YH01),
/// and at once (LB01).
pub(super) async fn district() -> Edge {
    let edge = Edge::with_district().await;
    let line = |code: &str, more: Value| {
        let mut line = json!({"code": code, "name": code, "category": "志愿服务", "unit": "次", "points_per_unit": 10,
            "counts_for_card": true});
        let fields = line.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        line
    };
    let activities = json!([
        line("WX01", json!({"scoring": "rating", "claimers_max": 2})),
        line("YH01", json!({"scoring": "feedback"})),
        line("LB01", json!({})),
        line("ZY01", json!({})),
    ]);
    let schedule = json!({"effective_from": "2023-06-01", "activities": activities});
    let told = edge.put("/v1/schedule", "schedule-2", schedule).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    for (path, body) in [
        ("/v1/sites", json!({"id": "Z", "name": "鼓楼街道", "kind": "street"})),
        ("/v1/sites", json!({"id": "Z1", "name": "和平社区", "kind": "community", "parent": "Z"})),
        ("/v1/sites", json!({"id": "Y", "name": "龙桥街道", "kind": "street"})),
        ("/v1/workers", json!({"id": "WZ", "occupation": "骑手", "site": "Z1"})),
        ("/v1/workers", json!({"id": "WX", "occupation": "骑手", "site": "Z1"})),
        ("/v1/workers", json!({"id": "WY", "occupation": "骑手", "site": "Y"})),
        ("/v1/merchants", json!({"id": "M2", "name": "便民超市", "uscc": "91350100M000100Y43"})),
    ] {
        let key = format!("set-up-{}", body["id"].as_str().unwrap());
        taken(&edge.post(path, &key, body).await);
    }
    edge
}

#[track_caller]
pub(super) fn taken(told: &Told) -> &Value {
    assert!(told.status.is_success(), "{told:?}");
    assert!(told.body["position"].is_u64(), "{told:?}");
    &told.body
}

fn work_of(worker: &str) -> Value {
    json!({"claimer": worker, "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1})
}

pub(super) async fn points(edge: &Edge, worker: &str) -> Value {
    edge.get(&format!("/v1/workers/{worker}/balance")).await.body["available"].clone()
}

#[tokio::test]
async fn a_wish_is_posted_done_by_one_worker_and_rated_by_the_other() {
    let edge = district().await;
    let (reporter, claimer) =
        (By::new(&edge, Role::Worker, Some("WZ")).await, By::new(&edge, Role::Worker, Some("WX")).await);
    let posting = json!({"activity": "WX01", "on": "2024-03-01", "reporter": "WZ"});
    assert_eq!(taken(&reporter.post("/v1/requests", "XQ-1", posting.clone()).await)["request"], "XQ-1");
    // For another one nobody posts, and nobody claims.
    assert_eq!(claimer.post("/v1/requests", "XQ-2", posting.clone()).await.no(), (403, "forbidden"));
    assert_eq!(reporter.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WX")).await.no(), (403, "forbidden"));
    assert_eq!(reporter.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WZ")).await.no(), (403, "same_person"));
    let done = claimer.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WX")).await;
    assert_eq!((taken(&done)["handling"].as_str(), done.status.as_u16()), (Some("BL-1"), 201));
    assert_eq!(points(&edge, "WX").await, json!(0));
    let rate = "/v1/requests/XQ-1/handlings/BL-1/rate";
    let good = json!({"rating": "满意", "on": "2024-03-04"});
    // Whoever did it does not say that it was good.
    assert_eq!(claimer.post(rate, "PJ-1", good.clone()).await.no(), (403, "forbidden"));
    assert_eq!(reporter.post(rate, "PJ-1", json!({"rating": "满意", "on": "2024-03-02"})).await.no().1, "invalid_date");
    let rated = reporter.post(rate, "PJ-1", good.clone()).await;
    assert_eq!((&taken(&rated)["worker"], &rated.body["points"]), (&json!("WX"), &json!(10)));
    assert_eq!(points(&edge, "WX").await, json!(10));
    assert!(reporter.post(rate, "PJ-1", good.clone()).await.header("Idempotency-Replayed").is_some());
    assert_eq!(reporter.post(rate, "PJ-2", good.clone()).await.no(), (409, "already_decided"));
    assert_eq!(edge.post(rate, "PJ-3", good.clone()).await.no(), (409, "already_decided"));
    let nothing = edge.post("/v1/requests/XQ-1/handlings/BL-9/rate", "PJ-4", good.clone()).await;
    assert_eq!(nothing.no(), (404, "unknown_request"));
    assert_eq!(edge.post("/v1/requests/XQ-9/handlings", "BL-2", work_of("WX")).await.no(), (404, "unknown_request"));
    let read = edge.get("/v1/requests/XQ-1").await.body;
    assert_eq!((&read["status"], &read["reporter"]), (&json!("rated"), &json!("WZ")));
    assert_eq!(read["handlings"][0]["rating"], "满意");
    assert_eq!(edge.get("/v1/requests?status=rated&site=Z").await.body["requests"].as_array().unwrap().len(), 1);
    assert_eq!(edge.get("/v1/requests?site=Y").await.body["requests"], json!([]));
    assert_eq!(edge.get("/v1/requests?status=open").await.body["requests"], json!([]));
    // To another worker it is told without ids.
    let seen = claimer.get("/v1/requests/XQ-1").await.body;
    assert_eq!((&seen["reporter"], &seen["handlings"][0]["claimer"]), (&Value::Null, &json!("WX")));
    assert_eq!(
        edge.post("/v1/requests", "XQ-3", json!({"activity": "LB01", "on": "2024-03-01"})).await.no().1,
        "invalid_input"
    );
    assert_eq!(
        edge.post("/v1/requests", "XQ-1", json!({"activity": "YH01", "on": "2024-03-01"})).await.no().1,
        "duplicate_conflict"
    );
}

#[tokio::test]
async fn nobody_feeds_back_the_own_report() {
    let edge = district().await;
    let reporter = By::new(&edge, Role::Worker, Some("WZ")).await;
    let posting = json!({"activity": "YH01", "on": "2024-03-01", "reporter": "WZ"});
    taken(&reporter.post("/v1/requests", "YH-1", posting).await);
    let (work, feed_back) = (json!({"quantity": 1}), json!({"rating": "属实", "on": "2024-03-04"}));
    assert_eq!(reporter.post("/v1/requests/YH-1/handlings", "BL-1", work.clone()).await.no(), (403, "forbidden"));
    // A row that names a claimer takes the same place: no worker may take it from whoever feeds back.
    let stranger = By::new(&edge, Role::Worker, Some("WX")).await;
    for (who, id) in [(&stranger, "WX"), (&reporter, "WZ")] {
        let told = who.post("/v1/requests/YH-1/handlings", &format!("BL-{id}"), work_of(id)).await;
        assert_eq!(told.no(), (403, "same_person"), "{id}");
    }
    let checks = By::new(&edge, Role::Operator, Some("Z")).await;
    taken(&checks.post("/v1/requests/YH-1/handlings", "BL-1", work).await);
    let rate = "/v1/requests/YH-1/handlings/BL-1/rate";
    assert_eq!(reporter.post(rate, "FK-1", feed_back.clone()).await.no(), (403, "same_person"));
    assert_eq!(taken(&checks.post(rate, "FK-1", feed_back).await)["worker"], "WZ");
    assert_eq!(points(&edge, "WZ").await, json!(10));
    // What ripened by a later word is found by its name, and with it what may be done about it.
    let approver = By::new(&edge, Role::Approver, Some("Z")).await;
    let credit = approver.get("/v1/credits/BL-1").await;
    assert_eq!((&credit.body["worker"], &credit.body["points"]), (&json!("WZ"), &json!(10)), "{credit:?}");
    taken(&reporter.post("/v1/credits/BL-1/object", "YY-1", json!({"reason": "数量不对"})).await);
    let resolved = json!({"upheld": false, "reason": "核对无误"});
    taken(&approver.post("/v1/credits/BL-1/resolve", "YY-2", resolved).await);
}

#[tokio::test]
async fn an_operator_posts_and_routes_what_belongs_to_the_own_site_alone() {
    let edge = district().await;
    let (here, there) =
        (By::new(&edge, Role::Operator, Some("Z")).await, By::new(&edge, Role::Operator, Some("Y")).await);
    let of = |site: Option<&str>, reporter: Option<&str>| json!({"activity": "WX01", "on": "2024-03-01", "site": site, "reporter": reporter});
    taken(&here.post("/v1/requests", "R1", of(Some("Z1"), None)).await);
    taken(&here.post("/v1/requests", "R2", of(None, Some("WZ"))).await);
    // Without either it is of the own site.
    taken(&here.post("/v1/requests", "R3", of(None, None)).await);
    for (key, site, reporter) in [("R4", Some("Y"), None), ("R5", None, Some("WY")), ("R6", None, Some("W9"))] {
        assert_eq!(here.post("/v1/requests", key, of(site, reporter)).await.no(), (403, "forbidden"), "{key}");
    }
    for (request, key) in [("R1", "H1"), ("R2", "H2"), ("R3", "H3"), ("R9", "H9")] {
        let path = format!("/v1/requests/{request}/handlings");
        assert_eq!(there.post(&path, key, work_of("WX")).await.no(), (403, "forbidden"), "{request}");
        if request != "R9" {
            taken(&here.post(&path, key, work_of("WX")).await);
        }
    }
    assert_eq!(edge.post("/v1/requests", "R7", of(Some("X9"), None)).await.no(), (422, "unknown_site"));
    taken(&edge.post("/v1/sites/Z1/close", "closes", json!({"on": "2024-02-01"})).await);
    assert_eq!(edge.post("/v1/requests", "R8", of(Some("Z1"), None)).await.no(), (409, "site_closed"));
}

#[tokio::test]
async fn a_batch_knows_the_requests_and_applications_that_it_begins() {
    let edge = district().await;
    let here = By::new(&edge, Role::Operator, Some("Z")).await;
    let items = json!([
        {"key": "R1", "command": "post_request", "activity": "WX01", "on": "2024-03-01", "reporter": "WZ"},
        {"key": "H1", "command": "record_handling", "request": "R1", "claimer": "WX", "claimed": "2024-03-02",
            "done": "2024-03-03", "quantity": 1},
        {"key": "P1", "command": "rate_handling", "request": "R1", "handling": "H1", "rating": "基本满意", "on": "2024-03-04"},
        {"key": "R2", "command": "request", "activity": "WX01", "on": "2024-03-01", "site": "Y"},
        {"key": "H2", "command": "record_handling", "request": "R2", "claimer": "WX", "claimed": "2024-03-02",
            "done": "2024-03-03", "quantity": 1},
    ]);
    let told = edge.send(edge.request(Method::POST, "/v1/batch", &here.token), items.to_string()).await;
    let statuses: Vec<u64> =
        told.body["results"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 201, 200, 403, 403], "{told:?}");
    assert_eq!(points(&edge, "WX").await, json!(10));
}

#[tokio::test]
async fn one_of_a_pair_reports_a_visit_and_the_other_confirms_it() {
    let edge = district().await;
    let pair = json!({"id": "BD1", "helper": "WZ", "helped": "WX", "since": "2024-01-08"});
    taken(&edge.post("/v1/pairs", "BD1", pair.clone()).await);
    let (helper, helped) =
        (By::new(&edge, Role::Worker, Some("WZ")).await, By::new(&edge, Role::Worker, Some("WX")).await);
    let visit = |reporter: &str, on: &str| json!({"activity": "LB01", "on": on, "reporter": reporter});
    assert_eq!(helper.post("/v1/pairs/BD1/visits", "ZF1", visit("WX", "2024-03-04")).await.no(), (403, "forbidden"));
    assert_eq!(helper.post("/v1/pairs/BD9/visits", "ZF1", visit("WZ", "2024-03-04")).await.no(), (404, "unknown_pair"));
    taken(&helper.post("/v1/pairs/BD1/visits", "ZF1", visit("WZ", "2024-03-04")).await);
    let confirm = |by: &str| json!({"by": by, "on": "2024-03-05"});
    let path = "/v1/pairs/BD1/visits/ZF1/confirm";
    assert_eq!(helper.post(path, "QR1", confirm("WX")).await.no(), (403, "forbidden"));
    assert_eq!(helper.post(path, "QR1", confirm("WZ")).await.no(), (403, "same_person"));
    assert_eq!(edge.post(path, "QR1", confirm("WY")).await.no(), (422, "not_a_partner"));
    let confirmed = helped.post(path, "QR1", confirm("WX")).await;
    assert_eq!((&taken(&confirmed)["worker"], &confirmed.body["points"]), (&json!("WZ"), &json!(10)));
    assert_eq!(edge.post(path, "QR2", confirm("WX")).await.no(), (409, "already_decided"));
    assert_eq!(helped.get("/v1/pairs/BD1").await.body["visits"][0]["confirmed_by"], "WX");
    assert_eq!(edge.get("/v1/credits/ZF1").await.body["worker"], "WZ");
    let stranger = By::new(&edge, Role::Worker, Some("WY")).await;
    assert_eq!(stranger.get("/v1/pairs/BD1").await.no(), (403, "forbidden"));
    assert_eq!(stranger.get("/v1/pairs/BD9").await.no(), (403, "forbidden"));
    assert_eq!(edge.get("/v1/pairs/BD9").await.no(), (404, "unknown_pair"));
    let mut ended = pair;
    ended["ended"] = json!("2024-04-01");
    taken(&edge.post("/v1/pairs", "BD1-ends", ended).await);
    let late = helper.post("/v1/pairs/BD1/visits", "ZF2", visit("WZ", "2024-04-01")).await;
    assert_eq!(late.no().1, "pair_ended");
}

#[tokio::test]
async fn a_branch_stands_in_for_a_partner_who_left_and_only_its_own_branch_and_only_then() {
    let edge = district().await;
    let pair = json!({"id": "BD1", "helper": "WZ", "helped": "WX", "branch": "B1", "since": "2024-01-08"});
    taken(&edge.post("/v1/pairs", "BD1", pair).await);
    let visit = json!({"activity": "LB01", "on": "2024-03-04", "reporter": "WZ"});
    taken(&edge.post("/v1/pairs/BD1/visits", "ZF1", visit).await);
    let (own, other) = (By::new(&edge, Role::Branch, Some("B1")).await, By::new(&edge, Role::Branch, Some("B2")).await);
    let operator = By::new(&edge, Role::Operator, None).await;
    let path = "/v1/pairs/BD1/visits/ZF1/stand-in";
    let today = edge.app.ledger.now().date();
    let word = |branch: &str| json!({"branch": branch, "on": today.to_string()});
    assert_eq!(own.post(path, "DQ1", word("B1")).await.no(), (422, "not_a_partner"), "WX is there");
    taken(&edge.post("/v1/workers/WX/depart", "WX-leaves", json!({"reason": "离开本区"})).await);
    // Nobody names another's branch, and another's own does not make it theirs.
    assert_eq!(other.post(path, "DQ2", word("B1")).await.no(), (403, "forbidden"));
    assert_eq!(other.post(path, "DQ2", word("B2")).await.no(), (422, "not_a_partner"));
    assert_eq!(operator.post(path, "DQ3", word("B1")).await.no(), (403, "forbidden"));
    // A branch is no partner: what the partners themselves say it does not say.
    let confirm = json!({"by": "WX", "on": today.to_string()});
    assert_eq!(own.post("/v1/pairs/BD1/visits/ZF1/confirm", "DQ4", confirm).await.no(), (403, "forbidden"));
    assert_eq!(own.get("/v1/pairs/BD1").await.no(), (403, "forbidden"));
    let early = json!({"branch": "B1", "on": "2024-03-05"});
    assert_eq!(own.post(path, "DQ5", early).await.no(), (422, "not_a_partner"), "on that day WX was there");

    let told = own.post(path, "DQ6", word("B1")).await;
    assert_eq!((&taken(&told)["worker"], &told.body["points"]), (&json!("WZ"), &json!(10)));
    assert_eq!(own.post(path, "DQ7", word("B1")).await.no(), (409, "already_decided"));
    let read = edge.get("/v1/pairs/BD1").await.body;
    let (by, branch) = (&read["visits"][0]["confirmed_by"], &read["visits"][0]["branch"]);
    assert_eq!((by, branch), (&json!("WX"), &json!("B1")));
    assert_eq!(edge.get("/v1/credits/ZF1").await.body["worker"], "WZ");
    assert_eq!(own.post("/v1/pairs/BD9/visits/ZF1/stand-in", "DQ8", word("B1")).await.no(), (404, "unknown_pair"));
    let items = json!([{"key": "DQ9", "command": "stand_in_for_visit", "pair": "BD1", "visit": "ZF1", "branch": "B1",
        "on": today.to_string()}]);
    let told = edge.send(edge.request(Method::POST, "/v1/batch", &own.token), items.to_string()).await;
    assert_eq!(told.body["results"][0]["status"], 409, "{told:?}");
}

#[tokio::test]
async fn pairs_who_help_each_other_are_flagged_and_refused_nothing() {
    let edge = district().await;
    let pair = |id: &str, helper: &str, helped: &str, since: &str| json!({"id": id, "helper": helper, "helped": helped, "since": since});
    taken(&edge.post("/v1/pairs", "BD1", pair("BD1", "WZ", "WX", "2024-01-08")).await);
    assert_eq!(edge.get("/v1/pairs/BD1").await.body["reciprocal"], json!([]));
    taken(&edge.post("/v1/pairs", "BD2", pair("BD2", "WX", "WZ", "2024-02-01")).await);
    taken(&edge.post("/v1/pairs", "BD3", pair("BD3", "WX", "WY", "2024-02-01")).await);
    assert_eq!(edge.get("/v1/pairs/BD1").await.body["reciprocal"], json!(["BD2"]));
    assert_eq!(edge.get("/v1/pairs/BD2").await.body["reciprocal"], json!(["BD1"]));
    assert_eq!(edge.get("/v1/pairs/BD3").await.body["reciprocal"], json!([]));
    // Once one of them is over before the other begins, they are not.
    let mut ended = pair("BD1", "WZ", "WX", "2024-01-08");
    ended["ended"] = json!("2024-02-01");
    taken(&edge.post("/v1/pairs", "BD1-ends", ended).await);
    assert_eq!(edge.get("/v1/pairs/BD2").await.body["reciprocal"], json!([]));
}

#[tokio::test]
async fn an_appointment_makes_eligible_and_nobody_appoints_oneself() {
    let edge = district().await;
    let (here, there) =
        (By::new(&edge, Role::Approver, Some("Z")).await, By::new(&edge, Role::Approver, Some("Y")).await);
    let appointment = json!({"id": "PS1", "worker": "WZ", "role": "特聘网格员", "site": "Z1", "from": "2024-01-01"});
    assert_eq!(there.post("/v1/appointments", "PS1", appointment.clone()).await.no(), (403, "forbidden"));
    taken(&here.post("/v1/appointments", "PS1", appointment.clone()).await);
    let read = edge.get("/v1/workers/WZ/appointments").await.body;
    assert_eq!(
        (&read["appointments"][0]["role"], &read["appointments"][0]["holds"]),
        (&json!("特聘网格员"), &json!(true))
    );
    let mut back = appointment;
    back["until"] = json!("2023-01-01");
    assert_eq!(here.post("/v1/appointments", "PS1-b", back).await.no().1, "invalid_date");
}

/// A day that is not over.
const OPEN: &str = "9998-12-31";

/// A benefit of one place that costs 5 points and 60.5 yuan, paid by a fund of 100 yuan, with its last day.
async fn with_benefit(edge: &Edge, until: &str) {
    taken(&edge.post("/v1/funds", "ZJ1", json!({"id": "ZJ1", "body": "区总工会", "year": 2024, "amount": 100})).await);
    let benefit = json!({"id": "QY1", "name": "体检", "kind": "voucher", "fund": "ZJ1", "places": 1, "limit_per_worker": 1,
        "from": "2024-01-01", "until": until, "price": 5, "value": "60.50"});
    taken(&edge.post("/v1/benefits", "QY1", benefit).await);
    for worker in ["WZ", "WX"] {
        let credit =
            json!({"worker": worker, "activity": "ZY01", "on": "2024-03-01", "quantity": 1, "witness": "李四"});
        taken(&edge.post("/v1/credits", &format!("C-{worker}"), credit).await);
    }
}

#[tokio::test]
async fn a_benefit_is_granted_while_there_are_places_and_honoured_by_the_merchant_who_is_owed_for_it() {
    let edge = district().await;
    with_benefit(&edge, OPEN).await;
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let ask = |worker: &str| json!({"worker": worker, "at": "2024-03-05T08:30:00+08:00"});
    let claims = "/v1/benefits/QY1/claims";
    assert_eq!(worker.post(claims, "QD1", ask("WX")).await.no(), (403, "forbidden"));
    assert_eq!(taken(&worker.post(claims, "QD1", ask("WZ")).await)["status"], "granted");
    assert_eq!(points(&edge, "WZ").await, json!(5));
    assert_eq!(worker.post(claims, "QD2", ask("WZ")).await.no().1, "limit_per_worker");
    assert_eq!(taken(&edge.post(claims, "QD3", ask("WX")).await)["status"], "waiting");
    assert_eq!(points(&edge, "WX").await, json!(10));
    assert_eq!(edge.post("/v1/benefits/QY9/claims", "QD4", ask("WX")).await.no(), (404, "unknown_benefit"));
    let (own, other) =
        (By::new(&edge, Role::Merchant, Some("M1")).await, By::new(&edge, Role::Merchant, Some("M2")).await);
    let using = json!({"at": "2024-03-06T08:30:00+08:00", "merchant": "M1"});
    assert_eq!(other.post(&format!("{claims}/QD1/use"), "SY1", using.clone()).await.no(), (403, "forbidden"));
    assert_eq!(own.post(&format!("{claims}/QD9/use"), "SY1", using.clone()).await.no(), (404, "unknown_benefit"));
    assert_eq!(own.post(&format!("{claims}/QD3/use"), "SY1", using.clone()).await.no().1, "quota_full");
    let early = json!({"at": "2024-03-04T08:30:00+08:00", "merchant": "M1"});
    assert_eq!(own.post(&format!("{claims}/QD1/use"), "SY1", early).await.no().1, "invalid_date");
    taken(&own.post(&format!("{claims}/QD1/use"), "SY1", using.clone()).await);
    assert_eq!(own.post(&format!("{claims}/QD1/use"), "SY2", using).await.no(), (409, "already_decided"));
    let read = worker.get("/v1/benefits/QY1").await.body;
    assert_eq!([&read["granted"], &read["waiting"], &read["used"]], [&json!(1), &json!(1), &json!(1)]);
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert_eq!([&fund["appropriated"], &fund["committed"], &fund["free"]], [&json!(100), &json!(60.5), &json!(39.5)]);
    assert_eq!(own.get("/v1/merchants/M1/settlement?month=2024-03").await.body["yuan"], json!(60.5));
    assert!(own.get("/v1/merchants/M1/settlement?month=2024-02").await.body.get("yuan").is_none());
    assert_eq!(edge.get("/v1/funds/ZJ9").await.no(), (404, "not_found"));
}

#[tokio::test]
async fn what_is_given_back_goes_to_the_next_in_the_queue_and_counts_no_more() {
    let edge = district().await;
    with_benefit(&edge, OPEN).await;
    let claims = "/v1/benefits/QY1/claims";
    let ask = |worker: &str| json!({"worker": worker, "at": "2024-03-05T08:30:00+08:00", "certificate": format!("ZS-{worker}")});
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let other = By::new(&edge, Role::Worker, Some("WX")).await;
    assert_eq!(taken(&worker.post(claims, "QD1", ask("WZ")).await)["status"], "granted");
    assert_eq!(taken(&other.post(claims, "QD2", ask("WX")).await)["status"], "waiting");
    let back = |claim: &str| format!("{claims}/{claim}/withdraw");
    // Whose it is, or at whose site; of what is not there only who may do it to all is told so.
    assert_eq!(other.post(&back("QD1"), "CH1", json!({})).await.no(), (403, "forbidden"));
    let elsewhere = By::new(&edge, Role::Operator, Some("Y")).await;
    assert_eq!(elsewhere.post(&back("QD1"), "CH1", json!({})).await.no(), (403, "forbidden"));
    assert_eq!(edge.post(&back("QD9"), "CH1", json!({})).await.no(), (404, "unknown_benefit"));
    let withdrawn = worker.post(&back("QD1"), "CH1", json!({"reason": "本人不再需要"})).await;
    assert_eq!(taken(&withdrawn)["status"], "withdrawn");
    assert_eq!(withdrawn.body["points"], json!(5));
    let again = worker.post(&back("QD1"), "CH1", json!({"reason": "本人不再需要"})).await;
    assert_eq!(again.body, withdrawn.body, "the same once more is a repeat");
    assert_eq!(worker.post(&back("QD1"), "CH2", json!({})).await.no(), (409, "already_decided"));
    assert_eq!(taken(&worker.post(claims, "QD1", ask("WZ")).await)["status"], "granted", "the row was recorded");
    assert_eq!((points(&edge, "WZ").await, points(&edge, "WX").await), (json!(10), json!(5)));
    let read = worker.get("/v1/benefits/QY1").await.body;
    let figures = ["granted", "waiting", "used", "withdrawn"].map(|of| read[of].clone());
    assert_eq!(figures, [json!(1), json!(0), json!(0), json!(1)], "{read}");
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert_eq!([&fund["committed"], &fund["free"]], [&json!(60.5), &json!(39.5)], "freed, and set aside for the next");
    let using = json!({"at": "2024-03-06T08:30:00+08:00", "merchant": "M1"});
    assert_eq!(edge.post(&format!("{claims}/QD1/use"), "SY1", using.clone()).await.no(), (409, "already_decided"));
    // Neither the limit nor the certificate is taken any more; the place is, so that it waits, and may leave the queue.
    assert_eq!(taken(&worker.post(claims, "QD3", ask("WZ")).await)["status"], "waiting");
    let here = By::new(&edge, Role::Operator, Some("Z")).await;
    assert_eq!(taken(&here.post(&back("QD3"), "CH3", json!({})).await)["points"], json!(0));
    taken(&edge.post(&format!("{claims}/QD2/use"), "SY2", using).await);
    assert_eq!(other.post(&back("QD2"), "CH4", json!({})).await.no(), (409, "already_decided"));
    let read = worker.get("/v1/benefits/QY1").await.body;
    let figures = ["granted", "waiting", "used", "withdrawn"].map(|of| read[of].clone());
    assert_eq!(figures, [json!(1), json!(0), json!(1), json!(2)], "{read}");
    // In a batch it is the same.
    let batch = json!([
        {"key": "QD4", "command": "claim", "benefit": "QY1", "worker": "WZ", "at": "2024-03-05T08:30:00+08:00"},
        {"key": "CH5", "command": "withdraw_benefit", "benefit": "QY1", "claim": "QD4"},
    ]);
    let told = here.post("/v1/batch", "batch", batch).await;
    assert_eq!(told.body["results"][1]["body"]["status"], "withdrawn", "{told:?}");
}

#[tokio::test]
async fn what_is_given_back_after_the_last_day_goes_to_nobody() {
    let edge = district().await;
    with_benefit(&edge, "2024-12-31").await;
    let claims = "/v1/benefits/QY1/claims";
    for (key, worker, status) in [("QD1", "WZ", "granted"), ("QD2", "WX", "waiting")] {
        let ask = json!({"worker": worker, "at": "2024-03-05T08:30:00+08:00"});
        assert_eq!(taken(&edge.post(claims, key, ask).await)["status"], status);
    }
    taken(&edge.post(&format!("{claims}/QD1/withdraw"), "CH1", json!({})).await);
    let read = edge.get("/v1/benefits/QY1").await.body;
    let figures = ["granted", "waiting", "withdrawn"].map(|of| read[of].clone());
    assert_eq!(figures, [json!(0), json!(1), json!(1)], "{read}");
    assert_eq!((points(&edge, "WZ").await, points(&edge, "WX").await), (json!(10), json!(10)));
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert_eq!([&fund["committed"], &fund["free"]], [&json!(0), &json!(100)]);
}

#[tokio::test]
async fn money_that_an_application_names_is_entered_by_somebody_else() {
    let edge = district().await;
    with_benefit(&edge, OPEN).await;
    let grant = json!({"id": "QY2", "kind": "grant", "fund": "ZJ1"});
    taken(&edge.post("/v1/benefits", "QY2", grant).await);
    let ask = json!({"worker": "WZ", "at": "2024-03-05T08:30:00+08:00", "amount": 80});
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    assert_eq!(worker.post("/v1/benefits/QY2/claims", "QD1", ask.clone()).await.no(), (403, "same_person"));
    taken(&edge.post("/v1/benefits/QY2/claims", "QD1", ask.clone()).await);
    assert_eq!(edge.post("/v1/benefits/QY2/claims", "QD2", ask).await.no().1, "fund_exhausted");
    let none = json!({"worker": "WZ", "at": "2024-03-05T08:30:00+08:00"});
    assert_eq!(edge.post("/v1/benefits/QY2/claims", "QD3", none).await.no().1, "invalid_amount");
}

#[tokio::test]
async fn a_pass_is_honoured_by_the_merchant_of_the_offer_until_it_is_lost() {
    let edge = district().await;
    with_benefit(&edge, OPEN).await;
    let pass = json!({"id": "NXK1", "worker": "WZ", "kind": "优享卡", "from": "2024-01-01", "until": "2024-12-31"});
    taken(&edge.post("/v1/passes", "NXK1", pass.clone()).await);
    let offer =
        json!({"id": "YH1", "merchant": "M1", "kind": "优享卡", "discount": 8.5, "subsidy": 0.5, "fund": "ZJ1"});
    taken(&edge.post("/v1/offers", "YH1", offer).await);
    let slip = |pass: &str, at: &str, paid: Value| json!({"pass": pass, "offer": "YH1", "at": at, "price": "25.04", "paid": paid});
    let at = "2024-03-05T12:00:00+08:00";
    let (own, other) =
        (By::new(&edge, Role::Merchant, Some("M1")).await, By::new(&edge, Role::Merchant, Some("M2")).await);
    assert_eq!(other.post("/v1/honours", "XP1", slip("NXK1", at, json!(21.28))).await.no(), (403, "forbidden"));
    assert_eq!(own.post("/v1/honours", "XP1", slip("NXK1", at, json!(21.29))).await.no().1, "invalid_amount");
    assert_eq!(own.post("/v1/honours", "XP1", slip("NXK1", at, json!("much"))).await.no().1, "invalid_amount");
    let honoured = own.post("/v1/honours", "XP1", slip("NXK1", at, json!(21.28))).await;
    assert_eq!(taken(&honoured)["yuan"], json!(1.88));
    let mut lost = pass;
    lost["lost"] = json!("2024-03-06T00:00:00+08:00");
    lost["replacement"] = json!("NXK2");
    taken(&edge.post("/v1/passes", "NXK1-lost", lost).await);
    let after = "2024-03-06T12:00:00+08:00";
    assert_eq!(own.post("/v1/honours", "XP2", slip("NXK1", after, json!(21.28))).await.no().1, "pass_lost");
    taken(&own.post("/v1/honours", "XP2", slip("NXK2", after, json!(21.28))).await);
    assert_eq!(edge.get("/v1/passes/NXK2").await.body["worker"], "WZ");
    let (holder, stranger) =
        (By::new(&edge, Role::Worker, Some("WZ")).await, By::new(&edge, Role::Worker, Some("WX")).await);
    // A row that says nothing of the loss brings it back neither as it was nor with other days.
    let known = json!({"id": "NXK1", "worker": "WZ", "kind": "优享卡", "from": "2024-01-01", "until": "2024-12-31"});
    let before = edge.app.ledger.journal().head().await.unwrap().position;
    taken(&edge.post("/v1/passes", "NXK1-as-it-was", known.clone()).await);
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, before, "it says nothing new");
    let mut longer = known;
    longer["until"] = json!("2025-12-31");
    taken(&edge.post("/v1/passes", "NXK1-longer", longer).await);
    assert_eq!(own.post("/v1/honours", "XP3", slip("NXK1", after, json!(21.28))).await.no().1, "pass_lost");
    assert_eq!(holder.get("/v1/passes/NXK1").await.body["lost"], "2024-03-06T00:00:00+08:00");
    assert_eq!(stranger.get("/v1/passes/NXK1").await.no(), (403, "forbidden"));
}

#[tokio::test]
async fn what_the_programmes_hold_of_a_person_is_the_persons_to_take() {
    let edge = district().await;
    with_benefit(&edge, OPEN).await;
    let posting = json!({"activity": "WX01", "on": "2024-03-01", "reporter": "WX"});
    taken(&edge.post("/v1/requests", "XQ-1", posting).await);
    taken(&edge.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WZ")).await);
    let rated = json!({"rating": "基本满意", "on": "2024-03-04"});
    taken(&edge.post("/v1/requests/XQ-1/handlings/BL-1/rate", "PJ-1", rated).await);
    let pair = json!({"id": "BD1", "helper": "WZ", "helped": "WX", "since": "2024-01-08"});
    taken(&edge.post("/v1/pairs", "BD1", pair).await);
    let visit = json!({"activity": "LB01", "on": "2024-03-04", "reporter": "WX"});
    taken(&edge.post("/v1/pairs/BD1/visits", "ZF1", visit).await);
    let appointment = json!({"id": "PS1", "worker": "WZ", "role": "特聘网格员", "from": "2024-01-01"});
    let approver = By::new(&edge, Role::Approver, None).await;
    taken(&approver.post("/v1/appointments", "PS1", appointment).await);
    let applied = json!({"worker": "WZ", "at": "2024-03-05T08:30:00+08:00"});
    taken(&edge.post("/v1/benefits/QY1/claims", "QD1", applied).await);
    let pass = json!({"id": "NXK1", "worker": "WZ", "kind": "优享卡", "from": "2024-01-01", "until": "2024-12-31"});
    taken(&edge.post("/v1/passes", "NXK1", pass).await);
    let offer = json!({"id": "YH1", "merchant": "M1", "kind": "优享卡", "discount": 8.5});
    taken(&edge.post("/v1/offers", "YH1", offer).await);
    let slip = json!({"pass": "NXK1", "offer": "YH1", "at": "2024-03-05T12:00:00+08:00", "price": 20, "paid": 17});
    taken(&edge.post("/v1/honours", "XP1", slip).await);
    let formula = json!({"id": "PX1", "name": "最美骑手", "from": "2024-03-01", "cut_off": "2024-03-31", "places": 1,
        "publicity_days": 0, "indicators": [{"code": "时长", "measure": "services", "weight": 10}]});
    taken(&approver.post("/v1/selections", "PX1", formula).await);
    let own = By::new(&edge, Role::Worker, Some("WZ")).await;
    taken(&own.post("/v1/selections/PX1/consents", "TY1", json!({"worker": "WZ"})).await);

    let told = own.get("/v1/workers/WZ/export?format=json").await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let rows = |table: &str| told.body[table].as_array().unwrap_or_else(|| panic!("{table}: {}", told.body)).len();
    for table in ["requests", "pairs", "appointments", "applications", "passes", "selections"] {
        assert_eq!(rows(table), 1, "{table}: {}", told.body);
    }
    for held in ["XQ-1", "BL-1", "基本满意", "BD1", "ZF1", "PS1", "特聘网格员", "QD1", "NXK1", "XP1", "PX1", "最美骑手"]
    {
        assert!(told.body.to_string().contains(held), "{held}: {}", told.body);
    }
    let other = By::new(&edge, Role::Worker, Some("WY")).await;
    let told = other.get("/v1/workers/WY/export?format=json").await;
    for held in ["XQ-1", "BD1", "PS1", "QD1", "NXK1", "PX1"] {
        assert!(!told.body.to_string().contains(held), "{held}: {}", told.body);
    }
}

#[tokio::test]
async fn whoever_reported_a_request_under_another_id_does_not_claim_it() {
    let edge = district().await;
    let posting = json!({"activity": "WX01", "on": "2024-03-01", "reporter": "WZ"});
    taken(&edge.post("/v1/requests", "XQ-1", posting).await);
    let approver = By::new(&edge, Role::Approver, None).await;
    let merged = json!({"into": "WX", "reason": "同一人在两个平台登记"});
    taken(&approver.post("/v1/workers/WZ/merge", "one", merged).await);
    let claim = json!({"claimer": "WX", "on": "2024-03-02"});
    assert_eq!(edge.post("/v1/requests/XQ-1/claims", "RL-1", claim).await.no(), (403, "same_person"));
    assert_eq!(edge.post("/v1/requests/XQ-1/handlings", "BL-1", work_of("WX")).await.no(), (403, "same_person"));
}
