//! Who objected: told to auditors, to resolvers where it was not done anonymously, and by no other way out.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::support::{By, Edge, Told};
use crate::access::Role;
use crate::service::accounts::issued_for;

/// A credit of W1 to which somebody objected without a name and appealed the decision, and one with a name.
struct Objected {
    edge: Edge,
    /// The account that did.
    objector: String,
    token: String,
    /// Where: the anonymous objection, its appeal, the other objection.
    positions: [u64; 3],
}

fn position(told: &Told) -> u64 {
    told.body["position"].as_u64().unwrap_or_else(|| panic!("{told:?}"))
}

impl Objected {
    async fn new() -> Objected {
        let edge = Edge::with_district().await;
        let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
            "counts_for_card": true, "valid_months": 24});
        let district = json!({"checks": 0, "publicity_days": 3});
        let body = json!({"effective_from": "2023-01-01", "activities": [line], "district": district});
        assert_eq!(edge.put("/v1/schedule", "settings", body).await.status.as_u16(), 200);
        let issued = issued_for(&edge.app, Role::Clerk, Some("S1")).await;
        let token = issued.token;
        for credit in ["C-1", "C-2"] {
            let told = edge.credit(credit, "ZY01", "2024-03-01", json!(1)).await;
            assert_eq!(told.body["status"], "publicised", "{told:?}");
        }
        let unnamed = json!({"reason": "未到场", "anonymous": true});
        let first = edge.post_by(&token, "/v1/credits/C-1/object", "o1", unnamed).await;
        let dismissed = edge.other_post("/v1/credits/C-1/resolve", "r1", json!({"reason": "查无此事"})).await;
        assert_eq!(dismissed.body["status"], "publicised", "{dismissed:?}");
        let appeal = edge.post_by(&token, "/v1/credits/C-1/appeal", "a1", json!({"reason": "不服"})).await;
        let named = edge.post_by(&token, "/v1/credits/C-2/object", "o2", json!({"reason": "未到场"})).await;
        let positions = [position(&first), position(&appeal), position(&named)];
        Objected { edge, objector: issued.account.to_string(), token, positions }
    }

    async fn by(&self, role: Role, scope: Option<&str>) -> By<'_> {
        By::new(&self.edge, role, scope).await
    }

    async fn read(&self, token: &str, path: &str, accept: &str) -> Told {
        let request = self.edge.request(Method::GET, path, token).header("Accept", accept);
        self.edge.finish(request.body(Body::empty()).unwrap()).await
    }

    fn of<'a>(&self, list: &'a Value, key: &str) -> Vec<&'a Value> {
        let at = |event: &&Value| {
            let position = event[key].as_u64().or_else(|| event[key].as_str()?.parse().ok());
            position.is_some_and(|position| self.positions.contains(&position))
        };
        list.as_array().unwrap_or_else(|| panic!("{list}")).iter().filter(at).collect()
    }
}

#[tokio::test]
async fn no_receipt_tells_who_objected_to_whoever_may_not_know() {
    let objected = Objected::new().await;
    let (worker, auditor) = (objected.by(Role::Worker, Some("W1")).await, objected.by(Role::Auditor, None).await);
    for position in objected.positions {
        let path = format!("/v1/audit/receipt/{position}");
        assert_eq!(worker.get(&path).await.no(), (403, "forbidden"), "whose credit it is");
        assert_eq!(objected.edge.get(&path).await.no(), (403, "forbidden"), "an administrator");
        let told = auditor.get(&path).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
        assert!(told.body.as_str().is_some(), "{told:?}");
    }
    let before = objected.positions[0] - 1;
    assert_eq!(worker.get(&format!("/v1/audit/receipt/{before}")).await.status.as_u16(), 200, "the own credit");
}

#[tokio::test]
async fn the_feed_tells_auditors_who_objected_and_administrators_that_somebody_did() {
    let objected = Objected::new().await;
    let auditor = objected.by(Role::Auditor, None).await;
    for (token, knows) in [(&auditor.token, true), (&objected.edge.token, false)] {
        let (json, clouds) = ("application/json", "application/cloudevents-batch+json");
        let page = objected.read(token, "/v1/events?limit=1000", json).await;
        let batch = objected.read(token, "/v1/events?limit=1000", clouds).await;
        let events = objected.of(&page.body["events"], "position");
        let in_envelopes = objected.of(&batch.body, "id");
        assert_eq!((events.len(), in_envelopes.len()), (3, 3));
        let all = events.iter().map(|event| (event, &event["payload"]));
        for (event, payload) in all.chain(in_envelopes.iter().map(|event| (event, &event["data"]))) {
            let shown = if knows { json!(objected.objector) } else { json!("") };
            assert_eq!(event["actor"], shown, "{event}");
            assert_eq!(payload.get("by").is_some(), knows, "{event}");
            assert_eq!(payload["worker"], "W1", "{event}");
            assert_eq!(event.to_string().contains(&objected.objector), knows, "{event}");
        }
    }
}

#[tokio::test]
async fn no_trace_report_or_export_tells_it_either() {
    let objected = Objected::new().await;
    let auditor = objected.by(Role::Auditor, None).await;
    let worker = objected.by(Role::Worker, Some("W1")).await;
    for path in ["/v1/workers/W1/trace?limit=1000", "/v1/audit/report?format=json"] {
        let knows = auditor.get(path).await;
        assert!(knows.body.to_string().contains(&objected.objector), "{path}: {knows:?}");
        let told = objected.edge.get(path).await;
        assert_eq!(told.status.as_u16(), 200, "{path}");
        assert!(!told.body.to_string().contains(&objected.objector), "{path}: {}", told.body);
    }
    for path in [
        "/v1/workers/W1/statement?limit=1000",
        "/v1/workers/W1/export?format=json",
        "/v1/credits/C-1",
        "/v1/credits/C-2",
        "/v1/workers/W1/balance",
    ] {
        let told = worker.get(path).await;
        assert_eq!(told.status.as_u16(), 200, "{path}: {told:?}");
        assert!(!told.body.to_string().contains(&objected.objector), "{path}: {}", told.body);
    }
    let desk = &objected.edge.desk;
    for (path, named) in [("/v1/credits/C-1", false), ("/v1/credits/C-2", true)] {
        let told = objected.read(desk, path, "application/json").await;
        assert_eq!(told.body.to_string().contains(&objected.objector), named, "a resolver, {path}: {}", told.body);
    }
    // Whoever did it may not be told that nobody did.
    let own = objected.edge.post_by(&objected.token, "/v1/credits/C-2/object", "o2", json!({"reason": "未到场"})).await;
    assert_eq!((own.status.as_u16(), own.header("idempotency-replayed")), (200, Some("true")), "{own:?}");
}
