//! Many commands in one request.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::Edge;

fn credit(key: &str, quantity: Value) -> Value {
    json!({"key": key, "command": "record_credit", "worker": "W1", "activity": "ZY01", "on": "2024-03-01",
        "quantity": quantity, "witness": "李四"})
}

fn statuses(results: &Value) -> Vec<(u64, String)> {
    let items = results.as_array().unwrap().iter();
    items.map(|one| (one["status"].as_u64().unwrap(), one["code"].as_str().unwrap_or("").to_owned())).collect()
}

async fn send(edge: &Edge, path: &str, items: Value) -> super::support::Told {
    edge.send(edge.request(Method::POST, path, &edge.desk), items.to_string()).await
}

#[tokio::test]
async fn every_command_is_answered_on_its_own_and_in_order() {
    let edge = Edge::with_district().await;
    let items = json!([
        {"key": "w2", "command": "register_worker", "id": "W2", "occupation": "骑手", "name": "赵六"},
        credit("C-1", json!(2)),
        credit("C-1", json!(2)),
        credit("C-1", json!(3)),
        credit("C-2", json!(0)),
        {"key": "R-1", "command": "redeem", "worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}],
            "at": "2024-03-02T09:00:00+08:00"},
        {"key": "r2", "command": "restock", "store": "S1", "sku": "P1", "quantity": 3},
        {"key": "r3", "command": "restock", "sku": "P1", "quantity": 3},
        {"key": "r4", "command": "restock", "store": "S9", "sku": "P1", "quantity": 3},
        {"key": "x", "command": "dance"},
        {"command": "redeem"},
        {"key": "y", "command": "redeem", "extra": 1},
        5,
        {"key": "z", "key": "zz", "command": "redeem"},
    ]);
    let told = send(&edge, "/v1/batch", items).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let expected = [
        (201, ""),
        (201, ""),
        (201, ""),
        (409, "duplicate_conflict"),
        (422, "invalid_quantity"),
        (201, ""),
        (201, ""),
        (400, "invalid_input"),
        (422, "unknown_store"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
    ];
    let expected: Vec<(u64, String)> = expected.into_iter().map(|(status, code)| (status, code.to_owned())).collect();
    let results = &told.body["results"];
    assert_eq!(statuses(results), expected, "{told:?}");
    assert_eq!(results[1]["body"]["points"], json!(20));
    assert_eq!((&results[2]["body"], &results[2]["replayed"]), (&results[1]["body"], &json!(true)));
    assert_eq!(results[5]["body"]["balance"], json!(15));
    assert_eq!(
        (&results[5]["key"], &results[10]["key"], &results[12]["key"]),
        (&json!("R-1"), &Value::Null, &Value::Null)
    );
    assert_eq!(results[4]["body"]["code"], "invalid_quantity");
    assert_eq!(told.body["position"], results[6]["body"]["position"]);
    assert_eq!(edge.app.vault.get_name(crate::vault::WORKER, "W2").await.unwrap().as_deref(), Some("赵六"));
    let single = edge.credit("C-1", "ZY01", "2024-03-01", json!(2)).await;
    assert_eq!((&single.body, single.header("idempotency-replayed")), (&results[1]["body"], Some("true")));
}

#[tokio::test]
async fn all_or_none_records_nothing_when_one_is_refused() {
    let edge = Edge::with_district().await;
    let head = edge.app.ledger.journal().head().await.unwrap().position;
    let refused = send(
        &edge,
        "/v1/batch?atomic=true",
        json!([credit("C-1", json!(1)), credit("C-2", json!(0)), credit("C-3", json!(1))]),
    )
    .await;
    assert_eq!(refused.no(), (422, "invalid_quantity"), "{refused:?}");
    let expected = [(422, "invalid_input"), (422, "invalid_quantity"), (422, "invalid_input")];
    let expected: Vec<(u64, String)> = expected.into_iter().map(|(status, code)| (status, code.to_owned())).collect();
    assert_eq!(statuses(&refused.body["results"]), expected);
    let unreadable =
        send(&edge, "/v1/batch?atomic=true", json!([credit("C-1", json!(1)), {"key": "x", "command": "dance"}])).await;
    assert_eq!(unreadable.no(), (400, "invalid_input"));
    assert_eq!(statuses(&unreadable.body["results"])[0], (422, "invalid_input".to_owned()));
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, head);
    let taken = send(&edge, "/v1/batch?atomic=true", json!([credit("C-1", json!(1)), credit("C-3", json!(1))])).await;
    assert_eq!(taken.status.as_u16(), 200, "{taken:?}");
    assert_eq!(taken.body["position"], json!(head + 2));
    let again = send(&edge, "/v1/batch?atomic=true", json!([credit("C-1", json!(1)), credit("C-3", json!(1))])).await;
    assert_eq!(again.body["results"][0]["replayed"], true);
    assert_eq!(again.body["position"], json!(head + 2));
}

#[tokio::test]
async fn a_batch_has_its_limits() {
    let edge = Edge::with_district().await;
    let many: Vec<Value> = (0..1_001).map(|nth| credit(&format!("C-{nth}"), json!(1))).collect();
    assert_eq!(send(&edge, "/v1/batch", json!(many)).await.no(), (413, "too_large"));
    let full = send(&edge, "/v1/batch", json!(many[..1_000])).await;
    let results = statuses(&full.body["results"]);
    assert_eq!((results.len(), results.iter().filter(|one| one.0 == 201).count()), (1_000, 4));
    assert_eq!(send(&edge, "/v1/batch", json!([])).await.body["results"], json!([]));
    assert_eq!(send(&edge, "/v1/batch", json!({})).await.no(), (400, "invalid_input"));
    let request = edge.request(Method::POST, "/v1/batch", &edge.desk);
    assert_eq!(edge.send(request, vec![b' '; (4 << 20) + 1]).await.no(), (413, "too_large"));
    assert_eq!(send(&edge, "/v1/batch?atomic=maybe", json!([])).await.no(), (400, "invalid_input"));
}

#[tokio::test]
async fn the_batchs_commands_are_described_one_by_one() {
    let edge = Edge::open().await;
    let document = edge.get("/openapi.json").await.body;
    let commands = document["components"]["schemas"]["BatchItem"]["oneOf"].as_array().unwrap();
    let redeem = commands.iter().find(|one| one["title"] == "redeem").unwrap();
    assert_eq!(redeem["properties"]["command"]["enum"], json!(["redeem", "redemption"]));
    let required = redeem["required"].as_array().unwrap();
    for field in ["key", "command", "worker", "store", "lines"] {
        assert!(required.contains(&json!(field)), "{field}");
    }
    let delist = commands.iter().find(|one| one["title"] == "delist_item").unwrap();
    assert!(delist["properties"]["store"].is_object() && delist["properties"]["sku"].is_object());
}
