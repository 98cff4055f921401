//! What the counter asks of whoever spends: nothing, a code, or a PIN; by a route of its own and in a batch alike.

use axum::http::Method;
use chrono::{Days, NaiveDate};
use ledger_core::domain::ids::WorkerId;
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::Role;
use crate::service::accounts::token_for;
use crate::service::counter_proof::shown_now;
use crate::service::reading::now;

fn days_ago(days: u64) -> NaiveDate {
    now().date().checked_sub_days(Days::new(days)).unwrap()
}

fn worker(id: &str) -> WorkerId {
    id.parse().unwrap()
}

/// Two workers with twenty points each, in a district that asks for something.
async fn district(asks: &str) -> Edge {
    let edge = Edge::with_district().await;
    let other = edge.post("/v1/workers", "w2", json!({"id": "W2", "occupation": "外卖骑手"})).await;
    assert_eq!(other.status.as_u16(), 201, "{other:?}");
    for (key, worker) in [("C-1", "W1"), ("C-2", "W2")] {
        let body = json!({"worker": worker, "activity": "ZY01", "on": days_ago(1), "quantity": 4, "witness": "李四"});
        assert_eq!(edge.post("/v1/credits", key, body).await.status.as_u16(), 201);
    }
    edge.ask_for(asks).await;
    edge
}

impl Edge {
    /// Lets the district ask for something at its counters.
    async fn ask_for(&self, what: &str) {
        let activities = json!([{"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
            "counts_for_card": true}]);
        let settings =
            json!({"effective_from": "2023-01-01", "activities": activities, "district": {"counter_proof": what}});
        let told = self.put("/v1/schedule", &format!("asks-{what}"), settings).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
        let told = self.get("/v1/schedule").await;
        assert_eq!(told.body["district"]["counter_proof"], what, "{told:?}");
    }

    async fn redeem(&self, key: &str, of: &str, proof: Option<&str>) -> Told {
        self.post("/v1/redemptions", key, spending(of, proof)).await
    }

    async fn proven_by(&self, redemption: &str) -> Value {
        self.get(&format!("/v1/redemptions/{redemption}")).await.body["proven_by"].clone()
    }
}

fn spending(of: &str, proof: Option<&str>) -> Value {
    let mut body = json!({"worker": of, "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    if let Some(proof) = proof {
        body["proof"] = json!(proof);
    }
    body
}

/// Another six digits.
fn wrong(code: &str) -> String {
    let last = code.as_bytes()[5] - b'0';
    format!("{}{}", &code[..5], (last + 5) % 10)
}

#[tokio::test]
async fn a_district_that_asks_for_nothing_takes_a_name_alone() {
    let edge = district("id").await;
    assert_eq!(edge.redeem("R-1", "W1", None).await.status.as_u16(), 201);
    assert_eq!(edge.redeem("R-2", "W1", Some("anything")).await.status.as_u16(), 201);
    assert_eq!(edge.proven_by("R-2").await, Value::Null);
}

#[tokio::test]
async fn a_code_of_the_minute_proves_its_worker_and_one_redemption() {
    let edge = district("code").await;
    let missing = edge.redeem("R-1", "W1", None).await;
    assert_eq!(missing.no(), (422, "invalid_input"));
    assert!(missing.body["detail"].as_str().unwrap().starts_with("proof: missing"), "{missing:?}");

    let code = shown_now(&edge.app, &worker("W1"));
    assert_eq!(code.text, format!("W1#{}", code.digits));
    let others = edge.redeem("R-1", "W2", Some(&code.text)).await;
    assert_eq!(others.no(), (422, "invalid_input"), "another worker's code");
    assert_eq!(edge.redeem("R-1", "W1", Some(&wrong(&code.digits))).await.no(), (422, "invalid_input"));
    let told = edge.redeem("R-1", "W1", Some(&code.digits)).await;
    assert_eq!(told.status.as_u16(), 201, "{told:?}");
    assert_eq!(edge.proven_by("R-1").await, "code");

    // The same command again is answered as it was, whatever it shows by now; other content is none of it.
    for proof in [Some("W1#000000"), None, Some(code.digits.as_str())] {
        let again = edge.redeem("R-1", "W1", proof).await;
        assert_eq!((again.body.clone(), again.header("idempotency-replayed")), (told.body.clone(), Some("true")));
    }
    let used = edge.redeem("R-2", "W1", Some(&code.text)).await;
    assert_eq!(used.no(), (422, "invalid_input"));
    assert!(used.body["detail"].as_str().unwrap().contains("used for another"), "{used:?}");

    // Auditors see it in the trace.
    let trace = edge.get("/v1/workers/W1/trace").await;
    assert!(trace.body.to_string().contains("\"by\":\"code\""), "{trace:?}");
}

#[tokio::test]
async fn a_code_that_the_ledger_refused_can_be_shown_again() {
    let edge = district("code").await;
    let code = shown_now(&edge.app, &worker("W1")).text;
    let mut much = spending("W1", Some(&code));
    much["lines"][0]["quantity"] = json!(7);
    assert_eq!(edge.post("/v1/redemptions", "R-1", much).await.no(), (409, "limit_per_worker"));
    assert_eq!(edge.redeem("R-2", "W1", Some(&code)).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_code_is_judged_by_the_redemption_s_own_time() {
    let edge = district("code").await;
    let code = shown_now(&edge.app, &worker("W1")).text;
    let at = |minutes: i64| {
        let mut body = spending("W1", Some(&code));
        body["at"] = json!(now().plus_seconds(-60 * minutes).unwrap().to_string());
        body
    };
    assert_eq!(edge.post("/v1/redemptions", "R-1", at(3)).await.no(), (422, "invalid_input"), "run out by then");
    assert_eq!(edge.post("/v1/redemptions", "R-1", at(0)).await.status.as_u16(), 201);

    // A counter without a network tells it later by the same; what proves nothing is a case.
    let deliver = |proof: Option<&str>, named: &str| {
        let mut body = json!({"means": "floor", "named": named, "lines": [{"sku": "P1", "quantity": 1}],
            "given_at": now().to_string()});
        if let Some(proof) = proof {
            body["proof"] = json!(proof);
        }
        body
    };
    let second = shown_now(&edge.app, &worker("W2"));
    let told = edge.post("/v1/stores/S1/deliveries", "D-1", deliver(Some(&second.digits), "W2")).await;
    assert_eq!(told.body["status"], "redeemed", "{told:?}");
    assert_eq!(edge.proven_by("D-1").await, "code");
    let unproven = deliver(None, "W2");
    let told = edge.post("/v1/stores/S1/deliveries", "D-2", unproven.clone()).await;
    assert_eq!((&told.body["status"], &told.body["code"]), (&json!("case"), &json!("invalid_input")), "{told:?}");
    let mut proven = unproven;
    proven["proof"] = json!(shown_now(&edge.app, &worker("W2")).digits);
    let again = edge.post("/v1/stores/S1/deliveries", "D-2", proven).await;
    assert_eq!(again.body, told.body, "what was a case stays one");
    // The code may stand behind the name; used once, it proves nothing more.
    let told = edge.post("/v1/stores/S1/deliveries", "D-3", deliver(None, &second.text)).await;
    assert_eq!(told.body["status"], "case", "{told:?}");
    // A slip was signed by hand.
    let mut slip = deliver(None, "W2");
    slip["means"] = json!("slip");
    let told = edge.post("/v1/stores/S1/deliveries", "D-4", slip).await;
    assert_eq!(told.body["status"], "redeemed", "{told:?}");
    assert_eq!(edge.proven_by("D-4").await, "paper");
}

#[tokio::test]
async fn a_code_on_paper_proves_until_it_is_made_anew() {
    let edge = district("code").await;
    let first = edge.app.proofs.make_printed(&worker("W1"), None).await.unwrap();
    assert_eq!(edge.redeem("R-1", "W1", Some(&first)).await.status.as_u16(), 201);
    assert_eq!(edge.proven_by("R-1").await, "printed_code");
    assert_eq!(edge.redeem("R-2", "W1", Some(&format!("W1#{}", first.to_lowercase()))).await.status.as_u16(), 201);
    assert_eq!(edge.redeem("R-3", "W2", Some(&first)).await.no(), (422, "invalid_input"));
    let second = edge.app.proofs.make_printed(&worker("W1"), None).await.unwrap();
    assert_eq!(edge.redeem("R-3", "W1", Some(&first)).await.no(), (422, "invalid_input"), "void");
    assert_eq!(edge.redeem("R-3", "W1", Some(&second)).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_pin_proves_its_worker_and_guessing_it_is_slow() {
    let edge = district("pin").await;
    let none = edge.redeem("R-1", "W1", Some("847291")).await;
    assert_eq!(none.no(), (422, "invalid_input"));
    assert!(none.body["detail"].as_str().unwrap().contains("no PIN"), "{none:?}");
    edge.app.proofs.set_pin(&worker("W1"), None, "847291").await.unwrap();
    edge.app.proofs.set_pin(&worker("W2"), None, "502846").await.unwrap();
    assert_eq!(edge.redeem("R-1", "W1", None).await.no(), (422, "invalid_input"));
    assert_eq!(edge.redeem("R-1", "W1", Some("502846")).await.no(), (422, "invalid_input"), "another worker's");
    let code = shown_now(&edge.app, &worker("W1")).text;
    assert_eq!(edge.redeem("R-1", "W1", Some(&code)).await.no(), (422, "invalid_input"), "a code is no PIN");
    assert_eq!(edge.redeem("R-1", "W1", Some("８４７２９１")).await.status.as_u16(), 201, "as an input method types");
    assert_eq!(edge.proven_by("R-1").await, "pin");

    for _ in 0..4 {
        assert_eq!(edge.redeem("R-2", "W1", Some("111222")).await.no(), (422, "invalid_input"));
    }
    let locked = edge.redeem("R-2", "W1", Some("847291")).await;
    assert_eq!(locked.no(), (429, "too_many_requests"));
    assert!(locked.header("retry-after").is_some(), "{locked:?}");
    assert_eq!(edge.redeem("R-3", "W2", Some("502846")).await.status.as_u16(), 201, "nobody else waits");
    // A repeat asks for nothing.
    assert_eq!(edge.redeem("R-1", "W1", None).await.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn items_of_a_batch_are_judged_one_by_one() {
    let edge = district("code").await;
    let code = |id: &str| shown_now(&edge.app, &worker(id)).text;
    let item = |key: &str, of: &str, proof: Option<&str>| {
        let mut item = spending(of, proof);
        item["key"] = json!(key);
        item["command"] = json!("redeem");
        item
    };
    let (first, second) = (code("W1"), code("W2"));
    let all = json!([
        item("B-1", "W1", Some(&first)),
        item("B-2", "W2", Some(&first)),
        item("B-3", "W2", None),
        item("B-4", "W2", Some(&second)),
        item("B-5", "W2", Some(&second)),
        item("B-6", "W9", Some(&second)),
    ]);
    let told = edge.post("/v1/batch", "unused", all).await;
    let statuses: Vec<&Value> = told.body["results"]
        .as_array()
        .unwrap_or_else(|| panic!("{told:?}"))
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, [201, 422, 422, 201, 422, 422], "{told:?}");
    assert_eq!(told.body["results"][5]["code"], "unknown_worker");
}

#[tokio::test]
async fn nothing_of_a_batch_of_all_or_none_uses_a_code_that_was_not_given() {
    let edge = district("code").await;
    let code = shown_now(&edge.app, &worker("W1")).text;
    let item = |key: &str, proof: Option<&str>| {
        let mut item = spending("W1", proof);
        item["key"] = json!(key);
        item["command"] = json!("redeem");
        item
    };
    let told = edge.post("/v1/batch?atomic=true", "unused", json!([item("B-1", Some(&code)), item("B-2", None)])).await;
    assert_eq!(told.no(), (422, "invalid_input"));
    assert_eq!(edge.redeem("R-1", "W1", Some(&code)).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_hold_of_one_s_own_needs_no_proof_and_one_by_a_clerk_does() {
    let edge = district("code").await;
    let own = token_for(&edge.app, Role::Worker, Some("W1")).await;
    let placed = edge.post_by(&own, "/v1/holds", "H-1", spending("W1", None)).await;
    assert_eq!(placed.status.as_u16(), 201, "{placed:?}");
    let taken = edge.post("/v1/holds/H-1/capture", "H-1-taken", json!({})).await;
    assert_eq!(taken.status.as_u16(), 201, "{taken:?}");
    assert_eq!(edge.post("/v1/holds", "H-2", spending("W1", None)).await.no(), (422, "invalid_input"));
    let code = shown_now(&edge.app, &worker("W1")).text;
    assert_eq!(edge.post("/v1/holds", "H-2", spending("W1", Some(&code))).await.status.as_u16(), 201);
    let events = edge.get("/v1/events?after=0&limit=1000").await.body.to_string();
    assert!(events.contains("proven_by") && events.contains("account"), "an auditor sees it");
}

#[tokio::test]
async fn what_a_district_asks_for_is_one_of_three_words() {
    let edge = Edge::with_district().await;
    let request = edge.asking(Method::PUT, "/v1/schedule", "S-9");
    let body = json!({"effective_from": "2023-01-01", "activities": [], "district": {"counter_proof": "face"}});
    assert_eq!(edge.send(request, body.to_string()).await.no().1, "invalid_input");
}

#[tokio::test]
async fn whoever_guesses_at_a_counter_is_told_to_auditors() {
    let edge = district("code").await;
    let code = shown_now(&edge.app, &worker("W1"));
    for key in ["R-1", "R-2"] {
        assert_eq!(edge.redeem(key, "W1", Some(&wrong(&code.digits))).await.no(), (422, "invalid_input"));
    }
    assert_eq!(edge.redeem("R-3", "W1", None).await.no(), (422, "invalid_input"));
    assert_eq!(edge.redeem("R-4", "W1", Some("seen.bm8.00")).await.no(), (422, "invalid_input"), "a made-up word");
    let told = edge.get("/v1/audit/security?code=invalid_input").await;
    let rows = told.body["refusals"].as_array().unwrap_or_else(|| panic!("{told:?}"));
    let times: i64 = rows.iter().map(|row| row["times"].as_i64().unwrap()).sum();
    assert_eq!(times, 3, "nothing shown is no guess: {rows:?}");
    assert!(rows.iter().all(|row| row["route"] == "proof code of W1" && row["who"].is_string()), "{rows:?}");
}

#[tokio::test]
async fn the_audit_report_tells_by_what_workers_were_proven() {
    let edge = district("id").await;
    let proofs = async || {
        let told = edge.get("/v1/audit/report?format=json").await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
        told.body.get("proofs").cloned()
    };
    assert_eq!(edge.redeem("R-1", "W1", None).await.status.as_u16(), 201);
    assert_eq!(proofs().await, None, "nobody was asked, so there is nothing to compare");
    edge.ask_for("code").await;
    let code = shown_now(&edge.app, &worker("W1"));
    assert_eq!(edge.redeem("R-2", "W1", Some(&code.digits)).await.status.as_u16(), 201);
    let own = token_for(&edge.app, Role::Worker, Some("W2")).await;
    let hold = json!({"worker": "W2", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    let held = edge.post_by(&own, "/v1/holds", "H-1", hold).await;
    assert_eq!(held.status.as_u16(), 201, "{held:?}");
    let captured = edge.post("/v1/holds/H-1/capture", "R-3", json!({})).await;
    assert_eq!(captured.status.as_u16(), 201, "{captured:?}");
    let told = proofs().await.unwrap();
    let mut rows: Vec<Value> = told["rows"]
        .as_array()
        .unwrap_or_else(|| panic!("{told}"))
        .iter()
        .map(|row| json!([row["store"], row["proven_by"], row["proof"], row["redemptions"], row["points"]]))
        .collect();
    rows.sort_by_key(ToString::to_string);
    let expected = [
        json!(["S1", "account", "本人账号", 1, 5]),
        json!(["S1", "code", "动态码", 1, 5]),
        json!(["S1", "none", "未证明", 1, 5]),
    ];
    assert_eq!(rows, expected);
}
