//! A branch's year: whose it is by the day, and how it is closed.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::programmes::{district, taken};
use super::support::Edge;
use crate::access::Role;
use crate::service::accounts::token_for;

/// A member's card in branch 甲, and 40 points earned in 2024.
async fn member() -> Edge {
    let edge = Edge::with_district().await;
    let told = edge.post("/v1/workers/W1/card", "k", json!({"card_no": "K-1", "branch": "甲"})).await;
    assert_eq!(told.status.as_u16(), 201, "{told:?}");
    edge.credit("c/1", "ZY01", "2024-03-05", json!(4)).await;
    edge
}

#[tokio::test]
async fn a_sealed_year_stays_what_it_was_and_tells_what_was_corrected_later() {
    let edge = member().await;
    let told = edge.post("/v1/appraisals/2024/seal", "seal", json!({"branch": "甲"})).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let sealed = told.body["sealed"].as_u64().expect("a position");
    assert_eq!(told.body["position"], sealed + 1);

    // The sealed bytes can be had again, and their digest stands in the journal.
    let again = edge.get(&format!("/v1/appraisals/2024?branch=%E7%94%B2&at={sealed}")).await.body;
    assert_eq!(again["seal"], json!(null));
    let bytes = reading(&edge, &format!("/v1/appraisals/2024?branch=%E7%94%B2&at={sealed}")).await;
    assert_eq!(told.body["digest"], hex::encode(Sha256::digest(&bytes)));

    edge.credit("c/2", "ZY01", "2024-06-01", json!(1)).await;
    let back = edge.post("/v1/credits/c%2F1/reverse", "back", json!({"reason": "没有到场"})).await;
    assert_eq!(back.status.as_u16(), 200, "{back:?}");
    let after = edge.get("/v1/appraisals/2024?branch=%E7%94%B2").await.body;
    assert_eq!((&after["cards"][0]["total"], &after["cards"][0]["services"]), (&json!(40), &json!(1)), "{after}");
    let changes: Vec<_> = after["seal"]["addendum"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["credit"].clone(), one["change"].clone(), one["points"].clone()))
        .collect();
    assert_eq!(changes, [(json!("c/2"), json!("counted"), json!(10)), (json!("c/1"), json!("withdrawn"), json!(40)),]);

    // Once is for ever; the same request again is told the same.
    let repeated = edge.post("/v1/appraisals/2024/seal", "seal", json!({"branch": "甲"})).await;
    assert_eq!((repeated.header("Idempotency-Replayed"), &repeated.body), (Some("true"), &told.body));
    let second = edge.post("/v1/appraisals/2024/seal", "seal-2", json!({"branch": "甲"})).await;
    assert_eq!(second.no(), (409, "already_decided"));
    assert_eq!(
        edge.get("/v1/appraisals/2025?branch=%E7%94%B2").await.body["seal"],
        json!(null),
        "another year is open"
    );
}

#[tokio::test]
async fn a_year_that_has_not_begun_and_a_branch_without_a_card_are_not_sealed() {
    let edge = member().await;
    let seal = async |key: &str, year: &str, branch: &str| {
        let told = edge.post(&format!("/v1/appraisals/{year}/seal"), key, json!({"branch": branch})).await;
        let (status, code) = told.no();
        (status, code.to_owned())
    };
    assert_eq!(seal("a", "9000", "甲").await, (422, "invalid_date".to_owned()));
    assert_eq!(seal("b", "2024", "乙").await, (422, "invalid_input".to_owned()));
}

#[tokio::test]
async fn a_card_that_moved_is_told_to_both_branches_with_what_is_the_own_part_of_each() {
    let edge = member().await;
    let moved = edge.post("/v1/workers/W1/card/move", "mv", json!({"branch": "乙"})).await;
    assert_eq!(moved.status.as_u16(), 200, "{moved:?}");
    // Issued and moved on one day: it was never 甲's.
    let of = async |branch: &str| {
        edge.get(&format!("/v1/appraisals/2024?branch={}", if branch == "甲" { "%E7%94%B2" } else { "%E4%B9%99" }))
            .await
            .body["cards"]
            .clone()
    };
    assert_eq!(of("甲").await, json!([]));
    let cards = of("乙").await;
    assert_eq!((&cards[0]["total"], &cards[0]["own"]["total"]), (&json!(40), &json!(40)));
    assert_eq!(cards[0]["lines"][0]["branch"], "乙");
}

#[tokio::test]
async fn a_wish_and_a_visit_stand_on_a_card_with_number_and_verdict_and_stay_so() {
    let edge = district().await;
    for (worker, card) in [("WZ", "K-Z"), ("WX", "K-X")] {
        let path = format!("/v1/workers/{worker}/card");
        taken(&edge.post(&path, card, json!({"card_no": card, "branch": "甲"})).await);
    }
    taken(&edge.post("/v1/requests", "XQ-1", json!({"activity": "WX01", "on": "2024-03-01"})).await);
    let work =
        |claimer: &str| json!({"claimer": claimer, "claimed": "2024-03-02", "done": "2024-03-03", "quantity": 1});
    let good = json!({"rating": "基本满意", "on": "2024-03-04"});
    taken(&edge.post("/v1/requests/XQ-1/handlings", "BL-1", work("WX")).await);
    taken(&edge.post("/v1/requests/XQ-1/handlings/BL-1/rate", "PJ-1", good.clone()).await);
    let pair = json!({"id": "BD1", "helper": "WZ", "helped": "WX", "since": "2024-01-08"});
    taken(&edge.post("/v1/pairs", "BD1", pair).await);
    let visit = json!({"activity": "LB01", "on": "2024-03-04", "reporter": "WZ"});
    taken(&edge.post("/v1/pairs/BD1/visits", "ZF1", visit).await);
    taken(&edge.post("/v1/pairs/BD1/visits/ZF1/confirm", "QR1", json!({"by": "WX", "on": "2024-03-05"})).await);
    let service = json!({"worker": "WX", "activity": "ZY01", "on": "2024-03-06", "quantity": 1, "witness": "李四"});
    let position = taken(&edge.post("/v1/credits", "C-1", service).await)["position"].clone();

    let at = format!("/v1/appraisals/2024?branch=%E7%94%B2&at={position}");
    let told = edge.get(&at).await.body;
    let line = |credit: &str| {
        let lines = told["cards"].as_array().unwrap().iter().flat_map(|card| card["lines"].as_array().unwrap());
        lines.filter(|line| line["credit"] == credit).collect::<Vec<_>>()[0].as_object().unwrap().clone()
    };
    for (credit, number, verdict) in [("BL-1", "XQ-1", "基本满意"), ("ZF1", "BD1", "已确认")] {
        let line = line(credit);
        assert_eq!((&line["number"], &line["verdict"]), (&json!(number), &json!(verdict)), "{line:?}");
    }
    let plain = line("C-1");
    assert!(!plain.contains_key("number") && !plain.contains_key("verdict"), "{plain:?}");

    // More work on the same wish, and another word: what was told at a position is told again byte for byte.
    let before = reading(&edge, &at).await;
    taken(&edge.post("/v1/requests/XQ-1/handlings", "BL-2", work("WZ")).await);
    let better = json!({"rating": "满意", "on": "2024-03-04"});
    taken(&edge.post("/v1/requests/XQ-1/handlings/BL-2/rate", "PJ-2", better).await);
    assert_eq!(reading(&edge, &at).await, before);
    let sealed = edge.post("/v1/appraisals/2024/seal", "seal", json!({"branch": "甲", "position": position})).await;
    assert_eq!(sealed.body["digest"], hex::encode(Sha256::digest(&before)), "{sealed:?}");
    assert_eq!(reading(&edge, &at).await, before);
    let after = edge.get("/v1/appraisals/2024?branch=%E7%94%B2").await.body;
    assert_eq!(after["cards"], told["cards"], "as it was sealed");
    assert_eq!(after["seal"]["addendum"][0]["credit"], "BL-2");
}

async fn reading(edge: &Edge, path: &str) -> Vec<u8> {
    use axum::body::Body;
    use axum::http::Method;
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let request = edge.request(Method::GET, path, &edge.token).body(Body::empty()).unwrap();
    edge.router.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn whoever_holds_a_card_sees_that_the_branch_pulled_it() {
    let edge = Edge::with_district().await;
    let member = json!({"id": "W7", "occupation": "快递员", "party_member": true});
    assert_eq!(edge.post("/v1/workers", "w7", member).await.status.as_u16(), 201);
    let card = json!({"card_no": "K7", "branch": "B1"});
    assert_eq!(edge.post("/v1/workers/W7/card", "k7", card).await.status.as_u16(), 201);
    let secretary = token_for(&edge.app, Role::Branch, Some("B1")).await;
    let year = chrono::Datelike::year(&edge.app.ledger.now().date());
    let request = edge.request(Method::GET, &format!("/v1/appraisals/{year}?branch=B1"), &secretary);
    let pulled = edge.finish(request.body(Body::empty()).unwrap()).await;
    assert_eq!(pulled.body["cards"].as_array().map(Vec::len), Some(1), "{pulled:?}");
    let own = token_for(&edge.app, Role::Worker, Some("W7")).await;
    let request = edge.request(Method::GET, "/v1/workers/W7/readers", &own);
    let told = edge.finish(request.body(Body::empty()).unwrap()).await;
    let last = &told.body["readers"][0];
    assert_eq!((&last["what"], &last["role"]), (&json!("appraisal"), &json!("branch")), "{told:?}");
}

#[tokio::test]
async fn a_member_on_probation_is_told_apart_with_the_same_points() {
    let edge = Edge::with_district().await;
    let member = json!({"id": "W7", "occupation": "快递员", "political_status": "中共预备党员"});
    assert_eq!(edge.post("/v1/workers", "w7", member).await.status.as_u16(), 201);
    let full = json!({"id": "W8", "occupation": "快递员", "political_status": "中共党员", "probationary": true});
    assert_eq!(edge.post("/v1/workers", "w8", full).await.no(), (422, "invalid_input"));
    let nobody = json!({"id": "W9", "occupation": "快递员", "probationary": true});
    assert_eq!(edge.post("/v1/workers", "w9", nobody).await.no(), (422, "invalid_input"));
    assert_eq!(edge.get("/v1/workers/W7").await.body["probationary"], true);
    let card = json!({"card_no": "K7", "branch": "B1"});
    assert_eq!(edge.post("/v1/workers/W7/card", "k7", card).await.status.as_u16(), 201);
    let secretary = token_for(&edge.app, Role::Branch, Some("B1")).await;
    let year = chrono::Datelike::year(&edge.app.ledger.now().date());
    let request = edge.request(Method::GET, &format!("/v1/appraisals/{year}?branch=B1"), &secretary);
    let pulled = edge.finish(request.body(Body::empty()).unwrap()).await;
    assert_eq!(pulled.body["cards"][0]["probationary"], true, "{pulled:?}");
}
