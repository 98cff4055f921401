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
    let waits = (&list.body["credits"][0]["credit"], &list.body["next"]);
    assert_eq!(waits, (&json!("C-2"), &Value::Null), "what is objected to waits elsewhere: {list:?}");
    let objected = edge.get("/v1/credits?status=objected").await;
    assert_eq!(objected.body["credits"].as_array().map(Vec::len), Some(1));
    let upheld = json!({"reason": "查实", "upheld": true});
    assert_eq!(edge.post("/v1/credits/C-1/resolve", "o2", upheld.clone()).await.no(), (403, "same_person"));
    let resolved = edge.other_post("/v1/credits/C-1/resolve", "o2", upheld).await;
    assert_eq!((resolved.status.as_u16(), &resolved.body["status"]), (200, &json!("rejected")), "{resolved:?}");
    edge.post("/v1/credits/C-2/object", "o3", because("未到场")).await;
    let dismissed = edge.other_post("/v1/credits/C-2/resolve", "o4", because("查无此事")).await;
    assert_eq!(dismissed.body["status"], "proposed", "a check is still due");
    let until = dismissed.body["appeal_until"].clone();
    assert_eq!(edge.other_post("/v1/credits/C-2/confirm", "o5", because("属实")).await.no(), (403, "same_person"));
    let checked = edge.post_by(&edge.another_desk().await, "/v1/credits/C-2/confirm", "o6", because("属实")).await;
    assert_eq!(checked.body["status"], "publicised", "nothing counts before the days for an appeal are over");
    assert_eq!(checked.body["public_until"], until);
}

async fn with_publicity(district: Value) -> Edge {
    let edge = with_approval().await;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let body = json!({"effective_from": "2023-01-01", "activities": [line], "district": district});
    let same = edge.put("/v1/schedule", "settings", body).await;
    assert_eq!((same.status.as_u16(), &same.body["version"]), (200, &json!(1)), "{same:?}");
    edge
}

fn days_from_now(days: u64) -> Value {
    json!(crate::service::reading::now().date().checked_add_days(chrono::Days::new(days)).unwrap().to_string())
}

#[tokio::test]
async fn a_credit_is_checked_then_public_and_nobody_shortens_that() {
    let edge = with_publicity(json!({"checks": 2, "publicity_days": 3})).await;
    let proposed = edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await;
    assert_eq!((&proposed.body["status"], &proposed.body["flags"]), (&json!("proposed"), &json!([])));
    let confirm = "/v1/credits/C-1/confirm";
    assert_eq!(edge.other_post(confirm, "k1", because("属实")).await.body["status"], "proposed");
    assert_eq!(edge.other_post(confirm, "k2", because("属实")).await.no(), (403, "same_person"));
    let public = edge.post_by(&edge.another_desk().await, confirm, "k3", because("属实")).await;
    assert_eq!((&public.body["status"], &public.body["public_until"]), (&json!("publicised"), &days_from_now(3)));
    let position = public.body["position"].as_u64().unwrap();
    let balance = edge.get(&format!("/v1/workers/W1/balance?min_position={position}")).await.body;
    assert_eq!((&balance["available"], &balance["pending"][0]["free_on"]), (&json!(0), &days_from_now(4)), "{balance}");
    let list = edge.get("/v1/publicity").await.body;
    assert_eq!(list["credits"][0]["public_until"], days_from_now(3), "{list}");
    let hanging = async |days: i64| {
        let today = crate::service::reading::now().date();
        let on = today + chrono::Duration::days(days);
        edge.get(&format!("/v1/publicity?on={on}")).await.body["credits"].as_array().map(Vec::len)
    };
    for (days, lines) in [(-1, 0), (0, 1), (3, 1), (4, 0)] {
        assert_eq!(hanging(days).await, Some(lines), "the list of {days} days from today");
    }
    assert_eq!(list["credits"][0]["name"], "**W1", "no name is kept of this worker");
    let queue = edge.get("/v1/credits?status=publicised").await.body;
    assert_eq!(queue["credits"][0]["steps"].as_array().map(Vec::len), Some(2), "{queue}");
    let done = edge.post("/v1/due", "d1", json!({})).await;
    assert_eq!((done.status.as_u16(), &done.body["confirmed"]), (200, &json!(0)));
    let ahead = json!({"through": days_from_now(1)});
    assert_eq!(edge.post("/v1/due", "d2", ahead).await.no(), (422, "invalid_date"));
    assert_eq!(edge.post(confirm, "publicity-over/C-1", because("属实")).await.status.as_u16(), 400);
}

#[tokio::test]
async fn what_needs_no_check_is_public_at_once_and_an_objection_stops_the_clock() {
    let edge = with_publicity(json!({"checks": 0, "publicity_days": 3})).await;
    let public = edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await;
    assert_eq!((&public.body["status"], &public.body["public_until"]), (&json!("publicised"), &days_from_now(3)));
    assert_eq!(edge.other_post("/v1/credits/C-1/confirm", "k", because("属实")).await.no(), (409, "already_decided"));
    let unnamed = json!({"reason": "未到场", "anonymous": true});
    let objected = edge.other_post("/v1/credits/C-1/object", "o1", unnamed).await;
    assert_eq!(objected.body["status"], "objected");
    let third = edge.another_desk().await;
    let dismissed = edge.post_by(&third, "/v1/credits/C-1/resolve", "o2", because("查无此事")).await;
    assert_eq!((&dismissed.body["status"], &dismissed.body["public_until"]), (&json!("publicised"), &days_from_now(3)));
    assert_eq!(edge.post_by(&third, "/v1/credits/C-1/appeal", "o3", because("不服")).await.no(), (403, "forbidden"));
    let appealed = edge.other_post("/v1/credits/C-1/appeal", "o4", because("不服")).await;
    assert_eq!(appealed.body["status"], "appealed");
    assert_eq!(edge.post_by(&third, "/v1/credits/C-1/resolve", "o5", because("x")).await.no(), (403, "same_person"));
    let upheld = json!({"reason": "查实", "upheld": true});
    let last = edge.post_by(&edge.another_desk().await, "/v1/credits/C-1/resolve", "o6", upheld).await;
    assert_eq!((&last.body["status"], &last.body["appeal_until"]), (&json!("rejected"), &Value::Null), "{last:?}");
}

#[tokio::test]
async fn the_publicity_list_is_also_a_sheet() {
    let edge = with_publicity(json!({"checks": 0, "publicity_days": 3})).await;
    let position = edge.credit("C-1", "ZY01", "2024-03-01", json!(1)).await.body["position"].as_u64().unwrap();
    let csv = edge.get(&format!("/v1/publicity?format=csv&min_position={position}")).await;
    assert!(csv.body.as_str().is_some_and(|text| text.contains("C-1") && text.contains("公示截止")), "{csv:?}");
    let xlsx = edge.get("/v1/publicity?format=xlsx").await;
    assert_eq!(xlsx.status.as_u16(), 200);
    assert_eq!(edge.get("/v1/publicity?format=pdf").await.no().1, "invalid_input");
}
