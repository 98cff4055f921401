//! Credits that wait for a second person: maker is never checker.

use serde_json::{Value, json};

use super::support::Edge;

async fn with_approval() -> Edge {
    let edge = Edge::open().await;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let body = json!({"effective_from": "2023-01-01", "activities": [line], "district": {"approval_required": true}});
    assert_eq!(edge.put("/v1/schedule", "schedule", body).await.status.as_u16(), 200);
    edge.post("/v1/workers", "w", json!({"id": "W1", "occupation": "骑手"})).await;
    edge
}

fn because(reason: &str) -> Value {
    json!({"reason": reason})
}

#[tokio::test]
async fn a_proposed_credit_is_confirmed_by_another_person() {
    let edge = with_approval().await;
    let proposed = edge.credit("2024/03/1", "ZY01", "2024-03-01", json!(1)).await;
    assert_eq!((proposed.status.as_u16(), &proposed.body["status"]), (201, &json!("proposed")));
    let confirm = "/v1/credits/2024%2F03%2F1/confirm";
    assert_eq!(edge.post(confirm, "k1", because("属实")).await.no(), (403, "same_person"));
    let confirmed = edge.other_post(confirm, "k1", because("属实")).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["status"]), (200, &json!("confirmed")), "{confirmed:?}");
    assert_eq!(confirmed.body["credit"], "2024/03/1");
    assert_eq!(edge.other_post(confirm, "k2", because("属实")).await.no(), (409, "already_decided"));
    let reversed = edge.post("/v1/credits/2024%2F03%2F1/reverse", "k3", because("误记")).await;
    assert_eq!(reversed.body["status"], "reversed");
    assert_eq!(
        edge.post("/v1/credits/2024%2F03%2F1/reverse", "k4", because("误记")).await.no(),
        (409, "already_reversed")
    );
}

#[tokio::test]
async fn an_objection_is_resolved_by_another_person() {
    let edge = with_approval().await;
    edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await;
    edge.credit("C-2", "ZY01", "2024-03-02", json!(1)).await;
    let object = edge.post("/v1/credits/C-1/object", "o1", because("未到场")).await;
    assert_eq!((object.status.as_u16(), &object.body["status"]), (200, &json!("objected")));
    let position = object.body["position"].as_u64().unwrap();
    let list = edge.get(&format!("/v1/credits?status=proposed&limit=1&min_position={position}")).await;
    assert_eq!((&list.body["credits"][0]["credit"], &list.body["next"]), (&json!("C-1"), &json!("C-1")), "{list:?}");
    let rest = edge.get("/v1/credits?status=proposed&after=C-1").await;
    assert_eq!((&rest.body["credits"][0]["credit"], &rest.body["next"]), (&json!("C-2"), &Value::Null));
    let objected = edge.get("/v1/credits?status=objected").await;
    assert_eq!(objected.body["credits"].as_array().map(Vec::len), Some(1));
    let upheld = json!({"reason": "查实", "upheld": true});
    assert_eq!(edge.post("/v1/credits/C-1/resolve", "o2", upheld.clone()).await.no(), (403, "same_person"));
    let resolved = edge.other_post("/v1/credits/C-1/resolve", "o2", upheld).await;
    assert_eq!((resolved.status.as_u16(), &resolved.body["status"]), (200, &json!("rejected")), "{resolved:?}");
    edge.post("/v1/credits/C-2/object", "o3", because("未到场")).await;
    let dismissed = edge.other_post("/v1/credits/C-2/resolve", "o4", because("查无此事")).await;
    assert_eq!(dismissed.body["status"], "objection_dismissed");
    assert_eq!(edge.other_post("/v1/credits/C-2/confirm", "o5", because("属实")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_publicity_period_is_waited_for() {
    let edge = with_approval().await;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let body = json!({"effective_from": "2023-01-01", "activities": [line],
        "district": {"approval_required": false, "publicity_days": 3}});
    let same = edge.put("/v1/schedule", "settings", body).await;
    assert_eq!((same.status.as_u16(), &same.body["version"]), (200, &json!(1)), "{same:?}");
    assert_eq!(edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await.body["status"], "proposed");
    assert_eq!(edge.other_post("/v1/credits/C-1/confirm", "k", because("属实")).await.no(), (422, "invalid_date"));
}
