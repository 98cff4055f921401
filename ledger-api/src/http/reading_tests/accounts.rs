//! Workers: particulars, balances, statements.

use ledger_core::domain::ids::{Sku, StoreId, WorkerId};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::Command;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::commands;
use serde_json::{Value, json};

use super::{Edge, answer, walk};
use crate::access::Role;
use crate::demo::{EXAMPLE_BRANCH, EXAMPLE_SKU, EXAMPLE_STORE, EXAMPLE_WORKER};
use crate::service::accounts::token_for;

fn redeem(worker: &str, quantity: u32) -> Command {
    Command::Redeem(AskedSpending {
        worker: WorkerId::new(worker).unwrap(),
        store: StoreId::new(EXAMPLE_STORE).unwrap(),
        lines: vec![AskedLine { sku: Sku::new(EXAMPLE_SKU).unwrap(), quantity: Some(quantity) }],
        time: AskedTime::Now,
        proven: None,
    })
}

#[tokio::test]
async fn a_worker_is_shown_with_card_figures_and_name() {
    let edge = Edge::demo().await;
    let worker = edge.json(&format!("/v1/workers/{EXAMPLE_WORKER}")).await;
    assert_eq!(worker["id"], EXAMPLE_WORKER);
    assert_eq!(worker["position"], edge.head());
    assert_eq!(worker["card"]["branch"], EXAMPLE_BRANCH);
    assert_eq!(worker["departed"], false);
    assert_eq!(worker.get("name"), None, "an administrator is told no name");
    let desk = token_for(&edge.app, Role::Operator, None).await;
    let bearer = format!("Bearer {desk}");
    let told = edge.ask(&format!("/v1/workers/{EXAMPLE_WORKER}"), &[("authorization", &bearer)]).await;
    let told = answer(told).await.json();
    assert!(told["name"].as_str().is_some_and(|name| !name.is_empty()), "{told}");
    for figure in ["earned", "reversed", "redeemed", "expired", "held", "debt", "services"] {
        assert!(worker[figure].is_number(), "{figure}: {worker}");
    }
    let list = edge.json("/v1/workers?limit=1").await;
    assert_eq!(list["workers"][0]["id"], EXAMPLE_WORKER);
    let name = list["workers"][0]["name"].as_str().unwrap_or_default();
    assert!(name.is_empty() || name.ends_with('*'), "a list shows no whole name: {list}");
}

#[tokio::test]
async fn what_is_not_there_is_a_coded_404() {
    let edge = Edge::empty().await;
    for path in
        ["/v1/workers/W1", "/v1/workers/W1/balance", "/v1/workers/W1/statement", "/v1/workers/a%2Fb", "/v1/workers/%00"]
    {
        assert_eq!(edge.no(path).await, (404, "unknown_worker".into()), "{path}");
    }
    assert_eq!(edge.json("/v1/workers").await, json!({"workers": [], "next": null, "position": edge.head()}));
}

#[tokio::test]
async fn a_balance_is_told_for_a_business_date() {
    let edge = Edge::demo().await;
    let path = format!("/v1/workers/{EXAMPLE_WORKER}/balance");
    let before = edge.json(&format!("{path}?as_of=2026-07-01")).await;
    assert_eq!(before["as_of"], "2026-07-01");
    let position = edge.command("R-1", "2026-07-02", redeem(EXAMPLE_WORKER, 1)).await;
    let same = edge.json(&format!("{path}?as_of=2026-07-01&min_position={position}")).await;
    let after = edge.json(&format!("{path}?as_of=2026-07-02&min_position={position}")).await;
    assert_eq!(same["available"], before["available"], "what happened later does not count yet");
    let points = |value: &Value| (value.as_f64().unwrap() * 100.0).round();
    assert_eq!(points(&before["available"]) - points(&after["available"]), 2000.0);
    assert!(after["position"].as_u64().unwrap() >= position);
    let ends: Vec<&str> = after["expiring"].as_array().unwrap().iter().map(|one| one["on"].as_str().unwrap()).collect();
    assert!(!ends.is_empty() && ends.is_sorted());
    let long_before = edge.json(&format!("{path}?as_of=2000-01-01")).await;
    assert_eq!(long_before["available"], 0);
    assert_eq!(edge.json(&path).await["as_of"], crate::service::reading::now().date().to_string());
    for wrong in ["2026-13-01", "yesterday", "20260101"] {
        assert_eq!(edge.no(&format!("{path}?as_of={wrong}")).await, (422, "invalid_date".into()));
    }
}

#[tokio::test]
async fn a_statement_is_walked_to_its_end_and_agrees_with_the_balance() {
    let edge = Edge::demo().await;
    let path = format!("/v1/workers/{EXAMPLE_WORKER}/statement");
    let position = edge.command("R-1", "2026-06-30", redeem(EXAMPLE_WORKER, 1)).await;
    let all = edge.json(&format!("{path}?limit=1000&min_position={position}")).await;
    assert_eq!(all["next"], Value::Null);
    let entries = all["entries"].as_array().unwrap();
    for limit in [1, 7, entries.len()] {
        assert_eq!(&walk(&edge, &path, "entries", limit).await, entries, "{limit}");
    }
    let positions: Vec<u64> = entries.iter().map(|entry| entry["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted() && positions.len() > 10);
    let hundredths = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
    let moved: i64 = entries.iter().map(|entry| hundredths(&entry["points"])).sum();
    let balance = edge.json(&format!("/v1/workers/{EXAMPLE_WORKER}/balance?as_of=2026-06-30")).await;
    // What ended and waits to be booked as expired has no line of its own yet.
    let of_days =
        |name: &str| -> i64 { balance[name].as_array().unwrap().iter().map(|one| hundredths(&one["points"])).sum() };
    assert!(of_days("ended") > 0 && of_days("expiring") <= hundredths(&balance["available"]), "{balance}");
    assert_eq!(moved, hundredths(&balance["available"]) + of_days("ended"), "{balance}");
    let redeemed = entries.iter().find(|entry| entry["event"] == "Redeemed").unwrap();
    assert!(redeemed["items"][0]["price"].is_number() && redeemed["lots"][0]["points"].is_number(), "{redeemed}");
    assert!(redeemed["at"].as_str().unwrap().ends_with("+08:00"));
}

#[tokio::test]
async fn a_read_includes_the_position_it_asks_for() {
    let edge = Edge::demo().await;
    for number in 0..20 {
        let command = Command::RegisterWorker(commands::RegisterWorker {
            worker: WorkerId::new(&format!("N-{number}")).unwrap(),
            details: WorkerDetails {
                occupation: "快递员".into(),
                party_member: None,
                platform: None,
                probationary: false,
                site: None,
            },
            update: false,
        });
        let position = edge.command(&format!("N-{number}"), "2026-07-01", command).await;
        let worker = edge.json(&format!("/v1/workers/N-{number}?min_position={position}")).await;
        assert_eq!(worker["occupation"], "快递员");
        assert!(worker["position"].as_u64().unwrap() >= position);
    }
}

#[tokio::test]
async fn a_position_that_is_not_there_is_told_at_once_with_the_last_one_that_is() {
    let edge = Edge::empty().await;
    let head = edge.head();
    for beyond in [head + 1, 1_000_000, i64::MAX.unsigned_abs()] {
        let answer = edge.get(&format!("/v1/workers?min_position={beyond}")).await;
        assert_eq!(answer.status.as_u16(), 404);
        let problem = answer.json();
        assert_eq!(problem["code"], "not_found");
        assert_eq!(problem["detail"], format!("there is no position {beyond}: the journal ends at position {head}"));
    }
    for no_position in ["9223372036854775808", "18446744073709551615", "18446744073709551616"] {
        for path in ["workers?min_position", "events?after", "audit/consistency?from", "appraisals/2024?at"] {
            let answer = edge.get(&format!("/v1/{path}={no_position}")).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &"invalid_input".into()), "{path}");
        }
    }
    let problem = edge.get("/v1/events?after=9223372036854775808").await.json();
    assert!(problem["detail"].as_str().unwrap().contains("9223372036854775807"), "the limit is named: {problem}");
}

#[tokio::test]
async fn lists_are_walked_to_their_end_without_loss() {
    let edge = Edge::demo().await;
    let workers = walk(&edge, "/v1/workers", "workers", 1000).await;
    assert_eq!(workers.len(), 600);
    for limit in [1, 7, 59, 60] {
        assert_eq!(walk(&edge, "/v1/workers", "workers", limit).await, workers, "{limit}");
    }
    for wrong in ["limit=0", "limit=1001", "limit=x", "after_id=1", "min_position=-1"] {
        assert_eq!(edge.no(&format!("/v1/workers?{wrong}")).await, (400, "invalid_input".into()), "{wrong}");
    }
    assert_eq!(edge.no("/v1/workers/YS-0001/statement?after=x").await, (400, "invalid_input".into()));
}

#[tokio::test]
async fn a_credit_under_a_quantity_is_shown_exactly() {
    let edge = Edge::demo().await;
    let command = Command::RecordCredit(commands::RecordCredit {
        worker: WorkerId::new(EXAMPLE_WORKER).unwrap(),
        activity: "PA02".parse().unwrap(),
        on: "2026-07-01".parse().ok(),
        quantity: Quantity::parse("1"),
        witness: Some("W-1".into()),
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    });
    let position = edge.command("C-1", "2026-07-01", command).await;
    let path = format!("/v1/workers/{EXAMPLE_WORKER}/statement?after={}&min_position={position}", position - 1);
    let answer = edge.get(&path).await;
    let text = String::from_utf8(answer.bytes).unwrap();
    assert!(text.contains("\"points\":2.5,"), "{text}");
}
