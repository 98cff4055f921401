//! One person who was registered on two platforms: the ids are merged on a running server, and whatever reads the journal
//! afterwards agrees with every other.

use nuanxin_tests::{Request, Server, cli, scratch_dir};
use serde_json::json;

use crate::changes::one_digit;
use crate::exact::Exact;
use crate::journals::{Database, copy_of, fresh};
use crate::program::{run, state, utf8};
use crate::tables::Tables;

/// A district in which W2 was merged into W1 and a redemption of W2's was taken back afterwards; gives the position of the
/// event that says so on the kept side.
async fn merged(journal: &str) -> u64 {
    let offices = cli::token(journal);
    let server = Server::start(journal, &[]);
    let api = server.api(&offices);
    let ask = async |request: Request, status: u16| {
        let (found, body) = api.send(&request).await.expect("an answer");
        assert_eq!(found, status, "{request:?}: {body}");
        body
    };
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "daily_cap": 40, "counts_for_card": true});
    let schedule = json!({"effective_from": "2023-01-01", "activities": [line], "district": {}});
    ask(Request::put("/v1/schedule", "schedule", schedule), 200).await;
    for worker in ["W1", "W2"] {
        let body = json!({"id": worker, "occupation": "快递员", "party_member": true});
        ask(Request::post("/v1/workers", worker, body), 201).await;
    }
    ask(Request::post("/v1/workers/W1/card", "k", json!({"card_no": "K-1", "branch": "B1"})), 201).await;
    ask(Request::post("/v1/stores", "s", json!({"id": "S1", "name": "一号网点", "tier": "社区"})), 201).await;
    let item = json!({"sku": "P1", "name": "毛巾", "kind": "实物", "price": 5, "limit_per_worker_year": 6});
    ask(Request::post("/v1/stores/S1/items", "i", item), 201).await;
    ask(Request::post("/v1/stores/S1/restock", "r", json!({"sku": "P1", "quantity": 20})), 201).await;
    for (key, worker, quantity) in [("a1", "W1", 2), ("b1", "W2", 4)] {
        let credit =
            json!({"worker": worker, "activity": "ZY01", "on": "2025-03-05", "quantity": quantity, "witness": "李四"});
        ask(Request::post("/v1/credits", key, credit), 201).await;
    }
    for (key, quantity) in [("r1", 1), ("r2", 2)] {
        let spent = json!({"worker": "W2", "store": "S1", "lines": [{"sku": "P1", "quantity": quantity}],
            "at": "2025-03-06T10:00:00+08:00"});
        ask(Request::post("/v1/redemptions", key, spent), 201).await;
    }
    let merge = json!({"into": "W1", "reason": "同一人在两个平台登记"});
    let told = ask(Request::post("/v1/workers/W2/merge", "m", merge), 200).await;
    ask(Request::post("/v1/redemptions/r1/reverse", "x", json!({"reason": "货品损坏"})), 200).await;
    server.terminate();
    told["position"].as_u64().expect("a position")
}

async fn whatever_reads_a_merged_journal_agrees(database: Database) {
    let journal = fresh(database);
    let at = merged(&journal).await;
    let told = state(&journal, &[]);
    let figures = |worker: &str, wanted: &str| {
        told.get("workers").get(worker).clone().assert_same(&Exact::parse(wanted), worker);
    };
    figures("W1", r#"{"earned":50,"redeemed":0,"expired":0,"balance":50}"#);
    figures("W2", r#"{"earned":10,"redeemed":10,"expired":0,"balance":0}"#);
    told.get("totals").clone().assert_same(
        &Exact::parse(r#"{"earned":60,"redeemed":10,"expired":0,"balance":50}"#),
        "earned under either id",
    );
    // As of the day before, and at the position before, nobody had merged anything.
    let before = state(&journal, &["--as-of", "2025-03-07"]);
    before
        .get("workers")
        .get("W2")
        .clone()
        .assert_same(&Exact::parse(r#"{"earned":40,"redeemed":15,"expired":0,"balance":25}"#), "before");
    let at_then = state(&journal, &["--at", &(at - 2).to_string()]);
    at_then.get("workers").get("W2").clone().assert_same(
        &Exact::parse(r#"{"earned":40,"redeemed":15,"expired":0,"balance":25}"#),
        "at the position before",
    );
    run(&journal, &["replay"]).expect(0);
    run(&journal, &["verify"]).expect(0);
    let kept = scratch_dir("merging");
    for (format, ending) in [("jsonl", "jsonl"), ("csv", "csv"), ("hledger", "journal"), ("xlsx", "xlsx")] {
        let out = kept.join(format!("all.{ending}"));
        run(&journal, &["export", "--format", format, "--out", utf8(&out)]).expect(0);
    }
    let bundle = kept.join("all.zip");
    run(&journal, &["bundle", utf8(&bundle)]).expect(0);
    run(&journal, &["verify", "--bundle", utf8(&bundle)]).expect(0);
    // A bundle of one of the two ids tells its own side, and is sound by itself.
    for worker in ["W1", "W2"] {
        let own = kept.join(format!("{worker}.zip"));
        run(&journal, &["bundle", utf8(&own), "--worker", worker]).expect(0);
        run(&journal, &["verify", "--bundle", utf8(&own)]).expect(0);
    }
    for subject in ["worker:W1", "worker:W2", "card:K-1"] {
        run(&journal, &["replay", "--trace", subject]).expect(0);
    }

    let tampered = tokio::task::block_in_place(|| {
        let tampered = copy_of(&journal);
        assert!(one_digit(&mut Tables::of(&tampered), at) > 0, "nothing was changed");
        tampered
    });
    let report = run(&tampered, &["verify", "--json"]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), at, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_reads_a_merged_journal_agrees_on_sqlite() {
    whatever_reads_a_merged_journal_agrees(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_reads_a_merged_journal_agrees_on_postgres() {
    whatever_reads_a_merged_journal_agrees(Database::Postgres).await;
}
