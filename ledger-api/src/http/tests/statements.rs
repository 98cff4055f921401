//! Statements over HTTP: three persons settle a merchant's month and a body's; what is disputed; what comes later.

use axum::http::StatusCode;
use ledger_core::evidence::verifier::{Verdict, verify};
use serde_json::{Value, json};

use super::support::{By, Edge, Told};
use crate::access::Role;

#[track_caller]
fn taken(told: &Told) -> &Value {
    assert!(told.status.is_success(), "{told:?}");
    &told.body
}

/// M1 is owed 10 points and 1.88 yuan for March, the latter from a fund of 总工会 that also granted a benefit for 5 points.
async fn district() -> Edge {
    let edge = Edge::with_district().await;
    taken(&edge.credit("C1", "ZY01", "2024-03-01", json!(4)).await);
    let lines = json!([{"sku": "P1", "quantity": 2}]);
    let at = "2024-03-06T10:00:00+08:00";
    taken(&edge.post("/v1/redemptions", "R1", json!({"worker": "W1", "store": "S1", "lines": lines, "at": at})).await);
    let fund = json!({"id": "ZJ1", "body": "总工会", "source": "工会经费", "year": 2024, "amount": 100});
    taken(&edge.post("/v1/funds", "ZJ1", fund).await);
    let benefit = json!({"id": "QY1", "name": "体检", "kind": "place", "fund": "ZJ1", "price": 5, "value": 60.5});
    taken(&edge.post("/v1/benefits", "QY1", benefit).await);
    let ask = json!({"worker": "W1", "at": "2024-03-05T08:30:00+08:00"});
    taken(&edge.post("/v1/benefits/QY1/claims", "QD1", ask).await);
    let pass = json!({"id": "NXK1", "worker": "W1", "kind": "优享卡", "from": "2024-01-01", "until": "2024-12-31"});
    taken(&edge.post("/v1/passes", "NXK1", pass).await);
    let offer =
        json!({"id": "YH1", "merchant": "M1", "kind": "优享卡", "discount": 8.5, "subsidy": 0.5, "fund": "ZJ1"});
    taken(&edge.post("/v1/offers", "YH1", offer).await);
    taken(&slip(&edge, "XP1", "2024-03-05T12:00:00+08:00").await);
    edge
}

async fn slip(edge: &Edge, key: &str, at: &str) -> Told {
    let slip = json!({"pass": "NXK1", "offer": "YH1", "at": at, "price": "25.04", "paid": 21.28});
    edge.post("/v1/honours", key, slip).await
}

const MARCH: &str = "/v1/merchants/M1/statements/2024-03";
const BODY: &str = "/v1/bodies/%E6%80%BB%E5%B7%A5%E4%BC%9A/statements";

#[tokio::test]
async fn three_persons_settle_a_merchant_s_month_in_points_and_yuan() {
    let edge = district().await;
    let clerk = By::new(&edge, Role::Operator, None).await;
    let (li, wang) = (By::new(&edge, Role::Approver, None).await, By::new(&edge, Role::Approver, None).await);
    let zhang = By::new(&edge, Role::Approver, None).await;
    let month = json!({"month": "2024-03"});
    let shop = By::new(&edge, Role::Merchant, Some("M1")).await;
    assert_eq!(shop.post("/v1/merchants/M1/statements", "s-0", month.clone()).await.no(), (403, "forbidden"));
    let there = By::new(&edge, Role::Operator, Some("X1")).await;
    assert_eq!(there.post("/v1/merchants/M1/statements", "s-0", month.clone()).await.no(), (403, "forbidden"));
    let never = clerk.post("/v1/merchants/M1/statements", "s-0", json!({"month": "2024-02"})).await;
    assert_eq!(never.no(), (409, "outside_window"));
    let prepared = clerk.post("/v1/merchants/M1/statements", "s-1", month.clone()).await;
    let body = taken(&prepared);
    assert_eq!(
        [&body["stage"], &body["lines"], &body["points"], &body["yuan"]],
        [&json!("prepared"), &json!(2), &json!(10), &json!(1.88)]
    );
    let pay =
        |points: Value, yuan: Value| json!({"month": "2024-03", "points": points, "yuan": yuan, "reference": "P"});
    let payments = "/v1/merchants/M1/settlements";
    assert_eq!(wang.post(payments, "p-0", pay(json!(10), json!(1.88))).await.no(), (409, "outside_window"));
    // The merchant looks it over and disputes a line.
    let seen = shop.get(MARCH).await;
    assert_eq!(taken(&seen)["lines"].as_array().unwrap().len(), 2);
    let wrong = json!({"line": "XP9", "reason": "金额不符"});
    assert_eq!(shop.post(&format!("{MARCH}/disputes"), "d-0", wrong).await.no(), (422, "invalid_input"));
    let dispute = json!({"line": "XP1", "reason": "金额不符"});
    let disputed = shop.post(&format!("{MARCH}/disputes"), "d-1", dispute).await;
    assert_eq!(taken(&disputed)["dispute"], "d-1");
    assert_eq!(li.post(&format!("{MARCH}/confirm"), "c-0", json!({})).await.no(), (409, "outside_window"));
    let answer = json!({"upheld": false, "reason": "与小票一致"});
    taken(&li.post(&format!("{MARCH}/disputes/d-1/answer"), "a-1", answer).await);
    let seen = shop.get(MARCH).await.body;
    assert_eq!(
        [&seen["disputes"][0]["reason"], &seen["disputes"][0]["answer"], &seen["stage"]],
        [&json!("金额不符"), &json!("与小票一致"), &json!("prepared")]
    );
    taken(&li.post(&format!("{MARCH}/confirm"), "c-1", json!({})).await);
    assert_eq!(li.post(payments, "p-1", pay(json!(10), json!(1.88))).await.no(), (403, "same_person"));
    assert_eq!(wang.post(payments, "p-2", pay(json!(10), json!(1.89))).await.no(), (422, "invalid_amount"));
    // A slip of March that comes now is April's, and March stays as it was confirmed.
    taken(&slip(&edge, "XP2", "2024-03-07T12:00:00+08:00").await);
    assert_eq!(taken(&wang.post(payments, "p-3", pay(json!(10), json!(1.88))).await)["yuan"], json!(1.88));
    let march = zhang.get(MARCH).await.body;
    assert_eq!(
        [&march["yuan"], &march["yuan_owed"], &march["owed"], &march["stage"]],
        [&json!(1.88), &json!(0), &json!(0), &json!("confirmed")]
    );
    let april = zhang.get("/v1/merchants/M1/statements/2024-04").await.body;
    assert_eq!([&april["yuan"], &april["lines"][0]["source"]], [&json!(1.88), &json!("XP2")]);
    assert_verified(&edge).await;
}

#[tokio::test]
async fn a_merchant_says_once_that_a_statement_is_right_and_an_approver_confirms_it_all_the_same() {
    let edge = district().await;
    let clerk = By::new(&edge, Role::Operator, None).await;
    let li = By::new(&edge, Role::Approver, None).await;
    let shop = By::new(&edge, Role::Merchant, Some("M1")).await;
    let other = By::new(&edge, Role::Merchant, Some("M2")).await;
    let path = format!("{MARCH}/acknowledge");
    let nothing = json!({});
    assert_eq!(shop.post(&path, "w-0", nothing.clone()).await.no(), (404, "not_found"), "nothing was prepared");
    taken(&clerk.post("/v1/merchants/M1/statements", "s-1", json!({"month": "2024-03"})).await);
    for no in [other.post(&path, "w-1", nothing.clone()).await, li.post(&path, "w-2", nothing.clone()).await] {
        assert_eq!(no.no(), (403, "forbidden"), "the merchant alone says so");
    }
    let march = shop.get(MARCH).await.body;
    assert!(march.get("acknowledged_by").is_none(), "{march}");
    let looked_over = json!({"digest": march["digest"]});
    // A line comes in between reading and saying so: what was looked over is no more.
    taken(&slip(&edge, "XP2", "2024-03-07T12:00:00+08:00").await);
    assert_eq!(shop.post(&path, "w-3", looked_over.clone()).await.no(), (409, "outside_window"), "it is stale");
    taken(&clerk.post("/v1/merchants/M1/statements", "s-2", json!({"month": "2024-03"})).await);
    assert_eq!(shop.post(&path, "w-4", looked_over).await.no(), (409, "outside_window"), "other lines were read");
    let unreadable = shop.post(&path, "w-5", json!({"digest": "abc"})).await;
    assert_eq!(unreadable.no(), (400, "invalid_input"));
    let now = json!({"digest": shop.get(MARCH).await.body["digest"]});
    let said = shop.post(&path, "w-6", now.clone()).await;
    assert_eq!(taken(&said)["digest"], now["digest"]);
    assert!(shop.post(&path, "w-6", now.clone()).await.header("Idempotency-Replayed").is_some(), "a repeat");
    assert_eq!(shop.post(&path, "w-7", now.clone()).await.no(), (409, "already_decided"), "twice");
    let seen = li.get(MARCH).await.body;
    assert_eq!(seen["stage"], "prepared", "an approver confirms it all the same");
    assert!(seen["acknowledged_by"].is_string(), "{seen}");
    taken(&li.post(&format!("{MARCH}/confirm"), "c-1", nothing.clone()).await);
    assert_eq!(shop.post(&path, "w-8", nothing).await.no(), (409, "already_decided"), "it is confirmed");
    assert_verified(&edge).await;
}

#[tokio::test]
async fn three_persons_settle_a_body_s_month_and_its_funds_say_what_was_paid() {
    let edge = district().await;
    let by = |role| By::new(&edge, role, None);
    let (zhang, li, wang) = (by(Role::Approver).await, by(Role::Approver).await, by(Role::Approver).await);
    let march = format!("{BODY}/2024-03");
    let read = zhang.get(&march).await.body;
    assert_eq!(
        [&read["units"], &read["points"], &read["fen"], &read["stage"]],
        [&json!(2), &json!(5), &json!(6238), &json!("open")]
    );
    assert_eq!(zhang.get("/v1/bodies/nobody/statements/2024-03").await.no(), (404, "not_found"));
    assert_eq!(zhang.get(&format!("{BODY}/2024-13")).await.no(), (422, "invalid_date"));
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert!(fund.get("paid").is_none(), "{fund}");
    taken(&zhang.post(BODY, "b-1", json!({"month": "2024-03"})).await);
    let pay = json!({"reference": "工付3号"});
    assert_eq!(wang.post(&format!("{march}/pay"), "b-2", pay.clone()).await.no(), (409, "outside_window"));
    assert_eq!(zhang.post(&format!("{march}/confirm"), "b-3", json!({})).await.no(), (403, "same_person"));
    taken(&li.post(&format!("{march}/confirm"), "b-4", json!({})).await);
    assert_eq!(zhang.post(&format!("{march}/pay"), "b-5", pay.clone()).await.no(), (403, "same_person"));
    let paid = wang.post(&format!("{march}/pay"), "b-6", pay.clone()).await;
    assert_eq!(taken(&paid)["yuan"], json!(62.38));
    assert!(wang.post(&format!("{march}/pay"), "b-6", pay.clone()).await.header("Idempotency-Replayed").is_some());
    assert_eq!(wang.post(&format!("{march}/pay"), "b-7", pay).await.no(), (409, "already_decided"));
    let fund = edge.get("/v1/funds/ZJ1").await.body;
    assert_eq!([&fund["committed"], &fund["free"], &fund["paid"]], [&json!(0), &json!(37.62), &json!(62.38)]);
    // What comes now of March is April's, and is not paid with it.
    taken(&slip(&edge, "XP2", "2024-03-07T12:00:00+08:00").await);
    assert_eq!(zhang.get(&march).await.body["fen"], json!(6238));
    assert_eq!(zhang.get(&format!("{BODY}/2024-04")).await.body["fen"], json!(188));
    assert_verified(&edge).await;
}

#[tokio::test]
async fn a_line_in_yuan_that_was_rightly_disputed_is_taken_back_and_the_statement_prepared_again() {
    let edge = district().await;
    let clerk = By::new(&edge, Role::Operator, None).await;
    let (li, wang) = (By::new(&edge, Role::Approver, None).await, By::new(&edge, Role::Approver, None).await);
    let shop = By::new(&edge, Role::Merchant, Some("M1")).await;
    taken(&clerk.post("/v1/merchants/M1/statements", "s-1", json!({"month": "2024-03"})).await);
    let dispute = json!({"line": "XP1", "reason": "当天没有这张小票"});
    taken(&shop.post(&format!("{MARCH}/disputes"), "d-1", dispute).await);
    let answer = json!({"upheld": true, "reason": "查实没有"});
    taken(&li.post(&format!("{MARCH}/disputes/d-1/answer"), "a-1", answer).await);
    assert_eq!(li.post(&format!("{MARCH}/confirm"), "c-0", json!({})).await.no(), (409, "outside_window"));
    let reversed = li.post("/v1/honours/XP1/reverse", "cz-1", json!({"reason": "查实没有"})).await;
    assert_eq!([&taken(&reversed)["yuan"], &reversed.body["month"]], [&json!(1.88), &json!("2024-03")]);
    let prepared = clerk.post("/v1/merchants/M1/statements", "s-2", json!({"month": "2024-03"})).await;
    let body = taken(&prepared);
    assert_eq!([&body["lines"], &body["points"], &body["yuan"]], [&json!(3), &json!(10), &json!(0)]);
    let march = li.get(MARCH).await.body;
    let last = &march["lines"][2];
    assert_eq!(
        [&last["kind"], &last["source"], &last["yuan"]],
        [&json!("money_taken_back"), &json!("XP1"), &json!(-1.88)]
    );
    taken(&li.post(&format!("{MARCH}/confirm"), "c-1", json!({})).await);
    let pay = json!({"month": "2024-03", "points": 10, "reference": "P"});
    taken(&wang.post("/v1/merchants/M1/settlements", "p-1", pay).await);
    // The body's month has the slip and what was freed of it.
    let body = wang.get(&format!("{BODY}/2024-03")).await.body;
    assert_eq!([&body["units"], &body["fen"]], [&json!(1), &json!(6050)]);
    let csv = wang.get(&format!("{MARCH}?format=csv")).await;
    assert!(csv.body.as_str().unwrap().contains("补贴冲正"), "{csv:?}");
    assert_verified(&edge).await;
}

#[tokio::test]
async fn what_was_paid_for_a_slip_that_is_taken_back_is_carried_until_it_is_made_up_for() {
    let edge = district().await;
    let clerk = By::new(&edge, Role::Operator, None).await;
    let (li, wang) = (By::new(&edge, Role::Approver, None).await, By::new(&edge, Role::Approver, None).await);
    taken(&clerk.post("/v1/merchants/M1/statements", "s-1", json!({"month": "2024-03"})).await);
    taken(&li.post(&format!("{MARCH}/confirm"), "c-1", json!({})).await);
    let payments = "/v1/merchants/M1/settlements";
    let pay = json!({"month": "2024-03", "points": 10, "yuan": 1.88, "reference": "P"});
    taken(&wang.post(payments, "p-1", pay).await);
    let this = edge.app.ledger.now().month();
    let reversed = li.post("/v1/honours/XP1/reverse", "cz-1", json!({"reason": "查实没有"})).await;
    assert_eq!(taken(&reversed)["month"], json!(this.to_string()));
    let march = li.get(MARCH).await.body;
    assert_eq!([&march["yuan"], &march["stage"]], [&json!(1.88), &json!("confirmed")], "it stays as it was paid");
    let month = |month: String| format!("/v1/merchants/M1/statements/{month}");
    let now = li.get(&month(this.to_string())).await.body;
    assert_eq!([&now["yuan"], &now["yuan_owed"]], [&json!(-1.88), &json!(0)], "no month owes less than nothing");
    let next = li.get(&month(this.next().to_string())).await.body;
    assert_eq!([&next["yuan_carried"], &next["yuan_owed"]], [&json!(-1.88), &json!(0)]);
    // A slip of March comes late and is April's, and is not paid: the merchant has as much already.
    taken(&slip(&edge, "XP2", "2024-03-07T12:00:00+08:00").await);
    taken(&clerk.post("/v1/merchants/M1/statements", "s-2", json!({"month": "2024-04"})).await);
    taken(&li.post("/v1/merchants/M1/statements/2024-04/confirm", "c-2", json!({})).await);
    let pay = json!({"month": "2024-04", "points": 0, "yuan": 1.88, "reference": "P"});
    assert_eq!(wang.post(payments, "p-2", pay).await.no(), (422, "invalid_amount"));
    assert_verified(&edge).await;
}

#[tokio::test]
async fn a_statement_is_a_table_too() {
    let edge = district().await;
    let approver = By::new(&edge, Role::Approver, None).await;
    for (path, line) in [(MARCH.to_owned(), "XP1"), (format!("{BODY}/2024-03"), "QD1")] {
        let csv = approver.get(&format!("{path}?format=csv")).await;
        assert_eq!(csv.status, StatusCode::OK, "{path}: {csv:?}");
        assert!(csv.body.as_str().unwrap().contains(line), "{csv:?}");
        let workbook = approver.get(&format!("{path}?format=xlsx")).await;
        assert_eq!(workbook.status, StatusCode::OK, "{path}");
        assert!(workbook.header("content-disposition").unwrap().contains("statement-2024-03"), "{workbook:?}");
    }
}

/// Whoever verifies counts and digests the lines again, and finds three persons.
async fn assert_verified(edge: &Edge) {
    let verdict = verify(edge.app.ledger.journal(), &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}
