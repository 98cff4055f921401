//! The frauds of the field, each blocked or marked with the rule that met it: hours bought, one person with two accounts,
//! the own account, witnesses in a circle, hours over the day, evidence used twice, a late entry.

use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::NewToken;
use crate::service::reading::now;

async fn guarded(guards: Value, more: Value) -> Edge {
    let edge = Edge::with_district().await;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let mut district = json!({"guards": guards});
    for (key, value) in more.as_object().unwrap() {
        district[key] = value.clone();
    }
    let body = json!({"effective_from": "2023-01-01", "activities": [line], "district": district});
    assert_eq!(edge.put("/v1/schedule", "guards", body).await.status.as_u16(), 200);
    let second = json!({"id": "W2", "occupation": "快递员", "name": "李小红"});
    assert_eq!(edge.post("/v1/workers", "w2", second).await.status.as_u16(), 201);
    edge
}

async fn serve(edge: &Edge, key: &str, worker: &str, more: Value) -> Told {
    let mut body =
        json!({"worker": worker, "activity": "ZY01", "on": "2024-03-05", "quantity": 2, "witness": "网格员"});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    edge.post("/v1/credits", key, body).await
}

/// The token of an account that says which worker its person is, with a role that a second administrator confirmed where
/// that is asked for.
async fn account(edge: &Edge, id: &str, worker: &str, role: Value) -> String {
    let told = edge.post("/v1/accounts", &format!("account/{id}"), json!({"id": id, "worker": worker})).await;
    assert_eq!(told.status.as_u16(), 201, "{told:?}");
    let granted = edge.post(&format!("/v1/accounts/{id}/roles"), &format!("grant/{id}"), role).await;
    assert_eq!(granted.status.as_u16(), 201, "{granted:?}");
    if granted.body["status"] == "proposed" {
        let grant = granted.body["grant"].as_str().unwrap().replace('/', "%2F");
        let told = edge.other_post(&format!("/v1/grants/{grant}/confirm"), &format!("word/{id}"), json!({})).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
    }
    let account = id.parse().unwrap();
    let new = NewToken { account: &account, role: None, scope: None, name: id, until: None };
    edge.app.access.issue(&new).await.unwrap().1
}

fn flags(told: &Told) -> Value {
    json!([told.body["status"], told.body["flags"]])
}

#[tokio::test]
async fn bought_hours_are_worth_nothing_before_others_have_looked_at_them() {
    let edge = guarded(json!({}), json!({"checks": 1, "publicity_days": 3})).await;
    assert_eq!(serve(&edge, "bought", "W1", json!({})).await.body["status"], "proposed");
    let spend = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    assert_eq!(edge.post("/v1/redemptions", "r1", spend.clone()).await.no(), (409, "insufficient_points"));
    let own = edge.post("/v1/credits/bought/confirm", "c1", json!({"reason": "属实"})).await;
    assert_eq!(own.no(), (403, "same_person"));
    let checked = edge.other_post("/v1/credits/bought/confirm", "c2", json!({"reason": "属实"})).await;
    assert_eq!(checked.body["status"], "publicised");
    assert_eq!(edge.post("/v1/redemptions", "r2", spend).await.no(), (409, "insufficient_points"));
}

#[tokio::test]
async fn two_accounts_of_one_worker_are_one_person() {
    let edge = guarded(json!({}), json!({"checks": 2})).await;
    let approver = || json!({"role": "approver"});
    let one = account(&edge, "one", "W2", approver()).await;
    let other = account(&edge, "other", "W2", approver()).await;
    assert_eq!(serve(&edge, "c1", "W1", json!({})).await.status.as_u16(), 201);
    let reason = || json!({"reason": "属实"});
    assert_eq!(edge.post_by(&one, "/v1/credits/c1/confirm", "k1", reason()).await.body["status"], "proposed");
    assert_eq!(edge.post_by(&other, "/v1/credits/c1/confirm", "k2", reason()).await.no(), (403, "same_person"));
    assert_eq!(edge.post_by(&other, "/v1/credits/c1/reject", "k3", reason()).await.no(), (403, "same_person"));
    assert_eq!(edge.other_post("/v1/credits/c1/confirm", "k4", reason()).await.body["status"], "confirmed");
}

#[tokio::test]
async fn nobody_records_a_credit_for_oneself_or_decides_about_it_also_where_nobody_checks() {
    let edge = guarded(json!({}), json!({})).await;
    let site = json!({"id": "X1", "name": "一社区", "kind": "community"});
    assert_eq!(edge.post("/v1/sites", "x1", site).await.status.as_u16(), 201);
    let rider = json!({"id": "W3", "occupation": "快递员", "site": "X1"});
    assert_eq!(edge.post("/v1/workers", "w3", rider).await.status.as_u16(), 201);
    let own = account(&edge, "own", "W3", json!({"role": "operator", "scope": "X1"})).await;
    let body = json!({"worker": "W3", "activity": "ZY01", "on": "2024-03-05", "quantity": 2, "witness": "网格员"});
    assert_eq!(edge.post_by(&own, "/v1/credits", "c1", body.clone()).await.no(), (403, "same_person"));
    assert_eq!(edge.post("/v1/credits", "c2", body).await.body["status"], "confirmed");
    let judge = account(&edge, "judge", "W3", json!({"role": "approver"})).await;
    let reverse = edge.post_by(&judge, "/v1/credits/c2/reverse", "k", json!({"reason": "误记"})).await;
    assert_eq!(reverse.no(), (403, "same_person"));
}

#[tokio::test]
async fn more_hours_than_a_day_is_worked_are_marked_and_need_one_check_more() {
    let edge = guarded(json!({"hours_over_day": {"do": "flag", "over": 8}}), json!({})).await;
    assert_eq!(flags(&serve(&edge, "c1", "W1", json!({"quantity": 6})).await), json!(["confirmed", []]));
    let over = serve(&edge, "c2", "W1", json!({"quantity": 3})).await;
    assert_eq!(flags(&over), json!(["proposed", ["hours_over_day"]]), "{over:?}");
    assert_eq!(flags(&serve(&edge, "c3", "W2", json!({"quantity": 8})).await), json!(["confirmed", []]));
    let queue = edge.get("/v1/credits?flag=hours_over_day").await;
    assert_eq!(queue.body["credits"][0]["credit"], "c2", "{queue:?}");
    let checked = edge.other_post("/v1/credits/c2/confirm", "k", json!({"reason": "属实"})).await;
    assert_eq!(checked.body["status"], "confirmed");
}

#[tokio::test]
async fn nobody_is_in_two_places_at_one_time() {
    let edge = guarded(json!({"hours_overlap": "refuse"}), json!({})).await;
    let at = |from: &str, to: &str| json!({"from": from, "to": to});
    assert_eq!(serve(&edge, "c1", "W1", at("08:00", "10:00")).await.status.as_u16(), 201);
    assert_eq!(serve(&edge, "c2", "W1", at("09:30", "11:00")).await.no(), (422, "hours_overlap"));
    assert_eq!(serve(&edge, "c3", "W1", at("10:00", "11:00")).await.status.as_u16(), 201, "one after the other");
    assert_eq!(serve(&edge, "c4", "W2", at("09:30", "11:00")).await.status.as_u16(), 201, "another worker");
    assert_eq!(serve(&edge, "c5", "W1", at("12:00", "11:00")).await.no().1, "invalid_input");
    assert_eq!(serve(&edge, "c6", "W1", json!({"from": "12:00"})).await.no().1, "invalid_input");
}

#[tokio::test]
async fn evidence_is_used_once_unless_its_first_credit_was_rejected() {
    let edge = guarded(json!({"evidence_reused": "refuse"}), json!({"checks": 1})).await;
    let photo = || json!({"evidence": "sha256:1234"});
    assert_eq!(serve(&edge, "c1", "W1", photo()).await.status.as_u16(), 201);
    assert_eq!(serve(&edge, "c2", "W2", photo()).await.no(), (422, "evidence_reused"));
    let rejected = edge.other_post("/v1/credits/c1/reject", "k", json!({"reason": "记错人"})).await;
    assert_eq!(rejected.body["status"], "rejected");
    assert_eq!(serve(&edge, "c3", "W2", photo()).await.status.as_u16(), 201);
}

#[tokio::test]
async fn two_who_witness_for_each_other_are_seen_whether_by_id_or_by_name() {
    let edge = guarded(json!({"witness_circle": "flag"}), json!({})).await;
    assert_eq!(flags(&serve(&edge, "c1", "W1", json!({"witness": "李小红"})).await), json!(["confirmed", []]));
    for (key, witness) in [("c2", "W1"), ("c3", "王小明")] {
        let back = serve(&edge, key, "W2", json!({"witness": witness})).await;
        assert_eq!(flags(&back), json!(["proposed", ["witness_circle"]]), "{back:?}");
    }
    assert_eq!(flags(&serve(&edge, "c4", "W2", json!({})).await), json!(["confirmed", []]), "another witness");
}

#[tokio::test]
async fn one_witness_vouches_for_so_many_records_of_a_day() {
    let edge = guarded(json!({"witness_overload": {"do": "refuse", "over": 2}}), json!({})).await;
    for key in ["c1", "c2"] {
        assert_eq!(serve(&edge, key, "W1", json!({})).await.status.as_u16(), 201);
    }
    assert_eq!(serve(&edge, "c3", "W2", json!({})).await.no(), (422, "witness_overload"));
    assert_eq!(serve(&edge, "c4", "W2", json!({"on": "2024-03-06"})).await.status.as_u16(), 201, "another day");
}

/// An entry that tells of a day whose publicity would be over by now is public from now on, as long as any other.
#[tokio::test]
async fn a_late_entry_is_public_as_long_as_any_other_and_cannot_be_spent_meanwhile() {
    let edge = guarded(json!({"recorded_late": {"do": "flag", "over": 10}}), json!({"publicity_days": 3})).await;
    let late = serve(&edge, "late", "W1", json!({"on": "2024-03-05"})).await;
    assert_eq!(flags(&late), json!(["proposed", ["recorded_late"]]), "{late:?}");
    let checked = edge.other_post("/v1/credits/late/confirm", "k", json!({"reason": "台账相符"})).await;
    assert_eq!(checked.body["status"], "publicised", "{checked:?}");
    assert!(checked.body["public_until"].as_str().unwrap() > now().date().to_string().as_str(), "{checked:?}");
    let due = edge.post("/v1/due", "d", json!({})).await;
    assert_eq!(due.body["confirmed"], 0, "{due:?}");
    let spend = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    assert_eq!(edge.post("/v1/redemptions", "spend-late", spend).await.no(), (409, "insufficient_points"));
}

#[tokio::test]
async fn a_late_entry_and_one_for_a_worker_registered_just_now_are_marked() {
    let edge = guarded(json!({"recorded_late": {"do": "flag", "over": 10}, "new_account": "flag"}), json!({})).await;
    assert_eq!(flags(&serve(&edge, "c1", "W1", json!({})).await), json!(["proposed", ["recorded_late"]]));
    let today = now().date().to_string();
    assert_eq!(flags(&serve(&edge, "c2", "W1", json!({"on": today})).await), json!(["proposed", ["new_account"]]));
}
