//! What a counter handed out before the ledger could be asked: told once, by whomever, as the clerk who did it; what the
//! ledger refuses is a case, and no loss.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Days, Duration, NaiveDate};
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::Role;
use crate::service::accounts::token_for;
use crate::service::reading::now;

fn days_ago(days: u64) -> NaiveDate {
    now().date().checked_sub_days(Days::new(days)).unwrap()
}

/// W1 with twenty points.
async fn district() -> Edge {
    let edge = Edge::with_district().await;
    let credit = edge.credit("C-1", "ZY01", &days_ago(1).to_string(), json!(2)).await;
    assert_eq!(credit.status.as_u16(), 201, "{credit:?}");
    edge
}

fn handed_out(named: &str, quantity: u32) -> Value {
    json!({
        "means": "floor", "named": named, "lines": [{"sku": "P1", "quantity": quantity}],
        "given_at": now().to_string(),
    })
}

async fn tell(edge: &Edge, token: &str, ticket: Option<&str>, key: &str, body: &Value) -> Told {
    let mut request = edge.request(Method::POST, "/v1/stores/S1/deliveries", token).header("Idempotency-Key", key);
    if let Some(ticket) = ticket {
        request = request.header("Counter-Ticket", ticket);
    }
    edge.send(request, body.to_string()).await
}

async fn actor_of(edge: &Edge, position: &Value) -> String {
    let position = position.as_u64().unwrap();
    let told = edge.get(&format!("/v1/events?after={}&limit=1", position - 1)).await;
    told.body["events"][0]["actor"].as_str().unwrap_or_else(|| panic!("{told:?}")).to_owned()
}

#[tokio::test]
async fn what_was_handed_out_becomes_a_redemption_once() {
    let edge = district().await;
    let body = handed_out(" Ｗ１ ", 2);
    let told = edge.post("/v1/stores/S1/deliveries", "D-1", body.clone()).await;
    assert_eq!(told.status.as_u16(), 201, "{told:?}");
    assert_eq!(
        (&told.body["status"], &told.body["points"], &told.body["balance"]),
        (&json!("redeemed"), &json!(10), &json!(10))
    );
    let again = edge.post("/v1/stores/S1/deliveries", "D-1", body).await;
    assert_eq!((again.body.clone(), again.header("idempotency-replayed")), (told.body, Some("true")));
    let shelf = edge.get("/v1/stores/S1/stock").await;
    assert_eq!(shelf.body["items"][0]["on_shelf"], 18, "{shelf:?}");
    let cases = edge.get("/v1/stores/S1/cases").await;
    assert_eq!(cases.body["cases"], json!([]));
}

#[tokio::test]
async fn what_is_refused_is_a_case_until_somebody_settles_it() {
    let edge = district().await;
    let before = edge.get("/v1/workers/W1/balance").await.body["available"].clone();
    let told = edge.post("/v1/stores/S1/deliveries", "D-1", handed_out("W1", 5)).await;
    assert_eq!(told.status.as_u16(), 201, "{told:?}");
    assert_eq!((&told.body["status"], &told.body["code"]), (&json!("case"), &json!("insufficient_points")));
    let nobody = edge.post("/v1/stores/S1/deliveries", "D-2", handed_out("HZ-9", 1)).await;
    assert_eq!((&nobody.body["status"], &nobody.body["code"]), (&json!("case"), &json!("unknown_worker")));
    assert_eq!(edge.get("/v1/workers/W1/balance").await.body["available"], before);
    // Once there is enough, the same telling is still what it was answered.
    edge.credit("C-2", "ZY01", &days_ago(2).to_string(), json!(2)).await;

    let open = edge.get("/v1/stores/S1/cases?status=open").await;
    let listed: Vec<(&Value, &Value)> =
        open.body["cases"].as_array().unwrap().iter().map(|case| (&case["case"], &case["worker"])).collect();
    assert_eq!(listed, [(&json!("D-1"), &json!("W1")), (&json!("D-2"), &Value::Null)]);
    assert_eq!(open.body["cases"][1]["note"], "HZ-9");
    let settled = edge.post("/v1/stores/S1/cases/D-1/settle", "E-1", json!({"reason": "区里承担"})).await;
    assert_eq!((settled.status.as_u16(), &settled.body["status"]), (200, &json!("settled")), "{settled:?}");
    let twice = edge.post("/v1/stores/S1/cases/D-1/settle", "E-2", json!({"reason": "区里承担"})).await;
    assert_eq!(twice.no(), (409, "already_decided"));
    let none = edge.post("/v1/stores/S1/cases/D-9/settle", "E-3", json!({"reason": "区里承担"})).await;
    assert_eq!(none.no(), (404, "unknown_redemption"));
    let open = edge.get("/v1/stores/S1/cases?status=open").await;
    assert_eq!(open.body["cases"].as_array().map(Vec::len), Some(1));
    let report = edge.get("/v1/audit/report").await;
    let cases = &report.body["cases"];
    let shown = cases.to_string();
    assert!(
        shown.contains("insufficient_points") && shown.contains("区里承担") && shown.contains("unknown_worker"),
        "{cases}"
    );
    let settled = edge.get("/v1/stores/S1/cases?status=settled").await;
    assert_eq!(
        (&settled.body["cases"][0]["case"], &settled.body["cases"][0]["reason"]),
        (&json!("D-1"), &json!("区里承担"))
    );
}

#[tokio::test]
async fn a_ticket_keeps_the_clerk_who_handed_it_out() {
    let edge = district().await;
    let first = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let second = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let elsewhere = token_for(&edge.app, Role::Clerk, Some("S2")).await;
    let request = edge.request(Method::POST, "/v1/stores/S1/tickets", &first);
    let ticket = edge.send(request, "").await;
    assert_eq!(ticket.status.as_u16(), 200, "{ticket:?}");
    let (ticket, account) = (ticket.body["ticket"].as_str().unwrap().to_owned(), ticket.body["account"].clone());

    let told = tell(&edge, &second, Some(&ticket), "D-1", &handed_out("W1", 1)).await;
    assert_eq!(told.body["status"], "redeemed", "{told:?}");
    assert_eq!(json!(actor_of(&edge, &told.body["position"]).await), account);
    let own = tell(&edge, &second, None, "D-2", &handed_out("W1", 1)).await;
    assert_ne!(json!(actor_of(&edge, &own.body["position"]).await), account);

    // Neither at another store, nor changed, nor for another time than the ticket's.
    assert_eq!(tell(&edge, &elsewhere, Some(&ticket), "D-3", &handed_out("W1", 1)).await.no(), (403, "forbidden"));
    let mut changed = ticket.clone().into_bytes();
    changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    assert_eq!(tell(&edge, &second, Some(&changed), "D-4", &handed_out("W1", 1)).await.no(), (403, "forbidden"));
    let mut early = handed_out("W1", 1);
    early["given_at"] = json!(format!("{}T10:00:00+08:00", days_ago(1)));
    assert_eq!(tell(&edge, &second, Some(&ticket), "D-5", &early).await.no(), (403, "forbidden"));
    let request = edge.request(Method::POST, "/v1/stores/S1/tickets", &elsewhere);
    assert_eq!(edge.send(request, "").await.no(), (403, "forbidden"));
}

#[tokio::test]
async fn a_hold_is_taken_by_its_code_by_the_one_device_of_the_store() {
    let edge = district().await;
    let hold = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 2}]});
    assert_eq!(edge.post("/v1/holds", "H-1", hold).await.status.as_u16(), 201);
    let told = edge.get("/v1/holds/H-1/code").await;
    assert_eq!((told.status.as_u16(), &told.body["points"]), (200, &json!(10)), "{told:?}");
    let (text, signature) = told.body["code"].as_str().unwrap().split_once('.').unwrap();
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    assert!(text.starts_with("nuanxin/hold-code/1\nH-1\nS1\nW1\n") && text.ends_with("\n10\nP1 2\n"), "{text}");
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap().len(), 64);
    assert_eq!(edge.get("/v1/holds/H-9/code").await.no().0, 403, "what is not there is nobody's own");

    let captured = |device: &str| {
        json!({
            "means": "hold", "hold": "H-1", "device": device, "worker": "W1",
            "lines": [{"sku": "P1", "quantity": 2}], "given_at": now().to_string(),
        })
    };
    let enrolled = edge.post("/v1/stores/S1/device", "V-1", json!({"device": "till-1"})).await;
    assert_eq!((enrolled.status.as_u16(), &enrolled.body["device"]), (200, &json!("till-1")));
    let foreign = edge.post("/v1/stores/S1/deliveries", "D-1", captured("till-2")).await;
    assert_eq!((&foreign.body["status"], &foreign.body["code"]), (&json!("case"), &json!("not_eligible")));
    let own = edge.post("/v1/stores/S1/deliveries", "D-2", captured("till-1")).await;
    assert_eq!((&own.body["status"], &own.body["points"]), (&json!("redeemed"), &json!(10)), "{own:?}");
    assert_eq!(edge.get("/v1/holds/H-1/code").await.no(), (404, "unknown_redemption"));
    let twice = edge.post("/v1/stores/S1/deliveries", "D-3", captured("till-1")).await;
    assert_eq!((&twice.body["status"], &twice.body["code"]), (&json!("case"), &json!("already_decided")));
}

#[tokio::test]
async fn a_hold_that_was_given_back_meanwhile_is_spent_as_of_then() {
    let edge = district().await;
    let placed = now().plus_seconds(-3_600).unwrap();
    let hold = json!({"worker": "W1", "store": "S1", "at": placed.to_string(), "lasts_minutes": 30,
        "lines": [{"sku": "P1", "quantity": 2}]});
    assert_eq!(edge.post("/v1/holds", "H-1", hold).await.status.as_u16(), 201);
    edge.post("/v1/stores/S1/device", "V-1", json!({"device": "till-1"})).await;
    // Whatever is asked of the worker now gives the hold back first.
    edge.post(
        "/v1/redemptions",
        "R-1",
        json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]}),
    )
    .await;
    let given_at = placed.plus_seconds(Duration::minutes(20).num_seconds()).unwrap();
    let told = edge
        .post(
            "/v1/stores/S1/deliveries",
            "D-1",
            json!({"means": "hold", "hold": "H-1", "device": "till-1", "worker": "W1",
                "lines": [{"sku": "P1", "quantity": 2}], "given_at": given_at.to_string()}),
        )
        .await;
    assert_eq!((&told.body["status"], &told.body["points"]), (&json!("redeemed"), &json!(10)), "{told:?}");
}

#[tokio::test]
async fn a_district_may_limit_how_far_back_a_redemption_is_told() {
    let edge = district().await;
    edge.credit("C-9", "ZY01", &days_ago(9).to_string(), json!(2)).await;
    let redeem = |days: u64| {
        json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}],
            "at": format!("{}T10:00:00+08:00", days_ago(days))})
    };
    assert_eq!(edge.post("/v1/redemptions", "R-1", redeem(8)).await.status.as_u16(), 201);
    let settings = json!({"effective_from": "2023-01-01", "activities": [{"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10, "counts_for_card": true}], "district": {"redeem_back_days": 7}});
    assert_eq!(edge.put("/v1/schedule", "schedule-2", settings).await.status.as_u16(), 200);
    assert_eq!(edge.post("/v1/redemptions", "R-2", redeem(8)).await.no(), (422, "invalid_date"));
    assert_eq!(edge.post("/v1/redemptions", "R-3", redeem(7)).await.status.as_u16(), 201);
    // What was taken before is a repeat.
    assert_eq!(edge.post("/v1/redemptions", "R-1", redeem(8)).await.header("idempotency-replayed"), Some("true"));
}
