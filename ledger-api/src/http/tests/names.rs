//! Names: kept, found by the whole of them, masked in lists, and who read whose record.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::Role;
use crate::service::accounts::{issued_for, token_for};

async fn ask(edge: &Edge, token: &str, method: Method, path: &str, body: Value) -> Told {
    edge.send(edge.request(method, path, token), body.to_string()).await
}

async fn person(edge: &Edge, worker: &str, body: Value) -> Told {
    ask(edge, &edge.desk, Method::PUT, &format!("/v1/workers/{worker}/person"), body).await
}

async fn search(edge: &Edge, body: Value) -> Vec<String> {
    let told = ask(edge, &edge.desk, Method::POST, "/v1/workers/search", body).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let workers = told.body["workers"].as_array().unwrap();
    workers.iter().map(|worker| worker["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_name_and_a_phone_are_kept_changed_field_by_field_and_taken_away() {
    let edge = Edge::with_district().await;
    let head = edge.app.ledger.journal().head().await.unwrap().position;
    let told = person(&edge, "W1", json!({"phone": " 138 0013-8000 "})).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    assert_eq!((&told.body["name"], &told.body["phone"]), (&json!("王小明"), &json!("13800138000")));
    let told = person(&edge, "W1", json!({"name": "王大明"})).await;
    assert_eq!((&told.body["name"], &told.body["phone"]), (&json!("王大明"), &json!("13800138000")));
    let told = person(&edge, "W1", json!({"name": null, "phone": "+86 139 0013 9000"})).await;
    assert_eq!((&told.body["name"], &told.body["phone"]), (&Value::Null, &json!("13900139000")));
    let told = person(&edge, "W1", json!({})).await;
    assert_eq!((&told.body["name"], &told.body["phone"]), (&Value::Null, &json!("13900139000")));
    assert_eq!(edge.app.ledger.journal().head().await.unwrap().position, head, "the journal knows nothing of it");

    assert_eq!(person(&edge, "W9", json!({"name": "王"})).await.no(), (404, "unknown_worker"));
    assert_eq!(person(&edge, "W1", json!({"phone": "none"})).await.no(), (422, "invalid_input"));
    assert_eq!(person(&edge, "W1", json!({"name": "长".repeat(201)})).await.no(), (413, "too_large"));
    assert_eq!(person(&edge, "W1", json!({"name": "a\nb"})).await.no(), (400, "invalid_input"));
    let told = person(&edge, "W1", json!({"phone": "x", "name": null})).await;
    assert_eq!(told.no(), (422, "invalid_input"), "nothing is taken away where the rest cannot be kept");
}

#[tokio::test]
async fn workers_are_found_by_the_whole_name_or_phone_and_by_nothing_less() {
    let edge = Edge::with_district().await;
    for (id, name) in [("W2", "王小明"), ("W3", "王小")] {
        let body = json!({"id": id, "occupation": "快递员", "name": name});
        assert_eq!(edge.post("/v1/workers", id, body).await.status.as_u16(), 201);
    }
    person(&edge, "W2", json!({"phone": "13800138000"})).await;
    assert_eq!(search(&edge, json!({"name": "王小明"})).await, ["W1", "W2"]);
    assert_eq!(search(&edge, json!({"name": " 王 小明 "})).await, ["W1", "W2"]);
    assert_eq!(search(&edge, json!({"phone": "+86 138-0013-8000"})).await, ["W2"]);
    assert_eq!(search(&edge, json!({"name": "王小明", "phone": "13800138000"})).await, ["W2"]);
    for nobody in [json!({"name": "王"}), json!({"name": "小明"}), json!({"phone": "8000"}), json!({"phone": "x"})] {
        assert_eq!(search(&edge, nobody.clone()).await, [""; 0], "{nobody}");
    }
    person(&edge, "W1", json!({"name": "李四"})).await;
    assert_eq!(search(&edge, json!({"name": "王小明"})).await, ["W2"], "an earlier name finds nobody");
    let nothing = ask(&edge, &edge.desk, Method::POST, "/v1/workers/search", json!({"name": " "})).await;
    assert_eq!(nothing.no(), (422, "invalid_input"));
    for role in Role::ALL.into_iter().filter(|role| matches!(role, Role::Auditor | Role::Branch | Role::Merchant)) {
        let scope = matches!(role, Role::Branch | Role::Merchant).then_some("X");
        let token = token_for(&edge.app, role, scope).await;
        let told = ask(&edge, &token, Method::POST, "/v1/workers/search", json!({"name": "王小明"})).await;
        assert_eq!(told.no(), (403, "forbidden"), "{role}");
    }
}

#[tokio::test]
async fn a_list_shows_the_first_letter_of_a_name_and_nothing_of_the_rest() {
    let edge = Edge::with_district().await;
    let told = edge.get("/v1/workers").await;
    assert_eq!(told.body["workers"][0]["name"], "王**");
    assert!(!told.body.to_string().contains("小明"));
}

#[tokio::test]
async fn a_worker_sees_who_read_the_own_record_when_and_in_which_role() {
    let edge = Edge::with_district().await;
    let own = token_for(&edge.app, Role::Worker, Some("W1")).await;
    let issued = issued_for(&edge.app, Role::Auditor, None).await;
    let (auditor, audits) = (issued.account, issued.token);
    edge.get("/v1/workers/W1/balance").await;
    search(&edge, json!({"name": "王小明"})).await;
    ask(&edge, &audits, Method::GET, "/v1/workers/W1/trace", json!({})).await;
    ask(&edge, &audits, Method::GET, "/v1/events", json!({})).await;
    let told = ask(&edge, &own, Method::GET, "/v1/workers/W1/readers", json!({})).await;
    let rows = told.body["readers"].as_array().unwrap_or_else(|| panic!("{told:?}"));
    let rows: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["what"].as_str().unwrap(), row["role"].as_str().unwrap())).collect();
    // Of two roles that reach as far, either may be named.
    let search = rows[2].1;
    assert!(matches!(search, "operator" | "approver"), "{rows:?}");
    assert_eq!(rows, [("events", "auditor"), ("trace", "auditor"), ("search", search), ("balance", "admin")]);
    assert_eq!(told.body["readers"][0]["reader"], auditor.as_str());
    assert_eq!(told.body["readers"][0]["of_everybody"], true);
    assert_eq!(told.body["next"], Value::Null);

    let page = ask(&edge, &own, Method::GET, "/v1/workers/W1/readers?limit=3", json!({})).await;
    let next = page.body["next"].as_str().unwrap();
    let rest = ask(&edge, &own, Method::GET, &format!("/v1/workers/W1/readers?after={next}"), json!({})).await;
    assert_eq!(rest.body["readers"].as_array().unwrap().len(), 1);
    assert_eq!(rest.body["readers"][0]["what"], "balance");

    for path in ["/v1/workers/W2/readers", "/v1/workers/W9/readers"] {
        assert_eq!(ask(&edge, &own, Method::GET, path, json!({})).await.no(), (403, "forbidden"));
    }
    assert_eq!(edge.get("/v1/workers/W9/readers").await.no(), (404, "unknown_worker"));
    assert_eq!(edge.get("/v1/workers/W1/readers?after=x").await.no(), (400, "invalid_input"));
}
