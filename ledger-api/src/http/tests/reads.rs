//! What a counter, a branch and an auditor read back: redemptions, a store's day, open holds, a credit's steps, branches,
//! settlements as tables.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::Edge;
use crate::access::Role;
use crate::service::accounts::token_for;

/// A district in which W1 earned 40 points.
async fn earned() -> Edge {
    let edge = Edge::with_district().await;
    let credit = json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-05", "quantity": 4, "witness": "网格员甲"});
    let told = edge.post("/v1/credits", "c/1", credit).await;
    assert_eq!(told.body["points"], 40, "{told:?}");
    edge
}

async fn redeem(edge: &Edge, key: &str, quantity: u32, at: &str) {
    let body = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": quantity}], "at": at});
    let told = edge.post("/v1/redemptions", key, body).await;
    assert_eq!(told.status, StatusCode::CREATED, "{told:?}");
}

/// A command of another person.
async fn by_another(edge: &Edge, token: &str, path: &str, key: &str, body: Value) {
    let request = edge.request(Method::POST, path, token).header("Idempotency-Key", key);
    let told = edge.send(request, body.to_string()).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
}

#[tokio::test]
async fn a_redemption_is_told_with_its_lots_and_with_who_gave_it_back() {
    let edge = earned().await;
    redeem(&edge, "LS/1", 2, "2024-05-06T10:00:00+08:00").await;
    let told = edge.get("/v1/redemptions/LS%2F1").await.body;
    assert_eq!((&told["redemption"], &told["worker"], &told["store"]), (&json!("LS/1"), &json!("W1"), &json!("S1")));
    assert_eq!((&told["points"], &told["lots"]), (&json!(10), &json!([{"lot": 1, "points": 10}])));
    assert_eq!(told["items"], json!([{"sku": "P1", "kind": "实物", "merchant": "M1", "quantity": 2, "price": 5}]));
    assert_eq!((&told["at"], &told["late"]), (&json!("2024-05-06T10:00:00+08:00"), &json!(true)));
    assert_eq!((&told["hold"], &told["reversed"]), (&Value::Null, &Value::Null));

    by_another(&edge, &edge.other_desk, "/v1/redemptions/LS%2F1/reverse", "rv", json!({"reason": "拿错了"})).await;
    let after = edge.get("/v1/redemptions/LS%2F1").await.body;
    assert_eq!(after["reversed"]["reason"], "拿错了");
    assert!(after["reversed"]["by"].is_string() && after["reversed"]["by"] != after["by"], "{after}");
    assert!(after["reversed"]["position"].as_u64() > after["made_at"].as_u64());

    for (name, expected) in [("LS", 404), ("c%2F1", 404), ("%20", 400), ("x%00", 400)] {
        let status = edge.get(&format!("/v1/redemptions/{name}")).await.status.as_u16();
        assert_eq!(status, expected, "{name}: what cannot be a name is told so, like in every address");
    }
    assert_eq!(edge.get("/v1/redemptions/LS").await.no(), (404, "unknown_redemption"));
}

#[tokio::test]
async fn a_captured_hold_is_a_redemption_that_names_the_hold() {
    let edge = earned().await;
    let hold = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}],
        "at": "2024-05-06T10:00:00+08:00", "lasts_minutes": 30});
    assert_eq!(edge.post("/v1/holds", "h1", hold.clone()).await.status, StatusCode::CREATED);
    assert_eq!(edge.post("/v1/holds", "h2", hold).await.status, StatusCode::CREATED);
    let list = edge.get("/v1/holds?store=S1&worker=W1&status=open").await.body;
    let names: Vec<&Value> = list["holds"].as_array().unwrap().iter().map(|hold| &hold["hold"]).collect();
    assert_eq!(names, [&json!("h1"), &json!("h2")]);
    assert_eq!(list["holds"][0]["expires_at"], "2024-05-06T10:30:00+08:00");
    assert_eq!(list["holds"][0]["items"][0]["sku"], "P1");
    for (query, found) in [("", 2), ("?store=S2", 0), ("?worker=W2", 0), ("?limit=1", 1), ("?limit=1&after=h1", 1)] {
        let list = edge.get(&format!("/v1/holds{query}")).await.body;
        assert_eq!(list["holds"].as_array().unwrap().len(), found, "{query}");
        assert_eq!(list["next"].is_string(), query == "?limit=1", "{query}");
    }
    assert_eq!(edge.get("/v1/holds?status=captured").await.no(), (400, "invalid_input"));
    assert_eq!(edge.post("/v1/holds/h2/release", "end", json!({})).await.status, StatusCode::OK);
    assert_eq!(edge.get("/v1/holds").await.body["holds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stores_day_lists_its_redemptions_and_adds_them_up() {
    let edge = earned().await;
    redeem(&edge, "z", 1, "2024-05-06T09:00:00+08:00").await;
    redeem(&edge, "y", 1, "2024-05-06T09:00:00+08:00").await;
    redeem(&edge, "a/1", 2, "2024-05-06T23:59:59+08:00").await;
    redeem(&edge, "next", 1, "2024-05-07T00:00:00+08:00").await;
    by_another(&edge, &edge.other_desk, "/v1/redemptions/z/reverse", "back", json!({"reason": "退回"})).await;

    let day = edge.get("/v1/stores/S1/redemptions?on=2024-05-06").await.body;
    let names = |day: &Value| -> Vec<String> {
        let list = day["redemptions"].as_array().unwrap().iter();
        list.map(|one| one["redemption"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&day), ["y", "z", "a/1"], "by time, then by name");
    assert_eq!(day["redemptions"][1]["reversed"], true);
    assert_eq!(day["redemptions"][2]["items"], json!([{"sku": "P1", "quantity": 2, "points": 10}]));
    let totals = json!({"redemptions": 2, "points": 15, "reversed": 1,
        "items": [{"sku": "P1", "quantity": 3, "points": 15}]});
    assert_eq!(day["totals"], totals);

    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/stores/S1/redemptions?on=2024-05-06&limit=1&after={}", after.replace('+', "%2B"));
        let page = edge.get(&path).await.body;
        assert_eq!(page["totals"], totals, "the totals are of the whole day");
        paged.extend(names(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, names(&day));
    assert_eq!(names(&edge.get("/v1/stores/S1/redemptions?on=2024-05-07").await.body), ["next"]);
    assert_eq!(edge.get("/v1/stores/S1/redemptions?on=2024-05").await.no(), (422, "invalid_date"));
    assert_eq!(edge.get("/v1/stores/S9/redemptions").await.no(), (404, "unknown_store"));
}

#[tokio::test]
async fn a_credit_is_told_step_by_step() {
    let edge = earned().await;
    let third = edge.another_desk().await;
    let status = async || edge.get("/v1/credits/c%2F1").await.body["status"].clone();
    assert_eq!(status().await, "confirmed");
    by_another(&edge, &edge.other_desk, "/v1/credits/c%2F1/object", "o", json!({"reason": "没看见人"})).await;
    assert_eq!(status().await, "objected");
    by_another(&edge, &third, "/v1/credits/c%2F1/resolve", "d", json!({"reason": "有照片", "upheld": false})).await;
    assert_eq!(status().await, "confirmed");
    by_another(&edge, &third, "/v1/credits/c%2F1/reverse", "v", json!({"reason": "重复"})).await;
    let told = edge.get("/v1/credits/c%2F1").await.body;
    assert_eq!((&told["status"], &told["points"], &told["quantity"]), (&json!("reversed"), &json!(40), &json!(4)));
    let steps: Vec<(&str, Option<&str>)> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["step"].as_str().unwrap(), step["reason"].as_str()))
        .collect();
    let expected = [
        ("recorded", None),
        ("objected", Some("没看见人")),
        ("objection_dismissed", Some("有照片")),
        ("reversed", Some("重复")),
    ];
    assert_eq!(steps, expected);
    assert!(!told.to_string().contains("网格员甲"), "a witness stands under a pseudonym");
    assert_eq!(edge.get("/v1/credits/nothing").await.no(), (404, "unknown_credit"));
}

#[tokio::test]
async fn branches_are_counted_as_their_cards_stood_on_the_day() {
    let edge = Edge::with_district().await;
    let member = json!({"id": "W2", "occupation": "网约车司机", "party_member": true});
    assert_eq!(edge.post("/v1/workers", "w2", member).await.status, StatusCode::CREATED);
    let card = json!({"card_no": "K1", "branch": "第一支部"});
    assert_eq!(edge.post("/v1/workers/W2/card", "k", card).await.status, StatusCode::CREATED);
    let branches = async |query: &str| edge.get(&format!("/v1/branches{query}")).await.body["branches"].clone();
    assert_eq!(branches("").await, json!([{"branch": "第一支部", "cards": 1}]));
    let moved = edge.post("/v1/workers/W2/card/move", "mv", json!({"branch": "第二支部"})).await;
    assert_eq!(moved.status, StatusCode::OK);
    let both = json!([{"branch": "第一支部", "cards": 0}, {"branch": "第二支部", "cards": 1}]);
    assert_eq!(branches("").await, both);
    assert_eq!(branches("?on=2000-01-01").await, json!([]), "nobody had a card then");
    let first = edge.get("/v1/branches?limit=1").await.body;
    assert_eq!((&first["branches"][0]["branch"], &first["next"]), (&json!("第一支部"), &json!("第一支部")));
    let rest = edge.get("/v1/branches?limit=1&after=%E7%AC%AC%E4%B8%80%E6%94%AF%E9%83%A8").await.body;
    assert_eq!((&rest["branches"][0]["branch"], &rest["next"]), (&json!("第二支部"), &Value::Null));
    assert_eq!(edge.get("/v1/branches?on=soon").await.no(), (422, "invalid_date"));
}

#[tokio::test]
async fn a_settlement_is_also_a_table() {
    let edge = earned().await;
    redeem(&edge, "s1", 2, "2024-05-06T10:00:00+08:00").await;
    redeem(&edge, "s2", 1, "2024-06-01T10:00:00+08:00").await;
    let ask = async |path: &str, accept: &str| {
        let request = edge.request(Method::GET, path, &edge.token).header("Accept", accept);
        let response = edge.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        (content_type, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    };
    let path = "/v1/merchants/M1/settlement";
    let (content_type, csv) = ask(&format!("{path}?format=csv"), "*/*").await;
    assert!(content_type.starts_with("text/csv"));
    let csv = String::from_utf8(csv).unwrap();
    let first: Vec<&str> = csv.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(first, ["\u{feff}月份", "2024-05", "2024-06", "合计"]);
    assert!(csv.contains("便民超市"), "{csv}");
    let (_, month) = ask(&format!("{path}?month=2024-05"), "text/csv").await;
    assert_eq!(String::from_utf8(month).unwrap().lines().count(), 2);
    let (content_type, workbook) = ask(&format!("{path}?format=xlsx"), "application/json").await;
    assert!(content_type.ends_with("spreadsheetml.sheet") && workbook.starts_with(b"PK"));
    let (content_type, json) = ask(path, "application/json").await;
    assert_eq!(content_type, "application/json");
    assert_eq!(serde_json::from_slice::<Value>(&json).unwrap()["owed"], 15);
    assert_eq!(edge.get(&format!("{path}?format=pdf")).await.no(), (400, "invalid_input"));
}

#[tokio::test]
async fn auditors_read_figures_and_nobodys_name() {
    let edge = earned().await;
    redeem(&edge, "s1", 2, "2024-05-06T10:00:00+08:00").await;
    let auditor = token_for(&edge.app, Role::Auditor, None).await;
    let worker = token_for(&edge.app, Role::Worker, Some("W2")).await;
    for path in [
        "/v1/credits/c%2F1",
        "/v1/redemptions/s1",
        "/v1/stores/S1/redemptions?on=2024-05-06",
        "/v1/holds",
        "/v1/branches",
        "/v1/appraisals/2024",
        "/v1/merchants/M1/settlement",
        "/v1/trial-balance",
    ] {
        let ask =
            async |token: &str| edge.finish(edge.request(Method::GET, path, token).body(Body::empty()).unwrap()).await;
        let told = ask(&auditor).await;
        assert_eq!(told.status, StatusCode::OK, "{path}: {told:?}");
        assert!(!told.body.to_string().contains("王小明"), "{path}");
        assert_eq!(ask(&worker).await.no(), (403, "forbidden"), "{path}");
    }
}
