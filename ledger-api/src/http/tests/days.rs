//! What days bring by themselves, and how a day that is over is told: the clock is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Days, NaiveDate};
use ledger_core::evidence::verifier::{self, Verdict};
use serde_json::{Value, json};

use super::support::Edge;
use crate::service::due;

/// A district whose clock stands some days back.
struct Past {
    edge: Edge,
    ago: Arc<AtomicI64>,
    today: NaiveDate,
}

impl Past {
    async fn days_ago(days: i64) -> Past {
        let ago = Arc::new(AtomicI64::new(days));
        let edge = Edge::days_ago(Arc::clone(&ago)).await.set_up().await;
        let today = crate::service::reading::now().date();
        Past { edge, ago, today }
    }

    fn go_to(&self, days: i64) {
        self.ago.store(days, Ordering::SeqCst);
    }

    fn day(&self, ago: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(ago)).unwrap()
    }

    /// The credits on the list of a day, in order.
    async fn hung(&self, ago: u64) -> Vec<String> {
        let list = self.edge.get(&format!("/v1/publicity?on={}", self.day(ago))).await;
        let lines = list.body["credits"].as_array().unwrap_or_else(|| panic!("{list:?}"));
        lines.iter().map(|line| line["credit"].as_str().unwrap().to_owned()).collect()
    }
}

fn because(reason: &str) -> Value {
    json!({"reason": reason})
}

#[tokio::test]
async fn the_list_of_a_past_day_tells_what_hung_there_whatever_became_of_it() {
    let past = Past::days_ago(10).await;
    let edge = &past.edge;
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let district = json!({"checks": 0, "publicity_days": 3});
    let body = json!({"effective_from": "2023-01-01", "activities": [line], "district": district});
    assert_eq!(edge.put("/v1/schedule", "settings", body).await.status.as_u16(), 200);
    for credit in ["counted", "objected", "rejected"] {
        let told = edge.credit(credit, "ZY01", "2024-03-01", json!(1)).await;
        assert_eq!((&told.body["status"], &told.body["public_until"]), (&json!("publicised"), &json!(past.day(7))));
    }
    past.go_to(9);
    let third = edge.another_desk().await;
    for credit in ["objected", "rejected"] {
        let path = format!("/v1/credits/{credit}/object");
        let told = edge.other_post(&path, &format!("o-{credit}"), because("未到场")).await;
        assert_eq!(told.body["status"], "objected", "{told:?}");
    }
    let upheld = json!({"reason": "查实", "upheld": true});
    let told = edge.post_by(&third, "/v1/credits/rejected/resolve", "r1", upheld).await;
    assert_eq!(told.body["status"], "rejected", "{told:?}");
    assert_eq!(past.hung(9).await, ["counted"], "what hangs there now");
    past.go_to(6);
    let told = edge.post_by(&third, "/v1/credits/objected/resolve", "r2", because("查无此事")).await;
    assert_eq!((&told.body["status"], &told.body["public_until"]), (&json!("publicised"), &json!(past.day(4))));
    past.go_to(0);
    let done = edge.post("/v1/due", "d", json!({})).await;
    assert_eq!((&done.body["confirmed"], &done.body["rejected"]), (&json!(2), &json!(1)), "{done:?}");
    let all = ["counted", "objected", "rejected"];
    for (ago, hung) in [
        (11, &all[..0]),
        (10, &all[..]),
        (9, &all[..]),
        (8, &all[..1]),
        (7, &all[..1]),
        (6, &all[1..2]),
        (3, &all[1..2]),
        (2, &all[..0]),
        (0, &all[..0]),
    ] {
        assert_eq!(past.hung(ago).await, hung, "{ago} days ago");
    }
    let list = edge.get(&format!("/v1/publicity?on={}", past.day(10))).await.body;
    let said = json!(past.day(7));
    let as_said = list["credits"].as_array().unwrap().iter().all(|line| line["public_until"] == said);
    assert!(as_said, "as that day's list said: {list}");
    assert_eq!(list["credits"][0]["name"], "王**");
}

#[tokio::test]
async fn grants_whose_last_day_is_over_are_booked_as_ended_once() {
    let past = Past::days_ago(10).await;
    let edge = &past.edge;
    for (account, role, scope, until) in [
        ("clerk-1", "clerk", Some("S1"), Some(8)),
        ("sees-1", "auditor", None, Some(7)),
        ("sees-2", "auditor", None, None),
    ] {
        let told = edge.post("/v1/accounts", &format!("open-{account}"), json!({"id": account})).await;
        assert_eq!(told.status.as_u16(), 201, "{told:?}");
        let mut body = json!({"role": role});
        if let Some(scope) = scope {
            body["scope"] = json!(scope);
        }
        if let Some(until) = until {
            body["until"] = json!(past.day(until));
        }
        let told = edge.post(&format!("/v1/accounts/{account}/roles"), &format!("g-{account}"), body).await;
        assert_eq!(told.body["status"], "active", "{told:?}");
    }
    past.go_to(8);
    let done = edge.post("/v1/due", "d1", json!({})).await;
    assert_eq!((done.status.as_u16(), &done.body["ended"]), (200, &json!(0)), "the last day is a day: {done:?}");
    // As a server does by itself, once a day.
    past.go_to(7);
    assert_eq!(due::settle_ended(&edge.app, past.day(8)).await, Ok(true));
    past.go_to(0);
    let done = edge.post("/v1/due", "d2", json!({})).await;
    assert_eq!(done.body["ended"], 1, "the other one: {done:?}");
    let done = edge.post("/v1/due", "d3", json!({})).await;
    assert_eq!(done.body["ended"], 0, "once: {done:?}");

    let events = edge.get("/v1/events?limit=1000").await.body;
    let ended: Vec<Value> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["type"] == "GrantEnded")
        .map(|event| {
            json!([
                event["key"],
                event["actor"],
                event["payload"]["at"],
                event["payload"]["on"],
                event["payload"]["reason"]
            ])
        })
        .collect();
    let of = |grant: &str, day: u64| {
        let day = past.day(day);
        json!([format!("grant-over/g-{grant}"), "ledger", format!("{day}T00:00:00+08:00"), day, "授权期满"])
    };
    assert_eq!(ended, [of("clerk-1", 7), of("sees-1", 6)]);
    let accounts = edge.get("/v1/accounts?limit=1000").await.body;
    let held = accounts["accounts"].as_array().unwrap().iter().find(|one| one["account"] == "clerk-1").unwrap();
    assert_eq!((&held["roles"][0]["status"], &held["roles"][0]["until"]), (&json!("ended"), &json!(past.day(8))));
    assert_eq!(edge.post("/v1/grants/g-clerk-1/end", "e", because("调离")).await.no(), (409, "already_decided"));
    let journal = Arc::clone(edge.app.ledger.journal());
    let verdict = verifier::verify(&journal, &[], &mut |_, _| {}).await;
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
}
