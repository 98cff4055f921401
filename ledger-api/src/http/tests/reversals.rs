//! Taking back over HTTP what a merchant is owed yuan for: by the counter itself on the same day, later by an approver whom
//! the worker is in reach of; and what comes of the money.

use ledger_core::evidence::verifier::{Verdict, verify};
use serde_json::{Value, json};

use super::programmes::{district, taken};
use super::support::{By, Edge};
use crate::access::Role;
use crate::vault::{CASE, WORKER};

const CLAIMS: &str = "/v1/benefits/QY1/claims";
const AGO: &str = "2024-03-05T08:30:00+08:00";

/// A voucher of 15 yuan and a discount of which half is borne, both of a fund of 100 yuan and without an end; WZ has a pass.
async fn with_money() -> Edge {
    let edge = district().await;
    taken(&edge.post("/v1/funds", "ZJ1", json!({"id": "ZJ1", "body": "区总工会", "amount": 100})).await);
    let benefit = json!({"id": "QY1", "name": "餐券", "kind": "voucher", "fund": "ZJ1", "value": 15});
    taken(&edge.post("/v1/benefits", "QY1", benefit).await);
    let pass = json!({"id": "NXK1", "worker": "WZ", "kind": "优享卡", "from": "2024-01-01"});
    taken(&edge.post("/v1/passes", "NXK1", pass).await);
    let offer =
        json!({"id": "YH1", "merchant": "M1", "kind": "优享卡", "discount": 8.5, "subsidy": 0.5, "fund": "ZJ1"});
    taken(&edge.post("/v1/offers", "YH1", offer).await);
    edge
}

fn slip(at: &str) -> Value {
    json!({"pass": "NXK1", "offer": "YH1", "at": at, "price": "25.04", "paid": 21.28})
}

fn why() -> Value {
    json!({"reason": "核错了"})
}

async fn assert_verified(edge: &Edge) {
    let verdict = verify(edge.app.ledger.journal(), &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}

#[tokio::test]
async fn a_use_of_today_is_the_counters_to_take_back_and_an_earlier_one_an_approvers() {
    let edge = with_money().await;
    let (now, month) = (edge.app.ledger.now().to_string(), edge.app.ledger.now().month().to_string());
    let (own, other) =
        (By::new(&edge, Role::Merchant, Some("M1")).await, By::new(&edge, Role::Merchant, Some("M2")).await);
    for (claim, at) in [("QD1", now.as_str()), ("QD2", AGO)] {
        let applied = json!({"worker": "WZ", "at": at});
        assert_eq!(taken(&edge.post(CLAIMS, claim, applied).await)["status"], "granted");
        let used = json!({"at": at, "merchant": "M1"});
        taken(&own.post(&format!("{CLAIMS}/{claim}/use"), &format!("SY-{claim}"), used).await);
    }
    let back = |claim: &str| format!("{CLAIMS}/{claim}/use/reverse");
    assert_eq!(other.post(&back("QD1"), "CZ0", why()).await.no(), (403, "forbidden"), "another counter");
    assert_eq!(own.post(&back("QD2"), "CZ0", why()).await.no(), (403, "forbidden"), "not of today");
    assert_eq!(
        own.post(&back("QD9"), "CZ0", why()).await.no(),
        (403, "forbidden"),
        "it tells nothing of what is there"
    );
    let operator = By::new(&edge, Role::Operator, None).await;
    assert_eq!(operator.post(&back("QD1"), "CZ0", why()).await.no(), (403, "forbidden"));
    let reversed = own.post(&back("QD1"), "CZ1", why()).await;
    assert_eq!([&taken(&reversed)["yuan"], &reversed.body["month"]], [&json!(15), &json!(month)]);
    assert_eq!(own.post(&back("QD1"), "CZ1", why()).await.body, reversed.body, "the same once more is a repeat");
    assert_eq!(own.post(&back("QD1"), "CZ2", why()).await.no(), (409, "already_decided"), "once");

    let elsewhere = By::new(&edge, Role::Approver, Some("Y")).await;
    assert_eq!(elsewhere.post(&back("QD2"), "CZ3", why()).await.no(), (403, "forbidden"), "out of reach");
    let here = By::new(&edge, Role::Approver, Some("Z")).await;
    let reversed = here.post(&back("QD2"), "CZ3", why()).await;
    assert_eq!([&taken(&reversed)["yuan"], &reversed.body["month"]], [&json!(15), &json!("2024-03")]);
    let district = By::new(&edge, Role::Approver, None).await;
    assert_eq!(district.post(&back("QD9"), "CZ4", why()).await.no(), (404, "unknown_benefit"));

    // What is not used is granted still, with the money set aside: it is used again, or given back.
    let read = edge.get("/v1/benefits/QY1").await.body;
    assert_eq!([&read["granted"], &read["used"]], [&json!(2), &json!(0)]);
    assert_eq!(edge.get("/v1/funds/ZJ1").await.body["committed"], json!(30));
    assert!(own.get("/v1/merchants/M1/settlement?month=2024-03").await.body.get("yuan").is_none());
    let again = json!({"at": now, "merchant": "M2"});
    taken(&other.post(&format!("{CLAIMS}/QD1/use"), "SY2", again).await);
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    taken(&worker.post(&format!("{CLAIMS}/QD2/withdraw"), "CH1", json!({})).await);
    assert_eq!(edge.get("/v1/funds/ZJ1").await.body["committed"], json!(15));
    // In a batch it is the same.
    let batch = json!([
        {"key": "CZ5", "command": "reverse_benefit_use", "benefit": "QY1", "claim": "QD1", "reason": "核错了"},
    ]);
    let told = other.post("/v1/batch", "batch", batch).await;
    assert_eq!(told.body["results"][0]["body"]["yuan"], json!(15), "{told:?}");
    assert_verified(&edge).await;
}

#[tokio::test]
async fn a_slip_that_is_taken_back_frees_its_money_and_its_number_is_not_used_again() {
    let edge = with_money().await;
    let now = edge.app.ledger.now().to_string();
    let own = By::new(&edge, Role::Merchant, Some("M1")).await;
    for (number, at) in [("XP1", AGO), ("XP2", now.as_str())] {
        assert_eq!(taken(&own.post("/v1/honours", number, slip(at)).await)["yuan"], json!(1.88));
    }
    let back = |number: &str| format!("/v1/honours/{number}/reverse");
    let other = By::new(&edge, Role::Merchant, Some("M2")).await;
    assert_eq!(other.post(&back("XP2"), "CZ0", why()).await.no(), (403, "forbidden"));
    assert_eq!(own.post(&back("XP1"), "CZ0", why()).await.no(), (403, "forbidden"), "not of today");
    assert_eq!(taken(&own.post(&back("XP2"), "CZ1", why()).await)["yuan"], json!(1.88));
    assert_eq!(own.post(&back("XP2"), "CZ2", why()).await.no(), (409, "already_decided"));
    let elsewhere = By::new(&edge, Role::Approver, Some("Y")).await;
    assert_eq!(elsewhere.post(&back("XP1"), "CZ3", why()).await.no(), (403, "forbidden"));
    // What the offer says by now is of later slips.
    let offer =
        json!({"id": "YH1", "merchant": "M1", "kind": "优享卡", "discount": 8.5, "subsidy": 0.25, "fund": "ZJ1"});
    taken(&edge.post("/v1/offers", "YH1-2", offer).await);
    let here = By::new(&edge, Role::Approver, Some("Z")).await;
    let reversed = here.post(&back("XP1"), "CZ3", why()).await;
    assert_eq!([&taken(&reversed)["yuan"], &reversed.body["month"]], [&json!(1.88), &json!("2024-03")]);
    let district = By::new(&edge, Role::Approver, None).await;
    assert_eq!(district.post(&back("XP9"), "CZ4", why()).await.no(), (404, "unknown_pass"));
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert_eq!([&fund["committed"], &fund["free"]], [&json!(0), &json!(100)]);
    let sent_again = own.post("/v1/honours", "XP1", slip(AGO)).await;
    assert!(sent_again.header("Idempotency-Replayed").is_some(), "{sent_again:?}");
    assert_eq!(edge.get("/v1/funds/ZJ1").await.body["committed"], json!(0));
    assert_verified(&edge).await;
}

#[tokio::test]
async fn why_a_slip_was_taken_back_is_the_holders_and_goes_with_the_holder() {
    const NAME: &str = "欧阳不可忘";
    let edge = with_money().await;
    assert_eq!(edge.put("/v1/workers/WZ/person", "-", json!({"name": NAME})).await.status.as_u16(), 200);
    let now = edge.app.ledger.now().to_string();
    let own = By::new(&edge, Role::Merchant, Some("M1")).await;
    taken(&own.post("/v1/honours", "XP1", slip(&now)).await);
    let named = || json!({"reason": format!("{NAME}没有到店")});
    taken(&own.post("/v1/honours/XP1/reverse", "CZ1", named()).await);
    assert!(own.post("/v1/honours/XP1/reverse", "CZ1", named()).await.header("Idempotency-Replayed").is_some());
    let events = edge.get("/v1/events?limit=1000").await.body;
    let events = events["events"].as_array().unwrap();
    let reversed = events.iter().find(|event| event["type"] == "PassUseReversed").unwrap();
    let reference = reversed["payload"]["reason"].as_str().unwrap().to_owned();
    let vault = &edge.app.vault;
    let kept = async || {
        let asked = [(WORKER, "WZ", reference.as_str()), (CASE, "XP1", reference.as_str())];
        vault.texts(&asked).await.unwrap()
    };
    assert_eq!(kept().await, [Some(format!("{NAME}没有到店")), None], "under the holder's key, and no other");

    // Auditors read it with the name masked, in the report and in the trace of the pass.
    let audits = By::new(&edge, Role::Auditor, None).await;
    let paths = ["/v1/audit/report?format=json", "/v1/passes/NXK1/trace"];
    for path in paths {
        let told = audits.get(path).await.body.to_string();
        assert!(told.contains("欧**没有到店") && !told.contains(NAME), "{path}: {told}");
    }

    let path = "/v1/workers/WZ/erase";
    assert_eq!(edge.post(path, "e1", json!({"reason": "不再参加"})).await.body["status"], "asked");
    assert_eq!(edge.other_post(path, "e2", json!({"reason": "不再参加"})).await.body["status"], "erased");
    assert_eq!(kept().await, [None, None]);
    for path in paths {
        let told = audits.get(path).await.body.to_string();
        assert!(told.contains("PassUseReversed") || told.contains("XP1"), "the slip itself stays: {told}");
        assert!(!told.contains('欧') && !told.contains("没有到店"), "{path}: {told}");
    }
}

#[tokio::test]
async fn what_was_sent_back_withdrawn_and_taken_back_is_the_persons_to_take_with_its_reason() {
    let edge = with_money().await;
    let now = edge.app.ledger.now().to_string();
    let approved = json!({"id": "QY2", "name": "疗休养", "kind": "place", "approvals": ["区总工会", "市总工会"]});
    taken(&edge.post("/v1/benefits", "QY2", approved).await);
    let own = By::new(&edge, Role::Merchant, Some("M1")).await;
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let approver = By::new(&edge, Role::Approver, Some("Z")).await;
    let applied = json!({"worker": "WZ", "at": now});
    for claim in ["QD1", "QD2"] {
        taken(&edge.post(CLAIMS, claim, applied.clone()).await);
    }
    taken(&worker.post("/v1/benefits/QY2/claims", "QD3", applied).await);
    let of = |why: &str| json!({"reason": why});
    taken(&own.post(&format!("{CLAIMS}/QD1/use"), "SY1", json!({"at": now, "merchant": "M1"})).await);
    taken(&own.post(&format!("{CLAIMS}/QD1/use/reverse"), "CZ1", of("核错了人")).await);
    taken(&worker.post(&format!("{CLAIMS}/QD2/withdraw"), "CH1", of("那天有事")).await);
    taken(&approver.post("/v1/benefits/QY2/claims/QD3/reject", "TH1", of("缺证明")).await);
    taken(&own.post("/v1/honours", "XP1", slip(&now)).await);
    taken(&own.post("/v1/honours/XP1/reverse", "CZ2", of("原价写错")).await);

    let told = worker.get("/v1/workers/WZ/export?format=json").await.body;
    let row = |table: &str, name: &str, named: &str| {
        let rows = told[table].as_array().unwrap_or_else(|| panic!("no {table}: {told}"));
        rows.iter().find(|row| row[name] == named).unwrap_or_else(|| panic!("no {named}: {told}"))
    };
    for (table, name, named, what, why) in [
        ("applications", "application", "QD1", "reversed", "核错了人"),
        ("applications", "application", "QD2", "withdrawn", "那天有事"),
        ("applications", "application", "QD3", "returned", "缺证明"),
        ("passes", "slip", "XP1", "reversed", "原价写错"),
    ] {
        let row = row(table, name, named);
        assert_eq!(row[format!("{what}_reason")], why, "{row}");
        assert!(row[format!("{what}_at")].is_string(), "{row}");
    }
    let first = row("applications", "application", "QD1");
    assert_eq!([&first["withdrawn_at"], &first["returned_reason"]], [&Value::Null, &Value::Null]);
}
