//! Two ids of one person over HTTP: who may say so, what is told of either afterwards, and what the card and the checks make
//! of it.

use ledger_core::evidence::verifier::{Verdict, verify};
use serde_json::{Value, json};

use super::support::{By, Edge};
use crate::access::Role;

/// W1 holds a card and 20 points; W2, the other id of the same person, has 40 points of this year less 5 spent, and 20 of an
/// earlier year.
async fn one_person_twice() -> Edge {
    let edge = Edge::with_district().await;
    let today = edge.app.ledger.now().date();
    let earlier = format!("{}-12-31", chrono::Datelike::year(&today) - 1);
    let today = today.to_string();
    let twin = json!({"id": "W2", "occupation": "网约配送员", "platform": "平台乙"});
    for (path, key, body) in [
        ("/v1/workers", "w2", twin),
        ("/v1/workers/W1/card", "k", json!({"card_no": "K-1", "branch": "甲"})),
        ("/v1/credits", "a1", of("W1", &today, 2)),
        ("/v1/credits", "b1", of("W2", &today, 4)),
        ("/v1/credits", "b0", of("W2", &earlier, 2)),
        ("/v1/redemptions", "r1", json!({"worker": "W2", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]})),
    ] {
        let told = edge.post(path, key, body).await;
        assert_eq!(told.status.as_u16(), 201, "{path}: {told:?}");
    }
    edge
}

fn of(worker: &str, on: &str, quantity: u32) -> Value {
    json!({"worker": worker, "activity": "ZY01", "on": on, "quantity": quantity, "witness": "李四"})
}

fn into_w1() -> Value {
    json!({"into": "W1", "reason": "同一人在两个平台登记"})
}

const MERGE: &str = "/v1/workers/W2/merge";

async fn available(edge: &Edge, worker: &str) -> Value {
    edge.get(&format!("/v1/workers/{worker}/balance")).await.body["available"].clone()
}

#[tokio::test]
async fn an_approver_of_the_district_says_that_two_ids_are_one_person() {
    let edge = one_person_twice().await;
    let total = edge.get("/v1/trial-balance").await.body;
    for (role, scope) in [
        (Role::Admin, None),
        (Role::Operator, None),
        (Role::Approver, Some("X1")),
        (Role::Clerk, Some("S1")),
        (Role::Auditor, None),
        (Role::Worker, Some("W2")),
        (Role::Branch, Some("甲")),
    ] {
        let told = By::new(&edge, role, scope).await.post(MERGE, "merge", into_w1()).await;
        assert_eq!(told.no(), (403, "forbidden"), "{role:?}");
    }
    let approver = By::new(&edge, Role::Approver, None).await;
    let told = approver.post(MERGE, "merge", into_w1()).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    assert_eq!((&told.body["worker"], &told.body["into"]), (&json!("W2"), &json!("W1")));
    assert_eq!((&told.body["points"], &told.body["debt"]), (&json!(55), &json!(0)));
    let again = approver.post(MERGE, "merge", into_w1()).await;
    assert_eq!((again.header("Idempotency-Replayed"), &again.body), (Some("true"), &told.body));
    assert_eq!(approver.post(MERGE, "m2", into_w1()).await.no(), (409, "already_decided"));
    let circle = approver.post("/v1/workers/W1/merge", "m3", json!({"into": "W2", "reason": "x"})).await;
    assert_eq!(circle.no(), (409, "already_decided"));
    let nobody = approver.post("/v1/workers/W9/merge", "m4", into_w1()).await;
    assert_eq!(nobody.no(), (404, "unknown_worker"));

    edge.app.views.fresh(None).await.expect("views");
    assert_eq!((available(&edge, "W1").await, available(&edge, "W2").await), (json!(75), json!(0)));
    let gone = edge.get("/v1/workers/W2").await.body;
    assert_eq!(gone["merged_into"], "W1", "{gone}");
    assert_eq!(edge.get("/v1/workers/W1").await.body.get("merged_into"), None);
    let last = |lines: &Value| {
        let line = lines["entries"].as_array().and_then(|lines| lines.last()).cloned().expect("a line");
        (line["event"].clone(), line["subject"].clone(), line["points"].clone())
    };
    let of_gone = edge.get("/v1/workers/W2/statement").await.body;
    assert_eq!(last(&of_gone), (json!("WorkerMerged"), json!("W1"), json!(-55)));
    let of_kept = edge.get("/v1/workers/W1/statement").await.body;
    assert_eq!(last(&of_kept), (json!("WorkerAbsorbed"), json!("W2"), json!(55)));
    let sums = |body: &Value| (body["accounts"].clone(), body["sum"].clone());
    assert_eq!(sums(&edge.get("/v1/trial-balance").await.body), sums(&total), "no account of the district moved");

    let refused = edge.post("/v1/credits", "late", of("W2", "2025-03-06", 1)).await;
    assert_eq!(refused.no(), (409, "worker_departed"));
    assert!(refused.body["detail"].as_str().is_some_and(|told| told.contains("W1")), "{refused:?}");
    // What both ids were credited that day counts for the cap of 40.
    let today = edge.app.ledger.now().date().to_string();
    assert_eq!(edge.post("/v1/credits", "cap", of("W1", &today, 1)).await.no(), (409, "daily_cap_reached"));
    // A correction of what was before is still made, and comes to the id that is kept.
    let back = edge.other_post("/v1/redemptions/r1/reverse", "back", json!({"reason": "货品损坏"})).await;
    assert_eq!(back.status.as_u16(), 200, "{back:?}");
    edge.app.views.fresh(None).await.expect("views");
    assert_eq!((available(&edge, "W1").await, available(&edge, "W2").await), (json!(80), json!(0)));
    let verdict = verify(edge.app.ledger.journal(), &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

#[tokio::test]
async fn the_card_counts_the_other_id_from_the_year_of_the_merge_on() {
    let edge = one_person_twice().await;
    let year = chrono::Datelike::year(&edge.app.ledger.now().date());
    let card = async |year: i32| edge.get(&format!("/v1/appraisals/{year}?branch=%E7%94%B2")).await.body;
    let (before, earlier) = (card(year).await, card(year - 1).await);
    assert_eq!(before["cards"][0]["total"], 20, "{before}");
    let merged = By::new(&edge, Role::Approver, None).await.post(MERGE, "merge", into_w1()).await;
    assert_eq!(merged.status.as_u16(), 200, "{merged:?}");
    edge.app.views.fresh(None).await.expect("views");
    let after = card(year).await;
    assert_eq!((&after["cards"][0]["total"], &after["cards"][0]["services"]), (&json!(60), &json!(2)), "{after}");
    let then = before["position"].as_u64().expect("a position");
    let again = edge.get(&format!("/v1/appraisals/{year}?branch=%E7%94%B2&at={then}")).await.body;
    assert_eq!(again, before, "asked again at the earlier position");
    assert_eq!(card(year - 1).await["cards"], earlier["cards"], "an earlier year was appraised without it");

    // An id with an open card is not given up.
    let other_way = edge.post("/v1/workers", "w3", json!({"id": "W3", "occupation": "快递员"})).await;
    assert_eq!(other_way.status.as_u16(), 201);
    let told = edge.post("/v1/workers/W1/merge", "x", json!({"into": "W3", "reason": "同一人"})).await;
    assert_eq!(told.no(), (409, "already_decided"), "it keeps W2 already");
    let member = edge.post("/v1/workers/W3/card", "k3", json!({"card_no": "K-3", "branch": "甲"})).await;
    assert_eq!(member.status.as_u16(), 201);
    let told = edge.post("/v1/workers/W3/merge", "y", into_w1()).await;
    assert_eq!(told.no(), (409, "card_exists"));
}
