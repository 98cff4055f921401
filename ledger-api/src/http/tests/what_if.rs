//! A proposed schedule tried over HTTP: what it would have come to, for whom it is told, and that nothing is written.

use serde_json::{Value, json};

use super::support::{By, Edge};
use crate::access::Role;

const PATH: &str = "/v1/schedule/what-if";

/// A schedule of one activity.
fn proposed(points_per_unit: f64, daily_cap: u32) -> Value {
    json!({"effective_from": "2030-01-01", "district": {"points_step": 0.5}, "activities": [
        {"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时", "points_per_unit": points_per_unit,
         "daily_cap": daily_cap, "counts_for_card": true, "valid_months": 24},
    ]})
}

/// A district with three credits of 2024 and one of 2025.
async fn served() -> Edge {
    let edge = Edge::with_district().await;
    let credits = [
        ("c1", "ZY01", "2024-03-05", 3.0),
        ("c2", "ZY01", "2024-03-05", 2.0),
        ("c3", "WM01", "2024-05-06", 2.0),
        ("c4", "ZY01", "2025-02-01", 1.0),
    ];
    for (key, activity, on, quantity) in credits {
        assert_eq!(edge.credit(key, activity, on, json!(quantity)).await.status.as_u16(), 201, "{key}");
    }
    edge
}

async fn ask(edge: &Edge, query: &str, body: Value) -> Value {
    let told =
        edge.send(edge.asking(axum::http::Method::POST, &format!("{PATH}?{query}"), "-"), body.to_string()).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    told.body
}

#[tokio::test]
async fn a_year_is_rated_again_and_nothing_is_written() {
    let edge = served().await;
    let before = edge.app.ledger.journal().head().await.unwrap().position;
    let told = ask(&edge, "from=2024-01-01&to=2024-12-31", proposed(12.0, 50)).await;
    // 30 and what the cap of 40 left become 36 and what one of 50 leaves; the other activity is gone.
    assert_eq!((&told["before"], &told["after"], &told["change"]), (&json!(45), &json!(50), &json!(5)), "{told:#}");
    assert_eq!((&told["credits"], &told["differing"], &told["workers_gain"]), (&json!(3), &json!(3), &json!(1)));
    assert_eq!(told["gains"], json!([{"worker": "W1", "before": 45, "after": 50, "change": 5}]));
    let cause = |name: &str| {
        let causes = told["causes"].as_array().unwrap();
        causes.iter().find(|cause| cause["cause"] == name).unwrap()["change"].clone()
    };
    // 50 exact become 60; ten were cut and ten are cut.
    assert_eq!((cause("rates"), cause("caps"), cause("absent")), (json!(10), json!(0), json!(-5)));
    let gone = told["activities"].as_array().unwrap().iter().find(|one| one["activity"] == "WM01").unwrap();
    assert_eq!((&gone["in_schedule"], &gone["after"]), (&json!("没有"), &json!(0)));
    assert_eq!(
        (&told["outstanding"], &told["outstanding_after"], &told["stock_points"]),
        (&json!(55), &json!(60), &json!(100))
    );
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, before, "nothing is written");
    assert_eq!(told["position"], json!(before));
    assert_eq!(edge.get("/v1/schedule/versions").await.body["versions"].as_array().unwrap().len(), 1);
    let again = ask(&edge, &format!("from=2024-01-01&to=2024-12-31&at={before}"), proposed(12.0, 50)).await;
    assert_eq!(again, told, "the same position, the same answer");
}

#[tokio::test]
async fn the_schedule_in_force_changes_nothing() {
    let edge = served().await;
    let in_force = edge.get("/v1/schedule?on=2024-06-01").await.body;
    let body = json!({"effective_from": "2030-01-01", "activities": in_force["activities"]});
    let told = ask(&edge, "from=2020-01-01&to=2030-12-31", body).await;
    assert_eq!((&told["differing"], &told["change"], &told["credits"]), (&json!(0), &json!(0), &json!(4)), "{told:#}");
    assert_eq!((&told["gains"], &told["losses"], &told["workers_equal"]), (&json!([]), &json!([]), &json!(1)));
}

#[tokio::test]
async fn what_it_says_is_what_a_new_district_comes_to_under_the_schedule() {
    let edge = served().await;
    let told = ask(&edge, "from=2024-01-01&to=2025-12-31", proposed(7.5, 25)).await;
    let other = Edge::open().await;
    let mut adopted = proposed(7.5, 25);
    adopted["effective_from"] = json!("2020-01-01");
    assert_eq!(other.put("/v1/schedule", "schedule", adopted).await.status.as_u16(), 200);
    let worker = json!({"id": "W1", "occupation": "快递员"});
    assert_eq!(other.post("/v1/workers", "w", worker).await.status.as_u16(), 201);
    for (key, activity, on, quantity) in [
        ("c1", "ZY01", "2024-03-05", 3),
        ("c2", "ZY01", "2024-03-05", 2),
        ("c3", "WM01", "2024-05-06", 2),
        ("c4", "ZY01", "2025-02-01", 1),
    ] {
        other.credit(key, activity, on, json!(quantity)).await;
    }
    let balance = other.get("/v1/workers/W1/balance?as_of=2025-02-01").await.body;
    assert_eq!(told["after"], balance["available"], "{told:#}");
}

#[tokio::test]
async fn without_days_it_is_the_last_full_year_of_business() {
    let edge = served().await;
    // Business goes on today; whatever year that is, the last full one is the one before it.
    let told = ask(&edge, "", proposed(12.0, 50)).await;
    let year = |name: &str| told[name].as_str().unwrap()[..4].parse::<i32>().unwrap();
    assert_eq!((&told["from"].as_str().unwrap()[4..], &told["to"].as_str().unwrap()[4..]), ("-01-01", "-12-31"));
    assert_eq!(year("from"), year("to"));
    let one = ask(&edge, "from=2024-03-05&to=2024-03-05", proposed(12.0, 50)).await;
    assert_eq!(one["credits"], json!(2));
}

#[tokio::test]
async fn an_approver_of_the_district_is_told_and_one_of_a_site_is_not() {
    let edge = served().await;
    let body = || proposed(12.0, 50);
    let query = format!("{PATH}?from=2024-01-01&to=2024-12-31");
    let told = By::new(&edge, Role::Approver, None).await.post(&query, "-", body()).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    assert_eq!(told.body["gains"][0]["worker"], "W1");
    assert!(told.body.get("outstanding").is_none(), "what the district owes is not for approvers: {told:?}");
    let site = json!({"id": "Z1", "name": "东街", "kind": "社区"});
    assert_eq!(edge.post("/v1/sites", "z", site).await.status.as_u16(), 201);
    for (role, scope) in [(Role::Approver, Some("Z1")), (Role::Operator, None), (Role::Clerk, Some("S1"))] {
        let told = By::new(&edge, role, scope).await.post(&query, "-", body()).await;
        assert_eq!(told.no(), (403, "forbidden"), "{role:?}");
    }
    let readers = By::new(&edge, Role::Worker, Some("W1")).await.get("/v1/workers/W1/readers").await.body;
    assert!(readers.to_string().contains("what_if"), "whoever is named is told who looked: {readers:#}");
}

#[tokio::test]
async fn what_could_not_be_adopted_is_not_tried() {
    let edge = served().await;
    let post = async |query: &str, body: Value| {
        let request = edge.asking(axum::http::Method::POST, &format!("{PATH}{query}"), "-");
        edge.send(request, body.to_string()).await
    };
    let days = "?from=2024-01-01&to=2024-12-31";
    let twice = json!({"effective_from": "2030-01-01", "activities":
        [proposed(1.0, 1)["activities"][0], proposed(2.0, 1)["activities"][0]]});
    assert_eq!(post(days, twice).await.no(), (422, "invalid_input"));
    assert_eq!(
        post(days, json!({"effective_from": "2030-01-01", "activities": []})).await.no(),
        (422, "invalid_input")
    );
    assert_eq!(post("?from=2024-02-30", proposed(1.0, 1)).await.no(), (422, "invalid_date"));
    assert_eq!(post("?from=2024-03-01&to=2024-02-01", proposed(1.0, 1)).await.no(), (422, "invalid_date"));
    assert_eq!(post("?at=999999", proposed(1.0, 1)).await.no(), (404, "not_found"));
    assert_eq!(post("?list=1001", proposed(1.0, 1)).await.no(), (400, "invalid_input"));
    assert_eq!(post("?format=pdf", proposed(1.0, 1)).await.no(), (400, "invalid_input"));
}

#[tokio::test]
async fn a_journal_without_credits_is_answered_with_none() {
    let edge = Edge::open().await;
    let told = edge.post(PATH, "-", proposed(1.0, 1)).await;
    assert_eq!((told.status.as_u16(), &told.body["credits"]), (200, &json!(0)), "{told:?}");
}
