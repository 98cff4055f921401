//! The limit that a credit met, where its activity has more than one.

use ledger_core::domain::ids::Actor;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::rating::Cap;
use serde_json::json;

use super::support::Edge;
use crate::access::policy::Who;
use crate::service::capped::Capped;
use crate::service::desk::{Judged, Row, judge, record};

fn row(key: &str, on: &str, quantity: &str) -> Row {
    let [key, worker, activity, on, quantity, witness] =
        [key, "W1", "ZY01", on, quantity, "网格员甲"].map(str::to_owned);
    Row { key, worker, activity, on, quantity, witness, evidence: String::new() }
}

#[tokio::test]
async fn of_several_limits_the_one_that_a_credit_met_is_named_and_nothing_else_is_written() {
    let edge = Edge::with_district().await;
    let activities = json!([{"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时",
        "points_per_unit": 10, "daily_cap": 40, "monthly_cap": 50, "yearly_cap": 70, "counts_for_card": true, "valid_months": 24}]);
    let told = edge.put("/v1/schedule", "z", json!({"effective_from": "2024-01-01", "activities": activities})).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let actor = Actor::new("machine-owner").unwrap();
    let whole = Points::from_whole;
    for (key, on, quantity, points, capped) in [
        ("L1", "2024-03-05", "3", 30, None),
        ("L2", "2024-03-05", "3", 10, Some((30, Cap::Daily, 40))),
        ("L3", "2024-03-06", "2", 10, Some((20, Cap::Monthly, 50))),
        ("L4", "2024-04-06", "4", 20, Some((40, Cap::Yearly, 70))),
    ] {
        let capped = capped.map(|(exact, cap, limit)| Capped { exact: whole(exact), by: Some((cap, whole(limit))) });
        let rows = [row(key, on, quantity)];
        let head = || async { edge.app.ledger.journal().head().await.unwrap().position };
        let before = head().await;
        let judged = judge(&edge.app, Who::Owner, &actor, &rows).await.unwrap();
        assert_eq!(head().await, before);
        let recorded = record(&edge.app, Who::Owner, &actor, &rows[0]).await.unwrap();
        assert_eq!(head().await, before + 1, "{key}");
        assert_eq!(judged, std::slice::from_ref(&recorded));
        let Judged::Taken(taken) = recorded else { panic!("{key}: {recorded:?}") };
        assert_eq!((taken.points, taken.capped), (whole(points), capped), "{key}");
    }
}
