//! What lies ahead, what was paid before it was taken back, and what a district guards itself against.

use chrono::{Datelike, Days, TimeDelta};
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::service::reading::now;

fn credit(on: &str, witness: &str) -> Value {
    json!({"worker": "W1", "activity": "ZY01", "on": on, "quantity": 1, "witness": witness})
}

fn today() -> String {
    now().date().to_string()
}

fn towel(at: &str) -> Value {
    json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}], "at": at})
}

/// A schedule whose district has these settings.
async fn set(edge: &Edge, key: &str, district: Value) -> Told {
    let activities = json!([{"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24}]);
    let schedule = json!({"effective_from": "2023-01-01", "activities": activities, "district": district});
    edge.put("/v1/schedule", key, schedule).await
}

#[tokio::test]
async fn what_lies_ahead_is_an_invalid_date_alone_and_in_a_batch() {
    let edge = Edge::with_district().await;
    let ahead = now().date().checked_add_days(Days::new(2)).unwrap().to_string();
    assert_eq!(edge.post("/v1/credits", "ahead-c", credit(&ahead, "李四")).await.no(), (422, "invalid_date"));
    let in_an_hour = now().plus_seconds(3_600).unwrap().to_string();
    assert_eq!(edge.post("/v1/redemptions", "ahead-r", towel(&in_an_hour)).await.no(), (422, "invalid_date"));
    assert_eq!(edge.post("/v1/holds", "ahead-h", towel(&in_an_hour)).await.no(), (422, "invalid_date"));
    let end = edge.post("/v1/holds", "ahead-e", towel("9998-12-31T23:00:00+08:00")).await;
    assert_eq!(end.no(), (422, "invalid_date"), "what closed the journal once");
    let mut item = credit(&ahead, "李四");
    (item["key"], item["command"]) = (json!("b"), json!("record_credit"));
    let batch = edge.post("/v1/batch", "batch", json!([item])).await;
    assert_eq!(batch.body["results"][0]["body"]["code"], "invalid_date", "{batch:?}");
    let now = edge.post("/v1/credits", "ahead-c", credit(&today(), "李四")).await;
    assert_eq!(now.status.as_u16(), 201, "the refused one took no key: {now:?}");
}

#[tokio::test]
async fn nobody_vouches_for_the_own_service_where_the_district_says_so() {
    let edge = Edge::with_district().await;
    assert_eq!(edge.post("/v1/credits", "c0", credit(&today(), "王小明")).await.status.as_u16(), 201, "off at first");
    let guarded = set(&edge, "s1", json!({"guards": {"self_witness": "refuse"}})).await;
    assert_eq!(guarded.status.as_u16(), 200, "{guarded:?}");
    for own in ["W1", "王小明", " 王 小明 "] {
        let told = edge.post("/v1/credits", &format!("c/{}", own.len()), credit(&today(), own)).await;
        assert_eq!(told.no(), (422, "self_witness"), "{own:?}");
    }
    assert_eq!(edge.post("/v1/credits", "c1", credit(&today(), "李四")).await.status.as_u16(), 201);
    let position = guarded.body["position"].as_u64().unwrap();
    let read = edge.get(&format!("/v1/schedule?min_position={position}")).await;
    assert_eq!(read.body["district"]["guards"]["self_witness"], "refuse", "{read:?}");
    set(&edge, "s2", json!({"guards": {"self_witness": "off"}})).await;
    assert_eq!(edge.post("/v1/credits", "c2", credit(&today(), "王小明")).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_guard_is_a_word_or_a_word_with_its_number() {
    let edge = Edge::with_district().await;
    for (key, odd) in [("s1", json!("maybe")), ("s2", json!({"do": "flag", "over": -1})), ("s3", json!({"over": 8}))] {
        assert_eq!(set(&edge, key, json!({"guards": {"hours_over_day": odd}})).await.no().1, "invalid_input");
    }
    assert_eq!(set(&edge, "s4", json!({"guards": {"unheard_of": "flag"}})).await.no().1, "invalid_input");
    let numbered = json!({"guards": {"hours_over_day": {"do": "flag", "over": 6}, "recorded_late": "refuse"}});
    let position = set(&edge, "s5", numbered).await.body["position"].as_u64().unwrap();
    let guards = edge.get(&format!("/v1/schedule?min_position={position}")).await.body["district"]["guards"].clone();
    assert_eq!(guards["hours_over_day"], json!({"do": "flag", "over": 6}));
    assert_eq!(guards["recorded_late"], json!({"do": "refuse", "over": 30}), "the usual number");
    assert_eq!(guards["self_witness"], "off");
}

#[tokio::test]
async fn a_slip_in_a_credit_code_or_a_tier_is_told() {
    let edge = Edge::with_district().await;
    let merchant = |uscc: &str| json!({"id": "M2", "name": "二号店", "uscc": uscc});
    let told = edge.post("/v1/merchants", "m2", merchant("123")).await;
    assert_eq!(told.no(), (422, "invalid_input"));
    assert!(told.body["detail"].as_str().unwrap().contains("GB 32100"), "{told:?}");
    assert_eq!(edge.post("/v1/merchants", "m2", merchant("92000000MA000001H9")).await.status.as_u16(), 201);
    let store = |tier: &str| json!({"id": "S2", "name": "二号网点", "tier": tier});
    set(&edge, "s1", json!({"tiers": ["总站", "微驿站"]})).await;
    let told = edge.post("/v1/stores", "s-2", store("微译站")).await;
    assert_eq!(told.no(), (422, "invalid_input"));
    assert!(told.body["detail"].as_str().unwrap().contains("微驿站"), "{told:?}");
    assert_eq!(edge.post("/v1/stores", "s-2", store("微驿站")).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_redemption_reversed_after_its_month_was_paid_is_set_off_against_what_comes_next() {
    let edge = Edge::with_district().await;
    // The 15th of the month before last, whatever today is.
    let this_month = now().date().with_day(1).unwrap();
    let then = (this_month - TimeDelta::days(40)).with_day(15).unwrap();
    let (month, at) = (then.format("%Y-%m").to_string(), format!("{then}T10:00:00+08:00"));
    assert_eq!(edge.post("/v1/credits", "ahead-c", credit(&then.to_string(), "李四")).await.status.as_u16(), 201);
    assert_eq!(edge.post("/v1/redemptions", "r1", towel(&at)).await.status.as_u16(), 201);
    let pay = |key: &'static str, month: String, points: i32| {
        let body = json!({"month": month, "points": points, "reference": "财付1号"});
        let edge = &edge;
        async move { edge.post("/v1/merchants/M1/settlements", key, body).await }
    };
    assert_eq!(pay("p1", month.clone(), 5).await.status.as_u16(), 201);
    let back = edge.post("/v1/redemptions/r1/reverse", "x", json!({"reason": "退货"})).await;
    let position = back.body["position"].as_u64().unwrap();
    let due = |month: String, position: u64| {
        let edge = &edge;
        async move { edge.get(&format!("/v1/merchants/M1/settlement?month={month}&min_position={position}")).await.body }
    };
    let paid = due(month.clone(), position).await;
    assert_eq!((&paid["honoured"], &paid["paid"], &paid["owed"]), (&json!(5), &json!(5), &json!(0)), "as it was paid");
    let current = this_month.format("%Y-%m").to_string();
    let bears = due(current.clone(), position).await;
    assert_eq!((&bears["corrected"], &bears["owed"]), (&json!(5), &json!(0)), "{bears}");
    let again = edge.post(
        "/v1/redemptions",
        "r2",
        json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 2}]}),
    );
    let position = again.await.body["position"].as_u64().unwrap();
    assert_eq!(due(current.clone(), position).await["owed"], json!(5), "ten claimed, five set off");
    assert_eq!(pay("p2", current.clone(), 6).await.no(), (422, "invalid_quantity"));
    assert_eq!(pay("p2", current, 5).await.status.as_u16(), 201);
}
